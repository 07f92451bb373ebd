"""Where a frame stands in the syntax of its file."""

from __future__ import annotations

import ast
import linecache
from functools import cached_property, lru_cache
from types import CodeType, FrameType

from engine.frames.calls import operation_of
from engine.frames.user_frame import Position, position_at

__all__ = ["Syntax", "expression_at", "syntax_of"]

_EXPRESSIONS = (ast.Compare, ast.Call)


class Syntax:
    """A file's syntax.

    Attributes:
        tree: the module.
        at: comparisons, calls, subscripts and operations of one operand by their positions.
        parents: what each node stands in.
    """

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)

    @cached_property
    def at(self) -> dict[tuple[type, Position], ast.expr]:
        return {
            (type(node), (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)): node
            for node in ast.walk(self.tree)
            if isinstance(node, (*_EXPRESSIONS, ast.Subscript, ast.UnaryOp))
        }

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def subscript_at(self, frame: FrameType) -> ast.Subscript | None:
        """The subscript that a frame is at; None where it is at anything else."""
        found = self.at.get((ast.Subscript, position_at(frame.f_code, frame.f_lasti)))
        return found if isinstance(found, ast.Subscript) else None


@lru_cache(maxsize=16)
def _parsed(text: str) -> Syntax | None:
    try:
        return Syntax(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def syntax_of(code: CodeType) -> Syntax | None:
    """The syntax of the file that code stands in, as far as it can be read."""
    return _parsed("".join(linecache.getlines(code.co_filename)))


def expression_at(frame: FrameType, syntax: Syntax) -> ast.expr | None:
    """The comparison or call that a frame is at."""
    position = position_at(frame.f_code, frame.f_lasti)
    found = (syntax.at.get((kind, position)) for kind in _EXPRESSIONS)
    expression = next((each for each in found if each is not None), None)
    negated = syntax.at.get((ast.UnaryOp, position)) if expression is None else None
    while isinstance(negated, ast.UnaryOp) and isinstance(negated.op, ast.Not):
        negated = negated.operand  # a comparison in Python 3.13 stands where its `not` does
    is_compared = isinstance(negated, ast.Compare) and operation_of(frame)[0] == "COMPARE_OP"
    return negated if is_compared else expression
