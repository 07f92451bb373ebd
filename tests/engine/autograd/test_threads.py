"""Threads that share leaves: each gets its own derivatives, and what all add to a grad arrives."""

import sys
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import engine
from engine import Value

WEIGHTS = [0.1 * i - 0.3 for i in range(6)]
POINTS = np.random.default_rng(0).normal(size=(8, 25, 6)).tolist()


@pytest.fixture(autouse=True)
def _threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def loss(weights, xs):
    return engine.sum([engine.tanh(w * x) for w, x in zip(weights, xs, strict=True)])


def derivatives(xs) -> np.ndarray:
    return (1.0 - np.tanh(np.multiply(WEIGHTS, xs)) ** 2) * xs


def run(work: Callable[[int], None]) -> None:
    """The work of 8 threads; the first error of any of them is raised."""
    start, errors = threading.Barrier(8), []

    def one(k: int) -> None:
        start.wait()
        try:
            work(k)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _hand_made(weights, xs):
    y = loss(weights, xs)
    out = Value(y.data, (y,), "same")

    def backward():
        y.grad += out.grad

    out._backward = backward
    return out


WAYS = {
    "gradients": lambda weights, xs: engine.gradients(loss(weights, xs), weights),
    "gradients as graphs": lambda weights, xs: [
        g.data for g in engine.gradients(loss(weights, xs), weights, create_graph=True)
    ],
    "through a _backward function": lambda weights, xs: engine.gradients(_hand_made(weights, xs), weights),
    "gradients of a shared root": lambda weights, xs: engine.gradients(SHARED, LEAVES),
    "grad": lambda weights, xs: engine.grad(lambda xs: loss(weights, xs))(xs),
    "vjp": lambda weights, xs: engine.vjp(lambda ws: loss(ws, xs), weights)[1](1.0)[0],
    "a lifted function": lambda weights, xs: engine.gradients(engine.jit(loss)(weights, xs), weights),
}
LEAVES = [Value(w) for w in WEIGHTS]
SHARED = loss(LEAVES, POINTS[0][0])
EXPECTED = {
    "gradients of a shared root": lambda xs: derivatives(POINTS[0][0]),
    "grad": lambda xs: (1.0 - np.tanh(np.multiply(WEIGHTS, xs)) ** 2) * WEIGHTS,
}


@pytest.mark.parametrize("name", WAYS)
def test_each_thread_gets_its_own_derivatives(name) -> None:
    weights = [Value(w) for w in WEIGHTS]
    for w in weights:
        w.grad = 0.5
    count = 4 if name == "a lifted function" else 25

    def work(k):
        for xs in POINTS[k][:count]:
            found = WAYS[name](weights, xs)
            assert np.allclose(found, EXPECTED.get(name, derivatives)(xs), rtol=1e-11, atol=1e-14)
            if name != "through a _backward function":  # which needs the grad meanwhile
                assert [w.grad for w in weights] == [0.5] * 6

    run(work)
    assert [w.grad for w in weights] == [0.5] * 6


def test_what_threads_send_back_to_shared_leaves_adds_up() -> None:
    weights = [Value(w) for w in WEIGHTS]
    run(lambda k: [loss(weights, xs).backward() for xs in POINTS[k]])
    total = sum(derivatives(xs) for points in POINTS for xs in points)
    assert np.allclose([w.grad for w in weights], total, rtol=1e-11, atol=1e-12)
