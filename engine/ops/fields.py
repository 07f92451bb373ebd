"""What fields of a row may be: on what a zero masks, how power series and arrays are computed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum, auto
from typing import Any, NamedTuple

__all__ = ["Along", "Masks", "Rule", "Series"]

Rule = Callable[..., Any]


class Masks(IntEnum):
    """On which operands of a row a partial derivative of exactly 0 masks: see :mod:`engine.autograd.masking`.

    The compiled node goes by the numbers.
    """

    NEVER = 0
    """On none: a zero is a computed number."""
    ALWAYS = 1
    """On all: the row chooses, or is flat."""
    BUT_FIRST = 2
    """On all but the first, whose zero would be a factor's."""
    PARTNER = 3
    """Where the factor it is paired with is the literal number 0: in a * b, and in dot."""
    ANOTHER = 4
    """Where another operand is the literal number 0: in prod, and in 0 / x."""


class Series(Enum):
    """How a power series of a row is computed: see :mod:`engine.transforms.power_series_rules`."""

    BY_PARTIALS = auto()
    """From the series of its partials, by the chain rule."""
    PRODUCT = auto()
    PRODUCT_OF_ALL = auto()
    SUM_OF_PRODUCTS = auto()
    QUOTIENT = auto()
    POWER = auto()
    CHOICE = auto()
    """They are those of the operand that was chosen."""


class Along(NamedTuple):
    """A row over a sequence along the first axis of an array, by functions of :mod:`engine.floats.arrays`.

    Attributes:
        value: ``value(xs, out)``, or the name of a ufunc whose ``reduce`` it is.
        gradients: ``gradients(xs, y, g)``: those of all operands, where g arrives at the results y; None: by
            the rule.
        keeps: whether both take one more array, which holds for the second what the first found: of one
            more row than ``xs``.
    """

    value: Rule | str
    gradients: Rule | None = None
    keeps: bool = False
