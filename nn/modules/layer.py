"""Layer: several neurons on the same inputs."""

from __future__ import annotations

from typing import Any

from engine.floats.validate import integer
from nn.init import Init, initial_weights
from nn.modules.activations import Activation
from nn.modules.inputs import Inputs
from nn.modules.module import Module
from nn.modules.neuron import Neuron
from nn.rng import Rng, random_source

__all__ = ["Layer"]


class Layer(Module):
    """Several neurons on the same inputs: f(W @ x + b), with a row of W for each neuron.

    Args:
        nin: the number of inputs of each neuron.
        nout: the number of neurons.
        nonlin: True for relu, False for linear, as in micrograd; ``activation`` says more.
        activation: as in :class:`nn.Neuron`.
        init: the initial weights, as in :class:`nn.Neuron`; given as an array they have shape (nout, nin).
        rng: as in :class:`nn.Neuron`.
        bias: whether the neurons have biases.

    Attributes:
        neurons: the list of neurons.

    >>> layer = Layer(2, 3, activation="tanh", init="zeros")
    >>> layer
    Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)]
    >>> [y.data for y in layer([1.0, 2.0])]
    [0.0, 0.0, 0.0]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: Activation | None = None,
        init: Init = None,
        rng: Rng = None,
        bias: bool = True,
    ) -> None:
        nin, nout = integer("nin", nin), integer("nout", nout)
        source = random_source(rng)
        self.neurons = [
            Neuron(nin, nonlin, activation=activation, init=row, rng=source, bias=bias)
            for row in initial_weights(init, source, nin, nout)
        ]
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The outputs of the neurons as a list; of a single neuron, its output itself.

        Args and errors are those of a neuron's call.
        """
        inputs = Inputs.of(x)
        outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"
