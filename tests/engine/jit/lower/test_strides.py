"""Index arrays: whatever is said to be a view reads the same cells."""

import numpy as np
import pytest

from engine import Value
from engine.jit.lower.strides import affine, common_shape, first_occurrences, nested, unique_rows
from tests.engine.jit.forms import FORMS, assert_agrees, forced

_SIGNS = ((1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, 1.0))


def positions(start, shape, strides):
    grids = np.indices(shape)
    return start + sum(s * g for s, g in zip(strides, grids, strict=True))


@pytest.mark.parametrize(
    ("start", "shape", "strides"),
    [(0, (3,), (1,)), (7, (2, 3), (0, 5)), (9, (2, 3, 4), (-4, 0, 2)), (3, (1, 4), (0, -1)), (5, (1,), (0,))],
)
def test_affine_finds_start_and_strides(start, shape, strides) -> None:
    assert affine(positions(start, shape, strides)) == (start, strides)


def test_affine_refuses_one_place_out_of_line() -> None:
    index = positions(0, (3, 4), (4, 1))
    for place in np.ndindex(3, 4):
        wrong = index.copy()
        wrong[place] += 100
        assert affine(wrong) is None


def test_nested_loops_rebuild_the_line() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        shape = tuple(rng.integers(2, 4, rng.integers(1, 4)))
        line = positions(5, shape, rng.integers(-3, 4, len(shape)).tolist()).ravel()
        loops = nested(line)
        assert loops is not None
        sizes, strides = zip(*loops, strict=True)
        assert positions(5, sizes, strides).ravel().tolist() == line.tolist()


def test_common_shape_holds_all_loops() -> None:
    assert common_shape(12, [[(12, 1)], [(3, 1), (4, 0)], [(6, 2), (2, 0)]]) == (3, 2, 2)
    assert common_shape(1, [[]]) == (1,)


def test_unique_rows_and_first_occurrences_keep_their_order() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 3, (60, 3))
    first, which = unique_rows(rows)
    assert np.array_equal(rows[first][which], rows)
    assert (np.diff(first) > 0).all()
    assert len(first) == len({tuple(row) for row in rows.tolist()})
    line = rng.integers(0, 9, 40)
    assert first_occurrences(line).tolist() == list(dict.fromkeys(line.tolist()))


def test_rows_whose_hashes_are_equal_are_told_apart() -> None:
    """The bits of 1.0 and -1.0 differ in the sign alone, which two of them lose in a sum of products."""
    rows = np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [2.0, 1.0]]).view(np.int64)
    first, which = unique_rows(rows)
    assert first.tolist() == [0, 1, 3]
    assert which.tolist() == [0, 1, 0, 2]


def test_signs_that_change_places_are_lifted() -> None:
    w = [Value(0.3), Value(-0.8)]

    def f(x, y):
        return [sum(s * wi for s, wi in zip(signs, (x * w[0], y * w[1]), strict=True)) for signs in _SIGNS]

    for form in FORMS:
        with forced(form):
            assert_agrees(f, w, 0.5, -2.0)
