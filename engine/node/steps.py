"""Steps of optimisers on vectors, in one pass over them.

NumPy takes a dozen passes, each of which costs more than its arithmetic where there are few parameters. The
compiled node has its own form (``compiled/bulk.pxi``) with the same numbers, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.node.backend import Value, or_compiled

__all__ = ["adam_on_values", "adam_step", "plain_adam_step"]

Vector = NDArray[np.float64]


def adam_step(
    theta: Vector,
    g: Vector,
    m: Vector,
    v: Vector,
    betas: tuple[float, float],
    corrections: tuple[float, float],
    lr: float,
    eps: float,
    largest: Vector | None = None,
) -> Vector:
    """A step of Adam: theta - lr·m̂ / (√v̂ + eps), with m̂ = m / corrections[0] and v̂ = v / corrections[1].

    Args:
        theta: the parameters: a contiguous array of float64, as all of these are.
        g: their gradient.
        m, v: the running means of the gradient and of its square, which are brought up to date before.
        betas: how much of either is kept.
        corrections: 1 - β^t of either.
        lr, eps: numbers.
        largest: the largest v so far, which is brought up to date, to take in its place.

    Returns:
        The parameters after it, as a new vector.

    Raises:
        TypeError, ValueError: something is not such an array, or the lengths differ.

    >>> m, v = np.zeros(1), np.zeros(1)
    >>> adam_step(np.array([1.0]), np.array([2.0]), m, v, (0.9, 0.999), (0.1, 0.001), 0.5, 0.0)
    array([0.5])
    >>> m
    array([0.2])
    """
    m *= betas[0]
    m += (1.0 - betas[0]) * g
    v *= betas[1]
    v += (1.0 - betas[1]) * g * g
    if largest is not None:
        v = np.maximum(largest, v, out=largest)
    size = np.sqrt(v / corrections[1])
    size += eps
    step = m / corrections[0]
    step *= lr
    step /= size
    return np.asarray(theta - step)


def adam_on_values(
    values: list[Value],
    count: Vector,
    m: Vector,
    v: Vector,
    beta1: float,
    beta2: float,
    lr: float,
    eps: float,
    decay: float = 0.0,
    decoupled: bool = False,
    largest: Vector | None = None,
) -> bool:
    """The same step from the data and gradients of Values to their data, without arrays between.

    Args:
        values: a list of Values, each once.
        count: how many steps each has taken; this one is added.
        m, v, beta1, beta2, lr, eps, largest: see :func:`adam_step`.
        decay, decoupled: the decay of weights, see :func:`nn.optim.optimizer.decayed`.

    Returns:
        Whether it was done. Else nothing has changed: the node is in Python, some Value takes no gradient,
        the counts differ, or a function is traced.

    Raises:
        TypeError, ValueError: something is not such an array, or the lengths differ; nothing has changed.
    """
    return False  # by the compiled node only


plain_adam_step = adam_step
"""The form in Python, which does for either node."""

if not TYPE_CHECKING:
    adam_step = or_compiled(adam_step)
    adam_on_values = or_compiled(adam_on_values)
