"""What people write in loops: layers, attention, recurrent networks and the like, lifted as they stand."""

import random
from itertools import cycle, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Value, jit, take
from tests.engine.jit.forms import FORMS, assert_agrees, assert_close, forced
from tests.sampling import THOROUGH, samples

pytestmark = pytest.mark.unmeasured

ORDERS = {
    "w*x": lambda ws, xs, b: sum((w * x for w, x in zip(ws, xs, strict=True)), b),
    "x*w": lambda ws, xs, b: sum((x * w for w, x in zip(ws, xs, strict=True)), b),
    "bias last": lambda ws, xs, b: sum(w * x for w, x in zip(ws, xs, strict=True)) + b,
    "no bias": lambda ws, xs, b: sum(w * x for w, x in zip(ws, xs, strict=True)),
    "scaled": lambda ws, xs, b: sum(0.5 * w * x - b for w, x in zip(ws, xs, strict=True)) / 3.0,
    "negated": lambda ws, xs, b: b - sum(-w * x for w, x in zip(ws, xs, strict=True)),
    "engine.dot": lambda ws, xs, b: engine.dot(ws, xs) + b,
    "engine.sum": lambda ws, xs, b: engine.sum([*(w * x for w, x in zip(ws, xs, strict=True)), b]),
    "bias inside": lambda ws, xs, b: engine.dot([*ws, b], [*xs, 1.0]),
}
"""The ways to write the sum of a neuron."""

ACTIVATIONS = (engine.tanh, engine.relu, engine.sigmoid, engine.silu, lambda z: z)


def matrix(rows: int, columns: int, seed: int) -> list[list[Value]]:
    rng = np.random.default_rng(seed)
    return [[Value(x) for x in row] for row in rng.normal(0.0, 0.7, (rows, columns)).tolist()]


def flat(*tables: list) -> list[Value]:
    return [x for table in tables for row in table for x in (row if isinstance(row, list) else [row])]


def assert_lifts(f, values, *args, rel: float = 1e-12) -> None:
    """In every form, lifted together with its second set of numbers."""
    for form in FORMS:
        with forced(form):
            lifted = assert_agrees(f, values, *args, rel=rel)
            for value in values:
                value.data = 0.8 * value.data + 0.05
            assert_agrees(f, values, *args, lifted=lifted, rel=rel)


@settings(max_examples=samples(8, 75))
@given(
    st.sampled_from(sorted(ORDERS)),
    st.sampled_from(sorted(ORDERS)),
    st.sampled_from(ACTIVATIONS),
    st.tuples(*[st.integers(1, 5)] * 4),
    st.booleans(),
    st.integers(0, 100),
)
def test_networks_over_samples(first, second, activation, sizes, neuron_outside, seed) -> None:
    n_in, n_hidden, n_out, samples = sizes
    W1, W2 = matrix(n_hidden, n_in + 1, seed), matrix(n_out, n_hidden + 1, seed + 1)
    X = np.random.default_rng(seed + 2).normal(size=(samples, n_in)).tolist()

    def layer(W, xs, order):
        return [order(row[:-1], xs, row[-1]) for row in W]

    def f(X):
        if neuron_outside and n_out == 1:
            hidden = [
                [activation(ORDERS[first](row[:-1], xs, row[-1])) for xs in X] for row in W1
            ]  # neurons over samples
            outputs = [layer(W2, list(xs), ORDERS[second]) for xs in zip(*hidden, strict=True)]
        else:
            outputs = [
                layer(W2, [activation(z) for z in layer(W1, xs, ORDERS[first])], ORDERS[second]) for xs in X
            ]
        return engine.mean([(y - 0.3) ** 2 for ys in outputs for y in ys])

    assert_lifts(f, flat(W1, W2), X)
    assert_agrees(f, flat(W1, W2), X, lifted=lambda X: jit(lambda xs: f([list(xs)]), batch=True)(np.array(X)))


def softmax(xs):
    top = engine.max(xs)
    exps = [engine.exp(x - top) for x in xs]
    total = sum(exps)
    return [e / total for e in exps]


