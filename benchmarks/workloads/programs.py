"""Programs that several workloads share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.libraries.scalars import Lifted, Scalars, count_nodes
from benchmarks.workload import Answer, Program

__all__ = ["flat", "gradient_program", "program_of_loss", "timed"]


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


def program_of_loss(library: Scalars | Lifted, loss: Callable[[], Any], parameters: Sequence[Any]) -> Program:
    """The same of number objects.

    Args:
        library: makes them.
        loss: gives the loss, already lifted where the library lifts.
        parameters: what it is differentiated by.
    """
    nodes = count_nodes(loss(), library.children)
    return gradient_program(library.value_and_gradient(loss, parameters), nodes=nodes)
