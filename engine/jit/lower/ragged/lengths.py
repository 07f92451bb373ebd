"""One program for a function of a list at several lengths: the longest, of which shorter ones take a part.

The loss of a sequence is mostly a sum of terms, one a step, that look at the steps before: its graph for a
shorter list is the beginning of that for a longer one, and only the sum behind it is another. So the program
of the longest computes all terms, and their sum with weights that are inputs: 1/n for the n that there are,
and 0 for the others.

That the one graph is the beginning of the other is looked at node by node: operators, operands, numbers to
the last bit, and what was captured. Where it is not so, each length has a program of its own.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.lower.canonical import LEAF, LIN, Canonical, Node
from engine.jit.lower.ragged.known import FINITE, Known, partials_of, value_of
from engine.jit.lower.rewrite import canonical_form
from engine.jit.lower.table import Nodes, table_of
from engine.jit.trace.identity import ids_of
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Leaf, Places, Trace
from engine.node.backend import Value
from engine.ops.op import Op

__all__ = ["Lengths", "is_of_terms", "weighted_form", "weights_of"]

_SHORTEST = 0.2
"""A list is worth the program of a longer one where its own would compute this share of it."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Lengths:
    """A program for lists of up to some length.

    Attributes:
        trace: that of the longest.
        numbers: in its arguments when it was traced: what stands in the place of those that are not there.
        canonical, layout, program: what the stages made of it.
        calls: how often it was called, for lists of any length.
        refusals: how often in a row one run did not do for another length.
        executable: the program made to run, once it was; each length has a copy with weights of its own.
    """

    def __init__(self, trace: Trace, numbers: Vector, canonical: Any, layout: Any, program: Any) -> None:
        self.trace, self.numbers = trace, numbers
        self.canonical, self.layout, self.program = canonical, layout, program
        self.calls = self.refusals = 0
        self._weights = _weights(trace) or {}
        self.executable: Any = None

    def given(self, trace: Trace) -> Vector | None:
        """What to put in the place of the arguments for the program to be that of this graph, if it can be.

        Numbers of arguments come first, and are written over at each call.
        """
        weights = weights_of(trace, self.trace)
        return None if weights is None else np.concatenate([self.numbers, weights])

    def given_alike(self, once: Trace, begins: Places | None, wanted: Sequence[bool]) -> Vector | None:
        """The same for the graph of one run of the function, which is given its leaves.

        One run does not show what in it is other in each run. So all of it must be known: the beginning from
        the longest, whose graph came out of two runs, and the weights, which must be those of the longest,
        or go with 1/n, n being how many there are.

        Args:
            once: the graph, whose nodes are told apart by their kinds.
            begins: where its first nodes stand in the longest, if that is known.
            wanted: of each number of the arguments whether it takes a gradient.
        """
        own = _weights(once)
        if not own or not once.result.same_as(self.trace.result):
            return None
        if begins is None:
            begins = np.arange(_in_common(once, self.trace))
        if max(own) >= len(begins):
            return None
        there = {int(begins[i]): weight for i, weight in own.items()}
        weights = weights_of(once, self.trace, there, len(self.trace.kinds))
        if weights is None:
            return None
        places, marks, takes = self.trace.leaf_marks
        place = np.full(len(self.trace.kinds), -1)
        place[begins] = np.arange(len(begins))
        known = place[places]
        count = np.count_nonzero(known >= 0)
        known, marks, takes = known[:count], marks[:count], takes[:count]
        is_input = marks < 0
        inputs = ~marks[is_input]
        if (known < 0).any() or count != np.count_nonzero((once.kinds == INPUT) | (once.kinds == CAPTURED)):
            return None
        if (np.asarray(wanted, bool)[inputs] != takes[is_input]).any():
            return None
        ratios = np.array([weight / self._weights[begins[i]] for i, weight in own.items()])
        if not any(np.allclose(ratios, r, 1e-14, 0.0) for r in (1.0, len(self._weights) / len(own))):
            return None
        pairs = zip(known.tolist(), places.tolist(), strict=False)
        once.leaf_of = {i: self.trace.leaf_of[k] for i, k in pairs}
        once.leaf_marks = known, marks, takes
        once.captured = self.trace.captured[: count - len(inputs)]
        return np.concatenate([self.numbers, weights])


def is_of_terms(trace: Trace) -> bool:
    """Whether a result is a sum of terms, of which there may be more or fewer."""
    return len(_weights(trace) or ()) > 1


def weights_of(
    trace: Trace, longer: Trace, own: dict[int, float] | None = None, count: int | None = None
) -> Vector | None:
    """The weights of the terms of a longer graph with which they sum up to the result of a shorter one.

    Args:
        trace, longer: the graphs.
        own: the terms of the shorter one, and what they are multiplied by; None to find them.
        count: how many nodes both have in common; None to count them.
    """
    if not _SHORTEST * len(longer.kinds) <= len(trace.kinds) or len(trace.inputs) > len(longer.inputs):
        return None
    own, terms = own or _weights(trace), _weights(longer) or {}
    if not own or len(terms) < 2 or not own.keys() <= terms.keys():
        return None
    if max(own) >= (_in_common(trace, longer) if count is None else count):
        return None
    return np.array([own.get(i, 0.0) for i in terms])


