"""JAX on arrays, float64, the whole step under ``jit``. Compiling happens before the first measurement."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from benchmarks.libraries.protocols import Step

__all__ = ["Jax", "load"]


class Jax:
    """The functions that the array forms use."""

    def __init__(self) -> None:
        self.jax: Any = import_module("jax")
        np = self.numpy = import_module("jax.numpy")
        special: Any = import_module("jax.scipy.special")
        names = ("cos", "exp", "log", "sin", "sqrt", "tanh")
        self.functions = SimpleNamespace(**{name: getattr(np, name) for name in names}, ndtr=special.ndtr)
        self.scan: Callable[..., Any] = self.jax.lax.scan
        self.array: Callable[[Any], Any] = np.array
        self.exp, self.log, self.tanh = np.exp, np.log, np.tanh
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)

    def solve_triangular(self, L: Any, b: Any) -> Any:
        """x with L x = b, by LAPACK."""
        return self.jax.scipy.linalg.solve_triangular(L, b, lower=True)

    def training_step(self, loss: Callable[[list[Any]], Any]) -> Step:
        """A compiled step, waited for: JAX returns before it has computed."""
        both = self.jax.value_and_grad(loss)

        @self.jax.jit  # type: ignore[untyped-decorator]
        def compiled(parameters: Any, learning_rate: float) -> Any:
            value, gradients = both(parameters)
            moved = [p - learning_rate * gradient for p, gradient in zip(parameters, gradients, strict=True)]
            return value, gradients, moved

        def step(parameters: Any, learning_rate: float) -> tuple[float, Any, Any]:
            value, gradients, moved = self.jax.block_until_ready(compiled(parameters, learning_rate))
            return float(value), gradients, moved

        return step

    def value_and_gradients(self, loss: Callable[[list[Any]], Any]) -> Callable[[Any], tuple[Any, Any]]:
        """The loss and its gradients, compiled together and waited for."""
        compiled = self.jax.jit(self.jax.value_and_grad(loss))
        return lambda parameters: self.jax.block_until_ready(compiled(parameters))

    def adam(
        self, loss: Callable[..., Any], start: list[Any], rate: float
    ) -> tuple[Callable[..., Any], Callable[[], list[Any]]]:
        """Gradient and Adam compiled together; a step is not waited for."""
        both, np = self.jax.value_and_grad(loss), self.numpy

        @self.jax.jit  # type: ignore[untyped-decorator]
        def compiled(parameters: Any, means: Any, squares: Any, count: Any, *data: Any) -> Any:
            value, gradients = both(parameters, *data)
            count = count + 1.0
            means = [0.9 * m + 0.1 * g for m, g in zip(means, gradients, strict=True)]
            squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, gradients, strict=True)]
            first, second = rate / (1.0 - 0.9**count), 1.0 / (1.0 - 0.999**count)
            changes = (m / (np.sqrt(v * second) + 1e-8) for m, v in zip(means, squares, strict=True))
            moved = [p - first * change for p, change in zip(parameters, changes, strict=True)]
            return value, (moved, means, squares, count)

        zeros = [np.zeros_like(p) for p in start]
        state = (start, zeros, zeros, 0.0)

        def step(*data: Any) -> Any:
            nonlocal state
            value, state = compiled(*state, *data)
            return value

        return step, lambda: list(self.jax.block_until_ready(state[0]))

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """Values and derivatives by ``vmap``, compiled."""

        def scalar(*numbers: Any) -> Any:
            return function(self.numpy, *numbers)

        def both(*arrays: Any) -> tuple[Any, Any]:
            point = self.jax.value_and_grad(scalar, argnums=tuple(range(len(arrays))))
            values, gradients = self.jax.vmap(point)(*arrays)
            return values, gradients

        compiled = self.jax.jit(both)
        return lambda *arrays: self.jax.block_until_ready(compiled(*arrays))


load = Jax
