"""Programs as people write them who have seen micrograd's lecture: operators by closures and their like.

Each takes the class Value to use and ``patch(name, function)``, which puts a method on it, and gives the
numbers that it computes. tests/engine/test_micrograd_programs.py has micrograd's own figures of each.
"""

import math
import random
from collections.abc import Callable
from typing import Any

Patch = Callable[[str, Any], None]


def unary(Value: Any, op: str, f: Callable[[float], float], slope: Callable[[float, float], float]) -> Any:
    """A method as the lecture writes them."""

    def method(self):
        y = f(self.data)
        out = Value(y, (self,), op)

        def _backward():
            self.grad += slope(self.data, y) * out.grad

        out._backward = _backward
        return out

    return method


def lecture_methods(Value: Any, patch: Patch) -> None:
    """exp, log, tanh and sigmoid, which micrograd lacks, assigned to the class."""
    patch("exp", unary(Value, "exp", math.exp, lambda x, y: y))
    patch("log", unary(Value, "log", math.log, lambda x, y: 1 / x))
    patch("tanh", unary(Value, "tanh", math.tanh, lambda x, y: 1 - y**2))
    patch("sigmoid", unary(Value, "sigmoid", lambda x: 1 / (1 + math.exp(-x)), lambda x, y: y * (1 - y)))


def a_function_that_makes_nodes(Value: Any, patch: Patch) -> list[float]:
    square = unary(Value, "sq", lambda x: x * x, lambda x, y: 2 * x)
    a, b = Value(3.0), Value(-2.0)
    c = a * b + square(a)
    d = square(c) * b + square(square(b))
    d.backward()
    return [d.data, d.grad, c.grad, a.grad, b.grad]


def the_lectures_neuron(Value: Any, patch: Patch) -> list[float]:
    lecture_methods(Value, patch)
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o = n.tanh()
    o.backward()
    return [o.data, *(v.grad for v in (o, n, b, x1, x2, w1, w2))]


