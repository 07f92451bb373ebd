"""What a small step of one weight does to a cost: as the gradient predicts it, and measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Value

__all__ = ["Nudge", "nudge", "plot_nudges"]


@dataclass(frozen=True)
class Nudge:
    """One step of a weight.

    Attributes:
        size: the step, Δw.
        predicted: the change of the cost by the gradient, ∂C/∂w · Δw.
        measured: the change of the cost, C(w + Δw) - C(w).
    """

    size: float
    predicted: float
    measured: float

    @property
    def missed(self) -> float:
        """How far the prediction is off."""
        return abs(self.measured - self.predicted)


def nudge(cost: Callable[[], Value], weight: Value, sizes: Sequence[float]) -> list[Nudge]:
    """Nudge a weight by each of several steps, from where it is and back again.

    Args:
        cost: computes the cost anew from the weights.
        weight: a leaf that it uses; its gradient is set.
        sizes: the steps.

    >>> w = Value(3.0)
    >>> [one] = nudge(lambda: w**2, w, [0.5])
    >>> one.predicted, one.measured, one.missed
    (3.0, 3.25, 0.25)
    """
    start = weight.data
    before = cost()
    weight.grad = 0.0
    before.backward()
    tried = []
    try:
        for size in sizes:
            weight.data = start + size
            tried.append(Nudge(size, weight.grad * size, cost().data - before.data))
    finally:
        weight.data = start
    return tried


def plot_nudges(tried: Sequence[Nudge], ax: Any, title: str = "Nudging one weight") -> None:
    """Plot the change of the cost and by how much the prediction missed it, against the size of the nudge.

    Args:
        tried: what :func:`nudge` returned.
        ax: where to draw.
        title: above the plot.
    """
    sizes = [one.size for one in tried]
    ax.loglog(sizes, [abs(one.measured) for one in tried], "-o", color="#0072b2", label="change of the cost")
    ax.loglog(sizes, [one.missed for one in tried], "--s", color="#d55e00", label="prediction off by")
    ax.set(title=title, xlabel="nudge", ylabel="size")
    ax.grid(alpha=0.3)
    ax.legend()
