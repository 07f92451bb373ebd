"""Numbers of data that are not finite are named."""

import re
from decimal import Decimal

import numpy as np
import pytest

from engine import Value
from nn.data.finite import check_finite

nan, inf = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("items", "place"),
    [
        ([[0.0, 1.0], [2.0, nan]], "[1][1] is nan: sample 1, feature 1,"),
        ([0.0, 1.0, -inf], "[2] is -inf: sample 2, counted"),
        (np.array([[0.0, inf]]), "[0][1] is inf: sample 0, feature 1,"),
        (np.array([[0.0, nan]], dtype=np.float32), "[0][1] is nan"),
        (np.array([[[0.0, 1.0], [nan, 1.0]]]), "[0][1][0] is nan: sample 0, feature 1, 0,"),
        (np.array([[0, 1.0], [None, nan]], dtype=object), "[1][1] is nan"),
        ([[0.0], [1.0, nan]], "[1][1] is nan"),
        ([(0.0, "red"), (nan, "blue")], "[1][0] is nan"),
        ([[Value(0.0), Value(nan)]], "[0][1] is nan"),
        ([[Value(0.0), 1.0], [2.0, inf]], "[1][1] is inf"),
        ([[1, 10**400]], "[0][1] is inf"),
        ([[Decimal("1"), Decimal("nan")]], "[0][1] is nan"),
        ([np.array([0.0, 1.0]), np.array([0.0, nan])], "[1][1] is nan"),
    ],
)
def test_the_first_number_that_is_not_finite_is_named(items, place) -> None:
    with pytest.raises(ValueError, match=re.escape(f"X{place}")):
        check_finite("X", items)


@pytest.mark.parametrize(
    "items",
    [
        [[0.0, 1.0]],
        [1, 2, True],
        np.zeros((2, 3)),
        np.array(["nan", "inf"]),
        ["nan", "inf"],
        [("red", 1.0), ("blue", 2.0)],
        [[Value(1.0)]],
        [{"a": nan}],  # samples of a model's own kind are its own affair
        [[], []],
        [None],
        [[1, 2**70]],
    ],
)
def test_all_else_passes(items) -> None:
    check_finite("X", items)


@pytest.mark.parametrize("made", [iter, lambda x: (each for each in x), lambda x: map(float, x)])
def test_samples_that_can_be_gone_through_once_are_refused_unread(made) -> None:
    sample = made([1.0, 2.0])
    with pytest.raises(TypeError, match=r"^X\[1\] is .* only once; give lists: \[list\(x\) for x in X\]"):
        check_finite("X", [[1.0, 2.0], sample])
    assert list(sample) == [1.0, 2.0]
