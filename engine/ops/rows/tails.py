"""Rows of bell curves and their integrals: erf, the normal distribution, the derivative of tanh."""

import math
from typing import Any

from engine import floats
from engine.floats import arrays
from engine.ops.op import Op
from engine.ops.rows.parts import EVERYWHERE, unary

_2_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
_1_OVER_ROOT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)


def _sech2_of_jax(jax: Any, x: Any) -> Any:
    decay = jax.numpy.exp(-2.0 * abs(x))
    return 4.0 * decay / (1.0 + decay) ** 2


ROWS = (
    unary(
        "erf",
        floats.erf,
        lambda m, y, x: _2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "the error function",
        EVERYWHERE,
        numpy="erf",
        array=arrays.erf,
        analytic=False,
        doc="The error function, 2/sqrt(π) times the integral of exp(-t²) from 0 to x.",
        example=">>> erf(0.0), erf(10.0), erf(-10.0)\n(0.0, 1.0, -1.0)",
        reference="DLMF, section 7.2, https://dlmf.nist.gov/7.2",
        partial_text="2 / sqrt(pi) * exp(-x**2)",
    ),
    unary(
        "erfc",
        floats.erfc,
        lambda m, y, x: -_2_OVER_ROOT_PI * m.gaussian(x, 1.0),
        "1 - erf(x)",
        (*EVERYWHERE, 9.0),
        numpy="erfc",
        array=arrays.erfc,
        analytic=False,
        reference="DLMF, section 7.2, https://dlmf.nist.gov/7.2",
        partial_text="-2 / sqrt(pi) * exp(-x**2)",
    ),
    unary(
        "ndtr",
        floats.ndtr,
        lambda m, y, x: _1_OVER_ROOT_2_PI * m.gaussian(x, 0.5),
        "the normal distribution function",
        (*EVERYWHERE, -12.0),
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
    unary(
        "sech2",
        floats.sech2,
        lambda m, y, x: -2.0 * m.tanh(x) * y,
        "1 / cosh(x)**2",
        (*EVERYWHERE, 20.0),
        numpy=lambda np, x: np.cosh(x) ** -2.0,
        jax=_sech2_of_jax,
        array=arrays.sech2,
    ),
)
