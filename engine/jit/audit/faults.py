"""Says why a program and f differ."""

from __future__ import annotations

import math

import numpy as np

from engine.jit.trace.trace import Given, retraced
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, OPERATOR, Trace
from engine.quoting import brief

__all__ = ["found_fault"]


def found_fault(program: Trace, given: Given) -> str:
    """Why a program gives other numbers than f, in words.

    Args:
        program: what the program was made of.
        given: the function, and what it is run on.
    """
    now = retraced(given)
    what = _difference(program, now) if not program.watched else None
    if what is None and not program.watched:
        return "both have one graph, so this is a fault of engine.jit; please report it, and call it without"
    return (
        f"{what or 'it decides otherwise'}. It reads what a program cannot see, such as a file, the clock "
        "or an attribute under a name that is put together at run time: make that an argument"
    )


def _difference(program: Trace, now: Trace) -> str | None:
    """How f's graph differs now from when it was traced, in words; None if it does not."""
    if not program.result.same_as(now.result):
        return f"it returns {now.result}, and the program {program.result}"
    if len(program.kinds) != len(now.kinds):
        return f"its graph has {len(now.kinds)} nodes, and that of the program {len(program.kinds)}"
    for i, kind in enumerate(program.kinds.tolist()):
        was, row = (each.rows[each.row_of[i]] for each in (program, now))
        if kind == OPERATOR and was is not row:
            return f"node {i} of its graph is {brief(row.shown)}, and of the program's {brief(was.shown)}"
        old, new = float(program.data[i]), float(now.data[i])
        if kind == CAPTURED and program.leaf_of[i].value is not now.nodes[i]:
            return f"it reads {brief(now.nodes[i])}, and the program {brief(program.leaf_of[i].value)}"
        if kind == CONSTANT and old != new and not (math.isnan(old) and math.isnan(new)):
            return f"a constant, an operand of {program.reader_of(i)}, is {new!r}, and in the program {old!r}"
    if not np.array_equal(program.operands, now.operands):
        return "the nodes of its graph read others than those of the program"
    return None
