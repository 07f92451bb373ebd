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
from dataclasses import dataclass, replace
from functools import cached_property

from engine.graph.groups import Groups, parts_by_level
from engine.graph.walks import Trace
from viz.graphs.boxes import Picture, assemble
from viz.graphs.cells import fold_names, requested_steps, same_name, steps_name
from viz.graphs.extent import extent, few_enough, fits_screens, nearest
from viz.graphs.grouping import Folding, fold_alike, fold_parts, fold_sums, unfold
from viz.graphs.steps import PARTS, find_loops, steps_named
from viz.graphs.stretches import fold_stretches
from viz.labels import Words

__all__ = ["FOLDS", "Folder", "fold"]

FOLDS = ("auto", "none", "operators", "sums", "neurons", "layers", "alike", "steps")
"""Values of the argument ``fold``."""

OPENED = 1500
"""Nodes that are drawn where folds were opened by name, if that is more than the limit of the picture."""


MERGED = 20_000
"""Boxes from which stretches are merged at most."""


@dataclass(frozen=True)
class _Level:
    """A way to fold: its name, what is merged besides, what is opened unasked, and in how many parts steps
    open."""

    name: str
    alike: bool = False
    stretches: bool = False
    opened: tuple[str, ...] = ()
    parts: int = PARTS[0]


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


def _first_that_fits(maker: Folder, max_nodes: int | None, screens: str | None) -> tuple[_Level, Picture]:
    """The first level that fits; else the smallest picture of those of few enough nodes; else the last."""
    second: tuple[tuple[bool, float], _Level, Picture] | None = None
    last, folding = _Level("none"), Folding(maker.each)
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


