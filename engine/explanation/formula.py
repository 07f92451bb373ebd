"""Formulas of nodes and of their local gradients, which can be put into each other and written.

They are read from the rows of the operator table, so a new row is explained with nothing done here. A row
whose partials are described in words has no formula; its number is shown then.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.formulas.laws import NOTATIONS
from engine.formulas.symbol import Symbol, name, number
from engine.formulas.written import TEXT, digits, written
from engine.node.backend import Value
from engine.ops import alike
from engine.ops.namespaces import Arithmetic

__all__ = ["Formula", "formula", "is_one", "local_gradient", "named", "plain"]

Formula = Symbol

MANY = 6
"""Operands of a sum, a product or a function beyond which the rest is left out of a formula."""

named = name
"""The formula of a name, or of any text that stands for itself."""


def is_one(formula: Formula) -> bool:
    """Whether this is the plain number 1."""
    return formula.kind == "number" and digits(formula.parts[0]) == "1"


def plain(formula: Formula) -> str:
    """A formula as one line of text.

    >>> plain(local_gradient(Value(0.5).tanh(), 0, [named("x")], named("y")))
    '1 - y**2'
    """
    return written(formula, TEXT)


def formula(node: Value, operands: Sequence[Formula]) -> Formula:
    """How a node was made, as a formula of its operands.

    >>> x = Value(0.5)
    >>> plain(formula(x * 3, [named("x"), number(3)])), plain(formula(x**2, [named("x")]))
    ('x·3', 'x**2')
    """
    row = node._row
    known = alike(row)
    baked = [number(x) for x in row.baked]
    notation = NOTATIONS.get(known.name)
    if notation and notation.is_arithmetic() and len(operands) + len(baked) == len(known.operands):
        kind = notation.reading().kind  # type: ignore[union-attr]
        return Symbol(kind, *operands, *baked)
    if known.arity is None and 2 <= len(operands) <= MANY:
        in_arithmetic = known.in_arithmetic(Arithmetic(), operands)
        if in_arithmetic is not NotImplemented:
            return in_arithmetic  # type: ignore[no-any-return]
    usual = row.base is not None and row.baked == row.base.defaults[-row.base.static :]
    shown = [*operands, *([] if usual else baked)]
    if len(shown) > MANY:
        shown = [*shown[: MANY - 1], named("…")]
    return Symbol("call", (row.base or row).name or node._op or "f", *shown)


def local_gradient(node: Value, slot: int, operands: Sequence[Formula], result: Formula) -> Formula | None:
    """The derivative of a node by one of its operands, as a formula of its operands and of the result.

    Args:
        node: what is differentiated.
        slot: by which of its operands.
        operands: formulas of the operands.
        result: the formula of the node.

    Returns:
        The formula; None where the table has none for it, as for a node built by hand.

    >>> x = Value(0.5)
    >>> plain(local_gradient(x.sigmoid(), 0, [named("z")], named("a")))
    'a·(1 - a)'
    """
    row, count = node._row, len(operands)
    template = row.partial_formula(slot, count)
    if template is None:
        return None
    meaning = dict(zip(row.roles(count), operands, strict=False))
    if row.arity is None:
        meaning |= {"xi": operands[slot], "n": number(count)}
    else:
        baked = [number(x) for x in row.baked]
        meaning |= dict(zip((row.base or row).operands, [*operands, *baked], strict=True))
    return template.put({**meaning, "y": result})
