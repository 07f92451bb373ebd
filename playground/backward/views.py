"""Which boxes are drawn: from the loss as one box down to scalars, folded as ``viz`` folds, opened by name.

A folded box is opened by the name that ``viz.graphs.fold`` gives it: in its place, or, where too many boxes
would come of it, as a view of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.graph.groups import Groups
from engine.graph.walks import Trace
from playground.backward.made import ProgramError
from viz.graphs.boxes import Box, Picture, assemble
from viz.graphs.fold import Folder
from viz.graphs.grouping import Folding

__all__ = ["LEVELS", "View"]

LEVELS = ("loss", "layers", "neurons", "scalars")

MOST_BOXES = 150
"""Boxes beyond which a view is folded."""

MOST_SCALARS = 400
"""Boxes that are drawn where all scalars were asked for, or where boxes were opened in their place."""

LISTED = 2000
"""Members of a box beyond which the page is told its results alone."""


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

    def __post_init__(self) -> None:
        self._folder = self._whole = Folder(self.graph, groups=self.groups)
        self.picture = self._folded()

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
        if self._is_everything(chosen):
            self.level = "layers" if self._whole.parts else "auto"
        else:
            self.opened.append(chosen.name)
            picture = self._folded()
            if _holds_all(picture, chosen.members) and len(picture.boxes) <= MOST_SCALARS:
                self.picture = picture
                return
            self._enter(self.title(box), set(chosen.members))
            return
        self.picture = self._folded()

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
                "nodes": box.members if len(box.members) <= LISTED else box.results[:1],
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

    def _is_everything(self, box: Box) -> bool:
        return self.level == "loss" and not self.within and len(box.members) == len(self.graph.nodes)

    def _enter(self, title: str, nodes: set[int]) -> None:
        """Go into a view of some nodes alone."""
        self.within.append((title, nodes))
        self._turn()

    def _turn(self) -> None:
        """Show the innermost view, folded."""
        kept = self.within[-1][1] if self.within else None
        self._folder = self._whole if kept is None else Folder(self.graph, kept, groups=self.groups)
        self.opened = []
        self.picture = self._folded()

    def _folded(self) -> Picture:
        graph, inside = self.graph, bool(self.within)
        count = len(self.within[-1][1]) if inside else len(graph.nodes)
        if self.level == "loss" and not inside:
            root = graph.roots[0]
            return assemble(graph, Folding([root] * count, {root: ("part", "loss")}, note="everything"))
        scalars = self.level == "scalars" or inside
        if count <= (MOST_SCALARS if scalars else MOST_BOXES if self.level == "auto" else 0):
            return self._folder.fold("operators", max_nodes=None)
        level = self._level()
        if not inside and self._whole.parts and level in ("layers", "neurons"):
            coarse = level == "layers" and len(self._whole.parts) > 1
            name = "layers" if coarse else "neurons"
            picture = self._folder.fold(name, max_nodes=MOST_BOXES, expand=self.opened)
            if self.opened or _holds_all(picture, range(count)):
                return picture
        return self._folder.fold(max_nodes=MOST_BOXES, expand=self.opened)


def _holds_all(picture: Picture, nodes: Any) -> bool:
    """Whether a picture leaves none of some nodes out."""
    held = {i for box in picture.boxes for i in box.members}
    return all(i in held for i in nodes)
