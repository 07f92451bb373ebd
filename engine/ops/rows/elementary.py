"""Rows of the elementary functions: exponentials, logarithms, roots, trigonometry, erf."""

import math
from typing import Any

from engine import floats
from engine.floats import arrays
from engine.ops.op import Op

_LOG_2 = math.log(2.0)
_LOG_10 = math.log(10.0)
_2_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
_1_OVER_ROOT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)
TINY = 5e-324  # the smallest positive float: max(h, TINY) is h, except at 0, and makes 0/h zero there


def _within(m: Any, inside: Any, partial: Any) -> Any:
    """The partial inside a function's domain, nan outside, where the function itself is nan."""
    return m.where(inside, partial, math.nan * partial)  # not a constant, whose derivative would be 0


def _square(x: Any) -> Any:
    return x * x


def _log_partial(m: Any, x: Any, scale: Any) -> Any:
    # the sum makes the partial at -0.0 that of 0.0, and its own partial is 1, as abs() would not
    return _within(m, m.greater_equal(x, 0.0), scale / (x + 0.0))


def _unary(
    name: Any,
    forward: Any,
    partial: Any,
    text: Any,
    points: Any,
    numpy: Any = "",
    on_arrays: Any = None,
    partial_text: str = "",
    **more: Any,
) -> Op:
    return Op(
        name=name,
        operands=("x",),
        forward=forward,
        partials=(partial,),
        array_partials=on_arrays and (on_arrays,),
        numpy=numpy or name,
        text=text,
        partial_text=(partial_text,),
        points=tuple((x,) for x in points),
        **more,
    )


def _sech2_of_jax(jax: Any, x: Any) -> Any:
    decay = jax.numpy.exp(-2.0 * abs(x))
    return 4.0 * decay / (1.0 + decay) ** 2


_ALL = (-3.0, -0.4, 0.0, 0.7, 2.5)
_POSITIVE = (1e-3, 0.4, 1.0, 2.5, 40.0)
_UNIT = (-0.9, -0.3, 0.0, 0.5, 0.99)

_LOG_OF_ZERO = (
    "the logarithm is -inf at 0 and nan below; of a probability, compute it from the logits "
    "(log_softmax, log_sigmoid, softplus), where it cannot reach 0"
)
_OVERFLOW = (
    "e**x overflows from x = 709.8 on; softmax, logsumexp and softplus take the largest operand out first"
)
_ROOT = (
    "the derivative of a root is infinite at 0; norm, hypot, and abs for a square's root, "
    "have a finite one there"
)
_GROWTH = "it grows as e**x and overflows from x = 710.5 on"

