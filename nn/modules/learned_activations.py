"""Noisy relu: a relu with noise before it while training."""

from __future__ import annotations

from typing import Any

from engine import exp, log_sigmoid, relu
from nn.modules.elementwise import elementwise
from nn.modules.module import Module
from nn.rng import Rng, draw_normal, random_source

__all__ = ["NoisyReLU", "noisy_relu"]


def noisy_relu(x: Any, rng: Rng = None) -> Any:
    """max(0, x + Y), where Y is drawn from N(0, σ(x)): normal with mean 0 and *variance* sigmoid(x).

    Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines": σ there is the
    logistic function, and the second argument of N the variance. Y is computed as √sigmoid(x) times a number
    from N(0, 1); the gradient is that of this formula for the number drawn, so it flows through the
    deviation too.

    Args:
        x: a Value or number.
        rng: a seed, a generator, or None for Python's ``random`` module. A seed gives the same noise at each
            call; a generator moves on.

    >>> round(noisy_relu(1.0, rng=0), 6)  # 1 + sqrt(0.731059) * 0.125730
    1.107502
    """
    noise = draw_normal(random_source(rng))
    return relu(x + exp(0.5 * log_sigmoid(x)) * noise)  # exact also where sigmoid(x) would be 0


class NoisyReLU(Module):
    """:func:`noisy_relu` in training mode, in evaluation mode plain relu.

    Args:
        rng: a seed, a generator, or None for Python's ``random`` module. As ``activation="noisy_relu"`` it
            takes the generator of the neuron, layer or network.

    Attributes:
        rng: the generator; None for Python's ``random`` module.

    >>> noisy = NoisyReLU(rng=0)
    >>> round(noisy(1.0), 6), noisy.eval()(1.0)
    (1.107502, 1.0)
    """

    def __init__(self, *, rng: Rng = None) -> None:
        source = random_source(rng)
        self.rng = None if source is random_source(None) else source  # a module could not be copied

    def __call__(self, x: Any) -> Any:
        """The rectified number, or for a sequence of numbers the list of them, each with noise of its own."""
        if not self.training:
            return elementwise(relu, x)
        return elementwise(lambda each: noisy_relu(each, self.rng), x)

    def __repr__(self) -> str:
        return "NoisyReLU()"
