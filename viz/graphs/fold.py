"""Fold a graph that is too large to draw, step by step, until it fits.

In this order: operators into the nodes they made; sums of many terms into one box; the neurons, then the
layers, of networks whose parameters have dotted names (``graph/groups.py``); nodes that are all alike, which
turns a network without names into its layers and a batch into one sample. Of a graph that is still too large,
the part nearest to the root is drawn. The time of a layered layout grows with the nodes, the arrows and the
ranks that arrows cross; all three are bounded here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from engine.graph.groups import Groups, parts_by_level
from engine.graph.walks import Trace
from viz.graphs.boxes import Picture, assemble
from viz.graphs.grouping import Folding, fold_alike, fold_parts, fold_sums

__all__ = ["FOLDS", "fold"]

FOLDS = ("auto", "none", "operators", "sums", "neurons", "layers", "alike")
"""Values of the argument ``fold``."""

ARROWS_PER_NODE = 2
STRAIN_PER_NODE = 20
"""Arrows, and ranks crossed by them, that are allowed per node allowed. At the bounds a layout takes 3 s."""


def fold(
    graph: Trace,
    kept: set[int] | None = None,
    *,
    level: str = "auto",
    groups: Groups | None = None,
    max_nodes: int | None = 1500,
    focus: int | None = None,
) -> Picture:
    """The least folded picture that fits, or that of a given level.

    Args:
        graph: what to draw.
        kept: positions of the nodes to draw; None for all.
        level: one of :data:`FOLDS`; "auto" for the first that fits.
        groups: names of the parts of a network, see ``engine/graph/groups.py``.
        max_nodes: how many nodes the layout may be given; None for any number.
        focus: position of the node around which to draw what still does not fit; below the roots otherwise.

    Raises:
        ValueError: the level is not one of these, or asks for parts where no leaf has a dotted name.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> x = Value(2.0)
    >>> len(fold(trace(x + x + x + x), level="sums").boxes)
    2
    """
    if level not in FOLDS:
        raise ValueError(f"fold must be one of {', '.join(FOLDS)}; got {level!r}")
    each = [i if kept is None or i in kept else -1 for i in range(len(graph.nodes))]
    apart = {*graph.roots} if focus is None else {*graph.roots, focus}
    limit = max_nodes if level == "auto" else None
    folding, separate = Folding(each), False
    for name, folding, separate in _steps(graph, each, groups, apart, limit):  # the last is used below
        if level == name:
            break
        if level == "auto" and (limit is None or folding.size <= limit):
            picture = assemble(graph, folding, separate=separate)
            if _fits(picture, max_nodes):
                return picture
    else:
        if level != "auto":
            raise ValueError(
                f"fold={level!r} needs the names of the parameters: groups=dict(model.named_parameters())"
            )
    if max_nodes is None or (level != "auto" and folding.size <= max_nodes):
        picture = assemble(graph, folding, separate=separate)
        if _fits(picture, max_nodes):
            return picture
    return _nearest(graph, folding, separate, max_nodes or 1, focus)


def _steps(
    graph: Trace, each: list[int], groups: Groups | None, apart: set[int], limit: int | None
) -> Iterator[tuple[str, Folding, bool]]:
    """The foldings from the finest to the coarsest, with whether operators are nodes of their own.

    Nodes in ``apart``, the roots and the focus, are not merged with others that are alike.
    """
    yield "none", Folding(each), True
    yield "operators", Folding(each, note="operators"), False
    folding = fold_sums(graph, each, apart)
    yield "sums", folding, False
    for level, part in enumerate(parts_by_level(graph, groups)):
        folding = fold_parts(graph, each, apart, part, "layers" if level else "neurons")
        yield "layers" if level else "neurons", folding, False
    alike = fold_alike(graph, folding, apart, limit)
    if alike is not None:
        yield "alike", alike, False


def _fits(picture: Picture, max_nodes: int | None) -> bool:
    if max_nodes is None:
        return True
    few_arrows = len(picture.arrows) <= ARROWS_PER_NODE * max_nodes + 2
    return few_arrows and picture.size <= max_nodes and picture.strain <= STRAIN_PER_NODE * max_nodes


def _nearest(graph: Trace, folding: Folding, separate: bool, max_nodes: int, focus: int | None) -> Picture:
    """As many boxes as fit, those nearest to a root or to the focus first."""
    owner, members = folding.owner, folding.members()
    order = dict.fromkeys(owner[i] for i in (graph.roots if focus is None else [focus]) if owner[i] >= 0)
    waiting = deque(order)
    while waiting and len(order) <= max_nodes:
        for i in members[waiting.popleft()]:
            for j in (*graph.operands[i], *(graph.consumers[i] if focus is not None else ())):
                if owner[j] >= 0 and owner[j] not in order:
                    order[owner[j]] = None
                    waiting.append(owner[j])
    nearest = list(order)[:max_nodes]
    while True:
        chosen = set(nearest)
        part = replace(folding, owner=[box if box in chosen else -1 for box in owner])
        picture = assemble(graph, part, separate=separate)
        if len(nearest) == 1 or _fits(picture, max_nodes):
            picture.notes.append(
                "the part nearest to the root" if focus is None else "the part nearest to it"
            )
            return picture
        nearest = nearest[: len(nearest) // 2]
