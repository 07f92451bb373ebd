"""In which line of the user's text each node was made.

Formulas are read line by line, so their reader says it. Of a program it is found in one of two ways. From
Python 3.12 on the interpreter tells at which line a program stands, and nodes are kept as they are made: no
code of ours runs at a node. Before that an observer looks at the stack at every node, at twice the cost.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from engine import Value
from engine.autograd.observers import Observer, Observing
from engine.node.bulk import nodes_made

__all__ = ["Lines", "Watching"]

_MONITORING: Any = getattr(sys, "monitoring", None)

_MONITOR = 3
"""The number under which lines are asked for: one of those that neither debuggers nor profilers use."""


class Watching(Observing):
    """A block within which an observer of one's own is called with what happens in this thread."""

    def __init__(self, observer: Observer) -> None:
        self.setting = self.given = observer


class Lines(Observer):
    """Notes the line of the user's text in which each node is made.

    Args:
        file: the name under which a program runs; None for formulas, whose reader sets ``current``.
    """

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self.current = 0
        # By identity: a node that is being made, or that stands for a number in a function being lifted,
        # cannot be hashed. It is kept beside its line, so that no other takes its identity.
        self._lines: dict[int, tuple[int, Value]] = {}

    def of(self, node: Value) -> int:
        """The line of a node; 0 where it has none."""
        return self._lines.get(id(node), (0, node))[0]

    @contextmanager
    def noting(self, *codes: CodeType) -> Generator[None]:
        """A block in which a program runs, of which all code is given."""
        if _MONITORING is None or _MONITORING.get_tool(_MONITOR) is not None:
            with Watching(self):
                yield
            return
        with nodes_made() as nodes, _stands_at(self, nodes, codes) as stretches:
            yield
        ends = [first for first, _ in stretches[1:]] + [len(nodes)]
        for (first, line), end in zip(stretches, ends, strict=True):
            self._lines.update((id(node), (line, node)) for node in nodes[first:end] if node._children)

    def made(self, row: Any, operands: Sequence[Any], result: Any) -> None:
        line = self.current if self.file is None else self.line_at(sys._getframe(1))
        self._lines[id(result)] = line, result

    def line_at(self, frame: FrameType | None) -> int:
        """The line of the innermost frame of the program from a frame outwards; 0 where there is none."""
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno

    def started(self, root: Any, gradient: float) -> None: ...

    def hooked(self, node: Any, before: float, after: float) -> None: ...

    def sent(self, node: Any, position: int, gradient: float, part: float, total: float) -> None: ...

    def finished(self, leaves: Any) -> None: ...


@contextmanager
def _stands_at(
    lines: Lines, nodes: Sequence[Value], codes: Sequence[CodeType]
) -> Generator[list[tuple[int, int]]]:
    """How many nodes there were whenever the program came to a line, and the line."""
    mine, events = threading.get_ident(), _MONITORING.events
    stretches = [(0, 0)]

    def at_line(code: CodeType, line: int) -> None:
        if threading.get_ident() == mine:
            stretches.append((len(nodes), line))

    def at_return(code: CodeType, offset: int, result: object) -> None:
        if threading.get_ident() == mine:
            stretches.append((len(nodes), lines.line_at(sys._getframe(1).f_back)))

    callbacks = {events.LINE: at_line, events.PY_RETURN: at_return, events.PY_YIELD: at_return}
    _MONITORING.use_tool_id(_MONITOR, "chainrule")
    try:
        for event, callback in callbacks.items():
            _MONITORING.register_callback(_MONITOR, event, callback)
        for code in _all_of(codes):
            _MONITORING.set_local_events(_MONITOR, code, sum(callbacks))
        yield stretches
    finally:
        for code in _all_of(codes):
            _MONITORING.set_local_events(_MONITOR, code, 0)
        for event in callbacks:
            _MONITORING.register_callback(_MONITOR, event, None)
        _MONITORING.free_tool_id(_MONITOR)


def _all_of(codes: Sequence[CodeType]) -> list[CodeType]:
    """Code, and the code of the functions within it."""
    found = list(codes)
    for code in found:
        found += [each for each in code.co_consts if isinstance(each, CodeType)]
    return found
