"""Less usual programs: fixed beside per sample, several products at once, results that are captured."""

from collections import namedtuple

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap, where
from engine.jit.pipeline import Lifted
from tests.engine.jit.forms import forced

Pair = namedtuple("Pair", "first second")


def table(rows: int, columns: int, seed: int) -> list[list[Value]]:
    numbers = np.random.default_rng(seed).normal(size=(rows, columns))
    return [[Value(x) for x in row] for row in numbers.tolist()]


W, U, ROW = table(3, 2, 0), table(4, 3, 1), table(1, 3, 2)[0]
ALL = [v for matrix in (W, U, [ROW]) for row in matrix for v in row]


def linear(matrix, x):
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]


BATCHED = {
    "a weight among inputs in a maximum": lambda x: engine.max([x[0], ROW[0], x[1]]),
    "a weight among inputs in a logsumexp": lambda x: engine.logsumexp([x[0], ROW[0], ROW[1], 0.5]),
    "weights and inputs in one sum": lambda x: engine.sum([x[0], ROW[0], x[1], ROW[1], x[2]]).tanh(),
    "one matrix on several positions": lambda x: engine.sum(
        [h.tanh() for part in (x[0:2], x[2:4]) for h in linear(W, part)]
    ),
    "two matrices on positions of their own": lambda x: engine.sum(
        [a.tanh() * b.tanh() for a, b in zip(linear(W, x[0:2]), linear(U[:3], x[1:4]), strict=True)]
    ),
    "layers of different width side by side": lambda x: engine.sum(
        [h.tanh() for h in linear(W, x[0:2])] + [h.tanh() for h in linear(U, x[1:4])]
    ),
    "products of what is per sample": lambda x: engine.sum(
        [sum(a * b for a, b in zip(x[i : i + 2], x[1:3], strict=True)).exp() for i in range(3)]
    ),
    "a fixed part computed once": lambda x: x[0] * engine.sum([w * w for w in ROW]).sqrt() + ROW[0] ** 3,
    "a number for all samples": lambda x: where(engine.greater(x[0], 1e9), x[1], 2.5),
    "a weight alone": lambda x: ROW[0] + 0.0 * x[0],
    "the same input twice": lambda x: engine.sum([x[0], x[0], x[0], x[0], x[1]]) ** 2,
    "overlapping windows": lambda x: engine.sum(
        [sum(w * xi for w, xi in zip(ROW[:2], x[i : i + 2], strict=True)).tanh() for i in range(3)]
    ),
}


@pytest.mark.parametrize("name", BATCHED)
def test_a_batch_is_the_mean_of_its_samples(name) -> None:
    f = BATCHED[name]
    X = np.random.default_rng(3).normal(size=(7, 4))
    lifted = jit(f, batch=True)(X)
    engine.zero_grad(ALL)
    lifted.backward()
    gradients = [v.grad for v in ALL]
    engine.zero_grad(ALL)
    plain = engine.mean([f([Value(number) for number in row]) for row in X.tolist()])
    plain.backward()
    assert lifted.data == pytest.approx(plain.data, rel=1e-13)
    assert gradients == pytest.approx([v.grad for v in ALL], rel=1e-12, abs=1e-14)
    assert vmap(f)(X) == pytest.approx([f([Value(x) for x in row]).data for row in X.tolist()], rel=1e-13)


def test_a_result_computed_outside_is_captured_with_all_below_it() -> None:
    w = Value(0.5)
    outside = (w * 3.0).exp()
    lifted = jit(lambda x: (outside * x).tanh() + outside)
    lifted(0.2).backward()
    gradient, w.grad = w.grad, 0.0
    ((outside * 0.2).tanh() + outside).backward()
    assert gradient == pytest.approx(w.grad, rel=1e-14)


def test_a_frozen_result_that_is_returned_needs_no_program() -> None:
    w = Value(2.0)
    assert jit(lambda: w)().data == 2.0
    result = jit(lambda: [w, engine.sum([1.0, 2.0]), w * 2.0])()
    assert [getattr(item, "data", item) for item in result] == [2.0, 3.0, 4.0]


def test_vmap_keeps_the_zero_rule_sample_by_sample() -> None:
    slope = vmap(engine.value_and_grad(lambda x: where(engine.greater(x, 0.0), engine.log(x), 0.0)))
    values, slopes = slope(np.array([-1.0, 0.0, 2.0]))
    assert values.tolist() == pytest.approx([0.0, 0.0, np.log(2.0)])
    assert slopes.tolist() == [0.0, 0.0, 0.5]


