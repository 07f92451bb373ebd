"""Finds where the outcomes of choices go, from runs in which they come out otherwise.

A Value that a choice passes on, as ``x`` of ``x if x > 0 else 0``, looks the same to whoever reads it as one
that was read directly. So the function runs again with other outcomes: who reads the choice reads something
else then. Each reader has candidates, which such runs leave or rule out. A run that agrees with none of them
shows that the decision changes more than a number, and then nothing is merged.

Glossary: the *base* is the run that the others are held against; its choices all give Values. A *reader* is
an operand of a node, a side of a comparison or a part of the result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, NamedTuple

import numpy as np

from engine.jit.choices.arms import MIRRORED, Fork, Leaf, Tree, is_number
from engine.jit.choices.runs import Choice, Path, UnlikeError, leaves_of
from engine.jit.choices.runs import same as same_side
from engine.jit.trace.decisions import COMPARISONS
from engine.node.backend import Value
from engine.pytree.statics import equal_statics

__all__ = ["DIRECT", "Base", "Event", "Kind", "Run", "forks_of", "leaves", "narrowed", "read_by", "same_leaf"]

DIRECT = -1
"""The candidate that a Value is read directly, not through a choice; others are numbers of choices."""

Candidates = tuple[int, ...]


class Kind(Enum):
    """What an event is."""

    NODE = auto()
    """A node was made."""
    ASKS = auto()
    """A choice began: it reads the sides of its comparisons."""
    GIVES = auto()
    """It ended: it reads what its outcomes give."""
    DECIDES = auto()
    """Another decision."""


class Event(NamedTuple):
    """What a run did.

    Attributes:
        kind: see :class:`Kind`.
        number: of the choice or the decision; of a node that of the choice that it was made for, or -1.
        node: the node.
        path: to the outcome that the node was made for.
    """

    kind: Kind
    number: int
    node: Any = None
    path: Path = ()


class Run:
    """What a run made and decided, in order.

    Attributes:
        events: see :class:`Event`; without the nodes that Python made for choices, which were made beside
            it, too, for all outcomes.
        results: of each choice what it gave.
        output: what the function returned.
        inputs: the places of its arguments by their ids.
        own: the ids of the nodes that it made.
    """

    def __init__(self, output: Any, recorder: Any) -> None:
        self.output, self.recorder = output, recorder
        self.nodes: list[Value] = recorder.nodes
        self.inputs = {id(value): i for i, value in enumerate(recorder.held)}
        self.own = set(map(id, self.nodes))
        self.constants = {
            id(x): x._data for x in self.nodes if not x._children and id(x) not in self.inputs
        }  # what the function made of numbers
        self.twins: dict[int, Value] = {}  # nodes made beside Python, for those that it made
        self.results: list[Any] = []
        self.events = list(self._ordered())

    def _ordered(self) -> Iterator[Event]:
        others = deque((*at, i) for i, at in enumerate(self.recorder.at))
        at = 0
        for i, choice in enumerate([*self.recorder.choices, None]):
            while others and others[0][1] <= i:
                position, _, number = others.popleft()
                yield from self._plain(at, position)
                yield Event(Kind.DECIDES, number)
                at = position
            if choice is None:
                break
            yield from self._plain(at, choice.before)
            yield Event(Kind.ASKS, i)
            of_path = {k: path for path, leaf in leaves_of(choice.tree) for k in range(leaf.first, leaf.last)}
            for k in range(choice.before, choice.after):
                if self.nodes[k]._children:
                    yield Event(Kind.NODE, i, self.nodes[k], of_path[k])
            yield Event(Kind.GIVES, i)
            at = choice.after + choice.length
            self.results.append(self._given_by(choice))
        yield from self._plain(at, len(self.nodes))

    def _plain(self, first: int, last: int) -> Iterator[Event]:
        for node in self.nodes[first:last]:
            if node._children:
                yield Event(Kind.NODE, -1, node)

    def _given_by(self, choice: Choice) -> Any:
        """What Python got: what was made beside it has a twin among what it made, node by node."""
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
    """

    def __init__(self, output: Any, recorder: Any) -> None:
        super().__init__(output, recorder)
        self.candidates: dict[tuple[int, int], Candidates] = {}
        self.groups: dict[int, list[int]] = {}  # choices by the id of what they gave
        self.reading: set[int] = set()  # the numbers of the events that may read choices
        made_for = set(map(id, self.twins.values()))
        for number, event in enumerate([*self.events, None]):
            for place, x in enumerate(leaves(output) if event is None else read_by(self, event)):
                through = self.groups.get(id(x))
                if through is not None:
                    self.candidates[number, place] = (*([] if id(x) in made_for else [DIRECT]), *through)
                    self.reading.add(number)
            if event is not None and event.kind is Kind.GIVES:
                given = self.results[event.number]
                mine = read_by(self, event)
                if id(given) in self.groups or any(x is not given for x in mine):  # else it is read directly
                    self.groups.setdefault(id(given), []).append(event.number)

    def settle(self) -> dict[tuple[int, int], int]:
        """The candidate of each reader.

        Raises:
            UnlikeError: one has several.
        """
        if any(len(each) != 1 for each in self.candidates.values()):
            raise UnlikeError
        return {key: each[0] for key, each in self.candidates.items()}


