"""A tape on samples: what the function itself gives for each, and their mean."""

import math
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, get_num_threads, jit, no_grad, set_num_threads, vmap
from engine.jit import lowering
from engine.jit.backends import lanes
from engine.node.backend import compiled_lanes

pytestmark = pytest.mark.skipif(compiled_lanes is None, reason="of the compiled core")


@pytest.fixture(autouse=True)
def _on_lanes(monkeypatch):
    monkeypatch.setattr(lowering, "runs_on_lanes", lambda program: not program.work.tables)
    monkeypatch.setattr(lowering, "has_few_functions", lambda *_: True)
    monkeypatch.setattr(lanes, "_PIECE", 16)
    before = get_num_threads()
    yield
    set_num_threads(before)


w = [Value(0.7), Value(-0.4)]


def arithmetic(x: Any, t: Any) -> Any:
    a = x[0] * w[0] + t
    b = a - x[1] * 2.0
    c = 3.0 * b - a
    d = (c - a * x[0]) / (x[1] * x[1] + 1.0)
    e = x[0] * x[1] - d * w[1]
    return (e - c) - (-(d * d) + (b - e * e)) + (a - (x[0] - c)) * (2.0 - d * e)


def masked(x: Any, t: Any) -> Any:
    return engine.where(x[0] > 5.0, x[0].log(), t * w[0]) + engine.relu(x[1] * w[1]) + engine.maximum(x[0], t)


FUNCTIONS: dict[str, Any] = {
    "arithmetic": arithmetic,
    "functions": lambda x, t: engine.sin(x[0] * w[0]) * engine.exp(-x[1] * x[1]) + engine.tanh(t * w[1]),
    "powers": lambda x, t: (x[0] * w[0]) ** 3 + (x[1] ** 2 + 1.0) ** -0.5 + engine.clip(t, -0.5, 0.5) * w[1],
    "sequences": lambda x, t: (
        engine.sum([x[0], x[1], t, w[0]]) * engine.dot(x, w)
        + engine.logsumexp([*x, t])
        + engine.max([x[0], t])
    ),
    "masks": masked,
    "one that is given": lambda x, t: x[0],
    "the same for all": lambda x, t: w[0] * w[1] + 0.0 * t,
    "several": lambda x, t: (x[0] * w[0], {"b": x[1] * t * w[1]}, w[0] * 2.0),
}


def parts_of(result: Any) -> list[Value]:
    return [result] if isinstance(result, Value) else [result[0], result[1]["b"], result[2]]


def gradients(root: Value, leaves: list[Value]) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_means_and_gradients_are_those_of_the_function_itself(name) -> None:
    f = FUNCTIONS[name]
    rng = np.random.default_rng(3)
    for count in (1, 7, 8, 37):
        x, t = rng.normal(size=(count, 2)), rng.normal(size=count)
        lifted = jit(f, batch=True, audit=False)
        found = parts_of(lifted(x, t))
        assert lifted._shown.kind == "tape"
        own = [
            parts_of(f([Value(a) for a in row], Value(b)))
            for row, b in zip(x.tolist(), t.tolist(), strict=True)
        ]
        for i, mean in enumerate(found):
            expected = sum(each[i] for each in own) / count
            assert mean.data == pytest.approx(expected.data, rel=1e-13, abs=1e-15)
            assert gradients(mean, w) == pytest.approx(gradients(expected, w), rel=1e-12, abs=1e-14)
        with no_grad():
            assert [each.data for each in parts_of(lifted(x, t))] == [each.data for each in found]
        values = [[Value(a) for a in row] for row in x.tolist()]
        leaves = [value for row in values for value in row]
        of_each = [parts_of(f(row, Value(b))) for row, b in zip(values, t.tolist(), strict=True)]
        for mean, each in zip(parts_of(lifted(values, t)), zip(*of_each, strict=True), strict=True):
            expected = gradients(sum(each) / count, [*leaves, *w])
            assert gradients(mean, [*leaves, *w]) == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    rng = np.random.default_rng(5)
    x, t = rng.normal(size=(500, 2)), rng.normal(size=500)
    outcomes = []
    for number in (1, 2, 4):
        set_num_threads(number)
        mean = jit(arithmetic, batch=True)(x, t)
        outcomes.append((mean.data, mean._local_grads))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_samples_are_mapped() -> None:
    def f(x, t):
        return engine.sin(x[0]) * t + x[1], x[0] * 2.0

    rng = np.random.default_rng(6)
    x, t = rng.normal(size=(21, 2)), rng.normal(size=21)
    mapped = vmap(f)
    first, second = mapped(x, t)
    assert mapped._shown.kind == "tape"
    assert first.tolist() == [math.sin(a) * c + b for (a, b), c in zip(x.tolist(), t.tolist(), strict=True)]
    assert second.tolist() == (2.0 * x[:, 0]).tolist()


def test_what_is_not_finite_is_left_to_the_function_itself() -> None:
    f = jit(lambda x: (w[0] * x).log(), batch=True)
    x = np.linspace(1.0, 2.0, 30)
    assert f(x).data == pytest.approx(np.log(0.7 * x).mean(), rel=1e-13)
    x[17] = 0.0
    assert f(x).data == -math.inf
    large = jit(lambda x: x**3.0 * w[0], batch=True)
    assert large(np.array([1.0, 2.0, 1e200])).data == math.inf


def test_which_programs_run_so(monkeypatch) -> None:
    monkeypatch.undo()

    def swing(x, steps, pull):
        angle, speed = x[0], x[1]
        for _ in range(steps):
            angle, speed = angle + 0.01 * speed, speed - 0.1 * pull(angle)
        return angle

    def straight(angle):
        return angle - angle * angle * angle * 0.2

    x = np.random.default_rng(0).uniform(-1.0, 1.0, (9, 2))
    for steps, pull, kind in (
        (20, straight, "arrays"),
        (500, straight, "tape"),
        (500, engine.sin, "arrays"),  # which computes the sines of samples side by side
    ):
        lifted = jit(lambda x, steps=steps, pull=pull: swing(x, steps, pull), batch=True)
        own = [swing(row, steps, pull) for row in x.tolist()]
        assert lifted(x).data == pytest.approx(np.mean(own), rel=1e-12)
        assert lifted._shown.kind == kind
    weights = [[Value(0.01 * i * j) for j in range(40)] for i in range(40)]
    network = jit(lambda x: sum((engine.dot(row, x)).tanh() for row in weights), batch=True)
    network(np.ones((4, 40)))
    assert network._shown.kind == "arrays"
