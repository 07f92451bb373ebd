"""The rows of the table as attributes, for each number type: the ``m`` of their rules."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from engine.formulas.laws import NOTATIONS, Notation

__all__ = ["FLOATS", "IEEE", "Arithmetic", "Namespace", "publish"]

Row = Any
"""An Op: this file stands below op.py."""


class Arithmetic:
    """The ``m`` of :attr:`Op.arithmetic`: sequences written out, from left to right.

    NotImplemented is the answer where a number type has no form of its own.

    >>> Arithmetic().sum([1.0, 2.0]), Arithmetic().mean([1.0, 2.0])
    (3.0, NotImplemented)
    """

    def sum(self, xs: Iterable[Any]) -> Any:
        terms = list(xs)
        return reduce(operator.add, terms) if terms else 0.0

    def prod(self, xs: Iterable[Any]) -> Any:
        return reduce(operator.mul, xs)

    def mean(self, xs: Sequence[Any]) -> Any:
        return NotImplemented

    def dot(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        return self.sum(map(operator.mul, a, b))


class Namespace:
    """The rows of the table for one number type, as attributes: the ``m`` of the rules."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no operator named {name!r} in the table")


FLOATS = Namespace()
"""The rows on Python floats."""

IEEE = Namespace()
"""The rows on ``numpy.float64``, whose division by zero is infinite instead of an exception."""


def _ieee(forward: Callable[..., float], *operands: Any) -> np.float64:
    return np.float64(forward(*(x if isinstance(x, Sequence) else float(x) for x in operands)))


def publish(row: Row) -> None:
    """Make a row available to the rules of the others, and to those who write formulas."""
    NOTATIONS[row.name] = Notation(row.operands, row.text, row.latex, row.defaults)
    setattr(FLOATS, row.name, row.forward)
    setattr(IEEE, row.name, partial(_ieee, row.forward))
