"""PyTorch on arrays, eager, float64, one thread."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.libraries.protocols import Step

__all__ = ["Torch", "load"]


class Torch:
    """The functions that the array forms use."""

    def __init__(self) -> None:
        self.torch: Any = import_module("torch")
        self.torch.set_num_threads(1)
        self.torch.set_default_dtype(self.torch.float64)
        self.array: Callable[[Any], Any] = self.torch.tensor
        self.exp, self.log, self.tanh = self.torch.exp, self.torch.log, self.torch.tanh
        self.relu: Callable[[Any], Any] = self.torch.relu

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A step of eager PyTorch, the parameters changed in place as its optimisers do."""
        both = self.value_and_gradients(loss)

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, gradients = both(parameters)
            with self.torch.no_grad():
                for p, gradient in zip(parameters, gradients, strict=True):
                    p.sub_(learning_rate * gradient)
            return float(value), gradients, parameters

        return step

    def value_and_gradients(self, loss: Callable[[list[Any]], Any]) -> Callable[[Any], tuple[Any, Any]]:
        """The loss and its gradients, eager."""

        def both(parameters: Any) -> tuple[Any, Any]:
            for p in parameters:
                p.requires_grad_()
            value = loss(parameters)
            return value.detach(), self.torch.autograd.grad(value, parameters)

        return both

    def adam(
        self, loss: Callable[..., Any], start: list[Any], rate: float
    ) -> tuple[Callable[..., Any], Callable[[], list[Any]]]:
        """PyTorch's own Adam."""
        parameters = [p.detach().clone().requires_grad_() for p in start]
        optimizer = self.torch.optim.Adam(parameters, lr=rate)

        def step(*data: Any) -> Any:
            optimizer.zero_grad()
            value = loss(parameters, *data)
            value.backward()
            optimizer.step()
            return value.detach()

        return step, lambda: [p.detach() for p in parameters]

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """Values and derivatives: the sweep begins with ones."""

        def both(*arrays: Any) -> tuple[Any, Any]:
            leaves = [array.requires_grad_() for array in arrays]
            values = function(self.torch, *leaves)
            gradients = self.torch.autograd.grad(values, leaves, self.torch.ones_like(values))
            return values.detach(), gradients

        return both


load = Torch
