"""Calls without Python between argument and node: what the general way gives, and when it is taken."""

from __future__ import annotations

import gc
import math
import pickle
import threading
import weakref
from typing import Any

import numpy as np
import pytest

from engine import Value, cos, detect_anomaly, jit, no_grad, sin, where
from engine.jit.descent import Descent
from engine.jit.function import Jitted
from engine.jit.pipeline import Lifted
from engine.jit.quick import next_audit

COMPILED = not Value.__module__.endswith("node.value")


def arm(a: Any, b: Any) -> tuple[Any, Any]:
    return cos(a) + 0.7 * cos(a + b), sin(a) + 0.7 * sin(a + b)


w = [Value(0.5), Value(-1.5)]

FUNCTIONS: dict[str, Any] = {
    "a tuple": arm,
    "a list": lambda a, b: [a * b, a, b * w[0]],
    "one number": lambda a, b: (a * w[0] + b * w[1]).tanh() ** 2,
    "a number of the function's own": lambda a, b: w[0] * w[1] + 0.0 * a,
    "one that it is given": lambda a, b: a,
    "a decision": lambda a, b: a * b if a > 0.0 else a + b,
    "a late decision": lambda a, b: a * b if a * b > 0.0 else a + b,
    "a choice": lambda a, b: where(a > 0.0, a * b, b),
    "a dict": lambda a, b: {"sum": a + b},
}


