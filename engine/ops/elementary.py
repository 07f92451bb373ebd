"""Rows for the elementary functions: exponentials, logarithms, roots, trigonometry, erf."""

import math
from typing import Any

from engine import floats
from engine.ops.op import Op

_LOG_2 = math.log(2.0)
_LOG_10 = math.log(10.0)
_2_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
_1_OVER_ROOT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)
TINY = 5e-324  # the smallest positive float: max(h, TINY) is h, except at 0, and makes 0/h zero there


def _within(m: Any, inside: Any, slope: Any) -> Any:
    """The slope inside a function's domain, nan outside, where the function itself is nan."""
    return m.where(inside, slope, math.nan)


def _square(x: Any) -> Any:
    return x * x


def _log_partial(m: Any, x: Any, scale: Any) -> Any:
    # the sum makes the slope at -0.0 that of 0.0, and leaves its own slope alone, as abs() would not
    return _within(m, m.greater_equal(x, 0.0), scale / (x + 0.0))


def _unary(
    name: Any,
    forward: Any,
    partial: Any,
    text: Any,
    slope: Any,
    points: Any,
    numpy: Any = "",
    analytic: Any = True,
    on_arrays: Any = None,
) -> Op:
    return Op(
        name=name,
        operands=("x",),
        forward=forward,
        partials=(partial,),
        array_partials=on_arrays and (on_arrays,),
        numpy=numpy or name,
        text=text,
        partial_text=(slope,),
        points=tuple((x,) for x in points),
        analytic=analytic,
    )


_ALL = (-3.0, -0.4, 0.0, 0.7, 2.5)
_POSITIVE = (1e-3, 0.4, 1.0, 2.5, 40.0)
_UNIT = (-0.9, -0.3, 0.0, 0.5, 0.99)

