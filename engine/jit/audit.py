"""Audits: now and then f itself runs beside its program, and both must give the same.

What a program was made from is looked at before each call: arguments, captured Values, decisions, the plain
data that f reads. What cannot be looked at (a file, the clock, an attribute under a name that is put together
at run time) is found so, if late.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.autograd.masking import is_masked
from engine.jit.trace.trace import retraced
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Trace
from engine.node.backend import Value, apply
from engine.node.bulk import adjoints, graph_arrays, nodes_made, spoil
from engine.ops.fields import Masks
from engine.ops.op import LEAF, Op
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.result import Result, as_nodes
from engine.quoting import abridged, brief

__all__ = ["VARIABLE", "AsWritten", "found_fault", "is_at_edge", "stand_ins", "when"]

VARIABLE = "CHAINRULE_AUDIT"
"""The environment variable that chooses for all functions that do not choose themselves."""

_CHOICES = {"": None, "never": False, "always": True}
_POWERS = frozenset(10**k for k in range(19))

_CLOSE = 1e-6
"""How far numbers may lie apart, relatively: sums are added up in another order."""

_NOISE = 1e-9
"""The same of the largest number on the way: where large ones cancel, what is left has fewer digits."""

_ULP = 2.0**-52
_FEW = 64
"""Roundings of so many operations, or of as many as there are, are expected at an edge."""

_RUNS = 12
"""So often the graph of a program is computed with other roundings."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


def when(audit: bool | None) -> Callable[[int], bool]:
    """Whether to look in the n-th call of a program: in the calls 1, 10, 100, 1,000, …; in all; or in none.

    Args:
        audit: True for all, False for none; None for what the environment says, and else the powers of ten.

    Raises:
        ValueError: the environment variable ``CHAINRULE_AUDIT`` is neither ``always`` nor ``never``.

    >>> [n for n in range(1, 1001) if when(None)(n)], when(True)(7), when(False)(1)
    ([1, 10, 100, 1000], True, False)
    """
    if audit is None:
        chosen = os.environ.get(VARIABLE, "")
        if chosen not in _CHOICES:
            raise ValueError(f"{VARIABLE} must be 'always' or 'never', got {brief(chosen)}")
        audit = _CHOICES[chosen]
    if audit is None:
        return _POWERS.__contains__
    return lambda n: bool(audit)


class AsWritten:
    """What f itself gives in a call, to be held against what its program gave.

    Args:
        f: the call of f on Values.
        operands: what gradients are by.
        differentiated: whether gradients are compared.
        like: the result of a program that has Values in the place of numbers that f may return; else None.
    """

    def __init__(
        self,
        f: Callable[[], Any],
        operands: Sequence[Value],
        differentiated: bool,
        like: Result | None = None,
    ) -> None:
        with enable_grad(), nodes_made() as made:
            output = f()
            self.result = Result(output if like is None else as_nodes(output, like))
            values = self.result.values
            nodes, *_, data, _, _ = graph_arrays(values) if values else ([], np.zeros(0), None, None)
            self.numbers = [value._data for value in values]
            self.largest = _largest(data)
            self.gradients: list[Vector] = []
            self.steepest = 0.0
            for value in values if differentiated else ():
                found = np.array(_adjoints(value, [*nodes, *operands], set(operands)) or [])
                self.steepest = max(self.steepest, _largest(found[: len(nodes)]))
                self.gradients.append(found[len(nodes) :])
        self._taking = np.array([takes_gradient(x) for x in operands], dtype=bool)
        spoil(made)  # in case the function keeps some of it

    def agrees(self, result: Result, numbers: Sequence[float], gradients: Sequence[Vector]) -> bool:
        """Whether a program, made from such a result, gave the same."""
        if not self.result.same_as(result):
            return False
        if len(numbers) != len(self.numbers) or not _alike(numbers, self.numbers, self.largest):
            return False
        pairs = zip(gradients, self.gradients, strict=False)
        taking = self._taking  # of one that was frozen since, f gives none
        return all(
            len(mine) != len(own) or _alike(np.asarray(mine)[taking], own[taking], self.steepest)
            for mine, own in pairs
        )

    def agrees_in_numbers(self, other: Result) -> bool:
        """Whether another result of f has the same numbers; one that is nested otherwise has not."""
        numbers = [value._data for value in other.values]
        return len(numbers) == len(self.numbers) and _alike(numbers, self.numbers, self.largest)

    def against(self, numbers: Sequence[float] | None) -> str:
        """What a program gave and what f gives, in words."""
        if self.agrees(self.result, numbers or [], []):
            return "its gradients, or what it returns beside numbers, are not those of the function itself"
        return f"it gives {abridged(str(numbers))}, and the function itself {abridged(str(self.numbers))}"


