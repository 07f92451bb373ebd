"""Gradients where an operand is repeated: what is fixed beside what is per sample, and equal terms."""

import runpy

import numpy as np
import pytest

import engine
from engine import Value, jit, where
from tests.engine.jit.forms import FORMS, assert_agrees, forced

W, V, U = Value(0.5), Value(-1.0), Value(0.3)
VALUES = [W, V, U]
X = np.array([1.0, 2.0, 3.0])


def penalised(x):
    loss = (W * x + V).tanh()
    for p in VALUES:
        loss = loss + 0.01 * p * p
    return loss


def twice(x):
    d = W * x
    return engine.exp(d * d + d * d) + d


PROGRAMS = {
    "a product of what is fixed": lambda x: W * W + x,
    "a number times what is fixed": lambda x: 0.3 * W + x,
    "products of what is fixed": lambda x: W * x + W * V + V * U + U * W + W * W + V * V,
    "numbers times what is fixed": lambda x: x + 0.1 * W + 0.2 * V + 0.3 * U + 0.4 * W * V,
    "less what is fixed": lambda x: x * U - W * V - 0.5 * W,
    "penalties one by one": penalised,
    "penalties in a sum": lambda x: W * x + engine.sum([0.01 * p * p for p in VALUES]),
    "penalties in a dot": lambda x: W * x + 0.01 * engine.dot(VALUES, VALUES),
    "sums of members of one form": lambda x: engine.sum([a * b + c * x for a, b, c in _THREES]),
    "members beside numbers": lambda x: engine.sum([(0.1 * i) * W + V * x for i in range(1, 5)]),
    "a choice by what is fixed": lambda x: where(engine.greater(W, 0.0), V, x) + x,
    "what is fixed in a maximum": lambda x: engine.maximum(W, x) + engine.minimum(x, V),
    "what is fixed as an exponent": lambda x: x**W + W**x + W / x + x / W,
    "a product twice": lambda x: twice(x),
    "nothing but a product twice": lambda x: (W * x) * (W * x) + (W * x) * (W * x),
    "one value's square twice": lambda x: (lambda d: d * d + d * d)(W * x),
    "a square five times": lambda x: (lambda d: engine.sum([d * d] * 5))(W * x),
    "a product five times": lambda x: (lambda d, e: engine.sum([d * e] * 5) + d)(W * x, V + x),
    "a product both ways": lambda x: (lambda d, e: d * e + e * d + d * e)(W * x, V + x),
    "a fixed square many times": lambda x: x + engine.sum([W * W] * 5) + engine.dot([V] * 4, [V] * 4),
    "a term many times": lambda x: engine.sum([W * x] * 6) + engine.sum([W] * 6) + engine.sum([x] * 6),
    "members that are one product": lambda x: engine.exp(W * x) + engine.exp(x * W),
    "powers of members": lambda x: engine.sum([(W * x + i) * (W * x + i) for i in range(5)]),
    "what is fixed gathered by what is fixed and by what is not": lambda x: (
        engine.dot([W, U, W, V], [V, W, x, U]) + engine.dot([W, U, W, V], [U, V, W, W]) * x
    ),
    "penalties beside neurons that read them in another order": lambda x: (
        engine.sum(
            [
                engine.sigmoid(sum((w * x for w in each), each[0]))
                for each in ((W, U, V), (U, V, W), (V, W, U))
            ]
        )
        + sum(0.01 * p * p for p in (W, U, V))
    ),
    "a sum of what is fixed before products": lambda x: engine.mean(
        [W * V, U * W, V * V, W * W, x * U, W * x, x * V, U * U]
    ),
    "many terms of three kinds": lambda x: engine.sum([W, V, x * U, W, U, x * W, V, x * V, x, U * x * x]),
    "one matrix product and penalties": lambda x: engine.sum(
        [engine.dot([W, V], [x, x * x]) + 0.5 * U * U, engine.dot([V, U], [x, x * x]) + 0.5 * W * W]
    ),
}
_THREES = [(W, V, U), (V, U, W), (U, W, V)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_means_over_samples_have_the_engines_gradients(name) -> None:
    f = PROGRAMS[name]
    lifted = jit(f, batch=True)
    assert_agrees(lambda X: engine.mean([f(Value(x)) for x in X.tolist()]), VALUES, X, lifted=lifted)
    lifted._shown.executable.blocks.size = 2
    assert_agrees(lambda X: engine.mean([f(Value(x)) for x in X.tolist()]), VALUES, X, lifted=lifted)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_one_sample_and_a_loop_over_samples_have_the_engines_gradients(name, form) -> None:
    f = PROGRAMS[name]
    x = Value(1.5)
    with forced(form):
        assert_agrees(f, [*VALUES, x], x)
        assert_agrees(lambda X: engine.sum([f(x) for x in X]), VALUES, X)
        assert_agrees(lambda X: [f(x) for x in X], VALUES, X)


def test_a_product_that_occurs_twice() -> None:
    W.grad = 0.0
    jit(twice, batch=True)([1.0, 2.0]).backward()
    derivative = np.mean([4 * 0.5 * x * x * np.exp(2 * (0.5 * x) ** 2) + x for x in (1.0, 2.0)])
    assert W.grad == pytest.approx(derivative, rel=1e-13)  # 32.7
    W.grad = 0.0


def test_a_square_of_what_is_fixed_beside_a_sample() -> None:
    W.grad = 0.0
    jit(lambda x: W * W + x, batch=True)(X).backward()
    assert W.grad == 1.0
    W.grad = 0.0


@pytest.mark.parametrize("form", FORMS)
def test_a_view_that_runs_backwards_out_of_a_group_is_not_the_group(form) -> None:
    """The sum of K² + b² and s² reads a cell of each of two groups, from the later one to the earlier."""
    s, K, b = Value(-0.2), Value(0.87), Value(0.03)

    def f(x, y, t):
        x, y = x * K + b, y * K + b
        first = sum([0.01 * sum([K * K, b * b]), 0.01 * sum([s * s])], y)
        second = sum([(x - t) ** 2, (y - t) ** 2]) / 2.0
        return first, sum([engine.sqrt(sum([s * s]) + 0.1)], second)

    with forced(form):
        assert_agrees(f, [s, K, b], 0.0, -1.0, 0.25)


@pytest.mark.parametrize("form", FORMS)
def test_products_with_a_sign_and_tables_of_numbers(form) -> None:
    weights = [[Value(0.3 * i - 0.2 * j) for i in range(3)] for j in range(3)]

    def signed(x, y):
        points = [[x, y, x * y], [y, x, 1.5 * x], [x + y, y * y, x]]
        sums = [-engine.dot(w, point) for w in weights for point in points]
        return engine.sum([engine.tanh(each) for each in sums])

    def looked_up(x, y):
        labels = [0, 2, 1]
        return engine.sum(
            [engine.take([1.0, 2.0, 4.0], i) * x * W + engine.take([x, y, W], i) for i in labels]
        )

    with forced(form):
        for f in (signed, looked_up):
            assert_agrees(f, [w for row in weights for w in row] if f is signed else VALUES, 0.5, -1.5)


@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_of_ones_through_a_relu_is_a_number_and_no_truth_value(form) -> None:
    xs = [Value(x) for x in np.linspace(-1.0, 2.0, 8).tolist()]

    def kinked():
        return engine.sum([engine.relu(1.0 - engine.relu(x)) for x in xs])

    def taken_away():
        first = [engine.relu(x) for x in xs]
        later = [engine.relu(x + engine.floor(y)) for x, y in zip(xs, first, strict=True)]
        return engine.sum(first) - engine.sum(later)

    with forced(form):
        assert_agrees(kinked, xs)
        assert_agrees(taken_away, xs)
        assert_agrees(lambda: -taken_away(), xs)


def test_a_file_takes_the_gradient_of_a_relu_away(tmp_path) -> None:
    lifted = jit(lambda *xs: engine.sum([engine.relu(1.0 - engine.relu(x)) for x in xs]))
    lifted(*np.linspace(-1.0, 2.0, 8).tolist())
    path = tmp_path / "kinked.py"
    path.write_text(lifted.to_numpy_source(), encoding="utf-8")
    _, (_, gradient) = runpy.run_path(str(path))["value_and_grad"](*[-0.5] * 4, *[0.5] * 4)
    assert gradient.tolist() == [0.0] * 4 + [-1.0] * 4