ROWS = (
    _unary("exp", floats.exp, lambda m, y, x: y, "e**x", "y", _ALL),
    _unary("exp2", floats.exp2, lambda m, y, x: y * _LOG_2, "2**x", "y * log(2)", _ALL),
    _unary("expm1", floats.expm1, lambda m, y, x: m.exp(x), "e**x - 1", "exp(x)", (*_ALL, -40.0)),
    _unary(
        "log",
        floats.log,
        lambda m, y, x: _log_partial(m, x, 1.0),
        "log(x)",
        "1 / x",
        _POSITIVE,
        on_arrays=lambda m, y, x: m.log_slope(y, x),
    ),
    _unary(
        "log2",
        floats.log2,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_2),
        "log(x) / log(2)",
        "1 / (x * log(2))",
        _POSITIVE,
    ),
    _unary(
        "log10",
        floats.log10,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_10),
        "log(x) / log(10)",
        "1 / (x * log(10))",
        _POSITIVE,
    ),
    _unary(
        "log1p",
        floats.log1p,
        lambda m, y, x: _within(m, m.greater_equal(x, -1.0), 1.0 / (1.0 + x)),
        "log(1 + x)",
        "1 / (1 + x)",
        (-0.9, -1e-9, 0.0, 0.5, 30.0),
    ),
    _unary("sqrt", floats.sqrt, lambda m, y, x: 0.5 / y, "x**(1/2)", "1 / (2 * y)", _POSITIVE),
    _unary(
        "cbrt",
        floats.cbrt,
        lambda m, y, x: 1.0 / (3.0 * y * y),
        "x**(1/3), also of negative x",
        "1 / (3 * y**2)",
        (-8.0, -0.3, 0.4, 27.0),
        analytic=False,
    ),
    _unary("sin", floats.sin, lambda m, y, x: m.cos(x), "sin(x)", "cos(x)", _ALL),
    _unary("cos", floats.cos, lambda m, y, x: -m.sin(x), "cos(x)", "-sin(x)", _ALL),
    _unary("tan", floats.tan, lambda m, y, x: 1.0 + y * y, "tan(x)", "1 + y**2", (-1.2, 0.0, 0.7, 1.5)),
    _unary(
        "asin",
        floats.asin,
        lambda m, y, x: 1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arcsin(x)",
        "1 / sqrt((1 - x) * (1 + x))",
        _UNIT,
        numpy="arcsin",
    ),
    _unary(
        "acos",
        floats.acos,
        lambda m, y, x: -1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arccos(x)",
        "-1 / sqrt((1 - x) * (1 + x))",
        _UNIT,
        numpy="arccos",
    ),
    _unary(
        "atan",
        floats.atan,
        lambda m, y, x: _square(1.0 / m.hypot(1.0, x)),
        "arctan(x)",
        "1 / (1 + x**2)",
        _ALL,
        numpy="arctan",
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
    ),
    _unary("sinh", floats.sinh, lambda m, y, x: m.cosh(x), "sinh(x)", "cosh(x)", _ALL),
    _unary("cosh", floats.cosh, lambda m, y, x: m.sinh(x), "cosh(x)", "sinh(x)", _ALL),
    _unary(
        "tanh",
        floats.tanh,
        lambda m, y, x: m.sech2(x),
        "tanh(x)",
        "1 - y**2",
        (*_ALL, 20.0),
        on_arrays=lambda m, y, x: m.tanh_slope(y, x),
    ),
    _unary(
        "asinh",
        floats.asinh,
        lambda m, y, x: 1.0 / m.hypot(1.0, x),
        "arsinh(x)",
        "1 / sqrt(x**2 + 1)",
        _ALL,
        numpy="arcsinh",
    ),
    _unary(
        "acosh",
        floats.acosh,
        lambda m, y, x: 1.0 / (m.sqrt(x - 1.0) * m.sqrt(x + 1.0)),
        "arcosh(x)",
        "1 / sqrt(x**2 - 1)",
        (1.001, 1.5, 3.0, 50.0),
        numpy="arccosh",
    ),
    _unary(
        "atanh",
        floats.atanh,
        lambda m, y, x: _within(m, m.greater_equal(1.0, m.abs(x)), 1.0 / ((1.0 - x) * (1.0 + x))),
        "artanh(x)",
        "1 / (1 - x**2)",
        _UNIT,
        numpy="arctanh",
    ),
    Op(
        name="hypot",
        operands=("a", "b"),
        forward=floats.hypot,
        partials=(
            lambda m, y, a, b: a / m.maximum(y, TINY),
            lambda m, y, a, b: b / m.maximum(y, TINY),
        ),
        numpy="hypot",
        text="sqrt(a**2 + b**2)",
        partial_text=("a / y", "b / y"),
        points=((3.0, 4.0), (-0.5, 2.0), (1e200, 1e200)),
        analytic=False,
    ),
    _unary(
        "erf",
        floats.erf,
        lambda m, y, x: _2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "the error function",
        "2 / sqrt(pi) * exp(-x**2)",
        _ALL,
        numpy="erf",
        analytic=False,
    ),
    _unary(
        "erfc",
        floats.erfc,
        lambda m, y, x: -_2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "1 - erf(x)",
        "-2 / sqrt(pi) * exp(-x**2)",
        (*_ALL, 9.0),
        numpy="erfc",
        analytic=False,
    ),
    _unary(
        "ndtr",
        floats.ndtr,
        lambda m, y, x: _1_OVER_ROOT_2_PI * m.gaussian(x, 0.5),
        "the normal distribution function",
        "exp(-x**2 / 2) / sqrt(2 * pi)",
        (*_ALL, -12.0),
        numpy="ndtr",
        analytic=False,
    ),
    Op(
        name="gaussian",
        operands=("x", "k"),
        forward=floats.gaussian,
        partials=(lambda m, y, x, k: -2.0 * k * x * y, lambda m, y, x, k: -x * x * y),
        numpy=lambda np, x, k: np.exp(-k * (x * x)),
        text="exp(-k * x**2)",
        partial_text=("-2 * k * x * y", "-x**2 * y"),
        points=((0.7, 1.0), (-3.0, 0.5)),
        static=1,
        defaults=(1.0,),
    ),
    _unary(
        "sech2",
        floats.sech2,
        lambda m, y, x: -2.0 * m.tanh(x) * y,
        "1 / cosh(x)**2",
        "-2 * tanh(x) * y",
        (*_ALL, 20.0),
        numpy=lambda np, x: np.cosh(x) ** -2.0,
    ),
)
