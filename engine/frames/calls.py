"""The function that a frame is calling, read from its bytecode: functions of C have no frames.

A call's code carries the place of its text, and what is called is evaluated first: its name starts where the
call starts. Under ``-X no_debug_ranges`` there are no places; then the names are found by counting what
lies on the stack, which does where no jump lies between.
"""

from __future__ import annotations

import dis
import inspect
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from engine.frames.user_frame import position_at

__all__ = ["called_by", "keywords_of", "operation_of"]


def called_by(frame: FrameType) -> Any:
    """The function that a frame is calling; None if it has no plain name, or there is no call.

    >>> import sys
    >>> called_by(sys._getframe()) is called_by
    True
    """
    path = _callee(frame.f_code, frame.f_lasti)
    return _resolve(frame, path) if path else None


def operation_of(frame: FrameType) -> tuple[str, str]:
    """The instruction that a frame runs: its name, and the sign if it is an operator.

    >>> import sys
    >>> operation_of(sys._getframe())[0].startswith("CALL")
    True
    """
    offset = _offset(frame.f_code, frame.f_lasti)
    return next(((i.opname, i.argrepr) for i in _instructions(frame.f_code) if i.offset == offset), ("", ""))


def keywords_of(frame: FrameType) -> tuple[str, ...]:
    """The keywords that a frame passes to the function it is calling."""
    before: Any = None
    offset = _offset(frame.f_code, frame.f_lasti)
    for instruction in _instructions(frame.f_code):
        if instruction.offset >= offset:
            break
        if instruction.opname not in ("PRECALL", "CACHE", "EXTENDED_ARG"):
            before = instruction
    if before is None:
        return ()
    names: Any = before.argval
    if before.opname == "KW_NAMES":  # until Python 3.12; from then on a constant before CALL_KW
        names = frame.f_code.co_consts[before.arg]
    elif operation_of(frame)[0] not in ("CALL_KW", "CALL_FUNCTION_KW"):
        return ()
    return names if isinstance(names, tuple) else ()


def _offset(code: CodeType, offset: int) -> int:
    """The byte offset of the instruction that a frame runs.

    Until Python 3.12 the frame may be at what is cached behind it; of code that is run often, in 3.11, at the
    preparation of a call that makes the call as well.
    """
    steps = code.co_code
    while 0 < offset < len(steps) and dis.opname[steps[offset]] == "CACHE":
        offset -= 2
    if 0 <= offset < len(steps) and dis.opname[steps[offset]] == "PRECALL":
        offset += 2
        while dis.opname[steps[offset]] == "CACHE":
            offset += 2
    return offset


@lru_cache(maxsize=512)
def _instructions(code: CodeType) -> tuple[dis.Instruction, ...]:
    return tuple(dis.get_instructions(code))


_NAME_LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF")
_ATTRIBUTE_LOADS = ("LOAD_ATTR", "LOAD_METHOD")
_NO_WORK = frozenset(
    {
        *("PRECALL", "CACHE", "PUSH_NULL", "KW_NAMES", "EXTENDED_ARG", "RESUME", "NOP", "NOT_TAKEN"),
        "LOAD_CONST",  # the names of keywords stand where the call does
    }
)


@lru_cache(maxsize=4096)
def _callee(code: CodeType, offset: int) -> tuple[str, ...] | None:
    """The dotted name that the call at a byte offset calls; None if it is not a plain name."""
    offset = _offset(code, offset)
    if not 0 <= offset < len(code.co_code) or not dis.opname[code.co_code[offset]].startswith("CALL"):
        return None
    line, _, column, _ = position_at(code, offset)
    if line is None or column is None:
        return _callee_by_counting(code, offset)
    path: list[str] = []
    start = found = (line, column)
    merged = ""  # the second name of two that Python 3.13 loads at once; it has no place of its own
    for instruction in _instructions(code):
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
        elif here == found and path and instruction.opname in _ATTRIBUTE_LOADS:
            path.append(str(instruction.argval))
        elif here == start and path and instruction.opname not in _NO_WORK:
            path, found = ["<computed>"], here  # such as f(x)(y), and (f, g)[0](x)
    return tuple(path) or None


def _callee_by_counting(code: CodeType, offset: int) -> tuple[str, ...] | None:
    """The same from the stack, where what is called lies below its arguments."""
    before = [i for i in _instructions(code) if i.offset < offset and i.opname != "CACHE"]
    call = next(i for i in _instructions(code) if i.offset == offset)
    if call.opname != "CALL" or call.arg is None:
        return None
    if before and before[-1].opname == "PRECALL":
        del before[-1]
    waiting = call.arg
    while before and waiting > 0:
        instruction = before.pop()
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            return None
        waiting -= dis.stack_effect(instruction.opcode, instruction.arg)
    path: list[str] = []
    while before and waiting == 0:
        instruction = before.pop()
        if instruction.opname in ("PUSH_NULL", "KW_NAMES", "EXTENDED_ARG"):
            continue
        if instruction.opname.startswith(_NAME_LOADS):
            return (str(instruction.argval), *reversed(path))
        if instruction.opname not in _ATTRIBUTE_LOADS:
            return None
        path.append(str(instruction.argval))
    return None


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
