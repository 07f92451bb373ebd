"""Rows that round, compare and choose: flat almost everywhere, or a choice between operands."""

import math
from functools import partial
from typing import Any

from engine import floats
from engine.ops.fields import Masks, Series
from engine.ops.op import Op


def _share(m: Any, chosen: Any, other: Any, y: Any) -> Any:
    """The share of an operand in an extremum: 1, 0, or one half at a tie; nan where y is nan."""
    return m.equal(chosen, y) / (m.equal(chosen, y) + m.equal(other, y))


def _kept(m: Any, x: Any, y: Any, low: Any, high: Any) -> Any:
    """1 where clipping leaves x as it is, else 0; nan where x is nan."""
    kept = m.equal(x, y)
    return kept / (kept + m.greater(low, x) + m.greater(x, high))


def _clip_of_jax(jax: Any, x: Any, low: Any, high: Any) -> Any:
    np = jax.numpy
    return np.where(x < low, np.minimum(low, high), np.where(x > high, high, x))


def flat(m: Any, y: Any, *xs: Any) -> Any:
    """The partial derivative of a step: 0, but nan where the value is."""
    return m.where(m.equal(y, y), 0.0, math.nan)


def _level(m: Any, y: Any, *xs: Any) -> float:
    """The partial derivative of a comparison, or of any step whose value is a number."""
    return 0.0


_AWAY_FROM_STEPS = ((-2.7,), (-0.3,), (0.4,), (3.6,))
_PAIRS = ((2.0, -3.5), (0.25, 4.0))

_flat = partial(Op, analytic=False, masks=Masks.ALWAYS)
_rounding = partial(
    _flat, operands=("x",), partials=(flat,), array_partials=(_level,), points=_AWAY_FROM_STEPS
)
_comparison = partial(
    _flat, operands=("a", "b"), partials=(_level, _level), array_partials=(_level, _level), points=_PAIRS
)

ROWS = (
    _rounding(name="sign", forward=floats.sign, numpy="sign", text="-1, 0 or 1"),
    _rounding(
        name="floor",
        forward=floats.floor,
        numpy="floor",
        text="the next integer below",
        latex=r"\left\lfloor #1 \right\rfloor",
    ),
    _rounding(
        name="ceil",
        forward=floats.ceil,
        numpy="ceil",
        text="the next integer above",
        latex=r"\left\lceil #1 \right\rceil",
    ),
    _rounding(
        name="rint",
        forward=floats.rint,
        numpy="rint",
        text="the closest integer, the even one of two",
        reference="IEEE 754-2019, section 5.9: roundToIntegralTiesToEven",
    ),
    _flat(
        name="floor_divide",
        operands=("a", "b"),
        forward=floats.floor_divide,
        partials=(flat, flat),
        array_partials=(flat, flat),  # of finite numbers too it may be nan: 0 // 0
        numpy="floor_divide",
        text="a // b, floor(a / b) but for rounding",
        points=((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (1.0, 0.3)),
        symbol="//",
    ),
    _comparison(
        name="greater",
        forward=floats.greater,
        numpy=lambda np, a, b: np.where(a > b, 1.0, 0.0),
        text="1 if a > b else 0",
    ),
    _comparison(
        name="greater_equal",
        forward=floats.greater_equal,
        numpy=lambda np, a, b: np.where(a >= b, 1.0, 0.0),
        text="1 if a >= b else 0",
    ),
    _comparison(
        name="equal",
        forward=floats.equal,
        numpy=lambda np, a, b: np.where(np.equal(a, b), 1.0, 0.0),
        text="1 if a == b else 0",
    ),
    Op(
        name="minimum",
        operands=("a", "b"),
        forward=floats.minimum,
        partials=(lambda m, y, a, b: _share(m, a, b, y), lambda m, y, a, b: _share(m, b, a, y)),
        numpy="minimum",
        text="the smaller of a and b",
        partial_text=("1 if a < b else 0, 1/2 at a tie", "1 if b < a else 0, 1/2 at a tie"),
        points=_PAIRS,
        masks=Masks.ALWAYS,
        latex=r"\min",
    ),
    Op(
        name="maximum",
        operands=("a", "b"),
        forward=floats.maximum,
        partials=(lambda m, y, a, b: _share(m, a, b, y), lambda m, y, a, b: _share(m, b, a, y)),
        numpy="maximum",
        text="the larger of a and b",
        partial_text=("1 if a > b else 0, 1/2 at a tie", "1 if b > a else 0, 1/2 at a tie"),
        points=_PAIRS,
        masks=Masks.ALWAYS,
        latex=r"\max",
    ),
    Op(
        name="clip",
        operands=("x", "low", "high"),
        forward=floats.clip,
        partials=(
            lambda m, y, x, low, high: _kept(m, x, y, low, high),
            lambda m, y, x, low, high: m.greater(low, x) * m.greater_equal(high, low),
            lambda m, y, x, low, high: m.greater(m.maximum(x, low), high),
        ),
        numpy=lambda np, x, low, high: np.minimum(np.maximum(x, low), high),
        jax=_clip_of_jax,
        text="x within low and high",
        partial_text=("1 if low <= x <= high else 0", "1 if x < low else 0", "1 if x > high else 0"),
        points=((0.3, -1.0, 1.0), (-2.0, -1.0, 1.0), (2.0, -1.0, 1.0)),
        static=2,
        masks=Masks.ALWAYS,
    ),
    Op(
        name="where",
        operands=("condition", "a", "b"),
        forward=floats.where,
        partials=(
            lambda m, y, condition, a, b: 0.0,
            lambda m, y, condition, a, b: m.where(condition, 1.0, 0.0),
            lambda m, y, condition, a, b: m.where(condition, 0.0, 1.0),
        ),
        numpy=lambda np, condition, a, b: np.where(condition, a, b),
        text="a where the condition holds, else b",
        points=((1.0, 2.0, -3.0), (0.0, 2.0, -3.0)),
        masks=Masks.ALWAYS,
        series=Series.CHOICE,
    ),
    Op(
        name="stop_gradient",
        operands=("x",),
        forward=float,
        partials=(lambda m, y, x: 0.0,),
        numpy=lambda np, x: np.real(x),
        jax=lambda jax, x: jax.lax.stop_gradient(x),
        text="x, taken as a constant",
        points=(),
        masks=Masks.ALWAYS,
        doc="The number as it is, taken as a constant: no gradient passes.",
        example=">>> from engine import grad\n>>> grad(lambda x: x * stop_gradient(x))(3.0)\n3.0",
    ),
)
