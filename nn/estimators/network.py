"""A network with a lifted loss, shared by all trainings of networks of its form.

Lifting takes longer than a short training. So a network is kept when a training is over, and lent to the
next one of the same form in this process: a fold of a cross-validation, another candidate of a grid search.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value, enable_grad, jit
from engine.node.bulk import read_data, read_grad, write_data, write_grad
from nn.losses import binary_cross_entropy_with_logits, cross_entropy, half_squared_error
from nn.modules.mlp import MLP

__all__ = ["Network", "lent", "mlp_of"]

Array = npt.NDArray[np.float64]
Form = tuple[tuple[int, ...], str, str]
"""The widths of all layers, the inputs first; the hidden activation; and that of the outputs."""

_MOST_FORMS = 16
_idle: OrderedDict[Form, list[Network]] = OrderedDict()
_lock = threading.Lock()


class Network:
    """An MLP, its parameters in the order of scikit-learn, and its lifted loss.

    Args:
        units: the widths of all layers, the inputs first.
        activation: of the hidden layers, a name in ``nn.ACTIVATIONS``.
        output: ``"softmax"``, ``"logistic"`` or ``"identity"``, which says the loss.

    Attributes:
        weights, biases: the parameters, layer by layer; the weights of a layer input by input.
        parameters: both.
        loss: of samples, targets and weights of samples; a Value, their mean.
    """

    def __init__(self, units: Sequence[int], activation: str, output: str) -> None:
        self.units, self.output = tuple(units), output
        self.model = MLP(units[0], list(units[1:]), activation=activation, init=0.0)
        layers = [layer.neurons for layer in self.model.layers]
        self.weights = [
            neuron.w[i]
            for neurons, nin in zip(layers, units, strict=False)
            for i in range(nin)
            for neuron in neurons
        ]
        self.biases: list[Any] = [neuron.b for neurons in layers for neuron in neurons]
        self.parameters: list[Any] = [*self.weights, *self.biases]
        self._zeros = np.zeros(len(self.parameters))
        self.loss = jit(self._loss, batch=True)

    def _loss(self, x: Any, t: Any, weight: Any) -> Any:
        """The loss of one sample, t being the position of its class, or a number for each output."""
        outputs: Any = self.model(x)
        outputs = [outputs] if isinstance(outputs, Value) else outputs
        if self.output == "softmax":
            return weight * cross_entropy(outputs, t[0])
        if self.output == "logistic":
            return weight * len(outputs) * binary_cross_entropy_with_logits(outputs, list(t))
        return weight * half_squared_error(outputs, list(t))

    def mean_loss(self, X: Array, T: Array, weight: Array, alpha: float) -> float:
        """The mean loss of samples with the penalty; its gradient, without that of the penalty, is set."""
        write_grad(self.parameters, self._zeros)
        total = float(weight.sum())
        with enable_grad():
            loss = self.loss(X, T, weight * (len(weight) / total))
            loss.backward()
        w = _read(self.weights)
        return float(loss.data) + 0.5 * alpha * float(w @ w) / total

    def vector(self) -> Array:
        """All parameters, the weights first."""
        return _read(self.parameters)

    def gradient(self) -> Array:
        """The gradient that was set, in the same order."""
        found = np.empty(len(self.parameters))
        read_grad(self.parameters, found)
        return found

    def set_vector(self, vector: Array) -> None:
        write_data(self.parameters, np.ascontiguousarray(vector, dtype=np.float64))

    def set(self, coefs: Sequence[Array], intercepts: Sequence[Array]) -> None:
        """Set the parameters to matrices of shape (inputs, outputs) and vectors, layer by layer."""
        self.set_vector(np.concatenate([np.ravel(part) for part in (*coefs, *intercepts)]))

    def get(self) -> tuple[list[Array], list[Array]]:
        """The parameters as such matrices and vectors."""
        shapes = list(pairwise(self.units))
        weights = np.split(_read(self.weights), np.cumsum([nin * nout for nin, nout in shapes])[:-1])
        biases = np.split(_read(self.biases), np.cumsum(self.units[1:])[:-1])
        return [w.reshape(shape) for w, shape in zip(weights, shapes, strict=True)], biases


def _read(values: list[Any]) -> Array:
    found = np.empty(len(values))
    read_data(values, found)
    return found


@contextmanager
def lent(form: Form) -> Iterator[Network]:
    """Reserve a network of a form for a ``with`` block.

    >>> with lent(((2, 3, 1), "relu", "identity")) as network:
    ...     len(network.weights), len(network.biases)
    (9, 4)
    """
    with _lock:
        kept = _idle.get(form)
        network = kept.pop() if kept else None
    network = network or Network(*form)
    yield network
    with _lock:  # after an error it is not kept
        _idle.setdefault(form, []).append(network)
        _idle.move_to_end(form)
        while len(_idle) > _MOST_FORMS:
            _idle.popitem(last=False)


def mlp_of(form: Form, coefs: Sequence[Array], intercepts: Sequence[Array]) -> MLP:
    """A network of its own with these parameters.

    >>> mlp_of(((2, 1), "relu", "identity"), [np.array([[1.0], [2.0]])], [np.array([0.5])])([1.0, 1.0]).data
    3.5
    """
    network = Network(*form)
    network.set(coefs, intercepts)
    return network.model
