"""Rows with numbers baked in: ``**2`` is pow with an exponent that is a plain number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from threading import RLock
from typing import Any

from engine.ops.fields import Masks

__all__ = ["baked_in"]

Row = Any
"""An op.Op: this file stands below it."""


_MAKING = RLock()


@lru_cache(maxsize=4096)
def baked_in(row: Row, values: tuple[float, ...]) -> Row:
    """The row with values for its trailing operands, the same object for the same values.

    Also where two threads ask for it first at once, both of which the cache lets through: of two rows the
    lifter would say that the graph depends on the numbers.
    """
    with _MAKING:
        return _made(row, values)


@lru_cache(maxsize=4096)
def _made(row: Row, values: tuple[float, ...]) -> Row:
    if row.bake is not None:
        return replace(row.bake(*values), baked=values, base=row)
    kept = len(row.operands) - row.static

    def fix(function: Callable[..., Any], leading: int) -> Callable[..., Any]:
        return lambda *arguments: function(*arguments[: leading + kept], *values)

    numpy = row.numpy
    shown = ", ".join(f"{value:g}" for value in values)
    usual = values == row.defaults[-row.static :]
    return replace(
        row,
        operands=row.operands[:kept],
        forward=fix(row.forward, 0),
        partials=tuple(fix(rule, 2) for rule in row.partials[:kept]),
        numpy=fix(numpy, 1) if callable(numpy) else numpy,
        jax=row.jax and fix(row.jax, 1),
        array_partials=row.array_partials and tuple(fix(rule, 2) for rule in row.array_partials[:kept]),
        symbol=row.shown if usual else f"{row.shown} {shown}",
        masks=Masks.ALWAYS if row.masks else Masks.NEVER,
        arithmetic=row.arithmetic and fix(row.arithmetic, 1),
        static=0,
        defaults=(),
        points=(),
        baked=values,
        base=row,
    )
