"""What the sides of a decision would compute, as trees, on the Values at hand and beside the user's code.

Only what leaves no trace but its result is known: names, numbers, arithmetic, the engine's functions, further
decisions of this kind. Anything else, such as a call of the user's own or a list that is changed, is refused.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
from collections.abc import Callable, Sequence
from copy import copy
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from engine.jit.choices.sites import Syntax, extremum, followers, names_set
from engine.jit.trace.decisions import COMPARISONS
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS

__all__ = ["MIRRORED", "Fork", "Leaf", "Tree", "UnknownError", "is_number", "tree_at"]

_MOST = 16  # leaves of one tree
_HIGHEST = 4  # expressions around a decision that are looked at

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_SYMBOLS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PLAINLY: Any = object.__getattribute__
_FUNCTIONS = {id(function) for function in FUNCTIONS.values()} | {id(abs)}


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
    """Whether something is a Value or a plain number; a boolean is none."""
    return type(x) is Value or (
        isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool)
    )


def tree_at(
    frame: FrameType,
    syntax: Syntax,
    expression: ast.expr,
    compared: tuple[Any, str, Any],
    made: Sequence[Value],
) -> Tree:
    """The tree of a decision, from the comparison that is being asked for.

    Args:
        frame: where it stands.
        syntax: of its file.
        expression: the comparison, or the call of ``max`` or ``min``.
        compared: its sides, and the comparison.
        made: all nodes that are made.

    Raises:
        UnknownError: it is of no kind that is known.
    """
    if isinstance(expression, ast.Call):
        return _checked(_of_extremum(extremum(expression, frame), compared, len(made)))
    for height in range(_HIGHEST):
        reader = _Reader(frame, syntax, made, height)
        tree = reader.tree(expression, compared)
        if any(type(leaf.value) is Value for leaf in _leaves(tree)) or not reader.can_rise:
            return _checked(tree)
        # who reads a plain number cannot be told: what is computed of it there is the outcome then
    raise UnknownError


def _checked(tree: Tree) -> Tree:
    leaves = _leaves(tree)
    if not all(is_number(leaf.value) for leaf in leaves) or not any(
        type(leaf.value) is Value for leaf in leaves
    ):
        raise UnknownError
    return tree


def _leaves(tree: Tree) -> list[Leaf]:
    return [tree] if isinstance(tree, Leaf) else [*_leaves(tree.yes), *_leaves(tree.no)]


def _of_extremum(function: Any, compared: tuple[Any, str, Any], count: int) -> Tree:
    """One step of ``max`` or ``min``: the one that is larger, or smaller, stays."""
    left, symbol, right = compared
    if function is None or symbol not in ("<", ">"):
        raise UnknownError
    yes, no = (left, right) if (function is max) == (symbol == ">") else (right, left)
    return Fork(left, symbol, right, Leaf(yes, count, count), Leaf(no, count, count))


class _Reader:
    """Reads syntax in the place of a frame.

    Args:
        height: of how many expressions around a decision the outermost is its outcome.

    Attributes:
        can_rise: whether there are any around it.
    """

    can_rise = False

    def __init__(self, frame: FrameType, syntax: Syntax, made: Sequence[Value], height: int) -> None:
        self.frame, self.syntax, self.made, self.height = frame, syntax, made, height
        self.locals = dict(frame.f_locals)
        code = frame.f_code
        self.own = set(code.co_varnames) - set(code.co_cellvars)
        self.leaves = 0

    def tree(self, comparison: ast.expr, compared: tuple[Any, str, Any]) -> Tree:
        if not isinstance(comparison, ast.Compare):
            raise UnknownError
        left, symbol, right = compared
        op = _SYMBOLS.get(type(comparison.ops[0]))
        if op not in (symbol, MIRRORED.get(symbol)):
            raise UnknownError

        def then(truth: bool) -> Tree:
            return self._after(comparison, truth, {})

        if len(comparison.ops) == 1:
            return Fork(left, symbol, right, then(True), then(False))
        middle = right if op == symbol else left
        if type(left) is Value and type(right) is Value and op != symbol:
            raise UnknownError
        rest = comparison.ops[1:], comparison.comparators[1:]
        yes = self._chain(middle, *rest, {}, then)
        return Fork(left, symbol, right, yes, then(False))

    # -- tests ----------------------------------------------------------------------------------------------

    def _after(self, node: ast.AST, truth: bool, env: dict[str, Any]) -> Tree:
        """What happens once a part of a test came out so."""
        parent = self.syntax.parents[node]
        if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
            return self._after(parent, not truth, env)
        if isinstance(parent, ast.BoolOp):
            rest = parent.values[parent.values.index(node) + 1 :]  # type: ignore[arg-type]
            return self._rest(parent, rest, truth, env, lambda found: self._after(parent, found, env))
        if isinstance(parent, ast.IfExp) and parent.test is node:
            side = parent.body if truth else parent.orelse
            return self._value(side, env, lambda x, first: self._around(parent, x, first, env))
        if isinstance(parent, ast.If) and parent.test is node:
            return self._statement(parent, truth, env)
        return self._around(node, truth, len(self.made), env)

    def _around(self, node: ast.AST, value: Any, first: int, env: dict[str, Any]) -> Tree:
        """The outcome where an expression has this value: that, or what is computed of it."""
        self.can_rise = True
        return self._risen(node, value, None if self.height else first, env, self.height)

    def _risen(self, inner: ast.AST, value: Any, first: Any, env: dict[str, Any], height: int) -> Tree:
        if height == 0:
            return self._leaf(value, first)
        node = self.syntax.parents[inner]
        operands = _operands(node)
        if not operands or not isinstance(value, (int, float)):
            raise UnknownError
        for each in operands[: operands.index(inner)]:  # type: ignore[arg-type]  # were computed before
            self._without_nodes(each, env)
        constant = ast.Constant(int(value) if isinstance(value, bool) else value)
        around = _with(node, inner, constant)  # type: ignore[arg-type]
        return self._value(
            around,
            env,
            lambda x, start: self._risen(node, x, start if first is None else first, env, height - 1),
        )

    def _rest(
        self, node: ast.BoolOp, rest: list[ast.expr], truth: bool, env: Any, then: Callable[[bool], Tree]
    ) -> Tree:
        if truth is not isinstance(node.op, ast.And) or not rest:
            return then(truth)
        return self._test(rest[0], env, lambda found: self._rest(node, rest[1:], found, env, then))

    def _test(self, node: ast.expr, env: Any, then: Callable[[bool], Tree]) -> Tree:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._test(node.operand, env, lambda truth: then(not truth))
        if isinstance(node, ast.BoolOp):
            return self._test(
                node.values[0], env, lambda truth: self._rest(node, node.values[1:], truth, env, then)
            )
        if isinstance(node, ast.Compare):
            return self._chain(self._without_nodes(node.left, env), node.ops, node.comparators, env, then)
        found = self._read(node, env)
        if isinstance(found, (bool, int, float, str, type(None))):
            return then(bool(found))
        raise UnknownError

    def _chain(self, left: Any, ops: Any, comparators: Any, env: Any, then: Callable[[bool], Tree]) -> Tree:
        if not ops:
            return then(True)
        right = self._without_nodes(comparators[0], env)
        symbol = _SYMBOLS.get(type(ops[0]))
        if symbol is None or not (is_number(left) and is_number(right)):
            raise UnknownError
        if type(left) is not Value and type(right) is not Value:
            if not COMPARISONS[symbol](left, right):
                return then(False)
            return self._chain(right, ops[1:], comparators[1:], env, then)
        yes = self._chain(right, ops[1:], comparators[1:], env, then)
        return Fork(left, symbol, right, yes, then(False))

    def _without_nodes(self, node: ast.expr, env: Any) -> Any:
        count = len(self.made)
        found = self._read(node, env)
        if len(self.made) != count:
            raise UnknownError
        return found

    # -- sides ----------------------------------------------------------------------------------------------

    def _leaf(self, value: Any, first: int) -> Tree:
        self.leaves += 1
        if self.leaves > _MOST:
            raise UnknownError
        return Leaf(value, first, len(self.made))

    def _value(self, node: ast.expr, env: Any, then: Callable[[Any, int], Tree]) -> Tree:
        if isinstance(node, ast.IfExp):
            return self._test(
                node.test,
                env,
                lambda truth: self._value(node.body if truth else node.orelse, env, then),
            )
        asked = self._first_asked(node, env)
        if asked is not None:
            return self._test(
                asked.test if isinstance(asked, ast.IfExp) else asked,
                env,
                lambda truth: self._value(_with(node, asked, _side(asked, truth)), env, then),
            )
        first = len(self.made)
        return then(self._read(node, env), first)

    def _first_asked(self, node: ast.expr, env: Any) -> ast.expr | None:
        """The first decision within arithmetic, before which no node is made."""
        before: list[ast.expr] = []
        for each in _operands(node):
            asked = each if _decides(each) else self._first_asked(each, env)
            if asked is not None:
                for other in before:
                    self._without_nodes(other, env)
                return asked
            before.append(each)
        return None

    def _statement(self, node: ast.If, truth: bool, env: dict[str, Any]) -> Tree:
        names = names_set([node])
        side = node.body if truth else node.orelse
        if names is None:
            return self._block([*side, *followers(node, self.syntax)], env, None, None)
        if len(names) != 1:
            raise UnknownError
        (name,) = names
        if name not in self.own:
            raise UnknownError
        return self._block(side, env, name, None)

    def _block(self, statements: list[ast.stmt], env: dict[str, Any], name: str | None, first: Any) -> Tree:
        """Statements up to a return, where no name is given, or to the end, of which that name is wanted."""
        if not statements:
            if name is None:
                raise UnknownError
            start = len(self.made) if first is None else first
            return self._leaf(self._name(name, env), start)
        statement, rest = statements[0], statements[1:]
        if isinstance(statement, ast.Return) and name is None and statement.value is not None:
            return self._value(
                statement.value, env, lambda x, start: self._leaf(x, start if first is None else first)
            )
        if isinstance(statement, ast.If):
            if first is not None:
                raise UnknownError  # what was made before would belong to both sides
            return self._test(
                statement.test,
                env,
                lambda truth: self._block(
                    [*(statement.body if truth else statement.orelse), *rest], env, name, first
                ),
            )
        if isinstance(statement, ast.Pass):
            return self._block(rest, env, name, first)
        target, value = _assignment(statement)
        if target not in self.own:
            raise UnknownError

        def then(x: Any, start: int) -> Tree:
            return self._block(rest, {**env, target: x}, name, start if first is None else first)

        return self._value(value, env, then)

    # -- expressions ----------------------------------------------------------------------------------------

    def _name(self, name: str, env: dict[str, Any]) -> Any:
        for place in (env, self.locals, self.frame.f_globals, vars(builtins)):
            if name in place:
                return place[name]
        raise UnknownError

    def _number(self, node: ast.expr, env: Any) -> Any:
        found = self._read(node, env)
        if not is_number(found):
            raise UnknownError
        return found

    def _read(self, node: ast.expr, env: Any) -> Any:
        """What an expression gives."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self._name(node.id, env)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            operand = self._number(node.operand, env)
            return -operand if isinstance(node.op, ast.USub) else +operand
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            left, right = self._number(node.left, env), self._number(node.right, env)
            return _tried(_BINARY[type(node.op)], left, right)
        if isinstance(node, ast.Attribute):
            return _attribute(self._read(node.value, env), node.attr)
        if isinstance(node, ast.Subscript):
            return _item(self._read(node.value, env), self._read(node.slice, env))
        if isinstance(node, ast.Call) and not node.keywords:
            return self._call(node, env)
        raise UnknownError

    def _call(self, node: ast.Call, env: Any) -> Any:
        if isinstance(node.func, ast.Attribute):
            owner = self._read(node.func.value, env)
            if type(owner) is Value:
                if node.func.attr not in OPERATORS:
                    raise UnknownError
                function = getattr(owner, node.func.attr)
                return _tried(function, *(self._number(each, env) for each in node.args))
            function = _attribute(owner, node.func.attr)
        else:
            function = self._read(node.func, env)
        operands = [self._number(each, env) for each in node.args]
        plain = not any(type(x) is Value for x in operands)
        name = getattr(function, "__name__", "")
        by_python = function is int or function is float or (name and vars(math).get(name) is function)
        if id(function) in _FUNCTIONS or (plain and by_python):
            return _tried(function, *operands)
        raise UnknownError


