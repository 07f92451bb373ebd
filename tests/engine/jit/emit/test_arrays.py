"""Names of arrays: each made once, named by what it is, and a view of the right cells."""

import numpy as np
import pytest

from engine.jit.emit.arrays import Views
from engine.jit.emit.support import view
from engine.jit.emit.views import GRADIENTS
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from tests.engine.jit.stages import Written

SAMPLES = 2


def lines_of(views: Views) -> list[str]:
    return [each.definition for each in views.definitions]


def arrays_of(views: Views) -> dict[str, np.ndarray]:
    """What the lines make, on cells that hold their own number."""
    layout = views.layout
    fixed = np.arange(float(layout.sizes[FIXED]))
    work = np.arange(float(layout.sizes[PER_SAMPLE]))[:, None] + 0.5 * np.arange(SAMPLES)
    names = {"np": np, "view": view, "samples": SAMPLES, "fixed": fixed, "work": work}
    names |= {"dfixed": -fixed, "dwork": -work, **views.constants}
    exec("\n".join(lines_of(views)), names)  # noqa: S102  # written by the views
    return names


def program(batched: bool = False):
    """Three weights, two inputs, and nothing that reads them."""
    p = Written(batched)
    w, x = p.captured(3), p.inputs(2)
    layout = p.layout()
    return Views(layout), layout, w, x


@pytest.mark.parametrize(
    ("cells", "name", "line"),
    [
        ([0, 1, 2], "b1", "b1 = fixed[0:3]"),
        ([[0], [2]], "b1", "b1 = view(fixed, 0, (2, 1), (2, 1))"),
        ([3, 4], "x1", "x1 = fixed[3:5]"),
        ([2, 3], "v1", "v1 = fixed[2:4]"),  # not all of one kind
        ([4, 3], "x1", "x1 = view(fixed, 4, (2,), (-1,))"),
        ([[0, 1], [0, 1]], "b1", "b1 = fixed[0:2]"),  # NumPy repeats along leading axes by itself
        ([1, 1, 1], "b1", "b1 = fixed[1:2]"),
    ],
)
def test_a_view_is_named_by_what_it_reads(cells, name, line) -> None:
    views, *_ = program()
    operand = Operand(FIXED, np.array(cells), True)
    for _ in range(2):
        statements = []
        assert views.operand(operand, FIXED, statements).text == name
        assert (statements, lines_of(views)) == ([], [line])
    found = arrays_of(views)[name]
    assert np.broadcast_to(found, operand.index.shape).tolist() == operand.index.tolist()


def test_a_whole_view_has_its_leading_axes() -> None:
    views, *_ = program()
    found = views.operand(Operand(FIXED, np.array([[0, 1], [0, 1]]), True), FIXED, [], whole=True)
    assert arrays_of(views)[found.text].tolist() == [[0.0, 1.0], [0.0, 1.0]]


def test_cells_without_strides_are_gathered_once_for_each_part_of_the_program() -> None:
    views, *_ = program(batched=True)
    operand = Operand(FIXED, np.array([0, 2, 1]), True)
    statements = []
    gathered = views.operand(operand, FIXED, statements)
    assert list(map(str, statements)) == [f'np.take(fixed, i1, out={gathered}, mode="clip")']
    assert views.operand(operand, FIXED, statements) is gathered
    assert len(statements) == 1
    again = views.operand(operand, PER_SAMPLE, statements)
    assert again.text != gathered.text
    names = arrays_of(views)
    exec(str(statements[1]), names)  # noqa: S102  # written by the views
    assert names[again.text].tolist() == [0.0, 2.0, 1.0]


def test_fixed_cells_are_spread_along_the_samples() -> None:
    views, *_ = program(batched=True)
    spread = views.read(Operand(FIXED, np.array([0, 1]), True), PER_SAMPLE, [])
    assert spread.text == "b1_"
    assert arrays_of(views)["b1_"].tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize(
    ("space", "cells", "expected"),
    [(FIXED, [1, 2], [-1.0, -2.0]), (PER_SAMPLE, [0, 1], [[0, -0.5], [-1, -1.5]])],
)
def test_a_target_is_the_gradient_of_the_same_cells(space, cells, expected) -> None:
    views, *_ = program(batched=True)
    operand = Operand(space, np.array(cells), True)
    read = views.operand(operand, space, [])
    target = views.cells(GRADIENTS[space], cells[0], (2,), (1,))
    assert target.text == f"d{read}"
    assert arrays_of(views)[target.text].tolist() == expected


def test_results_are_named_by_how_they_are_made() -> None:
    """z1 of a matrix product, h1 of what an operator makes of it, v1 of others; with their gradients."""
    p = Written()
    w, x = [p.captured(2) for _ in range(2)], [p.inputs(2) for _ in range(3)]
    sums = [p.dot(row, each) for each in x for row in w]
    hidden = [p.row("sin", s) for s in sums]
    layout = p.layout(p.row("max", *hidden))
    views = Views(layout)
    product, group, largest = layout.groups
    assert [views.result(each).text for each in layout.groups] == ["z1", "h1", "v1"]
    assert [views.gradient(each).text for each in (group, largest)] == ["dh1", "dv1"]
    names = arrays_of(views)
    assert names["z1"].shape == names["h1"].shape == product.shape
    assert names["h1"].ravel().tolist() == list(range(group.start, group.start + 6))
    assert (names["dh1"] == -names["h1"]).all()


def test_constants_are_kept_once_and_numbers_stay_numbers() -> None:
    views, *_ = program()
    assert views.constant(2.0) == 2.0
    names = {views.constant(np.array([1.0, 2.0])).text for _ in range(2)}
    assert (names, views.constants["c1"].tolist()) == ({"c1"}, [1.0, 2.0])
    assert views.array(np.array([1, 2]), "i").text == "i1"
    assert views.array(np.array([-0.0, 2.0]), "c").text == "c2"
    assert views.array(np.array([0.0, 2.0]), "c").text == "c3"


def test_what_is_turned_is_made_once_and_buffers_anew() -> None:
    views, *_ = program()
    read = views.operand(Operand(FIXED, np.array([0, 1, 2]), True), FIXED, [])
    turned = views.turned(read.reshape(3, 1))
    assert views.turned(read.reshape(3, 1)) is turned
    names = arrays_of(views)
    assert names[turned.text].tolist() == [[0.0], [1.0], [2.0]]
    first, second = views.buffer("s", (3,)), views.buffer("s", (2, 3))
    assert (first.text, arrays_of(views)[second.text].shape) == ("s1", (2, 3))
