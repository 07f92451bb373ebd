"""Finds which operations read a choice's outcome, by runs in which it comes out otherwise.

A Value that a choice passes on, as ``x`` of ``x if x > 0 else 0``, looks the same to whoever reads it as one
that was read directly. So the function runs again with other outcomes: who reads the choice reads something
else then. Each reader has candidates, which such runs leave or rule out. A run that agrees with none of them
shows that the decision changes more than a number, and then nothing is merged.

Glossary: the *base* is the run that the others are held against; its choices all give Values. A *reader* is
an operand of a node, a side of a comparison or a part of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.jit.choices.arms import MIRRORED, Fork, Path
from engine.jit.choices.parts import leaves, same_leaf, same_side
from engine.jit.choices.picks import Pick
from engine.jit.choices.runs import Choice, UnlikeError
from engine.jit.choices.stretches import LONG, Nodes, Side
from engine.jit.trace.decisions import COMPARISONS
from engine.node.backend import Value

__all__ = ["DIRECT", "Base", "Event", "Kind", "Narrowing", "Run"]

DIRECT = -1
"""The candidate that a Value is read directly, not through a choice; others are numbers of choices."""

Candidates = tuple[int, ...]


class Kind(Enum):
    """What an event is."""

    NODE = auto()
    """A node was made."""
    NODES = auto()
    """Many were."""
    ASKS = auto()
    """A choice began: it reads the sides of its comparisons."""
    GIVES = auto()
    """It ended: it reads what its outcomes give."""
    PICKS = auto()
    """An item of a container was picked: it reads the index and the container."""
    DECIDES = auto()
    """Another decision."""
    RETURNS = auto()
    """The function returned: it reads the parts of its result."""


class Event(NamedTuple):
    """What a run did.

    Attributes:
        kind: see :class:`Kind`.
        form: what events of other runs have in common with it: the row of a node, comparisons.
        read: what it reads, in order.
        of: the node, choice, pick or decision; of many nodes which of all they are.
        choice: the number of the choice that it is, or that a node was made for; of a pick that of the first
            part that it gives; else -1.
        path: to the outcome that the node was made for.
    """

    kind: Kind
    form: Any
    read: Sequence[Any]
    of: Any = None
    choice: int = -1
    path: Path = ()

    def turned(self) -> Event:
        """The same choice, its first comparison from the other side: as Python asks beside a number."""
        left, right, *rest = self.read
        return self._replace(form=(MIRRORED[self.form[0]], *self.form[1:]), read=[right, left, *rest])


class Run:
    """What a run made and decided, in order.

    Attributes:
        events: see :class:`Event`; without the nodes that Python made for choices, which were made beside
            it, too, for all outcomes.
        results: of each choice what it gave, and of picks each part.
        output: what the function returned.
        inputs: the places of its arguments by their ids.
    """

    def __init__(self, output: Any, recorder: Any) -> None:
        self.output, self.recorder = output, recorder
        self.nodes: list[Value] = recorder.nodes
        self.inputs = {id(value): i for i, value in enumerate(recorder.held)}
        leaf_nodes = (self.nodes[i] for i in np.flatnonzero(self.arrays.counts == 0).tolist())
        self.constants = {
            id(x): x._data for x in leaf_nodes if id(x) not in self.inputs
        }  # what the function made of numbers
        self.twins: dict[int, Value] = {}  # nodes made beside Python, for those that it made
        self.results: list[Any] = []
        self.events = list(self._ordered())

    def _ordered(self) -> Iterator[Event]:
        at = 0
        for position, what in self.recorder.log:
            yield from self._plain(at, position)
            at = position
            if isinstance(what, Pick):
                yield Event(Kind.PICKS, what.form, what.read, what, len(self.results))
                self.results += what.given
                continue
            if not isinstance(what, Choice):
                yield Event(Kind.DECIDES, what.how, [what.node, what.other], what)
                continue
            number = len(self.results)
            yield Event(Kind.ASKS, what.form, what.sides, what, number)
            of_path = {k: path for path, leaf in what.leaves.items() for k in range(leaf.first, leaf.last)}
            for k in range(what.before, what.after):
                node = self.nodes[k]
                if node._children:
                    yield Event(Kind.NODE, node._row, node._children, node, number, of_path[k])
            self.results.append(self._given_by(what))
            yield Event(Kind.GIVES, None, [leaf.value for leaf in what.leaves.values()], what, number)
            at = what.after + what.length
        yield from self._plain(at, len(self.nodes))
        yield Event(Kind.RETURNS, None, leaves(self.output))

    def _plain(self, first: int, last: int) -> Iterator[Event]:
        if last - first >= LONG:
            yield Event(Kind.NODES, None, (), range(first, last))
        else:
            yield from self.each(range(first, last))

    def each(self, stretch: range) -> Iterator[Event]:
        """The nodes of a stretch one by one."""
        for node in self.nodes[stretch.start : stretch.stop]:
            if node._children:
                yield Event(Kind.NODE, node._row, node._children, node)

    @cached_property
    def own(self) -> dict[int, int]:
        """The places of the nodes that it made, by their ids."""
        return {id(node): i for i, node in enumerate(self.nodes)}

    @cached_property
    def arrays(self) -> Nodes:
        """All nodes."""
        return Nodes(self.nodes)

    def _given_by(self, choice: Choice) -> Any:
        """What Python got; the nodes made beside it must have twins among Python's own."""
        leaf, start = choice.leaf, choice.after
        if start + choice.length > len(self.nodes):
            raise UnlikeError
        for k in range(choice.length):
            mine, own = self.nodes[leaf.first + k], self.nodes[start + k]
            alike = mine._row is own._row and len(mine._children) == len(own._children)
            pairs = zip(mine._children, own._children, strict=True) if alike else ()
            if not alike or not all(self._twins(*pair) for pair in pairs):
                raise UnlikeError
            self.twins[id(mine)] = own
        if isinstance(leaf.value, Value):
            return self.twins.get(id(leaf.value), leaf.value)
        return leaf.value

    def _twins(self, mine: Value, own: Value) -> bool:
        if self.twins.get(id(mine), mine) is own:
            return True
        constants = self.constants
        return id(mine) in constants and same_side(constants[id(mine)], constants.get(id(own)))


