"""The lists and tuples that calls return, as that of ``softmax(x)[i]``, which has no name."""

from __future__ import annotations

import ast
import sys
from types import FrameType, TracebackType
from typing import Any

from engine.frames.user_frame import position_at

__all__ = ["Returned"]


class Returned:
    """A block within which this thread notes what calls return last, in each frame and place.

    Calls of functions in Python are seen. While anything else, such as a profiler, is told of calls, none is.
    """

    def __init__(self) -> None:
        self._found: dict[int, dict[int, Any]] = {}
        self._is_on = False

    def __enter__(self) -> Returned:
        self._is_on = sys.getprofile() is None
        if self._is_on:
            sys.setprofile(self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._is_on:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, result: Any) -> None:
        if event == "return" and (type(result) is list or type(result) is tuple):
            caller = frame.f_back
            if caller is not None:
                self._found.setdefault(id(caller), {})[caller.f_lasti] = result

    def taken(self, frame: FrameType, call: ast.expr) -> Any:
        """What a call returned last in a frame; it is not found again.

        Raises:
            KeyError: it is not known.
        """
        place = (call.lineno, call.end_lineno, call.col_offset, call.end_col_offset)
        found = self._found.get(id(frame), {})
        for offset in found:
            if position_at(frame.f_code, offset) == place:
                return found.pop(offset)
        raise KeyError(call)
