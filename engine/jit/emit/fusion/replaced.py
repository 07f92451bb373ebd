"""Statements with a tree in the place of a view."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from engine.jit.emit.arrays import Views
from engine.jit.emit.fusion.uses import Place, Use, meet, place_of, uses_of_view
from engine.jit.emit.statements import Assign, Scatter
from engine.jit.emit.trees import Call, Expression, MatMul, Reduce
from engine.jit.emit.views import Take, View

__all__ = ["cells_of", "reading", "shifted", "size_of", "wants_views"]


def size_of(tree: Expression) -> int:
    return sum(isinstance(each, Call | Reduce | MatMul) for each in tree.walk())


def cells_of(view: View) -> int:
    """How many cells a view has, repeated ones counted as often."""
    return math.prod(view.shape[: len(view.shape) - view.array.samples])


def shifted(statement: Any, cells: Use, distance: int, views: Views) -> Any:
    """A statement that has others, so much further on, in place of cells; None where it cannot."""
    if not isinstance(statement, Assign | Scatter):
        return None

    def moved(view: View) -> View:
        axes = len(view.shape) - view.array.samples
        return views.cells(view.array, view.start + distance, view.shape[:axes], view.strides[:axes])

    def is_moved(tree: Any) -> bool:
        return isinstance(tree, View) and any(meet(use, cells) for use in uses_of_view(tree))

    value: Any = statement.value
    for view in [each for each in value.walk() if isinstance(each, View) and is_moved(each)]:
        new = moved(view)
        if value is None or new.shape != view.shape:
            return None
        value = _replaced(value, place_of(view), new, True, {})
    if value is None:
        return None
    if isinstance(statement, Assign) and is_moved(statement.target):
        return replace(statement, target=moved(statement.target), value=value)
    return replace(statement, value=value)


def reading(statement: Any, place: Place, value: Expression) -> Any:
    """A statement that reads a tree in place of a view; None where it must be a view."""
    if not isinstance(statement, Assign | Scatter):
        return None
    if isinstance(statement, Scatter) and any(
        isinstance(each, View) and place_of(each) == place for each in statement.index.walk()
    ):
        return None
    changed = _replaced(statement.value, place, value, True, {})
    if changed is None:
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


def _replaced(tree: Any, place: Place, value: Expression, is_free: bool, known: dict[int, Any]) -> Any:
    """A tree with another one in the place of a view; None where it may not stand there, or changes a sum.

    Args:
        is_free: whether anything may stand there, and not only a view.
        known: what trees became, by their id.
    """
    if not isinstance(tree, Expression):
        return tree
    if id(tree) not in known:
        known[id(tree)] = _replaced_anew(tree, place, value, is_free, known)
    return known[id(tree)]


def _replaced_anew(tree: Any, place: Place, value: Expression, is_free: bool, known: dict[int, Any]) -> Any:
    if isinstance(tree, View):
        if place_of(tree) != place:
            return tree
        return value if is_free or isinstance(value, View) else None
    if isinstance(tree, Take):
        return None if place_of(tree.index) == place else tree
    inside = is_free and not isinstance(tree, MatMul) and not wants_views(tree)
    new = [_replaced(part, place, value, inside, known) for part in tree.parts]
    if any(part is None for part in new):
        return None
    changed = [(mine, own) for mine, own in zip(new, tree.parts, strict=True) if mine is not own]
    if not changed:
        return tree
    if wants_views(tree) and any(mine.shape != own.shape for mine, own in changed):
        return None
    if isinstance(tree, MatMul) and any(mine.shape[-2:] != own.shape[-2:] for mine, own in changed):
        return None  # only along the matrices of a stack does a product repeat what there is once
    if isinstance(tree, Reduce):
        return replace(tree, operand=new[0]) if new[0].shape == tree.operand.shape else None
    if isinstance(tree, MatMul):
        return replace(tree, a=new[0], b=new[1])
    if not isinstance(tree, Call):
        return None
    if tree.is_ours and any(mine.shape == () != own.shape for mine, own in changed):
        return None  # of a number NumPy makes no array, into which our functions write
    origin = tree.origin
    if origin is not None:
        given = [_replaced(each, place, value, inside, known) for each in (*origin.operands, origin.value)]
        if any(
            mine is None and own is not None
            for mine, own in zip(given, (*origin.operands, origin.value), strict=True)
        ):
            return None
        origin = replace(origin, operands=tuple(given[:-1]), value=given[-1])
    return replace(tree, operands=tuple(new), origin=origin)


def wants_views(tree: Expression) -> bool:
    """Whether a function is over an axis, so that its operands lie in a shape of their own."""
    return isinstance(tree, Call) and tree.size is not None
