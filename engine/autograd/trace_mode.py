"""Whether this thread traces a function for jit, and the recorder of what Python decides meanwhile.

While a function is traced, arithmetic leaves a graph, but a comparison or a number read out of a Value leaves
nothing. So a node implementation is told whether anything is traced in the process at all, and then reports
comparisons and reads here, where a :class:`Recorder` of this thread keeps or refuses them.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from engine.autograd.context_decorator import Block, Openings, Places
from engine.errors import TraceError
from engine.frames.user_frame import line_of, user_spot

__all__ = [
    "OF_NODES",
    "RECORDED",
    "WRITTEN",
    "Recorder",
    "as_written",
    "checked",
    "compared",
    "data_of_leaf",
    "index_of",
    "is_read_out",
    "is_tracing",
    "leave_open",
    "recording",
    "refuse_as_key",
    "refuse_unrecorded",
    "refuse_while_tracing",
    "repeats",
    "runs_as_written",
    "seen",
    "text_of",
    "tracing",
    "user_line",
]

Node = Any
"""A Value: this file stands below value.py."""


class Recorder(ABC):
    """Is called with what Python decides by the numbers of Values while a function runs on stand-ins.

    Attributes:
        left_open: whether something was left undecided that numbers which are not finite would decide.
    """

    left_open = False

    @abstractmethod
    def seen(self, node: Node, how: str, test: Callable[[Any], Any]) -> Any:
        """What a read gives: ``test`` of the node's number, unless something else is due."""

    @abstractmethod
    def compared(self, node: Node, other: Any, symbol: str) -> Any:
        """The outcome of a comparison with a number or a Value."""

    def text_of(self, node: Node, test: Callable[[Any], str], frame: FrameType) -> str:
        """The text of a node's number, for code at a frame."""
        return test(node._data)

    @abstractmethod
    def index_of(self, node: Node) -> int | None:
        """The integer that a node stands for as an index or a count; None where it stands for none."""

    def is_read_out(self, node: Node) -> bool:
        """Whether a node stands for a plain number that is computed of such as were read out of Values."""
        return False

    def data_of_leaf(self, number: Node) -> float | None:
        """The number of a leaf that is made of a node, where that stands for a plain number; else None."""
        return None

    @abstractmethod
    def refuse_as_key(self, node: Node) -> None:
        """Raise if a number in the place of this node would be found in a set or dict by what it is."""


OF_NODES = frozenset({"grad", "requires_grad"})
"""What is read of a node, and not of its number."""

_KNOW_NODES = frozenset({"engine", "nn", "viz", "weakref", "_weakrefset"})
"""Modules that find nodes, never numbers, in sets and dicts."""


RECORDED: Places = set()
"""Empty while no decisions are recorded, in any thread: then nodes need not report anything."""


class recording(Block):  # noqa: N801 - reads as a block
    """A block within which a recorder is called with what this thread decides by the numbers of Values.

    Args:
        recorder: who is told; None for nobody: for operators that compute by Values of their own.
    """

    openings = Openings(RECORDED)

    def __init__(self, recorder: Recorder | None) -> None:
        self.setting = recorder


def _recorder() -> Recorder | None:
    return recording.openings.innermost() if RECORDED else None


WRITTEN: Places = set()
"""Empty while no thread traces, or runs lifted functions as they are written: then they run as programs."""


class tracing(Block):  # noqa: N801 - reads as a block
    """A block within which this thread traces. Blocks nest.

    >>> with tracing():
    ...     is_tracing()
    True
    """

    openings = Openings(WRITTEN)


class as_written(Block):  # noqa: N801 - reads as a block
    """A block within which this thread runs lifted functions as they are written, on nodes.

    So runs a function in place of its program, with all lifted ones that it calls: derivatives of theirs
    are to be had while it is traced, and must be then.

    >>> with as_written():
    ...     runs_as_written()
    True
    """

    openings = Openings(WRITTEN)


def runs_as_written() -> bool:
    """Whether this thread runs lifted functions as they are written: also while it is tracing.

    >>> runs_as_written()
    False
    """
    return bool(WRITTEN) and (tracing.openings.is_open() or as_written.openings.is_open())


def is_tracing() -> bool:
    """Whether this thread is in a :func:`tracing` block.

    >>> is_tracing()
    False
    """
    return bool(WRITTEN) and tracing.openings.is_open()


# -- what nodes report --------------------------------------------------------------------------------------


def seen(node: Node, how: str, test: Callable[[Any], Any]) -> Any:
    """What a read gives: ``test`` of a node's number, or of the node itself for what is in ``OF_NODES``.

    If this thread has a recorder, that is told, and says what it gives.
    """
    recorder = _recorder()
    if recorder is None:
        return test(node if how in OF_NODES else node._data)
    return recorder.seen(node, how, test)


