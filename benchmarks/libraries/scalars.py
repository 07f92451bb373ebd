"""Libraries of number objects: what workloads use of them, with plain functions for what one lacks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.libraries import microgpt

__all__ = [
    "Lifted",
    "Scalars",
    "count_nodes",
    "load_chainrule",
    "load_microgpt",
    "load_micrograd",
    "plain_dot",
    "plain_logsumexp",
    "plain_softmax",
]


def plain_dot(ws: Iterable[Any], xs: Iterable[Any]) -> Any:
    """Σ w·x as people write it: a node for each product and each sum.

    >>> plain_dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return sum(w * x for w, x in zip(ws, xs, strict=True))


def plain_softmax(logits: Sequence[Any]) -> list[Any]:
    """The softmax without a shift, for small numbers."""
    powers = [logit.exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def plain_logsumexp(logits: Sequence[Any]) -> Any:
    """log Σ exp, likewise."""
    return sum(logit.exp() for logit in logits).log()


@dataclass(frozen=True)
class Scalars:
    """A library of number objects.

    Attributes:
        Value: makes a leaf of a number. Nodes have ``data``, ``grad``, ``backward()``, Python's operators,
            ``relu()``, ``exp()``, ``log()`` and ``tanh()``.
        children: the operands of a node.
        functions: where ``exp``, ``sin``, ``dot``, ``logsumexp`` … of nodes are, in libraries that have them.
        lift: what a loss is wrapped in.
    """

    Value: Any
    children: Callable[[Any], Iterable[Any]]
    functions: Any = None
    lift: Callable[..., Any] = lambda function: function

    def value_and_gradient(
        self, loss: Callable[[], Any], parameters: Sequence[Any]
    ) -> Callable[[], tuple[float, list[float]]]:
        """A function without arguments that gives a loss and its gradient, a graph for each call.

        Args:
            loss: makes the graph and returns its root.
            parameters: objects with ``data`` and ``grad``.
        """

        def both() -> tuple[float, list[float]]:
            total = loss()
            for p in parameters:
                p.grad = 0.0
            total.backward()
            return total.data, [p.grad for p in parameters]

        return both


def load_chainrule() -> Scalars:
    """The engine on the node that ``CHAINRULE_BACKEND`` names; ImportError where that is not built."""
    import engine

    return Scalars(engine.Value, lambda node: node._children, functions=engine)


def load_microgpt() -> Scalars:
    """The node of :mod:`benchmarks.libraries.microgpt`."""
    return Scalars(microgpt.Value, lambda node: node._children)


def load_micrograd() -> Scalars:
    """micrograd's Value, with exp, log and tanh in its own manner, the derivative in a closure."""
    Value: Any = import_module("micrograd.engine").Value

    def method(name: str, function: Callable[[float], float], partial: Callable[[Any, Any], float]) -> Any:
        def apply(self: Any) -> Any:
            out = Value(function(self.data), (self,), name)

            def _backward() -> None:
                self.grad += partial(self, out) * out.grad

            out._backward = _backward
            return out

        return apply

    Value.exp = method("exp", math.exp, lambda x, out: out.data)
    Value.log = method("log", math.log, lambda x, out: 1.0 / x.data)
    Value.tanh = method("tanh", math.tanh, lambda x, out: 1 - out.data**2)
    return Scalars(Value, lambda node: node._prev)


class Lifted:
    """chainrule's engine, lifting functions of scalars to arrays, on the node it chooses."""

    def __init__(self) -> None:
        import engine

        self.engine: Any = engine
        self.functions: Any = engine
        self.Value: Any = engine.Value
        self.children = None  # a lifted loss is one node
        self.lift: Any = engine.jit

    def value_and_gradient(
        self, function: Callable[[], Any], parameters: Sequence[Any]
    ) -> Callable[[], tuple[float, Any]]:
        """A function without arguments that gives the value of a lifted function, and its gradient.

        Args:
            function: gives a Value.
            parameters: Values; the gradient is an array of as many numbers, written anew in each call.
        """
        read_grad, zero_grad = import_module("engine.node.bulk").read_grad, self.engine.zero_grad
        parameters, gradient = list(parameters), np.empty(len(parameters))

        def both() -> tuple[float, Any]:
            value = function()
            zero_grad(parameters)
            value.backward()
            read_grad(parameters, gradient)
            return value.data, gradient

        return both


def count_nodes(root: Any, children: Callable[[Any], Iterable[Any]] | None) -> int | None:
    """Number of nodes of a graph, root and leaves included; None where nodes have no children.

    >>> count_nodes(("+", ("*", (), ())), lambda node: [each for each in node if isinstance(each, tuple)])
    3
    """
    if children is None:
        return None
    seen = {id(root): root}  # the nodes are held, lest an id be given twice
    waiting = [root]
    while waiting:
        for child in children(waiting.pop()):
            if id(child) not in seen:
                seen[id(child)] = child
                waiting.append(child)
    return len(seen)
