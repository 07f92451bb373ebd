"""Finds shares of a sum, p = e / Σe, as softmax has them.

Forward a line says so. Backward the textbook's ``dz = p · (dp - Σ dp · p)`` stands for three groups: the
quotient, the sum, and e = exp(z), or whatever else is its own derivative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.jit.emit.arrays import Views
from engine.jit.emit.expression import partial_expressions
from engine.jit.emit.fusion.turned import order_in
from engine.jit.emit.trees import Expression, Name, Reduce
from engine.jit.emit.views import CELLS, View
from engine.jit.lower.canonical import ELEM, LIN
from engine.jit.lower.groups import FIXED, Group, Operand
from engine.jit.lower.strides import Index, affine

__all__ = ["Shares", "shares_of"]


class Shares(NamedTuple):
    """Views along whose first axis the terms of the sums stand.

    Attributes:
        e, p: the terms and the quotients.
        total: the sums.
        terms: the group that computes e; None where it is not its own derivative, or where anything else
            reads the terms or the sums.
        z: what that group reads.
    """

    e: View
    p: View
    total: View
    terms: Group | None
    z: Operand | None

    def gradient(self, dp: View) -> Expression:
        """By z, where ``dp`` arrives at the quotients."""
        return self.p * (dp - Reduce("add", dp * self.p, (0,)))  # type: ignore[no-any-return]


def shares_of(group: Group, views: Views) -> Shares | None:
    """The shares that a group of quotients computes; None where it computes something else."""
    if id(group) not in views.shares:
        views.shares[id(group)] = _found(group, views)
    found: Shares | None = views.shares[id(group)]
    return found


def _found(group: Group, views: Views) -> Shares | None:
    layout, space = views.layout, group.space
    if views.frame is not None or layout.at.get((space, group.start)) is not group:
        return None
    if group.row is None or group.row.numpy != "divide" or group.fills or group.cuts:
        return None
    above, below = group.operands
    if not isinstance(above, Operand) or not isinstance(below, Operand):
        return None
    total = layout.at.get((space, int(below.index.min())))
    if total is None or (above.space, below.space) != (space, space):
        return None
    cells = _summed(total)
    order = None if cells is None else _order(cells, total, above.index.ravel(), below.index.ravel())
    if cells is None or order is None:
        return None
    read, written = affine(cells), affine(group.start + order)
    if read is None or written is None:
        return None
    e, p = (views.cells(CELLS[space], place[0], cells.shape, place[1]) for place in (read, written))
    terms = layout.at.get((space, int(cells.min())))
    if terms is None or not _is_only_read_here(views, terms, total, cells) or not _is_own_partial(terms):
        return Shares(e, p, views.result(total), None, None)
    given = terms.operands[0]
    z = Operand(given.space, given.index.ravel()[cells - terms.start], given.wanted)
    return Shares(e, p, views.result(total), terms, z)


def _summed(total: Group) -> Index | None:
    """The cells that a group adds up, the first axis over the terms; None where it does anything else."""
    if total.kind != LIN or total.k is not None or total.fills or total.cuts:
        return None
    for run in total.runs:
        if run.b is not None or run.const is not None or run.scale != 1.0 or run.a.space != total.space:
            return None
    kinds = [run.kind for run in total.runs]
    if kinds != ["sum"] and set(kinds) != {"each"}:
        return None
    terms = [run.a.index for run in total.runs]
    found: Index = terms[0] if kinds == ["sum"] else np.stack(terms)
    return found.ravel() if total.size == 1 and total.space == FIXED else found


def _order(cells: Index, total: Group, above: Index, below: Index) -> Index | None:
    """Of each cell that is added up the number of its quotient; None where not each has one by its sum."""
    order = order_in(above, cells)
    if order is None:
        return None
    sums = np.broadcast_to(total.start + np.arange(total.size).reshape(-1), (len(cells), total.size))
    return order.reshape(cells.shape) if np.array_equal(below[order], sums.ravel()) else None


def _is_own_partial(terms: Group) -> bool:
    if terms.kind != ELEM or terms.row is None or terms.row.arity != 1 or terms.cuts:
        return False
    y = Name("y")
    return partial_expressions(terms.row, y, [Name("x")])[0] is y and not terms.fills.keys() - {0.0}


def _is_only_read_here(views: Views, terms: Group, total: Group, cells: Index) -> bool:
    """Whether the sum and the quotients read all terms, and nothing else does, or reads the sums."""
    if terms.size != cells.size or terms.space != total.space:
        return False
    reads = views.reads[terms.space]
    own = reads[terms.start : terms.start + terms.size]
    sums = reads[total.start : total.start + total.size]
    return bool((own == 2).all() and (sums == len(cells)).all())
