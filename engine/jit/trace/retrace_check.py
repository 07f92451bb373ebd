"""Checks a trace by tracing again on other numbers: both must be the same graph."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.errors import TraceError
from engine.jit.trace.identity import Made, alike_from_first, ids_of, places_among, places_in
from engine.jit.trace.traced_graph import CONSTANT, Trace, is_own
from engine.node.backend import Value
from engine.pytree.result import Result
from engine.pytree.statics import equal_statics
from engine.quoting import abridged, brief

__all__ = ["Change", "changes_for", "dealt_anew", "is_same_run", "lowered", "nearby", "refuse_differences"]

Numbers = np.ndarray[Any, np.dtype[np.float64]]

_COMPARED = (numbers.Number, str, bytes, np.ndarray, np.generic)
"""What stands in a result by what it is, not by which object it is."""

_LARGE = 40_000  # operands from which one further run must do

Change = Callable[[Numbers, np.random.Generator], Numbers]


def nearby(x: Numbers, rng: np.random.Generator) -> Numbers:
    """Other numbers of the same signs and sizes."""
    return x * (1.0 + 0.3 * rng.uniform(-1.0, 1.0, x.shape)) + 1e-3 * rng.uniform(-1.0, 1.0, x.shape)


_WILDER: tuple[Change, ...] = (
    lambda x, rng: (  # of either sign
        x * rng.uniform(0.5, 1.5, x.shape) * rng.choice([-1.0, 1.0], x.shape)
        + 0.1 * rng.uniform(-1.0, 1.0, x.shape)
    ),
    lambda x, rng: -1.7 * x - 0.3 * rng.uniform(0.0, 1.0, x.shape),  # of the other sign
    lambda x, rng: 60.0 * x + 7.0 * rng.uniform(-1.0, 1.0, x.shape),  # large
    lambda x, rng: np.zeros_like(x),
)
"""Other ways to change numbers, mild ones first."""


def changes_for(operands: int, numbers: int = 1) -> tuple[Change, ...]:
    """Ways to change numbers, mild ones first: on wild ones a loop might never end.

    Args:
        operands: how many the graph has.
        numbers: how many there are to change.
    """
    if operands > _LARGE or not numbers:
        return _WILDER[:1]
    return nearby, *_WILDER


def dealt_anew(x: Numbers, rng: np.random.Generator) -> Numbers:
    """Other integers of the same range: indices stay indices."""
    low, high = int(_integers(x).min()), int(_integers(x).max())
    if low == high:
        return np.full_like(x, low - 1 if low > 0 and rng.random() < 0.5 else low + 1)
    return np.asarray(rng.integers(low, high + 1, x.shape), dtype=float)


def lowered(x: Numbers, rng: np.random.Generator) -> Numbers:
    """Other integers, none above what it was: labels of two classes beside indices of a large table
    stay labels."""
    low, high = int(_integers(x).min()), int(_integers(x).max())
    if low == high:
        return np.full_like(x, low - 1 if low > 0 else low + 1)
    return np.asarray(rng.integers(low, _integers(x) + 1), dtype=float)


def _integers(x: Numbers) -> np.ndarray[Any, Any]:
    """What was given as integers, as far as they go into 64 bits."""
    return np.clip(x, -(2**62), 2**62).astype(np.int64)


def is_same_run(
    first: Result, made: Sequence[Value], known: Made, second: Result, others: Sequence[Value], inputs: int
) -> bool:
    """Whether a second run made what a first one did, node by node, as is seen without their graphs.

    Args:
        first: the result of the first.
        made: what it made, from its inputs on.
        known: the same as arrays.
        second, others: those of the second.
        inputs: how many inputs there are.
    """
    if len(made) != len(others) or not first.same_as(second):
        return False
    if alike_from_first(others, known, inputs, 0) < len(made):
        return False
    places = places_among(first.values, made).tolist()
    pairs = zip(first.values, places, second.values, strict=True)
    return all(own is (others[i] if i >= 0 else value) for value, i, own in pairs)


def refuse_differences(first: Trace, second: Trace, shared: Any) -> None:
    """Raise unless two traces are the same but for the numbers of their leaves."""
    if not first.result.same_as(second.result):
        for a, b in zip(first.result.statics, second.result.statics, strict=False):
            if type(a) is type(b) and not isinstance(a, _COMPARED) and not equal_statics(a, b):
                raise TraceError(
                    f"the function returns {brief(a)}, and a program gives Values in lists, tuples, dicts "
                    f"and arrays only, not in {type(a).__name__!r}"
                )
        raise TraceError(
            f"what the function returns depends on the numbers: {abridged(str(first.result))} on these, "
            f"{abridged(str(second.result))} on others; return Values, and compute numbers such as "
            "an accuracy outside"
        )
    if len(first.nodes) == len(second.nodes):
        differ = _different_nodes(first, second)
        if not differ.any():
            _compare_leaves(first, second, shared)
            return
        _refuse(first, second, int(np.flatnonzero(differ)[0]))
    size = min(len(first.nodes), len(second.nodes))
    for i in range(size):
        a, b = first.nodes[i], second.nodes[i]
        if a._row is not b._row or len(a._children) != len(b._children):
            _refuse(first, second, i)
    _refuse(first, second, len(first.nodes) - 1)  # one is longer, and the same as far as the other goes


def _different_nodes(first: Trace, second: Trace) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which nodes of two graphs of one size have other operators or other operands."""
    number = {row: i for i, row in enumerate(dict.fromkeys([*first.rows, *second.rows]))}
    rows = [np.array([number[row] for row in each.rows])[each.row_of] for each in (first, second)]
    differ = np.asarray(rows[0] != rows[1])
    differ |= np.diff(first.offsets) != np.diff(second.offsets)
    if not differ.any():
        wrong = np.flatnonzero(first.operands != second.operands)
        differ[np.searchsorted(first.offsets, wrong, side="right") - 1] = True
    return differ


