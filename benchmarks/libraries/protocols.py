"""Protocols that libraries offer to workloads, and plain functions where they offer less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = [
    "Arrays",
    "Lifter",
    "Loops",
    "Scalars",
    "Symbolic",
    "count_nodes",
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
    """The softmax as microgpt writes it: shifted by the largest number, which is taken as a constant."""
    largest = max(logit.data for logit in logits)
    powers = [(logit - largest).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def plain_logsumexp(logits: Sequence[Any]) -> Any:
    """log Σ exp, shifted likewise."""
    largest = max(logit.data for logit in logits)
    return sum((logit - largest).exp() for logit in logits).log() + largest


@dataclass(frozen=True)
class Scalars:
    """A library of number objects.

    Attributes:
        Value: makes a leaf of a number. Nodes have ``data``, ``grad``, ``backward()``, Python's operators,
            ``relu()``, ``exp()``, ``log()`` and ``tanh()``.
        children: the operands of a node.
        dot: Σ w·x in the best way the library has; likewise ``softmax`` and ``logsumexp``.
        cyclic: whether graphs are freed by the garbage collector only.
        functions: where ``exp``, ``sin``, ``logsumexp`` … of nodes are, in libraries that have them.
    """

    Value: Any
    children: Callable[[Any], Iterable[Any]]
    dot: Callable[[Sequence[Any], Sequence[Any]], Any] = plain_dot
    softmax: Callable[[Sequence[Any]], list[Any]] = plain_softmax
    logsumexp: Callable[[Sequence[Any]], Any] = plain_logsumexp
    cyclic: bool = False
    functions: Any = None


Step = Callable[[Any, float], tuple[float, Any, Any]]
"""``step(parameters, learning_rate)`` gives the loss, its gradients and the parameters after the step."""


class Arrays(Protocol):
    """A library of arrays. Its arrays have ``@``, ``T``, ``sum``, ``reshape`` and ``swapaxes``."""

    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    tanh: Callable[[Any], Any]
    relu: Callable[[Any], Any]

    def array(self, numbers: Any) -> Any:
        """An array of float64."""

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A step of gradient descent on a list of arrays."""

    def value_and_gradients(self, loss: Callable[[list[Any]], Any]) -> Callable[[Any], tuple[Any, Any]]:
        """A function of a list of arrays that gives the loss and its gradient by each of them."""

    def adam(
        self, loss: Callable[..., Any], start: list[Any], rate: float
    ) -> tuple[Callable[..., Any], Callable[[], list[Any]]]:
        """Training with Adam: a step and the present parameters.

        Args:
            loss: of the parameters and whatever a step is called with.
            start: arrays; they stay as they are.
            rate: the step size.

        Returns:
            ``step(*data)``, which gives the loss before it, perhaps not yet computed; and ``present()``,
            which gives the parameters and waits for them.
        """

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """A function of arrays that gives ``function(module, *arrays)`` and its derivatives by each of them.

        Args:
            function: computes number by number; its first argument is a module with ``exp``, ``sin``, ….
        """


class Loops(Arrays, Protocol):
    """A library of arrays with loops that it compiles.

    Attributes:
        numpy: its module of NumPy's functions.
        functions: the same functions, and ``ndtr``.
    """

    numpy: Any
    functions: Any

    scan: Callable[..., Any]
    """``scan(step, state, rows, length, unroll=1)`` gives the last state and all outputs.

    ``step(state, row)`` gives the next state and an output; without rows (None) it is taken ``length`` times.
    """

    def solve_triangular(self, L: Any, b: Any) -> Any:
        """x with L x = b, L lower triangular."""


class Symbolic(Protocol):
    """A library that builds a graph of symbols first and evaluates it later.

    Attributes:
        functions: where ``exp``, ``sin``, ``logsumexp`` … of bare symbols are.
    """

    functions: Any

    def Value(self, number: Any) -> Any:
        """A symbol with the number it stands for; written like a node of a library of scalars."""

    def training_step(self, loss: Any, parameters: Sequence[Any]) -> Step:
        """A step of gradient descent on the numbers of the parameters."""

    def value_and_gradient(
        self, function: Callable[[list[Any]], Any], numbers: Sequence[float]
    ) -> Callable[[], tuple[float, Any]]:
        """A function without arguments that gives the value at some numbers, and the gradient.

        Args:
            function: of a list of bare symbols.
            numbers: as many; the gradient is an array, written anew in each call.
        """

    def mapped(
        self, function: Callable[..., Any], arguments: int, count: int
    ) -> Callable[[Any], tuple[Any, Any]]:
        """A function of a table, a row an argument and ``count`` columns, for values and derivatives.

        Args:
            function: of so many numbers; its first argument is a module with ``exp``, ``sin``, ….
            arguments: how many it has besides.
            count: how many columns there will be.
        """


class Lifter(Protocol):
    """chainrule's engine, lifting functions of scalars to arrays."""

    engine: Any

    def value_and_gradient(
        self, function: Callable[[], Any], parameters: Sequence[Any]
    ) -> Callable[[], tuple[float, Any]]:
        """A function without arguments that gives the value of a lifted function, and its gradient.

        Args:
            function: gives a Value.
            parameters: Values; the gradient is an array of as many numbers, written anew in each call.
        """


def count_nodes(root: Any, children: Callable[[Any], Iterable[Any]]) -> int:
    """Number of nodes of a graph, root and leaves included.

    >>> count_nodes(("+", ("*", (), ())), lambda node: [each for each in node if isinstance(each, tuple)])
    3
    """
    seen = {id(root): root}  # the nodes are held, lest an id be given twice
    waiting = [root]
    while waiting:
        for child in children(waiting.pop()):
            if id(child) not in seen:
                seen[id(child)] = child
                waiting.append(child)
    return len(seen)
