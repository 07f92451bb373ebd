"""Clusters of a picture: a frame around the boxes of each neuron and of each layer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from viz import theme
from viz.graphs.folding.boxes import Picture
from viz.labels import inside as within
from viz.labels import plain

_DOTTED = re.compile(r"\w+(\.\w+)*")

__all__ = ["clusters_of", "draw_clusters"]


def clusters_of(picture: Picture) -> list[list[str]]:
    """For each box the parts in whose clusters it stands, the largest first.

    A box stands in the parts that all its nodes belong to; a part that is itself one box, or of which no more
    than one box is drawn, has no cluster.
    """
    found: list[list[str]] = []
    for box in picture.boxes:
        inside: list[str] = []
        for part in reversed(picture.parts):
            names = {part[i] for i in box.members}
            name = names.pop() if len(names) == 1 else None
            if (
                name
                and _DOTTED.fullmatch(name)
                and name not in inside
                and not (box.kind == "part" and name == box.name)
            ):
                inside.append(name)
        found.append(inside)
    counted: dict[str, int] = {}
    for inside in found:
        for name in inside:
            counted[name] = counted.get(name, 0) + 1
    return [[name for name in inside if counted[name] > 1] for inside in found]


def draw_clusters(dot: Any, clusters: list[list[str]], draw: Callable[[Any, int], None]) -> None:
    """Draw all boxes, each in its clusters.

    Args:
        dot: a ``graphviz.Digraph``.
        clusters: as :func:`clusters_of` gives them.
        draw: draws the box of an index into a graph.
    """
    frames: dict[tuple[str, ...], Any] = {}
    loose = [i for i, inside in enumerate(clusters) if not inside]
    framed = [i for i, inside in enumerate(clusters) if inside]
    for i in [
        *reversed(framed),
        *loose,
    ]:  # the last frame and its last box first: so Graphviz keeps the order
        inside = clusters[i]
        for depth in range(1, len(inside) + 1):
            path = tuple(inside[:depth])
            if path not in frames:
                name = within(path[-1], path[-2] if depth > 1 else "")
                frames[path] = dot.__class__(
                    name=f"cluster{len(frames)}", graph_attr={"label": plain(name), **theme.CLUSTER}
                )
        draw(frames[tuple(inside)] if inside else dot, i)
    for path in sorted(frames, key=len, reverse=True):  # a cluster is complete before it is put into another
        (frames[path[:-1]] if len(path) > 1 else dot).subgraph(frames[path])