def _compare_leaves(first: Trace, second: Trace, shared: Any) -> None:
    """The constants of two equal graphs must be equal too; inputs and captured Values may differ."""
    leaves = np.flatnonzero(first.kinds == CONSTANT)
    differ = first.data[leaves] != second.data[leaves]
    differ &= ~(np.isnan(first.data[leaves]) & np.isnan(second.data[leaves]))
    before = ids_of(first.nodes)[shared]
    mine, own = (ids_of(trace.nodes)[leaves] for trace in (first, second))
    inputs = places_in(mine, ids_of(first.inputs))
    others = places_in(own, ids_of(second.inputs))
    found_outside = shared[leaves] | (places_in(own, before) >= 0)
    for i in leaves[(mine != own) & (found_outside | (inputs != others))].tolist():
        a, b = first.nodes[i], second.nodes[i]
        raise TraceError(  # which input or captured Value is used
            f"which Value is used depends on the numbers: {brief(a)} with these, {brief(b)} "
            f"with others (an operand of {first.reader_of(i)}); choose by engine.where, engine.max or "
            "engine.take"
        )
    differ &= (mine != own) & ~((inputs >= 0) & (inputs == others))
    for i in leaves[differ].tolist():
        a, b = first.nodes[i], second.nodes[i]
        raise TraceError(
            f"a constant of the graph depends on the numbers: {a.data!r} with these, {b.data!r} with others "
            f"(it is an operand of {first.reader_of(i)}): a number was taken out of a Value (by .data, "
            "float(), detach(), a comparison, no_grad() or max() over .data), or drawn at random; keep to "
            "engine functions, such as engine.max, engine.where, engine.greater, engine.softmax and, for "
            "detach(), engine.stop_gradient, or make it an argument"
        )


def _refuse(first: Trace, second: Trace, i: int) -> None:
    one, other = (each.nodes[min(i, len(each.nodes) - 1)]._row for each in (first, second))
    if one is not other and one.name == other.name and is_own(one):
        raise TraceError(
            f"the custom operator {brief(one.name)} is made anew in each run of the function: make it once, "
            "outside"
        )
    shown = [_shown(each, min(i, len(each.nodes) - 1)) for each in (first, second)]
    where = f"node {i}"
    if shown[0] == shown[1]:  # they differ in what they read
        where = "the result"
        shown = [_shown(each, len(each.nodes) - 1) for each in (first, second)]
    raise TraceError(
        f"the graph depends on the numbers: {where} is {shown[0]} with these, {shown[1]} with others "
        f"({len(first.nodes)} and {len(second.nodes)} nodes in all). An `if`, a loop or a max() that looks "
        "at numbers is frozen in a lifted program; use engine.where, engine.max, engine.min, engine.maximum, "
        "engine.relu or engine.take, or call the function without engine.jit"
    )


def _shown(trace: Trace, i: int) -> str:
    node = trace.nodes[i]
    return f"{brief(node._op)} of {len(node._children)} operands" if node._children else "a leaf"
