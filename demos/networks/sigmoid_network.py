"""A network of sigmoid neurons, as matrices, and its gradients as the engine finds them.

For demos that compute these gradients in another way, to compare.

Glossary: z = W h + b are the weighted inputs of a layer, h = σ(z) its outputs (of layer 0, the inputs x), t
the targets, C = ½Σ(h - t)² the cost of the last layer, and dq is the gradient of C by q.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Value, dot
from nn import MLP, half_squared_error

__all__ = ["Gradients", "by_engine", "matrices", "sigmoid_network"]


@dataclass(frozen=True)
class Gradients:
    """The gradients of the cost, an array per layer.

    Attributes:
        dz: by the weighted inputs.
        db: by the biases.
        dW: by the weights, a row per neuron.
    """

    dz: list[Any]
    db: list[Any]
    dW: list[Any]  # noqa: N815  # what mathematics calls it


def sigmoid_network(sizes: Sequence[int], seed: int) -> MLP:
    """A network of sigmoid neurons with random weights and biases.

    Args:
        sizes: how many inputs there are, and how many neurons in each layer.
        seed: of the random numbers.

    >>> sigmoid_network([2, 3, 1], seed=0).num_parameters()
    13
    """
    rng = np.random.default_rng(seed)
    model = MLP(sizes[0], list(sizes[1:]), activation="sigmoid", output_activation="sigmoid", rng=rng)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = rng.uniform(-1, 1)
    return model


def matrices(model: MLP) -> tuple[list[Any], list[Any]]:
    """The weights and the biases of a network, an array per layer each.

    >>> W, b = matrices(sigmoid_network([2, 3, 1], seed=0))
    >>> [weights.shape for weights in W], [biases.shape for biases in b]
    ([(3, 2), (1, 3)], [(3,), (1,)])
    """
    layers = [layer.neurons for layer in model.layers]
    W = [np.array([[w.data for w in neuron.w] for neuron in neurons]) for neurons in layers]
    return W, [np.array([neuron.b.data for neuron in neurons]) for neurons in layers]


def by_engine(model: MLP, x: Sequence[float], t: Sequence[float]) -> Gradients:
    """The gradients as the engine finds them; dz is read off the nodes in the middle of the graph.

    >>> [len(dz) for dz in by_engine(sigmoid_network([2, 3, 1], seed=0), [0.5, -1.0], [1.0]).dz]
    [3, 1]
    """
    model.zero_grad()
    z: list[list[Value]] = []
    h: Sequence[Any] = x
    for layer in model.layers:
        z.append([dot(neuron.w, h) + neuron.b for neuron in layer.neurons])
        h = [node.sigmoid() for node in z[-1]]
    half_squared_error(h, t).backward()
    layers = [layer.neurons for layer in model.layers]
    return Gradients(
        dz=[np.array([node.grad for node in nodes]) for nodes in z],
        db=[np.array([neuron.b.grad for neuron in neurons]) for neurons in layers],
        dW=[np.array([[w.grad for w in neuron.w] for neuron in neurons]) for neurons in layers],
    )
