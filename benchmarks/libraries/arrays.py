"""Libraries of arrays: autograd traces anew in each call, PyTorch is eager, JAX compiles before it is timed.

All compute in float64, on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

__all__ = ["Autograd", "Jax", "Torch"]

Loss = Callable[[list[Any]], Any]


class Autograd:
    """HIPS autograd."""

    def __init__(self) -> None:
        np = self.numpy = import_module("autograd.numpy")
        self._autograd: Any = import_module("autograd")
        self.array: Callable[[Any], Any] = np.array
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)

    def value_and_gradients(self, loss: Loss) -> Callable[[Any], tuple[Any, Any]]:
        """A function of a list of arrays that gives the loss and its gradient by each of them."""
        return self._autograd.value_and_grad(loss)  # type: ignore[no-any-return]

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """A function of arrays that gives ``function(module, *arrays)`` and its derivatives by each of them.

        Args:
            function: computes number by number; its first argument is a module with ``exp``, ``sin``, ….
        """
        reverse = self._autograd.make_vjp(lambda arrays: function(self.numpy, *arrays))

        def both(*arrays: Any) -> tuple[Any, Any]:
            back, values = reverse(arrays)
            return values, back(self.numpy.ones_like(values))

        return both


class Torch:
    """PyTorch, with the methods of :class:`Autograd`."""

    def __init__(self) -> None:
        torch = self.numpy = self._torch = import_module("torch")
        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float64)
        self.array: Callable[[Any], Any] = torch.tensor
        self.relu: Callable[[Any], Any] = torch.relu

    def value_and_gradients(self, loss: Loss) -> Callable[[Any], tuple[Any, Any]]:
        """The loss and its gradients."""

        def both(parameters: Any) -> tuple[Any, Any]:
            for p in parameters:
                p.requires_grad_()
            value = loss(parameters)
            return value.detach(), self._torch.autograd.grad(value, parameters)

        return both

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """Values and derivatives: the sweep begins with ones."""

        def both(*arrays: Any) -> tuple[Any, Any]:
            leaves = [array.requires_grad_() for array in arrays]
            values = function(self._torch, *leaves)
            return values.detach(), self._torch.autograd.grad(values, leaves, self._torch.ones_like(values))

        return both


class Jax:
    """JAX, with the methods of :class:`Autograd`, and with loops that it compiles.

    Attributes:
        functions: those of NumPy that scalar programs call, ``ndtr``, ``array`` and ``scan``.
    """

    def __init__(self) -> None:
        self.jax: Any = import_module("jax")
        np = self.numpy = import_module("jax.numpy")
        self.array: Callable[[Any], Any] = np.array
        self.relu: Callable[[Any], Any] = lambda x: np.maximum(x, 0.0)
        self.scan: Callable[..., Any] = self.jax.lax.scan
        names = ("array", "cos", "exp", "log", "sin", "sqrt", "tanh")
        ndtr: Any = import_module("jax.scipy.special").ndtr
        self.functions = SimpleNamespace(
            **{name: getattr(np, name) for name in names}, ndtr=ndtr, scan=self.scan
        )

    def solve_triangular(self, L: Any, b: Any) -> Any:
        """x with L x = b, by LAPACK."""
        return self.jax.scipy.linalg.solve_triangular(L, b, lower=True)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function under ``jit``, waited for: JAX returns before it has computed."""
        jitted = self.jax.jit(function)
        return lambda *arguments: self.jax.block_until_ready(jitted(*arguments))

    def value_and_gradients(self, loss: Loss) -> Callable[[Any], tuple[Any, Any]]:
        """The loss and its gradients, compiled together."""
        return self.compiled(self.jax.value_and_grad(loss))

    def elementwise(self, function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
        """Values and derivatives by ``vmap``."""

        def both(*arrays: Any) -> tuple[Any, Any]:
            every = tuple(range(len(arrays)))
            point = self.jax.value_and_grad(lambda *numbers: function(self.functions, *numbers), every)
            return self.jax.vmap(point)(*arrays)  # type: ignore[no-any-return]

        return self.compiled(both)
