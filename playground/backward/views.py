"""Which boxes are drawn: from the loss as one box down to scalars, folded as ``viz`` folds, opened by name.

A folded box is opened by the name that ``viz.graphs.folding`` gives it: in its place, or, where the picture
would pass two screens, as a view of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.graph.groups import Groups
from engine.graph.walks import Trace
from playground.backward.made import ProgramError
from viz.graphs.folding.boxes import Picture, assemble
from viz.graphs.folding.extent import fits_screens
from viz.graphs.folding.fold import Folder
from viz.graphs.folding.grouping import Folding, Kind

__all__ = ["LEVELS", "View"]

LEVELS = ("loss", "layers", "neurons", "scalars")

MOST_BOXES = 150
"""Boxes beyond which a view is folded."""

MOST_SCALARS = 400
"""Boxes that are drawn where all scalars were asked for."""

RUNS = 40, 20, 10, 5
"""Boxes into which many nodes or boxes are parted; fewer where the picture passes two screens."""


@dataclass
class View:
    """The state of folding.

    Args:
        graph: what is shown.
        groups: names of parameters, or None to read labels.

    Attributes:
        level: one of LEVELS, or "auto" for the finest that fits.
        opened: the names of the boxes opened in their place.
        within: of the views inside each other, the title and the nodes.
        picture: the boxes and arrows.
    """

    graph: Trace
    groups: Groups | None = None
    level: str = "auto"
    opened: list[str] = field(default_factory=list)
    within: list[tuple[str, set[int]]] = field(default_factory=list)
    picture: Picture = field(init=False)

    def __post_init__(self) -> None:
        self._whole = Folder(self.graph, groups=self.groups)
        self._turn()

    def set_level(self, level: str) -> None:
        """Show everything at one level; "auto" for the finest that fits.

        Raises:
            ProgramError: there is no such level.
        """
        if level not in (*LEVELS, "auto"):
            raise ProgramError(f"there is no level {level!r}; there are {', '.join(LEVELS)}")
        self.level = level
        self.up(0)

    def open(self, box: int) -> None:
        """Open a folded box, in its place or as a view of its own.

        Raises:
            ProgramError: there is no such box, or it holds one node.
        """
        boxes = self.picture.boxes
        if not 0 <= box < len(boxes) or boxes[box].kind == "node":
            raise ProgramError(f"box {box} cannot be opened: it is a single node or is not there")
        chosen = boxes[box]
        if self.level == "loss" and not self.within:
            self.set_level("layers" if self._whole.parts else "auto")
            return
        if self._fold != "runs":
            self.opened.append(chosen.name)
            picture = self._opened_in_place(chosen.members)
            if picture is not None:
                self.picture = picture
                return
        self._enter(self.title(box), set(chosen.members))

    def _opened_in_place(self, members: list[int]) -> Picture | None:
        """The picture with what was opened last; None where it would not fit, or undo what is open."""
        try:
            picture = self._folded()
        except ValueError:
            return None
        is_open = all(each.members != members for each in picture.boxes)
        return picture if is_open and _holds_all(picture, members) and fits_screens(picture) else None

    def up(self, depth: int) -> None:
        """Go back to so many views inside each other; at 0, fold all again."""
        del self.within[max(depth, 0) :]
        self._turn()

    def reveal(self, node: int) -> None:
        """Open what hides a node, until it has a box of its own."""
        if self.within and node not in self.within[-1][1]:
            self.up(0)
        for _ in range(12):
            box = next((k for k, each in enumerate(self.picture.boxes) if node in each.members), None)
            if box is None:  # the picture leaves it out: show what lies around it
                self._enter("around it", self.graph.neighbourhood(self.graph.nodes[node], 2))
            elif self.picture.boxes[box].kind == "node":
                return
            else:
                self.open(box)

    def title(self, box: int) -> str:
        """What a folded box says it holds."""
        each = self.picture.boxes[box]
        return each.name or self.graph.nodes[each.result].label or "number"

    def shown(self) -> dict[str, Any]:
        """The boxes and arrows as ``view``, and as ``box_of``, int32, the box of each node; -1 for none."""
        picture, nodes = self.picture, self.graph.nodes
        boxes = [
            {
                "kind": box.kind, "title": self.title(k), "members": len(box.members), "node": box.result,
                "op": nodes[box.result]._op, "hidden": picture.left_out[k],
                "leaf": not nodes[box.result]._children,
            }
            for k, box in enumerate(picture.boxes)
        ]  # fmt: skip
        arrows = [{"tail": a.tail, "head": a.head, "slot": a.slot, "uses": a.uses} for a in picture.arrows]
        box_of = np.full(len(nodes), -1, np.int32)
        for k, box in enumerate(picture.boxes):
            box_of[box.members] = k
        parts = len(self._whole.parts)
        scalars = all(box.kind == "node" for box in picture.boxes)
        view = {
            "level": "scalars" if scalars else self._level(),
            "levels": ["loss", *["layers", "neurons"][:parts], "scalars"],
            "crumbs": [title for title, _ in self.within],
            "opened": self.opened,
            "boxes": boxes,
            "arrows": arrows,
            "notes": picture.notes,
        }
        return {"view": view, "box_of": box_of}

    def _level(self) -> str:
        """The level at which a folded view stands."""
        return self.level if self.level != "auto" else "layers" if self._whole.parts else "auto"

    def _enter(self, title: str, nodes: set[int]) -> None:
        """Go into a view of some nodes alone."""
        self.within.append((title, nodes))
        self._turn()

    def _turn(self) -> None:
        """Show the innermost view, folded."""
        kept = self.within[-1][1] if self.within else None
        self._folder = self._whole if kept is None else Folder(self.graph, kept, groups=self.groups)
        self.opened = []
        self._fold, picture = self._chosen()
        self.picture = self._folded() if picture is None else picture
        if kept is not None and len(self.picture.boxes) == 1 < len(kept):
            self._part(sorted(kept))

    def _part(self, kept: list[int]) -> None:
        """Part what is one box: by opening it, or in runs where that does not fit or all in it is alike."""
        self.opened = [self.picture.boxes[0].name]
        try:
            picture = self._folded()
        except ValueError:  # no fold of that name
            picture = self.picture
        if len(picture.boxes) > 1 and fits_screens(picture):
            self.picture = picture
            return
        items = [(str(i + 1), [i]) for i in kept]
        if len(picture.boxes) > 1:
            items = [(box.name or str(box.result + 1), box.members) for box in picture.boxes]
        self._fold, self.opened = "runs", []
        for most in RUNS:
            self.picture = assemble(self.graph, _runs(len(self.graph.nodes), items, most))
            if fits_screens(self.picture):
                break

    def _chosen(self) -> tuple[str, Picture | None]:
        """The level of ``viz.graphs.folding`` at which the innermost view is folded, and its picture if that
        was made already."""
        inside = bool(self.within)
        count = len(self.within[-1][1]) if inside else len(self.graph.nodes)
        if count <= MOST_SCALARS and not inside and self.level == "scalars":
            return "operators", None
        if count <= MOST_BOXES and (inside or self.level == "auto"):
            picture = self._folder.fold("operators", max_nodes=None)
            if fits_screens(picture):
                return "operators", picture
        if not inside and self._whole.parts and self._level() in ("layers", "neurons"):
            several = len(self._whole.parts) > 1
            name = "layers" if several and self._level() == "layers" else "neurons"
            picture = self._whole.fold(name, max_nodes=MOST_BOXES)
            if sum(len(box.members) for box in picture.boxes) == count:
                return name, None if self.level == "loss" else picture
        return "auto", None

    def _folded(self) -> Picture:
        if self.level == "loss" and not self.within:
            (root,), nodes = self.graph.roots, self.graph.nodes
            return assemble(self.graph, Folding([root] * len(nodes), {root: ("part", "loss")}))
        most = None if self._fold == "operators" else MOST_BOXES
        return self._folder.fold(self._fold, max_nodes=most, expand=self.opened, screens="LR")


def _runs(count: int, items: list[tuple[str, list[int]]], most: int) -> Folding:
    """Nodes or boxes, given by names and members, so many to a box that there are few of these."""
    owner, kinds = [-1] * count, dict[int, tuple[Kind, str]]()
    size = -(-len(items) // most)
    for start in range(0, len(items), size):
        run = items[start : start + size]
        members = sorted(i for _, nodes in run for i in nodes)
        for i in members:
            owner[i] = members[-1]
        (first, _), (last, _) = run[0], run[-1]
        stem = first.rpartition(".")[0] + "."
        name = first if first == last else f"{first}–{last.removeprefix(stem)}"
        if len(members) > 1:
            kinds[members[-1]] = ("part", f"nodes {name}" if name[0].isdigit() else name)
    return Folding(owner, kinds)


def _holds_all(picture: Picture, nodes: Any) -> bool:
    """Whether a picture leaves none of some nodes out."""
    held = {i for box in picture.boxes for i in box.members}
    return all(i in held for i in nodes)
