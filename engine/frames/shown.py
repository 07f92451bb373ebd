"""Whether a text is only shown: made within a statement that prints or logs, or that raises."""

from __future__ import annotations

import ast
from functools import lru_cache
from types import CodeType, FrameType

from engine.frames.syntax import Syntax, syntax_of
from engine.frames.user_frame import position_at

__all__ = ["is_only_shown"]

_SHOWING = frozenset(
    {
        *("print", "pprint", "display", "write", "writelines", "echo", "secho", "append", "appendleft"),
        *("log", "debug", "info", "warning", "warn", "error", "critical", "exception", "trace"),
        *("set_description", "set_postfix", "set_postfix_str", "add_scalar"),
    }
)
"""Names of functions and methods that show or note what they are given."""

Place = tuple[int, int]


@lru_cache(maxsize=16)
def _showing_statements(syntax: Syntax) -> tuple[tuple[Place, Place], ...]:
    """From where to where they stand, as lines and columns."""
    return tuple(
        ((each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0))
        for each in ast.walk(syntax.tree)
        if isinstance(each, ast.Raise) or (isinstance(each, ast.Expr) and _shows(each.value))
    )


def _shows(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call):
        return False
    called = call.func
    name = (
        called.id
        if isinstance(called, ast.Name)
        else called.attr
        if isinstance(called, ast.Attribute)
        else ""
    )
    return name in _SHOWING


@lru_cache(maxsize=4096)
def _is_shown_at(code: CodeType, offset: int) -> bool:
    line, _, column, _ = position_at(code, offset)
    syntax = syntax_of(code)
    if line is None or column is None or syntax is None:
        return False
    return any(start <= (line, column) < end for start, end in _showing_statements(syntax))


def is_only_shown(frame: FrameType) -> bool:
    """Whether what a frame computes just now goes to a function that prints or logs, or is raised.

    Where its source cannot be read: False.

    >>> import sys
    >>> print(is_only_shown(sys._getframe()))
    True
    """
    return _is_shown_at(frame.f_code, frame.f_lasti)
