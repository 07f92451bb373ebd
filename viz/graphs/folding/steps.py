"""Find steps that repeat in time: the same operators on the same operands, over and over.

A loop of Python leaves no trace in a graph but this: among the results, in topological order, a pattern of
operators and of distances to their operands comes again and again. The period is that distance at which most
of the sequence equals itself; a step begins where the fewest numbers are handed on.

In this file: *results* are nodes with operands; a *pattern* is a number for each result, equal where the
operator and the distances to its operands among the results are equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from engine.graph.walks import Trace

__all__ = ["PARTS", "Loop", "find_loops", "steps_named"]

FEWEST = 3
"""Steps of a loop."""

SHARE = 0.25
"""Of the results, that a loop must hold."""

PARTS = (10, 6, 4, 0)
"""Boxes into which a stretch of steps is opened at most; fewer where the picture passes two screens; at 0 all
that stands around an opened stretch is one box before it and one after it."""

_WINDOWS = (1, 4, 16, 64)
_CANDIDATES = 6


@dataclass
class Loop:
    """A stretch of steps that repeat.

    Args:
        steps: the positions of the nodes of each step.
    """

    steps: list[list[int]]


def find_loops(graph: Trace) -> list[Loop]:
    """The loops of a graph in topological order; none where nothing repeats three times.

    Looked for in the order of a backward pass, and then in that of :func:`_deepest_first`.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> x = y = Value(0.5)
    >>> for _ in range(10):
    ...     y = (y * x).sin()
    >>> [[len(step) for step in loop.steps] for loop in find_loops(trace(y))]
    [[2, 2, 2, 2, 2, 2, 2, 2, 2, 2]]
    """
    for order in (_as_they_stand, _deepest_first):
        if found := _found(graph, results := order(graph)):
            break
    loops = []
    for start, period, count in sorted(found):
        loops.append(Loop([results[start + k * period : start + (k + 1) * period] for k in range(count)]))
    if found:
        start, period, count = max(found)
        _add_last(graph, loops[-1], results[start + period * count :])
    _add_leaves(graph, loops)
    return loops


def _as_they_stand(graph: Trace) -> list[int]:
    return [i for i, operands in enumerate(graph.operands) if operands]


def _deepest_first(graph: Trace) -> list[int]:
    """The results, operands before what is made of them, the deepest operand first.

    What a step reads but no step has made, such as a weight times an input, so stands beside its step.
    """
    operands = graph.operands
    height = [0] * len(operands)
    for i, below in enumerate(operands):
        if below:
            height[i] = 1 + max(height[j] for j in below)
    found, seen = list[int](), [not below for below in operands]
    waiting = graph.roots[::-1]
    while waiting:
        i = waiting.pop()
        if i < 0:
            found.append(~i)
        elif not seen[i]:
            seen[i] = True
            waiting.append(~i)
            waiting += sorted((j for j in operands[i] if not seen[j]), key=height.__getitem__)
    return found


def _add_last(graph: Trace, loop: Loop, rest: list[int]) -> None:
    """Make what follows the loop its last step, if it is one: it comes in another order, as nothing is made
    of it."""
    step = Counter(graph.nodes[i]._op for i in loop.steps[-1])
    if rest and graph.roots == rest[-1:]:
        last = Counter(graph.nodes[i]._op for i in rest[:-1])
        if step <= last and last.total() <= 1.2 * step.total() + 3:
            loop.steps.append(rest[:-1])


def _found(graph: Trace, results: list[int]) -> list[tuple[int, int, int]]:
    """The first result, the period and the number of steps of each loop, depth first."""
    patterns, alive = _patterns(graph, results)
    found: list[tuple[int, int, int]] = []
    stretches = [(0, len(results))]
    while stretches:
        low, high = stretches.pop()
        if (best := _longest(patterns[low:high])) is None:
            continue
        start, period, length = best[0] + low, best[1], best[2]
        if length < SHARE * len(results):
            continue
        start, count = _phase(patterns, alive, (start, length), period, low)
        if count >= FEWEST:
            found.append((start, period, count))
            stretches += [(low, start), (start + count * period, high)]
    return found


def _patterns(graph: Trace, results: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pattern of each result, and how many numbers are handed on over the place before it."""
    rank = dict(zip(results, range(len(results)), strict=True))
    known: dict[object, int] = {}
    patterns = np.empty(len(results), dtype=np.int64)
    last_use = np.arange(len(results), dtype=np.int64)
    for at, i in enumerate(results):
        places = [rank.get(j) for j in graph.operands[i]]
        key = (graph.nodes[i]._op, *[None if place is None else at - place for place in places])
        patterns[at] = known.setdefault(key, len(known))
        for place in places:
            if place is not None:
                last_use[place] = at
    alive = np.zeros(len(results) + 1, dtype=np.int64)
    np.add.at(alive, np.arange(len(results)) + 1, 1)
    np.add.at(alive, last_use + 1, -1)
    return patterns, np.cumsum(alive)[: len(results) + 1]


