"""Writes one matrix product of a program, and its two gradients.

Left stand rows of factors, ``A`` of shape (U, n); right stand rows, (V, n), or the same as columns, (n, V),
whichever way the cells lie. In the form that most layers have, a column for every sample, the product and its
gradients are

    z = W @ h,   dW = dz @ h.T,   dh = W.T @ dz
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.jit.emit.statements import Assign, Statement
from engine.jit.emit.trees import Expression, MatMul, Reduce
from engine.jit.emit.views import View
from engine.jit.lower.groups import PER_SAMPLE, Group, Operand, Run
from engine.jit.lower.strides import affine

__all__ = ["Product"]

Pair = tuple[Expression, Expression]


class Product:
    """The matrix product of a group.

    Attributes:
        a, b: the sides as they are written; b may be an array of numbers.
        b_target: where the gradient of b goes: without the ones that meet biases.
        before: statements that gather operands.
    """

    def __init__(self, views: Any, group: Group, run: Run) -> None:
        grid: Any = group.grid
        self.views, self.group = views, group
        sizes = dict(zip(grid.axes, grid.members.shape, strict=True))
        self.components, self.u, self.v = sizes[0], sizes[1], sizes[2]
        self.axes = grid.axes
        self.before: list[Statement] = []
        a, b = run.a, run.b
        self.per_sample = group.space == PER_SAMPLE
        if self.per_sample and isinstance(a, Operand) and a.space == PER_SAMPLE:  # then b is what is fixed
            self.axes = tuple({0: 0, 1: 2, 2: 1}[axis] for axis in self.axes)
            a, b, self.u, self.v = b, a, self.v, self.u
        self.single = self.components == 1
        if not self.single:
            self.form = "several"
        elif self.per_sample:
            self.form = "columns" if self.v == 1 else "several"
            a = _index(a, lambda index: index[0])
            b = _index(b, lambda index: index[0, 0] if self.v == 1 else index[0])
        else:
            a, b = self._flat(a, b)
        self.a, self.b, self.b_target = a, b, b
        self.left, self.right = self._name(a), self._name(b, "a" if run.biased else "W")
        self.live = self.left  # what of the left side meets no ones
        if run.biased:
            self.live = self._name(_index(a, lambda index: index[..., :-1]), "V")
            along = -1 if self.form in ("rows", "right") else 0
            self.b_target = _index(b, lambda index: np.delete(index, -1, axis=along))

    def _flat(self, a: Any, b: Any) -> tuple[Any, Any]:
        """The sides of one product on fixed cells, and its form: as matrices, or vectors where one row
        stands."""
        a = _index(a, lambda index: index[0, 0] if self.u == 1 else index[0])
        if self.v == 1:
            self.form = "vector" if self.u > 1 else "scalar"
            return a, _index(b, lambda index: index[0, 0])
        columns = _index(b, lambda index: np.ascontiguousarray(index[0].T))
        place = affine(columns.index) if isinstance(columns, Operand) else None
        if not isinstance(columns, Operand) or place is None or place[1][1] == 1:
            self.form = "columns" if self.u > 1 else "left"
            return a, columns
        self.form = "rows" if self.u > 1 else "right"
        return a, _index(b, lambda index: index[0])

    def _name(self, side: Any, prefix: str = "W") -> View:
        if not isinstance(side, Operand):
            return self.views.array(side, "c")  # type: ignore[no-any-return]
        return self.views.operand(side, self.group.space, self.before, whole=True, matrix=prefix)  # type: ignore[no-any-return]

    def forward(self, out: View) -> Assign:
        """The statement that computes the product, once its operands are gathered."""
        left, right = self.left, self.right
        if self.form == "several":
            return Assign(
                self._turned(out), MatMul(self._wide, right if self.per_sample else right.swapaxes(1, 2))
            )
        forms = {"rows": (left, right.T), "right": (right, left)}
        product = MatMul(*forms.get(self.form, (left, right)))
        return Assign(out, product, says=bool(product.shape))

    @property
    def _wide(self) -> View:
        """The left side, beside several right rows of each component."""
        return self.left.with_axis(1) if self.per_sample and self.components > 1 else self.left

    def gradients(self, g: View) -> Pair:
        """The gradients of both sides, given that of the product."""
        right, live = self.right, self.live
        forms: dict[str, Callable[[], Pair]] = {
            "columns": lambda: (MatMul(g, right.T), MatMul(live.T, g)),
            "rows": lambda: (MatMul(g, right), MatMul(g.T, live)),
            "vector": lambda: (g.with_axis(1) * right, MatMul(live.T, g)),
            "left": lambda: (MatMul(right, g), live.with_axis(1) * g),
            "right": lambda: (MatMul(right.T, g), g.with_axis(1) * live),
            "scalar": lambda: (g * right, g * live),
            "several": lambda: self._several(self._turned(g)),
        }
        return forms[self.form]()

    def _several(self, g: View) -> Pair:
        if self.per_sample:
            by_left = Reduce("add", MatMul(g, self.right.swapaxes(-1, -2)), (-3,))
            return by_left, MatMul(self._wide.swapaxes(-1, -2), g)
        return MatMul(g, self.right), MatMul(g.swapaxes(1, 2), self.left)

    def _turned(self, view: View) -> View:
        """Results as (components, U, V), or over samples as (components, V, U, samples), without axes of size
        1."""
        wanted = ("" if self.single else "c") + ("vu" if self.per_sample else "uv")
        shape = {"c": self.components, "u": self.u, "v": self.v}
        present = [axis for axis in ("cuv"[each] for each in self.axes) if axis in wanted]
        order = [present.index(axis) for axis in wanted]
        if self.per_sample:
            order.append(len(order))
        turned = view.reshape(*(shape[axis] for axis in present))
        return self.views.turned(turned if order == sorted(order) else turned.transpose(*order))  # type: ignore[no-any-return]


def _index(side: Any, change: Callable[[Any], Any]) -> Any:
    """A side with its cells, or its numbers, in another shape."""
    if isinstance(side, Operand):
        return Operand(side.space, np.ascontiguousarray(change(side.index)), side.wanted)
    return np.ascontiguousarray(change(side))
