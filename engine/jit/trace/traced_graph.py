"""A traced graph as arrays, and its leaves.

Glossary: a *leaf* is what a program reads anew at each call: an argument's number (``input``) or a Value
that the function captured.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np

from engine.display.html import AsText
from engine.errors import TraceError
from engine.jit.trace.guards import Guard
from engine.jit.trace.identity import Made, places_among, reached
from engine.node.backend import Value
from engine.node.bulk import graph_arrays
from engine.ops import OPERATORS
from engine.ops.indexing import SAME, TAKE
from engine.ops.op import LEAF, Op
from engine.pytree.result import Result
from engine.quoting import brief

__all__ = [
    "CAPTURED",
    "CONSTANT",
    "INPUT",
    "OPERATOR",
    "Leaf",
    "Trace",
    "is_by_hand",
    "is_own",
]

OPERATOR, CONSTANT, INPUT, CAPTURED = range(4)

_KNOWN = (SAME, TAKE)  # rows outside of the table that the lifter knows


Flags = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.intp]]


def is_own(row: Op) -> bool:
    """Whether an operator is custom: neither in the table nor the engine's own beside it."""
    return row not in _KNOWN and OPERATORS.get(row.name) is not (row.base or row)


def is_by_hand(row: Op) -> bool:
    """Whether it is the row of nodes made by hand, whose values cannot be computed again."""
    return row.forward is LEAF.forward


class Leaf:
    """What a program reads at each call: a number of an argument, or a Value that was captured.

    Attributes:
        is_input: whether it is an argument's.
        index: which number of the arguments, or which of the captured Values.
        wanted: whether it takes a gradient and a result is computed from it.
        cell: where it stands, if that is not for the layout to say; -1.
    """

    cell = -1
    __slots__ = ("index", "is_input", "value", "wanted")

    def __init__(self, is_input: bool, index: int, wanted: bool, value: Value) -> None:
        self.is_input = is_input
        self.index = index
        self.wanted = wanted
        self.value = value

    def __repr__(self) -> str:
        name = f"input {self.index}" if self.is_input else f"captured {self.index}"
        label = self.value.label
        return f"{name} {label!r}" if label else name


