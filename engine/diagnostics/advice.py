"""What to try where a nan or an infinity arose: a sentence for each operator that is known for it."""

from __future__ import annotations

__all__ = ["advice"]

_LOG = (
    "the logarithm is -inf at 0 and nan below; of a probability, compute it from the logits "
    "(log_softmax, log_sigmoid, softplus), where it cannot reach 0"
)
_EXP = "e**x overflows from x = 709.8 on; softmax, logsumexp and softplus take the largest operand out first"
_ROOT = (
    "the slope of a root is infinite at 0; norm, hypot, and abs for a square's root, have a finite one there"
)
_DIVISION = (
    "the divisor is 0, or so small that the quotient overflows; where the norm of a vector can vanish, "
    "divide by engine.where(norm > 0, norm, 1.0)"
)

_FORWARD = {
    "log": _LOG,
    "log2": _LOG,
    "log10": _LOG,
    "log1p": "log(1 + x) is -inf at -1 and nan below",
    "exp": _EXP,
    "exp2": "2**x overflows from x = 1024 on; log-sum-exp forms take the largest operand out first",
    "expm1": _EXP,
    "sinh": "it grows as e**x and overflows from x = 710.5 on",
    "cosh": "it grows as e**x and overflows from x = 710.5 on",
    "sqrt": "the root of a negative number is nan; rounding makes a variance or a squared norm negative",
    "div": _DIVISION,
    "pow": "0 to a negative number is infinite, a negative number to a fraction is nan, and powers overflow",
    "mul": "0 · inf is nan, and a product beyond 1.8e308 is inf: see which factor has run away",
    "add": "inf - inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
    "sub": "inf - inf is nan: see which term has run away",
    "sum": "inf - inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
    "dot": "0 · inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
    "prod": "0 · inf is nan, and a product beyond 1.8e308 is inf: factors above 1 explode",
}

_BACKWARD = {
    "sqrt": _ROOT,
    "cbrt": _ROOT,
    "pow": "the slope of x**n at 0 is infinite for n below 1",
    "log": _LOG,
    "div": _DIVISION,
    "asin": "the slope is infinite at -1 and 1",
    "acos": "the slope is infinite at -1 and 1",
    "atanh": "the slope is infinite at -1 and 1",
    "acosh": "the slope is infinite at 1",
}


def advice(operator: str, phase: str) -> str:
    """What to try; empty where nothing is known but the operator itself.

    Args:
        operator: the name of a row.
        phase: ``"forward"`` or ``"backward"``.

    >>> advice("log1p", "forward")
    'log(1 + x) is -inf at -1 and nan below'
    """
    known = _FORWARD if phase == "forward" else _BACKWARD
    return known.get(operator, "")
