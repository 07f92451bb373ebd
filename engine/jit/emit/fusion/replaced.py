"""Statements with a tree in the place of a view."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from engine.jit.emit.arrays import Views
from engine.jit.emit.fusion.uses import Place, Use, meet, place_of, use_of
from engine.jit.emit.statements import Assign, Scatter
from engine.jit.emit.trees import Call, Expression, MatMul, Reduce, UnfitError, mapped
from engine.jit.emit.views import Take, View

__all__ = ["cells_of", "reading", "shifted", "size_of", "wants_views"]


def size_of(tree: Expression) -> int:
    return sum(isinstance(each, Call | Reduce | MatMul) for each in tree.walk())


def cells_of(view: View) -> int:
    """How many cells a view has, repeated ones counted as often."""
    return math.prod(view.axes[0])


def shifted(statement: Any, cells: Use, distance: int, views: Views) -> Any:
    """A statement that has others, so much further on, in place of cells; None where it cannot."""
    if not isinstance(statement, Assign | Scatter):
        return None

    def moved(tree: Expression) -> View | None:
        if not isinstance(tree, View) or not meet(use_of(tree), cells):
            return None
        new = views.cells(tree.array, tree.start + distance, *tree.axes)
        if new.shape != tree.shape:
            raise UnfitError
        return new

    try:
        found = replace(statement, value=mapped(statement.value, moved, {}))
        return (
            replace(found, target=moved(found.target) or found.target) if isinstance(found, Assign) else found
        )
    except UnfitError:
        return None


def reading(statement: Any, place: Place, value: Expression) -> Any:
    """A statement that reads a tree in place of a view; None where it must be a view."""
    if not isinstance(statement, Assign | Scatter):
        return None
    if isinstance(statement, Scatter) and place_of(statement.at.index) == place:
        return None
    try:
        changed = _replaced(statement.value, place, value, True, {})
    except UnfitError:
        return None
    if changed.shape != statement.value.shape and (
        isinstance(statement, Scatter) or not isinstance(changed, Call | View)
    ):
        return None
    if (
        isinstance(changed, MatMul | Reduce)
        and not isinstance(statement.value, MatMul | Reduce)
        and (isinstance(statement, Assign) and not statement.adds)
        and changed.shape != statement.target.shape
    ):
        return None  # neither repeats what it writes
    return replace(statement, value=changed)


def _replaced(
    tree: Expression, place: Place, value: Expression, is_free: bool, known: dict[int, Expression]
) -> Expression:
    """A tree with another one in the place of a view; unfit where it may not stand there, or changes a sum.

    Args:
        is_free: whether anything may stand there, and not only a view.
        known: what trees became, by their id.
    """
    if id(tree) in known:
        return known[id(tree)]
    read = tree.index if isinstance(tree, Take) else tree
    if isinstance(read, View) and place_of(read) == place:
        fits, new = tree is read and (is_free or isinstance(value, View)), value
    else:
        inside = is_free and not isinstance(tree, MatMul) and not wants_views(tree)
        new = tree.rebuilt(lambda part: _replaced(part, place, value, inside, known))
        fits = new is tree or _fits(tree, new)
    if not fits:
        raise UnfitError
    known[id(tree)] = new
    return new


def _fits(tree: Expression, new: Expression) -> bool:
    """Whether a tree of other parts computes the same."""
    pairs = [(mine.shape, own.shape) for mine, own in zip(new.parts, tree.parts, strict=True)]
    if isinstance(tree, Reduce) or wants_views(tree):
        return all(mine == own for mine, own in pairs)
    if isinstance(tree, MatMul):  # only along the matrices of a stack does it repeat what there is once
        return all(mine[-2:] == own[-2:] for mine, own in pairs)
    # of a number NumPy makes no array, into which our functions write
    return not (isinstance(tree, Call) and tree.is_ours and any(mine == () != own for mine, own in pairs))


def wants_views(tree: Expression) -> bool:
    """Whether a function is over an axis, so that its operands lie in a shape of their own."""
    return isinstance(tree, Call) and tree.size is not None
