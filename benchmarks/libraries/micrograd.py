"""micrograd from PyPI, with exp, log and tanh added in its own manner.

(micrograd's lecture writes exp and tanh just so, the derivative in a closure.)
"""

import math
from importlib import import_module
from typing import Any

from benchmarks.libraries.protocols import Scalars

__all__ = ["load"]


def load() -> Scalars:
    """micrograd's Value, with three more methods."""
    Value: Any = import_module("micrograd.engine").Value

    def exp(self: Any) -> Any:
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self: Any) -> Any:
        out = Value(math.log(self.data), (self,), "log")

        def _backward() -> None:
            self.grad += out.grad / self.data

        out._backward = _backward
        return out

    def tanh(self: Any) -> Any:
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    Value.exp, Value.log, Value.tanh = exp, log, tanh
    # a node's closure refers to the node itself: only the collector frees it
    return Scalars(Value=Value, children=lambda node: node._prev, cyclic=True)
