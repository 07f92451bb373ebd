"""Which functions this thread is differentiating, and by which variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import Any

from engine.autograd.context_decorator import Block, Openings

__all__ = [
    "differentiated",
    "differentiating",
    "is_differentiating",
    "is_variable",
    "refusal",
    "variables_around",
]

Node = Any
"""A Value: this file stands below value.py."""


class _Run:
    """A run of a function that is differentiated: its variables, and the error it was refused with."""

    __slots__ = ("refused", "variables")

    def __init__(self, variables: Iterable[Node]) -> None:
        self.variables: Set[Node] = frozenset(variables)
        self.refused = ""  # a text, as an error would keep the frames alive, and the graphs in them


class differentiating(Block):  # noqa: N801 - reads as a block
    """A block within which a function is differentiated: no number may leave the graph unseen.

    Every transform runs its function in one, and so do tracing and :func:`nn.fit`.

    Args:
        variables: the Values put in place of the numbers to differentiate by.

    >>> with differentiating():
    ...     is_differentiating()
    True
    """

    openings = Openings()

    def __init__(self, variables: Iterable[Node] = ()) -> None:
        self.setting = _Run(variables)


def differentiated(
    f: Callable[..., Any], args: Iterable[Any], options: dict[str, Any], variables: Iterable[Node] = ()
) -> Any:
    """Call a function within a :class:`differentiating` block.

    Raises:
        TypeError: a number was refused to code that went on without it: an ``except`` caught the error, or C
            took no notice.

    >>> differentiated(abs, [-2.0], {})
    2.0
    """
    block = differentiating(variables)
    try:
        with block:
            result = f(*args, **options)
    except Exception as error:
        refused = block.setting.refused
        if isinstance(error, SystemError) and refused:  # an error was set, and C called Python nevertheless
            raise TypeError(refused) from None
        if refused and not _stems_from(error, refused):
            raise _swallowed(refused) from error
        raise
    if block.setting.refused:
        raise _swallowed(block.setting.refused)
    return result


def refusal(message: str) -> TypeError:
    """The error of a number that would leave the graph unseen; it is raised again if ``except`` swallows it.

    >>> refusal("math.exp() takes the bare float out of a Value")
    TypeError('math.exp() takes the bare float out of a Value')
    """
    for run in differentiating.openings.settings():
        run.refused = run.refused or message
    return TypeError(message)


def _swallowed(refused: str) -> TypeError:
    return TypeError(f"{refused}\n(this error was caught or ignored before)")


def _stems_from(error: BaseException | None, refused: str) -> bool:
    while error is not None and not str(error).startswith(refused):
        error = error.__cause__ or error.__context__
    return error is not None


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
    return set().union(*(run.variables for run in differentiating.openings.settings()))


def is_variable(node: Node) -> bool:
    """Whether a transform under way differentiates by a node.

    >>> with differentiating(["x"]):
    ...     is_variable("x"), is_variable("y")
    (True, False)
    """
    return any(node in run.variables for run in differentiating.openings.settings())
