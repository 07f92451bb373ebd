"""Where in the user's code a comparison stands, and the syntax around it.

Known are ``a if c else b``, ``if`` statements that return a number or set one name, and Python's ``max`` and
``min``. What else decides by numbers is left as it is.
"""

from __future__ import annotations

import ast
import builtins
import linecache
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

__all__ = ["Syntax", "assignment", "expression_at", "extremum", "followers", "names_set", "syntax_of"]

Position = tuple[int, int, int, int]
"""First line, last line, first column, last column, as Python's instructions and its syntax have them."""

_EXPRESSIONS = (ast.Compare, ast.Call)
_BLOCKS = ("body", "orelse", "finalbody")


class Syntax:
    """A file's syntax.

    Attributes:
        at: comparisons and calls by their positions.
        parents: what each node stands in.
    """

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.at: dict[tuple[type, Position], ast.expr] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            if isinstance(node, _EXPRESSIONS):
                place = node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0
                self.at[type(node), place] = node


@lru_cache(maxsize=16)
def _parsed(text: str) -> Syntax | None:
    try:
        return Syntax(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def syntax_of(code: CodeType) -> Syntax | None:
    """The syntax of the file that code stands in, as far as it can be read."""
    return _parsed("".join(linecache.getlines(code.co_filename)))


@lru_cache(maxsize=4096)
def _position(code: CodeType, offset: int) -> Position | None:
    found = next((each for i, each in enumerate(code.co_positions()) if i == offset // 2), (None,) * 4)
    line, last, start, end = found
    return None if line is None or last is None or start is None or end is None else (line, last, start, end)


def expression_at(frame: FrameType, syntax: Syntax) -> ast.expr | None:
    """The comparison or call that a frame is at."""
    position = _position(frame.f_code, frame.f_lasti)
    if position is None:
        return None
    found = (syntax.at.get((kind, position)) for kind in _EXPRESSIONS)
    return next((each for each in found if each is not None), None)


def extremum(call: ast.Call, frame: FrameType) -> Any:
    """Python's own ``max`` or ``min`` where a call is one of them, without a key; else None."""
    known = {each.__name__: each for each in (max, min)}
    if not isinstance(call.func, ast.Name) or call.func.id not in known or call.keywords:
        return None
    name = call.func.id
    found = frame.f_globals.get(name, getattr(builtins, name))
    return found if found is known[name] and name not in frame.f_locals else None


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