@pytest.mark.parametrize("norm", [softmax, engine.softmax])
@pytest.mark.parametrize(
    ("length", "heads", "causal"), [(1, 1, True), (4, 2, True), (5, 3, False), (3, 1, False)]
)
def test_attention_heads_over_positions(norm, length, heads, causal) -> None:
    width, head = 2 * heads, 2
    Q, K, V, M = (matrix(width, width, seed) for seed in range(4))
    X = np.random.default_rng(9).normal(size=(length, width)).tolist()

    def apply(W, x):
        return [sum(w * v for w, v in zip(row, x, strict=True)) for row in W]

    def f(X):
        keys, values, outputs = [], [], []
        for x in X:
            scale = (sum(v * v for v in x) / width + 1e-5) ** -0.5  # rmsnorm
            keys.append(apply(K, [v * scale for v in x]))
            values.append(apply(V, [v * scale for v in x]))
        for position, x in enumerate(X):
            q, mixed = apply(Q, x), []
            seen = position + 1 if causal else length
            for h in range(heads):
                part = slice(h * head, h * head + head)
                logits = [
                    sum(a * b for a, b in zip(q[part], keys[t][part], strict=True)) / head**0.5
                    for t in range(seen)
                ]
                weights = norm(logits)
                mixed += [sum(weights[t] * values[t][part][j] for t in range(seen)) for j in range(head)]
            outputs.append([a + b for a, b in zip(apply(M, mixed), x, strict=True)])  # residual
        return engine.mean([engine.tanh(y) for ys in outputs for y in ys])

    assert_lifts(f, flat(Q, K, V, M), X)


@pytest.mark.parametrize("loss", ["log_softmax", "logsumexp", "softmax", "log of softmax"])
@pytest.mark.parametrize("groups", [1, 3])
def test_classes_in_groups(loss, groups) -> None:
    Z = matrix(groups, 4, 0)

    def one(z, t):
        if loss == "log_softmax":
            return -take(engine.log_softmax(z), t)
        if loss == "logsumexp":
            return engine.logsumexp(z) - take(z, t)
        if loss == "softmax":
            return -engine.log(take(engine.softmax(z), t))
        return -engine.log(take(softmax(z), t))

    def f(targets):
        return engine.mean([one(z, t) for z, t in zip(Z, targets, strict=True)])

    for targets in ([2, 0, 3][:groups], [0, 0, 1][:groups], [-1, -2, 1][:groups]):
        assert_lifts(f, flat(Z), targets)


@pytest.mark.parametrize("function", [engine.max, engine.min])
@pytest.mark.parametrize(
    "rows", [[[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], [[0.0, -0.0, 0.0]], [[1.0, 2.0, 3.0]] * 3]
)
def test_ties_share_the_gradient(function, rows) -> None:
    table = [[Value(x) for x in row] for row in rows]
    for form in FORMS:
        with forced(form):
            assert_agrees(
                lambda table: engine.sum([(i + 1.0) * function(row) for i, row in enumerate(table)]),
                flat(table), table,
            )  # fmt: skip


def test_pairwise_ties_share_the_gradient() -> None:
    a, b = [Value(x) for x in (1.0, 2.0, 0.0)], [Value(x) for x in (1.0, 1.0, 0.5)]

    def f(a, b):
        pairs = zip(a, b, strict=True)
        return [2.0 * engine.maximum(x, y) + 3.0 * engine.minimum(x, 1.0) for x, y in pairs]

    for form in FORMS:
        with forced(form):
            assert_agrees(f, [*a, *b], a, b)


@pytest.mark.parametrize("tokens", [[0], [3, 1, 3, 0], [2, 2, 2]])
def test_embeddings_take_rows(tokens) -> None:
    table, W = matrix(4, 3, 0), matrix(2, 3, 1)

    def f(tokens):
        rows = [take(table, t) for t in tokens]
        return engine.mean([engine.tanh(engine.dot(w, row)) for row in rows for w in W])

    assert_lifts(f, flat(table, W), tokens)


def test_one_trace_serves_every_token() -> None:
    table = matrix(5, 2, 0)
    f = jit(lambda tokens: engine.sum([x * (i + 1.0) for t in tokens for i, x in enumerate(take(table, t))]))
    rng = random.Random(0)
    for _ in range(5):
        tokens = [rng.randrange(5) for _ in range(3)]
        expected = sum(x.data * (i + 1.0) for t in tokens for i, x in enumerate(table[t]))
        assert f(tokens).data == pytest.approx(expected, rel=1e-14)
    assert f.traces == 1


def matmul(A, B):
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*B, strict=True)] for row in A
    ]


