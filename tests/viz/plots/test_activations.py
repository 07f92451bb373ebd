"""The gallery of activation functions."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import engine
from viz import plot_activation, plot_activations

FUNCTIONS = {
    "sigmoid": (engine.sigmoid, lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (2 + np.exp(x) + np.exp(-x))),
    "tanh": (engine.tanh, np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "softplus": (engine.softplus, lambda x: np.log(1 + np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_curves_are_the_value_and_the_derivative(name) -> None:
    function, value, derivative = FUNCTIONS[name]
    ax = plot_activation(function, low=-3.0, high=5.0, title=name)
    shown, drawn = ax.lines[:2]
    xs = np.asarray(shown.get_xdata())
    assert (xs[0], xs[-1]) == (-3.0, 5.0)
    np.testing.assert_allclose(shown.get_ydata(), value(xs), rtol=1e-12)
    np.testing.assert_allclose(drawn.get_ydata(), derivative(xs), rtol=1e-9)
    assert (shown.get_label(), drawn.get_label()) == ("value", "derivative")
    assert shown.get_linestyle() != drawn.get_linestyle(), "read in grey"
    assert ax.get_title() == name


def test_one_function_is_drawn_where_asked_and_may_go_without_legend() -> None:
    ax = Figure().subplots()
    assert plot_activation(engine.relu, ax) is ax
    assert ax.get_legend() is not None
    bare = Figure().subplots()
    plot_activation(engine.relu, bare, legend=False)
    assert bare.get_legend() is None


def test_a_function_that_gives_numbers_is_flat() -> None:
    ax = plot_activation(lambda x: 1)
    assert set(ax.lines[0].get_ydata()) == {1.0}
    assert set(ax.lines[1].get_ydata()) == {0.0}


def test_gallery_has_a_panel_for_each_function_and_one_legend() -> None:
    ax = plot_activations({name: each[0] for name, each in FUNCTIONS.items()}, title="All")
    assert [panel.get_title() for panel in ax.child_axes] == list(FUNCTIONS)
    assert ax.get_title() == "All"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["value", "derivative"]
    assert all(panel.get_legend() is None for panel in ax.child_axes)


@pytest.mark.parametrize(("count", "columns"), [(1, 4), (4, 4), (5, 4), (11, 4), (7, 2)])
def test_panels_neither_overlap_nor_leave_the_picture(count, columns) -> None:
    functions = {f"ReLU {i}": engine.relu for i in range(count)}
    ax = plot_activations(functions, columns=columns)
    figure = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    boxes = [panel.get_tightbbox(renderer) for panel in ax.child_axes]
    boxes.append(ax.get_legend().get_window_extent(renderer))
    for i, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
        for other in boxes[i + 1 :]:
            assert min(box.x1, other.x1) <= max(box.x0, other.x0) or min(box.y1, other.y1) <= max(
                box.y0, other.y0
            ), "apart"


def test_gallery_is_drawn_where_asked() -> None:
    ax = Figure().subplots()
    assert plot_activations({"ReLU": engine.relu}, ax) is ax
    assert len(ax.child_axes) == 1


@pytest.mark.parametrize(("functions", "columns"), [({}, 4), ({"tanh": engine.tanh}, 0)])
def test_a_gallery_of_nothing_is_refused(functions, columns) -> None:
    with pytest.raises(ValueError, match="needs functions and columns"):
        plot_activations(functions, columns=columns)
