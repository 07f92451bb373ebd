"""Catches ``math.exp(v)``, which would take the float out of a Value and lose the gradient.

``math.exp(v)`` and ``float(v)`` both call ``v.__float__()``; only the second means it. What is
being called can be read from the caller's code object: the expression ``math.exp`` starts at the
column at which its call starts. Where it cannot be read (``map(math.exp, values)``, or Python run
with ``-X no_debug_ranges``), the conversion is allowed.
"""

from __future__ import annotations

import dis
import inspect
import sys
from functools import lru_cache
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any

from engine.ops import OPERATORS

__all__ = ["refuse_math_functions"]

_MODULES = ("math", "cmath")
_ADVICE = {"fabs": "abs(x)", "fmod": "x % y", "fsum": "engine.sum(xs)", "dist": "engine.hypot(x, y)"}
_HARMLESS = frozenset({"isnan", "isinf", "isfinite", "isclose", "nextafter", "ulp", "frexp", "modf"})


def refuse_math_functions(frame: FrameType) -> None:
    """Raise if the frame is just calling a function of the math or cmath module.

    Raises:
        TypeError: with the name of the function to use instead.
    """
    path = _callee(frame.f_code, frame.f_lasti)
    called = _resolve(frame, path) if path else None
    if not isinstance(called, BuiltinFunctionType) or called.__module__ not in _MODULES:
        return
    name = called.__name__
    if name in _HARMLESS:
        return
    known = f"engine.{name}(x)" if name in OPERATORS else "functions of the engine"
    raise TypeError(
        f"{called.__module__}.{name}() takes the bare float out of a Value and would lose its gradient; "
        f"use {_ADVICE.get(name, known)} (or pass x.data if that is what you want)"
    )


@lru_cache(maxsize=4096)
def _callee(code: CodeType, offset: int) -> tuple[str, ...] | None:
    """The dotted name of what the call at a byte offset calls; None if it is no plain name.

    What is called is evaluated first: its name is the first to be loaded within the call's own text.
    """
    positions = list(code.co_positions())
    line, _, column, _ = positions[offset // 2] if 0 <= offset < 2 * len(positions) else [None] * 4
    if line is None or column is None:
        return None
    path: list[str] = []
    start = found = (line, column)
    merged = ""  # the second name of two that Python 3.13 loads at once; it has no place of its own
    for instruction in dis.get_instructions(code):
        place = instruction.positions
        if instruction.offset >= offset:
            break
        if place is None or place.lineno is None or place.col_offset is None:
            continue
        here = (place.lineno, place.col_offset)
        if merged and here == start:
            path, found = [merged], here
        name, merged = instruction.argval, ""
        if isinstance(name, tuple) and instruction.opname.endswith(("_LOAD_FAST", "_LOAD_FAST_BORROW")):
            name, merged = name
        if instruction.opname.startswith(_NAME_LOADS) and (here == start or (here > start and not path)):
            path, found = [str(name)], here
        elif here == found and path and instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            path.append(str(instruction.argval))
    return tuple(path) or None


_NAME_LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF")


def _resolve(frame: FrameType, path: tuple[str, ...]) -> Any:
    """What a dotted name means in a frame; looked up without running any code of its objects."""
    first, *rest = path
    for scope in (frame.f_locals, frame.f_globals, frame.f_builtins):
        if first in scope:
            found: Any = scope[first]
            break
    else:
        return None
    for name in rest:
        found = inspect.getattr_static(found, name, None)
    return found.__func__ if isinstance(found, staticmethod) else found


def caller() -> FrameType:
    """The frame that called the function that calls this."""
    return sys._getframe(2)