class General(Jitted[Any]):
    """One that never goes the quick way."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._called(args, options)


def numbers_of(result: Any) -> list[Any]:
    """Numbers, whether they take gradients, and the gradients of what they are of."""
    parts = result.values() if isinstance(result, dict) else result
    parts = [result] if isinstance(result, Value) else list(parts)
    found = []
    for part in parts:
        found.append((part.data, part.requires_grad, part._local_grads, tuple(map(id, part._children))))
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", ["Values", "numbers", "both", "by name"])
def test_results_are_those_of_the_general_way(name, kind) -> None:
    function = FUNCTIONS[name]
    quick, general = jit(function, audit=False), General(function, audit=False)
    for i in range(25):
        numbers = math.sin(i) if name not in ("a decision", "a late decision") else 0.5 + i, 0.1 * i + 0.1
        values = [Value(x) for x in numbers]
        args = {"Values": values, "numbers": numbers, "both": (values[0], numbers[1])}.get(kind, ())
        options = {"a": values[0], "b": numbers[1]} if kind == "by name" else {}
        mine, others = quick(*args, **options), general(*args, **options)
        assert type(mine) is type(others)
        assert numbers_of(mine) == numbers_of(others)
    goes = name in ("a tuple", "a list", "one number", "a late decision")
    if COMPILED and goes and kind != "by name":
        assert quick._quick is not None
        assert quick._quick.calls == 25


@pytest.mark.skipif(not COMPILED, reason="of the compiled node")
def test_gradients_go_through() -> None:
    function = jit(FUNCTIONS["one number"])
    for i in range(30):
        a, b = Value(0.1 * i), Value(1.0)
        for each in w:
            each.grad = 0.0
        (2.0 * function(a, b)).backward()
        mine = [p.grad for p in (a, b, *w)]
        for each in (a, b, *w):
            each.grad = 0.0
        (2.0 * FUNCTIONS["one number"](a, b)).backward()
        assert mine == pytest.approx([p.grad for p in (a, b, *w)], rel=1e-12)


def test_audits_come_when_they_are_due() -> None:
    calls: list[int] = []
    kept = [Value(2.0)]

    def f(x: Any) -> Any:
        calls.append(1)
        return kept[0] * x

    function, counts = jit(f), []
    function(1.0)
    for n in range(2, 1002):
        before = len(calls)
        function(float(n))
        if len(calls) > before:
            counts.append(n)
    assert counts == [10, 100, 1000]
    always = jit(f, audit=True)
    always(1.0)
    before = len(calls)
    for _ in range(5):
        always(1.0)
    assert len(calls) >= before + 5


def test_the_next_audit() -> None:
    assert [next_audit(n, lambda k: k in (1, 10, 100)) for n in (0, 1, 9, 10, 99)] == [1, 10, 10, 100, 100]
    assert next_audit(5, lambda n: True) == 6
    assert next_audit(5, lambda n: False) == -1


def test_what_it_reads_may_change() -> None:
    settings, weights = {"k": 2.0}, [Value(3.0)]
    function = jit(lambda x: settings["k"] * weights[0] * x)
    for _ in range(5):
        assert function(1.0).data == 6.0
    weights[0].data = 4.0
    assert function(1.0).data == 8.0
    settings["k"] = 3.0
    assert [function(1.0).data for _ in range(3)] == [12.0] * 3
    weights[0] = Value(5.0)
    assert [function(1.0).data for _ in range(3)] == [15.0] * 3
    weights[0].requires_grad = False
    assert not any(function(1.0).requires_grad for _ in range(3))


def test_other_arguments_are_taken_the_general_way() -> None:
    function = jit(lambda x, y=2.0: x * y)
    for _ in range(4):
        assert [function(3.0).data, function(3, y=4).data, function(Value(2.0), 0.5).data] == [6.0, 12.0, 1.0]
        frozen = Value(2.0)
        frozen.requires_grad = False
        assert not function(frozen).requires_grad
    with pytest.raises(TypeError):
        function()
    with pytest.raises(TypeError):
        function(1.0, 2.0, 3.0)


def test_what_is_not_finite_is_left_to_the_function() -> None:
    function = jit(lambda x: (x * 1.0).sqrt())
    x = Value(4.0)
    for _ in range(4):
        assert function(x).data == 2.0
    zero = Value(0.0)
    result = function(zero)
    result.backward()
    assert (result.data, zero.grad) == (0.0, math.inf)
    assert function(x).data == 2.0


def test_blocks_are_seen() -> None:
    function, x = jit(lambda x: x * x), Value(3.0)
    for _ in range(4):
        function(x)
    with no_grad():
        assert not function(x).requires_grad
    with detect_anomaly():
        assert function(x).data == 9.0
    assert jit(lambda y: function(y) + 1.0)(x).data == 10.0
    assert function(x).requires_grad


def test_threads_and_calls_within_calls() -> None:
    function, wrong = jit(lambda a, b: (a * b).tanh() + a), []
    expected = {i: math.tanh(0.01 * i * 2.0) + 0.01 * i for i in range(400)}

    def work() -> None:
        wrong.extend(i for i, y in expected.items() if abs(function(0.01 * i, 2.0).data - y) > 1e-12)

    function(0.5, 2.0)
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def layer(xs: Any, t: Any) -> Any:
    hidden = [(w[0] * x + w[1]).tanh() for x in xs]
    return (sum(hidden[1:], hidden[0]) * w[0] - t) ** 2


ARRAYS: dict[str, Any] = {
    "one set": (False, lambda i: ([0.1 * i, 0.3, -0.2, 0.7] * 8, 0.5)),
    "with Values": (False, lambda i: ([Value(0.1 * i), Value(0.3)], 0.5)),
    "samples in arrays": (True, lambda i: (np.sin(i + np.arange(12.0)).reshape(4, 3), np.ones(4))),
    "samples in lists": (True, lambda i: ([[0.1 * i, 0.2], [0.3, 0.4], [0.5, -0.1 * i]], [0.0, 1.0, 2.0])),
}


@pytest.mark.skipif(not COMPILED, reason="of the compiled node")
@pytest.mark.parametrize("name", ARRAYS)
def test_array_programs_give_what_the_general_way_gives(name, monkeypatch) -> None:
    monkeypatch.setattr(Lifted, "_quickest", lambda self, batched: ("arrays", {}))
    batch, arguments = ARRAYS[name]
    quick, general = jit(layer, batch=batch, audit=False), General(layer, batch, audit=False)
    descent = Descent(quick)
    try:
        for i in range(25):
            args = arguments(i)
            assert numbers_of([quick(*args)]) == numbers_of([general(*args)])
            if i == 20:
                assert quick._quick.calls == 21
            if batch and i > 20:  # a training between, whose samples stay in the same cells
                assert descent(arguments(3)) == descent(arguments(3)) == general(*arguments(3)).data
                assert quick(*args).data == general(*args).data
                assert descent(arguments(3)) == general(*arguments(3)).data
            w[0].data += 0.01
        w[0].data = math.inf
        assert math.isnan(quick(*arguments(1)).data) == math.isnan(general(*arguments(1)).data)
    finally:
        w[0].data = 0.5
    threads = [threading.Thread(target=lambda: [quick(*arguments(i)) for i in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    found = [quick(*arguments(i)).data for i in range(200)]
    for thread in threads:
        thread.join()
    assert found == [general(*arguments(i)).data for i in range(200)]


def test_cleared_programs_are_not_called() -> None:
    function = jit(lambda x: x * 2.0)
    for _ in range(3):
        function(1.0)
    function.clear_cache()
    assert function._quick is None
    assert function(1.0).data == 2.0
    assert function.traces == 1


@pytest.mark.skipif(not COMPILED, reason="of the compiled node")
def test_operands_of_results_are_held_together_and_let_go() -> None:
    parameters = [Value(0.1 * i) for i in range(5)]
    f = jit(lambda x: sum(p.sin() * x for p in parameters))
    for _ in range(3):
        y = f(2.0)
    assert [*y._children] == parameters
    assert pickle.loads(pickle.dumps(y))._local_grads == y._local_grads  # noqa: S301
    y.backward()
    z = (f(2.0) + y) * 0.5
    z.backward()
    expected = [2.0 * (2.0 * math.cos(0.1 * i)) for i in range(5)]
    assert [p.grad for p in parameters] == pytest.approx(expected)
    del y, z
    gone = [weakref.ref(p) for p in parameters]
    y = f(2.0)
    f.clear_cache()
    parameters.clear()
    gc.collect()
    assert all(ref() is not None for ref in gone)
    y.backward()
    del y
    gc.collect()
    assert all(ref() is None for ref in gone)


def test_a_leaf_that_becomes_a_result_passes_its_gradient_on() -> None:
    inner, parameters = Value(3.0), [Value(0.1 * i) for i in range(5)]
    f = jit(lambda x: sum(p * x for p in parameters))
    for _ in range(3):
        y = f(2.0)
    parameters[1]._fill(0.1, 0.0, (inner * inner)._row, (inner, inner), [3.0, 3.0])
    y.backward()
    assert inner.grad == 12.0