def text_of(node: Node, test: Callable[[Any], str]) -> str:
    """The text that ``test`` makes of a node's number; called by the node's own methods."""
    recorder = _recorder()
    if recorder is None:
        return test(node._data)
    return recorder.text_of(node, test, _asking(sys._getframe(1)))


def compared(node: Node, other: Any, symbol: str, outcome: Any) -> Any:
    """The outcome of a comparison, handed to the recorder of this thread if there is one."""
    recorder = _recorder()
    if recorder is None or (outcome is NotImplemented and not hasattr(type(other), "_fill")):
        return outcome
    if node is other and symbol in ("==", "!=") and _knows_nodes(_asking(sys._getframe(1))):
        return symbol == "=="  # a nan is found among weak references, too
    return recorder.compared(node, other, symbol)


def leave_open() -> None:
    """Note a decision that matters only where numbers are not finite: there f itself must run."""
    recorder = _recorder()
    if recorder is not None:
        recorder.left_open = True


def index_of(node: Node) -> int | None:
    """The integer that a node stands for; None where this thread has no recorder, or one that knows none."""
    recorder = _recorder()
    return None if recorder is None else recorder.index_of(node)


def is_read_out(node: Node) -> bool:
    """Whether a node stands for a plain number that was read out, of which a float is taken as of one."""
    recorder = _recorder()
    return recorder is not None and recorder.is_read_out(node)


def data_of_leaf(number: Any) -> float | None:
    """What a constructor takes for its number where it is given a node that stands for a plain number."""
    recorder = _recorder() if hasattr(type(number), "_fill") else None
    return None if recorder is None else recorder.data_of_leaf(number)


def repeats(operand: Any, operands: Sequence[Any]) -> bool:
    """Whether a factor is a list or text, to be repeated as often as the other says: an argument's number.

    Python repeats it by that one's ``__index__`` where a product with it is not implemented.
    """
    if not RECORDED or not hasattr(type(operand), "__len__"):
        return False
    return any(index_of(x) is not None for x in operands if hasattr(type(x), "_fill"))


def refuse_as_key(node: Node, frame: FrameType) -> None:
    """Raise if a traced number is looked up by its identity in a set or a dict of the user's.

    Raises:
        TraceError: without the function being traced, a number would stand there.
    """
    recorder = _recorder()
    if recorder is not None and not _knows_nodes(frame):
        recorder.refuse_as_key(node)


def _knows_nodes(frame: FrameType) -> bool:
    """Whether code is of a module that finds nodes in sets and dicts."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _KNOW_NODES


def _asking(frame: FrameType) -> FrameType:
    """The frame that compares, past the methods of the node in Python."""
    while frame.f_back is not None and frame.f_globals.get("__name__") == "engine.node.as_number":
        frame = frame.f_back
    return frame


def checked(number: Any, test: Callable[[Any], Any]) -> bool:
    """Whether a number passes a check, such as that of a target by a loss.

    While a function is traced, an argument is checked anew at each call of the program; a Value that was
    computed, whose number is not known then, passes.

    Args:
        number: a number or a Value.
        test: of a float; or of an array, giving as many booleans.

    >>> checked(3.0, lambda x: x > 2.0)
    True
    """
    recorder = _recorder()
    if not hasattr(type(number), "_fill"):
        return bool(test(number))
    if is_tracing() and (recorder is None or number._children):
        leave_open()
        return True
    return bool(test(number._data) if recorder is None else recorder.seen(number, "checked", test))


# -- what is refused ----------------------------------------------------------------------------------------


def user_line() -> str:
    """The user's own line, as the end of a message; empty where it is not known."""
    place = line_of(user_spot())
    return "" if place is None else f"\n{place}"


def refuse_unrecorded() -> None:
    """Refuse an operator under ``no_grad()`` while tracing: its result would be a constant."""
    if _recorder() is not None and is_tracing():
        raise TraceError(
            "an operator under no_grad() inside a function under engine.jit: its result would stay as it is "
            f"now; make it constant by engine.stop_gradient, or compute it outside{user_line()}"
        )


def refuse_while_tracing(what: str, instead: str) -> None:
    """Refuse while tracing what acts on nodes: it would act on stand-ins.

    Raises:
        TraceError: this thread is in a :func:`tracing` block.

    >>> refuse_while_tracing("backward()", "call it outside")
    """
    if is_tracing():
        raise TraceError(
            f"{what} inside a function under engine.jit, which runs only while it is traced: {instead}, "
            f"or call the function without engine.jit{user_line()}"
        )
