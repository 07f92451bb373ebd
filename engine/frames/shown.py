"""Whether a text is only shown: made within a statement that prints or logs it, or that raises."""

from __future__ import annotations

import ast
from functools import lru_cache
from types import CodeType, FrameType

from engine.frames.syntax import Syntax, syntax_of
from engine.frames.user_frame import position_at

__all__ = ["is_only_shown"]

_SHOWING = frozenset(
    {
        *("print", "pprint", "display", "echo", "secho", "set_description", "set_postfix", "set_postfix_str"),
        *("log", "debug", "info", "warning", "warn", "error", "critical", "exception", "add_scalar"),
    }
)
"""Names of functions and methods that show what they are given."""

_NOTING = frozenset({"append", "appendleft", "write", "writelines"})
"""Methods of what may be a log: a global one is; what is local may be read again."""

Place = tuple[int, int]


@lru_cache(maxsize=16)
def _showing_statements(syntax: Syntax) -> tuple[tuple[Place, Place, str], ...]:
    """From where to where they stand, as lines and columns, and the name that must be global, if any."""
    statements = list(ast.walk(syntax.tree))
    tries = [each for each in statements if isinstance(each, ast.Try)]
    caught = {part for each in tries for line in each.body for part in ast.walk(line)}
    found = []
    for each in statements:
        owner = None
        if isinstance(each, ast.Expr):
            owner = _owner_of_log(each.value)
        elif isinstance(each, ast.Raise) and each not in caught:
            owner = ""
        if owner is not None and isinstance(each, ast.stmt):
            start, end = (each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0)
            found.append((start, end, owner))
    return tuple(found)


def _owner_of_log(call: ast.expr) -> str | None:
    """The name of what a call notes in; empty where it shows something; None for other calls."""
    if not isinstance(call, ast.Call) or any(each.arg == "file" for each in call.keywords):
        return None
    if any(isinstance(each, ast.NamedExpr) for each in ast.walk(call)):  # which keeps it
        return None
    called = call.func
    if isinstance(called, ast.Name):
        return "" if called.id in _SHOWING else None
    if not isinstance(called, ast.Attribute):
        return None
    if called.attr in _NOTING and isinstance(called.value, ast.Name):
        return called.value.id
    return "" if called.attr in _SHOWING else None


@lru_cache(maxsize=4096)
def _is_shown_at(code: CodeType, offset: int) -> bool:
    line, _, column, _ = position_at(code, offset)
    syntax = syntax_of(code)
    if line is None or column is None or syntax is None:
        return False
    local = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    return any(
        start <= (line, column) < end and owner not in local
        for start, end, owner in _showing_statements(syntax)
    )


def is_only_shown(frame: FrameType) -> bool:
    """Whether what a frame computes just now goes to a function that prints or logs, or is raised.

    Where its source cannot be read, and within a ``try``, whose handlers may read what is raised: False.

    >>> import sys
    >>> print(is_only_shown(sys._getframe()))
    True
    """
    return _is_shown_at(frame.f_code, frame.f_lasti)
