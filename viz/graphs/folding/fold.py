"""Fold a graph that is too large to read, step by step, until it fits a screen.

In this order: operators into the nodes they made; sums of many terms into one box; the neurons, then the
layers, of networks whose parameters have dotted names (``graph/groups.py``), each also with one box for nodes
outside of them that are all alike; what is alike anywhere, which turns a network without names into its
layers and a batch into one sample; steps that repeat in time; stretches where nothing branches off. Of a
graph that is still too large, the part nearest to the root is drawn. The time of a layered layout grows with
the nodes, the arrows and the ranks that arrows cross; all three are bounded here. Any fold can be opened by
its name; what was inside it folds again, so that the picture still fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.graph.groups import Groups
from engine.graph.walks import Trace
from viz.graphs.folding.boxes import Picture
from viz.graphs.folding.extent import extent, few_enough, fits_screens, nearest
from viz.graphs.folding.foldings import Foldings, Level
from viz.graphs.folding.grouping import Folding
from viz.graphs.folding.names import same_name
from viz.graphs.folding.steps import PARTS
from viz.labels import Words

__all__ = ["FOLDS", "Folder", "fold"]

FOLDS = ("auto", "none", "operators", "sums", "neurons", "layers", "alike", "steps")
"""Values of the argument ``fold``."""

OPENED = 1500
"""Nodes that are drawn where folds were opened by name, if that is more than the limit of the picture."""


def fold(
    graph: Trace,
    kept: set[int] | None = None,
    *,
    level: str = "auto",
    groups: Groups | None = None,
    max_nodes: int | None = 1500,
    focus: int | None = None,
    expand: Sequence[str] = (),
    words: Words | None = None,
    screens: str | None = None,
) -> Picture:
    """The least folded picture that fits, or that of a given level.

    Args:
        graph: what to draw.
        kept: positions of the nodes to draw; None for all.
        level: one of :data:`FOLDS`; "auto" for the first that fits.
        groups: names of the parts of a network, see ``engine/graph/groups.py``.
        max_nodes: how many nodes the layout may be given; None for any number.
        focus: position of the node around which to draw what still does not fit; below the roots otherwise.
        expand: names of folds that are to be opened.
        words: the words of the picture, from which names of folds are made.
        screens: the direction of a picture that is to fit two screens as well; None where its size is free.

    Raises:
        ValueError: the level is not one of these, or asks for parts where no leaf has a dotted name, or for
            steps where nothing repeats; or there is no fold of a name to be opened.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> x = Value(2.0)
    >>> len(fold(trace(x + x + x + x), level="sums").boxes)
    2
    """
    return Folder(graph, kept, groups=groups, focus=focus, words=words).fold(
        level, max_nodes=max_nodes, expand=expand, screens=screens
    )


def _first_that_fits(maker: Folder, max_nodes: int | None, screens: str | None) -> tuple[Level, Picture]:
    """The first level that fits; else the smallest picture of those of few enough nodes; else the last."""
    second: tuple[tuple[bool, float], Level, Picture] | None = None
    last, folding = Level("none"), Folding(maker.each)
    for level in maker.levels():
        made = maker.folding(level, limit=max_nodes)
        if made is None:
            continue
        last, folding = level, made
        if max_nodes is not None and folding.size > max_nodes:
            continue
        picture = maker.assembled(folding, level)
        if not few_enough(picture, max_nodes):
            continue
        forward = picture.goes_forward
        if forward and (screens is None or max_nodes is None or fits_screens(picture, screens)):
            return level, picture
        width, height = extent(picture, screens or "LR")
        found = (not forward, width * height), level, picture
        if second is None or found[0] < second[0]:
            second = found
    if second is not None:
        return second[1:]
    return last, maker.assembled(folding, last)


class Folder(Foldings):
    """Chooses a folding of a graph that fits, and keeps what it found for the next choice.

    Args:
        graph, kept, groups, focus, words: as for :func:`fold`.
    """

    def fold(
        self,
        level: str = "auto",
        *,
        max_nodes: int | None = 1500,
        expand: Sequence[str] = (),
        screens: str | None = None,
    ) -> Picture:
        """The least folded picture that fits, or that of a given level: as :func:`fold` says."""
        if level not in FOLDS:
            raise ValueError(f"fold must be one of {', '.join(FOLDS)}; got {level!r}")
        names = [same_name(name) for name in expand]
        if level == "auto":
            chosen, picture = _first_that_fits(self, max_nodes, screens)
        else:
            chosen = self.level(level)
        if level != "auto" or names:
            picture = self.opened(chosen, names, max_nodes, screens if level == "auto" else None)
        limit = max(max_nodes, OPENED) if names and max_nodes is not None else max_nodes
        return picture if few_enough(picture, limit) else nearest(picture, limit or 1, self.focus)

    def opened(
        self, level: Level, names: Sequence[str], max_nodes: int | None, screens: str | None
    ) -> Picture:
        """The picture of a level with some folds opened: what is in them folds again until all of it fits.

        Raises:
            ValueError: there is no fold of such a name.
        """
        limit = max(max_nodes or 0, OPENED)
        smallest, refused = None, None
        for each in self._finer(level) if names else [level]:
            try:
                picture = self.picture(each, names)
            except ValueError as error:
                refused = refused or error
                continue
            width, height = extent(picture, screens or "LR")
            if picture.size <= limit and (screens is None or fits_screens(picture, screens)):
                return picture
            if smallest is None or width * height < smallest[0]:
                smallest = width * height, picture
        if smallest is None:
            raise refused or ValueError(level)
        return smallest[1]

    def _finer(self, level: Level) -> Iterator[Level]:
        """Ways to fold what stands around folds that are opened, and in them, the gentlest first."""
        parts = PARTS if level.name == "steps" else PARTS[:1]
        for count in parts:
            yield from (replace(level, parts=count, opened=each) for each in {level.opened: 0, (): 0})
        for stretches in (level.stretches, True):
            for count in parts[-2:]:
                yield replace(level, alike=True, stretches=stretches, parts=count, opened=())
