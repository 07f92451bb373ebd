"""What runs with decisions forced made and decided, in order, and who may read a choice's outcome.

Glossary: the *base* is the run that the others are held against; its choices all give Values. A *reader* is
an operand of a node, a side of a comparison or a part of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.jit.choices.arms import MIRRORED, Path
from engine.jit.choices.parts import leaves, same_side
from engine.jit.choices.picks import Pick
from engine.jit.choices.runs import Choice, UnlikeError
from engine.jit.choices.stretches import LONG, Nodes
from engine.node.backend import Value

__all__ = ["DIRECT", "Base", "Candidates", "Event", "Kind", "Run"]

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
