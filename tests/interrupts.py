"""Ctrl-C at every place of a program: a KeyboardInterrupt before each of its instructions in turn.

Python looks for signals at fewer places than these, so what holds here holds for any real interrupt.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from tests.sampling import samples

__all__ = ["interrupted_everywhere"]


class _Interrupt:
    """Raises before the k-th instruction of the code in given files, counted over all frames."""

    def __init__(self, k: int, within: Callable[[str], bool]) -> None:
        self._k = k
        self._within = within
        self.passed = 0
        self.done = False

    def on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if self.done or not self._within(frame.f_code.co_filename):
            return None
        frame.f_trace_opcodes = True
        return self.on_instruction

    def on_instruction(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "opcode" and not self.done:
            self.passed += 1
            if self.passed > self._k:
                self.done = True
                raise KeyboardInterrupt
        return self.on_instruction


def interrupted_everywhere(
    program: Callable[[], Any], within: Callable[[str], bool] | None = None, most: int = 100
) -> Iterator[BaseException | None]:
    """Run a program again and again, each time with an interrupt at another place, and yield after each run.

    Args:
        program: called without arguments; it must do the same each time.
        within: which files' code is interrupted, by name; those of the project and its tests by default.
        most: how many places; of a longer program so many, evenly spread; ten times as many in a
            thorough run.

    Yields:
        What came out of the program: the interrupt; None in the odd case that something caught it.
    """
    if within is None:
        within = _of_project
    program()  # what is done at the first time only
    whole = _Interrupt(sys.maxsize, within)
    _run(program, whole)
    assert whole.passed > 0, "there is nothing to interrupt"
    step = max(1, -(-whole.passed // samples(most, 10 * most)))
    for k in range(0, whole.passed, step):
        interrupt = _Interrupt(k, within)
        error = _run(program, interrupt)
        if interrupt.done:  # else this run was shorter than the one counted
            yield error
        del error


def _run(program: Callable[[], Any], interrupt: _Interrupt) -> BaseException | None:
    caught: BaseException | None = None
    before, was_enabled = sys.gettrace(), gc.isenabled()
    gc.disable()  # which would run code of its own at a place that differs from run to run
    sys.settrace(interrupt.on_call)
    try:
        program()
    except KeyboardInterrupt as error:
        caught = error
    finally:
        sys.settrace(before)
        if was_enabled:
            gc.enable()
    return caught


def _of_project(name: str) -> bool:
    """Whether code is the project's: neither a library's nor of this file."""
    outside = ("site-packages", "/lib/python", "<frozen")
    return name != __file__ and not any(part in name for part in outside)
