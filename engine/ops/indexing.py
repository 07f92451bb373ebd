"""Rows outside of the table: picking an operand by a number, and an operand as it is.

They have no function of their own: :func:`engine.take` and the transforms make their nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.ops.op import Op
from engine.quoting import brief

__all__ = ["SAME", "TAKE", "to_position", "within"]


def to_position(number: float) -> int:
    """The integer that a float is.

    Raises:
        TypeError: it has a fraction, or is not finite.
    """
    if not float(number).is_integer():
        raise TypeError(f"take() needs an integer as index, got {brief(number)}")
    return int(number)


def within(position: int, length: int) -> int:
    """A position in a sequence of that length.

    Raises:
        IndexError: the sequence has no such item.
    """
    if not -length <= position < length:
        raise IndexError(f"take() index {position} is out of range for a sequence of length {length}")
    return position


def _pick(operands: Sequence[float]) -> float:
    *xs, index = operands
    return xs[within(to_position(index), len(xs))]


def _picked(m: Any, y: Any, operands: Any) -> list[Any]:
    """1 for the operand that was picked, 0 for the others and for the index."""
    *xs, index = operands
    count = len(xs)
    if type(index) is float:  # as a node is made: what the rule gives, without comparing it with each
        found = [0.0] * (count + 1)
        found[within(to_position(index), count) % count] = 1.0
        return found
    return [*(m.equal(index, i) + m.equal(index, i - count) for i in range(count)), 0.0]


TAKE = Op(
    name="take",
    operands=("*xs",),
    forward=_pick,
    partials=(_picked,),
    numpy=lambda np, xs: np.take_along_axis(
        xs[..., :-1], xs[..., -1:].astype(int) % (xs.shape[-1] - 1), axis=-1
    )[..., 0],
    text="xs[i], i the last operand",
    partial_text=("1 for the one that is picked, 0 for the others and for i",),
    points=((2.0, -3.5, 0.25, 1.0), (2.0, -3.5, 0.25, -1.0)),
)
"""The row of what is picked while a function is traced: of the numbers to pick from, then the index."""

SAME = Op(
    name="same",
    operands=("x",),
    forward=float,
    partials=(lambda m, y, x: 1.0,),
    numpy="positive",
    text="x",
    arithmetic=lambda m, x: +x,
)
"""The row of the variables of a nested transform: each a node of its own, made of the outer one."""