def _adjoints(root: Value, wanted: Sequence[Value], leaves: set[Value]) -> list[float] | None:
    """The derivatives of a root where nodes that were there before count as leaves, as in a program."""
    if not any(node._children for node in leaves):
        return adjoints(root, wanted)
    found = {root: 1.0}
    for node in reversed(root._topological_order()):
        if node in found and node not in leaves:
            for position, (child, local_grad) in enumerate(
                zip(node._children, node._local_grads, strict=False)
            ):
                if not is_masked(node, position, local_grad):
                    found[child] = found.get(child, 0.0) + local_grad * found[node]
    return [found.get(node, 0.0) for node in wanted]


def stand_ins(given: Sequence[Any]) -> list[Value]:
    """Values of their own for numbers and Values, of which several may be one, or lead to others."""
    made = [Value(x._data if isinstance(x, Value) else x) for x in given]
    return [
        value.detach() if isinstance(x, Value) and not takes_gradient(x) else value
        for x, value in zip(given, made, strict=True)
    ]


def _alike(mine: Any, own: Any, largest: float) -> bool:
    return np.allclose(mine, own, rtol=_CLOSE, atol=_NOISE * largest, equal_nan=True)


def _largest(numbers: Any) -> float:
    """The largest of those numbers that are finite."""
    sizes = np.abs(np.asarray(numbers, dtype=float))
    return float(sizes[np.isfinite(sizes)].max(initial=0.0))


def is_at_edge(
    program: Trace,
    inputs: Sequence[Value],
    operands: Sequence[Value],
    own: AsWritten,
    numbers: Sequence[float],
    gradients: Sequence[Vector],
) -> bool:
    """Whether roundings may be why a program gave other numbers than f: one turned a choice over at an edge.

    So it is if f computes what the program was made of, or decides by a number at an edge, and what the
    program gave lies in the range of what that gives with roundings of other sizes before each operator that
    chooses.
    """
    late = [guard for guard in program.guards if guard.is_late]
    if not late and not _chooses(program):
        return False
    shifts = np.random.default_rng(0)
    size = _ULP * max(_FEW, len(program.kinds)) * own.largest
    runs = [
        AsWritten(
            partial(_computed_again, program, inputs, partial(shifts.uniform, -of_run, of_run)),
            operands,
            bool(own.gradients),
        )
        for of_run in (0.0, *[size] * _RUNS)
    ]
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
    """Whether numbers lie in the range of some others, or as far beyond as that is wide."""
    low, high = np.min(runs, axis=0), np.max(runs, axis=0)
    beyond = high - low + _CLOSE * np.abs(low) + _NOISE * largest
    found = np.asarray(mine, dtype=float)
    return bool(((found >= low - beyond) & (found <= high + beyond)).all())


def _computed_again(program: Trace, inputs: Sequence[Value], shift: Callable[[], float]) -> Any:
    """What the graph of a program gives by the engine."""
    found = _nodes_again(program, inputs, shift)
    return program.result.rebuild([found[i] for i in program.outputs])


def _nodes_again(program: Trace, inputs: Sequence[Value], shift: Callable[[], float]) -> list[Value]:
    """The graph of a program by the engine, node by node: rounded as f itself is.

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


def found_fault(
    f: Callable[..., Any], program: Trace, arguments: Arguments, numbers: Vector, batched: bool
) -> str:
    """Why a program gives other numbers than f, in words.

    Args:
        f: the function.
        program: what the program was made of.
        arguments: how its arguments are nested.
        numbers: the numbers in them.
        batched: whether f computes one sample of many.
    """
    now = retraced(f, arguments, numbers, batched)
    what = _difference(program, now) if not program.watched else None
    if what is None and not program.watched:
        return "both have one graph, so this is a fault of engine.jit; please report it, and call it without"
    return (
        f"{what or 'it decides otherwise'}. It reads what a program cannot see, such as a file, the clock "
        "or an attribute under a name that is put together at run time: make that an argument"
    )


def _difference(program: Trace, now: Trace) -> str | None:
    """What f does now otherwise than when it was traced, in words; None where it is the same."""
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
            return f"a constant, an operand of {_user(program, i)}, is {new!r}, and in the program {old!r}"
    if not np.array_equal(program.operands, now.operands):
        return "the nodes of its graph read others than those of the program"
    return None


def _user(trace: Trace, i: int) -> str:
    """The operator of the first node that reads node i."""
    found = np.flatnonzero(trace.operands == i)
    if not len(found):
        return "its result"
    node = int(np.searchsorted(trace.offsets, found[0], side="right")) - 1
    return brief(trace.rows[trace.row_of[node]].shown)


def _chooses(trace: Trace) -> bool:
    """Whether some operator chooses."""
    return any(map(_is_choosing, trace.used_rows()))


def _is_choosing(row: Op) -> bool:
    """Whether an operator goes by which number is larger, which a rounding may turn over at an edge."""
    return row is not LEAF and (row.masks in (Masks.ALWAYS, Masks.BUT_FIRST) or not row.analytic)
