"""Rows of trigonometric and hyperbolic functions, and their inverses."""

from typing import Any

from engine import floats
from engine.ops.op import Op
from engine.ops.rows.parts import EVERYWHERE, TINY, UNIT, unary, within

_GROWTH = "it grows as e**x and overflows from x = 710.5 on"


def _square(x: Any) -> Any:
    return x * x


ROWS = (
    unary("sin", floats.sin, lambda m, y, x: m.cos(x), "sin(x)", EVERYWHERE, latex=r"\sin"),
    unary("cos", floats.cos, lambda m, y, x: -m.sin(x), "cos(x)", EVERYWHERE, latex=r"\cos"),
    unary("tan", floats.tan, lambda m, y, x: 1.0 + y * y, "tan(x)", (-1.2, 0.0, 0.7, 1.5), latex=r"\tan"),
    unary(
        "asin",
        floats.asin,
        lambda m, y, x: 1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arcsin(x)",
        UNIT,
        numpy="arcsin",
        latex=r"\arcsin",
        gradient_advice="the derivative is infinite at -1 and 1",
    ),
    unary(
        "acos",
        floats.acos,
        lambda m, y, x: -1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arccos(x)",
        UNIT,
        numpy="arccos",
        latex=r"\arccos",
        gradient_advice="the derivative is infinite at -1 and 1",
    ),
    unary(
        "atan",
        floats.atan,
        lambda m, y, x: _square(1.0 / m.hypot(1.0, x)),
        "arctan(x)",
        EVERYWHERE,
        numpy="arctan",
        latex=r"\arctan",
        doc="The angle in [-π/2, π/2] with the tangent x.",
        example=">>> atan(1.0), atan(-math.inf)\n(0.7853981633974483, -1.5707963267948966)",
        partial_text="1 / (1 + x**2)",
    ),
    Op(
        name="atan2",
        operands=("a", "b"),
        forward=floats.atan2,
        partials=(
            lambda m, y, a, b: b / m.maximum(m.hypot(a, b), TINY) / m.maximum(m.hypot(a, b), TINY),
            lambda m, y, a, b: -a / m.maximum(m.hypot(a, b), TINY) / m.maximum(m.hypot(a, b), TINY),
        ),
        numpy="arctan2",
        text="the angle of the point (b, a)",
        partial_text=("b / (a**2 + b**2)", "-a / (a**2 + b**2)"),
        points=((1.0, 2.0), (-1.0, 0.5), (0.3, -2.0), (-3.0, -1.0)),
        analytic=False,
        doc=("The angle in [-π, π] of the point (b, a): the arc tangent of a / b, in the right quadrant."),
        example=(
            ">>> atan2(1.0, 1.0), atan2(1.0, -1.0), atan2(0.0, 0.0)\n"
            "(0.7853981633974483, 2.356194490192345, 0.0)"
        ),
        reference="IEEE 754-2019, section 9.2.1",
    ),
    unary(
        "sinh", floats.sinh, lambda m, y, x: m.cosh(x), "sinh(x)", EVERYWHERE, latex=r"\sinh", advice=_GROWTH
    ),
    unary(
        "cosh", floats.cosh, lambda m, y, x: m.sinh(x), "cosh(x)", EVERYWHERE, latex=r"\cosh", advice=_GROWTH
    ),
    unary(
        "tanh",
        floats.tanh,
        lambda m, y, x: m.sech2(x),
        "tanh(x)",
        (*EVERYWHERE, 20.0),
        on_arrays=lambda m, y, x: m.tanh_partial(y, x),
        latex=r"\tanh",
        doc="The hyperbolic tangent: an S-shaped activation between -1 and 1.",
        example=">>> tanh(0.0), tanh(1000.0), tanh(-1000.0)\n(0.0, 1.0, -1.0)",
        reference='LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4',
        partial_text="1 - y**2",
    ),
    unary(
        "asinh",
        floats.asinh,
        lambda m, y, x: 1.0 / m.hypot(1.0, x),
        "arsinh(x)",
        EVERYWHERE,
        numpy="arcsinh",
        doc="The number with the hyperbolic sine x.",
        example=">>> asinh(0.0), asinh(-math.inf)\n(0.0, -inf)",
        partial_text="1 / sqrt(x**2 + 1)",
    ),
    unary(
        "acosh",
        floats.acosh,
        lambda m, y, x: 1.0 / (m.sqrt(x - 1.0) * m.sqrt(x + 1.0)),
        "arcosh(x)",
        (1.001, 1.5, 3.0, 50.0),
        numpy="arccosh",
        gradient_advice="the derivative is infinite at 1",
        partial_text="1 / sqrt(x**2 - 1)",
    ),
    unary(
        "atanh",
        floats.atanh,
        lambda m, y, x: within(m, m.greater_equal(1.0, m.abs(x)), 1.0 / ((1.0 - x) * (1.0 + x))),
        "artanh(x)",
        UNIT,
        numpy="arctanh",
        gradient_advice="the derivative is infinite at -1 and 1",
    ),
    Op(
        name="hypot",
        operands=("a", "b"),
        forward=floats.hypot,
        partials=(lambda m, y, a, b: a / m.maximum(y, TINY), lambda m, y, a, b: b / m.maximum(y, TINY)),
        numpy="hypot",
        text="sqrt(a**2 + b**2)",
        points=((3.0, 4.0), (-0.5, 2.0), (1e200, 1e200)),
        analytic=False,
        reference='Borges, "An improved algorithm for hypot(a, b)", 2019, arXiv:1904.09481',
    ),
)
