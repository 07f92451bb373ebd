"""The node of Karpathy's microgpt: pure Python, children and local gradients in tuples.

It is the fastest of the short classes that people write, hence a peer of its own. tanh is added to it.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["Value"]


class Value:
    """A number with its operands and local gradients."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data: Any, children: Any = (), local_grads: Any = ()) -> None:
        self.data = data
        self.grad: Any = 0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other: Any) -> Any:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> Any:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other: Any) -> Any:
        return Value(self.data**other, (self,), (other * self.data ** (other - 1),))

    def log(self) -> Any:
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def exp(self) -> Any:
        return Value(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self) -> Any:
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def tanh(self) -> Any:
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def __neg__(self) -> Any:
        return self * -1

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return other + (-self)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1

    def backward(self) -> None:
        topo: list[Value] = []
        visited: set[Value] = set()

        def build_topo(v: Value) -> None:
            if v not in visited:
                visited.add(v)
                for child in v._children:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1
        for v in reversed(topo):
            for child, local_grad in zip(v._children, v._local_grads):  # noqa: B905  # as people write it
                child.grad += local_grad * v.grad
