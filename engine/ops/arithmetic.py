"""Rows for + - * / ** % and their kin."""

import operator
from typing import Any

from engine import floats
from engine.op import Op

_SMALLEST_NORMAL = 2.0**-1022
_LARGEST = 1.7976931348623157e308


def _power_base(m: Any, y: Any, x: Any, n: Any) -> Any:
    """n·x^(n-1), with all its digits: as n·y/x, unless y overflowed or lost digits to underflow."""
    size = m.abs(y)
    ordinary = m.greater_equal(size, _SMALLEST_NORMAL) * m.greater_equal(_LARGEST, size)
    # where n - 1 was rounded, x^(n-1) is off by what x^rounding would be
    rounding = (n - (n - 1)) - 1
    correction = 1 + rounding * m.clip(m.log(m.abs(x)), -745.0, 710.0)
    return n * m.where(ordinary, y / x, m.pow(x, n - 1) * correction)


def _power_exponent(m: Any, y: Any, x: Any, n: Any) -> Any:
    """x^n·log(x), which tends to 0 with x where n is not negative."""
    return m.where(m.equal(x, 0.0) * m.greater_equal(n, 0.0), 0.0, y * m.log(x))


def _constant_power(n: float) -> Op:
    """The row x**n of one constant n: no logarithm, and x**0 is flat even at 0."""

    def partial(m: Any, y: Any, x: Any) -> Any:
        if n == 0:
            return 0.0
        if n == 1:
            return 1.0
        if n == 2:
            return 2.0 * x
        if (n - 1) + 1 == n:  # n - 1 is exact
            return n * m.pow(x, n - 1)
        return _power_base(m, y, x, n)

    slopes = {0.0: "0", 1.0: "1", 2.0: "2 * x"}
    return Op(
        name="pow",
        operands=("x",),
        forward=lambda x: floats.power(x, n),
        partials=(partial,),
        array_partials=(lambda m, y, x: partial(m, y, x) if n in (0.0, 1.0, 2.0) else n * (y / x),),
        numpy=lambda np, x: np.power(x, n),
        text=f"x**{n:g}",
        partial_text=(slopes.get(n, f"{n:g} * x**{n - 1:g}"),),
        symbol=f"**{n:g}",
    )


ROWS = (
    Op(
        name="add",
        operands=("a", "b"),
        forward=operator.add,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: 1.0),
        numpy="add",
        text="a + b",
        partial_text=("1", "1"),
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="+",
    ),
    Op(
        name="sub",
        operands=("a", "b"),
        forward=operator.sub,
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: -1.0),
        numpy="subtract",
        text="a - b",
        partial_text=("1", "-1"),
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="-",
    ),
    Op(
        name="mul",
        operands=("a", "b"),
        forward=operator.mul,
        partials=(lambda m, y, a, b: b, lambda m, y, a, b: a),
        numpy="multiply",
        text="a * b",
        partial_text=("b", "a"),
        points=((2.0, -3.5), (0.25, 4.0)),
        symbol="*",
    ),
    Op(
        name="div",
        operands=("a", "b"),
        forward=floats.divide,
        partials=(lambda m, y, a, b: 1.0 / b, lambda m, y, a, b: -y / b),
        numpy="divide",
        text="a / b",
        partial_text=("1 / b", "-y / b"),
        points=((2.0, -3.5), (0.25, 4.0), (1e-200, 3e-200)),
        symbol="/",
    ),
    Op(
        name="neg",
        operands=("x",),
        forward=operator.neg,
        partials=(lambda m, y, x: -1.0,),
        numpy="negative",
        text="-x",
        partial_text=("-1",),
        points=((2.0,), (-0.5,)),
    ),
    Op(
        name="abs",
        operands=("x",),
        forward=operator.abs,
        partials=(lambda m, y, x: m.sign(x),),
        numpy="absolute",
        text="|x|",
        partial_text=("sign(x)",),
        points=((2.0,), (-0.5,)),
        analytic=False,
    ),
    Op(
        name="pow",
        operands=("x", "n"),
        forward=floats.power,
        partials=(
            lambda m, y, x, n: m.where(m.equal(n, 0.0) * m.equal(x, 0.0), 0.0, _power_base(m, y, x, n)),
            _power_exponent,
        ),
        numpy="power",
        text="x**n",
        partial_text=("n * x**(n - 1)", "y * log(x)"),
        points=((2.0, 3.0), (0.7, -3.7), (10.0, 0.3), (3.0, 0.0)),
        symbol="**",
        static=1,
        bake=_constant_power,
    ),
    Op(
        name="mod",
        operands=("a", "b"),
        forward=floats.mod,
        # (a - y) / b is a whole number but for rounding
        partials=(lambda m, y, a, b: 1.0, lambda m, y, a, b: -m.floor((a - y) / b + 0.5)),
        numpy="remainder",
        text="a % b, with the sign of b",
        partial_text=("1", "-floor(a / b)"),
        points=((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (1.0, 0.3)),
        symbol="%",
        analytic=False,
    ),
)
