"""Computes the expressions of a derivation on floats, Values and NumPy arrays of either; executes no Python.

A short list of forms is accepted: names, numbers, ``+ - * / ** @ %``, signs, comparisons, ``a if c else b``,
lists, items, ``.T``, ``.shape``, ``.sum(axis=0)`` and their like, the functions of the engine, and those of
NumPy of the same names.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import count
from typing import Any

import numpy as np

from engine.checks.derivation.written.arrays import ON_ARRAYS, array, as_array, bare, refuse_large
from engine.checks.derivation.written.reading import DerivationError
from engine.formulas import repairs
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.quoting import abridged
from engine.transforms.reverse import gradients

__all__ = ["Scope", "evaluate", "names_in"]

MOST_CALLS = 10_000
"""Calls of the functions that a text defines; one that needs more calls itself without end."""

_BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.MatMult: operator.matmul, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_ATTRIBUTES = ("T", "shape", "size", "ndim")
CONSTANTS = {"pi": math.pi, "e": math.e}
MODULES = ("np", "numpy", "math", "engine")
ALIASES = {
    **repairs.ALIASES, "multiply": "mul", "subtract": "sub", "divide": "div", "true_divide": "div",
    "negative": "neg", "amax": "max", "amin": "min",
}  # fmt: skip
"""NumPy's and the lectures' names for functions of the engine."""


class Scope:
    """Where the names of an expression are looked up.

    Args:
        names: numbers, Values and arrays by name; what is computed is added.
        functions: helpers that the derivation defines.
        outside: what the names mean otherwise: those that the functions handed over see.

    Attributes:
        decided: whether a comparison was met, whose outcome holds at this point only.
        derivative: finds names such as "(dy/dz)", which no text has.
    """

    def __init__(
        self, names: Mapping[str, Any], functions: Mapping[str, ast.Lambda], outside: Mapping[str, Any]
    ) -> None:
        self.names, self.functions, self.outside = dict(names), functions, outside
        self.decided = False
        self.calls = count()
        self.derivative: Callable[[str], Any] | None = None

    def inner(self, names: Mapping[str, Any]) -> Scope:
        """The scope within a helper, with its parameters."""
        made = Scope({**self.names, **names}, self.functions, self.outside)
        made.calls = self.calls
        return made


def names_in(expression: ast.AST) -> set[str]:
    """The names that an expression uses.

    >>> sorted(names_in(ast.parse("(y - t) * s(z)")))
    ['s', 't', 'y', 'z']
    """
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def evaluate(expression: ast.expr, scope: Scope) -> Any:
    """Compute an expression; division by zero gives inf or nan, as in NumPy.

    Raises:
        DerivationError: it has an unknown name, or a form that is not accepted.
        Exception: what the operators say of shapes that do not fit.

    >>> float(evaluate(ast.parse("(y - t) * y", mode="eval").body, Scope({"y": 0.5, "t": 1.0}, {}, {})))
    -0.25
    """
    try:
        with np.errstate(all="ignore"):
            return _computed(expression, scope)
    except RecursionError:
        raise DerivationError("the expression is nested too deeply to be read") from None


def _computed(node: ast.expr, scope: Scope) -> Any:
    match node:
        case ast.Constant(value=bool() | None):
            return node.value
        case ast.Constant(value=int() | float() as value):
            return value if abs(value) < 2**63 else float(min(value, 10**308))
        case ast.Name(id=name):
            return _looked_up(name, scope)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _binary(op, _computed(left, scope), _computed(right, scope))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_computed(operand, scope))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _computed(operand, scope)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            scope.decided = True
            found = _COMPARISONS[type(op)](_plain(_computed(left, scope)), _plain(_computed(right, scope)))
            return found.astype(float) if isinstance(found, np.ndarray) else float(found)
        case ast.IfExp(test=test, body=body, orelse=other):
            return _computed(body if _computed(test, scope) else other, scope)
        case ast.List(elts=items):
            return as_array([_computed(item, scope) for item in items])
        case ast.Tuple(elts=items):
            return tuple(_computed(item, scope) for item in items)
        case ast.Attribute(value=ast.Name(id=module), attr=name) if _is_module(module, scope):
            if name in CONSTANTS:
                return CONSTANTS[name]
            if name == "newaxis":
                return None
        case ast.Attribute(value=value, attr=name) if name in _ATTRIBUTES:
            return getattr(array(_computed(value, scope)), name)
        case ast.Subscript(value=value, slice=index):
            return _item(_computed(value, scope), _index(index, scope))
        case ast.Call(func=function, args=arguments, keywords=keywords) if all(k.arg for k in keywords):
            options = {str(k.arg): _computed(k.value, scope) for k in keywords}
            if isinstance(function, ast.Attribute) and function.attr == "astype":
                return _computed(function.value, scope)  # all numbers are floats
            given = [_computed(argument, scope) for argument in arguments]
            return _called(function, given, options, scope, node)
    if found := repairs.repair(ast.unparse(node), FUNCTIONS, scope.names):
        raise DerivationError(f"{_quoted(node)} cannot be read here; {found}")
    raise DerivationError(
        f"{_quoted(node)} cannot be read here: an expression holds names, numbers, + - * / ** @, "
        "comparisons, items, .T and functions of the engine or of NumPy"
    )


def _looked_up(name: str, scope: Scope) -> Any:
    if name in scope.names:
        return scope.names[name]
    if scope.derivative is not None and name.startswith("("):
        return scope.derivative(name)
    if name in scope.outside and not callable(found := scope.outside[name]):
        return _plain(found) if not isinstance(found, (list, tuple)) else as_array(_plain(found))
    if name in CONSTANTS:
        return CONSTANTS[name]
    if name in FUNCTIONS or name in scope.functions or callable(scope.outside.get(name)):
        raise DerivationError(f"{name!r} is a function: write {name}(…)")
    close = get_close_matches(name, scope.names, n=2)
    known = ", ".join(sorted(scope.names))
    raise DerivationError(
        f"unknown name {name!r}" + (f"; did you mean {' or '.join(close)}?" if close else f"; known: {known}")
    )


def _plain(x: Any) -> Any:
    """Values as their numbers."""
    if isinstance(x, Value):
        return x.data
    if isinstance(x, (list, tuple)):
        return [_plain(each) for each in x]
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([_plain(each) for each in x.ravel()], dtype=float).reshape(x.shape)
    return x


def _number(x: Any) -> Any:
    return np.float64(x) if isinstance(x, float) and not isinstance(x, np.float64) else x


def _binary(op: ast.operator, a: Any, b: Any) -> Any:
    refuse_large([a, b], isinstance(op, ast.MatMult))
    if isinstance(op, (ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)):  # as IEEE 754 has it, without exceptions
        a, b = (np.float64(x) if type(x) in (int, float) else x for x in (a, b))
    return _BINARY[type(op)](_number(a), _number(b))


def _index(node: ast.expr, scope: Scope) -> Any:
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(None if x is None else _computed(x, scope) for x in (lower, upper, step)))
        case ast.Tuple(elts=items):
            return tuple(_index(item, scope) for item in items)
        case ast.List(elts=items):
            return [_index(item, scope) for item in items]
    index = _computed(node, scope)
    return int(index) if isinstance(index, float) and index.is_integer() else index


def _item(items: Any, index: Any) -> Any:
    if isinstance(items, (list, tuple)) and not isinstance(index, (int, slice)):
        items = as_array(items)
    if not isinstance(items, (np.ndarray, list, tuple)):
        raise DerivationError(f"only an array or a list has items, and this is {abridged(repr(items), 40)}")
    return items[index]


def _is_module(name: str, scope: Scope) -> bool:
    return name in MODULES and name not in scope.names


def _called(
    function: ast.expr, given: list[Any], options: dict[str, Any], scope: Scope, node: ast.Call
) -> Any:
    match function:
        case ast.Name(id=name):
            if name in scope.functions:
                return _applied(scope.functions[name], given, options, scope)
            if callable(found := scope.outside.get(name)) and not isinstance(found, type):
                return found(*given, **options)
            if name in ("sum", "max", "min") and any(np.ndim(x) > 1 for x in given[:1]):
                raise DerivationError(f"{_quoted(node)}: of all numbers or along an axis? Write np.{name}(…)")
            return _known_function(name, given, options, scope, node)
        case ast.Attribute(value=ast.Name(id=module), attr=name) if _is_module(module, scope):
            return _known_function(name, given, options, scope, node)
        case ast.Attribute(value=value, attr=name) if name in ON_ARRAYS:
            return bare(ON_ARRAYS[name](array(_computed(value, scope)), *given, **options))
        case ast.Attribute(value=value, attr=name) if name in FUNCTIONS and not options:
            return FUNCTIONS[name](_computed(value, scope), *given)
        case ast.Lambda():
            return _applied(function, given, options, scope)
    found = repairs.repair(ast.unparse(node), FUNCTIONS, scope.names)
    raise DerivationError(f"{_quoted(function)} is not a function" + (f"; {found}" if found else ""))


def _applied(function: ast.Lambda, given: list[Any], options: dict[str, Any], scope: Scope) -> Any:
    parameters = [each.arg for each in function.args.args]
    if len(given) != len(parameters) or options:
        raise DerivationError(f"a function of ({', '.join(parameters)}) was given {len(given)} operands")
    if next(scope.calls) >= MOST_CALLS:
        raise DerivationError(f"more than {MOST_CALLS:,} calls of functions that call each other")
    inner = scope.inner(dict(zip(parameters, given, strict=True)))
    found = _computed(function.body, inner)
    scope.decided |= inner.decided
    return found


def _known_function(
    name: str, given: list[Any], options: dict[str, Any], scope: Scope, node: ast.Call
) -> Any:
    name = ALIASES.get(name, name)
    if (
        name in ON_ARRAYS
        and given
        and (options or name not in FUNCTIONS or isinstance(given[0], np.ndarray))
    ):
        return bare(ON_ARRAYS[name](array(given[0]), *given[1:], **options))
    if name in FUNCTIONS and not options:
        if name in ("where", "maximum", "minimum", "abs", "sign", "relu", "max", "min", "clip"):
            scope.decided = True
        return bare(FUNCTIONS[name](*given))
    if name.endswith("_prime") and len(given) == 1:
        base = name.removesuffix("_prime")
        base = ALIASES.get(base, base)
        if base in FUNCTIONS or base in scope.functions or callable(scope.outside.get(base)):
            return _derivative(base, given[0], scope)
    if name == "len" and len(given) == 1:
        return len(given[0])
    if name == "float" and len(given) == 1:
        return given[0]
    near = get_close_matches(name, [*FUNCTIONS, *ON_ARRAYS, *scope.functions], n=3)
    raise DerivationError(
        f"unknown function {name!r} in {_quoted(node)}"
        + (f"; did you mean {' or '.join(near)}?" if near else "; define it: " + name + " = lambda z: …")
    )


def _derivative(name: str, x: Any, scope: Scope) -> Any:
    """The derivative of a function of one number, as ``sigmoid_prime`` or σ' names it, element by element."""

    def of_one(z: Any) -> Any:
        u = z if isinstance(z, Value) else Value(float(z))
        if name in scope.functions:
            y = _applied(scope.functions[name], [u], {}, scope)
        else:
            y = (scope.outside[name] if callable(scope.outside.get(name)) else FUNCTIONS[name])(u)
        (found,) = gradients(y, [u], create_graph=isinstance(z, Value))
        return found

    if not isinstance(x, np.ndarray):
        return of_one(x)
    found = np.frompyfunc(of_one, 1, 1)(x)
    return found if x.dtype == object else found.astype(float)


def _quoted(node: ast.AST) -> str:
    return repr(abridged(ast.unparse(node), 60))
