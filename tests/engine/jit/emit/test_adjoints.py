"""Gradients added up: each cell gets the sum of its contributions, as np.add.at has it."""

import itertools

import numpy as np
import pytest

from engine.jit.emit.adjoints import Adjoints
from engine.jit.emit.arrays import Views
from engine.jit.emit.support import view
from engine.jit.emit.trees import as_expression
from engine.jit.emit.views import Array, View
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from tests.engine.jit.stages import Written

SAMPLES = 3


def given(name: str, *shape: int, samples: bool = False) -> View:
    """A gradient that arrives."""
    return View.whole(Array(name, samples, shape))


CELLS = {
    "one cell": [2],
    "a line": [0, 1, 2, 3],
    "backwards": [3, 2, 1, 0],
    "every second": [1, 3, 5],
    "a matrix": [[0, 1, 2], [3, 4, 5]],
    "turned": [[0, 3], [1, 4], [2, 5]],
    "repeated along the first axis": [[0, 1, 2], [0, 1, 2]],
    "repeated along the last": [[0, 0], [1, 1], [2, 2]],
    "one cell repeated": [4, 4, 4],
    "no view": [0, 2, 5],
    "no view, some twice": [0, 2, 0, 5],
    "overlapping rows": [[0, 1, 2], [1, 2, 3]],
}


def text_of(views: Views, adjoints: Adjoints) -> str:
    lines = [*(each.definition for each in views.definitions), *adjoints.zero_lines(), *adjoints.lines]
    return "\n".join(map(str, lines))


def added(contributions, leaves: bool, now: bool, scalar: bool = False):
    """The gradients of six cells after these contributions, and those that np.add.at gives."""
    p = Written()
    x = p.captured(6)
    layout = p.layout()
    if not leaves:
        layout.table.leaves.clear()  # cells that are not of leaves
    assert len(x) == 6
    views = Views(layout)
    adjoints = Adjoints(views, layout)
    rng = np.random.default_rng(0)
    names, expected = {}, np.zeros(6)
    touched = set()
    for i, cells in enumerate(contributions):
        operand = Operand(FIXED, np.array(cells), True)
        value = rng.normal(size=operand.index.shape)
        name = f"g{100 + i}"
        if scalar:
            value[...] = i + 0.5
            adjoints.add(operand, as_expression(i + 0.5), FIXED, now=now)
        else:
            names[name] = value
            adjoints.add(operand, given(name, *value.shape), FIXED, now=now)
        np.add.at(expected, operand.index, value)
        touched |= set(operand.index.ravel().tolist())
    adjoints.settle(FIXED)
    fixed, dfixed = np.zeros(6), np.full(6, np.nan)  # what is not written stays nan
    names |= {"np": np, "view": view, "fixed": fixed, "dfixed": dfixed, **views.constants}
    exec(text_of(views, adjoints), names)  # noqa: S102
    cells = sorted(touched)
    return dfixed[cells], expected[cells], adjoints


@pytest.mark.parametrize("scalar", [False, True])
@pytest.mark.parametrize(("leaves", "now"), [(True, False), (True, True), (False, False)])
@pytest.mark.parametrize(("first", "second"), [*itertools.product(CELLS, repeat=2)])
def test_each_cell_gets_the_sum_of_its_contributions(first, second, leaves, now, scalar) -> None:
    found, expected, _ = added([CELLS[first], CELLS[second]], leaves, now, scalar)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


LINES = {
    "the first writes": (["a line"], ["dv1[...] = g100"]),
    "the second adds": (["a line", "a line"], ["dv1[...] = g100", "np.add(dv1, g101, out=dv1)"]),
    "repeated cells are summed": (
        ["repeated along the first axis"],
        ["np.add.reduce(g100, axis=0, out=dv1)"],
    ),
    "cells without strides are scattered": (["no view"], ["dfixed[i1] = g100"]),
    "on written ones": (["a line", "no view"], ["dv1[...] = g100", "dfixed[i1] += g101"]),
    "some of them twice": (["no view, some twice"], ["np.add.at(dfixed, i1, g100)"]),
}


@pytest.mark.parametrize("name", LINES)
def test_lines(name) -> None:
    contributions, lines = LINES[name]
    _, _, adjoints = added([CELLS[each] for each in contributions], False, False)
    assert [str(line).replace("b1", "v1") for line in adjoints.lines] == lines


def test_what_is_not_wanted_gets_nothing() -> None:
    p = Written()
    p.captured(2)
    layout = p.layout()
    adjoints = Adjoints(Views(layout), layout)
    adjoints.add(Operand(FIXED, np.array([0, 1]), False), given("g", 2), FIXED, now=True)
    assert (adjoints.lines, adjoints.touched[FIXED].any()) == ([], False)


def test_contributions_to_leaves_wait_for_what_writes() -> None:
    """A product that is added at once writes, and what came before it adds."""
    p = Written()
    p.captured(3)
    layout = p.layout()
    adjoints = Adjoints(Views(layout), layout)
    operand = Operand(FIXED, np.arange(3), True)
    adjoints.add(operand, given("first", 3), FIXED)
    adjoints.add(operand, given("product", 3), FIXED, now=True)
    assert list(map(str, adjoints.lines)) == ["db1[...] = product"]
    adjoints.settle(FIXED)
    assert list(map(str, adjoints.lines)) == ["db1[...] = product", "np.add(db1, first, out=db1)"]


@pytest.mark.parametrize("cells", [[0, 1], [1, 0], [0, 0]])
def test_fixed_cells_get_the_sum_over_samples(cells) -> None:
    p = Written(batched=True)
    p.captured(2)
    p.inputs(1)
    layout = p.layout()
    views = Views(layout)
    adjoints = Adjoints(views, layout)
    value = np.random.default_rng(0).normal(size=(2, SAMPLES))
    adjoints.add(Operand(FIXED, np.array(cells), True), given("g", 2, samples=True), PER_SAMPLE, now=True)
    dfixed = np.zeros(2)
    names = {"np": np, "view": view, "fixed": np.zeros(2), "dfixed": dfixed, "samples": SAMPLES, "g": value}
    exec(text_of(views, adjoints), names | views.constants)  # noqa: S102
    expected = np.zeros(2)
    np.add.at(expected, np.array(cells), value.sum(axis=1))
    np.testing.assert_allclose(dfixed, expected, rtol=1e-14)


def test_one_number_for_a_whole_group_is_not_written_until_it_must_be() -> None:
    p = Written()
    x = p.captured(3)
    results = [p.row("sin", ref) for ref in x]
    layout = p.layout(*results)
    (group,) = layout.groups
    adjoints = Adjoints(Views(layout), layout)
    whole = Operand(FIXED, np.arange(group.start, group.start + 3), True)
    adjoints.add(whole, as_expression(2.0), FIXED)
    assert adjoints.lines == []
    assert adjoints.gradient(group).text == "2.0"
    adjoints.add(Operand(FIXED, whole.index[:1], True), given("g", 1), FIXED)
    assert list(map(str, adjoints.lines)) == ["dv1[...] = 2.0", "np.add(dv2, g, out=dv2)"]
    assert adjoints.gradient(group).text == "dv1"


def test_where_no_gradient_arrives_there_is_none() -> None:
    p = Written()
    (x,) = p.captured(1)
    layout = p.layout(p.row("sin", x))
    assert Adjoints(Views(layout), layout).gradient(layout.groups[0]) is None
