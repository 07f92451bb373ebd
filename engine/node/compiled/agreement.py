"""Whether a fast path of the compiled node gives the results of the table: asked when it is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.ops.op import Op

__all__ = ["agrees"]

Path = Callable[[list[float], int], Sequence[float]]
"""Value and partials of a fast path, from all operands and the number of partials; none where it declines."""


def agrees(op: Op, path: Path, baked: int = 0) -> bool:
    """Whether a fast path gives the results of a row, bit for bit, at the points at which the row is tested.

    Args:
        op: the row.
        path: the fast path.
        baked: how many trailing operands are baked into the row.

    >>> from engine.ops import OPERATORS
    >>> agrees(OPERATORS["mul"], lambda xs, partials: [xs[0] * xs[1], xs[1], xs[0]])
    True
    >>> agrees(OPERATORS["mul"], lambda xs, partials: [xs[0] * xs[1], xs[0], xs[1]])
    False
    """
    for point in op.points or [(0.5,) * len(op.operands)]:
        xs = [*map(float, point)]
        kept = len(xs) - baked
        row = op.bind(*xs[kept:]) if baked else op
        y = row.forward(xs) if row.arity is None else row.forward(*xs[:kept])
        if _bits(path(xs, kept)) != _bits([y, *row.local_gradients(y, xs[:kept])]):
            return False
    return True


def _bits(numbers: Sequence[float]) -> list[str]:
    return [float(x).hex() for x in numbers]
