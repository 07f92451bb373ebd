"""Many samples go through a program in blocks, and no number depends on how many these are."""

import numpy as np
import pytest

import engine
from engine import Value, jit, no_grad, vmap
from tests.engine.jit.forms import assert_agrees, assert_close, outputs_and_gradients

W = [[Value(x) for x in row] for row in np.random.default_rng(0).normal(size=(3, 2)).tolist()]
WEIGHTS = [w for row in W for w in row]
X = np.random.default_rng(1).normal(size=(23, 2))


def cost(x):
    hidden = [engine.tanh(engine.dot(w, list(x))) for w in W]
    return engine.sum([h * h for h in hidden]) + engine.exp(W[0][0])


def by_engine(X):
    return engine.mean([cost(row) for row in X.tolist()])


@pytest.mark.parametrize("block", [1, 2, 7, 22, 23, 24, 1000])
def test_blocks_do_not_change_the_mean_nor_its_gradient(block) -> None:
    lifted = jit(cost, batch=True)
    lifted(X[:2])
    lifted._shown.executable.blocks.size = block
    assert_agrees(by_engine, WEIGHTS, X, lifted=lifted)
    assert_agrees(by_engine, WEIGHTS, X[:5], lifted=lifted)


@pytest.mark.parametrize("block", [1, 4, 23, 100])
def test_blocks_do_not_change_what_is_mapped(block) -> None:
    mapped = vmap(cost)
    with no_grad():
        mapped(X[:1])
    mapped._shown.executable.blocks.size = block
    for n in (23, 1, 6):
        with no_grad():  # otherwise the captured weights ask for Values
            found = mapped(X[:n])
        assert_close(found, [cost(row).data for row in X[:n].tolist()])


@pytest.mark.parametrize("block", [2, 100])
def test_values_among_samples_receive_gradients_in_blocks(block) -> None:
    xs = np.array([[Value(x) for x in row] for row in X[:7].tolist()], dtype=object)
    lifted = jit(cost, batch=True)
    lifted(xs[:1])
    lifted._shown.executable.blocks.size = block
    values = [*WEIGHTS, *xs.ravel().tolist()]
    expected = outputs_and_gradients(lambda: engine.mean([cost(row) for row in xs.tolist()]), values)
    found = outputs_and_gradients(lambda: lifted(xs), values)
    assert_close(found[0], expected[0])
    assert_close(found[1], expected[1])


def test_several_results_have_their_means_in_blocks() -> None:
    lifted = jit(lambda x: (cost(x), W[0][0] * 2.0, x[0]), batch=True)
    lifted(X[:1])
    lifted._shown.executable.blocks.size = 4
    assert_agrees(lambda X: (by_engine(X), W[0][0] * 2.0, Value(X[:, 0].mean())), WEIGHTS, X, lifted=lifted)


@pytest.mark.parametrize("bad", [0, 4, 8, 9])
@pytest.mark.parametrize("block", [1, 3, 4, 100])
@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("ends", [engine.floor, lambda x: 2.0 * x], ids=["masked", "passed on"])
def test_what_is_not_finite_in_any_block_is_seen(block, bad, outputs, ends) -> None:
    """An infinite gradient that ends at a flat operator, which masks, or one that goes on."""

    def f(x):
        first = engine.sqrt(ends(x * W[0][0] + 0.0 * W[1][0])) + W[0][1] * x
        return first if outputs == 1 else (first, W[0][1] * x)

    numbers = np.linspace(1.0, 2.0, 10) * 20.0 / W[0][0].data
    usual = numbers[:7].copy()
    numbers[bad] = 0.0

    def by_engine(X):
        results = [f(Value(x)) for x in X.tolist()]
        if outputs == 1:
            return engine.mean(results)
        return tuple(engine.mean(column) for column in zip(*results, strict=True))

    lifted = jit(f, batch=True)
    lifted(usual)
    lifted._shown.executable.blocks.size = block
    assert_agrees(by_engine, WEIGHTS, numbers, lifted=lifted)
    assert_agrees(by_engine, WEIGHTS, usual, lifted=lifted)


def test_what_is_fixed_is_computed_and_differentiated_on_the_same_cells() -> None:
    """With more widths of blocks than are kept, the first may be forgotten between the two."""

    def f(x):
        return engine.dot([W[0][0], W[2][1], W[1][0]], [W[1][1], W[0][0], W[2][0]]).tanh() * x[0]

    def by_engine(X):
        return engine.mean([f(row) for row in X.tolist()])

    lifted = jit(f, batch=True)
    lifted(X[:2])

    for block in range(9, 1, -1):
        lifted._shown.executable.blocks.size = block
        assert_agrees(by_engine, WEIGHTS, X, lifted=lifted)