def _longest(patterns: NDArray[np.int64]) -> tuple[int, int, int] | None:
    """Start, period and length of the stretch that repeats; the shortest period among nearly equal ones."""
    found = []
    for period in _periods(patterns):
        same = patterns[:-period] == patterns[period:]
        edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
        starts, ends = edges[::2], edges[1::2]
        if not len(starts):
            continue
        longest = int(np.argmax(ends - starts))
        run = int(ends[longest] - starts[longest])
        if run >= (FEWEST - 2) * period:
            found.append((run + period, period, int(starts[longest])))
    if not found:
        return None
    most = max(found)[0]
    length, period, start = min((each for each in found if each[0] >= 0.9 * most), key=lambda each: each[1])
    return start, period, length


def _periods(patterns: NDArray[np.int64]) -> list[int]:
    """Distances at which equal windows of the sequence follow each other, those that come most often."""
    counted: set[int] = set()
    for width in _WINDOWS:
        if len(patterns) < 2 * width + 2:
            break
        mixed = np.zeros(len(patterns) - width + 1, dtype=np.uint64)
        for k in range(width):
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + patterns[k : len(mixed) + k].astype(np.uint64)
        order = np.argsort(mixed, kind="stable")
        follows = mixed[order][1:] == mixed[order][:-1]
        gaps = Counter((np.diff(order)[follows]).tolist())
        counted.update(gap for gap, _ in gaps.most_common(_CANDIDATES))
    return sorted(gap for gap in counted if gap * FEWEST <= len(patterns) + gap)


def _phase(
    patterns: NDArray[np.int64], alive: NDArray[np.int64], stretch: tuple[int, int], period: int, low: int
) -> tuple[int, int]:
    """Where the first step begins, and how many follow: cut where the fewest numbers are handed on."""
    start, length = stretch
    middle = start + (length // period // 2) * period
    window = alive[middle : middle + period]
    found = []
    for phase in np.flatnonzero(window == window.min()).tolist():
        begin, end = start + phase, start + length
        count = (end - begin) // period
        if begin - period >= low:
            # the first step, whose operands are leaves where those of later ones are results
            begin, count = begin - period, count + 1
        found.append((count, -begin))
    count, begin = max(found)
    return -begin, count


def _add_leaves(graph: Trace, loops: list[Loop]) -> None:
    """Give each step the leaves that it alone uses."""
    step_of: dict[int, list[int]] = {i: step for loop in loops for step in loop.steps for i in step}
    for i, operands in enumerate(graph.operands):
        if not operands:
            users = graph.consumers[i]
            step = step_of.get(users[0]) if users else None
            if step is not None and all(step_of.get(user) is step for user in users):
                step.append(i)
    for loop in loops:
        for step in loop.steps:
            step.sort()


def steps_named(
    count: int, opened: Iterable[tuple[int, int]], parts: int = PARTS[0]
) -> list[tuple[int, int, bool]]:
    """The stretches of steps to be drawn: first and last of each, and whether it is open.

    The first and the last step stand alone, all between in one box. A stretch that is opened falls into as
    many as ``parts`` says at most, see :data:`PARTS`, and so does one within it, around which the others then
    join again; a step among others stands alone once it is opened.

    >>> steps_named(200, [])
    [(1, 1, False), (2, 199, False), (200, 200, False)]
    >>> steps_named(200, [(2, 199)])[1:4]
    [(2, 21, False), (22, 41, False), (42, 61, False)]
    >>> steps_named(200, [(2, 199), (22, 23), (23, 23)])[1:-1]
    [(2, 21, False), (22, 22, False), (23, 23, True), (24, 199, False)]
    """
    drawn = [(1, 1, False), (2, count - 1, False), (count, count, False)]
    requested = sorted(set(opened), key=lambda each: each[0] - each[1])
    for k, (low, high) in enumerate(requested):
        for at, (first, last, is_open) in enumerate(drawn):
            if first <= low and high <= last and not is_open:
                if low == high:
                    inner = [(low, low, True)]
                elif any(low <= a and b <= high for a, b in requested[k + 1 :]):
                    if not parts:
                        break
                    inner = [(low, high, False)]
                else:
                    wide = _width(high - low + 1, parts or PARTS[-2])
                    inner = [(a, min(a + wide - 1, high), False) for a in range(low, high + 1, wide)]
                around = [(first, low - 1, False), *inner, (high + 1, last, False)]
                drawn[at : at + 1] = [each for each in around if each[0] <= each[1]]
                break
    return drawn


def _width(count: int, parts: int) -> int:
    """How many steps make a part: 1, 2, 5, 10, 20, …, so that there are few enough parts."""
    wide, factors = 1, cycle((2, 2.5, 2))
    while count > wide * parts:
        wide = int(wide * next(factors))
    return wide
