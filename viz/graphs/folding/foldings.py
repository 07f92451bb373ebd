"""The ways to fold a graph, from the finest to the coarsest, and the folding that each of them gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.graph.groups import Groups, parts_by_level
from engine.graph.walks import Trace
from viz.graphs.folding.boxes import Picture, assemble
from viz.graphs.folding.grouping import Folding, fold_alike, fold_parts, fold_sums, unfold
from viz.graphs.folding.names import fold_names, requested_steps, steps_name
from viz.graphs.folding.steps import PARTS, find_loops, steps_named
from viz.graphs.folding.stretches import fold_stretches
from viz.labels import Words

__all__ = ["Foldings", "Level"]

MERGED = 20_000
"""Boxes from which stretches are merged at most."""


@dataclass(frozen=True)
class Level:
    """A way to fold: its name, what is merged besides, what is opened unasked, and in how many parts steps
    open."""

    name: str
    alike: bool = False
    stretches: bool = False
    opened: tuple[str, ...] = ()
    parts: int = PARTS[0]


class Foldings:
    """Makes the foldings of a graph; what several of them need is found once.

    Args:
        graph, kept, groups, focus, words: as for :func:`viz.graphs.folding.fold.fold`.
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

    @cached_property
    def parts(self) -> list[list[str | None]]:
        return parts_by_level(self.graph, self.groups)

    @cached_property
    def loops(self) -> list[list[list[int]]]:
        return [loop.steps for loop in find_loops(self.graph)]

    @cached_property
    def sums(self) -> Folding:
        return fold_sums(self.graph, self.each, self.apart)

    def levels(self) -> Iterator[Level]:
        """All ways to fold, from the finest to the coarsest; what one needs is found when its turn comes."""
        yield from (Level("none"), Level("operators"), Level("sums"))
        for index in range(len(self.parts)):
            name = "layers" if index else "neurons"
            yield from (Level(name), Level(name, alike=True))
        yield Level("alike", alike=True)
        if self.focus is not None:
            return
        if self.loops:
            first = tuple(steps_name(1, 1, k, self.words) for k in range(len(self.loops)))
            yield from (Level("steps", opened=first), Level("steps"), Level("steps", alike=True))
            yield Level("steps", alike=True, stretches=True)
        yield Level("alike", alike=True, stretches=True)

    def level(self, name: str) -> Level:
        """The level of a name."""
        if name in ("neurons", "layers") and len(self.parts) <= (name == "layers"):
            raise ValueError(
                f"fold={name!r} needs the names of the parameters: groups=dict(model.named_parameters())"
            )
        if name == "steps" and not self.loops:
            raise ValueError("fold='steps' needs steps that repeat, and nothing repeats in this graph")
        return Level(name, alike=name == "alike")

    def folding(self, level: Level, opened: Sequence[str] = (), limit: int | None = None) -> Folding | None:
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

    def picture(self, level: Level, opened: Sequence[str]) -> Picture:
        """The picture of a level with some folds opened.

        Raises:
            ValueError: there is no fold of such a name.
        """
        folding = self.folding(level, opened)
        assert folding is not None
        finer = [self.folding(replace(level, stretches=False), opened)] if level.stretches else []
        finer += [self.folding(replace(level, stretches=False, alike=False), opened)] if level.alike else []
        found = self._named_parts(opened)
        used: Counter[str] = Counter()
        names = fold_names(self.graph, folding, self.words, used)
        # What a fold held may be a fold that is to be opened, too; the others keep their names.
        while wanted := {owner for owner, name in names.items() if name in opened}:
            found |= {names.pop(owner) for owner in wanted}
            folding = unfold(folding, wanted, [each for each in finer if each is not None])
            names = fold_names(self.graph, folding, self.words, used, names)
        if missing := [name for name in opened if name not in found]:
            there = ", ".join(repr(name) for name in list(names.values())[:12]) or "none"
            raise ValueError(f"expand= names {missing[0]!r}, and there is no such fold; folds are {there}")
        return self.assembled(folding, level, names)

    def assembled(self, folding: Folding, level: Level, names: dict[int, str] | None = None) -> Picture:
        names = fold_names(self.graph, folding, self.words) if names is None else names
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
