"""CasADi: scalar code runs once on symbols; what is timed is the evaluation of value and gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

__all__ = ["Symbols"]


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
    """Makes functions of symbols; ``functions`` is where ``exp``, ``sin``, ``logsumexp`` … of them are."""

    def __init__(self) -> None:
        self.casadi: Any = import_module("casadi")
        self.functions: Any = _functions(self.casadi)

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
        """CasADi's ``map``: a function of a table, a row an argument, for values and derivatives.

        Args:
            function: of so many numbers; its first argument is a module with ``exp``, ``sin``, ….
            arguments: how many it has besides.
            count: how many columns the table will have.
        """
        variables = [self.casadi.SX.sym(f"x{i}") for i in range(arguments)]
        value = function(self.functions, *variables)
        gradients = self.casadi.gradient(value, self.casadi.vertcat(*variables))
        point = self.casadi.Function("point", [self.casadi.vertcat(*variables)], [value, gradients])
        every = point.map(count)

        def both(table: Any) -> tuple[Any, Any]:
            values, gradients = every(table)
            return np.asarray(values).ravel(), np.asarray(gradients)

        return both
