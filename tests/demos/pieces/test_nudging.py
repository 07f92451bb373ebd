"""S-NUDGE: what a nudge does is what the gradient predicts, but for the square of the nudge."""

import pytest

from demos.pieces.nudging import Nudge, nudge, plot_nudges
from engine import Value, exp
from viz import plot_loss


def test_s_nudge_prediction_is_gradient_times_nudge_and_misses_by_the_square() -> None:
    w = Value(0.5)
    for one in nudge(lambda: exp(w) + w**3, w, [0.1, 0.01, 0.001]):
        derivative, curvature = (
            1.6487212707001282 + 3 * 0.25,
            1.6487212707001282 + 6 * 0.5,
        )  # e^½ + 3w², e^½ + 6w
        assert one.predicted == pytest.approx(derivative * one.size, rel=1e-12)
        assert one.missed == pytest.approx(curvature * one.size**2 / 2, rel=0.5 * one.size**0.5)


def test_weight_ends_where_it_was_also_after_an_error() -> None:
    w = Value(2.0)
    nudge(lambda: w * w, w, [0.5])
    assert w.data == 2.0

    def fails_when_nudged() -> Value:
        if w.data != 2.0:
            raise RuntimeError
        return w * w

    with pytest.raises(RuntimeError):
        nudge(fails_when_nudged, w, [0.5])
    assert w.data == 2.0


def test_gradient_is_that_of_this_cost_alone() -> None:
    w = Value(2.0)
    w.grad = 100.0
    assert nudge(lambda: 3 * w, w, [1.0]) == [Nudge(1.0, 3.0, 3.0)]


def test_plot_shows_changes_and_misses() -> None:
    ax = plot_loss([1.0])
    ax.clear()
    plot_nudges([Nudge(0.1, -0.3, -0.25), Nudge(0.01, -0.03, -0.0295)], ax)
    assert [line.get_ydata().tolist() for line in ax.lines] == [
        [0.25, 0.0295],
        [pytest.approx(0.05), pytest.approx(0.0005)],
    ]
    assert {ax.get_xscale(), ax.get_yscale()} == {"log"}
