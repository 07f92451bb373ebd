"""Rows of exponentials, logarithms and roots."""

import math
from typing import Any

from engine import floats
from engine.ops.rows.parts import EVERYWHERE, unary, within

_LOG_2 = math.log(2.0)
_LOG_10 = math.log(10.0)
_POSITIVE = (1e-3, 0.4, 1.0, 2.5, 40.0)
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


def _log_partial(m: Any, x: Any, scale: Any) -> Any:
    # the sum makes the partial at -0.0 that of 0.0, and its own partial is 1, as abs() would not
    return within(m, m.greater_equal(x, 0.0), scale / (x + 0.0))


ROWS = (
    unary("exp", floats.exp, lambda m, y, x: y, "e**x", EVERYWHERE, latex="e^{#1}", advice=_OVERFLOW),
    unary(
        "exp2",
        floats.exp2,
        lambda m, y, x: y * _LOG_2,
        "2**x",
        EVERYWHERE,
        latex="2^{#1}",
        advice="2**x overflows from x = 1024 on; log-sum-exp forms take the largest operand out first",
    ),
    unary(
        "expm1", floats.expm1, lambda m, y, x: m.exp(x), "e**x - 1", (*EVERYWHERE, -40.0), advice=_OVERFLOW
    ),
    unary(
        "log",
        floats.log,
        lambda m, y, x: _log_partial(m, x, 1.0),
        "log(x)",
        _POSITIVE,
        on_arrays=lambda m, y, x: m.log_partial(x),
        latex=r"\log",
        advice=_LOG_OF_ZERO,
        gradient_advice=_LOG_OF_ZERO,
    ),
    unary(
        "log2",
        floats.log2,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_2),
        "log(x) / log(2)",
        _POSITIVE,
        advice=_LOG_OF_ZERO,
    ),
    unary(
        "log10",
        floats.log10,
        lambda m, y, x: _log_partial(m, x, 1.0 / _LOG_10),
        "log(x) / log(10)",
        _POSITIVE,
        advice=_LOG_OF_ZERO,
    ),
    unary(
        "log1p",
        floats.log1p,
        lambda m, y, x: within(m, m.greater_equal(x, -1.0), 1.0 / (1.0 + x)),
        "log(1 + x)",
        (-0.9, -1e-9, 0.0, 0.5, 30.0),
        advice="log(1 + x) is -inf at -1 and nan below",
    ),
    unary(
        "sqrt",
        floats.sqrt,
        lambda m, y, x: 0.5 / y,
        "x**(1/2)",
        _POSITIVE,
        latex=r"\sqrt{#1}",
        advice=("the root of a negative number is nan; rounding makes a variance or a squared norm negative"),
        gradient_advice=_ROOT,
    ),
    unary(
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
)
