"""Result and gradients of f itself in a call, to compare with its program's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.autograd.masking import is_masked
from engine.node.backend import Value
from engine.node.bulk import adjoints, graph_arrays, nodes_made, spoil
from engine.pytree.arguments import takes_gradient
from engine.pytree.result import Result, as_nodes
from engine.quoting import abridged

__all__ = ["CLOSE", "NOISE", "AsWritten"]

CLOSE = 1e-6
"""How far numbers may lie apart, relatively: sums are added up in another order."""

NOISE = 1e-9
"""The same of the largest number on the way: where large ones cancel, what is left has fewer digits."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


class AsWritten:
    """Result and gradients of f itself in a call, to compare with its program's in a block.

    Attributes:
        largest: the largest number that is known to be on the way to the result.
        steepest: the same of gradients.

    Args:
        f: the call of f on Values.
        operands: what gradients are by.
        differentiated: whether gradients are compared.
        like: the result of a program that has Values in the place of numbers that f may return; else None.
    """

    def __init__(
        self,
        f: Callable[[], Any],
        operands: Sequence[Value],
        differentiated: bool,
        like: Result | None = None,
    ) -> None:
        with enable_grad(), nodes_made() as self._made:
            output = f()
            self.result = Result(output if like is None else as_nodes(output, like))
            self.numbers = [value._data for value in self.result.values]
            self._of_gradients = self.result.values if differentiated else []
            found = [_adjoints(value, operands, set(operands)) for value in self._of_gradients]
            self.gradients = [np.zeros(0) if each is None else each for each in found]
        self._operands, self._overflows = operands, False
        self._taking = np.array([takes_gradient(x) for x in operands], dtype=bool)
        self.largest = _largest(self.numbers)
        self.steepest = max([1.0, *map(_largest, self.gradients)])  # that of the result by itself is 1

    def __enter__(self) -> AsWritten:
        return self

    def __exit__(self, *error: object) -> None:
        spoil(self._made)  # in case the function keeps some of it
        self._made = []

    def agrees(self, result: Result, numbers: Sequence[float], gradients: Sequence[Vector]) -> bool:
        """Whether a program gave the same result, numbers and gradients."""
        return self.result.same_as(result) and self._are_alike(numbers, gradients)

    def agrees_in_numbers(self, other: Result) -> bool:
        """Whether another result of f has the same numbers; one that is nested otherwise has not."""
        return self._are_alike([value._data for value in other.values], [])

    def _are_alike(self, numbers: Sequence[float], gradients: Sequence[Vector]) -> bool:
        """Whether numbers agree: mostly by what the results are, else by what was on the way to them."""
        if len(numbers) != len(self.numbers):
            return False
        return self._are_near(numbers, gradients) or self.measured()._are_near(numbers, gradients)

    def _are_near(self, numbers: Sequence[float], gradients: Sequence[Vector]) -> bool:
        if not _alike(numbers, self.numbers, self.largest):
            return False
        pairs = zip(gradients, self.gradients, strict=False)
        taking = self._taking  # of one that was frozen since, f gives none
        return all(
            len(mine) != len(own) or self._alike(np.asarray(mine)[taking], own[taking]) for mine, own in pairs
        )

    def _alike(self, mine: Vector, own: Vector) -> bool:
        """Whether gradients are. Where those of f are no numbers by an overflow, a program's may be."""
        return _alike(np.where(np.isfinite(own), mine, own) if self._overflows else mine, own, self.steepest)

    def measured(self) -> AsWritten:
        """It with the largest of all numbers on the way, which are there until its block ends."""
        if not self._made or not self.result.values:
            return self
        nodes, *_, data, _, _ = graph_arrays(self.result.values)
        self.largest = _largest(data)
        self._overflows = not all(np.isfinite(own).all() for own in self.gradients) and _overflows(nodes)
        for value in self._of_gradients:
            found = _adjoints(value, nodes, set(self._operands))
            self.steepest = max(self.steepest, _largest([] if found is None else found))
        return self

    def against(self, numbers: Sequence[float] | None) -> str:
        """Both results, in words."""
        if self._are_alike(numbers or [], []):
            return "its gradients, or what it returns beside numbers, are not those of the function itself"
        return f"it gives {abridged(str(numbers))}, and the function itself {abridged(str(self.numbers))}"


def _overflows(nodes: Sequence[Value]) -> bool:
    """Whether a local gradient leaves the range of floats, as 1 / b does for a tiny b that is not 0."""
    return any(
        math.isinf(local_grad) and math.isfinite(node._data) and operand._data != 0.0
        for node in nodes
        for operand, local_grad in zip(node._children, node._local_grads, strict=False)
    )


def _adjoints(root: Value, wanted: Sequence[Value], leaves: set[Value]) -> Vector | None:
    """The gradients of a root; they stop at nodes that were there before, as in a program."""
    if not any(node._children for node in leaves):
        return adjoints(root, wanted)
    found = {root: 1.0}
    for node in reversed(root._topological_order()):
        if node in found and node not in leaves:
            for position, (child, local_grad) in enumerate(
                zip(node._children, node._local_grads, strict=False)
            ):
                if not is_masked(node, position, local_grad):
                    found[child] = found.get(child, 0.0) + local_grad * found[node]
    return np.array([found.get(node, 0.0) for node in wanted], float)


def _alike(mine: Any, own: Any, largest: float) -> bool:
    return np.allclose(mine, own, rtol=CLOSE, atol=NOISE * largest, equal_nan=True)


def _largest(numbers: Any) -> float:
    """The largest finite number."""
    sizes = np.abs(np.asarray(numbers, dtype=float))
    return float(sizes[np.isfinite(sizes)].max(initial=0.0))