ROWS = (
    _unary(
        "exp",
        floats.exp,
        lambda m, y, x: y,
        "e**x",
        _ALL,
        latex="e^{#1}",
        advice=_OVERFLOW,
    ),
    _unary(
        "exp2",
        floats.exp2,
        lambda m, y, x: y * _LOG_2,
        "2**x",
        _ALL,
        latex="2^{#1}",
        advice="2**x overflows from x = 1024 on; log-sum-exp forms take the largest operand out first",
    ),
    _unary(
        "expm1",
        floats.expm1,
        lambda m, y, x: m.exp(x),
        "e**x - 1",
        (*_ALL, -40.0),
        advice=_OVERFLOW,
    ),
    _unary(
        "log",
        floats.log,
        lambda m, y, x: _log_partial(m, x, 1.0),
        "log(x)",
        _POSITIVE,
        on_arrays=lambda m, y, x: m.log_partial(y, x),
        latex=r"\log",
        advice=_LOG_OF_ZERO,
        gradient_advice=_LOG_OF_ZERO,
    ),
    _unary(
        "log2",
        floats.log2,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_2),
        "log(x) / log(2)",
        _POSITIVE,
        advice=_LOG_OF_ZERO,
    ),
    _unary(
        "log10",
        floats.log10,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_10),
        "log(x) / log(10)",
        _POSITIVE,
        advice=_LOG_OF_ZERO,
    ),
    _unary(
        "log1p",
        floats.log1p,
        lambda m, y, x: _within(m, m.greater_equal(x, -1.0), 1.0 / (1.0 + x)),
        "log(1 + x)",
        (-0.9, -1e-9, 0.0, 0.5, 30.0),
        advice="log(1 + x) is -inf at -1 and nan below",
    ),
    _unary(
        "sqrt",
        floats.sqrt,
        lambda m, y, x: 0.5 / y,
        "x**(1/2)",
        _POSITIVE,
        latex=r"\sqrt{#1}",
        advice=("the root of a negative number is nan; rounding makes a variance or a squared norm negative"),
        gradient_advice=_ROOT,
    ),
    _unary(
        "cbrt",
        floats.cbrt,
        lambda m, y, x: 1.0 / (3.0 * y * y),
        "x**(1/3), also of negative x",
        (-8.0, -0.3, 0.4, 27.0),
        analytic=False,
        latex=r"\sqrt[3]{#1}",
        gradient_advice=_ROOT,
        reference="FreeBSD's s_cbrt.c",
    ),
    _unary(
        "sin",
        floats.sin,
        lambda m, y, x: m.cos(x),
        "sin(x)",
        _ALL,
        latex=r"\sin",
    ),
    _unary(
        "cos",
        floats.cos,
        lambda m, y, x: -m.sin(x),
        "cos(x)",
        _ALL,
        latex=r"\cos",
    ),
    _unary(
        "tan",
        floats.tan,
        lambda m, y, x: 1.0 + y * y,
        "tan(x)",
        (-1.2, 0.0, 0.7, 1.5),
        latex=r"\tan",
    ),
    _unary(
        "asin",
        floats.asin,
        lambda m, y, x: 1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arcsin(x)",
        _UNIT,
        numpy="arcsin",
        latex=r"\arcsin",
        gradient_advice="the derivative is infinite at -1 and 1",
    ),
    _unary(
        "acos",
        floats.acos,
        lambda m, y, x: -1.0 / m.sqrt((1.0 - x) * (1.0 + x)),
        "arccos(x)",
        _UNIT,
        numpy="arccos",
        latex=r"\arccos",
        gradient_advice="the derivative is infinite at -1 and 1",
    ),
    _unary(
        "atan",
        floats.atan,
        lambda m, y, x: _square(1.0 / m.hypot(1.0, x)),
        "arctan(x)",
        _ALL,
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
    _unary(
        "sinh",
        floats.sinh,
        lambda m, y, x: m.cosh(x),
        "sinh(x)",
        _ALL,
        latex=r"\sinh",
        advice=_GROWTH,
    ),
    _unary(
        "cosh",
        floats.cosh,
        lambda m, y, x: m.sinh(x),
        "cosh(x)",
        _ALL,
        latex=r"\cosh",
        advice=_GROWTH,
    ),
    _unary(
        "tanh",
        floats.tanh,
        lambda m, y, x: m.sech2(x),
        "tanh(x)",
        (*_ALL, 20.0),
        on_arrays=lambda m, y, x: m.tanh_partial(y, x),
        latex=r"\tanh",
        doc="The hyperbolic tangent: an S-shaped activation between -1 and 1.",
        example=">>> tanh(0.0), tanh(1000.0), tanh(-1000.0)\n(0.0, 1.0, -1.0)",
        reference='LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4',
        partial_text="1 - y**2",
    ),
    _unary(
        "asinh",
        floats.asinh,
        lambda m, y, x: 1.0 / m.hypot(1.0, x),
        "arsinh(x)",
        _ALL,
        numpy="arcsinh",
        doc="The number with the hyperbolic sine x.",
        example=">>> asinh(0.0), asinh(-math.inf)\n(0.0, -inf)",
        partial_text="1 / sqrt(x**2 + 1)",
    ),
    _unary(
        "acosh",
        floats.acosh,
        lambda m, y, x: 1.0 / (m.sqrt(x - 1.0) * m.sqrt(x + 1.0)),
        "arcosh(x)",
        (1.001, 1.5, 3.0, 50.0),
        numpy="arccosh",
        gradient_advice="the derivative is infinite at 1",
        partial_text="1 / sqrt(x**2 - 1)",
    ),
    _unary(
        "atanh",
        floats.atanh,
        lambda m, y, x: _within(m, m.greater_equal(1.0, m.abs(x)), 1.0 / ((1.0 - x) * (1.0 + x))),
        "artanh(x)",
        _UNIT,
        numpy="arctanh",
        gradient_advice="the derivative is infinite at -1 and 1",
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
        points=((3.0, 4.0), (-0.5, 2.0), (1e200, 1e200)),
        analytic=False,
        reference='Borges, "An improved algorithm for hypot(a, b)", 2019, arXiv:1904.09481',
    ),
    _unary(
        "erf",
        floats.erf,
        lambda m, y, x: _2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "the error function",
        _ALL,
        numpy="erf",
        array=arrays.erf,
        analytic=False,
        doc="The error function, 2/sqrt(π) times the integral of exp(-t²) from 0 to x.",
        example=">>> erf(0.0), erf(10.0), erf(-10.0)\n(0.0, 1.0, -1.0)",
        reference="DLMF, section 7.2, https://dlmf.nist.gov/7.2",
        partial_text="2 / sqrt(pi) * exp(-x**2)",
    ),
    _unary(
        "erfc",
        floats.erfc,
        lambda m, y, x: -_2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "1 - erf(x)",
        (*_ALL, 9.0),
        numpy="erfc",
        array=arrays.erfc,
        analytic=False,
        reference="DLMF, section 7.2, https://dlmf.nist.gov/7.2",
        partial_text="-2 / sqrt(pi) * exp(-x**2)",
    ),
    _unary(
        "ndtr",
        floats.ndtr,
        lambda m, y, x: _1_OVER_ROOT_2_PI * m.gaussian(x, 0.5),
        "the normal distribution function",
        (*_ALL, -12.0),
        numpy="ndtr",
        array=arrays.ndtr,
        analytic=False,
        reference="DLMF, section 7.20(iii), https://dlmf.nist.gov/7.20",
        partial_text="exp(-x**2 / 2) / sqrt(2 * pi)",
    ),
    Op(
        name="gaussian",
        operands=("x", "k"),
        forward=floats.gaussian,
        partials=(lambda m, y, x, k: -2.0 * k * x * y, lambda m, y, x, k: -x * x * y),
        numpy=lambda np, x, k: np.exp(-k * (x * x)),
        array=arrays.gaussian,
        text="exp(-k * x**2)",
        points=((0.7, 1.0), (-3.0, 0.5)),
        static=1,
        defaults=(1.0,),
    ),
    _unary(
        "sech2",
        floats.sech2,
        lambda m, y, x: -2.0 * m.tanh(x) * y,
        "1 / cosh(x)**2",
        (*_ALL, 20.0),
        numpy=lambda np, x: np.cosh(x) ** -2.0,
        jax=_sech2_of_jax,
        array=arrays.sech2,
    ),
)
