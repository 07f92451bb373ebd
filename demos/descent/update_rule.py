"""The full update rule of gradient descent, by hand and by the optimiser."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.runner.page import Page
from engine import Value, sigmoid
from nn import SGD
from viz import plot_loss

ETA, ALPHA, DECAY, BIAS_ETA = 0.5, 0.8, 0.02, 2.0
STEPS = 60

Cost = Callable[[Sequence[Value]], Value]  # as a function of the parameters


class Run(NamedTuple):
    """The cost and the weights, at the start and after each step."""

    costs: list[float]
    weights: list[list[float]]


def by_hand(
    cost: Cost, start: Sequence[float], steps: int, etas: Sequence[float], alpha: float = 0, decay: float = 0
) -> Run:
    """Steps Δw = −η ∂E/∂w + α Δw(previous) − λη w, with a step size η for each weight, and λ as decay.

    >>> by_hand(lambda w: w[0] * w[0], [1.0], 2, [0.25]).weights
    [[1.0], [0.5], [0.25]]
    """
    w, change, run = list(start), [0.0] * len(start), Run([], [])
    for _ in range(steps + 1):
        values = [Value(number) for number in w]
        E = cost(values)
        E.backward()
        run.costs.append(E.data)
        run.weights.append(w)
        for i, (eta, value) in enumerate(zip(etas, values, strict=True)):
            change[i] = -eta * value.grad + alpha * change[i] - decay * eta * w[i]
        w = [number + step for number, step in zip(w, change, strict=True)]
    return run


def by_optimizer(
    cost: Cost, start: Sequence[float], steps: int, groups: Callable[..., Any] = list, **settings: Any
) -> Run:
    """The same by ``nn.SGD``, which is given what ``groups`` makes of the weights."""
    values, run = [Value(number) for number in start], Run([], [])
    optimizer = SGD(groups(values), **settings)
    for _ in range(steps + 1):
        optimizer.zero_grad()
        E = cost(values)
        E.backward()
        run.costs.append(E.data)
        run.weights.append([value.data for value in values])
        optimizer.step()
    return run


def show_rule(page: Page, rng: np.random.Generator) -> bool:
    """Take steps by the written rule and by the optimiser, and print what each term does."""
    X, t = rng.normal(size=(8, 2)).tolist(), rng.integers(0, 2, 8).tolist()

    def cost(w: Any) -> Any:
        answers = [sigmoid(w[0] * a + w[1] * b + w[2]) for a, b in X]
        return sum(0.5 * (answer - target) ** 2 for answer, target in zip(answers, t, strict=True))

    start = rng.normal(size=3).tolist()
    page.say(f"""
        ## The full rule of a step

            Δw = -η ∂E/∂w + α Δw(previous) - λη w

        η is the step size, α the momentum, λ the weight decay. A sigmoid neuron with E = ½Σ(y - t)² takes
        {STEPS} steps with η = {ETA}, α = {ALPHA} and λ = {DECAY}, the terms added one by one; then with a
        step size of its own for the bias, η = {BIAS_ETA:g}.
    """)
    own = [ETA, ETA, BIAS_ETA]
    runs = {
        "η alone": by_hand(cost, start, STEPS, [ETA] * 3),
        "η and α": by_hand(cost, start, STEPS, [ETA] * 3, ALPHA),
        "η, α and λ": by_hand(cost, start, STEPS, [ETA] * 3, ALPHA, DECAY),
        "η, another for the bias": by_hand(cost, start, STEPS, own),
    }
    page.table(["rule with", "E at the end", "length of w"],
               [[name, run.costs[-1], float(np.linalg.norm(run.weights[-1]))] for name, run in runs.items()])
    costs = {name: run.costs for name, run in runs.items()}
    page.plot("descent_rule.png", "the cost in each step, with the terms of the rule added one by one",
              partial(plot_loss, costs, title="The terms of the rule", xlabel="step", ylabel="E"))
    theirs = by_optimizer(cost, start, STEPS, lr=ETA, momentum=ALPHA, weight_decay=DECAY)
    right = page.claim("", theirs.weights, runs["η, α and λ"].weights)

    def groups(values: list[Any]) -> list[dict[str, Any]]:
        return [{"params": values[:2]}, {"params": values[2:], "lr": BIAS_ETA}]

    theirs = by_optimizer(cost, start, STEPS, groups, lr=ETA)
    right &= page.claim(
        "`nn.SGD` goes the same way as a loop that computes the rule as it is written; parameter groups give "
        "the bias its own step size.",
        theirs.weights,
        runs["η, another for the bias"].weights,
    )
    page.say("""
        Momentum keeps a part of the last step, so steps in a lasting direction add up. Decay pulls each
        weight towards zero, so they stay shorter, at the price of a higher cost.
    """)
    return right
