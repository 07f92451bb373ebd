"""L1 and L2 penalties on parameters, to add to a loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine import Value, abs, dot, sum
from engine.floats.validate import non_negative
from nn.optim.param_groups import listed_values

__all__ = ["l1_penalty", "l2_penalty"]


def l1_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength · Σ|w|, which drives small parameters to 0; its derivative at 0 is 0.

    Args:
        parameters: Values, mostly the weights without the biases.
        strength: at least 0.

    Raises:
        ValueError: ``strength`` is out of range, or there are no parameters.
        TypeError: a parameter is not a Value, or ``strength`` is not a number.

    >>> w = [Value(3.0), Value(-4.0)]
    >>> penalty = l1_penalty(w, 0.5)
    >>> penalty.backward()
    >>> penalty.data, w[0].grad, w[1].grad
    (3.5, 0.5, -0.5)
    """
    weights = _weights(parameters)
    # not dot(signs, weights): the signs would be constants of the graph, and wrong once a weight crosses 0
    return non_negative("strength", strength) * sum([abs(w) for w in weights])


def l2_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength · Σw², without a factor ½, which draws parameters towards 0; its derivative is 2·strength·w.

    The ``weight_decay`` λ of the optimisers is the penalty ½λ·Σw²: this one with strength λ/2.

    Args:
        parameters: Values, mostly the weights without the biases.
        strength: at least 0.

    Raises:
        ValueError: ``strength`` is out of range, or there are no parameters.
        TypeError: a parameter is not a Value, or ``strength`` is not a number.

    >>> w = [Value(3.0), Value(-4.0)]
    >>> penalty = l2_penalty(w, 0.5)
    >>> penalty.backward()
    >>> penalty.data, w[0].grad, w[1].grad
    (12.5, 3.0, -4.0)
    """
    weights = _weights(parameters)
    return non_negative("strength", strength) * dot(weights, weights)


def _weights(parameters: Any) -> list[Value]:
    weights = listed_values("parameters", parameters)
    if not weights:
        raise ValueError("a penalty needs at least one parameter, got none")
    return weights
