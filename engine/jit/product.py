"""One matrix product of a program: how it is written, and its two gradients.

Rows of factors stand on both sides: left ``A`` of shape (U, n), right ``B`` of shape (V, n), and the product
is ``A @ B.T``. What is written depends on how the results lie. Over samples, what is fixed multiplies what
has a column for every sample:

    z = W @ h,   dW = dz @ h.T,   dh = W.T @ dz
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.jit.expression import Expression
from engine.jit.layout import PER_SAMPLE, Group, Operand, Run

__all__ = ["Product"]


class Product:
    """The matrix product of a group.

    Attributes:
        a, b: the operands with axes of size 1 left out as the form asks; b may be an array of numbers.
        before: statements that gather operands.
    """

    def __init__(self, views: Any, group: Group, run: Run) -> None:
        grid = group.grid
        if grid is None:
            raise RuntimeError("a matrix product has a grid")
        self.views, self.group = views, group
        sizes = dict(zip(grid.axes, grid.members.shape, strict=True))
        self.components, self.u, self.v = sizes[0], sizes[1], sizes[2]
        self.order = "".join("cuv"[axis] for axis in grid.axes if sizes[axis] > 1)
        self.axes = grid.axes
        self.before: list[str] = []
        a, b = run.a, run.b
        self.per_sample = group.space == PER_SAMPLE
        self.swapped = self.per_sample and a.space == PER_SAMPLE  # then b is what is fixed
        if self.swapped:
            self.order = self.order.translate(str.maketrans("uv", "vu"))
            self.axes = tuple({0: 0, 1: 2, 2: 1}[axis] for axis in self.axes)
            a, b, self.u, self.v = b, a, self.v, self.u
        if self.per_sample:
            self.simple = self.components == self.v == 1
            self.a = _cut(a, self.components == 1)
            self.b = _cut(b, self.components == 1, self.simple)
        else:
            self.simple = self.components == 1
            self.a = _cut(a, self.simple, self.simple and self.u == 1)
            self.b = _cut(b, self.simple, self.simple and self.v == 1)
        self.left, self.right = self._name(self.a), self._name(self.b)

    def _name(self, side: Any) -> str:
        if not isinstance(side, Operand):
            return str(self.views.array(side, "c"))
        name, statement = self.views.operand(side, side.space, whole=True, matrix=True)
        if statement:
            self.before.append(statement)
        return str(name)

    def forward(self, out: str) -> list[str]:
        """The statements that compute the product."""
        left, right = self.left, self.right
        if self.per_sample:
            text = (
                f"np.matmul({left}, {right}, out={out})  # {left} @ {right}"
                if self.simple
                else self._many(out)
            )
        elif not self.simple:
            text = f"np.matmul({left}, {right}.swapaxes(1, 2), out={self._turned(out)})"
        else:
            text = {
                "uv": f"np.matmul({left}, {right}.T, out={out})  # {left} @ {right}.T",
                "vu": f"np.matmul({right}, {left}.T, out={out})  # {right} @ {left}.T",
                "u": f"np.matmul({left}, {right}, out={out})  # {left} @ {right}",
                "v": f"np.matmul({right}, {left}, out={out})  # {right} @ {left}",
                "": f"{out}[...] = np.dot({left}, {right})",
            }[self.order]
        return [*self.before, text]

    def gradients(self, g: str) -> tuple[Expression, Expression]:
        """The gradients of both sides, given that of the product."""
        left, right = self.left, self.right
        if self.per_sample:
            if self.simple:
                pair = _matmul(g, f"{right}.T"), _matmul(f"{left}.T", g)
            else:
                turned, a, b = self._turned(g), self._wide_left(), right
                b = self._wide_right()
                pair = (
                    Expression(f"np.matmul({turned}, {b}.swapaxes(-1, -2)).sum(axis=-3)"),
                    Expression(f"np.matmul({a}.swapaxes(-1, -2), {turned})"),
                )
        elif not self.simple:
            turned = self._turned(g)
            pair = (
                Expression(f"np.matmul({turned}, {right})", call=("np.matmul", (turned, right))),
                Expression(
                    f"np.matmul({turned}.swapaxes(1, 2), {left})",
                    call=("np.matmul", (f"{turned}.swapaxes(1, 2)", left)),
                ),
            )
        else:
            forms: dict[str, Callable[[], tuple[Expression, Expression]]] = {
                "uv": lambda: (_matmul(g, right), _matmul(f"{g}.T", left)),
                "vu": lambda: (_matmul(f"{g}.T", right), _matmul(g, left)),
                "u": lambda: (_outer(g, right), _matmul(f"{left}.T", g)),
                "v": lambda: (_matmul(f"{right}.T", g), _outer(g, left)),
                "": lambda: (Expression(g) * Expression(right), Expression(g) * Expression(left)),
            }
            pair = forms[self.order]()
        return pair

    # -- several products at once -------------------------------------------------------------------

    def _many(self, out: str) -> str:
        return f"np.matmul({self._wide_left()}, {self._wide_right()}, out={self._turned(out)})"

    def _wide_left(self) -> str:
        """The fixed side with an axis for the columns that share it: (components, 1, U, n)."""
        return f"{self.left}[:, None]" if self.components > 1 else self.left

    def _wide_right(self) -> str:
        return self.right

    def _turned(self, name: str) -> str:
        """Results as (components, U, V), or over samples as (components, V, U, samples); without axes of size
        1."""
        key = ("turned", name)
        names = self.views._names
        if key not in names:
            wanted = ("c" if self.components > 1 else "") + ("vu" if self.per_sample else "uv")
            shape = {"c": self.components, "u": self.u, "v": self.v}
            present = [axis for axis in ("cuv"[each] for each in self.axes) if axis in wanted]
            sizes = ", ".join(str(shape[axis]) for axis in present)
            order = [present.index(axis) for axis in wanted]
            tail = ", samples" if self.per_sample else ""
            if self.per_sample:
                order.append(len(order))
            names[key] = self.views._new("t")
            turned = "" if order == sorted(order) else f".transpose({', '.join(map(str, order))})"
            self.views.lines.append(f"{names[key]} = {name}.reshape({sizes}{tail}){turned}")
        return str(names[key])


def _cut(side: Any, *axes: bool) -> Any:
    """A side without its first axes where they have size 1 and the form has no use for them."""
    index = side.index if isinstance(side, Operand) else side
    for cut in axes:
        if cut:
            index = index[0]
    return (
        Operand(side.space, index, side.wanted) if isinstance(side, Operand) else np.ascontiguousarray(index)
    )


def _matmul(a: str, b: str) -> Expression:
    return Expression(f"{a} @ {b}", atomic=False, call=("np.matmul", (a, b)))


def _outer(a: str, b: str) -> Expression:
    return Expression(f"{a}[:, None] * {b}", atomic=False, call=("np.multiply", (f"{a}[:, None]", b)))
