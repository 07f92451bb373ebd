"""Neuron, and Layer: several neurons on the same inputs."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from engine import Value, dot
from engine.floats.validate import integer
from engine.quoting import brief
from nn.init import Init, initial_weights
from nn.modules.activations import (
    Activation,
    activation_function,
    activation_title,
    make_activation,
    refuse_bare,
)
from nn.modules.inputs import Inputs, Output
from nn.modules.module import Module
from nn.rng import Rng, random_source

__all__ = ["Layer", "Neuron"]


class Neuron(Module):
    """f(w·x + b): the dot product of weights and inputs, plus a bias, through an activation.

    Args:
        nin: the number of inputs.
        nonlin: True for relu, False for linear, as in micrograd; ``activation`` says more.
        activation: a name in ``nn.ACTIVATIONS`` (``"tanh"``), a name with its number
            (``("leaky_relu", 0.2)``), ``"prelu"`` (a leak that is learned), ``"noisy_relu"``, or a
            function of one Value.
        init: the initial weights: a name in ``nn.INITIALIZERS``, a name with its number
            (``("normal", 0.1)``), a number, the weights themselves or a function, see
            :func:`nn.init.initial_weights`. By default uniform between -1 and 1, as in micrograd.
        rng: a seed, a NumPy Generator, or None for Python's ``random`` module, as in micrograd.
        bias: whether it has a bias, which starts at 0.

    Attributes:
        w: the weights, Values.
        b: the bias, a Value; None without one.
        activation: as given, or the module made for it; may be set.

    Raises:
        ValueError: an unknown name, no inputs, or ``nonlin=False`` together with a nonlinear activation.

    >>> neuron = Neuron(2, activation="tanh", init=[0.5, -1.0])
    >>> neuron
    TanhNeuron(2)
    >>> neuron([2.0, 1.0]).data
    0.0
    >>> neuron([1.0, 2.0, 3.0])
    Traceback (most recent call last):
    ...
    ValueError: TanhNeuron(2) takes 2 inputs, got 3
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Activation | None = None,
        init: Init = None,
        rng: Rng = None,
        bias: bool = True,
    ) -> None:
        nin = integer("nin", nin)
        if activation is None:
            activation = "relu" if nonlin else "linear"
        elif not nonlin and activation != "linear":
            raise ValueError(f"nonlin=False contradicts activation={brief(activation)}; give one of them")
        source = random_source(rng)
        self.w = [Value(weight) for weight in initial_weights(init, source, nin, 1)[0].tolist()]
        self.b = Value(0.0) if bias else None
        self.activation = make_activation(activation, source)
        self.label_parameters()

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation other than ``"linear"``; micrograd's name."""
        return self.activation != "linear"

    @nonlin.setter
    def nonlin(self, flag: bool) -> None:
        if flag != self.nonlin:
            self.activation = "relu" if flag else "linear"

    def __call__(self, x: Any) -> Value:
        """The neuron's output.

        Args:
            x: an input for each weight, numbers and Values in a list, tuple or array; for one weight also
                the bare number.

        Raises:
            ValueError: the number of inputs is not that of the weights.
            TypeError: an input is not a number, or the activation returns a bare number.
        """
        inputs = Inputs.of(x)
        if len(inputs) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, got {len(inputs)}")
        total = dot(self.w, inputs)
        if self.b is not None:
            total = total + self.b
        output = activation_function(self.activation)(total)
        if output.__class__ is not Value:
            refuse_bare(self.activation, output)
        return output  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"{activation_title(self.activation)}Neuron({len(self.w)})"


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
    Layer of [3 x TanhNeuron(2)]
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

    def __call__(self, x: Any) -> Output:
        """The outputs of the neurons as a list; of a single neuron, its output itself.

        Args and errors are those of a neuron's call.
        """
        inputs = Inputs.of(x)
        outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs  # type: ignore[return-value]

    def __repr__(self) -> str:
        """The neurons, those in a row that read alike counted, as PyTorch's ``ModuleList`` does."""
        alike = ((text, len(list(group))) for text, group in groupby(map(repr, self.neurons)))
        return f"Layer of [{', '.join(f'{count} x {text}' if count > 1 else text for text, count in alike)}]"
