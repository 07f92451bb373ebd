"""How gradients shrink on their way back through a deep network, by activation."""

import numpy as np

from engine import Report
from nn import MLP, gradient_report
from viz import gradient_sizes

__all__ = ["ACTIVATIONS", "DEPTH", "WIDTH", "causes", "deep_network", "sizes"]

ACTIVATIONS = {"sigmoid": "xavier_normal", "tanh": "xavier_normal", "relu": "he_normal"}
"""The activations, each with the initial weights that are made for it."""

DEPTH, WIDTH, NETWORKS, INPUTS = 10, 16, 8, 4


def deep_network(activation: str, rng: np.random.Generator) -> MLP:
    """A network of many hidden layers with random weights, and biases drawn from N(0, 1).

    >>> len(deep_network("tanh", np.random.default_rng(0)).layers)
    11
    """
    init = ACTIVATIONS[activation]
    model = MLP(WIDTH, [WIDTH] * DEPTH + [1], activation=activation, init=init, rng=rng)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = rng.normal()
    return model


def sizes(activation: str, seed: int) -> list[float]:
    """The root mean square of the output's gradient by the weighted inputs, layer by layer.

    The root mean square over the neurons of a layer, and over several networks and inputs.

    >>> len(sizes("tanh", seed=0))
    11
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(NETWORKS):
        model = deep_network(activation, rng)
        model(rng.normal(size=WIDTH).tolist()).backward()
        found.append(gradient_sizes(model, of="b"))
    return [float(size) for size in np.sqrt(np.mean(np.square(found), axis=0))]


def causes(activation: str, seed: int) -> Report:
    """The gradient report of the first of these networks: each layer's factor and its cause.

    >>> len(causes("tanh", seed=0).layers)
    11
    """
    rng = np.random.default_rng(seed)
    model = deep_network(activation, rng)
    output = sum(model(rng.normal(size=WIDTH).tolist()) for _ in range(INPUTS)) / INPUTS
    output.label = "output"
    return gradient_report(model, output)
