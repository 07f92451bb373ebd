"""A statement of a step as one statement for all steps: each view gets one more axis in front, of the steps.

z[t] = W @ x[t]                ->  z_all = x_all @ W.T
dW += dz[t][:, None] * h[t]    ->  dW += dz_all.T @ h_all, the sum over all steps
db += dz[t]                    ->  db += dz_all.sum(axis=0)
"""

from __future__ import annotations

from typing import Any

from engine.jit.emit.arrays import Frame, Views
from engine.jit.emit.statements import Assign
from engine.jit.emit.trees import SAMPLES, Call, Expression, MatMul, Number, Reduce, Samples, Seed, UnfitError
from engine.jit.emit.views import CELLS, GRADIENTS, View

__all__ = ["for_all_steps"]


def for_all_steps(statement: Any, views: Views, frame: Frame) -> Assign | None:
    """A statement of a step as one for all steps; None where it has no such form."""
    if not isinstance(statement, Assign):
        return None
    lifter = _Lifter(views, frame.steps)
    target, value = statement.target, statement.value
    try:
        if target.advance:
            return Assign(*lifter.assigned(target, value), adds=statement.adds)
        if statement.adds and moves(value):
            return Assign(target, lifter.summed(target, value), adds=True)
    except UnfitError:
        pass
    return None


def moves(tree: Expression) -> bool:
    """Whether a tree differs from step to step."""
    return any(isinstance(each, View) and each.advance for each in tree.walk())


class _Lifter:
    """Puts the axis of steps in front of trees."""

    def __init__(self, views: Views, steps: int) -> None:
        self.views, self.steps = views, steps
        self._known: dict[tuple[int, int], Expression] = {}

    def view(self, view: View, rank: int) -> View:
        """A view with so many axes behind that of steps."""
        if not view.advance:
            return view
        return self._view(view, (1,) * (rank - len(view.shape)) + view.shape)

    def _view(self, view: View, shape: tuple[int, ...]) -> View:
        """The same in a shape that differs in axes of size 1."""
        if view.array not in (*CELLS, *GRADIENTS) or SAMPLES in view.shape[:-1]:
            raise UnfitError
        sized = [(n, k) for n, k in zip(view.shape, view.strides, strict=True) if n not in (1, SAMPLES)]
        given = iter(sized)
        axes = [next(given) if n not in (1, SAMPLES) else (1, 0) for n in shape if n != SAMPLES]
        if view.array.samples is not (SAMPLES in shape) or next(given, None) is not None:
            raise UnfitError
        sizes = (self.steps, *(n for n, _ in axes))
        return self.views.of_all_steps(view, sizes, (view.advance, *(k for _, k in axes)))

    def assigned(self, target: View, value: Expression) -> tuple[View, Expression]:
        rank = len(target.shape)
        own = rank if value.scalar or not moves(value) else len(value.shape)
        lead = target.shape[: rank - own]
        if any(size != 1 for size in lead):
            raise UnfitError
        return self._view(target, target.shape[rank - own :]), self.tree(value, own)

    def summed(self, target: View, value: Expression) -> Expression:
        """The sum over the steps."""
        if value.shape != target.shape:
            raise UnfitError
        outer = self._outer(value)
        return outer if outer is not None else Reduce("add", self.tree(value, len(value.shape)), (0,))

    def _outer(self, value: Expression) -> Expression | None:
        """A column times a row, summed over the steps: a matrix product."""
        if not isinstance(value, Call) or value.function != "multiply" or len(value.shape) != 2:
            return None
        m, n = value.shape
        column, row = value.operands if value.operands[0].shape == (m, 1) else value.operands[::-1]
        ways = isinstance(column, View) and isinstance(row, View) and column.advance and row.advance
        if not ways or SAMPLES in (m, n) or column.shape != (m, 1) or row.shape not in ((n,), (1, n)):
            return None
        left, right = self._view(column, (m,)), self._view(row, (n,))  # type: ignore[arg-type]
        return MatMul(left.T, right)

    def tree(self, tree: Expression, rank: int) -> Expression:
        """A tree that is broadcast to so many axes, with that of steps in front; the same one once."""
        key = id(tree), rank
        if key not in self._known:
            self._known[key] = self._tree(tree, rank)
        return self._known[key]

    def _tree(self, tree: Expression, rank: int) -> Expression:
        if isinstance(tree, View):
            return self.view(tree, rank)
        if isinstance(tree, Number | Seed | Samples) or not moves(tree):
            return tree
        if isinstance(tree, Call) and tree.size is None:
            return tree.rebuilt(lambda each: self.tree(each, rank))
        if len(tree.shape) != rank:
            raise UnfitError
        if isinstance(tree, Reduce):
            within = len(tree.operand.shape)
            axes = tuple(axis if axis < 0 else axis + 1 for axis in tree.axes)
            return Reduce(tree.function, self.tree(tree.operand, within), axes)
        if isinstance(tree, MatMul):
            return self.product(tree)
        raise UnfitError

    def product(self, tree: MatMul) -> Expression:
        a, b = tree.a, tree.b
        if not isinstance(a, View) or not isinstance(b, View) or SAMPLES in a.shape[:-1]:
            raise UnfitError
        if len(a.shape) == 2 and len(b.shape) == 1 and not a.advance:
            return MatMul(self.view(b, 1), a.T)
        if len(a.shape) == 1 and len(b.shape) == 2 and not b.advance:
            return MatMul(self.view(a, 1), b)
        if len(a.shape) == len(b.shape) == 1:
            return Reduce("add", self.view(a, 1) * self.view(b, 1), (1,))
        if len(a.shape) >= 2 <= len(b.shape):
            rank = max(len(a.shape), len(b.shape))
            return MatMul(self.view(a, rank), self.view(b, rank))
        raise UnfitError
