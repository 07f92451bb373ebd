"""Confusion matrices and weights."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import nn
from engine import Value
from tests.viz.test_theme import contrast
from viz import plot_confusion_matrix, plot_weights, theme


def test_counts_are_written_in_their_fields_and_shaded_by_share_of_the_row() -> None:
    ax = plot_confusion_matrix([[8, 2], [0, 0]], ["a", "b"])
    assert [(text.get_position(), text.get_text()) for text in ax.texts] == [
        ((0, 0), "8"), ((1, 0), "2"), ((0, 1), "0"), ((1, 1), "0")]  # fmt: skip
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0.8, 0.2], [0.0, 0.0]])
    assert [text.get_color() for text in ax.texts] == ["white", "black", "black", "black"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")


@pytest.mark.parametrize(
    ("matrix", "names"), [([[1, 2]], None), ([[1, -1], [0, 1]], None), ([[1]], ["a", "b"])]
)
def test_what_is_no_confusion_matrix_is_refused(matrix, names) -> None:
    with pytest.raises(ValueError, match=r"square|names"):
        plot_confusion_matrix(matrix, names)


def test_the_weights_of_a_layer_are_a_row_for_each_neuron_on_a_scale_around_0() -> None:
    neurons = [SimpleNamespace(w=[Value(2.0), Value(-1.0)]), SimpleNamespace(w=[Value(0.0), Value(0.5)])]
    ax = plot_weights(SimpleNamespace(neurons=neurons), inputs=["x", "y"])
    np.testing.assert_array_equal(ax.images[0].get_array(), [[2.0, -1.0], [0.0, 0.5]])
    assert ax.images[0].get_clim() == (-2.0, 2.0)
    assert [text.get_text() for text in ax.texts] == ["2.00", "-1.00", "0.00", "0.50"]


def test_the_colours_of_weights_are_those_of_signs_and_darker_for_larger() -> None:
    colours = plot_weights([[1.0]]).images[0].get_cmap()(np.linspace(0, 1, 51))[:, :3]
    assert to_hex(colours[0]) == theme.NEGATIVE == theme.SIGNS[False]["color"]
    assert to_hex(colours[-1]) == theme.POSITIVE == theme.SIGNS[True]["color"]
    lightness = colours @ [0.299, 0.587, 0.114]
    assert (np.diff(lightness[:26]) > 0).all()
    assert (np.diff(lightness[25:]) < 0).all()


def test_signs_can_be_told_in_grey() -> None:
    assert [text.get_text() for text in plot_weights([[-1.0, 1.0]]).texts] == ["-1.00", "1.00"]
    table = np.ones((20, 20))
    table[3, 7] = -1.0
    (dots,) = plot_weights(table).collections
    assert dots.get_offsets().tolist() == [[7, 3]]


@pytest.mark.parametrize("share", [-1.0, -0.75, -0.65, 0.0, 0.65, 0.75, 1.0])
def test_numbers_can_be_read_on_every_shade(share) -> None:
    ax = plot_weights([[1.0, share]])
    fill = to_hex(ax.images[0].get_cmap()((1 + share) / 2))
    assert contrast(to_hex(ax.texts[1].get_color()), fill) >= 4


def test_large_tables_have_no_numbers_and_the_given_axes_are_drawn_on() -> None:
    mine = Figure().subplots()
    assert plot_weights(np.ones((30, 30)), mine) is mine
    assert len(mine.texts) == 0


@pytest.mark.parametrize("weights", [[], [[]]])
def test_what_is_no_table_is_refused(weights) -> None:
    with pytest.raises(ValueError, match="rows and columns"):
        plot_weights(weights)


def test_each_input_needs_a_name() -> None:
    with pytest.raises(ValueError, match="2 inputs, got 1 names"):
        plot_weights([[1.0, 2.0]], inputs=["x"])


@pytest.mark.parametrize("count", [2, 6, 10])
def test_long_names_of_classes_do_not_overlap(count) -> None:
    ax = plot_confusion_matrix(np.eye(count), [f"Iris versicolor {i}" for i in range(count)])
    ax.figure.draw_without_rendering()
    below = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert not any(a.overlaps(b) for i, a in enumerate(below) for b in below[:i])
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {30.0 if count > 2 else 0.0}


def test_layers_that_keep_rows_are_drawn_and_what_is_neither_is_refused_with_a_remedy() -> None:
    linear, layer = nn.Linear(2, 3, rng=0), nn.Layer(2, 3, rng=0)
    for drawn, rows in ((linear, linear.weight), (layer, [neuron.w for neuron in layer.neurons])):
        shown = plot_weights(drawn).images[0].get_array()
        assert shown.tolist() == [[weight.data for weight in row] for row in rows]
    for plot, wrong, remedy in (
        (plot_weights, nn.MLP(2, [2, 1]), r"got MLP\(.*give one layer, such as model\.layers\[0\]"),
        (plot_weights, nn.Conv2d(1, 1, 2), r"got \[.*give one layer"),
        (plot_confusion_matrix, [0, 1, 1], r"got \[0, 1, 1\] of type list; nn\.confusion_matrix\(y_true"),
    ):
        with pytest.raises(TypeError, match=f"(?s){remedy}"):
            plot(wrong)
