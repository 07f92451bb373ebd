"""One run of the function that a derivation is of: what it computes, and the derivatives of that."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.graph.walks import topological_order
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.pytree.maps import flatten, map_numbers
from engine.transforms.reverse import gradients
from engine.transforms.variables import like

__all__ = ["Forward", "as_numbers", "as_values", "is_of_numbers", "shape_of"]


class Forward:
    """One run of f.

    Attributes:
        values: Values, or arrays and lists of Values, by name.
        loss: the result.
        loss_names: the names of the result.
        beside: what :attr:`Setting.beside` returned in this run.
    """

    def __init__(self, values: dict[str, Any], loss: Any) -> None:
        self.loss = loss if isinstance(loss, Value) else Value(loss)
        self.values = {name: tree for name, tree in values.items() if is_of_numbers(tree)}
        self.loss_names = [name for name, tree in self.values.items() if tree is self.loss]
        self._leaves = {name: flatten(tree) for name, tree in self.values.items()}
        self.constants = {
            name for name, leaves in self._leaves.items() if not any(isinstance(x, Value) for x in leaves)
        }
        self.numbers = {name: as_numbers(tree) for name, tree in self.values.items()}
        self._adjoints: dict[str, Any] = {}
        self._sizes: dict[Value, float] = {}
        self.beside: Any = None

    def adjoint(self, name: str) -> Any:
        """The derivatives of the loss by a quantity, nested as it is."""
        if not self._adjoints:
            nodes = list(
                {x: None for leaves in self._leaves.values() for x in leaves if isinstance(x, Value)}
            )
            by_node = dict(zip(nodes, gradients(self.loss, nodes), strict=True))
            for each, tree in self.values.items():
                self._adjoints[each] = as_numbers(
                    map_numbers(lambda x, _: by_node[x] if isinstance(x, Value) else 0.0, tree)
                )
        return self._adjoints[name]

    def rounding(self, name: str) -> float:
        """How far from 0 rounding may leave a derivative of the loss by a quantity, where its paths cancel.

        It is some units in the last place of the sum of all paths, each without its sign.
        """
        if not self._sizes:
            self._sizes = {self.loss: 1.0}
            for node in reversed(topological_order(self.loss)):
                size = self._sizes.get(node, 0.0)
                for child, partial in zip(node._children, node._local_grads or (), strict=False):
                    self._sizes[child] = self._sizes.get(child, 0.0) + size * abs(partial)
        found = 1e-14 * max(
            (self._sizes.get(x, 0.0) for x in self._leaves[name] if isinstance(x, Value)), default=0.0
        )
        return found if math.isfinite(found) else 0.0

    def partial(self, of: str, by: str) -> Any:
        """The derivatives of one quantity by another of its shape, element by element; None of others."""
        ys, xs = self._leaves[of], self._leaves[by]
        if not all(isinstance(x, Value) for x in (*ys, *xs)):
            return None
        if len(ys) == 1 and len(xs) > 1:
            return like([self.numbers[by]], gradients(ys[0], xs))[0]
        if shape_of(self.numbers[of]) != shape_of(self.numbers[by]) or len(ys) != len(xs):
            return None
        for i in {0, len(ys) // 2, len(ys) - 1}:
            if any(d for j, d in enumerate(gradients(ys[i], xs)) if i != j):
                return None  # a matrix of derivatives
        return like([self.numbers[of]], gradients(FUNCTIONS["sum"](ys), xs))[0]


def as_values(tree: Any, name: str) -> Any:
    """New Values for the numbers of a tree, labelled by their places."""
    return map_numbers(lambda x, path: Value(x, label=path), tree, name)


def as_numbers(tree: Any) -> Any:
    """The floats of a tree of Values and numbers, nested as they were."""
    return map_numbers(lambda x, _: x.data if isinstance(x, Value) else float(x), tree)


def shape_of(tree: Any) -> tuple[int, ...]:
    """The shape of a nest of numbers; of a ragged one how many there are.

    >>> shape_of([[1.0, 2.0]]), shape_of([[1.0], [2.0, 3.0]])
    ((1, 2), (3,))
    """
    try:
        return np.shape(tree)
    except ValueError:
        return (len(flatten(tree)),)


def is_of_numbers(tree: Any) -> bool:
    """Whether something is a number, or a nest of them that is not empty."""
    if isinstance(tree, bool) or tree is None or isinstance(tree, str):
        return False
    if isinstance(tree, np.ndarray) and tree.dtype.kind not in "fiuO":
        return False
    try:
        return bool(flatten(tree))
    except (TypeError, ValueError, RecursionError):
        return False
