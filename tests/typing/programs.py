"""Programs as people write them, without a fault: type checkers must find none, and they run."""

from typing import assert_type

import numpy as np

import chainrule
import engine
from chainrule.engine import tanh
from engine import Value, explain


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


def explained() -> None:
    x = Value(1.2, label="x")
    found = explain((x**2).sin().exp(), x)
    assert_type(found, engine.Explanation)
    assert_type(found.to_latex(), str)


def one_namespace() -> None:
    x = chainrule.Value(0.5)
    assert_type(chainrule.tanh(x) + chainrule.abs(x), Value)
    assert_type(tanh(x), Value)
    assert_type(chainrule.nn.MLP(2, [1], rng=0).parameters(), list[Value])


PROGRAMS = (
    operators_of_values,
    methods_of_values,
    functions_of_values_numbers_and_arrays,
    explained,
    one_namespace,
)
