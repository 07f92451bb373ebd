"""What a step of a repetition reads of the steps before, and whether it must wait for them.

A step whose results flow into the same results of the next step is run in a loop. Where nothing but a sum
goes from step to step, as in a loss over samples, the steps need not wait for each other: that is no loop. In
a loop such a sum is left to what comes after, all its terms at once.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

import numpy as np

from engine.jit.lower.sums.chains import sign_of
from engine.jit.repeats.find import Graph, Ids, Repeat
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, Trace

__all__ = ["FEED", "INSIDE", "SLOT", "STILL", "Step", "step_of"]

INSIDE, SLOT, STILL, FEED = range(4)

_FARTHEST = 8  # steps back
_MANY_STEPS = 64  # beyond, a loop pays in any case: a program that grows with them is slow to make
_OWN_SHARE = 0.25  # of what a step reads: so much may be captured Values of its own, which are copied


class Step:
    """One step of a loop, as all are.

    Attributes:
        repeat: where the steps are.
        reads: of each result its operands, in pairs: INSIDE and a result of the step, SLOT and the number of
            one of a step before, STILL and a node that is the same for all steps, or FEED and the number of a
            leaf, or a result from before the loop, of its own for each step.
        slots: results that later steps read, with how many steps later.
        feeds: the nodes that the steps read in turn.
        left: which results are left to what comes after the loop.
        once: which are the same in all steps.
        inside: the others, by their numbers.
        pays: whether a loop is worth it: not that over a few layers, each with weights of its own.
    """

    def __init__(self, graph: Graph, trace: Trace, repeat: Repeat) -> None:
        self.repeat = repeat
        self.slots: list[tuple[int, int]] = []
        self.feeds: list[Any] = []
        self.rows = [trace.rows[i] for i in graph.rows[repeat.start : repeat.start + repeat.period].tolist()]
        self.reads = self._operands(graph, trace)
        self.masks: list[int] = []
        moves = self._dependences()
        self.farthest = max((back for _, back in self.slots), default=0)
        ended = self._ended()
        self.left = [bool(mask & ended) for mask in self.masks]
        read_later = {result for result, _ in self.slots}
        self.once = [not moves[j] and j not in read_later for j in range(repeat.period)]
        self.inside = [j for j in range(repeat.period) if not self.left[j] and not self.once[j]]
        self.waits = self.farthest <= _FARTHEST and self._has_cycle(ended)
        own = sum(graph.kinds[column[0]] == CAPTURED for column in self.feeds)
        self.pays = repeat.steps >= _MANY_STEPS or own <= _OWN_SHARE * sum(map(len, self.reads))
        self.slot_is_left = [bool(ended >> k & 1) for k in range(len(self.slots))]
        first = graph.nodes[repeat.start : repeat.start + repeat.period].tolist()
        self.reads = [
            [(STILL, first[j]) if way == INSIDE and self.once[j] else (way, j) for way, j in operands]
            for operands in self.reads
        ]

    def _operands(self, graph: Graph, trace: Trace) -> list[list[tuple[int, int]]]:
        start, period, steps, operands = self.repeat
        low, high = graph.offsets[start], graph.offsets[start + steps * period]
        read = graph.read[low:high].reshape(steps, -1)
        operands = _with_equal_numbers_once(trace, operands, read[0] == -1 - CONSTANT)
        before = (read >= 0).all(axis=0) & (read < start).all(axis=0)  # for these it is none of a step's
        shifted = (read[0] >= 0) & (read[1] - read[0] == period)
        shifted &= ~before
        same = (operands == operands[0]).all(axis=0)
        places: list[int] = (read[0] - start).tolist()
        slot_of: dict[tuple[int, int], int] = {}
        feed_of: dict[bytes, int] = {}
        found = []
        for e, (shift, still) in enumerate(zip(shifted.tolist(), same.tolist(), strict=True)):
            if shift and places[e] >= 0:
                way, target = INSIDE, places[e]
            elif shift:
                way = SLOT
                slot = places[e] % period, -(places[e] // period)
                target = slot_of.setdefault(slot, len(slot_of))
            elif still:
                way, target = STILL, int(operands[0, e])
            else:
                way, column = FEED, np.ascontiguousarray(operands[:, e])
                target = feed_of.setdefault(column.tobytes(), len(feed_of))
                if target == len(self.feeds):
                    self.feeds.append(column)
            found.append((way, target))
        self.slots = list(slot_of)
        return [found[a - low : b - low] for a, b in pairwise(graph.offsets[start : start + period + 1])]

    def _dependences(self) -> list[bool]:
        """Of each result which slots it depends on, a bit for each; returns whether steps differ in it."""
        moves: list[bool] = []
        for operands in self.reads:
            self.masks.append(reduce(or_, (self._slots_of(*operand) for operand in operands), 0))
            moves.append(any(way in (SLOT, FEED) or (way == INSIDE and moves[j]) for way, j in operands))
        return moves

    def _slots_of(self, way: int, target: int) -> int:
        """The slots on which an operand depends."""
        return 1 << target if way == SLOT else self.masks[target] if way == INSIDE else 0

    def _ended(self) -> int:
        """The slots of sums on which no other slot depends, but such: a bit for each."""
        masks = [self.masks[result] for result, _ in self.slots]
        readers = {
            k: sum(1 << m for m, mask in enumerate(masks) if mask >> k & 1)
            for k in range(len(masks))
            if self._is_sum(k)
        }
        ended, more = 0, -1
        while more != ended:
            more = ended
            ended = sum(1 << k for k, mask in readers.items() if not mask & ~(more | 1 << k))
        return ended

    def _is_sum(self, k: int) -> bool:
        """Whether a slot is what it was a step before, and more added to it."""
        j, back = self.slots[k]
        while back == 1 and sign_of(self.rows[j]):
            through = [i for i, operand in enumerate(self.reads[j]) if self._slots_of(*operand) >> k & 1]
            if len(through) != 1 or (sign_of(self.rows[j]) < 0 and through[0] > 0):
                return False
            way, j = self.reads[j][through[0]]
            if way == SLOT:
                return True
        return False

    def _has_cycle(self, ended: int) -> bool:
        """Whether, but for sums, something flows from a slot back into it."""
        waiting = ((1 << len(self.slots)) - 1) & ~ended
        while waiting:
            left = sum(
                1 << k for k, (j, _) in enumerate(self.slots) if waiting >> k & 1 and self.masks[j] & waiting
            )
            if left == waiting:
                return True
            waiting = left
        return False


def _with_equal_numbers_once(trace: Trace, operands: Ids, are_numbers: Ids) -> Ids:
    """The operands of steps, with one node for each number: in a trace each use of it is one of its own."""
    numbers = operands[:, are_numbers]
    digits = trace.data[numbers].view(np.int64).ravel()
    _, firsts, which = np.unique(digits, return_index=True, return_inverse=True)
    found = operands.copy()
    found[:, are_numbers] = numbers.ravel()[firsts[which]].reshape(numbers.shape)
    return found


def step_of(graph: Graph, trace: Trace, repeat: Repeat) -> Step | None:
    """The step of a repetition; None where the steps need not wait for each other."""
    step = Step(graph, trace, repeat)
    return step if step.waits else None
