"""Formulas of nodes and of their local gradients, as expressions that can be put into each other and printed.

They are read from the texts of the operator table (``partial_text``), so a new row is explained with nothing
done here. An expression is a tree of Python's own ``ast``, which is printed, with the parentheses it needs,
and never run. A row whose text is prose has no formula; its number is shown then.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from engine.graph.names import number
from engine.node.backend import Value
from engine.ops.op import Op

__all__ = ["Formula", "by_number", "formula", "is_one", "local_gradient", "named", "plain", "size"]

Formula = ast.expr

MANY = 6
"""Operands of a sum, a product or a function beyond which the rest is left out of a formula."""

INFIX: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "%": ast.Mod,
    "**": ast.Pow,
}
_REMARK = re.compile(r", \S+ at .*$")  # "step(x), 0 at 0": the formula, and what holds at one point


def named(name: str) -> Formula:
    """The expression of a name, or of any text that stands for itself.

    >>> plain(named("x"))
    'x'
    """
    return ast.Name(name, ast.Load())


def by_number(x: float) -> Formula:
    """The expression of a number, as it is printed.

    >>> plain(ast.BinOp(by_number(2.0), ast.Pow(), by_number(-0.5)))
    '2**(-0.5)'
    """
    text = number(x)
    return ast.UnaryOp(ast.USub(), named(text[1:])) if text.startswith("-") else named(text)


def is_one(expression: Formula) -> bool:
    """Whether this is the plain number 1."""
    return (isinstance(expression, ast.Constant) and expression.value == 1) or (
        isinstance(expression, ast.Name) and expression.id == "1"
    )


def size(expression: Formula) -> int:
    """How many names, numbers and operators there are in it."""
    return sum(isinstance(part, ast.expr) for part in ast.walk(expression))


def plain(expression: Formula) -> str:
    """An expression as one line of text.

    >>> plain(local_gradient(Value(0.5).tanh(), 0, [named("x")], named("y")))
    '1 - y**2'
    """
    text = ast.unparse(expression)
    text = text.replace(" ** ", "**").replace(" * ", "·")
    return re.sub(r"\*\*-([\w.]+)", r"**(-\1)", text)


def formula(node: Value, operands: Sequence[Formula]) -> Formula:
    """How a node was made, as an expression of its operands.

    >>> x = Value(0.5)
    >>> plain(formula(x * 3, [named("x"), by_number(3)])), plain(formula(x**2, [named("x")]))
    ('x·3', 'x**2')
    """
    row = node._row
    symbol = (row.base or row).shown
    baked = [by_number(x) for x in row.baked]
    if symbol in INFIX and len(operands) + len(baked) == 2:
        left, right = [*operands, *baked]
        return ast.BinOp(left, INFIX[symbol](), right)
    if symbol == "neg":
        return ast.UnaryOp(ast.USub(), operands[0])
    if symbol in ("sum", "prod", "dot"):
        return _spelled_out(symbol, operands)
    usual = row.base is not None and row.baked == row.base.defaults[-row.base.static :]
    return _call((row.base or row).name or node._op or "f", [*operands, *([] if usual else baked)])


def _spelled_out(symbol: str, operands: Sequence[Formula]) -> Formula:
    """A sum, a product or a sum of products, written with + and ·; a long one as a function of its first."""
    half = len(operands) // 2
    if len(operands) > MANY or len(operands) < 2:
        return _call(symbol, operands)
    if symbol != "dot":
        return _joined(ast.Add() if symbol == "sum" else ast.Mult(), operands)
    products = [_joined(ast.Mult(), pair) for pair in zip(operands[:half], operands[half:], strict=True)]
    return _joined(ast.Add(), products)


def _joined(operator: ast.operator, parts: Sequence[Formula]) -> Formula:
    whole, *rest = parts
    for part in rest:
        whole = ast.BinOp(whole, operator, part)
    return whole


def _call(name: str, operands: Sequence[Formula]) -> Formula:
    shown = [*operands[: MANY - 1], named("…")] if len(operands) > MANY else list(operands)
    return ast.Call(named(name), shown, [])


def local_gradient(node: Value, slot: int, operands: Sequence[Formula], result: Formula) -> Formula | None:
    """The derivative of a node by one of its operands, as an expression of its operands and of the result.

    Args:
        node: what is differentiated.
        slot: by which of its operands.
        operands: expressions of the operands.
        result: the expression of the node.

    Returns:
        The expression; None where the table has no formula for it, as for a node built by hand.

    >>> x = Value(0.5)
    >>> plain(local_gradient(x.sigmoid(), 0, [named("z")], named("a")))
    'a·(1 - a)'
    """
    row = node._row
    base = row.base or row
    if not row.partial_text:
        return None
    text = row.partial_text[0 if row.arity is None else slot]
    if text == "the partner":
        return operands[(slot + len(operands) // 2) % len(operands)]
    if text == "product of the others":
        others = [*operands[:slot], *operands[slot + 1 :]]
        return None if len(others) > MANY else _joined(ast.Mult(), others or [by_number(1.0)])
    template = _template(text)
    if template is None:
        return None
    meaning = {"y": result, **_meanings(row, base, slot, operands)}
    return _Substitution(meaning).visit(template)  # type: ignore[no-any-return]


def _meanings(row: Op, base: Op, slot: int, operands: Sequence[Formula]) -> dict[str, Formula]:
    """What the names of operands in a text of the table stand for."""
    if row.arity is None:
        return {"xi": operands[slot], "n": by_number(len(operands))}
    baked = [by_number(x) for x in row.baked]
    return dict(zip(base.operands, [*operands, *baked], strict=True))


@lru_cache(maxsize=1024)
def _template(text: str) -> Formula | None:
    """A text of the table as an expression; None where it is prose."""
    try:
        return ast.parse(_REMARK.sub("", text), mode="eval").body
    except SyntaxError:
        return None


class _Substitution(ast.NodeTransformer):
    """Expressions in place of names, in a copy."""

    def __init__(self, meaning: Mapping[str, Formula]) -> None:
        self.meaning = meaning

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.meaning.get(node.id, node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """As the base class does, on a copy: the templates are kept."""
        copy = type(node)(**dict(ast.iter_fields(node)))
        for name, field in ast.iter_fields(copy):
            if isinstance(field, ast.expr):
                setattr(copy, name, self.visit(field))
            elif isinstance(field, list):
                setattr(copy, name, [self.visit(x) if isinstance(x, ast.expr) else x for x in field])
        return copy

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
