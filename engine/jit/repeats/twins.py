"""Puts loops that do the same side by side into one: its step is a step of each.

So are the two directions of a bidirectional network, and sequences of one length that a function goes through
one after the other. The results of a graph are brought into another order: first what the loops need, then
step by step a step of each, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from engine.jit.repeats.find import Graph, Repeat, find_repeats, repeat_at

__all__ = ["in_samples", "side_by_side"]

Ids = np.ndarray[Any, np.dtype[np.int64]]
Group = list[Repeat]
"""Loops that do the same and do not wait for each other."""


def in_samples(graph: Graph, samples: Repeat, waits: Callable[[Repeat], bool]) -> list[Group]:
    """The loops within steps that do not wait for each other, as of sequences one after the other.

    Args:
        graph: the graph.
        samples: those steps.
        waits: whether the steps of a repetition wait for each other.
    """
    found = []
    for repeat in find_repeats(graph, samples.start, samples.start + samples.period):
        if waits(repeat):
            turns = range(-1, samples.steps + 1)  # the first sample, and the last, may differ behind the loop
            group = [_moved(graph, repeat, k * samples.period) for k in turns]
            found.append([each for each in group if each is not None])
    return found


def _moved(graph: Graph, repeat: Repeat, by: int) -> Repeat | None:
    """The same repetition so many results later; None where it is none."""
    start, stop = repeat.start + by, repeat.stop + by
    if start < 0 or stop > len(graph.nodes):
        return None
    for each in (graph.rows, np.diff(graph.offsets)):
        if (each[start:stop] != each[repeat.start : repeat.stop]).any():
            return None
    return repeat_at(graph, start, repeat.period, repeat.steps)


def side_by_side(graph: Graph, groups: list[Group]) -> tuple[Graph, list[Repeat]] | None:
    """The graph in the order in which each group is one loop, and these loops.

    Returns:
        None where loops overlap, one of a group is computed from another, or what is found is no repetition.
    """
    in_turn = sorted((each for group in groups for each in group), key=lambda each: each.start)
    if any(a.meets(b) for a, b in pairwise(in_turn)):
        return None
    order = np.arange(len(graph.nodes))
    for group in groups:
        if len(group) > 1:
            changed = _together(graph, order, group)
            if changed is None:
                return None
            order = changed
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    made = _ordered(graph, order, place)
    reader = np.repeat(np.arange(len(order)), np.diff(made.offsets))
    if (made.read >= reader).any():
        return None
    found = []
    for group in groups:
        first = group[0]
        repeat = repeat_at(made, int(place[first.start]), first.period * len(group), first.steps)
        if repeat is None or not _is_whole(place, group):
            return None
        found.append(repeat)
    return made, sorted(found, key=lambda each: each.start)


def _is_whole(place: Ids, group: Group) -> bool:
    """Whether the steps of a group stand one behind the other, a step of each."""
    shape = group[0].steps, group[0].period
    steps = np.stack([place[each.start : each.stop].reshape(shape) for each in group], axis=1).ravel()
    return bool((np.diff(steps) == 1).all())


def _together(graph: Graph, order: Ids, group: Group) -> Ids | None:
    """The order in which a group is one loop, where its first one stands."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    own = np.zeros(len(order), bool)
    for each in group:
        own[each.start : each.stop] = True
    first = int(place[group[0].start])
    last = int(place[group[-1].stop - 1]) + 1
    between = order[first:last]
    between = between[~own[between]]
    needed = np.zeros(len(order), bool)
    for each in group[1:]:
        read = graph.read[graph.offsets[each.start] : graph.offsets[each.stop]]
        needed[read[(read >= 0) & ((read < each.start) | (read >= each.stop))]] = True
    offsets, read = graph.offsets, graph.read
    for i in between[::-1].tolist():
        if needed[i]:
            operands = read[offsets[i] : offsets[i + 1]]
            needed[operands[operands >= 0]] = True
    for each in group:
        if needed[each.start : each.stop].any():
            return None
    shape = group[0].steps, group[0].period
    steps = np.stack([np.arange(each.start, each.stop).reshape(shape) for each in group], axis=1)
    before, after = between[needed[between]], between[~needed[between]]
    return np.concatenate([order[:first], before, steps.ravel(), after, order[last:]])


def _ordered(graph: Graph, order: Ids, place: Ids) -> Graph:
    """The graph with its results in another order.

    Args:
        order: which stands at each place.
        place: where each stands.
    """
    counts = np.diff(graph.offsets)[order]
    starts = graph.offsets[order]
    at = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    nodes = graph.nodes[order]
    number = graph.number.copy()
    number[nodes] = np.arange(len(nodes))
    read = graph.read[at]
    read = np.where(read >= 0, place[read], read)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Graph(graph.kinds, nodes, number, offsets, graph.operands[at], graph.rows[order], read)