def read_by(run: Run, event: Event) -> list[Any]:
    """What an event reads, in order."""
    if event.kind is Kind.NODE:
        return list(event.node._children)
    if event.kind is Kind.DECIDES:
        decision = run.recorder.made[event.number]
        return [decision.node, decision.other]
    tree = run.recorder.choices[event.number].tree
    if event.kind is Kind.ASKS:
        return [side for fork in forks_of(tree) for side in (fork.left, fork.right)]
    return [leaf.value for _, leaf in leaves_of(tree)]


def forks_of(tree: Tree) -> list[Fork]:
    """All comparisons of a tree."""
    return [] if isinstance(tree, Leaf) else [tree, *forks_of(tree.yes), *forks_of(tree.no)]


def leaves(output: Any) -> list[Any]:
    """All that stands in a result, with what it is nested in."""
    found: list[Any] = []
    waiting = [output]
    while waiting:
        item = waiting.pop()
        if isinstance(item, np.ndarray) and item.dtype == object:
            found.append((np.ndarray, item.shape))
            waiting += item.ravel().tolist()[::-1]
        elif isinstance(item, (list, tuple)):
            found.append((type(item), len(item)))
            waiting += reversed(item)
        elif isinstance(item, dict):
            found.append((type(item), tuple(item)))
            waiting += reversed(item.values())
        else:
            found.append(item)
    return found


