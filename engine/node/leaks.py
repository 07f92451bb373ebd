"""Refuses floats that C code takes out of Values unseen, where the gradient would end.

``a[0] = v`` for an array of floats, ``np.pad(xs, 1, constant_values=v)`` and ``map(math.exp, values)`` all
call ``v.__float__()``, as ``float(v)`` does; only the last means it. So ``__float__`` looks at who asks:

- ``float(v)``, ``int(v)``, ``complex(v)``, ``np.float64(v)`` in a line of the user's own are what they are;
- so are formatting and ``key=float``, from which no number comes back;
- ``math.exp(v)`` is an error wherever it is written;
- all else is an error while somebody differentiates, and outside of that a warning, once a line.

Where it cannot be read who asks, it counts as all else: nothing is lost in silence.

``p -= 0.1 * p.grad`` in a block of ``no_grad()`` moves a parameter in PyTorch. Here it binds the name to a
new Value, and the model learns nothing: a warning, too.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from types import BuiltinFunctionType, FrameType
from typing import Any

import numpy as np

from engine.autograd.differentiating import is_differentiating, refusal
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.trace_mode import is_read_out, is_tracing
from engine.errors import LostGradientWarning
from engine.frames.calls import called_by, keywords_of, operation_of
from engine.frames.user_frame import innermost_user_frame, is_of_library, line_of
from engine.ops import OPERATORS

__all__ = ["caller", "notice", "notice_update"]

Node = Any
"""A Value: this file stands below value.py."""

_MODULES = ("math", "cmath")
_ADVICE = {"fabs": "abs(x)", "fmod": "x % y", "fsum": "engine.sum(xs)", "dist": "engine.hypot(x, y)"}
_HARMLESS = frozenset({"isnan", "isinf", "isfinite", "isclose", "ulp"})
_NUMBER_TYPES = (float, int, complex, np.number)
_METHODS = ("__float__", "__int__", "__complex__")

_FORMATTING = (("BINARY_OP", "%"), ("BINARY_OP", "%="))

_REMEDY = (
    "keep Values in an array of objects (dtype=object, np.stack, np.array(values)), take the functions of "
    "engine (engine.exp in place of math.exp), or write v.data where a constant is meant"
)


def caller() -> FrameType:
    """The frame two calls up: that of the caller's caller."""
    return sys._getframe(2)


def notice(node: Node, frame: FrameType) -> None:
    """Raise or warn if a number is taken out of a node by code that did not ask for a float.

    Args:
        node: a Value.
        frame: that of the Python code which runs, or which called the C code that asks.

    Raises:
        TypeError: it is lost to math, or while somebody differentiates.
    """
    if is_read_out(node):
        return
    called = called_by(frame)
    if isinstance(called, BuiltinFunctionType) and called.__module__ in _MODULES:
        if called.__name__ in _HARMLESS:
            return
        if called.__name__ not in _OTHERS:
            message = _about_math(called)
            if not (is_differentiating() and _is_lost(node)):
                raise TypeError(message)
            raise refusal(f"{message}\n{_place(innermost_user_frame(frame) or frame)}")
    elif _is_number_type(called) and not is_of_library(frame):
        return
    if not _is_lost(node):
        return
    user = innermost_user_frame(frame) or frame
    if operation_of(frame) in _FORMATTING or "key" in keywords_of(user):
        return  # a text; the order of a list
    message = f"{_what(user)} takes the bare number out of a Value and would lose its gradient"
    if is_differentiating():
        raise refusal(f"{message}\n{_place(user)}\n{_REMEDY}")
    _warn(f"{message}; {_REMEDY}", user)


def notice_update(node: Node, frame: FrameType) -> None:
    """Warn where ``-=`` seems to be meant to move a parameter: a leaf with a gradient, in ``no_grad()``.

    Args:
        node: the Value on the left.
        frame: that of the Python code which runs.
    """
    if is_grad_enabled() or is_differentiating() or not (node._grad and node.is_leaf and node.requires_grad):
        return
    _warn(
        "-= makes a new Value and leaves the parameter on its left as it was; move it by "
        "p.data -= 0.1 * p.grad",
        innermost_user_frame(frame) or frame,
    )


def _is_lost(node: Node) -> bool:
    """Whether a gradient would be lost with the number."""
    return is_tracing() or (is_grad_enabled() and node.requires_grad)


def _place(user: FrameType) -> Any:
    return line_of((user.f_code, user.f_lasti))


_OTHERS = frozenset({"frexp", "modf", "nextafter"})
"""Of math, what the engine has nothing for."""


def _about_math(called: Any) -> str:
    name = called.__name__
    row = OPERATORS.get(name)
    known = f"engine.{name}({', '.join(row.operands)})" if row else "functions of the engine"
    return (
        f"{called.__module__}.{name}() takes the bare float out of a Value and would lose its gradient; "
        f"use {_ADVICE.get(name, known)} (or pass x.data if that is what you want)"
    )


def _is_number_type(called: Any) -> bool:
    """Whether a number type or a Value's own conversion is called: then the float is asked for."""
    if isinstance(called, type):
        return issubclass(called, _NUMBER_TYPES)
    return inspect.isroutine(called) and getattr(called, "__name__", "") in _METHODS


def _what(user: FrameType) -> str:
    """What the user's line does, as the subject of a sentence."""
    operation = operation_of(user)[0]
    if operation.startswith("STORE_"):
        return "an assignment into an array of numbers"
    called = called_by(user)
    if not (isinstance(called, (type, np.ufunc)) or inspect.isroutine(called)):
        return "what is called here" if operation.startswith("CALL") else "what this line does"
    module = str(getattr(called, "__module__", None) or "builtins")
    return f"{called.__name__}()" if module == "builtins" else f"{module.lstrip('_')}.{called.__name__}()"


def _warn(message: str, user: FrameType) -> None:
    """Warn at the user's line; Python shows it once a line."""
    warnings.warn_explicit(
        message,
        LostGradientWarning,
        user.f_code.co_filename,
        user.f_lineno or 0,
        module=str(user.f_globals.get("__name__", "")) or None,
        registry=user.f_globals.setdefault("__warningregistry__", {}),
    )
