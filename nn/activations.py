"""What a neuron puts behind its sum: a table of activation functions by name.

Glossary: an activation takes the neuron's weighted input, one number, and returns one number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import engine

__all__ = ["ACTIVATIONS", "Activation", "activation_function", "activation_title"]

Activation = str | Callable[[Any], Any]
"""An activation as a person gives it: a name in the table, or any function of one Value."""


def linear(x: Any) -> Any:
    """x itself: no activation.

    >>> linear(-2.5)
    -2.5
    """
    return x


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "linear": linear,
    "relu": engine.relu,
    "leaky_relu": engine.leaky_relu,
    "elu": engine.elu,
    "gelu": engine.gelu,
    "silu": engine.silu,
    "softplus": engine.softplus,
    "tanh": engine.tanh,
    "sigmoid": engine.sigmoid,
    "step": engine.step,
    "sign": engine.sign,
}
"""The activation functions by name. A function added here can be named in Neuron, Layer and MLP."""

_TITLES = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}


def activation_function(activation: Activation) -> Callable[[Any], Any]:
    """The function that an activation names, or that it is.

    Raises:
        ValueError: no activation is called that.
        TypeError: it is neither a name nor a function.

    >>> activation_function("relu")(-2.0)
    0.0
    >>> activation_function("cube")
    Traceback (most recent call last):
    ...
    ValueError: no activation is called 'cube'; there are linear, relu, ..., or give a function
    """
    if isinstance(activation, str):
        if activation in ACTIVATIONS:
            return ACTIVATIONS[activation]
        if activation in ("softmax", "log_softmax"):
            raise ValueError(
                f"{activation} takes a whole layer, not one neuron: leave the outputs linear, train with "
                f"nn.cross_entropy(model(x), target), and call engine.{activation}(model(x)) for the result"
            )
        names = ", ".join(ACTIVATIONS)
        raise ValueError(f"no activation is called {activation!r}; there are {names}, or give a function")
    if not callable(activation):
        kind = type(activation).__name__
        raise TypeError(f"activation must be a name or a function, got {activation!r} of type {kind}")
    return activation


def activation_title(activation: Activation) -> str:
    """How an activation is written before ``Neuron``: ``ReLU``, ``Tanh``; of a function, its name.

    >>> activation_title("leaky_relu"), activation_title("tanh"), activation_title(abs)
    ('LeakyReLU', 'Tanh', 'Abs')
    """
    name = activation
    if not isinstance(name, str):
        name = getattr(activation, "__name__", type(activation).__name__)
    words = [word[:1].upper() + word[1:] for word in name.split("_")]
    title = _TITLES.get(name) or "".join(words)
    return title if title.isidentifier() else "Custom"
