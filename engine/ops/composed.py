"""NumPy's functions of single numbers on Values: questions, and functions made of rows."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.floats.coerce import to_float
from engine.ops import OPERATORS
from engine.ops.op import Op

__all__ = [
    "CALLED",
    "FUNCTIONS",
    "QUESTIONS",
    "by_row",
    "is_finite",
    "is_infinite",
    "is_nan",
    "sinc",
    "truncated",
]

Function = Callable[..., Any]


# -- questions, whose answers are booleans -------------------------------------------------------------


def is_nan(x: Any) -> bool:
    """Whether a number is nan; found by comparing, which tracing records."""
    return not x <= math.inf


def is_infinite(x: Any) -> bool:
    """Whether a number is infinite, of either sign."""
    return bool(x == math.inf or x == -math.inf)


def is_finite(x: Any) -> bool:
    """Whether a number is neither infinite nor nan."""
    return bool(-math.inf < x < math.inf)


def _has_sign(x: Any) -> bool:
    return math.copysign(1.0, float(np.real(getattr(x, "data", x)))) < 0.0


def _compared(compare: Callable[[Any, Any], Any]) -> Function:
    """A comparison asked of Values themselves: NumPy's own numbers would ask NumPy again."""
    return lambda a, b: bool(compare(_of_python(a), _of_python(b)))


def _of_python(x: Any) -> Any:
    return float(x) if isinstance(x, np.floating) else x.item() if isinstance(x, np.generic) else x


QUESTIONS: dict[str, Function] = {
    "isnan": is_nan,
    "isinf": is_infinite,
    "isfinite": is_finite,
    "signbit": _has_sign,
    "equal": _compared(operator.eq),
    "not_equal": _compared(operator.ne),
    "less": _compared(operator.lt),
    "less_equal": _compared(operator.le),
    "greater": _compared(operator.gt),
    "greater_equal": _compared(operator.ge),
    "logical_not": lambda x: not x,
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_xor": lambda a, b: bool(a) != bool(b),
}
"""Decisions, as ``v < 3.0`` is one."""


# -- functions made of rows ----------------------------------------------------------------------------


def by_row(row: Op) -> Function:
    """A row as a function of single numbers, of which some are Values; of plain ones a float."""

    def function(*xs: Any) -> Any:
        for x in xs:
            if hasattr(type(x), "_apply"):
                return x._apply(row, xs)
        numbers = [to_float(x, f"operand of {row.shown}") for x in xs]
        return row.forward(numbers) if row.arity is None else row.forward(*numbers)

    return function


_abs, _div, _pow, _mod, _exp2 = (by_row(OPERATORS[name]) for name in ("abs", "div", "pow", "mod", "exp2"))
_floor, _ceil, _sign = (by_row(OPERATORS[name]) for name in ("floor", "ceil", "sign"))
_where, _equal, _greater, _from = (
    by_row(OPERATORS[name]) for name in ("where", "equal", "greater", "greater_equal")
)
_maximum, _minimum, _floor_divide, _logsumexp, _sin = (
    by_row(OPERATORS[name]) for name in ("maximum", "minimum", "floor_divide", "logsumexp", "sin")
)


def _unless_nan(x: Any, chosen: Any, other: Any) -> Any:
    return _where(_equal(x, x), chosen, other)


def _heaviside(x: Any, at_zero: Any) -> Any:
    return _unless_nan(x, _where(_equal(x, 0.0), at_zero, _greater(x, 0.0)), x)


def _copysign(a: Any, b: Any) -> Any:
    sign = _where(_equal(b, 0.0), _sign(_div(1.0, b)), _sign(b))  # which tells -0.0 from 0.0
    return _abs(a) * _unless_nan(b, sign, 1.0)


def truncated(x: Any) -> Any:
    return _where(_from(x, 0.0), _floor(x), _ceil(x))


def _fmod(a: Any, b: Any) -> Any:
    size = _abs(b)
    return _where(_from(a, 0.0), _mod(a, size), -_mod(-a, size))


def _modf(x: Any) -> tuple[Any, Any]:
    whole = truncated(x)
    return _where(_equal(_abs(x), math.inf), 0.0 * _sign(x), x - whole), whole


def sinc(x: Any) -> Any:
    """sin(pi·x) / (pi·x); near 0 as a polynomial, whose derivatives are right too."""
    z = x * math.pi
    t = z * z
    near: Any = 0.0
    for k in range(9, -1, -1):
        near = near * t + (-1.0) ** k / math.factorial(2 * k + 1)
    return _where(_greater(0.5, _abs(z)), near, _div(_sin(z), z))


CALLED: dict[str, Function] = {
    "square": lambda x: x * x,
    "reciprocal": lambda x: _div(1.0, x),
    "positive": lambda x: x,
    "conjugate": lambda x: x,
    "fabs": _abs,
    "radians": lambda x: x * (math.pi / 180.0),
    "deg2rad": lambda x: x * (math.pi / 180.0),
    "degrees": lambda x: x * (180.0 / math.pi),
    "rad2deg": lambda x: x * (180.0 / math.pi),
    "trunc": truncated,
    "fmod": _fmod,
    "logical_xor": lambda a, b: bool(a) != bool(b),
}
"""What NumPy's loops over arrays of objects call by these names, beside the rows: methods of Values."""

_COMPOSED: dict[str, Function] = {
    **CALLED,
    "float_power": _pow,
    "fmax": lambda a, b: _unless_nan(b, _unless_nan(a, _maximum(a, b), b), a),
    "fmin": lambda a, b: _unless_nan(b, _unless_nan(a, _minimum(a, b), b), a),
    "copysign": _copysign,
    "heaviside": _heaviside,
    "logaddexp": _logsumexp,
    "logaddexp2": lambda a, b: _logsumexp(a * math.log(2.0), b * math.log(2.0)) / math.log(2.0),
    "ldexp": lambda a, n: a * _exp2(n),
    "modf": _modf,
    "divmod": lambda a, b: (_floor_divide(a, b), _mod(a, b)),
}

FUNCTIONS = {
    **{row.ufunc: by_row(row) for row in OPERATORS.values() if row.ufunc and row.arity},
    **_COMPOSED,
    **QUESTIONS,
}
"""Every ufunc that there is an answer to, as a function of single numbers."""