def test_vmap_gives_results_nested_as_the_function_does() -> None:
    mapped = vmap(lambda x: {"pair": Pair(x, [2.0 * x, "text"]), "array": np.array([x, x * x], dtype=object)})
    found = mapped(np.array([1.0, 3.0]))
    assert found["pair"].first.tolist() == [1.0, 3.0]
    assert found["pair"].second[0].tolist() == [2.0, 6.0]
    assert found["pair"].second[1] == "text"
    assert found["array"].tolist() == [[1.0, 1.0], [3.0, 9.0]]


def test_a_batch_without_samples_of_numbers_is_refused() -> None:
    with pytest.raises(TypeError, match="leading axis"):
        jit(lambda text: Value(1.0), batch=True)("text")


def test_values_and_operators_from_an_iterator_outside_come_one_after_the_other() -> None:
    turn, operators = iter(ROW), iter([engine.exp, engine.tanh])
    for f, expected in (
        (lambda x: next(turn) * 2.0 + x, [each.data * 2.0 + 1.5 for each in ROW[:2]]),
        (lambda x: next(operators)(x), [np.exp(1.5), np.tanh(1.5)]),
    ):
        lifted = jit(f)
        with pytest.warns(RuntimeWarning, match="of which each item comes once"):
            assert [lifted(1.5).data for _ in range(2)] == pytest.approx(expected)


@pytest.mark.parametrize("batch", [False, True])
def test_gradients_of_arguments_and_frozen_weights(monkeypatch, batch) -> None:
    monkeypatch.setattr(Lifted, "_quickest", lambda self, batched: ("arrays", {}))
    frozen, free, x = Value(2.0), Value(3.0), [Value(0.5), Value(-1.5)]
    frozen.requires_grad = False
    f = jit(lambda a: (frozen * a * free).sin(), batch=batch)
    result = f(np.array(x, dtype=object)) if batch else f(x[0])
    result.backward()
    slope = [6.0 * np.cos(6.0 * v.data) for v in x]
    assert x[0].grad == pytest.approx(slope[0] / (2 if batch else 1), rel=1e-12)
    used = x if batch else x[:1]
    expected = sum(2.0 * v.data * np.cos(6.0 * v.data) for v in used) / len(used)
    assert free.grad == pytest.approx(expected, rel=1e-12)
    assert frozen.grad == 0.0


def test_the_file_of_its_own_holds_rows_of_ones_constants_and_numbers() -> None:
    biases = [Value(0.3), Value(-0.2), Value(0.1)]
    f = jit(
        lambda x: [
            engine.sum(
                [
                    h * h
                    for h in linear(
                        [[Value(1.0)] * 3],
                        [(z + b).tanh() for z, b in zip(linear(W, x), biases, strict=True)],
                    )
                ]
            )
            + engine.max([x[0], 0.25, -np.inf]),
            engine.sum([1.0, 2.0]) + 0.0 * x[1],
        ],
        batch=True,
    )
    X = np.random.default_rng(4).normal(size=(5, 2))
    results = f(X)
    namespace: dict[str, object] = {}
    exec(f.to_numpy_source(), namespace)  # noqa: S102  # written by the lifter
    values, _ = namespace["value_and_grad"](X)
    assert values == pytest.approx([result.data for result in results], rel=1e-13)


def test_long_programs_are_shown_in_part() -> None:
    xs = [Value(float(i)) for i in range(120)]
    f = jit(lambda: engine.sum([(x.sin() * x).tanh() for x in xs]) + 1.0)
    f()
    f._shown.canonical  # noqa: B018
    assert "more" in f.stages["canonical form"]
    mapped = vmap(lambda x: x.exp() + 2.0)
    mapped([1.0, 2.0])
    assert "per sample" in mapped.stages["layout"]


@pytest.mark.parametrize("form", ["arrays", "numpy"])
@pytest.mark.parametrize("n", [-1.0, -0.5, 0.5, -3.0])
def test_powers_of_negative_zero_decide_as_eager(form, n) -> None:
    numbers = [-0.0, 1.0, 2.0, 4.0, -0.0, 3.0]

    def f(xs):
        pairs = zip(xs, xs[1:] + xs[:1], strict=True)
        return sum(where(x**n > 1.5, 2.0 * k, 3.0 * k * w) for k, (x, w) in enumerate(pairs))

    def gradients(g, xs):
        xs = [Value(x) for x in xs]
        found = g(xs)
        found.backward()
        return [found.data, *(x.grad for x in xs)]

    with forced(form):
        lifted = jit(f, audit=False)
        gradients(lifted, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
        assert gradients(lifted, numbers) == pytest.approx(gradients(f, numbers))
