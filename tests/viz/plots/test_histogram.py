"""Histograms of weights, gradients and activations."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from engine import Value
from viz import plot_histogram
from viz.plots.axes import COLOURS


def counts(ax) -> list[list[int]]:
    return [[int(count) for count in patch.get_data().values] for patch in ax.patches]


def test_numbers_are_counted_in_bins() -> None:
    ax = plot_histogram([0.0, 0.1, 0.2, Value(1.0)], bins=2)
    assert counts(ax) == [[3, 1]]
    assert (ax.get_xlabel(), ax.get_legend()) == ("value", None)
    (patch,) = ax.patches
    assert (patch.get_fill(), patch.get_linewidth()) == (True, 1.8)
    assert patch.get_edgecolor() == to_rgba(COLOURS[0])
    assert patch.get_facecolor() == to_rgba(f"{COLOURS[0]}40")


def test_gradients_are_counted_where_asked() -> None:
    weights = [Value(5.0), Value(6.0)]
    weights[0].grad, weights[1].grad = -1.0, 1.0
    ax = plot_histogram(weights, of="grad", bins=2)
    np.testing.assert_array_equal(ax.patches[0].get_data().edges, [-1.0, 0.0, 1.0])
    assert ax.get_xlabel() == "gradient"


def test_groups_share_bins_differ_in_dash_and_are_named() -> None:
    ax = plot_histogram({"first": [[0.0], [1.0]], "last": np.array([4.0])}, bins=4)
    assert counts(ax) == [[1, 1, 0, 0], [0, 0, 0, 1]]
    assert len({patch.get_linestyle() for patch in ax.patches}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["first", "last"]


def test_what_is_not_finite_is_counted_in_the_legend() -> None:
    ax = plot_histogram([0.0, 1.0, float("nan"), float("inf")], bins=2)
    assert counts(ax) == [[1, 1]]
    assert ax.get_legend().get_texts()[0].get_text() == "2 not finite"


def test_the_given_axes_are_drawn_on_and_can_be_logarithmic() -> None:
    mine = Figure().subplots()
    assert plot_histogram([1.0], mine, log=True) is mine
    assert mine.get_yscale() == "log"


@pytest.mark.parametrize(
    ("values", "options", "error", "message"),
    [
        ([], {}, ValueError, "no finite numbers"),
        ([float("nan")], {}, ValueError, "no finite numbers"),
        ([1.0], {"of": "weights"}, ValueError, '"data" or "grad"'),
        ([1.0], {"bins": 0}, ValueError, "at least 1, got 0"),
        ([1.0], {"of": "grad"}, TypeError, "only Values have gradients, got 1.0"),
    ],
)
def test_what_cannot_be_counted_is_refused(values, options, error, message) -> None:
    with pytest.raises(error, match=message):
        plot_histogram(values, **options)
