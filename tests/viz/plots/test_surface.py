"""A loss of two weights from above and in space, and the ways down it."""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from engine import Value
from viz import plot_loss_surface, plot_trajectories, save_figure

UNIT = (-1.0, 1.0)


def bowl(x, y):
    return x**2 + 3 * y**2


def in_space():
    return Figure().add_subplot(projection="3d")


def test_the_given_axes_are_drawn_on_and_named() -> None:
    mine = Figure().subplots()
    ax = plot_loss_surface(bowl, UNIT, (0, 2), mine, title="t", xlabel="x", ylabel="y", resolution=5)
    assert ax is mine
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("t", "x", "y")
    assert (*ax.get_xlim(), *ax.get_ylim()) == (-1, 1, 0, 2)


def test_loss_is_asked_with_the_first_number_along_x() -> None:
    asked = []
    plot_loss_surface(lambda x, y: asked.append((x, y)) or x + y, (0, 1), (5, 6), resolution=3)
    assert sorted(asked) == [(x, y) for x in (0.0, 0.5, 1.0) for y in (5.0, 5.5, 6.0)]


def test_contours_lie_where_the_loss_has_their_level() -> None:
    ax = plot_loss_surface(bowl, UNIT, UNIT, resolution=81)
    lines = ax.collections[-1]
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        if len(path.vertices) and level > 0.1:
            np.testing.assert_allclose(bowl(*path.vertices.T), level, atol=0.01)


def test_logarithmic_contours_crowd_where_the_loss_is_small() -> None:
    levels = plot_loss_surface(bowl, UNIT, UNIT, log=True).collections[-1].levels
    ratios = levels[1:] / levels[:-1]
    np.testing.assert_allclose(ratios, ratios[0])


def test_arrows_are_the_gradients() -> None:
    ax = plot_loss_surface(bowl, UNIT, UNIT, arrows=4, resolution=5)
    arrows = ax.collections[-1]
    assert len(arrows.U) == 16
    x, y = arrows.XY.T
    np.testing.assert_allclose(arrows.U, 2 * x, rtol=1e-12)
    np.testing.assert_allclose(arrows.V, 6 * y, rtol=1e-12)


def test_surface_in_space_has_the_heights(tmp_path) -> None:
    ax = plot_loss_surface(bowl, UNIT, UNIT, in_space(), trajectories={"way": [(1, 1), (0, 0)]}, resolution=9)
    assert np.isclose(ax.get_zlim(), (0, 4), atol=0.2).all()
    x, y, z = ax.lines[0].get_data_3d()
    assert (z > bowl(x, y)).all()  # lifted off the surface that would hide it
    np.testing.assert_allclose(z, bowl(x, y), atol=0.2)
    assert save_figure(ax, tmp_path / "surface.png").stat().st_size > 1000


def test_trajectories_differ_in_colour_dash_and_marker_and_are_named() -> None:
    ways = {name: [(0, 0), (i, 1)] for i, name in enumerate("abc")}
    ax = Figure().subplots()
    lines = plot_trajectories(ways, ax)
    for kind in ("color", "linestyle", "marker"):
        assert len({getattr(line, f"get_{kind}")() for line in lines}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list("abc")
    assert lines[2].get_xydata().tolist() == [[0, 0], [2, 1]]
    assert plot_trajectories(ways, Figure().subplots(), legend=False)[0].axes.get_legend() is None


def test_ten_trajectories_are_all_different() -> None:
    lines = plot_trajectories({str(i): [(0, 0)] for i in range(10)}, Figure().subplots())
    assert len({line.get_marker() for line in lines}) == 10  # in grey too


def test_losses_that_are_not_finite_are_holes(tmp_path) -> None:
    def half(x, y):
        return float("nan") if x < 0 else float("inf") if y < 0 else x + y

    for log in (False, True):
        ax = plot_loss_surface(half, UNIT, UNIT, log=log, resolution=9)
        save_figure(ax, tmp_path / "a.png")
        for drawn in ax.collections:
            points = np.concatenate([path.vertices for path in drawn.get_paths()])
            assert (points >= 0.0).all()
            assert (points.max(axis=0) == 1.0).all()
    ax = plot_loss_surface(half, UNIT, UNIT, in_space(), resolution=9)
    save_figure(ax, tmp_path / "b.png")
    faces = [path.vertices for path in ax.collections[0].get_paths()]
    assert sum(bool(np.isfinite(face).all()) for face in faces) == 16  # of 64, those of the quarter above 0


def test_logarithmic_contours_leave_out_what_is_not_above_zero() -> None:
    ax = plot_loss_surface(lambda x, y: x, UNIT, UNIT, log=True, resolution=9)
    for drawn in ax.collections:
        assert all((path.vertices[:, 0] > 0.0).all() for path in drawn.get_paths())


def test_markers_stand_at_the_end_and_not_where_the_next_way_has_them() -> None:
    ways = {name: [(i, i) for i in range(41)] for name in "abcd"}
    marked = [line.get_markevery() for line in plot_trajectories(ways, Figure().subplots())]
    assert [places[0] for places in marked] == [0, 3, 1, 4]
    for places, others in itertools.pairwise(marked):
        assert set(places) & set(others) == {40}
    assert {len(places) for places in marked} <= {9, 10}


def test_a_plain_has_no_contours_and_is_no_error() -> None:
    assert len(plot_loss_surface(lambda x, y: 1.0, UNIT, UNIT).collections) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"xlim": (1, 1)}, r"xlim must go from a lower to a higher number, got \(1, 1\)"),
        ({"loss": lambda x, y: float("nan")}, "not finite anywhere"),
        ({"loss": lambda x, y: -1.0, "log": True}, "log=True needs a loss that is above 0"),
        ({"loss": lambda x, y: 1.0, "arrows": 2}, "arrows need a loss that gives a Value"),
        ({"ax": in_space(), "arrows": 2}, "3-D"),
        ({"trajectories": {"a": [(1, 2, 3)]}}, r"'a' must have the shape \(n, 2\), got \(1, 3\)"),
    ],
)
def test_what_cannot_be_drawn_is_said(options, message) -> None:
    given = {"loss": lambda x, y: Value(1.0) * x * y, "xlim": UNIT, "ylim": UNIT} | options
    with pytest.raises(ValueError, match=message):
        plot_loss_surface(**given)


def test_a_way_in_space_needs_the_loss() -> None:
    with pytest.raises(ValueError, match="3-D axes need loss="):
        plot_trajectories({"a": [(0, 0)]}, in_space())


def test_contours_have_a_bar_that_says_which_grey_is_which_loss() -> None:
    ax = plot_loss_surface(lambda x, y: x**2 + 10 * y**2 + 0.01, (-1, 1), (-1, 1), resolution=9, log=True)
    (bar,) = ax.child_axes
    ax.figure.draw_without_rendering()
    low, high = bar.get_ylim()
    shown = [tick.label1.get_text() for tick in bar.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert bar.get_ylabel() == "loss"
    assert "0.1" in shown
    assert not any("10^" in text or "times" in text for text in shown)
    assert plot_loss_surface(lambda x, y: x + y, (-1, 1), (-1, 1), resolution=5, colorbar="").child_axes == []


def test_the_bar_is_as_high_as_the_contours_whatever_their_aspect() -> None:
    ax = plot_loss_surface(lambda x, y: x + y, (0, 1), (0, 1), resolution=5)
    ax.set_aspect("equal")
    ax.figure.draw_without_rendering()
    (bar,) = ax.child_axes
    assert bar.get_window_extent().height == pytest.approx(ax.get_window_extent().height)
