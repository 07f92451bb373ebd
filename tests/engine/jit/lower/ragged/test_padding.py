"""Shorter sums and sequences are filled up by what changes nothing, and nothing of it reaches what counts."""

import math

import numpy as np
import pytest

import engine
from engine import Value, jit
from engine.jit.lower.ragged.padding import padded
from tests.engine.jit.forms import FORMS, assert_agrees, assert_close, forced, outputs_and_gradients
from tests.engine.jit.stages import Written
from tests.sampling import share_of


def pads_of(canonical):
    return [node for node in canonical.nodes if node.pad is not None]


def test_what_is_even_stays_as_it_is() -> None:
    program = Written()
    xs = program.captured(4)
    canonical = program.canonical(program.dot(xs[:2], xs[2:]), program.dot(xs[2:], xs[:2]))
    assert padded(canonical) is canonical


@pytest.mark.parametrize(("rows", "stays"), [(20, True), (2, False)])
def test_matrices_of_leaves_stay_apart_as_filled_up_they_would_be_gathered(rows, stays) -> None:
    program = Written()
    products = []
    for width in (8, 10):
        x = program.captured(width)
        products += [program.dot(program.captured(width), x) for _ in range(rows)]
    canonical = program.canonical(*products)
    assert (padded(canonical) is canonical) == stays


def causal(program: Written, count: int = 3, row: str = "exp"):
    """Of each position the sum of the row of its products with those up to itself."""
    q, k = program.captured(count), program.captured(count)
    powers = [
        [program.row(row, program.dot(q[p : p + 1], k[t : t + 1])) for t in range(p + 1)]
        for p in range(count)
    ]
    return [
        program.sum(*((1.0, None, e, -1) for e in each), k=None if p else 0.0)
        for p, each in enumerate(powers)
    ]


def test_shorter_sums_are_filled_up_by_neighbours_of_what_they_sum() -> None:
    program = Written()
    canonical = padded(program.canonical(*causal(program)))
    sums = [canonical.nodes[ref] for ref in canonical.outputs]
    assert [len(node.terms) for node in sums] == [3, 3, 3]
    assert [node.k for node in sums] == [None] * 3
    pads = pads_of(canonical)
    assert [node.pad.fill for node in pads if node.row is not None] == [0.0] * 3  # exp
    assert [node.pad.fill for node in pads if node.row is None] == [None] * 3  # what it is of
    assert not any(node.pad.cut for node in pads)  # the partial of exp is exp, and so 0
    place = {ref: i for i, ref in enumerate(canonical.order)}
    assert all(place[x] < i for ref, i in place.items() for x in canonical.nodes[ref].refs)
    assert len({ref for node in sums for term in node.terms for ref in term[2:3]}) == 9


def test_a_gradient_that_would_go_on_is_cleared() -> None:
    program = Written()
    canonical = padded(program.canonical(*causal(program, row="sin")))
    pads = pads_of(canonical)
    assert [node.pad.fill for node in pads if node.row is not None] == [0.0] * 3
    assert [node.pad.cut for node in pads if node.row is None] == [True] * 3  # before it comes to q and k


def test_numbers_fill_up_what_has_no_neighbours_and_what_nan_might_be_lost_behind() -> None:
    program = Written()
    rows = [program.captured(n) for n in (1, 2, 3)]
    tops = [program.row("max", *row) for row in rows]
    canonical = padded(program.canonical(*tops))
    operands = [canonical.nodes[ref].operands for ref in canonical.outputs]
    assert [len(each) for each in operands] == [3, 3, 3]
    assert canonical.nodes[operands[0][-1]].number == -math.inf
    assert not pads_of(canonical)
    program = Written()
    steps = [program.row("step", ref) for ref in causal(program)]
    assert not pads_of(padded(program.canonical(*steps)))


def test_lengths_too_different_are_not_filled_up() -> None:
    program = Written()
    long, short = program.captured(200), [program.captured(2) for _ in range(50)]
    outputs = [program.sum(*((1.0, None, x, -1) for x in row)) for row in (long, *short)]
    canonical = program.canonical(*outputs)
    assert padded(canonical) is canonical


def test_means_of_different_lengths_are_one_sum_and_its_products() -> None:
    program = Written()
    rows = [program.captured(n) for n in (2, 4, 3)]
    outputs = [program.sum(*((1.0 / len(row), None, x, -1) for x in row)) for row in rows]
    canonical = padded(program.canonical(*outputs))
    means = [canonical.nodes[ref] for ref in canonical.outputs]
    assert [node.terms[0][1] for node in means] == [1 / 2, 1 / 4, 1 / 3]
    assert [len(canonical.nodes[node.terms[0][2]].terms) for node in means] == [4, 4, 4]


LENGTHS = (3, 1, 4, 2, 5)


def table(seed: int = 0, scale: float = 1.0):
    return [
        [Value(x) for x in row] for row in np.random.default_rng(seed).normal(0.0, scale, (5, 5)).tolist()
    ]


