"""Tells rounding from a fault: a choice between nearly equal numbers may come out otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.jit.audit.as_written import CLOSE, NOISE, AsWritten
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Trace
from engine.node.backend import Value, apply
from engine.ops.fields import Masks
from engine.ops.op import LEAF, Op

__all__ = ["is_at_edge"]

_ULP = 2.0**-52
_FEW = 64
"""Roundings of so many operations, or of as many as there are, are expected at an edge."""

_RUNS = 12
"""So often the graph of a program is computed with other roundings."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


def is_at_edge(
    program: Trace,
    inputs: Sequence[Value],
    operands: Sequence[Value],
    own: AsWritten,
    numbers: Sequence[float],
    gradients: Sequence[Vector],
) -> bool:
    """Whether rounding explains why a program and f differ: a choice at an edge came out otherwise.

    So it is if f computes what the program was made of, or decides by a number at an edge, and what the
    program gave lies in the range of what that gives with roundings of other sizes before each operator that
    chooses.
    """
    late = [guard for guard in program.guards if guard.is_late]
    if not late and not any(map(_is_choosing, program.used_rows())):
        return False
    shifts = np.random.default_rng(0)
    size = _ULP * max(_FEW, len(program.kinds)) * own.largest
    runs = []
    for of_run in (0.0, *[size] * _RUNS):
        shifted = partial(_computed_again, program, inputs, partial(shifts.uniform, -of_run, of_run))
        with AsWritten(shifted, operands, bool(own.gradients)) as run:
            runs.append(run)
    if not own.agrees(program.result, runs[0].numbers, runs[0].gradients):
        given = [value._data for value in inputs]
        watched = _nodes_again(program, inputs, lambda: 0.0)
        decided_by = [watched[i]._data for i in program.watched]
        turned = (
            guard.holds([*given, *(x + shifts.uniform(-size, size) for x in decided_by)])
            for guard in late
            for _ in range(_RUNS)
        )
        if all(turned):
            return False
    return _within(numbers, [run.numbers for run in runs], own.largest) and all(
        len(mine) == 0 or _within(mine, [run.gradients[i] for run in runs], own.steepest)
        for i, mine in enumerate(gradients)
    )


def _within(mine: Any, runs: list[Any], largest: float) -> bool:
    """Whether numbers lie in the range of several runs, or beyond it by no more than its width."""
    low, high = np.min(runs, axis=0), np.max(runs, axis=0)
    beyond = high - low + CLOSE * np.abs(low) + NOISE * largest
    found = np.asarray(mine, dtype=float)
    return bool(((found >= low - beyond) & (found <= high + beyond)).all())


def _computed_again(program: Trace, inputs: Sequence[Value], shift: Callable[[], float]) -> Any:
    """The result of a program's graph, computed by the engine."""
    found = _nodes_again(program, inputs, shift)
    return program.result.rebuild([found[i] for i in program.outputs])


def _nodes_again(program: Trace, inputs: Sequence[Value], shift: Callable[[], float]) -> list[Value]:
    """A program's graph computed by the engine, node by node: rounded as f itself is.

    Args:
        program: what the program was made of.
        inputs: the numbers of its arguments.
        shift: what to add to numbers that were computed before an operator chooses by them.
    """
    found: list[Value] = []
    choosing = [_is_choosing(row) for row in program.rows]
    shifts = [
        kind == OPERATOR and not choosing[row]
        for kind, row in zip(program.kinds.tolist(), program.row_of.tolist(), strict=True)
    ]
    offsets, operands = program.offsets.tolist(), program.operands.tolist()
    for i, kind in enumerate(program.kinds.tolist()):
        if kind in (INPUT, CAPTURED):
            leaf = program.leaf_of[i]
            found.append(inputs[leaf.index] if kind == INPUT else leaf.value)
        elif kind == CONSTANT:
            found.append(Value(program.data[i]).detach())
        else:
            row, read = program.rows[program.row_of[i]], operands[offsets[i] : offsets[i + 1]]
            given = [found[x] for x in read]
            if choosing[program.row_of[i]]:
                given = [x + shift() if shifts[k] else x for x, k in zip(given, read, strict=True)]
            found.append(apply(row, given))
    return found


def _is_choosing(row: Op) -> bool:
    """Whether an operator compares its operands, so that rounding may change its choice."""
    return row is not LEAF and (row.masks in (Masks.ALWAYS, Masks.BUT_FIRST) or not row.analytic)
