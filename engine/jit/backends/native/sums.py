"""Sums along axes and matrix products as instructions of the native executor."""

from __future__ import annotations

import math
from typing import Any

from engine.jit.backends.native.loops import FOLDS
from engine.jit.backends.native.places import Place, Untranslated, merged, spread, with_axis
from engine.jit.emit.trees import Call, MatMul, Reduce
from engine.jit.emit.views import View

__all__ = ["matmul", "reduce"]


def reduce(t: Any, tree: Reduce, out: Place) -> None:
    """Fold axes, those that lie one in the other at once."""
    if tree.function not in FOLDS:
        raise Untranslated(tree.function)
    if isinstance(tree.operand, MatMul) and tree.axes == (-3,) and _product_of_all(t, tree.operand, out):
        return
    if _sum_of_products(t, tree, out):
        return
    memory, start, shape, strides = t.computed(tree.operand)
    axes = {axis % len(shape) for axis in tree.axes}
    kept = [(n, k) for i, (n, k) in enumerate(zip(shape, strides, strict=True)) if i not in axes]
    gone = merged([(shape[i], strides[i]) for i in sorted(axes)])
    while True:
        size, step = gone.pop() if gone else (1, 1)
        rest = gone + kept
        rows = memory, start, (size, *(n for n, _ in rest)), (step, *(k for _, k in rest))
        sums = t.scratch(rows[2][1:]) if gone else out
        t.done.append(("columns", FOLDS[tree.function], (rows, sums), (True, False)))
        if not gone:
            return
        memory, start, shape, strides = sums
        rest = list(zip(shape, strides, strict=True))
        gone, kept = merged(rest[: len(gone)]), rest[len(gone) :]


def _sum_of_products(t: Any, tree: Reduce, out: Place) -> bool:
    """Add up products row by row without keeping them, where NumPy adds them in this order; whether so."""
    product = tree.operand
    if not t.adds_products or not isinstance(product, Call) or product.function != "multiply":
        return False
    if tree.function != "add" or len(tree.axes) != 1:
        return False
    sizes = t.sizes(product.shape)
    axis = tree.axes[0] % len(sizes)
    if math.prod(sizes[axis + 1 :]) < 2:  # a line, which is added up by halves
        return False
    order = [axis, *(i for i in range(len(sizes)) if i != axis)]
    rows = []
    for each in product.operands:
        memory, start, shape, strides = t.computed(each)
        strides = spread(shape, strides, sizes)
        rows.append((memory, start, tuple(sizes[i] for i in order), tuple(strides[i] for i in order)))
    t.done.append(("columns", "sum_of_products", (*rows, out), (True, True, False)))
    return True


def _product_of_all(t: Any, tree: MatMul, out: Place) -> bool:
    """Compute the sum of the products of a stack as one product, where the stack lies so; whether it did."""
    if not isinstance(tree.a, View) or not isinstance(tree.b, View):
        return False
    a, b = t.place(tree.a), t.place(tree.b)
    if not len(a[2]) == len(b[2]) == 3 or len(out[2]) != 2 or a[2][0] != b[2][0]:
        return False
    a, b = _wider(a), _wider((*b[:2], *(tuple(each[i] for i in (0, 2, 1)) for each in b[2:])))
    if a is None or b is None:
        return False
    t.done.append(("matmul", a, (*b[:2], b[2][::-1], b[3][::-1]), out))
    return True


def _wider(stack: Place) -> Place | None:
    """A stack of matrices as one, side by side; None where they do not lie so."""
    memory, start, (count, rows, columns), (across, down, along) = stack
    if across != columns * along:
        return None
    return memory, start, (rows, count * columns), (down, along)


def matmul(t: Any, tree: MatMul, out: Place) -> None:
    """A product of matrices; a vector is one of a single row, or column.

    One matrix times a stack of them is one product, where the stack lies side by side.
    """
    a, b = t.computed(tree.a), t.computed(tree.b)
    if len(a[2]) == 2 and len(b[2]) == len(out[2]) == 3 and b[2][0] == out[2][0]:
        wide, results = _wider(b), _wider(out)
        if wide is not None and results is not None:
            b, out = wide, results
    of_vectors = len(a[2]) == 1, len(b[2]) == 1
    if of_vectors[1]:
        b, out = with_axis(b, 1), with_axis(out, len(out[2]))
    if of_vectors[0]:
        a, out = with_axis(a, 0), with_axis(out, len(out[2]) - 1)
    t.done.append(("matmul", a, b, out))
