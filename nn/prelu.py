"""Parametric relu: a leaky relu whose leak is learned."""

from __future__ import annotations

from typing import Any

from engine import Value, leaky_relu
from nn.modules.elementwise import elementwise
from nn.modules.module import Module

__all__ = ["PReLU"]


class PReLU(Module):
    """x where positive, else alpha·x, where alpha is learned with the other parameters.

    He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", who start alpha from 0.25 and do not let weight
    decay pull at it. Its derivative by alpha is min(x, 0); by x, at 0, alpha.

    As an activation, ``"prelu"`` gives each neuron its own (the paper's channel-wise variant); a ``PReLU()``
    object given to a Layer or MLP is shared by all its neurons.

    Args:
        alpha: the leak to start from.

    Attributes:
        alpha: the leak, a Value; one of the module's parameters.

    >>> from nn import Neuron
    >>> leak = PReLU()
    >>> leak(-2.0).data, [each.data for each in leak([-1.0, 3.0])]
    (-0.5, [-0.25, 3.0])
    >>> [name for name, _ in Neuron(1, activation="prelu").named_parameters()]
    ['w.0', 'b', 'activation.alpha']
    """

    def __init__(self, alpha: float = 0.25) -> None:
        self.alpha = Value(alpha)
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The rectified number, or for a sequence of numbers the list of them."""
        return elementwise(lambda each: leaky_relu(each, self.alpha), x)

    def __repr__(self) -> str:
        return f"PReLU(alpha={self.alpha.data:g})"
