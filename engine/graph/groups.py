"""Which nodes of a graph belong to which neuron and layer, from the dotted names of leaves.

Nothing here knows of networks. It reads *dotted names* of leaves, as ``named_parameters()``
gives them: ``layers.0.neurons.1.w.2`` is a number of the part ``layers.0.neurons.1``, a neuron, which
belongs to the part ``layers.0``, a layer. Such names come from the argument ``groups`` or, without one,
from the labels of the leaves themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from engine.graph.walks import Trace
from engine.node.backend import Value
from engine.quoting import brief

__all__ = ["Groups", "part_names", "parts_by_level"]

Groups = Mapping[str, Value | Iterable[Value]]
"""Dotted names to a Value (``dict(model.named_parameters())``) or to the Values of a part of that name."""

_Items = list[tuple[str, list[Value], bool]]
"""Dotted names, their members, and whether these are the members of a part of that name."""


def part_names(name: str) -> list[str]:
    """The parts that a dotted name lies in, the smallest first; ``w[3]`` is read as ``w.3``.

    What comes before an index is a collection (``layers``, ``w``), not a part.

    >>> part_names("layers.0.neurons.1.w.2")
    ['layers.0.neurons.1', 'layers.0']
    >>> part_names("fc.w[3]"), part_names("x")
    (['fc'], [])
    """
    words = name.replace("[", ".").replace("]", "").split(".")
    return [".".join(words[:end]) for end in range(len(words) - 1, 0, -1) if not words[end].isdigit()]


def parts_by_level(graph: Trace, groups: Groups | None = None) -> list[list[str | None]]:
    """The part that each node belongs to, if any: for neurons, then for layers.

    A leaf belongs to the part its name says. A result belongs to the part of the named leaves among
    its operands (a weight times its input), or to the part that all its operands belong to (the sum of
    those products, and the activation after it); where parts mix, as in a loss, it belongs to none. A part
    whose results are listed in ``groups`` has the listed members and no others.

    Raises:
        TypeError: ``groups`` holds something that is not a Value.

    >>> from engine.graph.walks import trace
    >>> w, x = Value(2.0, label="layers.0.neurons.0.w.0"), Value(3.0)
    >>> parts_by_level(trace((w * x).tanh()))[0]
    ['layers.0.neurons.0', None, 'layers.0.neurons.0', 'layers.0.neurons.0']
    """
    items = _labelled(graph) if groups is None else _items(groups)
    paths: dict[int, list[str]] = {}
    for name, members, is_part in items:
        parts = part_names(name + "." if is_part else name)  # a part's own name is the smallest part
        if parts:
            paths |= {graph.position[member]: parts for member in members if member in graph.position}
    # the parts that are listed down to their results
    exact = {name for name, members, is_part in items if is_part and any(each._children for each in members)}
    levels = max(map(len, paths.values()), default=0)
    of_leaves = _distinct_leaves(graph, paths, exact) if levels else []
    return [_spread(graph, paths, exact, level, of_leaves) for level in range(levels)]


def _labelled(graph: Trace) -> _Items:
    return [(str(node.label), [node], False) for node in graph.nodes if node.label and not node._children]


def _items(groups: Groups) -> _Items:
    found = []
    if not isinstance(groups, Mapping):
        raise TypeError(f"groups maps names to Values or lists of Values, got {type(groups).__name__}")
    for name, value in groups.items():
        members: list[Any] = [value] if isinstance(value, Value) else list(value)
        for member in members:
            if not isinstance(member, Value):
                raise TypeError(f"groups[{brief(name)}] holds {brief(member)}, which is not a Value")
        found.append((str(name), members, not isinstance(value, Value)))
    return found


def _distinct_leaves(graph: Trace, paths: dict[int, list[str]], exact: set[str]) -> list[tuple[int, ...]]:
    """For each node the named leaves among its operands, one for each path: their parts decide its part."""
    code = np.full(len(graph.nodes), -1, np.int64)
    first: dict[tuple[str, ...], int] = {}
    for i, path in paths.items():
        if path[0] not in exact and not graph.nodes[i]._children:
            code[i] = first.setdefault(tuple(path), i)
    offsets, flat = graph.edges
    named = np.flatnonzero(code[flat] >= 0)
    heads = np.searchsorted(offsets, named, "right").astype(np.int64) - 1
    found: list[tuple[int, ...]] = [()] * len(graph.nodes)
    pairs = np.unique(heads * len(code) + code[flat[named]])
    for head, leaf in zip((pairs // len(code)).tolist(), (pairs % len(code)).tolist(), strict=True):
        found[head] += (leaf,)
    return found


def _spread(
    graph: Trace, paths: dict[int, list[str]], exact: set[str], level: int, of_leaves: list[tuple[int, ...]]
) -> list[str | None]:
    part: list[str | None] = [None] * len(graph.nodes)
    above = list(part)  # the part that a node hands on; an exact part keeps its results to itself
    for i, path in paths.items():
        part[i] = path[min(level, len(path) - 1)]
        above[i] = None if path[0] in exact else part[i]
    for i, operands in enumerate(graph.operands):
        if not operands or i in paths:
            continue
        if leaves := of_leaves[i]:
            name = part[leaves[0]] if len(leaves) == 1 or len({part[j] for j in leaves}) == 1 else None
        else:
            name = above[operands[0]]
            if len(operands) > 1 and any(above[j] != name for j in operands):
                name = None
        part[i] = above[i] = name
    return part
