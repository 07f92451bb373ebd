"""The mean and its gradient set on leaves are those of a sweep; all else is left to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value, detect_anomaly, jit, no_grad, zero_grad
from engine.jit.descent import Descent

X = np.random.default_rng(0).normal(size=(11, 2))


def lifted(f: Any = None) -> tuple[Any, list[Value], Descent]:
    """A lifted function that was called once, its parameters, and its descent."""
    w = [Value(0.3), Value(-0.7)]
    function = jit(f or (lambda x: (w[0] * x[0] - w[1] * x[1]).tanh()), batch=True)
    function(X)
    return function, w, Descent(function)


def swept(function: Any, w: list[Value], *args: Any) -> tuple[float, list[float]]:
    zero_grad(w)
    mean = function(*args)
    mean.backward()
    return mean.data, [p.grad for p in w]


def test_mean_and_gradients_are_those_of_a_sweep_bit_by_bit() -> None:
    function, w, descent = lifted()
    for scale in (1.0, 11.0):
        mean, gradients = swept(function, w, X)
        for p in w:
            p.grad = 5.0  # is set, not added to
        assert descent((X,), scale) == mean
        assert [p.grad for p in w] == [scale * g for g in gradients]


def test_the_last_arguments_need_not_be_given_again() -> None:
    function, w, descent = lifted()
    assert descent(None) is None
    descent((X,))
    w[0].data = 2.0
    assert descent(None, look=False) == function(X).data
    function(2.0 * X)  # which is now the last call
    assert descent(None, look=False) is None
    assert descent((X,)) == function(X).data


def test_other_samples_are_read() -> None:
    function, _, descent = lifted()
    samples = X.copy()
    for look in (True, False):
        descent((samples,), look=look)
        samples *= 0.5
        assert descent((samples,), look=look) == function(samples).data
    assert descent((X[:4],)) is None  # another shape


def test_two_on_one_function_read_their_own_samples() -> None:
    function, _, first = lifted()
    second = Descent(function)
    found, other = function(X).data, function(2.0 * X).data
    for look in (True, False):
        assert first((X,), look=look) == found
        assert second((2.0 * X,), look=look) == other
    assert second(None, look=False) == other
    assert first(None, look=False) is None


def test_it_leaves_what_others_look_at() -> None:
    function, w, descent = lifted()
    descent((X,))
    zero_grad(w)
    with no_grad():
        assert descent((X,)) is None
    with detect_anomaly():
        assert descent((X,)) is None
    with w[0].register_hook(lambda g: g):
        assert descent((X,)) is None
    assert [p.grad for p in w] == [0.0, 0.0]
    assert descent((X,)) == function(X).data


def test_it_leaves_calls_that_are_audited() -> None:
    function, _, descent = lifted()
    found = [descent((X,)) or (function(X) and None) for _ in range(2, 102)]
    assert [n for n, mean in enumerate(found, start=2) if mean is None] == [10, 100]


def test_it_leaves_what_changed() -> None:
    _, w, descent = lifted()
    descent((X,))
    w[1].requires_grad = False
    assert descent((X,)) is None
    w[1].requires_grad = True
    assert descent((X,)) is not None
    w[0] = Value(1.0)
    assert descent((X,)) is None


def test_it_leaves_what_is_not_finite() -> None:
    w = [Value(1.0)]
    _, _, descent = lifted(lambda x: (w[0] * x[0] * x[0]).log())
    samples = np.ones((11, 2))
    samples[3, 0] = 0.0
    assert descent((samples,)) is None
    assert w[0].grad == 0.0


def test_it_leaves_samples_that_decide_otherwise() -> None:
    w = [Value(2.0)]
    function, _, descent = lifted(lambda x: w[0] * x[0] if x[1] > -9.0 else w[0])
    assert descent((X,)) == function(X).data
    others = X.copy()
    others[4, 1] = -10.0
    assert descent((others,)) is None
    assert descent((others,), look=False) is None
    assert descent((X,), look=False) == function(X).data


def test_it_leaves_what_captured_numbers_decide_otherwise() -> None:
    w = [Value(2.0)]
    function, _, descent = lifted(lambda x: w[0] * x[0] if w[0] > 1.0 else w[0] * x[1])
    descent((X,))
    w[0].data = 0.5
    assert descent(None, look=False) is None
    w[0].data = 1.5
    assert descent((X,), look=False) == function(X).data


def test_what_is_not_finite_or_has_no_parameters_is_left_to_a_sweep() -> None:
    w = Value(1.0)
    function, _, descent = lifted(lambda x: w * x[0].exp())
    assert descent.measure((X,)) == function(X).data
    large = np.full((11, 2), 900.0)
    assert descent.measure((large,)) is None
    assert descent((large,)) is None
    assert w.grad == 0.0
    _, _, descent = lifted(lambda x: x[0] * x[1])
    assert descent((X,)) is None


def test_more_samples_than_a_block_are_left_to_a_sweep(monkeypatch) -> None:
    function, w, descent = lifted()
    monkeypatch.setattr(function._shown.executable.blocks, "size", 10)
    swept(function, w, X)
    zero_grad(w)
    assert descent((X,)) is None
    assert [p.grad for p in w] == [0.0, 0.0]
    mean = function(X[:10]).data
    assert descent((X[:10],)) == mean