def transpose(A):
    return [list(row) for row in zip(*A, strict=True)]


def total(A):
    return engine.sum([engine.sin(x) for row in A for x in row])


EXPRESSIONS = {
    "a product": lambda A, B, C: matmul(A, B),
    "a product of products": lambda A, B, C: matmul(matmul(A, C), B),
    "a weight used twice": lambda A, B, C: matmul(matmul(A, C), C),
    "a weight and its transpose": lambda A, B, C: matmul(matmul(A, C), transpose(C)),
    "a matrix times itself": lambda A, B, C: matmul(C, C),
    "a Gram matrix": lambda A, B, C: matmul(A, transpose(A)),
    "row sums": lambda A, B, C: [[sum(row)] for row in A],
    "column sums": lambda A, B, C: [[sum(column)] for column in zip(*A, strict=True)],
    "row means": lambda A, B, C: [[engine.mean(row)] for row in A],
    "column means taken off": lambda A, B, C: transpose(
        [[x - engine.mean(list(column)) for x in column] for column in zip(*A, strict=True)]
    ),
    "an outer product": lambda A, B, C: [[x * y for y in B[0]] for x in A[0]],
    "an outer sum": lambda A, B, C: [[x + y for y in B[0]] for x in A[0]],
    "a trace": lambda A, B, C: [[sum(C[i][i] for i in range(len(C)))]],
    "an upper triangle": lambda A, B, C: [[C[i][j] * 2.0 for j in range(i, len(C))] for i in range(len(C))],
    "a product of a triangle": lambda A, B, C: [
        [sum(A[i][k] * B[k][j] for k in range(min(i, j) + 1) if k < len(B)) for j in range(len(B[0]))]
        for i in range(len(A))
    ],
    "a convolution": lambda A, B, C: [
        [sum(row[i + k] * A[0][k] for k in range(2)) for i in range(len(row) - 1)] for row in B
    ],
    "a convolution in two dimensions": lambda A, B, C: [
        [
            engine.relu(sum(C[i + p][j + q] * B[p][q] for p in range(2) for q in range(2)))
            for j in range(len(C) - 1)
        ]
        for i in range(len(C) - 1)
    ],
    "squares": lambda A, B, C: [[x * x for x in row] + [row[0] ** 2 + row[0]] for row in A],
    "cubes": lambda A, B, C: [[x * x * x - x for x in row] for row in A],
    "distances": lambda A, B, C: [
        [sum((x - y) ** 2 for x, y in zip(a, c, strict=True)) for c in C] for a in A
    ],
    "duplicated samples": lambda A, B, C: matmul([A[0], A[0], A[-1], A[0]], B),
    "dead code": lambda A, B, C: (matmul(A, C), matmul(A, B))[1],
    "constants folded": lambda A, B, C: [[x * (2.0 * Value(3.0) + 1.0) + Value(1.0).exp() for x in A[0]]],
    "a row, a column, a part": lambda A, B, C: [A[0], [row[0] for row in B], C[0][1:] + C[1][:1]],
    "reversed": lambda A, B, C: [[x * y for x, y in zip(row, reversed(row), strict=True)] for row in C],
    "a chain along rows": lambda A, B, C: [running(row) for row in C],
    "ragged sums": lambda A, B, C: [[sum(row[: i + 1]) for i in range(len(row))] for row in C],
    "numbers among Values": lambda A, B, C: matmul(
        [[1.0, x, 2.0] for x in A[0]], [B[0][:2], [0.5, 3.0], C[0][:2]]
    ),
    "shared subexpressions": lambda A, B, C: [
        [engine.exp(x) * engine.exp(x) + engine.exp(x) for x in A[0]],
        [engine.exp(x) / (1.0 + engine.exp(x)) for x in A[0]],
    ],
    "a chain of sums with signs": lambda A, B, C: [
        [a - (b - (a - (b - a))) - (-b + (a - (-b))) for a, b in zip(A[0], C[0], strict=True)]
    ],
    "divisions": lambda A, B, C: [[x / (2.0 + y * y) / 3.0 for x, y in zip(A[0], C[0], strict=True)]],
}  # fmt: skip


