"""Finds which operations read a choice's outcome, by runs in which it comes out otherwise.

A Value that a choice passes on, as ``x`` of ``x if x > 0 else 0``, looks the same to whoever reads it as one
that was read directly. So the function runs again with other outcomes: who reads the choice reads something
else then. Each reader has candidates, which such runs leave or rule out. A run that agrees with none of them
shows that the decision changes more than a number, and then nothing is merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from engine.jit.choices.arms import Fork, Path
from engine.jit.choices.parts import same_leaf
from engine.jit.choices.paths import DIRECT, Base, Candidates, Event, Kind, Run
from engine.jit.choices.runs import Choice, UnlikeError
from engine.jit.choices.stretches import Side
from engine.jit.trace.decisions import COMPARISONS
from engine.node.backend import Value

__all__ = ["Narrowing"]


class Narrowing:
    """Goes through a base and another run side by side, and rules out candidates that disagree."""

    def __init__(self, base: Base, run: Run) -> None:
        self.base, self.run = base, run
        # what stands in the run for a node of the base: a Value or a number
        self.image: dict[int, Any] = dict(base.constants)
        self.image |= zip(base.inputs, run.recorder.held, strict=True)
        self.given: list[Any] = []  # the same for what choices give
        self.folded: dict[int, Path] = {}  # choices that are by plain numbers in the run, and their outcomes
        self.found: dict[tuple[int, int], Candidates] = {}
        self.asked: dict[int, Candidates] = {}  # those of the sides of a folded choice, by what was read
        self.at = 0

    def walk(self) -> None:
        """Leave the base the candidates that agree.

        Raises:
            UnlikeError: a reader has none left, or the runs differ in something else.
        """
        for number, event in enumerate(self.base.events):
            if event.kind is Kind.NODES:
                if not self._gone_past_all(event.of):
                    for each in self.base.each(event.of):
                        self._walk_on(~self.base.own[id(each.of)], each)
            else:
                self._walk_on(number, event)
        for key in self.base.candidates:
            self.base.candidates[key] = self.found.get(key, self.base.candidates[key])

    def _walk_on(self, number: int, event: Event) -> None:
        """Go past the next event of the base."""
        folded = self.folded.get(event.choice)
        if event.kind is Kind.NODE:
            if folded is None or event.path == folded:
                there = self._gone_past(number, event)
                self.image[id(event.of)] = there.of if there else self._computed(number, event)
            return
        if event.kind is Kind.GIVES and folded is not None:
            place = list(event.of.leaves).index(folded)
            self.given.append(self._given_plainly((number, place), event.read[place]))
            return
        there = self._gone_past(number, event)
        if event.kind is Kind.ASKS and not there:
            self.folded[event.choice] = self._decided_plainly(number, event.of)
        elif not there:
            raise UnlikeError
        elif event.kind is Kind.PICKS:
            self.given += there.of.given
        elif event.kind is Kind.GIVES:
            self.given.append(self.run.results[there.choice])

    @cached_property
    def _side(self) -> Side:
        return Side(self.base.arrays, self.run.arrays)

    def _gone_past_all(self, stretch: range) -> bool:
        """Whether the run goes on with the same nodes; if so, go past them."""
        there = self.run.events[self.at] if self.at < len(self.run.events) else None
        if there is None or there.kind is not Kind.NODES:
            return False
        others = self._side.alike(stretch, there.of)
        if others is None:
            return False
        shift = there.of.start - stretch.start
        reading = [~n for n in self.base.reading if n < 0 and ~n in stretch]
        for k in {*others, *reading}:
            if not self._agree(~k, self.base.nodes[k]._children, self.run.nodes[k + shift]._children):
                return False
        self.at += 1
        return True

    def _gone_past(self, number: int, event: Event) -> Event | None:
        """The next event of the run, if it is this one of the base; else None."""
        events, at = self.run.events, self.at
        if at < len(events) and events[at].kind is Kind.NODES:
            events[at : at + 1] = self.run.each(events[at].of)
        there = events[at] if at < len(events) else None
        if there is None or there.kind is not event.kind:
            return None
        for each in (there, there.turned()) if event.kind is Kind.ASKS else (there,):
            if each.form == event.form and self._agree(number, event.read, each.read):
                self.at += 1
                return there
        return None

    def _images(self, key: tuple[int, int], x: Any) -> list[tuple[int, Any]]:
        """What may stand in the run for what a reader reads, by candidates."""
        candidates = self.found.get(key) or self.base.candidates.get(key) or (DIRECT,)
        return [(each, self._direct(x) if each == DIRECT else self.given[each]) for each in candidates]

    def _direct(self, x: Any) -> Any:
        if id(x) in self.image:
            return self.image[id(x)]
        if id(x) not in self.base.own:
            return x
        there = self._beside(x)
        if there is None:
            raise UnlikeError
        return there

    def _beside(self, x: Any) -> Value | None:
        """The node of a stretch of the run that stands for one of the base."""
        place = self.base.own.get(id(x))
        at = -1 if place is None else int(self._side.image[place])
        return self.run.nodes[at] if at >= 0 else None

    def _fit(self, key: tuple[int, int], x: Any, there: Any) -> Candidates:
        """The candidates that agree with what a reader reads in the run."""
        there = self.run.constants.get(id(there), there)
        return tuple(each for each, image in self._images(key, x) if same_leaf(image, there))

    def _agree(self, number: int, mine: Sequence[Any], theirs: Sequence[Any]) -> bool:
        """Whether all readers of an event agree with some candidate; those that do not are ruled out."""
        if len(mine) != len(theirs):
            return False
        if number not in self.base.reading:  # as most are
            image, constants = self.image, self.run.constants
            for x, y in zip(mine, theirs, strict=True):
                there = image[id(x)] if id(x) in image else self._beside(x)
                there = x if there is None else there
                if there is not y and not same_leaf(there, constants.get(id(y), y)):
                    return False
            return True
        fits = [self._fit((number, i), x, y) for i, (x, y) in enumerate(zip(mine, theirs, strict=True))]
        if all(fits):
            self.found.update({(number, i): fit for i, fit in enumerate(fits)})
        return all(fits)

    def _plainly(self, number: int, place: int, x: Any) -> Any:
        """The plain number that a reader reads in the run."""
        plain = [(c, y) for c, y in self._images((number, place), x) if not isinstance(y, Value)]
        if not plain or not all(same_leaf(y, plain[0][1]) for _, y in plain):
            raise UnlikeError
        self.found[number, place] = tuple(c for c, _ in plain)
        self.asked[id(x)] = self.found[number, place]
        return plain[0][1]

    def _computed(self, number: int, event: Event) -> float:
        """What Python computed of plain numbers in the place of a node."""
        numbers = [float(self._plainly(number, i, x)) for i, x in enumerate(event.read)]
        row = event.form
        return row.forward(numbers) if row.arity is None else row.forward(*numbers)  # type: ignore[no-any-return]

    def _decided_plainly(self, number: int, choice: Choice) -> Path:
        """The path of a choice that Python decided by plain numbers, and told nobody."""
        self.asked.clear()
        tree, path = choice.tree, Path()
        while isinstance(tree, Fork):
            at = 2 * choice.forks.index(tree)
            left, right = self._plainly(number, at, tree.left), self._plainly(number, at + 1, tree.right)
            truth = COMPARISONS[tree.symbol](left, right)
            tree, path = tree.yes if truth else tree.no, (*path, truth)
        return path

    def _given_plainly(self, key: tuple[int, int], x: Any) -> Any:
        """What a choice gives that Python made by plain numbers."""
        images = self._images(key, x)
        if any(y is not images[0][1] for _, y in images):  # it is what was compared, and came the same way
            among = self.asked.get(id(x), ())
            images = [(c, y) for c, y in images if c in among]
            self.found[key] = tuple(c for c, _ in images)
        if not images or any(y is not images[0][1] for _, y in images):
            raise UnlikeError
        return images[0][1]
