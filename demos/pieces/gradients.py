"""Two ways to a gradient, one weight at a time and backpropagation, counted and timed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from engine import Value, no_grad, zero_grad

__all__ = ["STEP", "Gradient", "Way", "backpropagation", "finite_differences", "measured"]

STEP = 1e-5
"""How far up and down a weight is nudged."""

Way = Callable[[Callable[[], Value], Sequence[Value]], list[float]]
"""Takes a cost and its weights, and gives a derivative per weight."""


@dataclass(frozen=True)
class Gradient:
    """A gradient, and what it took.

    Attributes:
        numbers: a derivative per weight.
        evaluations: how often the cost was computed.
        seconds: how long it took.
    """

    numbers: list[float]
    evaluations: int
    seconds: float


def finite_differences(cost: Callable[[], Value], weights: Sequence[Value]) -> list[float]:
    """The gradient by central differences: every weight a little up, and a little down.

    >>> w = Value(3.0)
    >>> [round(number, 6) for number in finite_differences(lambda: w**2, [w])]
    [6.0]
    """
    found = []
    with no_grad():
        for weight in weights:
            start = weight.data
            weight.data = start + STEP
            above = cost().data
            weight.data = start - STEP
            found.append((above - cost().data) / (2 * STEP))
            weight.data = start
    return found


def backpropagation(cost: Callable[[], Value], weights: Sequence[Value]) -> list[float]:
    """The gradient by one walk forward and one back.

    >>> w = Value(3.0)
    >>> backpropagation(lambda: w**2, [w])
    [6.0]
    """
    zero_grad(weights)
    cost().backward()
    return [weight.grad for weight in weights]


def measured(way: Way, cost: Callable[[], Value], weights: Sequence[Value], repeats: int = 1) -> Gradient:
    """Compute a gradient in one of the two ways, counting and timing.

    Args:
        way: one of the two.
        cost: computes the cost anew from the weights.
        weights: as many as there are derivatives wanted.
        repeats: of which the one of least time counts.

    >>> w = Value(3.0)
    >>> measured(finite_differences, lambda: w**2, [w]).evaluations
    2
    """
    tried = []
    for _ in range(repeats):
        evaluations = 0

        def counted() -> Value:
            nonlocal evaluations
            evaluations += 1
            return cost()

        start = perf_counter()
        numbers = way(counted, weights)
        tried.append(Gradient(numbers, evaluations, perf_counter() - start))
    return min(tried, key=lambda gradient: gradient.seconds)