def training_a_network(Value: Any, patch: Patch) -> list[float]:
    """The lecture's Neuron, Layer and MLP, with its tanh, its data and its loop."""
    lecture_methods(Value, patch)
    generator = random.Random(1337)

    class Neuron:
        def __init__(self, nin):
            self.w = [Value(generator.uniform(-1, 1)) for _ in range(nin)]
            self.b = Value(generator.uniform(-1, 1))

        def __call__(self, x):
            act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            return act.tanh()

        def parameters(self):
            return [*self.w, self.b]

    class Layer:
        def __init__(self, nin, nout):
            self.neurons = [Neuron(nin) for _ in range(nout)]

        def __call__(self, x):
            outs = [n(x) for n in self.neurons]
            return outs[0] if len(outs) == 1 else outs

        def parameters(self):
            return [p for neuron in self.neurons for p in neuron.parameters()]

    class MLP:
        def __init__(self, nin, nouts):
            sz = [nin, *nouts]
            self.layers = [Layer(sz[i], sz[i + 1]) for i in range(len(nouts))]

        def __call__(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

        def parameters(self):
            return [p for layer in self.layers for p in layer.parameters()]

    n = MLP(3, [4, 4, 1])
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(20):
        ypred = [n(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in n.parameters():
            p.grad = 0.0
        loss.backward()
        for p in n.parameters():
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    return [losses[0], losses[1], losses[-1], n.parameters()[0].data, n.parameters()[-1].grad]


def sorting_and_stepping_by_hand(Value: Any, patch: Patch) -> list[float]:
    """``for node in reversed(topo): node._backward()``, over ``_prev``, with nodes of both kinds."""
    lecture_methods(Value, patch)
    a, b = Value(0.5), Value(-1.5)
    o = (a * b).tanh() * a + (a + 2).log() * b
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    return [o.data, float(len(topo)), a.grad, b.grad]


def a_class_of_its_own(Value: Any, patch: Patch) -> list[float]:
    """A subclass whose operators all make nodes of it, with the constructor of its parent."""

    class Number(Value):
        def __init__(self, data, _children=(), _op="", label=""):
            super().__init__(data, _children, _op)
            self.label = label

        def __add__(self, other):
            other = other if isinstance(other, Number) else Number(other)
            out = Number(self.data + other.data, (self, other), "+")

            def _backward():
                self.grad += out.grad
                other.grad += out.grad

            out._backward = _backward
            return out

        def __mul__(self, other):
            other = other if isinstance(other, Number) else Number(other)
            out = Number(self.data * other.data, (self, other), "*")

            def _backward():
                self.grad += other.data * out.grad
                other.grad += self.data * out.grad

            out._backward = _backward
            return out

        __radd__ = __add__
        __rmul__ = __mul__

        def sin(self):
            return unary(Number, "sin", math.sin, lambda x, y: math.cos(x))(self)

    a, b = Number(1.5, label="a"), Number(-0.5, label="b")
    c = (2 * a * b + a).sin() * b + a * a + 1
    c.backward()
    return [c.data, a.grad, b.grad, float(len((a + a)._prev)), float(type(c) is Number and a.label == "a")]


def a_class_that_starts_from_nothing(Value: Any, patch: Patch) -> list[float]:
    """A subclass with a copy of micrograd's constructor, which calls no other."""

    class Number(Value):
        def __init__(self, data, _children=(), _op=""):
            self.data = data
            self.grad = 0
            self._backward = lambda: None
            self._prev = set(_children)
            self._op = _op

        def power(self, other):
            out = Number(self.data**other, (self,), f"**{other}")

            def _backward():
                self.grad += (other * self.data ** (other - 1)) * out.grad

            out._backward = _backward
            return out

    a = Number(3.0)
    b = a.power(2)
    c = b * a + b.power(0.5)
    c.backward()
    again = [a.grad, b.grad, float(b._prev == {a}), float(b._op == "**2"), float(a._prev == set())]
    (a.power(2) * 2).backward()
    return [c.data, *again, a.grad]


def operands_assigned_afterwards(Value: Any, patch: Patch) -> list[float]:
    a, b = Value(2.0), Value(5.0)
    out = Value(a.data * b.data + b.data)
    out._prev = {a, b}
    out._op = "a*b+b"

    def _backward():
        a.grad += b.data * out.grad
        b.grad += (a.data + 1) * out.grad

    out._backward = _backward
    root = out * out + a
    root.backward()
    return [root.data, a.grad, b.grad, float(out._prev == {a, b}), float(out._op == "a*b+b")]


def many_operands(Value: Any, patch: Patch) -> list[float]:
    """A dot product as one node, on operands that are results themselves and stand twice."""

    def dot(ws, xs):
        out = Value(sum(w.data * x.data for w, x in zip(ws, xs, strict=True)), (*ws, *xs), "dot")

        def _backward():
            for w, x in zip(ws, xs, strict=True):
                w.grad += x.data * out.grad
                x.grad += w.data * out.grad

        out._backward = _backward
        return out

    a, b = Value(0.5), Value(-2.0)
    h = a * b
    root = dot([a, h, b], [h, b, h]) * a
    root.backward()
    return [root.data, a.grad, b.grad, h.grad]


def softmax_and_cross_entropy(Value: Any, patch: Patch) -> list[float]:
    lecture_methods(Value, patch)
    logits = [Value(x) for x in (1.0, 2.0, -0.5)]
    counts = [logit.exp() for logit in logits]
    total = sum(counts)
    loss = -((counts[1] / total).log())
    loss.backward()
    return [loss.data, *(logit.grad for logit in logits)]


def a_clipped_gradient(Value: Any, patch: Patch) -> list[float]:
    """What no local gradient can say: the gradient passes within [-1, 1]."""

    def clipped(x):
        out = Value(x.data, (x,), "clip")

        def _backward():
            x.grad += max(-1.0, min(1.0, out.grad))

        out._backward = _backward
        return out

    x, y = Value(3.0), Value(0.25)
    (clipped(x * y) * 10 + clipped(x) * y).backward()
    return [x.grad, y.grad]


def drawing_the_graph(Value: Any, patch: Patch) -> list[float]:
    """The lecture's trace(), over ``_prev`` and ``_op``: how many nodes, edges and operators."""
    lecture_methods(Value, patch)
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    a = Value(2.0)
    a.label = "a"
    build((a * a + a).tanh())
    ops = sorted(n._op for n in nodes if n._op)
    labels = sorted(getattr(n, "label", "") for n in nodes)
    return [len(nodes), len(edges), float(ops == ["*", "+", "tanh"]), float(labels == ["", "", "", "a"])]


PROGRAMS = [
    a_function_that_makes_nodes,
    the_lectures_neuron,
    training_a_network,
    sorting_and_stepping_by_hand,
    a_class_of_its_own,
    a_class_that_starts_from_nothing,
    operands_assigned_afterwards,
    many_operands,
    softmax_and_cross_entropy,
    a_clipped_gradient,
    drawing_the_graph,
]
