"""Statements in the shape in which another one reads the same cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.jit.emit.arrays import Views
from engine.jit.emit.fusion.replaced import wants_views
from engine.jit.emit.fusion.uses import place_of
from engine.jit.emit.statements import Assign
from engine.jit.emit.trees import Call, Expression, Number, Samples, Seed, UnfitError, mapped
from engine.jit.emit.views import CELLS, GRADIENTS, View
from engine.jit.lower.strides import Index, affine

__all__ = ["order_in", "turned"]


def turned(statement: Assign, old: View, new: View, views: Views) -> Assign | None:
    """An elementwise statement whose members stand in the order of another view of the same cells.

    Args:
        statement: what it reads and writes is broadcast to the shape of ``old``.
        old, new: views of the same cells.
        views: names the views that are needed.

    Returns:
        The statement; None where it sums, multiplies matrices or would have to read what is no view.
    """
    if old.advance or new.advance or old.array is not new.array:
        return None
    order = order_in(old.places, new.places)
    if order is None:
        return None
    turning = _Turning(old, new, order, views)
    try:
        target, value = turning.view(statement.target), mapped(statement.value, turning.of, {})
    except UnfitError:
        return None
    return replace(statement, target=target, value=value) if target.shape == new.shape else None


def order_in(old: Index, new: Index) -> Index | None:
    """Where in an order of cells those of another stand; None where they are not the same."""
    old, flat = old.ravel(), new.ravel()
    if old.size != flat.size:
        return None
    by_cell = np.argsort(old, kind="stable")
    sorted_cells = old[by_cell]
    if (np.diff(sorted_cells) == 0).any() or not np.array_equal(sorted_cells, np.sort(flat)):
        return None
    return np.asarray(by_cell[np.searchsorted(sorted_cells, flat)])


class _Turning:
    """Trees in another order."""

    def __init__(self, old: View, new: View, order: Index, views: Views) -> None:
        self.old, self.new, self.order, self.views = old, new, order, views
        self.per_sample = old.array.samples
        self.sizes, self.shape = old.axes[0], new.axes[0]

    def of(self, tree: Expression) -> Expression | None:
        """What stands in the place of a leaf; None of functions, which are made of others."""
        if isinstance(tree, View):
            return self.view(tree)
        if not isinstance(tree, Number | Seed | Samples) and (
            not isinstance(tree, Call) or wants_views(tree)
        ):
            raise UnfitError
        return None

    def view(self, view: View) -> View:
        if place_of(view) == place_of(self.old):
            return self.new
        is_repeated = self.per_sample and not view.array.samples  # fixed cells, the same for all samples
        if (
            view.advance
            or view.array not in (*CELLS, *GRADIENTS)
            or (is_repeated and view.shape[-1:] != (1,))
        ):
            raise UnfitError
        cells = view.places
        cells = cells[..., 0] if is_repeated else cells
        missing = len(self.sizes) - cells.ndim
        if missing < 0 or any(
            n not in (1, m) for n, m in zip(cells.shape, self.sizes[missing:], strict=True)
        ):
            raise UnfitError  # the statement is larger than what it reads there
        place = affine(np.broadcast_to(cells, self.sizes).ravel()[self.order].reshape(self.shape))
        if place is None:
            raise UnfitError
        found = self.views.cells(view.array, place[0], self.shape, place[1])
        return self.views.spread(found) if is_repeated else found
