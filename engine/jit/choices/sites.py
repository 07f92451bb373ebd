"""What stands around a comparison in the user's code, as far as its two outcomes go.

Known are ``a if c else b``, ``if`` statements that return a number or set one name, and Python's ``max`` and
``min``. What else decides by numbers is left as it is.
"""

from __future__ import annotations

import ast
import builtins
from types import FrameType
from typing import Any

from engine.frames.syntax import Syntax, expression_at

__all__ = ["assignment", "extremum", "extremum_of", "followers", "names_set"]

_BLOCKS = ("body", "orelse", "finalbody")


def extremum(call: ast.Call, frame: FrameType) -> Any:
    """Python's own ``max`` or ``min`` where a call is one of them, without a key; else None."""
    known = {each.__name__: each for each in (max, min)}
    if not isinstance(call.func, ast.Name) or call.func.id not in known or call.keywords:
        return None
    name = call.func.id
    found = frame.f_globals.get(name, getattr(builtins, name))
    return found if found is known[name] and name not in frame.f_locals else None


def extremum_of(frame: FrameType, syntax: Syntax) -> Any:
    """Python's ``max`` or ``min`` where a frame gives it items, as in ``max(v.data for v in xs)``."""
    if frame.f_code.co_name != "<genexpr>" or frame.f_back is None:
        return None
    call = expression_at(frame.f_back, syntax)
    if not isinstance(call, ast.Call) or [*map(type, call.args)] != [ast.GeneratorExp]:
        return None
    return extremum(call, frame.f_back)


def followers(statement: ast.stmt, syntax: Syntax) -> list[ast.stmt]:
    """The statements behind one in its block."""
    parent: Any = syntax.parents[statement]
    for name in _BLOCKS:
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return list(block[block.index(statement) + 1 :])
    return []


def names_set(statements: list[ast.stmt]) -> set[str] | None:
    """The names that statements set; None where they do anything but set names, by ``if`` or without."""
    names: set[str] = set()
    for each in statements:
        if isinstance(each, ast.If):
            inner = names_set([*each.body, *each.orelse])
            if inner is None:
                return None
            names |= inner
        elif not isinstance(each, ast.Pass):
            found = assignment(each)
            if found is None:
                return None
            names.add(found[0])
    return names


def assignment(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """The name that a statement sets, and to what; None where it does anything else."""
    target: Any = None
    value: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign):
        target, value = statement.target, statement.value
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        target = statement.target
        value = ast.BinOp(ast.Name(target.id, ast.Load()), statement.op, statement.value)
    return (target.id, value) if isinstance(target, ast.Name) and value is not None else None
