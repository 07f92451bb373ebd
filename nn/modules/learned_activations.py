"""Activations that are modules: PReLU, with a learned leak, and NoisyReLU, with noise while training."""

from __future__ import annotations

from typing import Any

from engine import Value, exp, leaky_relu, log_sigmoid, relu
from engine.quoting import brief
from nn.modules.inputs import elementwise
from nn.modules.module import Module
from nn.rng import Rng, draw_normal, random_source

__all__ = ["NoisyReLU", "PReLU", "noisy_relu"]


class PReLU(Module):
    """x where positive, else a·x, where the leak a is learned with the other parameters.

    He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", who start it from 0.25 and do not let weight
    decay pull at it. The derivative by a is min(x, 0); by x, at 0, a.

    As an activation, ``"prelu"`` gives each neuron its own (the paper's channel-wise variant); a ``PReLU()``
    object given to a Layer or MLP is shared by all its neurons.

    Args:
        num_parameters: 1, as by default in PyTorch.
        init: the leak to start from.

    Attributes:
        weight: a list of one Value, the leak; a parameter of the module, under PyTorch's name.

    Raises:
        ValueError: more parameters than one, which would be those of channels.

    >>> from nn import Neuron
    >>> leak = PReLU()
    >>> leak(-2.0).data, [each.data for each in leak([-1.0, 3.0])]
    (-0.5, [-0.25, 3.0])
    >>> [name for name, _ in Neuron(1, activation="prelu").named_parameters()]
    ['w.0', 'b', 'activation.weight.0']
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        if num_parameters != 1:
            raise ValueError(
                f"num_parameters must be 1, got {brief(num_parameters)}; the leak to start from is init=, "
                'and activation="prelu" gives each neuron of a Layer or MLP a leak of its own'
            )
        self.weight = [Value(init)]
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The rectified number, or for a sequence of numbers the list of them."""
        (leak,) = self.weight
        return elementwise(lambda each: leaky_relu(each, leak), x)

    def __repr__(self) -> str:
        return f"PReLU(init={self.weight[0].data:g})"


def noisy_relu(x: Any, rng: Rng = None) -> Any:
    """max(0, x + Y), where Y is drawn from N(0, σ(x)): normal with mean 0 and *variance* sigmoid(x).

    Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines": σ there is the
    logistic function, and the second argument of N the variance. Y is computed as √sigmoid(x) times a number
    from N(0, 1); the gradient is that of this formula for the number drawn, so it flows through the
    deviation too.

    Args:
        x: a Value or number.
        rng: a seed, a generator, or None for Python's ``random`` module. A seed gives the same noise at each
            call; a generator moves on.

    >>> round(noisy_relu(1.0, rng=0), 6)  # 1 + sqrt(0.731059) * 0.125730
    1.107502
    """
    noise = draw_normal(random_source(rng))
    return relu(x + exp(0.5 * log_sigmoid(x)) * noise)  # exact also where sigmoid(x) would be 0


class NoisyReLU(Module):
    """:func:`noisy_relu` in training mode, in evaluation mode plain relu.

    Args:
        rng: a seed, a generator, or None for Python's ``random`` module. As ``activation="noisy_relu"`` it
            takes the generator of the neuron, layer or network.

    Attributes:
        rng: the generator; None for Python's ``random`` module.

    >>> noisy = NoisyReLU(rng=0)
    >>> round(noisy(1.0), 6), noisy.eval()(1.0)
    (1.107502, 1.0)
    """

    def __init__(self, *, rng: Rng = None) -> None:
        source = random_source(rng)
        self.rng = None if source is random_source(None) else source  # a module could not be copied

    def __call__(self, x: Any) -> Any:
        """The rectified number, or for a sequence of numbers the list of them, each with noise of its own."""
        if not self.training:
            return elementwise(relu, x)
        return elementwise(lambda each: noisy_relu(each, self.rng), x)

    def __repr__(self) -> str:
        return "NoisyReLU()"