class Trace(AsText):
    """What a function computed on Values: its graph as arrays, its leaves, and how its result was nested.

    Attributes:
        rows: the operators in it.
        kinds: of each node OPERATOR, CONSTANT, INPUT or CAPTURED.
        row_of, data, offsets, operands: see :func:`engine.node.bulk.graph_arrays`.
        outputs: positions of the Values in the result.
        result: how these are nested.
        captured: the Values that the function found outside, in the order of their first use.
        guards: what must come out as it did here for the program to be the function's.
        watched: positions of the nodes by which the function decides.
        draws_from: the generator of random numbers from which the function draws, if any.
        left_open: whether the function may be another one where numbers are not finite.
        is_merged: whether ``where`` stands in it for decisions of Python: see ``engine/jit/choices``.
        made: all that it made as arrays, where a shorter run may begin alike; else None.
        places_of_made: the positions of what it made, once found; -1 of what was made in vain.
    """

    made: Made | None = None
    is_merged = False
    draws_from: str | None = None

    def __init__(
        self, result: Result, inputs: Sequence[Value], batched: bool, decided_by: Sequence[Value] = ()
    ) -> None:
        self.result = result
        self.batched = batched
        self.inputs = inputs
        self.nodes, rows, self.row_of, self.data, self.offsets, self.operands = graph_arrays(
            [*decided_by, *result.values] or [Value(0.0)]
        )
        self.rows: list[Op] = list(rows)
        self.outputs = self.places_of(result.values)
        self.watched = self.places_of(decided_by)
        self.kinds = np.zeros(len(self.nodes), np.int8)
        self.kinds[np.diff(self.offsets) == 0] = CONSTANT
        self.captured: list[Value] = []
        self.guards: list[Guard] = []
        self.left_open = False
        self.leaf_of: dict[int, Leaf] = {}
        self.places_of_made = np.zeros(0, np.intp)

    def places_of(self, values: Sequence[Value]) -> list[int]:
        """The positions of Values among the nodes; -1 of those that are not there."""
        found: list[int] = places_among(values, self.nodes).tolist()
        return found

    @property
    def as_made(self) -> Places:
        """Positions of the nodes that the function made, in the order in which it made them."""
        return self.places_of_made[self.places_of_made >= 0]

    def shared_with(self, other: Trace) -> Flags:
        """Of each node whether it stands in both graphs."""
        return np.asarray(places_among(self.nodes, other.nodes) >= 0)

    def find_made(self, made: Sequence[Value]) -> Flags:
        """Find what the function made. Returns of each node whether it was there before.

        Args:
            made: what it made, in this order.
        """
        self.places_of_made = places_among(made, self.nodes)
        before = np.ones(len(self.nodes), bool)
        before[self.as_made] = False
        return before

    def results_in(self, made: Sequence[Value]) -> list[Value]:
        """The results of operators among what the function made, in the graph or not, once it was found."""
        places = self.places_of_made
        flags = (places >= 0) & (self.kinds[places] == OPERATOR)
        for i in np.flatnonzero(places < 0).tolist():  # it was made in vain
            flags[i] = bool(made[i]._children)
        return list(compress(made, flags.tolist()))

    def settle(self, shared: Any, wanted_inputs: Sequence[bool]) -> None:
        """Mark the leaves: the inputs, and the nodes that were there before the trace.

        Args:
            shared: the positions of these, or of each node whether it is one.
            wanted_inputs: of each input whether it takes a gradient.
        """
        kinds = self.kinds
        reached = self._reached()
        for i, (value, position) in enumerate(zip(self.inputs, self.places_of(self.inputs), strict=True)):
            if position >= 0:
                kinds[position] = INPUT
                self.leaf_of[position] = Leaf(True, i, wanted_inputs[i] and reached[position], value)
        kinds[shared] = CAPTURED
        if (np.diff(self.offsets)[shared] > 0).any():
            self.forget_unread()
            reached = self._reached()
        for i in np.flatnonzero(self.kinds == CAPTURED).tolist():
            node = self.nodes[i]
            takes = node._row is LEAF or bool(node._children and node.requires_grad)
            self.leaf_of[i] = Leaf(False, len(self.captured), takes and reached[i], node)
            self.captured.append(node)

    @cached_property
    def leaf_marks(self) -> tuple[Any, Any, Any]:
        """Of the leaves, once they are marked, three arrays.

        Their positions, in order; which each is, ``~index`` of an input and the id of a captured Value; and
        whether it takes a gradient.
        """
        places = sorted(self.leaf_of)
        leaves = [self.leaf_of[i] for i in places]
        marks = [~leaf.index if leaf.is_input else id(leaf.value) for leaf in leaves]
        takes = [leaf.wanted for leaf in leaves]
        return np.array(places, np.intp), np.array(marks, np.int64), np.array(takes, bool)

    def tell_apart(self, made: Sequence[Value]) -> None:
        """Mark inputs and what was there before by their kinds alone.

        Args:
            made: what the function made, and its inputs.
        """
        self.kinds[self.find_made(made)] = CAPTURED
        places = np.array(self.places_of(self.inputs), np.intp)
        self.kinds[places[places >= 0]] = INPUT

    def _reached(self) -> list[bool]:
        """Of each node whether a result is computed from it; else it is only decided by."""
        if not self.watched:
            return [True] * len(self.kinds)
        wanted = np.zeros(len(self.kinds), bool)
        wanted[self.outputs] = True
        found: list[bool] = reached(self.offsets, self.operands, wanted).tolist()
        return found

    def ways_multiply(self, few: int) -> bool:
        """Whether it goes by more than a few decisions, or by an integer or number, of which many are."""
        by_numbers = any(guard.how in ("index", "data") for guard in self.guards)
        return self.is_merged or by_numbers or len(self.guards) > few

    def decides_by(self, nodes: Sequence[Value]) -> bool:
        """Whether these are the nodes that it decides by."""
        return [id(node) for node in nodes] == [id(self.nodes[i]) for i in self.watched]

    def settle_decisions(self, shared: Flags) -> dict[int, int]:
        """Keep as watched what depends on inputs or captured nodes; the place of each there, by its id."""
        if not self.watched:
            return {}
        inputs = {id(value) for value in self.inputs}
        depends = [flag or id(node) in inputs for flag, node in zip(shared.tolist(), self.nodes, strict=True)]
        offsets, operands = self.offsets.tolist(), self.operands.tolist()
        for i in range(len(depends)):
            depends[i] = depends[i] or any(depends[x] for x in operands[offsets[i] : offsets[i + 1]])
        self.watched = [i for i in self.watched if depends[i]]
        return {id(self.nodes[i]): place for place, i in enumerate(self.watched)}

    def forget_unread(self) -> Places:
        """Drop the nodes that neither results nor decisions are made of. Returns the positions of the others.

        Captured results are made of nothing.
        """
        computed = self.kinds == OPERATOR
        operands = self.operands[np.repeat(computed, np.diff(self.offsets))]
        counts = np.where(computed, np.diff(self.offsets), 0)
        needed = np.zeros(len(counts), bool)
        needed[[*self.outputs, *self.watched]] = True
        needed = reached(np.concatenate([[0], np.cumsum(counts)]), operands, needed)
        kept: Places = np.flatnonzero(needed)
        place = np.full(len(counts), -1)
        place[kept] = np.arange(len(kept))
        self.operands = place[operands[np.repeat(needed, counts)]]
        self.offsets = np.concatenate([[0], np.cumsum(counts[kept])])
        self.nodes = list(compress(self.nodes, needed.tolist()))
        self.places_of_made = np.where(self.places_of_made >= 0, place[self.places_of_made], -1)
        self.kinds, self.row_of, self.data = self.kinds[kept], self.row_of[kept], self.data[kept]
        self.outputs, self.watched = (
            [int(place[i]) for i in positions] for positions in (self.outputs, self.watched)
        )
        self.leaf_of = {int(place[i]): leaf for i, leaf in self.leaf_of.items() if needed[i]}
        return kept

    def refuse_foreign_rows(self) -> None:
        """Check that nodes have as many operands as their operators.

        Raises:
            TraceError: one has not: it was made by hand and given the row of another.
        """
        counts, arities = np.diff(self.offsets), np.array([row.arity or -1 for row in self.rows])
        by_hand = np.array([is_by_hand(row) for row in self.rows])
        of_each = arities[self.row_of]
        wrong = (self.kinds == OPERATOR) & ~by_hand[self.row_of] & (of_each >= 0) & (counts != of_each)
        for i in np.flatnonzero(wrong)[:1].tolist():
            row = self.rows[self.row_of[i]]
            raise TraceError(
                f"{brief(self.nodes[i])} says that it is {row.name}({', '.join(row.operands)}) of "
                f"{counts[i]} operands: a node made by hand that was given the row of another cannot be "
                "lifted; make its operator by engine.custom_op"
            )

    def own_operators(self) -> list[str]:
        """The names of operators in it that are not the table's, but a user's."""
        return [row.name for row in self.used_rows() if is_own(row)]

    def used_rows(self) -> list[Op]:
        """The operators of its results."""
        counts = np.bincount(self.row_of[self.kinds == OPERATOR])
        return [self.rows[i] for i in np.flatnonzero(counts).tolist()]

    def forget_nodes(self) -> None:
        """Let go of the nodes, once all is known that a program needs: a large graph takes memory."""
        self.nodes, self.result.values = [], []

    def is_per_sample(self, leaf: Leaf) -> bool:
        """Whether a leaf differs from sample to sample."""
        return self.batched and leaf.is_input

    def wanted_inputs(self) -> Flags:
        """Of each number of the arguments whether it takes a gradient and a result is computed from it."""
        wanted = np.zeros(len(self.inputs), bool)
        _, marks, takes = self.leaf_marks
        wanted[~marks[marks < 0]] = takes[marks < 0]
        return wanted

    def uses(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """How often each node is an operand or an output."""
        counts = np.bincount(self.operands, minlength=len(self.kinds))
        np.add.at(counts, [*self.outputs, *self.watched], 1)
        return counts

    def reader_of(self, i: int) -> str:
        """The operator of the first node that reads node i, for messages."""
        found = np.flatnonzero(self.operands == i)
        if not len(found):
            return "the result"
        node = int(np.searchsorted(self.offsets, found[0], side="right")) - 1
        return brief(self.rows[self.row_of[node]].shown)

    def __str__(self) -> str:
        kinds = np.bincount(self.kinds, minlength=4)
        names = np.bincount(self.row_of[self.kinds == OPERATOR], minlength=len(self.rows))
        shown = ", ".join(
            f"{names[i]} {row.shown}" for i, row in enumerate(self.rows) if names[i] and row.shown
        )
        return (
            f"{len(self.kinds)} nodes: {kinds[OPERATOR]} results, {kinds[INPUT]} inputs, "
            f"{kinds[CAPTURED]} captured, {kinds[CONSTANT]} constants\n  {shown}"
        )
