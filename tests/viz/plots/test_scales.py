"""Ticks of logarithmic axes, and the colours of signs."""

import re

import pytest

from viz import plot_loss, theme

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

from matplotlib.colors import to_hex

from viz.plots.axes import new_axes
from viz.plots.scales import log_scale, sign_colours


def labels(low, high):
    """The labels of the ticks that an axis shows between two numbers."""
    ax = new_axes(6.0, 4.5)
    log_scale(ax.yaxis)
    ax.set_ylim(low, high)
    ax.figure.draw_without_rendering()
    shown = [(tick.get_loc(), tick.label1.get_text()) for tick in ax.yaxis.get_major_ticks()]
    assert all(not text.get_text() for text in ax.yaxis.get_minorticklabels())
    return [text for place, text in shown if low <= place <= high]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.28, 0.75, ["0.3", "0.4", "0.5", "0.6", "0.7"]),
        (0.05, 0.8, ["0.05", "0.1", "0.2", "0.5"]),
        (0.9, 600, ["1", "2", "5", "10", "20", "50", "100", "200", "500"]),
        (1e-4, 1.2, ["0.0001", "0.001", "0.01", "0.1", "1"]),
        (1e-7, 1.2, [f"$10^{{{n}}}$" for n in range(-7, 1)]),
        (2e-7, 3e-6, ["$2\\cdot 10^{-7}$", "$5\\cdot 10^{-7}$", "$10^{-6}$", "$2\\cdot 10^{-6}$"]),
    ],
)
def test_ticks_read_as_numbers_however_little_is_seen(low, high, expected) -> None:
    assert labels(low, high) == expected


def test_a_loss_curve_has_at_least_two_numbers_beside_it_and_no_powers() -> None:
    ax = plot_loss([0.8, 0.5, 0.4], log=True)
    ax.figure.draw_without_rendering()
    low, high = ax.get_ylim()
    shown = [tick.label1.get_text() for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert len(shown) >= 2
    assert all(re.fullmatch(r"0\.\d+", text) for text in shown)


def test_signs_are_orange_white_and_blue() -> None:
    colours = sign_colours()
    assert [to_hex(colours(x)) for x in (0.0, 1.0)] == [theme.NEGATIVE, theme.POSITIVE]
    assert min(colours(0.5)[:3]) > 0.95
