"""HIPS autograd on arrays."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.adapter import Step

__all__ = ["HipsAutograd", "load"]


class HipsAutograd:
    """The functions that the array forms use."""

    def __init__(self) -> None:
        np = import_module("autograd.numpy")
        self.value_and_grad: Any = import_module("autograd").value_and_grad
        self.array: Callable[[Any], Any] = np.array
        self.exp, self.log, self.tanh = np.exp, np.log, np.tanh
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A step with the gradient that autograd traces anew each time."""
        both = self.value_and_grad(loss)

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, slopes = both(parameters)
            moved = [p - learning_rate * slope for p, slope in zip(parameters, slopes, strict=True)]
            return float(value), slopes, moved

        return step


def load() -> HipsAutograd:
    """autograd.numpy."""
    return HipsAutograd()
