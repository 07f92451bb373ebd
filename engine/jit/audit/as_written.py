"""Result and gradients of f itself in a call, to compare with its program's."""

from __future__ import annotations

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
    """Result and gradients of f itself in a call, to compare with its program's.

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
        with enable_grad(), nodes_made() as made:
            output = f()
            self.result = Result(output if like is None else as_nodes(output, like))
            values = self.result.values
            nodes, *_, data, _, _ = graph_arrays(values) if values else ([], np.zeros(0), None, None)
            self.numbers = [value._data for value in values]
            self.largest = _largest(data)
            self.gradients: list[Vector] = []
            self.steepest = 0.0
            for value in values if differentiated else ():
                found = _adjoints(value, [*nodes, *operands], set(operands))
                found = np.zeros(0) if found is None else found
                self.steepest = max(self.steepest, _largest(found[: len(nodes)]))
                self.gradients.append(found[len(nodes) :])
        self._taking = np.array([takes_gradient(x) for x in operands], dtype=bool)
        spoil(made)  # in case the function keeps some of it

    def agrees(self, result: Result, numbers: Sequence[float], gradients: Sequence[Vector]) -> bool:
        """Whether a program gave the same result, numbers and gradients."""
        if not self.result.same_as(result):
            return False
        if len(numbers) != len(self.numbers) or not _alike(numbers, self.numbers, self.largest):
            return False
        pairs = zip(gradients, self.gradients, strict=False)
        taking = self._taking  # of one that was frozen since, f gives none
        return all(
            len(mine) != len(own) or _alike(np.asarray(mine)[taking], own[taking], self.steepest)
            for mine, own in pairs
        )

    def agrees_in_numbers(self, other: Result) -> bool:
        """Whether another result of f has the same numbers; one that is nested otherwise has not."""
        numbers = [value._data for value in other.values]
        return len(numbers) == len(self.numbers) and _alike(numbers, self.numbers, self.largest)

    def against(self, numbers: Sequence[float] | None) -> str:
        """Both results, in words."""
        if self.agrees(self.result, numbers or [], []):
            return "its gradients, or what it returns beside numbers, are not those of the function itself"
        return f"it gives {abridged(str(numbers))}, and the function itself {abridged(str(self.numbers))}"


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
