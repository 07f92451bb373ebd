"""JAX on arrays, float64, the whole step under ``jit``. Compiling happens before the first measurement."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.adapter import Step

__all__ = ["Jax", "load"]


class Jax:
    """The functions that the array forms use."""

    def __init__(self) -> None:
        self.jax: Any = import_module("jax")
        np = import_module("jax.numpy")
        self.array: Callable[[Any], Any] = np.array
        self.exp, self.log, self.tanh = np.exp, np.log, np.tanh
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A compiled step, waited for: JAX returns before it has computed."""
        both = self.jax.value_and_grad(loss)

        @self.jax.jit  # type: ignore[untyped-decorator]
        def compiled(parameters: Any, learning_rate: float) -> Any:
            value, slopes = both(parameters)
            moved = [p - learning_rate * slope for p, slope in zip(parameters, slopes, strict=True)]
            return value, slopes, moved

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, slopes, moved = self.jax.block_until_ready(compiled(parameters, learning_rate))
            return float(value), slopes, moved

        return step


def load() -> Jax:
    """jax.numpy."""
    return Jax()
