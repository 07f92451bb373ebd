"""A table of the lectures' activation functions: function, neuron and derivative of each."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine import Value, softmax
from nn import SGD, Neuron, NoisyReLU, PReLU, mse
from nn.modules.activations import elu, leaky_relu, noisy_relu, relu, sigmoid, sign, softplus, step, tanh

__all__ = ["LEAK", "Row", "as_neuron", "gallery", "learn_leak", "rows", "derivative_of"]

LEAK = 0.25
"""Of the parametric ReLU, before it learns a better one."""


@dataclass(frozen=True)
class Row:
    """One activation function.

    Attributes:
        function: of a Value or a number.
        neuron: the ``activation`` argument of a neuron that uses it.
        formula: what it computes.
        derivative: its derivative by pencil and paper, where it has one.
        kink: where it has none.
    """

    function: Callable[[Any], Any]
    neuron: Any
    formula: str
    derivative: Callable[[float], float]
    kink: float | None = None


def rows(seed: int = 0) -> dict[str, Row]:
    """The activation functions of a single neuron, by name.

    Args:
        seed: of the noise Y of the noisy ReLU. It is the same for each x, so that there is a derivative:
            Y = n * sqrt(sigmoid(x)) with one n, drawn from N(0, 1).

    >>> rows()["tanh"].derivative(0.0)
    1.0
    """

    def g(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    def noisy(x: Any) -> Any:
        return noisy_relu(x, seed)

    n = noisy(1000.0) - 1000.0
    return {
        "step": Row(step, "step", "1 if x > 0.5 else 0", lambda x: 0.0, 0.5),
        "sign": Row(sign, "sign", "-1, 0 or 1", lambda x: 0.0, 0.0),
        "sigmoid": Row(sigmoid, "sigmoid", "1 / (1 + e^-x)", lambda x: g(x) * (1 - g(x))),
        "tanh": Row(tanh, "tanh", "tanh(x)", lambda x: 1 - math.tanh(x) ** 2),
        "ReLU": Row(relu, "relu", "max(0, x)", lambda x: float(x > 0), 0.0),
        "softplus": Row(softplus, "softplus", "log(1 + e^x)", g),
        "leaky ReLU": Row(
            leaky_relu, "leaky_relu", "x if x > 0 else 0.01*x", lambda x: 1.0 if x > 0 else 0.01, 0.0
        ),
        "parametric ReLU": Row(
            PReLU(LEAK), ("prelu", LEAK), "x if x > 0 else a*x", lambda x: 1.0 if x > 0 else LEAK, 0.0
        ),
        "ELU": Row(elu, "elu", "x if x > 0 else e^x - 1", lambda x: 1.0 if x > 0 else math.exp(x)),
        "noisy ReLU": Row(
            noisy,
            NoisyReLU(rng=seed),
            "max(0, x + Y)",
            lambda x: (1 + n * math.sqrt(g(x)) * (1 - g(x)) / 2) if x + n * math.sqrt(g(x)) > 0 else 0.0,
        ),
    }


def gallery(rng: Any) -> dict[str, Callable[[Any], Any]]:
    """The functions for the picture: the noisy ReLU with noise of its own at each x, and softmax.

    Args:
        rng: a generator of the noise.

    >>> list(gallery(0))[-1]
    'softmax of (x, 1, 0)'
    """
    shown = {name: row.function for name, row in rows().items()}
    shown["noisy ReLU"] = lambda x: noisy_relu(x, rng)
    return {**shown, "softmax of (x, 1, 0)": lambda x: softmax([x, 1.0, 0.0])[0]}


def as_neuron(name: str, x: float, seed: int = 0) -> float:
    """The output of a neuron of weight 1, without bias, for an activation of the table.

    >>> as_neuron("ReLU", 2.0)
    2.0
    """
    answer = Neuron(1, activation=rows(seed)[name].neuron, init=[1.0], bias=False)(x)
    return answer.data


def derivative_of(function: Callable[[Any], Any], x: float) -> float:
    """The derivative at x that the engine uses.

    >>> derivative_of(relu, 0.0)
    0.0
    """
    at = Value(x)
    function(at).backward()
    return at.grad


def learn_leak(epochs: int) -> Neuron:
    """Train a neuron with a parametric ReLU on a function of derivative 2 above 0 and 1 below.

    >>> neuron = learn_leak(200)
    >>> round(neuron.activation.alpha.data, 3), round(neuron.w[0].data, 3)
    (0.5, 2.0)
    """
    neuron = Neuron(1, activation=("prelu", LEAK), init=[1.0], bias=False)
    xs = (-2.0, -0.7, 0.3, 1.5)
    optimizer = SGD(neuron.parameters(), lr=0.1)
    for _ in range(epochs):
        optimizer.zero_grad()
        mse([neuron(x) for x in xs], [2 * x if x > 0 else x for x in xs]).backward()
        optimizer.step()
    return neuron
