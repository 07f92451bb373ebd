"""Sums of products: which become matrix products, with which biases, and what else their runs are."""

import numpy as np
import pytest

from engine.jit.lower.groups import FIXED, Operand
from tests.engine.jit.stages import Written, cells_of


def value_of(run, fixed) -> np.ndarray:
    """What a run adds, computed by NumPy from the cells: shaped as its group, matrix products (U, V)."""
    a = fixed[run.a.index]
    b = 1.0 if run.b is None else fixed[run.b.index] if isinstance(run.b, Operand) else run.b
    const = 1.0 if run.const is None else run.const
    if run.kind == "matmul":
        return run.scale * np.einsum("cun,cvn->cuv", a, b)
    terms = run.scale * const * a * b
    return terms if run.kind == "each" else terms.sum(axis=0)


def layer(p: Written, inputs, width: int, bias: bool):
    """Sums w @ x, with a bias each or without: refs of the results, and of weights and biases."""
    rows, results, biases = [], [], []
    for _ in range(width):
        rows.append(p.captured(len(inputs)))
        terms = [(1.0, None, w, x) for w, x in zip(rows[-1], inputs, strict=True)]
        if bias:
            biases += p.captured(1)
            terms.append((1.0, None, biases[-1], -1))
        results.append(p.sum(*terms))
    return results, rows, biases


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_a_layer_on_several_inputs_is_a_matrix_product(samples) -> None:
    p = Written()
    weights = [p.captured(3) for _ in range(2)]
    rows = [p.inputs(3) for _ in range(samples)]
    results = [p.dot(w, x) for x in rows for w in weights]
    layout = p.layout(*results)
    (group,) = layout.groups
    (run,) = group.runs
    assert (run.kind, group.size) == ("matmul", 2 * samples)
    (fixed, _), number = cells_of(layout)
    found = value_of(run, fixed)[0]
    expected = [[np.dot(number(np.array(w)), number(np.array(x))) for x in rows] for w in weights]
    left_is_weights = run.a.index.max() < layout.captured_cells
    np.testing.assert_allclose(found if left_is_weights else found.T, expected, rtol=1e-14)
    places = np.array([layout.cell[ref] for ref in results]).reshape(samples, 2)
    by_cell = dict(zip((group.start + np.arange(group.size)).tolist(), _laid_out(group, found), strict=True))
    np.testing.assert_allclose([[by_cell[c] for c in row] for row in places.tolist()], np.transpose(expected))


def _laid_out(group, product) -> list[float]:
    """The numbers of a matrix product (U, V) in the order of the cells of its group."""
    return np.transpose(product[None], group.grid.axes).ravel().tolist()


def test_biases_are_the_last_column_where_ones_stand_behind_what_is_read() -> None:
    p = Written(batched=True)
    hidden = [p.row("tanh", s) for s in layer(p, p.inputs(2), 3, True)[0]]
    results, rows, biases = layer(p, hidden, 2, True)
    layout = p.layout(*results)
    group = layout.groups[-1]
    (run,) = group.runs
    assert (run.kind, run.biased) == ("matmul", True)
    matrix = layout.cell[np.array([[*row, bias] for row, bias in zip(rows, biases, strict=True)])]
    assert run.a.index[0].tolist() == matrix.tolist()
    assert run.a.view is not None
    (space, start, width), *_ = sorted(layout.ones, key=lambda each: each[1])
    assert width == 1
    assert run.b.index[0, 0, -1] == start
    assert space == run.b.space


def test_a_bias_on_arguments_that_leave_no_place_for_ones_is_added() -> None:
    p = Written()
    results, *_ = layer(p, p.inputs(2), 3, True)
    (group,) = p.layout(*results).groups
    assert [(run.kind, getattr(run, "biased", False)) for run in group.runs] == [
        ("matmul", False),
        ("each", False),
    ]


RUNS = {
    "one term each": (lambda a, b, c: [(1.0, None, a, b)], ["each"]),
    "two kinds": (lambda a, b, c: [(1.0, None, a, b), (1.0, None, c, -1)], ["each", "each"]),
    "few of a kind are added one by one": (
        lambda a, b, c: [(1.0, None, a, -1), (1.0, None, b, -1)],
        ["each"] * 2,
    ),
    "many of a kind are summed": (lambda a, b, c: [(1.0, None, x, -1) for x in (a, b, c, a)], ["sum"]),
    "signs are kept apart": (lambda a, b, c: [(1.0, None, a, -1), (-1.0, None, b, -1)], ["each"] * 2),
    "a mean": (lambda a, b, c: [(0.25, None, a, -1), (0.25, None, b, -1)], ["sum"]),
}


