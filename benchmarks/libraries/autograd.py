"""HIPS autograd on arrays."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.libraries.protocols import Step
from benchmarks.numpy_baselines.adam import adam

__all__ = ["HipsAutograd", "load"]


class HipsAutograd:
    """The functions that the array forms use."""

    def __init__(self) -> None:
        np = import_module("autograd.numpy")
        self.numpy: Any = np
        self.value_and_grad: Any = import_module("autograd").value_and_grad
        self.make_vjp: Any = import_module("autograd").make_vjp
        self.array: Callable[[Any], Any] = np.array
        self.exp, self.log, self.tanh = np.exp, np.log, np.tanh
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A step with the gradient that autograd traces anew each time."""
        both = self.value_and_gradients(loss)

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, gradients = both(parameters)
            moved = [p - learning_rate * gradient for p, gradient in zip(parameters, gradients, strict=True)]
            return float(value), gradients, moved

        return step

    def value_and_gradients(self, loss: Callable[[list[Any]], Any]) -> Callable[[Any], tuple[Any, Any]]:
        """The loss and its gradients, traced anew each time."""
        both: Callable[[Any], tuple[Any, Any]] = self.value_and_grad(loss)
        return both

    def adam(
        self, loss: Callable[..., Any], start: list[Any], rate: float
    ) -> tuple[Callable[..., Any], Callable[[], list[Any]]]:
        """Adam in NumPy, an array at a time."""
        parameters = [p.copy() for p in start]
        movers = [adam(p, rate) for p in parameters]
        both = self.value_and_grad(loss)

        def step(*data: Any) -> Any:
            value, gradients = both(parameters, *data)
            for move, gradient in zip(movers, gradients, strict=True):
                move(gradient)
            return value

        return step, lambda: parameters

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """Values and derivatives: the sweep begins with ones."""
        reverse = self.make_vjp(lambda arrays: function(self.numpy, *arrays))

        def both(*arrays: Any) -> tuple[Any, Any]:
            back, values = reverse(arrays)
            return values, back(self.numpy.ones_like(values))

        return both


load = HipsAutograd
