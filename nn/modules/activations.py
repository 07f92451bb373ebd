"""Activation functions, and a table of them by name.

Glossary: an activation takes the neuron's weighted input, one number, and returns one number. All
functions here take Values and plain numbers alike. ``softmax`` alone takes a whole layer's outputs.

relu, leaky relu and parametric relu have no derivative at 0; there it is taken as that of the left: 0 for
relu, the leak for the others. elu has derivative 1 at 0. The derivative of step and sign is 0
everywhere, also where they jump: nothing can be learned through them by gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import engine
from engine import elu, gelu, leaky_relu, relu, sigmoid, sign, silu, softmax, softplus, tanh
from engine.floats.coerce import is_real
from engine.quoting import brief, typed
from nn.modules.learned_activations import NoisyReLU, PReLU, noisy_relu
from nn.rng import Rng

__all__ = [
    "ACTIVATIONS",
    "LEARNING_ACTIVATIONS",
    "Activation",
    "activation_function",
    "activation_title",
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "noisy_relu",
    "make_activation",
    "refuse_bare",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "softmax",
    "softplus",
    "step",
    "tanh",
]

Activation = str | tuple[str, float] | Callable[[Any], Any]
"""Forms of an activation: a name, a name with its number, or any function of one Value."""


def linear(x: Any) -> Any:
    """Identity: returns x.

    >>> linear(-2.5)
    -2.5
    """
    return x


def step(x: Any, threshold: float = 0.5) -> Any:
    """Step function: 1 where x is above the threshold, else 0; the lectures' threshold is 0.5.

    ``engine.step`` is the same with threshold 0. At the threshold itself it is 0.

    >>> step(0.4), step(0.5), step(0.6), step(0.6, threshold=1.0)
    (0.0, 0.0, 1.0, 0.0)
    """
    return engine.step(x, threshold)


_FUNCTIONS = (linear, relu, leaky_relu, elu, gelu, silu, softplus, tanh, sigmoid, step, sign)

ACTIVATIONS: dict[str, Callable[..., Any]] = {each.__name__: each for each in _FUNCTIONS}
"""The activation functions by name. A function added here can be named in Neuron, Layer and MLP."""

LEARNING_ACTIVATIONS: dict[str, type] = {"prelu": PReLU, "noisy_relu": NoisyReLU}
"""Activations with a parameter or a mode of their own, by name: each neuron or layer makes itself one."""

_TITLES = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}


def make_activation(activation: Activation, rng: Rng = None) -> Activation:
    """Make ``"prelu"`` and ``"noisy_relu"`` modules, and check the name of any other activation.

    Args:
        activation: a name, a name with its number (``("leaky_relu", 0.2)``, ``("elu", 0.5)``,
            ``("step", 0.0)``, ``("prelu", 0.1)``), or a function.
        rng: where a noisy relu takes its noise from.

    Raises:
        ValueError, TypeError: see :func:`activation_function`.

    >>> make_activation("prelu"), make_activation("relu")
    (PReLU(init=0.25), 'relu')
    """
    name, *numbers = activation if isinstance(activation, (tuple, list)) and activation else (activation,)
    if name == "prelu":
        return PReLU(1, *numbers)
    if name == "noisy_relu" and not numbers:
        return NoisyReLU(rng=rng)
    activation_function(activation)
    return activation


def activation_function(activation: Activation) -> Callable[[Any], Any]:
    """The function of an activation, which may be a name.

    Raises:
        ValueError: the name is unknown, or its activation takes no number.
        TypeError: it is neither a name nor a function.

    >>> activation_function("relu")(-2.0)
    0.0
    >>> activation_function(("leaky_relu", 0.5))(-2.0)
    -1.0
    >>> activation_function("cube")
    Traceback (most recent call last):
    ...
    ValueError: no activation is called 'cube'; there are linear, relu, ..., or give a function
    """
    if isinstance(activation, str):
        if activation in ACTIVATIONS:
            return ACTIVATIONS[activation]
        raise ValueError(_unknown(activation))
    if isinstance(activation, (tuple, list)):
        return _with_number(*activation)
    if isinstance(activation, type):
        made = f"{activation.__name__}()"
        raise TypeError(f"activation must be a name or a function, got a class; make one of it, {made}")
    if not callable(activation):
        raise TypeError(f"activation must be a name or a function, got {typed(activation)}")
    return activation


def refuse_bare(activation: Activation, output: Any) -> None:
    """Raise if an activation returned a bare number for a Value, from which no gradient flows back.

    Raises:
        TypeError: the output is a bare number.

    >>> import math
    >>> refuse_bare(lambda z: math.tanh(z.data), 0.5)
    Traceback (most recent call last):
    TypeError: the activation <lambda> returns the bare number 0.5 for a Value, ...
    """
    if is_real(output):
        raise TypeError(
            f"the activation {_name_of(activation)} returns the bare number {output!r} for a Value, so that "
            "no gradient flows back and nothing below it learns; compute it with functions of engine "
            "(engine.tanh in place of math.tanh), without .data and float()"
        )


def activation_title(activation: Activation) -> str:
    """The name of an activation in a neuron's repr, as in ``ReLUNeuron``.

    >>> activation_title("leaky_relu"), activation_title("tanh"), activation_title(abs)
    ('LeakyReLU', 'Tanh', 'Abs')
    """
    name = _name_of(activation)
    words = [word[:1].upper() + word[1:] for word in name.split("_")]
    title = _TITLES.get(name) or "".join(words)
    return title if title.isidentifier() else "Custom"


def _name_of(activation: Activation) -> str:
    name: Any = activation[0] if isinstance(activation, (tuple, list)) else activation
    return name if isinstance(name, str) else str(getattr(name, "__name__", type(name).__name__))


def _with_number(*given: Any) -> Callable[[Any], Any]:
    """The function of an activation with its number, such as ``("elu", 0.5)``."""
    if len(given) != 2 or not isinstance(given[0], str):
        raise TypeError(
            f"an activation with a number is a pair such as ('leaky_relu', 0.2), got {brief(given)}"
        )
    name, number = given
    if name not in ("leaky_relu", "elu", "step"):
        raise ValueError(f"only leaky_relu, elu, step and prelu take a number, got {brief(given)}")
    return partial(ACTIVATIONS[name], **{"threshold" if name == "step" else "alpha": number})


def _unknown(name: str) -> str:
    if name in ("softmax", "log_softmax"):
        return (
            f"{name} takes a whole layer, not one neuron: leave the outputs linear, train with "
            f"nn.cross_entropy(model(x), target), and call engine.{name}(model(x)) for the result; "
            f"nn.Sequential(model, engine.{name}) is a model with both"
        )
    if name in LEARNING_ACTIVATIONS:
        made = LEARNING_ACTIVATIONS[name].__name__
        return f"{name} has a state of its own: set neuron.activation = nn.{made}()"
    names = ", ".join([*ACTIVATIONS, *LEARNING_ACTIVATIONS])
    return f"no activation is called {brief(name)}; there are {names}, or give a function"