def _operands(node: ast.AST) -> list[ast.expr]:
    """Of arithmetic, in the order in which Python computes them; none of anything else."""
    if not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call)):
        return []
    return [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


def _decides(node: ast.expr) -> bool:
    negates = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return negates or isinstance(node, (ast.Compare, ast.BoolOp, ast.IfExp))


def _side(asked: ast.expr, truth: bool) -> ast.expr:
    """What stands for a decision in arithmetic once it is made."""
    if isinstance(asked, ast.IfExp):
        return asked.body if truth else asked.orelse
    return ast.Constant(int(truth))


def _with(node: ast.expr, old: ast.AST, new: ast.expr) -> ast.expr:
    """Arithmetic with another operand somewhere in it."""
    if node is old:
        return new
    operands, found = _operands(node), copy(node)
    for name, part in ast.iter_fields(node):
        if part in operands:
            setattr(found, name, _with(part, old, new))
        elif isinstance(part, list):
            setattr(found, name, [_with(each, old, new) if each in operands else each for each in part])
    return found


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr]:
    """The name that a statement sets, and to what."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, statement.value
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        return statement.target.id, statement.value
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        name = ast.Name(statement.target.id, ast.Load())
        return statement.target.id, ast.BinOp(name, statement.op, statement.value)
    raise UnknownError


def _tried(function: Callable[..., Any], *operands: Any) -> Any:
    try:
        return function(*operands)
    except Exception:
        raise UnknownError from None


def _attribute(owner: Any, name: str) -> Any:
    """An attribute that no code of the user's computes."""
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
    if type(owner) in (list, tuple) and type(index) is int:
        return _tried(operator.getitem, owner, index)
    raise UnknownError