def running(row):
    found = [row[0]]
    for x in row[1:]:
        found.append(engine.tanh(found[-1] * 0.5 + x))
    return found


SIZES = [(2, 3, 2), (3, 3, 4), (1, 2, 5), (4, 2, 3)]


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("name", "sizes"),
    list(product(EXPRESSIONS, SIZES) if THOROUGH else zip(EXPRESSIONS, cycle(SIZES), strict=False)),
)
def test_matrices(name, sizes) -> None:
    """Of Values that are captured, and once more as arguments, with numbers for the second."""
    rows, inner, columns = sizes
    A, B, C = matrix(rows, inner, 0), matrix(inner, columns, 1), matrix(inner, inner, 2)
    f = EXPRESSIONS[name]
    assert_lifts(lambda: total(f(A, B, C)), flat(A, B, C))
    assert_lifts(lambda A, B, C: total(f(A, B, C)), flat(A, B, C), A, B, C)
    numbers = [[x.data for x in row] for row in B]
    assert_lifts(lambda B: total(f(A, B, C)), flat(A, C), numbers)
    assert_lifts(lambda A, B, C: f(A, B, C), flat(A, B, C), A, B, C)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_recurrent_networks(steps) -> None:
    W, U, b = matrix(3, 3, 0), matrix(3, 2, 1), matrix(1, 3, 2)[0]
    X = np.random.default_rng(0).normal(size=(steps, 2)).tolist()

    def f(X):
        h = [Value(0.0)] * 3
        for x in X:
            h = [
                engine.tanh(engine.dot(w, h) + sum(a * c for a, c in zip(u, x, strict=True)) + bias)
                for w, u, bias in zip(W, U, b, strict=True)
            ]
        return engine.sum(h)

    assert_lifts(f, flat(W, U, [b]), X)


def test_samples_that_are_numbers_do_not_change_the_form() -> None:
    """A 0 or a 1 among the samples is a number like any other."""
    W = matrix(3, 2, 0)
    for X in ([[0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]], [[0.0, 0.0]] * 3):

        def f(X):
            return engine.sum([engine.tanh(engine.dot(w, x)) for x in X for w in W])

        assert_lifts(f, flat(W), X)


def test_captured_samples_of_plain_numbers_are_constants() -> None:
    W, X = matrix(3, 2, 0), [[0.0, 1.0], [1.0, 2.0], [-1.0, 0.5], [0.0, 0.0]]
    assert_lifts(lambda: engine.sum([engine.relu(engine.dot(w, x)) for x in X for w in W]), flat(W))


def test_long_chains_lift_without_recursion() -> None:
    x = Value(0.5)

    def f(x):
        for i in range(1_500):
            x = x * 0.999 + 0.001 if i % 2 else engine.sin(x)
        return x

    lifted = jit(f)
    y = lifted(x)
    expected = f(Value(0.5))
    assert_close(y.data, expected.data)
    for text in (str(lifted.graph), lifted.source):
        assert text


def test_long_sums_lift() -> None:
    xs = [Value(1.0 / (i + 1)) for i in range(20_000)]

    def f(xs):
        total = Value(0.0)
        for x in xs:
            total = total + x * x
        return total

    for form in ("arrays", "eager"):
        with forced(form):
            assert_agrees(f, xs, xs)
