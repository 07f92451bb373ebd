"""Which boxes are drawn: from the loss as one box down to scalars, opened one by one.

A *part* is a layer or a neuron, known from dotted names (:mod:`engine.graph.groups`). What belongs to none
stays single while there is room; then what is alike becomes one box, then a line of the program, then a run
of nodes in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.graph.groups import Groups, parts_by_level
from engine.graph.walks import Trace
from playground.backward.made import ProgramError
from viz.graphs.boxes import Picture, assemble
from viz.graphs.grouping import Folding, fold_alike, fold_parts, fold_sums

__all__ = ["LEVELS", "View"]

LEVELS = ("loss", "layers", "neurons", "scalars")

MOST_BOXES = 150
"""Boxes beyond which a view is folded."""

MOST_SCALARS = 400
"""Boxes that are drawn where all scalars were asked for."""

FEW = 60
"""Nodes up to which a box that is no part opens in its place; a larger one gets a view of its own."""

RUNS = 40
"""Runs of nodes in their order, the last resort."""


@dataclass
class View:
    """The state of folding.

    Args:
        graph: what is shown.
        lines: the line of each node, 0 where it has none.
        groups: names of parameters, or None to read labels.
    """

    graph: Trace
    lines: list[int]
    groups: Groups | None
    level: str = "auto"
    opened: set[str] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)
    within: list[tuple[str, set[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parts = parts_by_level(self.graph, self.groups)
        self.picture = self._folded()

    def set_level(self, level: str) -> None:
        """Show everything at one level; "auto" for the finest that fits.

        Raises:
            ProgramError: there is no such level.
        """
        if level not in (*LEVELS, "auto"):
            raise ProgramError(f"there is no level {level!r}; there are {', '.join(LEVELS)}")
        self.level, self.opened, self.apart, self.within = level, set(), set(), []
        self.picture = self._folded()

    def open(self, box: int) -> None:
        """Open a folded box: a part in its place, others as a view of their own.

        Raises:
            ProgramError: there is no such box, or it holds one node.
        """
        boxes = self.picture.boxes
        if not 0 <= box < len(boxes) or boxes[box].kind == "node":
            raise ProgramError(f"box {box} cannot be opened: it is a single node or is not there")
        chosen = boxes[box]
        if chosen.kind == "part" and chosen.name == "loss" and self.level == "loss":
            self.level = "layers" if self._parts else "auto"
        elif chosen.kind == "part" and chosen.name in self._part_names():
            self.opened.add(chosen.name)
        elif len(chosen.members) <= FEW and not self.within:
            self.apart |= set(chosen.members)
        else:
            self.within.append((self.title(box), set(chosen.members)))
        self.picture = self._folded()

    def up(self, depth: int) -> None:
        """Go back to so many views inside each other; at 0, fold all again."""
        del self.within[max(depth, 0) :]
        if depth <= 0:
            self.opened, self.apart = set(), set()
        self.picture = self._folded()

    def reveal(self, node: int) -> None:
        """Open what hides a node, until it has a box of its own."""
        if self.within and node not in self.within[-1][1]:
            self.within = []
        for _ in range(12):
            box = next((k for k, each in enumerate(self.picture.boxes) if node in each.members), None)
            if box is None or self.picture.boxes[box].kind == "node":
                return
            self.open(box)

    def title(self, box: int) -> str:
        """What a folded box says it holds."""
        each = self.picture.boxes[box]
        node = self.graph.nodes[each.result]
        if each.kind == "part":
            return each.name
        if each.kind == "sum":
            return f"sum of {sum(a.uses for a in self.picture.arrows if a.head == box)}"
        return f"{node.label or node._op or 'number'} × {len(each.results)}"

    def shape(self) -> dict[str, Any]:
        """The boxes and arrows, and a graph in Graphviz's language by which they are laid out."""
        picture = self.picture
        boxes = [
            {
                "kind": box.kind, "title": self.title(k), "members": len(box.members), "node": box.result,
                "nodes": box.members if len(box.members) <= 2000 else box.results[:1],
                "op": self.graph.nodes[box.result]._op, "hidden": picture.left_out[k],
                "leaf": not self.graph.nodes[box.result]._children,
            }
            for k, box in enumerate(picture.boxes)
        ]  # fmt: skip
        arrows = [{"tail": a.tail, "head": a.head, "slot": a.slot, "uses": a.uses} for a in picture.arrows]
        box_of = [-1] * len(self.graph.nodes)
        for k, box in enumerate(picture.boxes):
            for i in box.members:
                box_of[i] = k
        return {
            "level": "scalars" if all(box.kind == "node" for box in picture.boxes) else self.level_shown,
            "levels": [
                "loss",
                *(["layers"] if self._parts else []),
                *(["neurons"] if len(self._parts) > 1 else []),
                "scalars",
            ],
            "crumbs": [title for title, _ in self.within],
            "opened": sorted(self.opened),
            "apart": len(self.apart),
            "boxes": boxes,
            "arrows": arrows,
            "box_of": box_of,
            "notes": picture.notes,
        }

    @property
    def level_shown(self) -> str:
        """The level at which a folded view stands."""
        return self.level if self.level != "auto" else "layers" if self._parts else "auto"

    def _part_names(self) -> set[str]:
        return {name for part in self._parts for name in set(part) if name}

    def _folded(self) -> Picture:
        graph = self.graph
        kept = self.within[-1][1] if self.within else None
        each = [i if kept is None or i in kept else -1 for i in range(len(graph.nodes))]
        apart = {*graph.roots, *self.apart}
        if self.level == "loss" and kept is None:
            return self._one_box(each)
        if self.within and len(each) - each.count(-1) <= MOST_SCALARS:
            return assemble(graph, Folding(each))
        if self.level == "scalars" and len(graph.nodes) <= MOST_SCALARS:
            return assemble(graph, Folding(each))
        if self.level == "auto" and not self.within and len(graph.nodes) <= MOST_BOXES:
            return assemble(graph, Folding(each))
        inside = bool(self.within)
        folding = (
            self._by_parts(each, apart, inside)
            if self._parts and not inside
            else fold_sums(graph, each, apart)
        )
        if folding.size > MOST_BOXES and not inside:
            folding = fold_alike(graph, folding, apart, MOST_SCALARS) or folding
        if folding.size > MOST_BOXES:
            folding = self._by_lines(folding, apart)
        if folding.size > MOST_BOXES:
            folding = self._by_runs(folding)
        return assemble(graph, folding)

    def _one_box(self, each: list[int]) -> Picture:
        root = self.graph.roots[0]
        return assemble(self.graph, Folding([root] * len(each), {root: ("part", "loss")}, note="everything"))

    def _by_parts(self, each: list[int], apart: set[int], inside: bool) -> Folding:
        """Parts as boxes, but those that stand open."""
        finest, coarsest = self._parts[0], self._parts[-1]
        several = len(self._parts) > 1
        level = self.level if self.level != "auto" else "layers"
        part: list[str | None] = []
        for neuron, layer in zip(finest, coarsest, strict=True):
            name: str | None = layer
            if several and (level in ("neurons", "scalars") or layer in self.opened):
                name = neuron
            if name in self.opened:
                name = None
            part.append(name)
        return fold_parts(self.graph, each, apart, part, "parts")

    def _by_lines(self, folding: Folding, apart: set[int]) -> Folding:
        """The single boxes of each line of the text become one."""
        standing: dict[int, int] = {}
        owner, kinds, results = list(folding.owner), dict(folding.kinds), dict(folding.results)
        target: dict[int, int] = {}
        for i, box in enumerate(folding.owner):
            if (
                box == i
                and box not in apart
                and (line := self.lines[i])
                and kinds.get(box, ("node",))[0] != "part"
            ):
                target[box] = standing.setdefault(line, box)
                kinds[target[box]] = ("part", f"line {line}")
                results.pop(box, None)
        for i, box in enumerate(folding.owner):
            owner[i] = target.get(box, box)
        return Folding(owner, kinds, results, f"{folding.note}, lines")

    def _by_runs(self, folding: Folding) -> Folding:
        """Consecutive nodes become one box each, in few runs."""
        shown = [i for i, box in enumerate(folding.owner) if box >= 0]
        size = -(-len(shown) // RUNS)
        owner, kinds = [-1] * len(folding.owner), dict[int, Any]()
        for start in range(0, len(shown), size):
            run = shown[start : start + size]
            for i in run:
                owner[i] = run[-1]
            kinds[run[-1]] = ("part", f"nodes {run[0] + 1}–{run[-1] + 1}")
        return Folding(owner, kinds, note="runs of nodes")
