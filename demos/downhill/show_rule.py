"""The chapter on the rule of a step: step size, momentum, weight decay, and step sizes of their own."""

from functools import partial
from typing import Any

import numpy as np

from demos.descent.update_rule import Run, by_hand, by_optimizer
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.pictures import Pictures
from engine import sigmoid
from viz import plot_loss

__all__ = ["ALPHA", "DECAY", "ETA", "ETAS", "show_rule"]

ETA, ALPHA, DECAY = 0.5, 0.8, 0.02
ETAS = {"weights": 0.5, "bias": 2.0}
STEPS = 60
RULES: dict[str, dict[str, float]] = {
    "η alone": {},
    "η and α": {"alpha": ALPHA},
    "η, α and λ": {"alpha": ALPHA, "decay": DECAY},
}


def show_rule(rng: np.random.Generator, account: Account, pictures: Pictures) -> bool:
    """Take steps by the rule as it is written and by the optimiser, and tell what each term does.

    Args:
        rng: makes the samples and the start.
        account: told about it.
        pictures: drawn into.

    Returns:
        Whether both go the same way.
    """
    X, t = rng.normal(size=(8, 2)).tolist(), rng.integers(0, 2, 8).tolist()

    def cost(w: Any) -> Any:
        return sum(
            0.5 * (sigmoid(w[0] * a + w[1] * b + w[2]) - y) ** 2 for (a, b), y in zip(X, t, strict=True)
        )

    start = rng.normal(size=3).tolist()
    account.say(
        "Asked: does the optimiser keep the full rule, Δw = -η ∂E/∂w + α Δw(previous) - λη w? A sigmoid "
        f"neuron with E = ½Σ(y - t)² takes {STEPS} steps with η = {ETA}, momentum α = {ALPHA} and weight "
        f"decay λ = {DECAY}, by a loop that computes the rule as it stands here and by nn.SGD."
    )
    account.say()
    runs = {name: by_hand(cost, start, STEPS, eta=ETA, **terms) for name, terms in RULES.items()}
    theirs = by_optimizer(cost, start, STEPS, lr=ETA, momentum=ALPHA, weight_decay=DECAY)
    right = agree("The loop and SGD", theirs.weights, runs["η, α and λ"].weights, account)
    etas = [ETAS["weights"]] * 2 + [ETAS["bias"]]
    runs["η, and another for the bias"] = own = by_hand(cost, start, STEPS, eta=etas)

    def groups(values: list[Any]) -> list[dict[str, Any]]:
        return [{"params": values[:2]}, {"params": values[2:], "lr": ETAS["bias"]}]

    theirs = by_optimizer(cost, start, STEPS, groups, lr=ETAS["weights"])
    what = f"The loop and SGD with η = {ETAS['weights']} for the weights and {ETAS['bias']} for the bias"
    right &= agree(what, theirs.weights, own.weights, account)
    account.say()
    _tell_rule(runs, account)
    caption = "the cost in each step with the terms of the rule added one by one"
    costs = {name: run.costs for name, run in runs.items()}
    draw = partial(plot_loss, costs, title="The terms of the rule", xlabel="step", ylabel="E")
    pictures.plot("descent_rule.png", draw, caption)
    account.say()
    return right


def _tell_rule(runs: dict[str, Run], account: Account) -> None:
    rows = [[name, run.costs[-1], float(np.linalg.norm(run.weights[-1]))] for name, run in runs.items()]
    account.table(["rule with", "E at the end", "length of w"], rows)
    account.say()
    account.say(
        "What it shows: momentum keeps a part of the last step, so steps in a lasting direction add up; "
        "decay pulls each weight towards zero, so they stay shorter, at the price of a higher cost. "
        "Parameter groups let each parameter have a step size of its own."
    )
    account.say()
