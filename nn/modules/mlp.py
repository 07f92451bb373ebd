"""MLP: a multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.floats.validate import integer
from engine.quoting import brief
from nn.init import Init
from nn.modules.activations import Activation, make_activation
from nn.modules.dropout import Dropout
from nn.modules.inputs import Output
from nn.modules.module import Module
from nn.modules.neuron import Layer
from nn.rng import Rng, random_source

__all__ = ["MLP"]


class MLP(Module):
    """A multilayer perceptron: layers in sequence, each on the outputs of the one before.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer: ``[16, 16, 1]`` is two hidden layers of 16, one output.
        activation: of the hidden layers, as in :class:`nn.Neuron`; a module such as ``PReLU()`` is shared
            by all their neurons.
        output_activation: of the last layer; None is ``"linear"``.
        init: the initial weights of every layer: a name in ``nn.INITIALIZERS``, a name with its number, a
            number or a function, see :func:`nn.init.initial_weights`. By default uniform between -1 and
            1, as in micrograd.
        rng: a seed, a NumPy Generator, or None for Python's ``random`` module, as in micrograd. Same seed,
            same network, bit for bit.
        bias: whether the neurons have one.
        dropout: the probability with which each hidden neuron's output is left out while training, see
            :class:`nn.Dropout`; 0 for none.

    Attributes:
        layers: the list of layers.
        dropout: the Dropout between them, None without.

    Raises:
        ValueError: no layers, a layer of no neurons, or an unknown name.
        TypeError: ``nouts`` is not a list of integers.

    >>> model = MLP(2, [3, 1], activation="tanh", rng=0)
    >>> model
    MLP(
      (layers.0): Layer of [3 x TanhNeuron(2)]
      (layers.1): Layer of [LinearNeuron(3)]
    )
    >>> y = model([0.5, -1.0])
    >>> y.backward()
    >>> len(model.parameters())
    13
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: Activation = "relu",
        output_activation: Activation | None = None,
        init: Init = None,
        rng: Rng = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        if not isinstance(nouts, (list, tuple, range, np.ndarray)):
            raise TypeError(
                f"nouts must be a list of the layers' widths, such as [16, 1], got {brief(nouts)}"
            )
        widths = [integer("nin", nin), *(integer("nouts", width) for width in nouts)]
        if len(widths) == 1:
            raise ValueError("nouts must name at least one layer, such as [1], got none")
        make_activation(activation)  # its name is checked where there is no hidden layer, too
        source = random_source(rng)  # one for all layers: a seed must not start anew in each
        activations = [activation] * (len(widths) - 2)
        activations.append("linear" if output_activation is None else output_activation)
        self.layers = [
            Layer(nin, nout, activation=each, init=init, rng=source, bias=bias)
            for nin, nout, each in zip(widths[:-1], widths[1:], activations, strict=True)
        ]
        self.dropout = Dropout(dropout, rng=source) if dropout else None
        self.label_parameters()

    def __call__(self, x: Any) -> Output:
        """The last layer's outputs as a list; of a single output, the Value itself.

        Args and errors are those of a neuron's call.
        """
        last = len(self.layers) - 1
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if self.dropout is not None and i < last:
                x = self.dropout(x)
        return x  # type: ignore[no-any-return]
