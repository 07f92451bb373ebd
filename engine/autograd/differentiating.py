"""Whether this thread is running a function in order to differentiate it, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from engine.autograd.context_decorator import Block, Openings

__all__ = ["differentiating", "is_differentiating", "is_variable", "variables_around"]

Node = Any
"""A Value: this file stands below value.py."""


class differentiating(Block):  # noqa: N801 - reads as a block
    """A block in which a function runs whose derivatives are wanted: within it no number may leave the graph
    unseen. Every transform runs its function in one, and so do tracing and :func:`nn.fit`.

    Args:
        variables: the Values put in place of the numbers to differentiate by.

    >>> with differentiating():
    ...     is_differentiating()
    True
    """

    openings = Openings()

    def __init__(self, variables: Iterable[Node] = ()) -> None:
        self.setting: Set[Node] = frozenset(variables)


def is_differentiating() -> bool:
    """Whether this thread is in a :class:`differentiating` block.

    >>> is_differentiating()
    False
    """
    return differentiating.openings.is_open()


def variables_around() -> set[Node]:
    """The variables of all transforms under way in this thread.

    >>> variables_around()
    set()
    """
    return set().union(*differentiating.openings.settings())


def is_variable(node: Node) -> bool:
    """Whether a transform under way differentiates by a node.

    >>> with differentiating(["x"]):
    ...     is_variable("x"), is_variable("y")
    (True, False)
    """
    return any(node in variables for variables in differentiating.openings.settings())
