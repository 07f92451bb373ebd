"""Reads both sides of a decision from its source, and computes them on the Values at hand.

Only what leaves no trace but its result is known: names, numbers, arithmetic, the engine's functions, further
decisions of this kind. Anything else, such as a call of the user's own or a list that is changed, is refused.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, ModuleType
from typing import Any, Protocol

import numpy as np

from engine.frames.syntax import Syntax
from engine.jit.choices.sites import assignment, extremum, followers, names_set
from engine.jit.trace.decisions import COMPARISONS
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS

__all__ = ["MIRRORED", "Fork", "Leaf", "Path", "Tree", "UnknownError", "is_number", "read_beside", "tree_at"]

_MOST = 16  # leaves of one tree, and comparisons on the way to one
_HIGHEST = 4  # expressions around a decision that are looked at

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_SYMBOLS: dict[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TESTS = (ast.Compare, ast.BoolOp, ast.UnaryOp)  # whose truth, in arithmetic, is 1 or 0
_INDEXES: dict[type, tuple[type, ...]] = {
    **dict.fromkeys((list, tuple), (int,)),
    dict: (int, str),
    np.ndarray: (int, tuple),
}
"""By what items are found without a trace."""

_PLAINLY: Any = object.__getattribute__
_FUNCTIONS = {id(function) for function in FUNCTIONS.values()} | {id(abs)}

Path = tuple[bool, ...]
"""The outcomes of the comparisons on the way to a leaf."""


class Reading(Protocol):
    """A run in which numbers are read out: see :class:`engine.jit.choices.runs.Choosing`."""

    nodes: list[Value]

    def is_number(self, node: Value) -> bool: ...

    def is_read_out(self, node: Value) -> bool: ...

    def read_out(self, node: Value) -> Value: ...


class UnknownError(Exception):
    """A decision is not of a kind that is known."""


class Leaf:
    """An outcome: a number, and which nodes were made to find it.

    Attributes:
        value: a number or a Value.
        first, last: the nodes made for it are those from ``first`` to before ``last`` of all that were made.
    """

    __slots__ = ("first", "last", "value")

    def __init__(self, value: Any, first: int, last: int) -> None:
        self.value, self.first, self.last = value, first, last


class Fork:
    """A comparison, and the trees for its two outcomes."""

    __slots__ = ("left", "no", "right", "symbol", "yes")

    def __init__(self, left: Any, symbol: str, right: Any, yes: Tree, no: Tree) -> None:
        self.left, self.symbol, self.right, self.yes, self.no = left, symbol, right, yes, no


Tree = Fork | Leaf


def is_number(x: Any) -> bool:
    """Whether something is a Value or a plain number, but not a boolean."""
    return type(x) is Value or (
        isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool)
    )


def tree_at(
    frame: FrameType,
    syntax: Syntax,
    expression: ast.expr,
    compared: tuple[Any, str, Any],
    run: Reading,
) -> Tree:
    """The tree of a decision, from the comparison that is being asked for.

    Args:
        frame: where it stands.
        syntax: of its file.
        expression: the comparison, or the call of ``max`` or ``min``.
        compared: its sides, and the comparison.
        run: in which it is asked for.

    Raises:
        UnknownError: it is of no kind that is known.
    """
    if isinstance(expression, ast.Call):
        tree = _of_extremum(extremum(expression, frame), compared, len(run.nodes))
    else:
        tree = _Reader(frame, syntax, expression, compared, run).tree()
    leaves = _leaves(tree)
    if not all(is_number(leaf.value) for leaf in leaves) or not _has_values(leaves):
        raise UnknownError
    return tree


_BESIDE = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.Constant, ast.BinOp, ast.UnaryOp)
"""The syntax of what can be read without a trace."""


def read_beside(
    frame: FrameType, syntax: Syntax, expression: ast.expr, known: Callable[[ast.expr], Any]
) -> Any:
    """What an expression of names, attributes and items gives, once more.

    Args:
        frame: where it stands.
        syntax: of its file.
        expression: the expression.
        known: what a part of it gave; it raises ``KeyError`` where it does not know.

    Raises:
        UnknownError: it is of another kind.
    """
    return _Reader(frame, syntax, expression, (None, "", None), None, known)._read(expression)


def _leaves(tree: Tree) -> list[Leaf]:
    return [tree] if isinstance(tree, Leaf) else [*_leaves(tree.yes), *_leaves(tree.no)]


def _has_values(leaves: list[Leaf]) -> bool:
    return any(type(leaf.value) is Value for leaf in leaves)


def _of_extremum(function: Any, compared: tuple[Any, str, Any], count: int) -> Tree:
    """One step of ``max`` or ``min``: the one that is larger, or smaller, stays."""
    left, symbol, right = compared
    if function is None or symbol not in ("<", ">"):
        raise UnknownError
    yes, no = (left, right) if (function is max) == (symbol == ">") else (right, left)
    return Fork(left, symbol, right, Leaf(yes, count, count), Leaf(no, count, count))


class _UndecidedError(Exception):
    """The way that is read ends at a comparison: its sides, and how they are compared."""

    def __init__(self, left: Any, symbol: str, right: Any) -> None:
        self.sides = left, symbol, right


class _Reader:
    """Reads syntax in the place of a frame, once for each way that its decisions may take."""

    def __init__(
        self,
        frame: FrameType,
        syntax: Syntax,
        asked: ast.expr,
        compared: tuple[Any, str, Any],
        run: Reading | None,
        known: Callable[[ast.expr], Any] | None = None,
    ) -> None:
        self.known = known
        self.syntax, self.asked, self.compared = syntax, asked, compared
        self.run, self.made = run, () if run is None else run.nodes
        code = frame.f_code
        self.own = {*code.co_varnames, *code.co_cellvars}
        self.places = [{}, dict(frame.f_locals), frame.f_globals, vars(builtins)]
        self.above: set[ast.AST] = set()  # the comparison asked for, and what it stands in
        self.way: Path = ()
        self.passed = self.first = self.leaves = 0

    def tree(self) -> Tree:
        """The tree of the smallest expression or statement around the comparison that gives Values."""
        root = self._root()
        for _ in range(_HIGHEST):
            self.leaves = 0
            left, symbol, right = self.compared
            tree = Fork(left, symbol, right, self._grown(root, (True,)), self._grown(root, (False,)))
            if isinstance(root, ast.If) or _has_values(_leaves(tree)):
                return tree
            # who reads a plain number cannot be told: what is computed of it there is the outcome then
            around = self.syntax.parents[root]
            if root not in _operands(around):
                break
            root = around
            self.above.add(root)
        raise UnknownError

    def _root(self) -> ast.AST:
        """What the comparison decides: a statement, an expression, or its own truth."""
        node: ast.AST = self.asked
        while True:
            self.above.add(node)
            around = self.syntax.parents[node]
            if isinstance(around, (ast.If, ast.IfExp)) and around.test is node:
                self.above.add(around)
                return around
            negates = isinstance(around, ast.UnaryOp) and isinstance(around.op, ast.Not)
            if not negates and not isinstance(around, ast.BoolOp):
                return node
            node = around

    def _grown(self, root: ast.AST, way: Path) -> Tree:
        """The tree behind some outcomes."""
        self.way, self.passed, self.first = way, 0, len(self.made)
        self.places[0] = {}  # what was set on this way
        try:
            value = self._set_or_returned(root) if isinstance(root, ast.If) else self._read(root)
        except _UndecidedError as undecided:
            sides = undecided.sides
        else:
            self.leaves += 1
            if self.leaves > _MOST:
                raise UnknownError
            return Leaf(value, self.first, len(self.made))
        if len(way) == _MOST:
            raise UnknownError
        return Fork(*sides, self._grown(root, (*way, True)), self._grown(root, (*way, False)))

    # -- decisions ------------------------------------------------------------------------------------------

    def _compared(self, node: ast.Compare) -> bool:
        ops, others, outcome = node.ops, node.comparators, True
        if node is self.asked:
            left, outcome = self._asked_for(_SYMBOLS.get(type(ops[0])))
            ops, others = ops[1:], others[1:]
        else:
            left = self._read(node.left)
        for op, other in zip(ops, others, strict=True):
            if not outcome:
                break
            right, symbol = self._read(other), _SYMBOLS.get(type(op))
            if symbol is None or not (is_number(left) and is_number(right)):
                raise UnknownError
            if type(left) is Value or type(right) is Value:
                outcome = self._decided(left, symbol, right)
            else:
                outcome = COMPARISONS[symbol](left, right)
            left = right
        return outcome

    def _asked_for(self, written: str | None) -> tuple[Any, bool]:
        """The right side, as it is written, of the comparison asked for, and the outcome."""
        left, symbol, right = self.compared
        turned = written != symbol
        if written not in (symbol, MIRRORED.get(symbol)):
            raise UnknownError
        if turned and type(left) is Value and type(right) is Value:
            raise UnknownError
        self.passed = 1
        self._must_be_shared()
        return left if turned else right, self.way[0]

    def _decided(self, left: Any, symbol: str, right: Any) -> bool:
        if not self.passed:  # Python asked for another one first
            raise UnknownError
        self._must_be_shared()
        if self.passed == len(self.way):
            raise _UndecidedError(left, symbol, right)
        self.passed += 1
        return self.way[self.passed - 1]

    def _must_be_shared(self) -> None:
        """Raise where a node was made before a decision: it would belong to both sides."""
        if len(self.made) != self.first:
            raise UnknownError

    def _truth(self, node: ast.expr) -> bool:
        return _is_true(self._read(node))

    # -- statements -----------------------------------------------------------------------------------------

    def _set_or_returned(self, statement: ast.If) -> Any:
        """What a statement sets its one name to, or what it or those behind it return."""
        names = names_set([statement])
        if names is None:
            return self._run([statement, *followers(statement, self.syntax)])
        if len(names) != 1 or not names <= self.own:
            raise UnknownError
        self._run([statement])
        return self._name(*names)

    def _run(self, statements: Sequence[ast.stmt]) -> Any:
        """What statements return; None where they return nothing."""
        waiting = [*reversed(statements)]
        while waiting:
            statement = waiting.pop()
            if isinstance(statement, ast.If):
                side = statement.body if self._truth(statement.test) else statement.orelse
                waiting += reversed(side)
            elif isinstance(statement, ast.Return) and statement.value is not None:
                return self._read(statement.value)
            elif not isinstance(statement, ast.Pass):
                found = assignment(statement)
                if found is None or found[0] not in self.own:
                    raise UnknownError
                self.places[0][found[0]] = self._read(found[1])
        return None

    # -- expressions ----------------------------------------------------------------------------------------

    def _name(self, name: str) -> Any:
        for place in self.places:
            if name in place:
                return place[name]
        raise UnknownError

    def _number(self, node: ast.expr) -> Any:
        found = self._read(node)
        if type(found) is bool and isinstance(node, _TESTS):
            return int(found)
        if not is_number(found):
            raise UnknownError
        return found

    def _read(self, node: ast.AST) -> Any:
        """What an expression gives."""
        if self.known is not None and isinstance(node, ast.expr):
            with suppress(KeyError):
                return self.known(node)
            if not isinstance(node, _BESIDE):
                raise UnknownError
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._name(node.id)
            case ast.BinOp() if type(node.op) in _BINARY:
                return _tried(_BINARY[type(node.op)], self._number(node.left), self._number(node.right))
            case ast.UnaryOp() if type(node.op) in _UNARY:
                return _tried(_UNARY[type(node.op)], self._number(node.operand))
            case ast.Compare():
                return self._compared(node)
            case ast.UnaryOp(op=ast.Not()):
                return not self._truth(node.operand)
            case ast.BoolOp():
                # of those before the comparison asked for it is known how they came out
                asked = next((i for i, each in enumerate(node.values) if each in self.above), 0)
                for each in node.values[asked:-1]:
                    found = self._read(each)
                    if _is_true(found) is isinstance(node.op, ast.Or):
                        return found
                return self._read(node.values[-1])
            case ast.IfExp():
                return self._read(node.body if self._truth(node.test) else node.orelse)
            case ast.Attribute(attr="data"):
                owner = self._read(node.value)
                return self._read_out(owner) if type(owner) is Value else _attribute(owner, node.attr)
            case ast.Attribute():
                return _attribute(self._read(node.value), node.attr)
            case ast.Subscript():
                return _item(self._read(node.value), self._read(node.slice))
            case ast.Tuple():
                return tuple(map(self._read, node.elts))
            case ast.Call(keywords=[]):
                return self._call(node)
        raise UnknownError

    def _read_out(self, owner: Value) -> Value:
        if self.run is None or self.run.is_number(owner):
            raise UnknownError
        return self.run.read_out(owner)

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute):
            owner = self._read(node.func.value)
            if type(owner) is Value:
                if node.func.attr == "item" and not node.args:
                    return self._read_out(owner)
                if node.func.attr not in OPERATORS or self.run is None or self.run.is_read_out(owner):
                    raise UnknownError
                return _tried(getattr(owner, node.func.attr), *map(self._number, node.args))
            function = _attribute(owner, node.func.attr)
        else:
            function = self._read(node.func)
        operands = [*map(self._number, node.args)]
        plain = not any(type(x) is Value for x in operands)
        name = getattr(function, "__name__", "")
        by_python = function is int or function is float or (name and vars(math).get(name) is function)
        if id(function) in _FUNCTIONS or (plain and by_python):
            return _tried(function, *operands)
        raise UnknownError


def _is_true(found: Any) -> bool:
    if isinstance(found, (bool, int, float, str, type(None))):
        return bool(found)
    raise UnknownError


def _operands(node: ast.AST) -> list[ast.expr]:
    """Of arithmetic, in the order in which Python computes them; none of anything else."""
    if not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call)):
        return []
    return [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


def _tried(function: Callable[..., Any], *operands: Any) -> Any:
    try:
        return function(*operands)
    except Exception:
        raise UnknownError from None


def _attribute(owner: Any, name: str) -> Any:
    """An attribute, unless code of the user's would compute it."""
    if isinstance(owner, ModuleType):
        if name in vars(owner):
            return vars(owner)[name]
    elif not isinstance(owner, Value) and getattr(type(owner), "__getattribute__", None) is _PLAINLY:
        of_class = next((vars(each)[name] for each in type(owner).__mro__ if name in vars(each)), None)
        attributes = getattr(owner, "__dict__", {})
        if not hasattr(type(of_class), "__get__"):
            if name in attributes:
                return attributes[name]
            if of_class is not None:
                return of_class
    raise UnknownError


def _item(owner: Any, index: Any) -> Any:
    if type(index) in _INDEXES.get(type(owner), ()):
        return _tried(operator.getitem, owner, index)
    raise UnknownError
