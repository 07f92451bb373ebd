"""Network: the model of a configuration, lifted for training, for pictures and for measuring.

The model is an ``nn.Sequential`` of layers and dropouts. Dropout and ablation cannot be part of a lifted
model, which must not depend on chance; so the lifted functions walk the model's layers and multiply by
factors that are arguments: those of a Dropout, drawn from the model's own generator in its own order, and 0
for a neuron that is ablated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value, jit, no_grad, vmap
from engine.jit.descent import Descent
from engine.node.bulk import read_data, read_grad, write_data
from nn.losses import Loss, as_loss
from nn.losses.penalties import l1_penalty, l2_penalty
from nn.modules.dropout import Dropout
from nn.modules.neuron import Layer, Neuron
from nn.modules.sequential import Sequential
from playground.training.config import LOSSES_OF, Config

__all__ = ["Network", "build"]

Array = npt.NDArray[np.float64]


def build(config: Config, kind: str) -> Sequential:
    """The model of a configuration.

    Args:
        config: what it is made of.
        kind: of the problem: three classes need three outputs.

    >>> len(build(Config(), "binary"))
    3
    """
    source = np.random.default_rng((config.seed, 2))
    parts: list[Any] = []
    width = len(config.features)
    for each in config.hidden:
        parts.append(Layer(width, each.neurons, activation=each.activation, init=config.init, rng=source))
        if each.dropout:
            parts.append(Dropout(each.dropout, rng=source))
        width = each.neurons
    parts.append(Layer(width, 3 if kind == "three" else 1, activation="linear", init=config.init, rng=source))
    return Sequential(*parts)


class Network:
    """A model with its loss and penalties, as array programs.

    Args:
        config: what it is made of.
        kind: of the problem, one of KINDS.
        model: the model; by default it is built.

    Attributes:
        layers: the model's layers, without its dropouts.
        neurons: all neurons, layer by layer.
        weights: the model's weights, without the biases.
        parameters: all of these, in the model's order.
        positions: for each neuron, where its weights and then its bias stand among the parameters.
        ablated: positions (layer, neuron) of hidden neurons that are switched off.
        loss: the row of the loss.
    """

    def __init__(self, config: Config, kind: str, model: Sequential | None = None) -> None:
        self.config, self.kind = config, kind
        self.model = build(config, kind) if model is None else model
        self.loss = _loss(config, kind)
        self.layers: list[Layer] = [each for each in self.model.layers if isinstance(each, Layer)]
        self.neurons: list[Neuron] = [neuron for layer in self.layers for neuron in layer.neurons]
        self.weights: list[Value] = [w for neuron in self.neurons for w in neuron.w]
        self.parameters = self.model.parameters()
        place = {parameter: i for i, parameter in enumerate(self.parameters)}
        self.positions = [
            [place[p] for p in (*neuron.w, neuron.b) if p is not None] for neuron in self.neurons
        ]
        self._has_dropout = len(self.layers) < len(self.model.layers)
        self.ablated: frozenset[tuple[int, int]] = frozenset()
        self._lift()

    def _lift(self) -> None:
        # What is lifted reads none of the configuration, and copies nothing: such code may read any
        # attribute, down to the threads there are, and is lifted anew, or refused, as those come and go.
        l1, l2, weights, loss_of = self.config.l1, self.config.l2, self.weights, self.loss.function
        self._linear = [[_without_activation(each) for each in layer.neurons] for layer in self.layers]

        def loss(x: Any, t: Any, factors: Any = None) -> Any:
            result = loss_of([self._output(x, factors)], [t])
            if l1:
                result = result + l1_penalty(weights, l1)
            return result + l2_penalty(weights, l2) if l2 else result

        def measured(x: Any, t: Any) -> Any:
            return loss_of([self._output(x)], [t])

        self._loss = jit(loss, batch=True, audit=False)
        self._descent = Descent(self._loss)
        self._measure = jit(
            measured, batch=True, audit=False
        )  # one of its own: it sees batches of other sizes
        self._units = vmap(lambda x: list(self._walk(x)), audit=False)
        self._weighted = vmap(lambda x: list(self._walk(x, weighted=True)), audit=False)

    def _walk(self, x: Any, factors: Any = None, *, weighted: bool = False) -> Iterator[Any]:
        """The outputs of all neurons for one sample, layer by layer; or their weighted inputs."""
        drawn, last = 0, len(self.layers) - 1
        depth = -1
        for part in self.model.layers:
            if isinstance(part, Dropout):
                if factors is not None:
                    x = [each * factors[drawn + i] for i, each in enumerate(x)]
                    drawn += len(x)
                continue
            depth += 1
            neurons = self.layers[depth].neurons
            if weighted:
                yield from (neuron(x) for neuron in self._linear[depth])
            x = [neuron(x) for neuron in neurons]
            if depth < last:
                x = [each * 0.0 if (depth, i) in self.ablated else each for i, each in enumerate(x)]
            if not weighted:
                yield from x

    def _output(self, x: Any, factors: Any = None) -> Any:
        outputs = list(self._walk(x, factors))[-len(self.layers[-1].neurons) :]
        return outputs[0] if len(outputs) == 1 else outputs

    # -- what a training needs -----------------------------------------------------------------

    def batch_loss(self, inputs: Array, targets: Array) -> Value:
        """The loss of a batch with its penalties, a Value of one node; dropout draws anew."""
        loss: Value = self._loss(inputs, targets, *self._factors(len(inputs)))
        return loss

    def descend(self, inputs: Array, targets: Array, *, look: bool) -> bool:
        """Set the gradients to those of :meth:`batch_loss`, without a graph, a third of its time.

        Args:
            inputs, targets: a batch.
            look: whether anything but the numbers of the parameters may have changed since the last call.

        Returns:
            Whether they were set; where not, a dropout has drawn nothing either.
        """
        if self._has_dropout:  # which would draw again for batch_loss
            return False
        return self._descent((inputs, targets), look=look) is not None

    def _factors(self, count: int) -> list[Array]:
        """What each dropout multiplies by: sample by sample, layer by layer, as the model itself draws."""
        dropouts = [each for each in self.model.layers if isinstance(each, Dropout)]
        if not dropouts:
            return []
        widths = [layer.neurons for layer in self.config.hidden if layer.dropout]
        p = np.repeat([each.p for each in dropouts], widths)
        source: Any = dropouts[0].rng
        return [np.where(source.random((count, p.size)) >= p, 1.0 / (1.0 - p), 0.0)]

    def measure(self, inputs: Array, targets: Array) -> float:
        """The loss on samples, without penalties and dropout; nan of none."""
        if not len(inputs):
            return float("nan")
        with no_grad():
            return float(self._measure(inputs, targets).data)

    def full_gradient(self, inputs: Array, targets: Array) -> Array:
        """The gradient of :meth:`measure` and the penalties by the parameters, over all these samples."""
        for parameter in self.parameters:
            parameter.grad = 0.0
        if len(inputs):
            self._loss(inputs, targets).backward()
        gradient = np.empty(len(self.parameters))
        read_grad(self.parameters, gradient)
        return gradient

    def outputs(self, inputs: Array) -> Array:
        """The outputs of every neuron, shape (neurons, samples)."""
        return self._mapped(self._units, inputs)

    def weighted_inputs(self, inputs: Array) -> Array:
        """The weighted inputs w·x + b of every neuron, shape (neurons, samples)."""
        return self._mapped(self._weighted, inputs)

    def _mapped(self, lifted: Callable[[Array], Any], inputs: Array) -> Array:
        if not len(inputs):
            return np.zeros((len(self.neurons), 0))
        with no_grad():
            return np.array(lifted(inputs))

    def predictions(self, inputs: Array) -> Array:
        """The model's outputs, shape (outputs, samples)."""
        return self.outputs(inputs)[-len(self.layers[-1].neurons) :]

    # -- numbers ----------------------------------------------------------------------------------

    @property
    def numbers(self) -> Array:
        """The parameters as a vector, in the model's order."""
        vector = np.empty(len(self.parameters))
        read_data(self.parameters, vector)
        return vector

    @numbers.setter
    def numbers(self, vector: Array) -> None:
        write_data(self.parameters, np.ascontiguousarray(vector, dtype=np.float64))

    def ablate(self, layer: int, neuron: int, off: bool) -> None:
        """Switch a hidden neuron off or on: its output is 0 for all that follows.

        Raises:
            ValueError: there is no such hidden neuron.
        """
        if not (0 <= layer < len(self.layers) - 1 and 0 <= neuron < len(self.layers[layer].neurons)):
            raise ValueError(f"there is no hidden neuron {neuron} in layer {layer}")
        place = (layer, neuron)
        self.ablated = self.ablated | {place} if off else self.ablated - {place}
        self._lift()

    def changed(self, config: Config) -> Network:
        """A network of another configuration of the same shape, with these numbers: its activations, dropout,
        loss and penalties may differ."""
        other = Network(config, self.kind)
        other.numbers = self.numbers
        if self.ablated:
            other.ablated = self.ablated
            other._lift()
        return other

    def as_targets(self, targets: Array) -> Array:
        """Classes or heights as the loss wants them: two classes are -1 and +1 but for the cross-entropy."""
        if self.kind == "binary" and self.loss.name != "binary_cross_entropy_with_logits":
            return 2.0 * targets - 1.0
        return targets.astype(np.int64) if self.kind == "three" else targets


def _loss(config: Config, kind: str) -> Loss:
    known = LOSSES_OF[kind]
    return as_loss(config.loss if config.loss in known else known[0])


def _without_activation(neuron: Neuron) -> Neuron:
    twin = copy(neuron)
    twin.activation = "linear"
    return twin
