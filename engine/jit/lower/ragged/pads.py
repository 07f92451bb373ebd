"""Pads, which fill up shorter rows, are kept from what counts: their values are neutral, their gradients end.

What can go wrong is then 0 · inf, which is nan, and where a result or a gradient is nan, the function itself
is run. Where nan could turn into an ordinary number on its way (a comparison, a step), there are no pads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.jit.lower.canonical import CONST, TAKE, Node, Term
from engine.jit.lower.ragged.known import FINITE, Known, partials_of, value_of
from engine.jit.lower.strides import distinct
from engine.jit.lower.sums.terms import Flags
from engine.jit.lower.table import Table
from engine.ops.op import Op

__all__ = ["Filled", "Pad", "exposed", "settle"]


@dataclass(slots=True)
class Pad:
    """How a node that fills up is kept from what counts.

    Attributes:
        fill: the number that is written over its value; None where that is right as it is.
        cut: whether its gradient is cleared before it goes on.
    """

    fill: float | None = None
    cut: bool = False


class Filled(NamedTuple):
    """What was filled up: a sum by these terms, or a row over a sequence by these operands."""

    row: Op | None
    terms: Sequence[Term]
    operands: Sequence[int]


def settle(
    nodes: Mapping[int, Node], pads: Sequence[int], filled: Sequence[Filled], wanted: dict[int, float]
) -> bool:
    """Find which pads must be written over, and whose gradients cleared.

    Args:
        nodes: all nodes by their refs.
        pads: the refs of pads, operands before results.
        filled: what they fill up.
        wanted: the values that pads must have.

    Returns:
        Whether all that fills up sums is zero then.
    """
    values: dict[int, Known] = {}
    known: dict[int, bool] = {}

    def value(ref: int) -> Known:
        node = nodes[ref]
        return values[ref] if ref in values else Known(node.number) if node.kind == CONST else FINITE

    def factors(terms: Iterable[Term]) -> Iterable[tuple[int, Known]]:
        """The factors of products, each with its partner."""
        for _, _, a, b in terms:
            yield a, Known(1.0) if b < 0 else value(b)
            if b >= 0:
                yield b, value(a)

    def reached(row: Op | None, y: Known, operands: Sequence[int], terms: Sequence[Term]) -> set[int]:
        """The operands by which the partial is not known to be zero."""
        if row is None:
            return {x for x, partner in factors(terms) if not partner.is_zero}
        partials = partials_of(row, y, [value(x) for x in operands])
        return {x for x, partial in zip(operands, partials, strict=True) if not partial.is_zero}

    for ref in pads:
        node = nodes[ref]
        if node.row is not None:
            found = value_of(node.row, [value(x) for x in node.operands])
        elif not node.k and all(nodes[x].kind != CONST and not known.get(x) for x in node.refs):
            found = FINITE
        else:
            found = Known(node.k or 0.0)
            for scale, const, a, b in node.terms:
                product = value(a) if b < 0 else value(a) * value(b)
                found = found + product * (scale * (1.0 if const is None else const))
        if ref in wanted and found.number != wanted[ref]:
            node.pad.fill, found = wanted[ref], Known(wanted[ref])
        values[ref] = found
        known[ref] = found is not FINITE
    if not all(
        (value(a) if b < 0 else value(a) * value(b)).is_zero for each in filled for _, _, a, b in each.terms
    ):
        return False
    arrives: set[int] = set()
    for each in filled:
        if each.row is None:
            arrives |= reached(None, FINITE, (), each.terms)
        elif not partials_of(each.row, FINITE, [FINITE, Known(each.row.neutral)])[-1].is_zero:
            arrives.update(each.operands)
    for ref in reversed(pads):
        node = nodes[ref]
        if ref in arrives and node.wanted:
            below = reached(node.row, values[ref], node.operands, node.terms)
            node.pad.cut = any(nodes[x].wanted and nodes[x].pad is None for x in below)
            if not node.pad.cut:
                arrives |= below
    return True


def exposed(table: Table, watched: Sequence[int]) -> Flags:
    """Of each node whether a nan of its might come out as an ordinary number, or be decided by.

    Args:
        table: the nodes.
        watched: the refs of the numbers that the function decides by.
    """
    found = np.zeros(len(table), bool)
    counts, is_take = np.diff(table.offsets), table.of_kind(TAKE)
    loses = np.zeros(len(table.rows) + 1, bool)
    for i in distinct(table.row_of[~is_take & (table.row_of >= 0)]).tolist():
        loses[i] = _loses_nan(table.rows[i])
    lost = loses[table.row_of] & ~is_take
    fresh = [
        np.array(watched, np.intp),
        table.operands[table.offsets[1:][is_take] - 1],  # the others only where they are picked
        table.operands[np.repeat(lost, counts)],
    ]
    table.reach(np.concatenate(fresh), found)
    return found


@lru_cache(maxsize=1024)
def _loses_nan(row: Op) -> bool:
    """Whether a row may be an ordinary number where an operand is nan.

    >>> from engine.ops import OPERATORS
    >>> [_loses_nan(OPERATORS[name]) for name in ("exp", "relu", "max", "greater", "step")]
    [False, False, False, True, True]
    """
    for count in [2, 3] if row.arity is None else [row.arity]:
        for place in range(count):
            for other in (-1.0, 0.0, 0.5, 2.0):
                xs = [math.nan if i == place else other for i in range(count)]
                y = row.forward(xs) if row.arity is None else row.forward(*xs)
                if y == y:
                    return True
    return False
