"""Which part of a program computes what: loops, and what stands before, between and after them.

Parts take turns: what comes before the first loop, the first loop, what comes between, and so on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from engine.jit.repeats.find import LEAST_STEPS, Graph, Ids, Repeat, find_repeats, graph_of
from engine.jit.repeats.recurrence import FEED, INSIDE, SLOT, STILL, Step, step_of
from engine.jit.repeats.section import Flags
from engine.jit.repeats.twins import in_samples, side_by_side
from engine.jit.trace.traced_graph import CONSTANT, Trace

__all__ = ["Plan", "Within", "plan_of"]


class Within(NamedTuple):
    """A result of a loop: which loop, which result of a step, and in which step."""

    loop: int
    result: int
    step: int


_NEITHER = Flags(False, False)


def _as_numbers(ids: Ids) -> Sequence[int]:
    """An array whose items are plain numbers."""
    return memoryview(ids)  # type: ignore[arg-type]  # its stubs know no buffers before Python 3.12


class Plan:
    """Who computes what.

    Attributes:
        steps: the step of each loop.
        results: for each straight part the numbers of the results that it computes.
        flags: of nodes that no loop computes; of a number there are none.
        step_flags, slot_flags: for each loop of the results of a step, and of what it reads of steps before.
        needed: for each straight part the nodes that others read.
        exported: for each loop the results of steps that others read.
        has_twins: whether two loops do the same side by side, as one for each of some sequences.
    """

    has_twins = False

    def __init__(self, trace: Trace, graph: Graph, steps: list[Step]) -> None:
        self.trace, self.graph, self.steps = trace, graph, steps
        self._starts = [step.repeat.start for step in steps]
        arrays = graph.number, graph.nodes, graph.offsets
        self._number, self._nodes, self._offsets = map(_as_numbers, arrays)
        self.results = self._results()
        self.flags: dict[int, Flags] = {
            i: Flags(trace.is_per_sample(leaf), leaf.wanted) for i, leaf in trace.leaf_of.items()
        }
        self._of_column: dict[bytes, Flags] = {}
        self._before: list[int] = []
        self.step_flags: list[list[Flags]] = []
        self.slot_flags: list[list[Flags]] = []
        self.needed: list[dict[int, None]] = [{} for _ in self.results]
        self.exported: list[dict[int, None]] = [{} for _ in steps]
        for part, results in enumerate(self.results):
            for i in results:
                self.flags[self._nodes[i]] = self.flags_of_all(self.operands(i))
                self._need(self.operands(i), part)
            if part < len(steps):
                self._settle_loop(part)
        self._need([*trace.outputs, *trace.watched], -1)

    def operands(self, i: int) -> list[int]:
        """The nodes that a result reads."""
        found: list[int] = self.graph.operands[self._offsets[i] : self._offsets[i + 1]].tolist()
        return found

    def node(self, i: int) -> int:
        """The node of a result."""
        return self._nodes[i]

    def where(self, node: int) -> tuple[int, int] | Within | None:
        """Who computes a node: a straight part, and which node stands for it there; or a loop; or none."""
        i = self._number[node]
        if i < 0:
            return None
        loop = bisect_right(self._starts, i) - 1
        if loop >= 0:
            step = self.steps[loop]
            if i < step.repeat.stop:
                t, j = divmod(i - step.repeat.start, step.repeat.period)
                if step.left[j]:
                    return loop + 1, node
                return (loop, self._nodes[i - t * step.repeat.period]) if step.once[j] else Within(loop, j, t)
        return loop + 1, node

    def _results(self) -> list[list[int]]:
        found: list[list[int]] = [[]]
        done = 0
        for step in self.steps:
            start, period, steps, _ = step.repeat
            found[-1] += range(done, start)
            found[-1] += [start + j for j in range(period) if step.once[j] and not step.left[j]]
            left = [j for j in range(period) if step.left[j]]
            found.append([start + t * period + j for t in range(steps) for j in left])
            done = step.repeat.stop
        found[-1] += range(done, len(self._nodes))
        return found

    def flags_of(self, node: int) -> Flags:
        """The flags of any node."""
        where = self.where(node)
        if isinstance(where, Within):
            return self.step_flags[where.loop][where.result]
        return self.flags.get(node if where is None else where[1], _NEITHER)

    def flags_of_column(self, column: Ids) -> Flags:
        """The flags of what reads a node of a column in each step."""
        key = column.tobytes()
        if key not in self._of_column:
            is_number = self.graph.kinds[column] == CONSTANT
            self._of_column[key] = self.flags_of_all(column[~is_number].tolist())
        return self._of_column[key]

    def flags_of_all(self, nodes: Iterable[int]) -> Flags:
        """The flags of what reads nodes."""
        return reduce(or_, map(self.flags_of, nodes), _NEITHER)

    def _need(self, nodes: Iterable[int], part: int) -> None:
        """Note that a straight part, -1 for none, reads nodes."""
        for node in nodes:
            where = self.where(node)
            if isinstance(where, Within):
                self.exported[where.loop][where.result] = None
            elif where is not None and where[0] != part:
                self.needed[where[0]][where[1]] = None

    def imports(self, loop: int) -> list[int]:
        """The results from before a loop that it reads: first those that all steps do."""
        step, found = self.steps[loop], self.stills(loop)
        for k in range(len(step.slots)):
            if not step.slot_is_left[k]:
                found += self.initial(loop, k)
        for column in step.feeds:
            if self.graph.number[column[0]] >= 0:
                found += column.tolist()
        return list(dict.fromkeys(found))

    def stills(self, loop: int) -> list[int]:
        """The results from before a loop that are the same for all steps."""
        step = self.steps[loop]
        read = [node for j in step.inside for way, node in step.reads[j] if way == STILL]
        return list(dict.fromkeys(node for node in read if self._number[node] >= 0))

    def initial(self, loop: int, slot: int) -> list[int]:
        """What the first steps read in place of results of steps before."""
        step = self.steps[loop]
        result, back = step.slots[slot]
        period = step.repeat.period
        return [self._nodes[step.repeat.start + result - (back - t) * period] for t in range(back)]

    def _rows(self, loop: int) -> list[int]:
        start, period, _, _ = self.steps[loop].repeat
        rows: list[int] = self.graph.rows[start : start + period].tolist()
        return rows

    def twins(self) -> list[list[Repeat]]:
        """The loops, those together that do the same side by side in as many steps."""
        groups: list[list[int]] = []
        for loop, step in enumerate(self.steps):
            own = self._rows(loop), step.repeat.steps
            for group in groups:
                alike = own == (self._rows(group[0]), self.steps[group[0]].repeat.steps)
                if alike and not any(self._before[loop] >> k & 1 for k in group):
                    group.append(loop)
                    break
            else:
                groups.append([loop])
        return [[self.steps[loop].repeat for loop in group] for group in groups]

    def _settle_loop(self, loop: int) -> None:
        step = self.steps[loop]
        stills = {node: self.flags_of(node) for node in self.stills(loop)}
        feeds = [self.flags_of_column(column) for column in step.feeds]
        slots = [self.flags_of_all(self.initial(loop, k)) for k in range(len(step.slots))]
        before = self.flags_of_all([*stills, *self.imports(loop)]).loops
        self._before.append(before)
        own = self._rows(loop)
        self.has_twins |= any(own == self._rows(k) for k in range(loop) if not before >> k & 1)
        own_loop = Flags(False, False, 1 << loop)
        while True:
            found: list[Flags] = []
            flags_by: dict[int, Callable[[int], Flags]] = {
                INSIDE: found.__getitem__,
                SLOT: slots.__getitem__,
                FEED: feeds.__getitem__,
                STILL: self.flags_of,
            }
            for operands in step.reads:
                found.append(reduce(or_, (flags_by[way](target) for way, target in operands), own_loop))
            after = [flags | found[j] for flags, (j, _) in zip(slots, step.slots, strict=True)]
            if after == slots:
                break
            slots = after
        self.step_flags.append(found)
        self.slot_flags.append(slots)
        self._need([*stills, *self.imports(loop)], -1)
        for k, (result, _) in enumerate(step.slots):
            if not step.slot_is_left[k]:
                self.exported[loop][result] = None


def _pays(graph: Graph, trace: Trace, repeat: Repeat) -> bool:
    step = step_of(graph, trace, repeat)
    return step is not None and step.pays


def plan_of(trace: Trace) -> Plan | None:
    """The loops of a trace; None where it has none that are worth it."""
    graph = graph_of(trace)
    steps: list[Step] = []
    groups: list[list[Repeat]] = []
    for repeat in find_repeats(graph):
        step = step_of(graph, trace, repeat)
        if step is not None:
            steps += [step] if step.pays else []
        elif repeat.period >= LEAST_STEPS:
            groups += in_samples(graph, repeat, lambda each: _pays(graph, trace, each))
    taken = [each for group in groups for each in group]
    steps = [step for step in steps if not any(step.repeat.meets(each) for each in taken)]
    groups += [[step.repeat] for step in steps]
    if all(len(group) == 1 for group in groups):
        plan = Plan(trace, graph, steps) if steps else None
        if plan is None or not plan.has_twins:
            return plan
        groups = plan.twins()
    while any(len(group) > 1 for group in groups):
        found = side_by_side(graph, groups)
        if found is None:
            return None
        graph, repeats = found
        merged = [step_of(graph, trace, repeat) for repeat in repeats]
        steps = [step for step in merged if step is not None]
        if len(steps) < len(merged):
            return None
        plan = Plan(trace, graph, steps)
        if not plan.has_twins:
            return plan
        groups = plan.twins()
    return None  # step by step for all at once is quicker
