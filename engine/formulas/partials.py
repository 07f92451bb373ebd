"""The partials of a row as formulas, from its texts or read from its rules."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from engine.formulas.laws import simplified
from engine.formulas.symbol import SYMBOLS, Symbol, as_symbol, name, parse
from engine.formulas.written import PYTHON, written

__all__ = ["partial_formula", "partial_texts"]

Row = Any
"""An ops.op.Op: this file stands below it."""

_LARGEST_READ, _LARGEST_SHOWN = 100, 11
"""How large a formula may be to be simplified; and that of a row over a sequence, to be shown."""


def partial_texts(row: Row) -> tuple[str, ...]:
    """The partials as texts in the operands' names and ``y``: those of the row, else read from its rules."""
    texts = row.partial_text or ("",) * len(row.partials)
    read = _read_partials(row, len(row.operands)) if "" in texts else ()
    return tuple(text or written(read[i], PYTHON) for i, text in enumerate(texts))


def partial_formula(row: Row, i: int, count: int) -> Symbol | None:
    """The partial by operand ``i`` of ``count``; see :meth:`engine.ops.op.Op.partial_formula`."""
    texts = row.partial_text
    text = texts[min(i, len(texts) - 1)] if texts else ""
    if text and (found := parse(text)) is not None:
        return found
    if not row.partials or (text and row.arity):
        return None
    read = _read_partials(row, count)
    return read[i] if row.arity or _is_short_arithmetic(read[i]) else None


@lru_cache(maxsize=256)
def _read_partials(row: Row, count: int) -> list[Symbol]:
    """The rules of a row on so many operands as formulas; those that are long are not simplified."""
    read = map(as_symbol, row.partials_at(SYMBOLS, name("y"), [*map(name, row.roles(count))]))
    return [simplified(each) if each.size <= _LARGEST_READ else each for each in read]


def _is_short_arithmetic(formula: Symbol) -> bool:
    if formula.size > _LARGEST_SHOWN or formula.kind in ("call", "where", "compare"):
        return False
    return all(map(_is_short_arithmetic, formula.operands))
