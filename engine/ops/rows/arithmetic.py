"""Rows of arithmetic: + - * / ** %, negation and the absolute value."""

import operator
from typing import Any

from engine import floats
from engine.ops.fields import Masks, Series
from engine.ops.op import Op

_SMALLEST_NORMAL = 2.0**-1022
_LARGEST = 1.7976931348623157e308


def _rounding(n: Any) -> Any:
    """The rounding error of n - 1 (Knuth, TAOCP volume 2, section 4.2.2); nan at infinite n."""
    less = n - 1
    by = less - n
    return (n - (less - by)) + (-1 - by)


def _power_base(m: Any, y: Any, x: Any, n: Any) -> Any:
    """n·x^(n-1), with all its digits: as n·y/x, unless y overflowed or underflowed; nan where y is."""
    size, rounding = m.abs(y), _rounding(n)
    ordinary = m.greater_equal(size, _SMALLEST_NORMAL) * m.greater_equal(_LARGEST, size)
    # where n - 1 was rounded, x^(n-1) is off by what x^rounding would be; integers beyond 2^53 are even
    correction = m.exp(m.clip(rounding * m.log(m.abs(x)), -700.0, 700.0))
    rounded = m.pow(x, n - 1) * correction * (1.0 - 2.0 * m.greater(0.0, x))
    power = m.where(m.greater(m.abs(rounding), 0.0), rounded, m.pow(x, n - 1))
    return n * m.where(m.equal(y, y), m.where(ordinary, y / x, power), y)


def _power_any(m: Any, y: Any, x: Any, n: Any) -> Any:
    """The same for an exponent that varies: 0 where n is 0, also where x is 0, nan or next to nothing."""
    inexact = m.greater(m.abs(_rounding(n)), 0.0)
    found = m.where(inexact, _power_base(m, y, x, n), n * m.pow(x, n - 1))
    return m.where(m.equal(n, 0.0) * (1.0 - m.greater(m.abs(x), _SMALLEST_NORMAL)), 0.0, found)


def _power_exponent(m: Any, y: Any, x: Any, n: Any) -> Any:
    """x^n·log(x), which tends to 0 with x where n is not negative."""
    return m.where(m.equal(x, 0.0) * m.greater_equal(n, 0.0), 0.0, y * m.log(x))


_PARTIALS_OF_POWERS = {-1.0: lambda y: -(y * y), -0.5: lambda y: -0.5 * (y * y * y), 0.5: lambda y: 0.5 / y}
"""Partials on arrays by the results y = x**n: then nothing reads x again. They are off by 4 ulps at most."""


def _constant_power(n: float) -> Op:
    """The row x**n of one constant n: no logarithm, and x**0 is flat even at 0."""

    def partial(m: Any, y: Any, x: Any) -> Any:
        if n == 0:
            return 0.0
        if n == 1:
            return 1.0
        if n == 2:
            return 2.0 * x
        if not abs(_rounding(n)) > 0.0:  # n - 1 is exact, or infinite
            return n * m.pow(x, n - 1)
        return _power_base(m, y, x, n)

    def array_partial(m: Any, y: Any, x: Any) -> Any:
        if n in (0.0, 1.0, 2.0):
            return partial(m, y, x)
        if n in _PARTIALS_OF_POWERS:
            return _PARTIALS_OF_POWERS[n](y)
        return m.power_partial(y, x, n)  # a second power takes longer than y / x

    return Op(
        name="pow",
        operands=("x",),
        forward=lambda x: floats.power(x, n),
        partials=(partial,),
        array_partials=(array_partial,),
        numpy=lambda np, x: np.power(x, n),
        arithmetic=(lambda m, x: x * x) if n == 2 else None,
        text=f"x**{n:g}",
        partial_text=(f"{n:g} * x**({n - 1:g})" if abs(_rounding(n)) > 0.0 else "",),
        symbol=f"**{n:g}",
        series=Series.POWER,
        masks=Masks.NEVER if n else Masks.ALWAYS,  # x**0 is flat
    )


_DIVISION = (
    "the divisor is 0, or so small that the quotient overflows; where the norm of a vector can vanish, "
    "divide by engine.where(norm > 0, norm, 1.0)"
)