def weighted_form(trace: Trace) -> tuple[Canonical, list[int]] | None:
    """The terms of a result, and a program that sums them with weights, which are further inputs."""
    terms = list(_weights(trace) or ())
    if len(terms) < 2:
        return None
    of_terms = copy.copy(trace)
    of_terms.outputs = terms
    canonical = canonical_form(of_terms)
    table, refs = table_of(canonical.nodes), canonical.outputs
    first = len(table)
    added, products = [], []
    for i, ref in enumerate(refs):
        weight = Node(LEAF, 0, False, False)
        weight.number = Leaf(True, len(trace.inputs) + i, False, Value(0.0, label="weight"))
        added.append(weight)
        products.append((1.0, None, ref, first + i))
    total = Node(LIN, int(table.levels[refs].max()) + 1, False, bool(table.wanted[refs].any()))
    total.terms = tuple(products)
    added.append(total)
    nodes = Nodes(table.with_nodes({}, added))
    return Canonical(nodes, [len(nodes) - 1], [], canonical.size), terms


def _weights(trace: Trace) -> dict[int, float] | None:
    """The positions of the terms of which a result is the sum, in order, with what they are multiplied by."""
    if trace.watched or trace.guards or trace.batched or len(trace.outputs) != 1:
        return None
    uses = np.bincount(trace.operands, minlength=len(trace.kinds))
    found: dict[int, float] = {}
    waiting = [(trace.outputs[0], 1.0)]
    while waiting:
        i, weight = waiting.pop()
        if not sys.float_info.min <= abs(weight) < np.inf:  # digits would be lost, or all of it
            return None
        operands = trace.operands[trace.offsets[i] : trace.offsets[i + 1]].tolist()
        parts = None
        if trace.kinds[i] == OPERATOR and uses[i] <= (0 if i == trace.outputs[0] else 1):
            numbers = [float(trace.data[x]) if trace.kinds[x] == CONSTANT else None for x in operands]
            parts = _parts(trace.rows[trace.row_of[i]], numbers)
        if parts is not None:
            waiting += [
                (x, weight * part) for x, part in zip(operands, parts, strict=True) if part is not None
            ]
        elif i in found:
            return None
        elif trace.kinds[i] != CONSTANT:
            found[i] = weight
        elif trace.data[i] != 0.0:
            return None
    return dict(sorted(found.items()))


def _parts(row: Op, numbers: list[float | None]) -> list[float | None] | None:
    """By what a row multiplies its operands, to add them up; None where it does not. Of a number None."""
    if row.arithmetic is None or None not in numbers:
        return None
    partials = partials_of(row, FINITE, [FINITE if x is None else Known(x) for x in numbers])
    if value_of(row, [Known(x or 0.0) for x in numbers]).number != 0.0:  # it adds a number
        return None
    found = [partial.number if x is None else None for x, partial in zip(numbers, partials, strict=True)]
    return None if found.count(None) > len(numbers) - numbers.count(None) else found


def _in_common(a: Trace, b: Trace) -> int:
    """How many nodes two graphs have in common from the first on."""
    count = min(len(a.kinds), len(b.kinds))
    rows = {id(row): i for i, row in enumerate(b.rows)}
    rows_of_a = np.array([rows.get(id(row), -1) for row in a.rows])[a.row_of[:count]]
    operators = a.kinds[:count] == OPERATOR
    alike = a.kinds[:count] == b.kinds[:count]
    alike &= ~operators | (rows_of_a == b.row_of[:count])
    alike &= a.offsets[1 : count + 1] == b.offsets[1 : count + 1]
    constants = a.kinds[:count] == CONSTANT
    bits = [np.ascontiguousarray(each.data[:count], float).view(np.int64) for each in (a, b)]
    alike &= ~constants | (bits[0] == bits[1])
    settled = bool(a.leaf_of and b.leaf_of)
    alike &= _leaves(a, count, settled) == _leaves(b, count, settled)
    count = len(alike) if alike.all() else int(np.argmin(alike))
    length = int(a.offsets[count])
    operands = a.operands[:length] != b.operands[:length]
    if operands.any():
        count = int(np.searchsorted(a.offsets, np.argmax(operands), side="right")) - 1
    return count


def _leaves(trace: Trace, count: int, settled: bool) -> np.ndarray[Any, Any]:
    """Of leaves a number by which input, or which Value, each is; else 0.

    Args:
        settled: whether it also tells which take a gradient.
    """
    found = np.zeros(count, np.int64)  # of 64 bits, also where NumPy counts in 32: ids are doubled
    if trace.leaf_of or not trace.nodes:  # it may have none
        places, marks, takes = trace.leaf_marks
        many = int(np.searchsorted(places, count))
        found[places[:many]] = 2 * marks[:many] + (settled & takes[:many])
    else:  # its leaves are not known yet
        captured = trace.kinds[:count] == CAPTURED
        found[captured] = 2 * ids_of(trace.nodes)[:count][captured]
        places = np.array(trace.places_of(trace.inputs), np.intp)
        there = (places >= 0) & (places < count)
        found[places[there]] = 2 * ~np.flatnonzero(there)
    return found
