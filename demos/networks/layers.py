"""Networks of sigmoid neurons in three ways: as sums, as matrices, and as the engine's graph.

Glossary: z = W h + b are the weighted inputs of a layer, h = σ(z) its outputs (of layer 0, the inputs x), t
the targets, C = ½Σ(h - t)² the cost of the last layer, and dq is the gradient of C by q.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine import Value, dot, no_grad
from nn import MLP, half_squared_error


class Gradients(NamedTuple):
    """The gradients by weighted inputs, biases and weights: an array per layer, a row per neuron."""

    dz: list[Any]
    db: list[Any]
    dW: list[Any]  # noqa: N815  # what mathematics calls it


def sigmoid_network(sizes: Sequence[int], seed: int) -> MLP:
    """A network of sigmoid neurons with random weights and biases; sizes: inputs, then neurons by layer."""
    rng = np.random.default_rng(seed)
    model = MLP(sizes[0], list(sizes[1:]), activation="sigmoid", output_activation="sigmoid", rng=rng)
    return random_biases(model, rng)


def random_biases(model: MLP, rng: np.random.Generator) -> MLP:
    """Give a network random biases, in place."""
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = rng.uniform(-1, 1)
    return model


def matrices(model: MLP) -> tuple[list[Any], list[Any]]:
    """The weights and the biases of a network, an array per layer each."""
    layers = [layer.neurons for layer in model.layers]
    W = [np.array([[w.data for w in neuron.w] for neuron in neurons]) for neurons in layers]
    return W, [np.array([neuron.b.data for neuron in neurons]) for neurons in layers]


def by_engine(model: MLP, x: Sequence[float], t: Sequence[float]) -> Gradients:
    """The gradients as the engine finds them; dz is read off the nodes in the middle of the graph."""
    model.zero_grad()
    z: list[list[Value]] = []
    h: Sequence[Any] = x
    for layer in model.layers:
        z.append([dot(neuron.w, h) + neuron.b for neuron in layer.neurons])
        h = [node.sigmoid() for node in z[-1]]
    half_squared_error(h, t).backward()
    layers = [layer.neurons for layer in model.layers]
    return Gradients(
        [np.array([node.grad for node in nodes]) for nodes in z],
        [np.array([neuron.b.grad for neuron in neurons]) for neurons in layers],
        [np.array([[w.grad for w in neuron.w] for neuron in neurons]) for neurons in layers],
    )


def by_matrices(model: MLP, x: Sequence[float], t: Sequence[float]) -> Gradients:
    """The gradients by the general algorithm: forward through the layers, backward by its four equations."""
    W, b = matrices(model)
    h = [np.array(x)]
    for weights, biases in zip(W, b, strict=True):
        h.append(1 / (1 + np.exp(-(weights @ h[-1] + biases))))
    dz, dW = [], []
    dh = h[-1] - np.array(t)
    for weights, before, after in zip(reversed(W), reversed(h[:-1]), reversed(h[1:]), strict=True):
        dz.insert(0, dh * after * (1 - after))  # (1), (2): dz = dh ⊗ σ'(z), where σ' = σ (1 - σ)
        dW.insert(0, np.outer(dz[0], before))  # (4): dW = dz hᵀ
        dh = weights.T @ dz[0]  # dh = Wᵀ dz
    return Gradients(dz, dz, dW)  # (3): z moves one to one with b


def by_sums(model: MLP, x: Sequence[float], t: Sequence[float]) -> tuple[Any, Any]:
    """The gradients by the weights of a hidden layer and of the outputs, as the textbook's sums for each."""
    with no_grad():
        h = [neuron(x).data for neuron in model.layers[0].neurons]
        y = [neuron(h).data for neuron in model.layers[1].neurons]
    w = [[weight.data for weight in neuron.w] for neuron in model.layers[1].neurons]
    hidden, outputs = range(len(h)), range(len(y))
    dz = [(y[j] - t[j]) * y[j] * (1 - y[j]) for j in outputs]
    of_output = [[dz[j] * h[i] for i in hidden] for j in outputs]
    back = [sum(dz[j] * w[j][i] for j in outputs) for i in hidden]
    of_hidden = [[back[i] * h[i] * (1 - h[i]) * xk for xk in x] for i in hidden]
    return np.array(of_hidden), np.array(of_output)