ROWS = (
    Op(
        name="add",
        operands=("a", "b"),
        forward=operator.add,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: 1.0),
        numpy="add",
        text="a + b",
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="+",
        arithmetic=lambda m, a, b: a + b,
        doc="The sum of two numbers.",
        example=">>> add(2.0, 3.0)\n5.0",
        mixes=True,
        advice="inf - inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
    ),
    Op(
        name="sub",
        operands=("a", "b"),
        forward=operator.sub,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: -1.0),
        numpy="subtract",
        text="a - b",
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="-",
        arithmetic=lambda m, a, b: a - b,
        doc="The difference of two numbers.",
        example=">>> sub(2.0, 3.0)\n-1.0",
        mixes=True,
        advice="inf - inf is nan: see which term has run away",
    ),
    Op(
        name="mul",
        operands=("a", "b"),
        forward=operator.mul,
        partials=(lambda m, y, a, b: b, lambda m, y, a, b: a),
        numpy="multiply",
        text="a * b",
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="*",
        arithmetic=lambda m, a, b: a * b,
        masks=Masks.PARTNER,
        doc=(
            "The product of two numbers.\n"
            "\n"
            "A factor written as the plain number 0 masks the other, whose gradient, even an infinite one,\n"
            "then contributes nothing."
        ),
        example=">>> mul(2.0, 3.0)\n6.0",
        mixes=True,
        series=Series.PRODUCT,
        advice="0 · inf is nan, and a product beyond 1.8e308 is inf: see which factor has run away",
    ),
    Op(
        name="div",
        operands=("a", "b"),
        forward=floats.divide,
        partials=(lambda m, y, a, b: 1.0 / b, lambda m, y, a, b: -y / b),
        numpy="divide",
        text="a / b",
        points=((2.0, -3.5), (0.25, 4.0), (1e-200, 3e-200)),
        symbol="/",
        arithmetic=lambda m, a, b: a / b,
        masks=Masks.ANOTHER,
        mixes=True,
        example=">>> div(1.0, 4.0), div(1.0, 0.0), div(1.0, -0.0), div(0.0, 0.0)\n(0.25, inf, -inf, nan)",
        series=Series.QUOTIENT,
        advice=_DIVISION,
        gradient_advice=_DIVISION,
    ),
    Op(
        name="neg",
        operands=("x",),
        forward=operator.neg,
        partials=(lambda m, y, x: -1.0,),
        numpy="negative",
        arithmetic=lambda m, x: -x,
        text="-x",
        points=((2.0,), (-0.5,)),
        doc="The number with the opposite sign.",
        example=">>> neg(2.5)\n-2.5",
        mixes=True,
    ),
    Op(
        name="abs",
        operands=("x",),
        forward=operator.abs,
        partials=(lambda m, y, x: m.sign(x),),
        numpy="absolute",
        jax=lambda jax, x: x * jax.numpy.sign(x),
        text="|x|",
        points=((2.0,), (-0.5,)),
        analytic=False,
        doc="The absolute value. Its derivative at 0 is 0, one of the subgradients there.",
        example=">>> abs(-2.5)\n2.5",
        latex=r"\left|#1\right|",
    ),
    Op(
        name="pow",
        operands=("x", "n"),
        forward=floats.power,
        partials=(
            _power_any,
            _power_exponent,
        ),
        numpy="power",
        text="x**n",
        partial_text=("n * x**(n - 1)", "y * log(x)"),
        points=((2.0, 3.0), (0.7, -3.7), (10.0, 0.3), (3.0, 0.0)),
        symbol="**",
        static=1,
        bake=_constant_power,
        series=Series.POWER,
        example=(
            ">>> pow(2.0, -1.0), pow(0.0, -1.0), pow(-0.0, -1.0), pow(0.0, 0.0)\n"
            "(0.5, inf, -inf, 1.0)\n"
            ">>> pow(-8.0, 1 / 3), pow(-10.0, 309.0)\n"
            "(nan, -inf)"
        ),
        reference="IEEE 754-2019, section 9.2.1",
        advice=(
            "0 to a negative number is infinite, a negative number to a fraction is nan, and powers overflow"
        ),
        gradient_advice="the derivative of x**n at 0 is infinite for n below 1",
    ),
    Op(
        name="mod",
        operands=("a", "b"),
        forward=floats.mod,
        # (a - y) / b is an integer but for rounding
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: -m.floor((a - y) / b + 0.5)),
        numpy="remainder",
        text="a % b, with the sign of b",
        partial_text=("", "-floor(a / b)"),
        points=((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (1.0, 0.3)),
        symbol="%",
        masks=Masks.BUT_FIRST,  # where a % b is a, b was not chosen
        analytic=False,
        mixes=True,
        reference="Knuth, The Art of Computer Programming, volume 1, section 1.2.4",
    ),
)
