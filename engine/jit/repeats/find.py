"""Finds where a traced graph repeats: steps of equal nodes, each of which reads the one before in one way.

Nodes are compared by their operators and by how far back their operands stand. Of two nodes that are a period
apart, operands are

    shifted     both the same way back: of the same step, or of one before
    the same    one node before the loop
    leaves      inputs, captured Values or numbers, one for each step
    far         results from before the loop, one for each step

Only results of operators count, in the order in which the function made them; a result of numbers alone is a
number. Where a step begins is free: it begins where least goes from one step into the next.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.jit.lower.equal import levels_of
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Trace

__all__ = ["Graph", "Repeat", "find_repeats", "graph_of", "repeat_at"]

Ids = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

LEAST_STEPS = 4
_CANDIDATES = 24  # distances that are looked at
_TRIED = 4  # of them, as periods
_ENOUGH = 0.8  # of all results: then no other period is tried
_WINDOWS = (1 << 12, 1 << 15)  # results
_MOST = 8  # repetitions of a graph
_LEAST_SHARE = 1 / 16  # of all results: what else repeats takes no longer without a loop
_NEAR = 3  # so many steps back nothing from before the loop is looked for


class Graph(NamedTuple):
    """The results of a trace, numbered apart.

    Attributes:
        kinds: of each node of the trace; results of numbers alone are CONSTANT.
        nodes: the node of each result.
        number: of each node its number among the results; -1.
        offsets, operands: the operands of results, nodes of the trace.
        rows: the operator of each result.
        read: of each operand its number among the results; of a leaf a negative number that tells its kind.
    """

    kinds: np.ndarray[Any, np.dtype[np.int8]]
    nodes: Ids
    number: Ids
    offsets: Ids
    operands: Ids
    rows: Ids
    read: Ids


class Repeat(NamedTuple):
    """Steps of equal nodes.

    Attributes:
        start: the number of the first result of the first step.
        period: how many results a step has.
        steps: how many steps there are.
        operands: the nodes that each step reads, shape (steps, operands of a step).
    """

    start: int
    period: int
    steps: int
    operands: Ids

    @property
    def stop(self) -> int:
        return self.start + self.steps * self.period

    def meets(self, other: Repeat) -> bool:
        """Whether they have results in common."""
        return self.start < other.stop and other.start < self.stop


def graph_of(trace: Trace) -> Graph:
    """The results of a trace as numbered arrays."""
    kinds = trace.kinds.copy()
    order = trace.as_made
    if np.count_nonzero(kinds[order] == OPERATOR) != np.count_nonzero(kinds == OPERATOR):
        order = np.arange(len(kinds))
    _, moves = levels_of(trace.offsets, trace.operands, (kinds == INPUT) | (kinds == CAPTURED))
    counts = np.diff(trace.offsets)
    kinds[(moves == 0) & (counts > 0)] = CONSTANT
    nodes = order[kinds[order] == OPERATOR]
    counts = counts[nodes]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    at = np.arange(offsets[-1]) + np.repeat(trace.offsets[nodes] - offsets[:-1], counts)
    operands = trace.operands[at]
    number = -1 - kinds.astype(np.intp)
    number[nodes] = np.arange(len(nodes))
    read = number[operands]
    number[number < 0] = -1
    return Graph(kinds, nodes, number, offsets, operands, trace.row_of[nodes].astype(np.intp), read)


def find_repeats(graph: Graph, start: int = 0, stop: int | None = None) -> list[Repeat]:
    """The repetitions among results of a graph, by default all, in order; none overlaps another."""
    found: list[Repeat] = []
    waiting = [(start, len(graph.nodes) if stop is None else stop)]
    least = _LEAST_SHARE * (waiting[0][1] - start)
    while waiting and len(found) < _MOST:
        start, stop = waiting.pop()
        repeat = _longest(graph, start, stop)
        if repeat is not None and _size(repeat) > least:
            found.append(repeat)
            waiting += [(start, repeat.start), (repeat.stop, stop)]
    return sorted(found, key=lambda repeat: repeat.start)


def _digests(graph: Graph, start: int, stop: int, far: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A number for each result of a range, equal where operators and the distances to operands are.

    Args:
        far: beyond this a distance does not count, as that to what all steps read grows.
    """
    low, high = graph.offsets[start], graph.offsets[stop]
    offsets = graph.offsets[start:stop] - low
    reader = np.repeat(np.arange(start, stop), np.diff(graph.offsets[start : stop + 1]))
    read = graph.read[low:high]
    tokens = np.where(read >= 0, np.minimum(reader - read, far), read)
    place = np.arange(high - low) - offsets[reader - start]
    mixed = _mix(tokens.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + _mix(place.astype(np.uint64)))
    sums = np.add.reduceat(mixed, offsets)
    rows = graph.rows[start:stop].astype(np.uint64)
    digests: np.ndarray[Any, np.dtype[np.uint64]] = _mix(sums + _mix(rows))
    return digests


