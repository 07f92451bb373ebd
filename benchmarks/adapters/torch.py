"""PyTorch on arrays, eager, float64, one thread."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.adapter import Step

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

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            for p in parameters:
                p.requires_grad_()
            value = loss(parameters)
            slopes = self.torch.autograd.grad(value, parameters)
            with self.torch.no_grad():
                for p, slope in zip(parameters, slopes, strict=True):
                    p.sub_(learning_rate * slope)
            return float(value), slopes, parameters

        return step


def load() -> Torch:
    """torch."""
    return Torch()
