"""What is read and written by position, as instructions of the native executor."""

from __future__ import annotations

import math
from typing import Any

from engine.jit.backends.native.places import Place, Untranslated, collapsed, only_step, spread, with_axis
from engine.jit.emit.statements import Scatter
from engine.jit.emit.trees import SAMPLES, Call, Expression, Shape
from engine.jit.emit.views import Take, View

__all__ = ["pick", "scatter", "take"]


def cells_at(t: Any, tree: Take) -> tuple[Place, Place]:
    """All cells of an array, from where a step begins, and positions in it: both with an axis of samples."""
    array, index, advance = tree.array, tree.index, tree.advance
    memory, samples = t.memory(array), t.samples
    moves = advance * (samples if array.samples else 1)
    first, count = t.step * moves, len(t.memories[memory]) - (t.steps - 1) * moves
    where, start, shape, strides = t.place(index)
    if index.shape[-1:] == (SAMPLES,):
        steps = only_step(shape[:-1], strides[:-1]), strides[-1]
        positions = where, start, (math.prod(shape[:-1]), samples), steps
    else:
        width = samples if array.samples else 1
        positions = where, start, (math.prod(shape), width), (only_step(shape, strides), 0)
    row, step = (samples, 1) if array.samples else (1, 0)
    return (memory, first, (count // row, positions[2][1]), (row, step)), positions


def take(t: Any, tree: Take, out: Place) -> None:
    """Gather: cells to rows."""
    cells, positions = cells_at(t, tree)
    rows = rows_of(out, positions[2], tree.shape)
    if rows is None or rows[0] == cells[0]:
        scratch = t.scratch(out[2])
        t.done.append(("gather", cells, positions, rows_of(scratch, positions[2], tree.shape)))
        t.each(("copy", (scratch, out)))
    else:
        t.done.append(("gather", cells, positions, rows))


def scatter(t: Any, statement: Scatter) -> None:
    """Rows to cells."""
    cells, positions = cells_at(t, statement.at)
    shape = statement.at.shape
    memory, start, own, strides = t.computed(statement.value)
    sizes = t.sizes(shape)
    rows = rows_of((memory, start, sizes, spread(own, strides, sizes)), positions[2], shape)
    if rows is None or memory == cells[0]:
        scratch = t.scratch(sizes)
        t.each(("copy", ((memory, start, own, strides), scratch)))
        rows = rows_of(scratch, positions[2], shape)
    t.done.append(("scatter_add" if statement.adds else "scatter", rows, positions, cells))


def rows_of(place: Place, sizes: Shape, shape: Shape) -> Place | None:
    """Numbers as rows of samples; None where they have to be brought into order first.

    Args:
        place: where they are.
        sizes: how many rows, and samples in each.
        shape: of the numbers; the last axis may be that of the samples.
    """
    memory, start, own, strides = place
    leading = len(own) - (shape[-1:] == (SAMPLES,))
    _, (lead,) = collapsed(own[:leading], [strides[:leading]])
    if len(lead) > 1:
        return None
    return memory, start, sizes, (lead[0] if lead else 1, strides[-1] if leading < len(own) else 0)


def pick(t: Any, target: View, value: Expression) -> None:
    """Positions that are found in tables at run time."""
    if not isinstance(value, Call) or value.function != "pick":
        raise Untranslated("positions that are computed")
    table, picked = value.operands
    if not isinstance(table, View):
        raise Untranslated("a table that is computed")
    memory, start, (length, members), (step, row) = t.place(table)
    out = t.place(target)
    if out[2][:1] != (members,):
        raise Untranslated("pick")
    at = t.computed(picked)
    indices = at[0], at[1], out[2], spread(at[2], at[3], out[2])
    indices, out = (with_axis(each, 1) if len(each[2]) == 1 else each for each in (indices, out))
    t.done.append(("pick", (memory, start, (members, length), (row, step)), indices, out))
