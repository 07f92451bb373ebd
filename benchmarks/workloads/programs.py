"""Programs that several workloads share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.workload import Answer, Program

__all__ = ["eager_gradient", "flat", "gradient_program", "timed"]


def timed(compute: Callable[[], Any], answer: Callable[[Any], Answer], nodes: int | None = None) -> Program:
    """A program that is timed as a whole.

    Args:
        compute: what is timed.
        answer: makes the answer of what it returns.
        nodes: of a run.

    >>> timed(lambda: 2.0, lambda found: {"double": [found]}).check()
    {'double': [2.0]}
    """

    def run() -> None:
        compute()

    return Program(lambda: answer(compute()), run, nodes)


def flat(arrays: Any) -> list[float]:
    """The numbers of nested lists or arrays of any library, in order.

    >>> flat([[1, 2.0], 3])
    [1.0, 2.0, 3.0]
    """
    if not isinstance(arrays, (list, tuple)):
        arrays = arrays.tolist()
    if not isinstance(arrays, list | tuple):
        return [float(arrays)]
    return [
        number
        for each in arrays
        for number in ([float(each)] if isinstance(each, int | float) else flat(each))
    ]


def eager_gradient(
    loss: Callable[[], Any], parameters: Sequence[Any]
) -> Callable[[], tuple[float, list[float]]]:
    """The value of a loss and its gradient, from number objects: a graph for each call.

    Args:
        loss: makes the graph and returns its root.
        parameters: objects with ``data`` and ``grad``.
    """

    def both() -> tuple[float, list[float]]:
        total = loss()
        for p in parameters:
            p.grad = 0.0
        total.backward()
        return total.data, [p.grad for p in parameters]

    return both


def gradient_program(
    both: Callable[[], tuple[Any, Any]],
    order: Callable[[Any], list[float]] = flat,
    nodes: int | None = None,
) -> Program:
    """A program that computes a loss and its gradient, always at the same parameters.

    Args:
        both: gives the loss and the gradient, in whatever form the library has them.
        order: puts the gradient in the order in which all forms of a workload answer.
        nodes: of a run.
    """
    return timed(both, lambda found: {"loss": [float(found[0])], "gradients": order(found[1])}, nodes)