class Folder:
    """Makes the foldings of a graph; what several of them need is found once.

    Args:
        graph, kept, groups, focus, words: as for :func:`fold`.
    """

    def __init__(
        self,
        graph: Trace,
        kept: set[int] | None = None,
        *,
        groups: Groups | None = None,
        focus: int | None = None,
        words: Words | None = None,
    ) -> None:
        self.graph, self.groups, self.words, self.focus = graph, groups, words or Words(), focus
        self._alike: dict[tuple[str, tuple[str, ...], int | None], Folding | None] = {}
        self.each = [i if kept is None or i in kept else -1 for i in range(len(graph.nodes))]
        self.apart = {*graph.roots} if focus is None else {*graph.roots, focus}

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
        self, level: _Level, names: Sequence[str], max_nodes: int | None, screens: str | None
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

    def _finer(self, level: _Level) -> Iterator[_Level]:
        """Ways to fold what stands around folds that are opened, and in them, the gentlest first."""
        steps = level.name == "steps"
        for merged in ((level.alike, level.stretches), (True, level.stretches), (True, True)):
            for parts in PARTS if steps else PARTS[:1]:
                for opened in dict.fromkeys((level.opened, ())):
                    yield replace(level, alike=merged[0], stretches=merged[1], parts=parts, opened=opened)

    @cached_property
    def parts(self) -> list[list[str | None]]:
        return parts_by_level(self.graph, self.groups)

    @cached_property
    def loops(self) -> list[list[list[int]]]:
        return [loop.steps for loop in find_loops(self.graph)]

    @cached_property
    def sums(self) -> Folding:
        return fold_sums(self.graph, self.each, self.apart)

    def levels(self) -> Iterator[_Level]:
        """All ways to fold, from the finest to the coarsest; what one needs is found when its turn comes."""
        yield from (_Level("none"), _Level("operators"), _Level("sums"))
        for index in range(len(self.parts)):
            name = "layers" if index else "neurons"
            yield from (_Level(name), _Level(name, alike=True))
        yield _Level("alike", alike=True)
        if self.focus is not None:
            return
        if self.loops:
            first = tuple(steps_name(1, 1, k, self.words) for k in range(len(self.loops)))
            yield from (_Level("steps", opened=first), _Level("steps"), _Level("steps", alike=True))
            yield _Level("steps", alike=True, stretches=True)
        yield _Level("alike", alike=True, stretches=True)

    def level(self, name: str) -> _Level:
        """The level of a name."""
        if name in ("neurons", "layers") and len(self.parts) <= (name == "layers"):
            raise ValueError(
                f"fold={name!r} needs the names of the parameters: groups=dict(model.named_parameters())"
            )
        if name == "steps" and not self.loops:
            raise ValueError("fold='steps' needs steps that repeat, and nothing repeats in this graph")
        return _Level(name, alike=name == "alike")

    def folding(self, level: _Level, opened: Sequence[str] = (), limit: int | None = None) -> Folding | None:
        """The folding of a level with some folds opened; None where more boxes than the limit are left."""
        if level.name in ("none", "operators"):
            return Folding(self.each, note="" if level.name == "none" else "operators")
        opened = [*level.opened, *opened]
        if level.name == "steps":
            part = self._steps(opened, level.parts)
            folding = fold_parts(self.graph, self.each, self.apart, part, "repeated steps")
        elif level.name in ("neurons", "layers"):
            part = self._parts(len(self.parts) - 1 if level.name == "layers" else 0, opened)
            folding = fold_parts(self.graph, self.each, self.apart, part, level.name)
        else:
            folding = self.sums
        if level.alike:
            most = None if limit is None else max(limit, MERGED)
            key = level.name, (*opened, str(level.parts)), most
            if key not in self._alike:
                self._alike[key] = fold_alike(self.graph, folding, self.apart, most)
            alike = self._alike[key]
            if alike is None or not level.stretches:
                return None if alike is not None and limit is not None and alike.size > limit else alike
            folding = fold_stretches(self.graph, alike, self.apart, self.words("stretch {number}"))
        return folding

    def picture(self, level: _Level, opened: Sequence[str]) -> Picture:
        """The picture of a level with some folds opened.

        Raises:
            ValueError: there is no fold of such a name.
        """
        folding = self.folding(level, opened)
        assert folding is not None
        finer = [self.folding(replace(level, stretches=False), opened)] if level.stretches else []
        finer += [self.folding(replace(level, stretches=False, alike=False), opened)] if level.alike else []
        found = self._named_parts(opened)
        while True:  # what a fold held may be a fold that is to be opened, too
            names = fold_names(self.graph, folding, self.words)
            wanted = {owner for owner, name in names.items() if name in opened}
            if not wanted:
                break
            found |= {names[owner] for owner in wanted}
            folding = unfold(folding, wanted, [each for each in finer if each is not None])
        if missing := [name for name in opened if name not in found]:
            there = ", ".join(repr(name) for name in list(names.values())[:12]) or "none"
            raise ValueError(f"expand= names {missing[0]!r}, and there is no such fold; folds are {there}")
        return self.assembled(folding, level)

    def assembled(self, folding: Folding, level: _Level) -> Picture:
        names = fold_names(self.graph, folding, self.words)
        named = replace(folding, kinds={i: (folding.kinds[i][0], name) for i, name in names.items()})
        return assemble(self.graph, named, separate=level.name == "none", words=self.words, parts=self.parts)

    def _named_parts(self, opened: Sequence[str]) -> set[str]:
        found = {name for name in opened if any(name in part for part in self.parts)}
        for k, steps in enumerate(self.loops if opened else ()):
            for first, last in requested_steps(opened, k, self.words):
                if 1 <= first <= last <= len(steps):
                    found.add(steps_name(first, last, k, self.words))
        return found

    def _parts(self, level: int, opened: Sequence[str]) -> list[str | None]:
        """The part each node is drawn in: the largest that is not opened, where it holds none that is."""
        if not opened:
            return self.parts[level]
        is_open = {*opened}
        for finer in range(level):
            for coarser in range(finer + 1, level + 1):
                pairs = zip(self.parts[finer], self.parts[coarser], strict=True)
                is_open.update(above for name, above in pairs if above and above != name and name in is_open)
        drawn: list[str | None] = [None] * len(self.each)
        for i in range(len(drawn)):
            for part in self.parts[level::-1]:
                name = part[i]
                if name and name not in is_open:
                    drawn[i] = name
                    break
        return drawn

    def _steps(self, opened: Sequence[str], parts: int) -> list[str | None]:
        """The stretch of steps each node is drawn in."""
        drawn: list[str | None] = [None] * len(self.each)
        for k, steps in enumerate(self.loops):
            if all(self.each[i] < 0 for step in steps for i in step):
                continue
            requested = requested_steps(opened, k, self.words)
            kept = [at for at, step in enumerate(steps, 1) if any(self.each[i] >= 0 for i in step)]
            for first, last, is_open in steps_named(len(steps), requested, parts):
                if not (first <= kept[-1] and kept[0] <= last):
                    continue
                first, last = max(first, kept[0]), min(last, kept[-1])
                name = None if is_open else steps_name(first, last, k, self.words)
                for step in steps[first - 1 : last]:
                    for i in step:
                        drawn[i] = name
        return drawn
