"""What a step of a repetition reads of the steps before, and whether it must wait for them.

A step whose results flow into the same results of the next step is run in a loop. Where nothing but a sum
goes from step to step, as in a loss over samples, the steps need not wait for each other: that is no loop. In
a loop such a sum is left to what comes after, all its terms at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.lower.strides import places_of_distinct
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
        ways: of each operand INSIDE (a result of the step), SLOT (of a step before), STILL (a node before the
            loop), or FEED (a leaf, or a result from before the loop, of its own
            for each step).
        targets: of each operand the result, the number of the slot, the node, or the number of the feed.
        slots: results that later steps read, with how many steps later.
        feeds: the nodes that the steps read in turn.
        left: which results are left to what comes after the loop.
        once: which are the same in all steps.
        pays: whether a loop is worth it: not that over a few layers, each with weights of its own.
    """

    def __init__(self, graph: Graph, trace: Trace, repeat: Repeat) -> None:
        self.repeat = repeat
        self.slots: list[tuple[int, int]] = []
        self.feeds: list[Any] = []
        offsets = graph.offsets[repeat.start : repeat.start + repeat.period + 1]
        self.offsets = (offsets - offsets[0]).tolist()
        self.rows = [trace.rows[i] for i in graph.rows[repeat.start : repeat.start + repeat.period].tolist()]
        self.ways, self.targets = self._operands(graph, trace)
        self.masks, moves = self._dependences()
        self.farthest = max((back for _, back in self.slots), default=0)
        ended = self._ended()
        self.left = [bool(mask & ended) for mask in self.masks]
        read_later = {result for result, _ in self.slots}
        self.once = [not moves[j] and j not in read_later for j in range(repeat.period)]
        self.waits = self.farthest <= _FARTHEST and self._has_cycle(ended)
        own = sum(graph.kinds[column[0]] == CAPTURED for column in self.feeds)
        self.pays = repeat.steps >= _MANY_STEPS or own <= _OWN_SHARE * len(self.ways)
        self.slot_is_left = [bool(ended >> k & 1) for k in range(len(self.slots))]

    def reads(self, j: int) -> range:
        """The numbers of the operands of a result."""
        return range(self.offsets[j], self.offsets[j + 1])

    def _operands(self, graph: Graph, trace: Trace) -> tuple[list[int], list[int]]:
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
        ways, targets = [], []
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
            ways.append(way)
            targets.append(target)
        self.slots = list(slot_of)
        return ways, targets

    def _dependences(self) -> tuple[list[int], list[bool]]:
        """Of each result which slots it depends on, a bit for each; and whether steps differ in it."""
        masks: list[int] = []
        moves: list[bool] = []
        for j in range(self.repeat.period):
            mask, moving = 0, False
            for e in self.reads(j):
                way, target = self.ways[e], self.targets[e]
                if way == INSIDE:
                    mask |= masks[target]
                    moving = moving or moves[target]
                elif way == SLOT:
                    mask |= 1 << target
                moving = moving or way in (SLOT, FEED)
            masks.append(mask)
            moves.append(moving)
        return masks, moves

    def _ended(self) -> int:
        """The slots of sums on which no other slot depends, but such: a bit for each."""
        sums = [k for k in range(len(self.slots)) if self._is_sum(k)]
        readers = dict.fromkeys(sums, 0)
        for m, (result, _) in enumerate(self.slots):
            for k in sums:
                if self.masks[result] >> k & 1:
                    readers[k] |= 1 << m
        ended = 0
        while True:
            more = sum(1 << k for k in sums if not ended >> k & 1 and not readers[k] & ~(ended | 1 << k))
            if not more:
                return ended
            ended |= more

    def _is_sum(self, k: int) -> bool:
        """Whether a slot is what it was a step before, and more added to it."""
        j, back = self.slots[k]
        while back == 1 and sign_of(self.rows[j]):
            through = [e for e in self.reads(j) if self._reads_slot(e, k)]
            if len(through) != 1 or (sign_of(self.rows[j]) < 0 and through[0] != self.offsets[j]):
                return False
            if self.ways[through[0]] == SLOT:
                return True
            j = self.targets[through[0]]
        return False

    def _reads_slot(self, e: int, k: int) -> bool:
        way, target = self.ways[e], self.targets[e]
        return (way == SLOT and target == k) or (way == INSIDE and bool(self.masks[target] >> k & 1))

    def _has_cycle(self, ended: int) -> bool:
        """Whether, but for sums, something flows from a slot back into it."""
        waiting = ((1 << len(self.slots)) - 1) & ~ended
        while waiting:
            free = 0
            for k, (result, _) in enumerate(self.slots):
                if waiting >> k & 1 and not self.masks[result] & waiting:
                    free |= 1 << k
            if not free:
                return True
            waiting &= ~free
        return False


def _with_equal_numbers_once(trace: Trace, operands: Ids, are_numbers: Ids) -> Ids:
    """The operands of steps, with one node for each number: in a trace each use of it is one of its own."""
    numbers = operands[:, are_numbers]
    _, firsts, which = places_of_distinct(trace.data[numbers].view(np.int64).ravel())
    found = operands.copy()
    found[:, are_numbers] = numbers.ravel()[firsts[which]].reshape(numbers.shape)
    return found


def step_of(graph: Graph, trace: Trace, repeat: Repeat) -> Step | None:
    """The step of a repetition; None where the steps need not wait for each other."""
    step = Step(graph, trace, repeat)
    return step if step.waits else None