@pytest.mark.parametrize("name", RUNS)
def test_runs_have_the_sum_of_their_terms(name) -> None:
    """Of three members that read different cells, in an order in which most are views."""
    rule, kinds = RUNS[name]
    p = Written()
    x = p.inputs(9)
    terms = [rule(x[3 * i], x[3 * i + 1], x[3 * i + 2]) for i in range(3)]
    results = [p.sum(*each) for each in terms]
    layout = p.layout(*results)
    (group,) = layout.groups
    assert [run.kind for run in group.runs] == kinds
    (fixed, _), number = cells_of(layout)
    found = sum(value_of(run, fixed) for run in group.runs).ravel()
    for ref, each in zip(results, terms, strict=True):
        expected = sum(
            scale * (1.0 if const is None else const) * number(a) * (number(b) if b >= 0 else 1.0)
            for scale, const, a, b in each
        )
        assert found[layout.cell[ref] - group.start] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("sign", "consts", "scale", "const"),
    [
        (1.0, (2.0, 2.0), 2.0, None),
        (-1.0, (2.0, 2.0), -2.0, None),
        (1.0, (2.0, 3.0), 1.0, [2.0, 3.0]),
        (0.5, (2.0, 2.0), 0.5, [2.0, 2.0]),  # a share of a mean stays the scale
        (1.0, (None, None), 1.0, None),
    ],
)
def test_a_number_of_all_terms_is_the_scale(sign, consts, scale, const) -> None:
    p = Written()
    x = p.inputs(2)
    (group,) = p.layout(*(p.sum((sign, c, ref, -1)) for c, ref in zip(consts, x, strict=True))).groups
    (run,) = group.runs
    assert run.scale == scale
    assert (run.const if run.const is None else run.const.tolist()) == const


def test_numbers_that_are_added_last_are_one_or_an_array() -> None:
    for ks, expected in (((0.5, 0.5), 0.5), ((0.5, 1.5), [0.5, 1.5])):
        p = Written()
        x = p.inputs(2)
        (group,) = p.layout(*(p.sum((1.0, None, r, -1), k=k) for r, k in zip(x, ks, strict=True))).groups
        assert (group.k if isinstance(group.k, float) else group.k.tolist()) == expected


def test_one_sum_over_many_is_read_in_the_order_of_the_cells() -> None:
    p = Written()
    x = p.inputs(12)
    shuffled = [x[i] for i in np.random.default_rng(0).permutation(12)]
    (group,) = p.layout(p.sum(*((1.0, None, ref, ref) for ref in shuffled))).groups
    (run,) = group.runs
    assert (run.kind, run.a.index.ravel().tolist()) == ("dot", list(range(12)))


def test_products_of_different_widths_side_by_side_are_products_of_their_own() -> None:
    p = Written()
    x, y = [p.inputs(2) for _ in range(3)], [p.inputs(2) for _ in range(4)]
    weights = [[p.captured(2) for _ in range(n)] for n in (2, 3)]
    results = [p.dot(w, each) for rows, ws in ((x, weights[0]), (y, weights[1])) for each in rows for w in ws]
    layout = p.layout(*results)
    assert [[run.kind for run in g.runs] for g in layout.groups] == [["matmul"], ["matmul"]]
    assert sorted(g.size for g in layout.groups) == [6, 12]
    assert {g.space for g in layout.groups} == {FIXED}


def test_products_with_numbers_have_the_biases_of_their_rows() -> None:
    p = Written()
    numbers = np.random.default_rng(1).normal(size=(4, 3))
    rows, biases = [p.captured(3) for _ in range(5)], p.captured(5)
    results = [
        p.sum(*[(1.0, c, x, -1) for c, x in zip(each, row, strict=True)], (1.0, None, bias, -1))
        for row, bias in zip(rows, biases, strict=True)
        for each in numbers.tolist()
    ]
    layout = p.layout(*results)
    (group,) = layout.groups
    (run,) = group.runs
    assert (run.kind, run.biased) == ("matmul", True)
    (fixed, _), number = cells_of(layout)
    expected = [
        [np.dot(each, [number(x) for x in row]) + number(bias) for each in numbers]
        for row, bias in zip(rows, biases, strict=True)
    ]
    np.testing.assert_allclose(value_of(run, fixed)[0], expected, rtol=1e-14)
