"""micrograd's ``nn.py`` with its Value left open, so that all libraries train the same network.

From https://github.com/karpathy/micrograd, Copyright (c) 2020 Andrej Karpathy, MIT License; its ``__repr__``
are left out.
"""

import random
from collections.abc import Callable
from typing import Any

__all__ = ["multilayer_perceptron"]


def multilayer_perceptron(Value: Callable[[float], Any], nin: int, nouts: list[int]) -> Any:
    """micrograd's ``MLP(nin, nouts)`` of the given numbers; draws the weights from :mod:`random`.

    >>> random.seed(1337)
    >>> len(multilayer_perceptron(float, 2, [16, 16, 1]).parameters())
    337
    """

    class Module:
        def zero_grad(self) -> None:
            for p in self.parameters():
                p.grad = 0

        def parameters(self) -> list[Any]:
            return []

    class Neuron(Module):
        def __init__(self, nin: int, nonlin: bool = True) -> None:
            self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
            self.b = Value(0)
            self.nonlin = nonlin

        def __call__(self, x: Any) -> Any:
            act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)  # noqa: B905
            return act.relu() if self.nonlin else act

        def parameters(self) -> list[Any]:
            return self.w + [self.b]  # noqa: RUF005

    class Layer(Module):
        def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
            self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

        def __call__(self, x: Any) -> Any:
            out = [n(x) for n in self.neurons]
            return out[0] if len(out) == 1 else out

        def parameters(self) -> list[Any]:
            return [p for n in self.neurons for p in n.parameters()]

    class MLP(Module):
        def __init__(self, nin: int, nouts: list[int]) -> None:
            sz = [nin] + nouts  # noqa: RUF005
            self.layers = [Layer(sz[i], sz[i + 1], nonlin=i != len(nouts) - 1) for i in range(len(nouts))]

        def __call__(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

        def parameters(self) -> list[Any]:
            return [p for layer in self.layers for p in layer.parameters()]

    return MLP(nin, nouts)