class _Walk:
    """Goes through a base and another run side by side."""

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

    def _next(self) -> Event | None:
        return self.run.events[self.at] if self.at < len(self.run.events) else None

    def _images(self, key: tuple[int, int], x: Any) -> list[tuple[int, Any]]:
        """What may stand in the run for what a reader reads, by candidates."""
        candidates = self.found.get(key) or self.base.candidates.get(key) or (DIRECT,)
        return [(each, self._direct(x) if each == DIRECT else self.given[each]) for each in candidates]

    def _direct(self, x: Any) -> Any:
        if id(x) in self.image:
            return self.image[id(x)]
        if id(x) in self.base.own:
            raise UnlikeError
        return x

    def _fit(self, key: tuple[int, int], x: Any, there: Any) -> Candidates:
        """The candidates that agree with what a reader reads in the run."""
        there = self.run.constants.get(id(there), there)
        return tuple(each for each, image in self._images(key, x) if same_leaf(image, there))

    def _reads_directly(self, mine: Any, theirs: Any) -> bool:
        """The same as :meth:`read` of an event that may read no choice, as most do."""
        image, constants = self.image, self.run.constants
        for x, y in zip(mine, theirs, strict=False):
            there = image.get(id(x), x)
            if there is not y and not same_leaf(there, constants.get(id(y), y)):
                return False
        return len(mine) == len(theirs)

    def read(self, number: int, mine: Any, theirs: Any) -> bool:
        """Whether all readers of an event agree with some candidate; those that do not are ruled out."""
        if len(mine) != len(theirs):
            return False
        fits = [self._fit((number, i), x, y) for i, (x, y) in enumerate(zip(mine, theirs, strict=True))]
        if not all(fits):
            return False
        self.found.update({(number, i): fit for i, fit in enumerate(fits)})
        return True

    def walk(self) -> None:
        base, run = self.base, self.run
        steps = {Kind.NODE: self._node, Kind.ASKS: self._asks, Kind.GIVES: self._gives}
        for number, event in enumerate(base.events):
            steps.get(event.kind, self._decides)(number, event)
        if self.at != len(run.events):
            raise UnlikeError
        if not self.read(len(base.events), leaves(base.output), leaves(run.output)):
            raise UnlikeError
        for key in base.candidates:
            base.candidates[key] = self.found.get(key, base.candidates[key])

    def _plainly(self, number: int, place: int, x: Any) -> Any:
        """The plain number that a reader reads in the run."""
        plain = [(c, y) for c, y in self._images((number, place), x) if not isinstance(y, Value)]
        if not plain or not all(same_leaf(y, plain[0][1]) for _, y in plain):
            raise UnlikeError
        self.found[number, place] = tuple(c for c, _ in plain)
        self.asked[id(x)] = self.found[number, place]
        return plain[0][1]

    def _node(self, number: int, event: Event) -> None:
        node, there = event.node, self._next()
        if event.number in self.folded and event.path != self.folded[event.number]:
            return
        operands = node._children
        read = self.read if number in self.base.reading else lambda _, *both: self._reads_directly(*both)
        if (
            there is not None
            and there.kind is Kind.NODE
            and there.node._row is node._row
            and read(number, operands, there.node._children)
        ):
            self.image[id(node)] = there.node
            self.at += 1
            return
        # it may have been computed by Python, of plain numbers
        numbers = [float(self._plainly(number, i, x)) for i, x in enumerate(operands)]
        row = node._row
        self.image[id(node)] = row.forward(numbers) if row.arity is None else row.forward(*numbers)

    def _asks(self, number: int, event: Event) -> None:
        tree, there = self.base.recorder.choices[event.number].tree, self._next()
        if there is not None and there.kind is Kind.ASKS:
            other = self.run.recorder.choices[there.number].tree
            mine, theirs = read_by(self.base, event), read_by(self.run, there)
            for turned in (False, True):
                if turned:  # as Python asks where one side is a number
                    theirs[:2] = theirs[1::-1]
                if _alike(tree, other, turned) and self.read(number, mine, theirs):
                    self.at += 1
                    return
        self.asked.clear()
        path: Path = ()  # Python decided by plain numbers, and told nobody
        place = {id(fork): 2 * i for i, fork in enumerate(forks_of(tree))}
        while isinstance(tree, Fork):
            at = place[id(tree)]
            left, right = self._plainly(number, at, tree.left), self._plainly(number, at + 1, tree.right)
            truth = COMPARISONS[tree.symbol](left, right)
            tree, path = tree.yes if truth else tree.no, (*path, truth)
        self.folded[event.number] = path

    def _gives(self, number: int, event: Event) -> None:
        mine = read_by(self.base, event)
        if event.number in self.folded:
            paths = [path for path, _ in leaves_of(self.base.recorder.choices[event.number].tree)]
            place = paths.index(self.folded[event.number])
            self.given.append(self._given_plainly(number, place, mine[place]))
            return
        there = self._next()
        if (
            there is None
            or there.kind is not Kind.GIVES
            or not self.read(number, mine, read_by(self.run, there))
        ):
            raise UnlikeError
        self.given.append(self.run.results[there.number])
        self.at += 1

    def _given_plainly(self, number: int, place: int, x: Any) -> Any:
        """What a choice gives that Python made by plain numbers."""
        images = self._images((number, place), x)
        if any(y is not images[0][1] for _, y in images):  # it is what was compared, and came the same way
            among = self.asked.get(id(x), ())
            images = [(c, y) for c, y in images if c in among]
            self.found[number, place] = tuple(c for c, _ in images)
        if not images or any(y is not images[0][1] for _, y in images):
            raise UnlikeError
        return images[0][1]

    def _decides(self, number: int, event: Event) -> None:
        there = self._next()
        if there is None or there.kind is not Kind.DECIDES:
            raise UnlikeError
        how = [each.recorder.made[e.number].how for each, e in ((self.base, event), (self.run, there))]
        if how[0] != how[1] or not self.read(number, read_by(self.base, event), read_by(self.run, there)):
            raise UnlikeError
        self.at += 1


def _alike(a: Tree, b: Tree, turned: bool) -> bool:
    """Whether two trees have the same comparisons; the first of one turned round."""
    if isinstance(a, Leaf) or isinstance(b, Leaf):
        return isinstance(a, Leaf) and isinstance(b, Leaf)
    symbol = MIRRORED[b.symbol] if turned else b.symbol
    return a.symbol == symbol and _alike(a.yes, b.yes, False) and _alike(a.no, b.no, False)


def same_leaf(image: Any, there: Any) -> bool:
    """Whether what was expected of a reader is what it reads."""
    if isinstance(image, Value) or isinstance(there, Value):
        return image is there
    if is_number(image) and is_number(there):
        return same_side(float(image), float(there))
    return equal_statics(image, there)


def narrowed(base: Base, run: Run) -> None:
    """Rule out the candidates of readers that do not agree with another run.

    Raises:
        UnlikeError: none is left of one, or the runs differ in something else.
    """
    _Walk(base, run).walk()
