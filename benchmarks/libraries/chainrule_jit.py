"""chainrule with functions lifted by ``engine.jit``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

__all__ = ["Lifted", "load"]


class Lifted:
    """The engine, on the node it chooses."""

    def __init__(self) -> None:
        import engine

        self.engine: Any = engine
        self.Value: Any = engine.Value

    def value_and_gradient(
        self, function: Callable[[], Any], parameters: Sequence[Any]
    ) -> Callable[[], tuple[float, Any]]:
        """The value, and the gradient by backward(): gradients are set to zero and read in one go each."""
        read_grad, zero_grad = import_module("engine.node.bulk").read_grad, self.engine.zero_grad
        parameters, gradient = list(parameters), np.empty(len(parameters))

        def both() -> tuple[float, Any]:
            value = function()
            zero_grad(parameters)
            value.backward()
            read_grad(parameters, gradient)
            return value.data, gradient

        return both


load = Lifted
