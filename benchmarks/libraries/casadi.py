"""CasADi: scalar code runs once on symbols; the evaluation of graph and gradient is timed."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.libraries.protocols import Step

__all__ = ["Node", "Symbols", "load"]


def _binary(operate: Callable[[Any, Any], Any]) -> Callable[[Node, Any], Node]:
    def method(self: Node, other: Any) -> Node:
        data, sx = (other.data, other.sx) if isinstance(other, Node) else (float(other), float(other))
        return Node(self.casadi, operate(self.data, data), operate(self.sx, sx))

    return method


def _unary(name: str) -> Callable[[Node], Node]:
    def method(self: Node) -> Node:
        return Node(self.casadi, getattr(math, name)(self.data), getattr(self.casadi, name)(self.sx))

    return method


class Node:
    """A CasADi expression (``sx``) and the number it stands for (``data``), written like micrograd's node."""

    __slots__ = ("casadi", "data", "sx")
    __array_ufunc__ = None  # NumPy's numbers leave the arithmetic to this class

    def __init__(self, casadi: Any, data: float, sx: Any) -> None:
        self.casadi, self.data, self.sx = casadi, data, sx

    __add__ = __radd__ = _binary(operator.add)
    __mul__ = __rmul__ = _binary(operator.mul)
    __sub__, __truediv__, __pow__ = map(_binary, (operator.sub, operator.truediv, operator.pow))
    exp, log, tanh = map(_unary, ("exp", "log", "tanh"))

    def __neg__(self) -> Node:
        return Node(self.casadi, -self.data, -self.sx)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1

    def relu(self) -> Node:
        return Node(self.casadi, max(0.0, self.data), self.casadi.fmax(self.sx, 0))


def _functions(casadi: Any) -> SimpleNamespace:
    """CasADi's functions of symbols, and those that it lacks written with them."""

    def logsumexp(scores: Sequence[Any]) -> Any:
        largest = reduce(casadi.fmax, scores)
        return largest + casadi.log(sum(casadi.exp(score - largest) for score in scores))

    return SimpleNamespace(
        **{name: getattr(casadi, name) for name in ("cos", "exp", "log", "sin", "sqrt", "tanh")},
        logsumexp=logsumexp,
        ndtr=lambda x: 0.5 * (1.0 + casadi.erf(x * math.sqrt(0.5))),
        sigmoid=lambda x: 1.0 / (1.0 + casadi.exp(-x)),
    )


class Symbols:
    """Makes symbols, keeps their numbers, and makes functions of them."""

    def __init__(self) -> None:
        self.casadi: Any = import_module("casadi")
        self.functions: Any = _functions(self.casadi)
        self.leaves: list[Node] = []

    def Value(self, number: Any) -> Node:
        """A new symbol for a number."""
        leaf = Node(self.casadi, float(number), self.casadi.SX.sym(f"v{len(self.leaves)}"))
        self.leaves.append(leaf)
        return leaf

    def training_step(self, loss: Node, parameters: Sequence[Node]) -> Step:
        """A training step; symbols that are not parameters keep their numbers."""
        chosen = set(map(id, parameters))
        others = [leaf for leaf in self.leaves if id(leaf) not in chosen]
        variables = self.casadi.vertcat(*(leaf.sx for leaf in parameters))
        constants = self.casadi.vertcat(*(leaf.sx for leaf in others))
        gradient = self.casadi.gradient(loss.sx, variables)
        function = self.casadi.Function("step", [variables, constants], [loss.sx, gradient])
        held = np.array([leaf.data for leaf in others])

        def step(numbers: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, gradients = function(numbers, held)
            gradients = np.asarray(gradients).ravel()
            return float(value), gradients, np.asarray(numbers) - learning_rate * gradients

        return step

    def value_and_gradient(
        self, function: Callable[[list[Any]], Any], numbers: Sequence[float]
    ) -> Callable[[], tuple[float, Any]]:
        """CasADi's quickest call, which reads and writes arrays that it was given once."""
        variables = self.casadi.SX.sym("x", len(numbers))
        root = function(self.casadi.vertsplit(variables))
        compiled = self.casadi.Function("f", [variables], [root, self.casadi.gradient(root, variables)])
        given: Any = np.array(numbers)
        value, gradient = np.empty(1), np.empty(len(numbers))
        buffer, call = compiled.buffer()
        buffer.set_arg(0, given.data)
        buffer.set_res(0, value.data)
        buffer.set_res(1, gradient.data)
        held = compiled, buffer, given  # the call knows no more than their addresses

        def both(_: Any = held) -> tuple[float, Any]:
            call()
            return value.item(), gradient

        return both

    def mapped(
        self, function: Callable[..., Any], arguments: int, count: int
    ) -> Callable[[Any], tuple[Any, Any]]:
        """CasADi's ``map`` of the function and its gradient."""
        variables = [self.casadi.SX.sym(f"x{i}") for i in range(arguments)]
        value = function(self.casadi, *variables)
        gradients = self.casadi.gradient(value, self.casadi.vertcat(*variables))
        point = self.casadi.Function("point", [self.casadi.vertcat(*variables)], [value, gradients])
        every = point.map(count)

        def both(table: Any) -> tuple[Any, Any]:
            values, gradients = every(table)
            return np.asarray(values).ravel(), np.asarray(gradients)

        return both


load = Symbols