def _mix(x: Any) -> Any:
    x = (x ^ (x >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(29))


def _longest(graph: Graph, start: int, stop: int) -> Repeat | None:
    """The repetition within a range that takes in most results; the shortest period of such."""
    size = stop - start
    if size < 2 * LEAST_STEPS:
        return None
    for window in _WINDOWS:
        if size > 2 * window:  # a part tells what period to look for
            middle = (start + stop) // 2
            part = _within(graph, middle - window // 2, middle + window // 2)
            whole = None if part is None else _repeat(graph, start, stop, part.period)
            if whole is not None and (_size(whole) > _ENOUGH * size or window == _WINDOWS[-1]):
                return whole
    return _within(graph, start, stop)


def _within(graph: Graph, start: int, stop: int) -> Repeat | None:
    """The same from all distances between results that are alike."""
    size = stop - start
    best: Repeat | None = None
    tried: set[int] = set()
    back = _reaches(graph, start, stop)
    for far in (size, size // 8):
        own = _digests(graph, start, stop, far)
        periods = {*_likely(own), *back}
        matches = {period: int((own[period:] == own[:-period]).sum()) for period in periods}
        for period in sorted(matches, key=lambda each: (-matches[each], each))[:_TRIED]:
            if period in tried:
                continue
            tried.add(period)
            repeat = _repeat(graph, start, stop, period)
            if repeat is not None and (best is None or _size(repeat) > _size(best) + best.period):
                best = repeat
            if best is not None and _size(best) > _ENOUGH * size:
                return best
    return best


def _likely(digests: Any) -> list[int]:
    """The commonest distances from a result to the next one like it."""
    order = np.argsort(digests, kind="stable")
    alike = digests[order[1:]] == digests[order[:-1]]
    return _commonest(np.diff(order)[alike], len(digests))


def _reaches(graph: Graph, start: int, stop: int) -> list[int]:
    """The commonest distances back to an operand: of cells on a grid each reads itself a step before."""
    reader = np.repeat(np.arange(start, stop), np.diff(graph.offsets[start : stop + 1]))
    read = graph.read[graph.offsets[start] : graph.offsets[stop]]
    return _commonest((reader - read)[read >= start], stop - start)


def _commonest(distances: Ids, size: int) -> list[int]:
    """The commonest of distances that fit often enough into a range."""
    periods, counts = np.unique(distances, return_counts=True)
    fits = periods * LEAST_STEPS <= size
    periods, counts = periods[fits], counts[fits]
    found: list[int] = periods[np.argsort(-counts, kind="stable")[:_CANDIDATES]].tolist()
    return found


def _size(repeat: Repeat) -> int:
    return repeat.period * repeat.steps


def _repeat(graph: Graph, start: int, stop: int, period: int) -> Repeat | None:
    """The longest repetition of a period."""
    fits = _fits(graph, start, stop, period)
    low, high = _longest_run(fits)
    first, steps = start + low, (high - low) // period + 1
    if steps < LEAST_STEPS:
        return None
    read = graph.read[graph.offsets[first] : graph.offsets[first + steps * period]].reshape(steps, -1)
    shifted = (read[1:] >= 0) & (read[1:] - read[:-1] == period)
    uniform = (shifted[1:] == shifted[:-1]).all(axis=1)  # each operand is read in one way all along
    begin, end = _longest_run(uniform)
    end += 2
    if end - begin < LEAST_STEPS:
        return None
    first += begin * period
    first, steps = first + _best_phase(graph, first, end - begin, period), end - begin
    if first + steps * period > start + high + period:
        steps -= 1
    found = repeat_at(graph, first, period, steps)
    for _ in range(_NEAR):  # the first steps may read what stands near before them
        more = repeat_at(graph, first - period, period, steps + 1) if first - period >= start else None
        if found is None or more is None:
            break
        found, first, steps = more, first - period, steps + 1
    return found


def repeat_at(graph: Graph, start: int, period: int, steps: int) -> Repeat | None:
    """The repetition that begins somewhere; None where steps are not equal."""
    stop = start + steps * period
    rows, counts = graph.rows[start:stop], np.diff(graph.offsets[start : stop + 1])
    for each in (rows.reshape(steps, period), counts.reshape(steps, period)):
        if (each != each[0]).any():
            return None
    low, high = int(graph.offsets[start]), int(graph.offsets[stop])
    if not _is_regular(graph.read[low:high].reshape(steps, -1), start, period):
        return None
    return Repeat(start, period, steps, graph.operands[low:high].reshape(steps, -1))


def _is_regular(read: Ids, start: int, period: int) -> bool:
    """Whether each operand of a step is read in one way in all steps."""
    shifted = (read[0] >= 0) & (read[1:] - read[:-1] == period).all(axis=0)
    least, most = read.min(axis=0), read.max(axis=0)
    before = (most < start) & ((least >= 0) | (least == most))
    return bool((shifted | before).all())


def _best_phase(graph: Graph, first: int, steps: int, period: int) -> int:
    """How much later a step had best begin: where fewest results are read beyond, and these most often."""
    stop = first + min(steps, 2 + _NEAR) * period  # the others are alike
    low, high = graph.offsets[first], graph.offsets[stop]
    reader = np.repeat(np.arange(first, stop), np.diff(graph.offsets[first : stop + 1])) - first
    read = graph.read[low:high] - first
    near = (read >= 0) & (reader - read < _NEAR * period)
    near &= (read >= period) & (read < 2 * period)  # results of one step in the midst
    last = np.arange(period, 2 * period)
    np.maximum.at(last, read[near] - period, reader[near])
    width = (2 + _NEAR) * period

    def crossing(made: Ids, used: Ids) -> Ids:
        """How many reach from before to behind each place of a step."""
        changes = np.zeros(width + 2, np.intp)
        np.add.at(changes, made + 1, 1)
        np.add.at(changes, np.minimum(used, width) + 1, -1)
        counts: Ids = np.cumsum(changes)[:width].reshape(-1, period).sum(axis=0)
        return counts

    results = crossing(np.arange(period, 2 * period), last)
    reads = crossing(read[near], reader[near])
    return int(np.lexsort((-reads, results))[0])


def _runs(flags: Flags) -> Ids:
    """Where runs of true flags begin and end."""
    padded = np.zeros(len(flags) + 2, bool)
    padded[1:-1] = flags
    return np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)


def _longest_run(flags: Flags) -> tuple[int, int]:
    runs = _runs(flags)
    first, last = runs[np.argmax(runs[:, 1] - runs[:, 0])].tolist() if len(runs) else (0, -2)
    return first, last


def _fits(graph: Graph, start: int, stop: int, period: int) -> Flags:
    """Of each result of a range, but for the last period, whether the one a period on is like it."""
    rows, counts = graph.rows[start:stop], np.diff(graph.offsets[start : stop + 1])
    fits: Flags = (rows[:-period] == rows[period:]) & (counts[:-period] == counts[period:])
    for first, last in _runs(fits).tolist():
        if last - first < (LEAST_STEPS - 1) * period:
            fits[first:last] = False
            continue
        first, last = start + first, start + last
        low, high = graph.offsets[first], graph.offsets[last]
        a, b = graph.read[low:high], graph.read[graph.offsets[first + period] :][: high - low]
        other = np.flatnonzero(((b - a != period) | (a < 0)) & (a != b))
        reader = np.searchsorted(graph.offsets, low + other, side="right") - 1
        a, b = a[other], b[other]
        fits[reader[(a < 0) | (b < 0) | (reader - a <= _NEAR * period)] - start] = False
    return fits
