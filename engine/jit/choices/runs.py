"""The recorder of a run with forced decisions: logs nodes and decisions in their order."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection, Sequence, Set
from contextlib import suppress
from functools import cache, partial
from types import FrameType
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.autograd.trace_mode import recording
from engine.frames.syntax import Syntax, expression_at, syntax_of
from engine.frames.user_frame import is_of_project
from engine.jit.choices.arms import MIRRORED, Fork, Leaf, Path, Tree, UnknownError, read_beside, tree_at
from engine.jit.choices.parts import same_side
from engine.jit.choices.picks import Pick, Returned, is_within, made_by, pick_at
from engine.jit.choices.sites import extremum_of
from engine.jit.trace.decisions import COMPARISONS, Decision, Replay, StandIns
from engine.node.backend import Value

__all__ = ["WHICH", "Choice", "Choosing", "Path", "UnlikeError"]

WHICH = "which"
"""How the decision comes about that asks which Value something is."""

_NOTHING: dict[ast.expr, Any] = {}
_BETWEEN = frozenset(
    {
        *("engine.autograd.trace_mode", "engine.node.as_number", "engine.node.value"),
        *("engine.node.with_gradient", __name__),
    }
)


class UnlikeError(Exception):
    """A run differs in more than the decisions that are to be merged."""


class Choice:
    """A decision whose sides are known.

    Attributes:
        site: the comparison that it begins with, in the syntax of its file.
        tree: its outcomes.
        before: how many nodes there were before any was made for it.
        path: to the outcome that was taken.
        after: how many nodes there were when Python went on.
        forks, leaves: its comparisons in order, and its outcomes by their paths.
    """

    def __init__(self, site: Any, tree: Tree, before: int) -> None:
        self.site, self.tree, self.before = site, tree, before
        self.path: Path = ()
        self.after = 0
        self.forks: list[Fork] = []
        self.leaves: dict[Path, Leaf] = {}
        self.form = self._found(tree, ())

    def _found(self, tree: Tree, path: Path) -> tuple[str, ...]:
        """The comparisons of a part, as trees with the same ones have them."""
        if isinstance(tree, Leaf):
            self.leaves[path] = tree
            return ("",)
        self.forks.append(tree)
        return tree.symbol, *self._found(tree.yes, (*path, True)), *self._found(tree.no, (*path, False))

    @property
    def leaf(self) -> Leaf:
        """The outcome that was taken."""
        return self.leaves[self.path]

    @property
    def length(self) -> int:
        """How many nodes Python makes for it."""
        return self.leaf.last - self.leaf.first

    @property
    def sides(self) -> list[Any]:
        """The sides of its comparisons."""
        return [side for fork in self.forks for side in (fork.left, fork.right)]


class Choosing(Replay):
    """The recorder of a run in which decisions of known sides come out as wished.

    Args:
        inputs, numeric, wanted: see :class:`engine.jit.trace.decisions.StandIns`.
        nodes: the list to which all nodes of the run are added.
        wish: the path to take, by the number of the choice and the choice; None for what comes out.
        aim: the item to pick, by the number of the pick and the pick; None for that which is asked for.
        first: the other decisions of a run before, whose outcomes are given again; None for what comes out.
        outside: the ids of the containers that were there before.
        returned: what calls return, as far as it is noted.

    Attributes:
        choices: those of known sides, in order.
        picks: the items that were picked, in order.
        read: see :mod:`engine.jit.choices.read_out`.
        leaves: the ids of the Values that were made of numbers that were read out.
        items: of numbers that were read out for ``max`` or ``min`` alone which of the two, by their ids.
        made: the other decisions, in order.
        log: all of them, each with how many nodes there were.
        failed: whether the run is of no use.
    """

    def __init__(
        self,
        inputs: Sequence[Value],
        numeric: Sequence[bool],
        wanted: Sequence[bool],
        nodes: list[Value],
        wish: Callable[[int, Choice], Path] | None = None,
        aim: Callable[[int, Pick], int] | None = None,
        first: Sequence[Decision] | None = None,
        outside: Set[int] = frozenset(),
        returned: Returned | None = None,
    ) -> None:
        super().__init__(inputs, numeric, wanted, first or ())
        self.nodes, self.wish, self.aim, self._outside = nodes, wish, aim, outside
        self._replays = first is not None
        self._syntax_of = cache(syntax_of)  # a file is read once in a run
        self.failed = False
        self.choices: list[Choice] = []
        self.picks: list[Pick] = []
        self._returned = returned or Returned()
        self._picked: dict[tuple[int, ast.AST], Any] = {}  # what a subscript in a frame picked last
        self._inner: set[int] = set()  # the ids of the containers that may have been picked
        self.log: list[tuple[int, Choice | Pick | Decision]] = []
        self.items: dict[int, Any] = {}
        self.leaves: set[int] = set()
        self._leaves: list[tuple[int, Value]] = []  # made of numbers that were read out: their places
        self._way: tuple[Tree, Path, Path] | None = None  # what is left of a choice, and the way there

    def index_of(self, node: Value) -> int | None:
        if self.is_read_out(node):
            return None  # a float is none
        if not self._is_value(node) and self._found_pick(node):
            return self.picks[-1].position
        return super().index_of(node) if self._replays else StandIns.index_of(self, node)

    def _found_pick(self, node: Value) -> bool:
        """Whether an item is picked by a number that is asked for the integer that it is."""
        frame, syntax = self._asking()
        if frame is None or syntax is None:
            return False
        before = len(self.nodes)
        try:
            with recording(None):
                pick = pick_at(frame, syntax, node, before, partial(self._known, frame, syntax))
        except UnknownError:
            return False
        finally:
            del self.nodes[before:]
        if self._way is not None:
            self._fail()
        if self.aim is not None:
            pick.position = self.aim(len(self.picks), pick)
        elif is_within(pick.count)(node._data):
            pick.position = int(node._data) % pick.count
        else:
            return False
        pick.is_local = id(pick.container) not in self._outside or id(pick.container) in self._inner
        if not isinstance(pick.container, np.ndarray):  # whose rows are made anew each time
            self._inner.update(map(id, pick.container))
        self._picked[id(frame), pick.site] = pick.container[pick.position]
        self.picks.append(pick)
        self.log.append((before, pick))
        return True

    def _known(self, frame: FrameType, syntax: Syntax, expression: ast.expr) -> Any:
        """What a part of an expression gave that was just computed in a frame.

        Raises:
            KeyError: it is not known.
        """
        if isinstance(expression, ast.Subscript):
            return self._picked.pop((id(frame), expression))
        with suppress(KeyError):
            return self._returned.taken(frame, expression)
        if not isinstance(expression, ast.Call):
            raise KeyError(expression)
        return made_by(read_beside(frame, syntax, expression.func, _NOTHING.__getitem__), self.nodes)

    def _asking(self) -> tuple[FrameType | None, Syntax | None]:
        """The frame of the user's that asks, and the syntax of its file."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in _BETWEEN:
            frame = frame.f_back
        return frame, None if frame is None else self._syntax_of(frame.f_code)

    def seen(self, node: Value, how: str, test: Callable[[Any], Any]) -> Any:
        if how == "data" and self._is_value(node):
            frame, syntax = self._asking()
            if frame is not None and not is_of_project(frame):
                found = self.read_out(node)
                if syntax is not None and (function := extremum_of(frame, syntax)) is not None:
                    self.items[id(found)] = function
                return found
        return super().seen(node, how, test)

    def read_out(self, node: Value) -> Value:
        """A Value that stands for the number of another, see :mod:`engine.jit.choices.read_out`."""
        with enable_grad():
            found: Value = node.detach()
        self.read[id(found)] = found
        return found

    def data_of_leaf(self, number: Value) -> float | None:
        if not self.is_read_out(number):
            return None
        self._leaves.append((len(self.nodes), number))
        return number._data

    def check_picked(self) -> None:
        """Refuse items that were changed after they were picked.

        Raises:
            UnlikeError: there are such.
        """
        first = {tuple(map(id, pick.items)): pick for pick in reversed(self.picks)}
        if not all(pick.is_as_it_was for pick in first.values()):
            raise UnlikeError

    def settle_leaves(self) -> None:
        """Make leaves whose numbers were read out, as ``Value(x.data)``, nodes of these.

        Raises:
            UnlikeError: such a leaf is not found.
        """
        for place, number in self._leaves:
            row = next(iter(self.read.values()))._row
            leaf = self.nodes[place] if place < len(self.nodes) else None
            if leaf is None or leaf._children or not same_side(leaf._data, number._data):
                raise UnlikeError
            leaf._fill(leaf._data, 0.0, row, (number,), (0.0,))
            self.leaves.add(id(leaf))

    def is_number(self, node: Value) -> bool:
        """Whether a node stands for a plain number."""
        return not self._is_value(node)

    def is_read_out(self, node: Value) -> bool:
        """Whether a node stands for a number that is computed of such as were read out."""
        return bool(self.read) and not self._is_value(node) and _is_above(node, self.read)

    def text_of(self, node: Value, test: Callable[[Any], str], frame: FrameType) -> str:
        return super().text_of(node, _of_float(test) if self.is_read_out(node) else test, frame)

    def compared(self, node: Value, other: Any, symbol: str) -> Any:
        outcome = StandIns.compared(self, node, other, symbol)
        if symbol in ("==", "!="):
            if isinstance(other, Value) and self._same_node(node, other) is not None:
                self._told_apart(node, other)
                return outcome
        elif self._way is not None or self._found(node, other, symbol):
            return self._forked(node, other, symbol, outcome)
        return self._decided(node, other, symbol, COMPARISONS[symbol], outcome)

    def refuse_as_key(self, node: Value) -> None:
        super().refuse_as_key(node)
        self._told_apart(node, None)

    def _told_apart(self, node: Value, other: Any) -> None:
        """Note that it may matter which Values these are."""
        self.log.append((len(self.nodes), Decision(node, other, WHICH, None, None, None)))

    def _decided(self, node: Value, other: Any, how: str, test: Any, outcome: Any) -> Any:
        if self._way is not None:
            self._fail()
        decided = super()._decided if self._replays else super(Replay, self)._decided
        outcome = decided(node, other, how, test, outcome)
        self.log.append((len(self.nodes), self.made[-1]))
        return outcome

    def _fail(self) -> None:
        self.failed = True  # in case the function catches what is raised
        raise UnlikeError

    def _found(self, node: Value, other: Any, symbol: str) -> bool:
        """Whether a choice begins with this comparison."""
        frame, syntax = self._asking()
        expression = None if frame is None or syntax is None else expression_at(frame, syntax)
        if frame is None or syntax is None or expression is None:
            return False
        before = len(self.nodes)
        try:
            with recording(None):
                tree = tree_at(frame, syntax, expression, (node, symbol, other), self)
        except UnknownError:
            del self.nodes[before:]
            return False
        choice = Choice(expression, tree, before)
        self.choices.append(choice)
        self.log.append((before, choice))
        path = () if self.wish is None else self.wish(len(self.choices) - 1, choice)
        self._way = tree, path, ()
        return True

    def _forked(self, node: Value, other: Any, symbol: str, outcome: bool) -> bool:
        """The outcome of a comparison within a choice."""
        assert self._way is not None
        tree, path, taken = self._way
        assert isinstance(tree, Fork)
        if not _is(tree, node, symbol, other):
            self._fail()
        if self.wish is not None:
            outcome, path = path[0], path[1:]
        tree, taken = tree.yes if outcome else tree.no, (*taken, outcome)
        if isinstance(tree, Leaf):
            choice = self.choices[-1]
            choice.path, choice.after = taken, len(self.nodes)
            self._way = None
        else:
            self._way = tree, path, taken
        return outcome


def _is_above(node: Value, ids: Collection[int]) -> bool:
    """Whether a node is computed of one of these, or is one."""
    waiting, met = [node], {id(node)}
    while waiting:
        item = waiting.pop()
        if id(item) in ids:
            return True
        new = {id(child): child for child in item._children if id(child) not in met}
        met.update(new)
        waiting += new.values()
    return False


def _of_float(test: Callable[[Any], str]) -> Callable[[Any], str]:
    """What gives the text of a float where ``test`` gives that of a Value."""

    def text(number: float) -> str:
        found = test(number)
        return repr(number) if found.startswith("Value(data=") else found

    return text


def _is(fork: Fork, node: Value, symbol: str, other: Any) -> bool:
    """Whether a comparison is the expected one, from either side."""
    for left, sign, right in ((node, symbol, other), (other, MIRRORED.get(symbol), node)):
        if fork.symbol == sign and same_side(fork.left, left) and same_side(fork.right, right):
            return True
    return False
