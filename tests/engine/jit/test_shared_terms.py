"""Programs in which a few numbers are read over and over: sums, products and penalties that share terms.

Drawn from seeds: every operand is one of the last few results, a parameter or an input, so that terms repeat,
kinds mix within a sum, and what is the same for all samples stands beside what is not.
"""

import random

import numpy as np
import pytest

import engine
from engine import Value, jit
from tests.engine.jit.forms import assert_agrees, forced

SEEDS = [*range(1, 31), 1016, 1450, 1578, 1689, 100212]


def draw(rng: random.Random):
    """A function of a list of inputs, the Values that it captured, and how many inputs it takes."""
    weights = [Value(rng.uniform(-1.5, 1.5)) for _ in range(rng.randint(1, 7))]
    for w in weights:
        w.requires_grad = rng.random() > 0.15
    seed, inputs, outputs = rng.random(), rng.randint(1, 4), rng.choice([1, 1, 2, 3])
    steps = rng.randint(2, 14)

    def f(xs):
        rng = random.Random(seed)
        pool = [*weights, *xs]
        for _ in range(steps):
            value = _step(rng, pool, weights, xs)
            if rng.random() < 0.5:
                value = value.tanh() if rng.random() < 0.5 else value * 0.5
            pool.append(value)
        return pool[-1] if outputs == 1 else pool[-outputs:]

    return f, weights, inputs


def _step(rng, pool, weights, xs):
    def one():
        return rng.choice(pool[-8:]) if rng.random() < 0.6 else rng.choice(pool)

    def some(n):
        return [one() for _ in range(n)]

    n = rng.randint(1, 9)
    step = rng.choice(STEPS)
    return step(rng, one, some, n, weights, xs)


def _neurons(rng, one, some, n, weights, xs):
    turned = [weights[i:] + weights[:i] for i in range(len(weights))]
    sums = [sum((w * x for w, x in zip(row, 2 * xs, strict=False)), row[0]) for row in turned]
    hidden = [engine.sigmoid(each) for each in sums]
    return engine.dot(hidden, some(len(hidden)))


def _twice(rng, one, some, n, weights, xs):
    d = one()
    return d * d + d * d + engine.sum([d * d] * n)


STEPS = (
    lambda rng, one, some, n, weights, xs: one() + one(),
    lambda rng, one, some, n, weights, xs: one() - one(),
    lambda rng, one, some, n, weights, xs: one() * one(),
    lambda rng, one, some, n, weights, xs: rng.choice([0.5, -2.0, 3.0, 0.0, 1.0]) * one(),
    lambda rng, one, some, n, weights, xs: one() + rng.choice([0.0, 1.0, -1.0, 0.25]),
    lambda rng, one, some, n, weights, xs: one() / rng.choice([2.0, -4.0, 3.0]),
    lambda rng, one, some, n, weights, xs: -one(),
    lambda rng, one, some, n, weights, xs: one() ** rng.choice([2, 3]),
    lambda rng, one, some, n, weights, xs: engine.tanh(one()),
    lambda rng, one, some, n, weights, xs: engine.sum(some(n)),
    lambda rng, one, some, n, weights, xs: engine.dot(some(n), some(n)),
    lambda rng, one, some, n, weights, xs: engine.mean([one() * one() for _ in range(n)]),
    lambda rng, one, some, n, weights, xs: engine.mean([one() - one() for _ in range(n)]),
    lambda rng, one, some, n, weights, xs: engine.max(some(n)),
    lambda rng, one, some, n, weights, xs: engine.prod(some(n)),
    lambda rng, one, some, n, weights, xs: engine.logsumexp(some(n)),
    lambda rng, one, some, n, weights, xs: engine.log_softmax(some(n))[0],
    lambda rng, one, some, n, weights, xs: engine.where(engine.greater(one(), 0.1), one(), one()),
    lambda rng, one, some, n, weights, xs: sum(w * x for w, x in zip(weights, 3 * xs, strict=False)),
    lambda rng, one, some, n, weights, xs: sum(0.01 * w * w for w in weights),
    _neurons,
    _twice,
)


@pytest.mark.parametrize("seed", SEEDS)
def test_lifted_programs_are_the_engines(seed) -> None:
    rng = random.Random(seed)
    f, weights, inputs = draw(rng)
    xs = [Value(0.0) for _ in range(inputs)]
    for form in ("arrays", "scalars"):
        with forced(form):
            lifted = jit(f)
            for _ in range(2):
                for value in [*weights, *xs]:
                    value.data = rng.uniform(-1.5, 1.5)
                assert_agrees(f, [*weights, *xs], xs, lifted=lifted, rel=1e-11)
    X = np.array([[rng.uniform(-1.0, 1.0) for _ in xs] for _ in range(rng.choice([1, 3, 5]))])

    def by_engine(X):
        results = [f([Value(x) for x in row]) for row in X.tolist()]
        if not isinstance(results[0], list):
            return engine.mean(results)
        return [engine.mean(column) for column in zip(*results, strict=True)]

    lifted = jit(lambda xs: f(list(xs)), batch=True)
    assert_agrees(by_engine, weights, X, lifted=lifted, rel=1e-11)
    lifted._shown.executable.block = 2
    assert_agrees(by_engine, weights, X, lifted=lifted, rel=1e-11)
