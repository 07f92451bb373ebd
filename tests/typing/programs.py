"""Programs as people write them, without a fault: type checkers must find none, and they run."""

from typing import Any, assert_type

import numpy as np

import chainrule
import engine
from chainrule.engine import tanh
from engine import Value, explain, grad, gradcheck, gradients, hessian, isnan, jit, value_and_grad
from nn import MLP, SGD, Layer, Module, Neuron, cross_entropy, fit, mse


def operators_of_values() -> None:
    x, y = Value(2.0, label="x"), Value(-3)
    assert_type(x * 2, Value)
    assert_type(2 - x, Value)
    assert_type(x**y + 1 / x, Value)
    assert_type(-x // 2 % 3, Value)
    assert_type(abs(y), Value)
    assert_type(divmod(x, 2), tuple[Value, Value])
    assert_type(x + np.float64(1.0), Value)
    assert_type(x * np.int64(3), Value)
    assert_type(x < y, bool)
    assert_type(x.data, float)
    assert_type(x.grad, float)
    assert_type(round(x), int)
    assert_type(round(x, 2), float)
    x.data -= 0.1 * x.grad
    x.grad = 0
    total = sum([x, y], Value(0.0))
    assert_type(total, Value)


def methods_of_values() -> None:
    x = Value(0.5)
    assert_type(x.tanh(), Value)
    assert_type(x.clip(0, high=1), Value)
    assert_type(x.leaky_relu(), Value)
    assert_type(x.hypot(3), Value)
    assert_type(x.arctan2(Value(1.0)), Value)
    assert_type(x.square(), Value)
    assert_type(x.detach().exp(), Value)
    (x.tanh() * 3).backward()


def functions_of_values_numbers_and_arrays() -> None:
    x, array = Value(0.5), np.array([1.0, 2.0])
    assert_type(engine.tanh(x), Value)
    assert_type(engine.tanh(1), float)
    assert_type(engine.maximum(1.0, x), Value)
    assert_type(engine.maximum(1.0, 2), float)
    assert_type(engine.where(x > 0, x, 0.0), Value)
    assert_type(engine.sum([x, x]), Value)
    assert_type(engine.sum([x, 1.0]), Value)
    assert_type(engine.sum([1.0, 2.0]), float)
    assert_type(engine.max(x, 1.0), Value)
    assert_type(engine.mean(1.0, 2), float)
    assert_type(engine.dot([x], [2.0]), Value)
    assert_type(engine.softmax([x, 1.0]), list[Value])
    assert_type(engine.std([1.0, 2.0]), float)
    assert len(engine.tanh(array)) == len(x * array) == len(array * x) == 2


def untyped(xs: Any, ys: list[Any]) -> None:
    """Of what is not known nothing is called a fault."""
    engine.sum(xs).backward()
    engine.mean(ys).backward()
    engine.dot(ys, [2.0, 1.0]).backward()
    engine.dot([2.0, 1.0], ys).backward()
    engine.sum([y * y for y in ys]).backward()
    engine.softmax(ys)[0].backward()
    mse(ys, [1.0, 2.0]).backward()
    engine.tanh(xs[0]).backward()
    (2.0 * ys[0]).backward()
    engine.norm(np.array(ys)).backward()
    np.exp(Value(1.0)).backward()


def of_arrays_and_unknowns() -> None:
    untyped([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)])


def explained() -> None:
    x = Value(1.2, label="x")
    found = explain((x**2).sin().exp(), x)
    assert_type(found, engine.Explanation)
    assert_type(found.to_latex(), str)


def transforms() -> None:
    def f(x: Value) -> Value:
        return x**3

    assert_type(grad(f)(2), float)
    assert_type(value_and_grad(f)(2.0), tuple[float, float])
    assert_type(hessian(f)(2.0), float)
    assert_type(grad(lambda p: p[0] * p[1])([2, 3]), list[float])
    assert_type(grad(lambda p: p["w"] * 2.0)({"w": 3.0}), dict[str, float])
    assert_type(hessian(lambda p: p[0] * p[1])([2.0, 3.0]), list[list[float]])
    assert grad(lambda p: (p * p).sum())(np.arange(3.0)).tolist() == [0.0, 2.0, 4.0]
    assert grad(grad(f))(2.0) == 12.0
    assert grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert grad(lambda x: (x * x, "more"), has_aux=True)(2.0) == (4.0, "more")
    x = Value(3.0)
    (slope,) = gradients(x * x, [x], create_graph=True)
    assert_type(slope, Value)
    assert_type(gradcheck(f, 2.0).max_error, float)
    assert_type(isnan(x), bool)


def lifted() -> None:
    w = Value(2.0)

    @jit
    def scaled(x: Value) -> Value:
        return w * x

    assert_type(scaled(3.0), Value)
    scaled(3.0).backward()
    source: str = scaled.source
    assert_type(source.upper(), str)

    @jit(batch=True)
    def loss(x: Value, t: float) -> Value:
        return (w * x - t) ** 2

    assert_type(loss([1.0, 2.0], [2.0, 3.0]), Value)
    assert_type(loss.traces, int)


def micrograd_by_hand() -> None:
    """A training loop as micrograd's README has it."""
    xs, ys = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    model = MLP(2, [4, 1], rng=0)
    for step in range(3):
        predictions = [model(x) for x in xs]
        loss = sum(((p - y) ** 2 for p, y in zip(predictions, ys, strict=True)), Value(0.0))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        print(step, loss.data, f"{loss:.3f}")


def xor_by_optimizer() -> None:
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    model = MLP(2, [4, 1], activation="tanh", output_activation=Value.sigmoid, rng=0)
    optimizer = SGD(model.parameters(), lr=0.5, momentum=0.9)
    for _ in range(3):
        loss = mse([model(x) for x in X], y)
        assert_type(loss, Value)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    history = fit(model, X, y, loss="mse", optimizer=optimizer, epochs=2, rng=0)
    assert_type(history["loss"], list[float])


class Line(Module):
    """A model of one's own."""

    def __init__(self) -> None:
        self.w, self.b = Value(2.0), Value(1.0)

    def __call__(self, x: float) -> Value:
        return self.w * x + self.b


def models() -> None:
    x = [1.0, -2.0]
    model = MLP(2, [3, 2], rng=0)
    first, second = model(x)
    assert_type(first + second, Value)
    assert_type(model(x)[0], Value)
    for output in model(x):
        assert_type(output.data, float)
    outputs: list[Value] = Layer(2, 3, rng=0)(x)
    assert_type(engine.softmax(outputs), list[Value])
    assert_type(cross_entropy(model(x), 1), Value)
    assert_type((MLP(2, [1], rng=0)(x) - 0.5) ** 2, Value)
    assert_type(Neuron(2, rng=0)(x), Value)
    assert_type(Line()(3.0), Value)
    assert_type(Line().eval(), Line)


def one_namespace() -> None:
    x = chainrule.Value(0.5)
    assert_type(chainrule.tanh(x) + chainrule.abs(x), Value)
    assert_type(tanh(x), Value)
    assert_type(chainrule.nn.MLP(2, [1], rng=0).parameters(), list[Value])
    assert_type(chainrule.nn.optim.SGD([x]).lr, float)


PROGRAMS = (
    operators_of_values,
    methods_of_values,
    functions_of_values_numbers_and_arrays,
    of_arrays_and_unknowns,
    explained,
    transforms,
    lifted,
    micrograd_by_hand,
    xor_by_optimizer,
    models,
    one_namespace,
)
