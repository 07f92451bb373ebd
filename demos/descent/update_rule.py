"""The full update rule of gradient descent, by hand and by the optimiser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.pictures import Pictures
from engine import Value, sigmoid
from nn import SGD
from viz import plot_loss

__all__ = ["ALPHA", "DECAY", "ETA", "ETAS", "Run", "by_hand", "by_optimizer", "show_rule"]

Cost = Callable[[Sequence[Value]], Value]
"""The cost as a function of the parameters."""

ETA, ALPHA, DECAY = 0.5, 0.8, 0.02
ETAS = {"weights": 0.5, "bias": 2.0}
STEPS = 60
RULES: dict[str, dict[str, float]] = {
    "η alone": {},
    "η and α": {"alpha": ALPHA},
    "η, α and λ": {"alpha": ALPHA, "decay": DECAY},
}


@dataclass
class Run:
    """Parameters and cost, at the start and after each step."""

    costs: list[float] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)


def by_hand(
    cost: Cost,
    start: Sequence[float],
    steps: int,
    *,
    eta: float | Sequence[float],
    alpha: float = 0.0,
    decay: float = 0.0,
) -> Run:
    """Steps Δw = −η ∂E/∂w + α Δw(previous) − λη w, with the gradients of the engine and nothing else.

    Args:
        cost: computes E.
        start: the weights at first.
        steps: how many to take.
        eta: the step size η; several, one for each weight.
        alpha: how much of the step before is kept.
        decay: λ, how much of a weight is lost.

    >>> by_hand(lambda w: w[0] * w[0], [1.0], 2, eta=0.25).weights
    [[1.0], [0.5], [0.25]]
    """
    etas = [eta] * len(start) if isinstance(eta, float) else list(eta)
    weights, changes, run = list(start), [0.0] * len(start), Run()
    for _ in range(steps + 1):
        values = [Value(weight) for weight in weights]
        E = cost(values)
        E.backward()
        run.costs.append(E.data)
        run.weights.append(weights)
        changes = [
            -step * value.grad + alpha * change - decay * step * weight
            for step, value, change, weight in zip(etas, values, changes, weights, strict=True)
        ]
        weights = [weight + change for weight, change in zip(weights, changes, strict=True)]
    return run


def by_optimizer(
    cost: Cost,
    start: Sequence[float],
    steps: int,
    groups: Callable[[list[Value]], list[Any]] = list,
    **settings: float,
) -> Run:
    """The same by ``nn.SGD``.

    Args:
        cost: computes E.
        start: the weights at first.
        steps: how many to take.
        groups: makes what the optimiser is given out of the weights.
        settings: those of the optimiser.

    >>> by_optimizer(lambda w: w[0] * w[0], [1.0], 2, lr=0.25).weights
    [[1.0], [0.5], [0.25]]
    """
    values, run = [Value(weight) for weight in start], Run()
    optimizer = SGD(groups(values), **settings)
    for _ in range(steps + 1):
        optimizer.zero_grad()
        E = cost(values)
        E.backward()
        run.costs.append(E.data)
        run.weights.append([value.data for value in values])
        optimizer.step()
    return run


def show_rule(rng: np.random.Generator, account: Account, pictures: Pictures) -> bool:
    """Take steps by the written rule and by the optimiser, and print what each term does.

    Args:
        rng: makes the samples and the start.
        account: receives the text.
        pictures: receives the pictures.

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
    _show_rule(runs, account)
    caption = "the cost in each step with the terms of the rule added one by one"
    costs = {name: run.costs for name, run in runs.items()}
    draw = partial(plot_loss, costs, title="The terms of the rule", xlabel="step", ylabel="E")
    pictures.plot("descent_rule.png", draw, caption)
    return right


def _show_rule(runs: dict[str, Run], account: Account) -> None:
    rows = [[name, run.costs[-1], float(np.linalg.norm(run.weights[-1]))] for name, run in runs.items()]
    account.table(["rule with", "E at the end", "length of w"], rows)
    account.say(
        "What it shows: momentum keeps a part of the last step, so steps in a lasting direction add up; "
        "decay pulls each weight towards zero, so they stay shorter, at the price of a higher cost. "
        "Parameter groups let each parameter have a step size of its own."
    )
