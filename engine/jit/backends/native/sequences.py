"""Functions over sequences on the native executor: those of engine/floats/arrays.py, as instructions.

Each takes the translator, where its operands stand, and where its result goes. Sequences lie along the first
axis.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

__all__ = ["COLUMNS", "PROCEDURES"]


def _rows(place: Any, start: int, stop: int) -> Any:
    memory, first, shape, strides = place
    return memory, first + start * strides[0], (stop - start, *shape[1:]), strides


def _row(place: Any, i: int) -> Any:
    memory, first, shape, strides = place
    return memory, first + i * strides[0], shape[1:], strides[1:]


def _columns(t: Any, name: str, *operands: Any, rowed: tuple[bool, ...]) -> None:
    t.done.append(("columns", name, operands, rowed))


# -- gradients: (xs, y, g) and, of some, what was kept ----------------------------------------------------


def _gradients(name: str) -> Callable[[Any, Any, Any], None]:
    return lambda t, operands, out: _columns(t, name, *operands, out, rowed=(True, False, False, True))


def _shares(t: Any, operands: Any, out: Any) -> None:
    """kept[:-1] * (g / (1.0 + kept[-1]))"""
    _, y, g, kept = operands
    count = kept[2][0] - 1
    each = t.scratch(y[2])
    t.each((np.add, (t.number(1.0), _row(kept, count), 0)), (np.divide, (g, 0, each)))
    t.each((np.multiply, (_rows(kept, 0, count), each, out)))


def gradients_of_log_softmax(t: Any, operands: Any, out: Any) -> None:
    _shares(t, operands, out)
    count = out[2][0]
    if count > 1:
        first = t.scratch(out[2][1:])
        _columns(t, "sum", _rows(out, 1, count), first, rowed=(True, False))
        t.each(("negative", (_rows(out, 1, count), _rows(out, 1, count))))
    t.each(("copy", (first if count > 1 else t.number(0.0), _row(out, 0))))


COLUMNS: dict[str, Callable[[Any, Any, Any], None]] = {
    "shares_of_extremes": _gradients("shares_of_extremes"),
    "gradients_of_prod": _gradients("gradients_of_prod"),
    "gradients_of_logsumexp": _shares,
    "gradients_of_log_softmax": gradients_of_log_softmax,
}
"""What trees call, by name: the operands are computed, and the result has one row for each of the first."""


# -- values: xs, where the result goes, and what to keep ----------------------------------------------------


def _value(name: str) -> Callable[[Any, Any, Any, Any], None]:
    return lambda t, xs, out, kept: _columns(t, name, xs, out, rowed=(True, False))


def _log_of_sum(t: Any, xs: Any, out: Any, kept: Any, of_first: bool) -> None:
    """Keep exp(xs - max(xs)), and the sum of all of them but the largest.

    Args:
        of_first: whether the first of xs is to be told from the logarithm, and not that itself.
    """
    count = xs[2][0]
    largest, powers, rest = t.scratch(xs[2][1:]), _rows(kept, 0, count), _row(kept, count)
    _columns(t, "largest", xs, largest, rowed=(True, False))
    t.each((np.subtract, (xs, largest, powers)))
    if of_first:
        t.each(("copy", (_row(powers, 0), out)))
    t.each((np.exp, (powers, powers)))
    _columns(t, "others", powers, xs, rest, rowed=(True, True, False))
    whole = (np.subtract, (out, 0, out)) if of_first else (np.add, (largest, 0, out))
    t.each((np.log1p, (rest, 0)), whole)


PROCEDURES: dict[str, Callable[[Any, Any, Any, Any], None]] = {
    "norm": _value("norm"),
    "prod": _value("prod"),
    "logsumexp": partial(_log_of_sum, of_first=False),
    "log_softmax": partial(_log_of_sum, of_first=True),
}
"""What a :class:`~engine.jit.emit.statements.Procedure` calls, by name."""
