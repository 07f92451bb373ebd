"""Numbers in products, put together.

    2·(c·x)   ->  2c·x      a sign counts as -1
    x·(½·y)   ->  ½·(x·y)   where that is no larger than y

One of the numbers is a small power of two, by which products are exact: nothing else is rounded. Numbers stay
apart where the first product may overflow and theirs does not, as in ½·(4·x).
"""

from __future__ import annotations

from dataclasses import replace
from math import frexp
from sys import float_info
from typing import Any

from engine.jit.emit.trees import Call, Expression, Number, as_expression

__all__ = ["with_numbers_together"]

_EXACT = 16.0
"""Up to here, and down to its inverse, a product by a power of two hardly leaves the range of floats."""


def with_numbers_together(statement: Any) -> Any:
    """A statement whose tree has fewer products by numbers."""
    value = _together(statement.value)
    return statement if value is statement.value else replace(statement, value=value)


def _together(tree: Expression) -> Expression:
    if not isinstance(tree, Call) or tree.size is not None:
        return tree
    operands = tuple(map(_together, tree.operands))
    is_same = all(new is old for new, old in zip(operands, tree.operands, strict=True))
    own = tree if is_same or tree.origin is not None else replace(tree, operands=operands)
    if tree.function != "multiply":
        return own
    (m, a), (n, b) = map(_parted, operands)
    if (m * n in (1.0, -1.0) and 1.0 in (m, n)) or not (_is_exact(m) or _is_exact(n)):
        return own
    if a is None and b is None:
        return Number(m * n)
    if a is None or b is None:
        inner, outer = (n, m) if a is None else (m, n)
        may_overflow = abs(inner) > 1.0 > abs(outer)
        if 1.0 in (m, n) or may_overflow or not float_info.min <= abs(m * n) <= float_info.max:
            return own
        rest = a or b
    elif max(abs(m), abs(n)) > 1.0:
        return own
    else:
        rest = a * b
        grows = (n == 1.0 and rest.shape != a.shape) or (m == 1.0 and rest.shape != b.shape)
        if grows or not (_is_exact(m) and _is_exact(n)):
            return own
    found = as_expression(m * n * rest)
    return found if found.shape == tree.shape else own


def _parted(tree: Expression) -> tuple[float, Any]:
    """A number, and what it is multiplied by."""
    if isinstance(tree, Number):
        return tree.number, None
    if isinstance(tree, Call) and tree.function == "negative":
        return -1.0, tree.operands[0]
    if isinstance(tree, Call) and tree.function == "multiply" and isinstance(tree.operands[0], Number):
        return tree.operands[0].number, tree.operands[1]
    return 1.0, tree


def _is_exact(number: float) -> bool:
    return abs(frexp(number)[0]) == 0.5 and 1.0 / _EXACT <= abs(number) <= _EXACT