RAGGED = {
    "sums": lambda w, x: sum(map(engine.tanh, (a * b for a, b in zip(w, x, strict=True)))),
    "products": lambda w, x: sum(engine.exp(a) * b for a, b in zip(w, x, strict=True)),
    "numbers": lambda w, x: sum(
        (i + 0.5) * engine.tanh(a * b) for i, (a, b) in enumerate(zip(w, x, strict=True))
    ),
    "mean": lambda w, x: engine.mean([engine.exp(a * b) for a, b in zip(w, x, strict=True)]),
    "max": lambda w, x: engine.max([a * b for a, b in zip(w, x, strict=True)]),
    "min": lambda w, x: engine.min([engine.tanh(a * b) for a, b in zip(w, x, strict=True)]),
    "prod": lambda w, x: engine.prod([a + b for a, b in zip(w, x, strict=True)]),
    "norm": lambda w, x: engine.norm([a * b for a, b in zip(w, x, strict=True)]),
    "logsumexp": lambda w, x: engine.logsumexp([a * b for a, b in zip(w, x, strict=True)]),
    "log_softmax": lambda w, x: engine.log_softmax([a * b for a, b in zip(w, x, strict=True)])[-1],
    "softmax": lambda w, x: engine.dot(engine.softmax([a * b for a, b in zip(w, x, strict=True)]), w),
    "variance": lambda w, x: sum((a * b - 0.3) ** 2 for a, b in zip(w, x, strict=True)),
    "a bias": lambda w, x: sum(a * b for a, b in zip(w, x, strict=True)) + w[0] - 0.5,
    "squares of sines": lambda w, x: sum(engine.sin(a) * engine.sin(a) for a in w) * x[0],
}
"""What is done with rows of different lengths."""


def window(kind: str, i: int, n: int, row: list, last: list) -> list:
    """Beginnings of one row, windows of it, and parts of rows of their own."""
    return {"beginnings": last[:n], "windows": last[max(0, i + 1 - 3) : i + 1], "parts": row[:n]}[kind]


@pytest.mark.parametrize(("number", "kind"), [(0, "beginnings"), (1, "windows"), (2, "parts")])
def test_ragged_rows_are_the_engines_in_every_form(number, kind) -> None:
    for turn, of in share_of([*enumerate(RAGGED.values())], number):
        W = table(1, 0.7)

        def f(X, W=W, of=of):
            found = []
            for i, n in enumerate(LENGTHS):
                w = window(kind, i, n, W[i], W[-1])
                found.append(of(w, window(kind, i, n, X[i], X[-1])))
            return engine.mean([engine.tanh(y) * (0.5 + i) for i, y in enumerate(found)])

        X = np.random.default_rng(2).normal(size=(5, 5)).tolist()
        values = [w for row in W for w in row]
        for form in {"arrays", FORMS[turn % len(FORMS)]}:
            with forced(form):
                lifted = assert_agrees(f, values, X)
                values[0].data += 0.5
                assert_agrees(f, values, X, lifted=lifted)
        batch = np.random.default_rng(3).normal(size=(4, 5, 5))
        mean = outputs_and_gradients(lambda X, f=f: engine.mean([f(x) for x in X.tolist()]), values, batch)
        found = outputs_and_gradients(jit(f, batch=True), values, batch)
        assert_close(found[0], mean[0])
        assert_close(found[1][0], mean[1][0])


def attend(q, k, v):
    """Causal attention over numbers."""
    mixed = []
    for p in range(len(q)):
        powers = [engine.exp(q[p] * each) for each in k[: p + 1]]
        total = sum(powers)
        mixed.append(sum(e / total * each for e, each in zip(powers, v, strict=False)))
    return mixed


@pytest.mark.parametrize(
    "end", [lambda x: x, engine.tanh, lambda x: engine.where(engine.greater(x, 0.0), 2.0, 1.0) * x]
)
def test_what_is_not_finite_beyond_a_row_leaks_nowhere(end) -> None:
    """The first rows do not see the last number, though their products with it are computed."""
    q, k, v = ([Value(x) for x in row] for row in ([0.5, -1.0, 2.0], [1.0, 0.3, -0.5], [0.2, -0.7, 1.5]))

    def f(scale):
        return [end(each * scale) for each in attend(q, k, v)]

    for form in ("arrays", *FORMS[-1:]):
        with forced(form):
            lifted = jit(f)
            for place, x in (
                (v, np.inf),
                (v, np.nan),
                (k, np.inf),
                (k, -np.inf),
                (k, 1e308),
                (q, 800.0),
                (v, 1e308),
            ):
                kept, place[-1].data = place[-1].data, x
                assert_agrees(f, [*q, *k, *v], 0.7, lifted=lifted)
                place[-1].data = kept


def test_extremes_of_infinities_share_as_they_do_alone() -> None:
    rows = [[Value(-np.inf)], [Value(-np.inf), Value(-np.inf)], [Value(0.0), Value(-np.inf), Value(0.0)]]

    def f(s):
        return engine.sum([engine.exp(s * engine.max([engine.minimum(x, 5.0) for x in row])) for row in rows])

    with forced("arrays"):
        assert_agrees(f, [x for row in rows for x in row], 1.0)
