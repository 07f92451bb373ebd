"""Gradient clipping, between ``backward()`` and ``step()``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine import Value
from engine.floats.validate import real
from engine.node.bulk import read_grad, write_grad
from engine.quoting import brief
from nn.optim.param_groups import listed_values

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Value | Iterable[Value],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients together so that the norm of the whole gradient is at most ``max_norm``.

    The gradients, seen as one vector, keep their direction. Where the norm is larger they are multiplied by
    max_norm / norm, so that it is then max_norm but for rounding; PyTorch divides by norm + 1e-6, and ends a
    little below. A norm of inf or nan gives gradients of 0 and nan, as there.

    Args:
        parameters: the parameters, or one.
        max_norm: the largest norm, at least 0; ``math.inf`` only measures.
        norm_type: p of the p-norm (Σ|g|^p)^(1/p), above 0; ``math.inf`` for the largest |g|.
        error_if_nonfinite: whether a norm of inf or nan is an error.

    Returns:
        The norm as it was before.

    Raises:
        ValueError: ``max_norm`` or ``norm_type`` is out of range.
        TypeError: something is not a Value, or not a number.
        RuntimeError: the norm is inf or nan, and ``error_if_nonfinite``. Nothing has changed then.

    >>> w, b = Value(1.0), Value(1.0)
    >>> w.grad, b.grad = 3.0, -4.0
    >>> clip_grad_norm_([w, b], max_norm=1.0)
    5.0
    >>> round(w.grad, 12), round(b.grad, 12)
    (0.6, -0.8)
    """
    items = _distinct(parameters)
    limit, p = _number("max_norm", max_norm), _number("norm_type", norm_type)
    if p == 0.0:
        raise ValueError("norm_type must be above 0, got 0")
    g = _gradients(items)
    norm = _norm(g, p)
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(
            f"the gradients have norm {norm} and cannot be clipped; "
            "error_if_nonfinite=False scales them nevertheless"
        )
    if not norm <= limit:
        with np.errstate(invalid="ignore"):
            write_grad(items, g * (limit / norm))
    return norm


def clip_grad_value_(parameters: Value | Iterable[Value], clip_value: float) -> None:
    """Move each gradient that lies outside [-clip_value, clip_value] to the nearer bound, as PyTorch does.

    Unlike :func:`clip_grad_norm_` this turns the whole gradient. nan stays nan.

    Args:
        parameters: the parameters, or one.
        clip_value: the largest size, at least 0.

    Raises:
        ValueError: ``clip_value`` is negative or nan.
        TypeError: something is not a Value, or not a number.

    >>> w = Value(1.0)
    >>> w.grad = -4.0
    >>> clip_grad_value_([w], 1.0)
    >>> w.grad
    -1.0
    """
    items = _distinct(parameters)
    limit = _number("clip_value", clip_value)
    write_grad(items, np.clip(_gradients(items), -limit, limit))


def _norm(g: Any, p: float) -> float:
    """The p-norm, scaled by the largest component so that no power overflows."""
    sizes = np.abs(g)
    largest = float(np.max(sizes, initial=0.0))
    if p == math.inf or largest == 0.0 or not math.isfinite(largest):
        return largest
    return float(largest * np.sum((sizes / largest) ** p) ** (1.0 / p))


def _number(name: str, value: Any) -> float:
    number = real(name, value)
    if not number >= 0.0:
        raise ValueError(f"{name} must be at least 0, got {brief(value)}")
    return number


def _gradients(items: list[Value]) -> Any:
    g = np.empty(len(items))
    read_grad(items, g)
    return g


def _distinct(parameters: Any) -> list[Value]:
    """The parameters, each once."""
    if isinstance(parameters, Value):
        return [parameters]
    return list(dict.fromkeys(listed_values("parameters", parameters)))
