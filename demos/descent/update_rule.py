"""The rule of gradient descent with all its terms, by hand and by the optimiser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import Value
from nn import SGD

__all__ = ["Run", "by_hand", "by_optimizer"]

Cost = Callable[[Sequence[Value]], Value]
"""The cost as a function of the parameters."""


@dataclass
class Run:
    """Where the parameters were and what the cost was, at the start and after each step."""

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