class Base(Run):
    """The run that others are held against.

    Attributes:
        candidates: of each reader that may read a choice: by the number of the event and the place in it.
            The number of a node in a stretch is ``~place`` of it among all.
    """

    def __init__(self, output: Any, recorder: Any) -> None:
        super().__init__(output, recorder)
        self.candidates: dict[tuple[int, int], Candidates] = {}
        self.groups: dict[int, list[int]] = {}  # choices by the id of what they gave
        self.reading: set[int] = set()  # the numbers of the events that may read choices
        self.by_picks: set[int] = set()  # those of groups that are parts of what was picked
        self._made_for = set(map(id, self.twins.values()))
        for number, event in enumerate(self.events):
            self._look(number, event.read)
            if event.kind is Kind.NODES:
                for k in self.arrays.reading(event.of, self.groups):
                    self._look(~k, self.nodes[k]._children)
            elif event.kind is Kind.GIVES:
                given = self.results[event.choice]
                if id(given) in self.groups or any(x is not given for x in event.read):
                    self.groups.setdefault(id(given), []).append(event.choice)  # else it is read directly
            elif event.kind is Kind.PICKS:
                for i, given in enumerate(event.of.given, event.choice):
                    self.groups.setdefault(id(given), []).append(i)
                    self.by_picks.add(i)

    def _look(self, number: int, read: Sequence[Any]) -> None:
        """Note the candidates of an event."""
        for place, x in enumerate(read):
            through = self.groups.get(id(x))
            if through is not None:
                self.candidates[number, place] = (*([] if id(x) in self._made_for else [DIRECT]), *through)
                self.reading.add(number)

    @property
    def most(self) -> int:
        """How many choices give the same Value, at most."""
        return max((sum(i not in self.by_picks for i in group) for group in self.groups.values()), default=0)


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
