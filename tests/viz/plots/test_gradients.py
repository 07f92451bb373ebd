"""Sizes of gradients: of a model, of a report, and recorded step by step."""

import math
from types import SimpleNamespace as Made

import numpy as np
import pytest
from matplotlib.figure import Figure

from engine import Value, relu, report, tanh
from viz import gradient_sizes, plot_gradient_flow, plot_gradient_sizes, plot_loss, plot_report


def value(grad: float) -> Value:
    made = Value(1.0)
    made.grad = grad
    return made


def network() -> Made:
    first = [Made(w=[value(3.0), value(-4.0)], b=value(1.0)), Made(w=[value(0.0), value(5.0)], b=value(7.0))]
    return Made(layers=[Made(neurons=first), Made(neurons=[Made(w=[value(0.5), value(0.5)], b=value(-2.0))])])


def test_size_is_the_root_mean_square_of_a_layer() -> None:
    assert gradient_sizes(network()) == pytest.approx([np.sqrt(50 / 4), 0.5])
    assert gradient_sizes(network(), of="b") == pytest.approx([5.0, 2.0])


@pytest.mark.parametrize("model", [3, Made(layers=[1]), Made(layers=[Made(neurons=[Made(w=[1.0])])])])
def test_what_is_no_network_is_refused(model) -> None:
    with pytest.raises(TypeError, match="has no layers of neurons"):
        gradient_sizes(model)


def test_biases_that_there_are_not_have_no_gradients() -> None:
    model = network()
    model.layers[0].neurons[1].b = None
    with pytest.raises(TypeError, match="'b'"):
        gradient_sizes(model, of="b")


def test_of_is_weights_or_biases() -> None:
    with pytest.raises(ValueError, match="'weights'"):
        gradient_sizes(network(), of="weights")


def test_curves_count_layers_from_one_and_can_be_told_apart_in_grey() -> None:
    ax = plot_gradient_sizes({"sigmoid": [1e-3, 0.1], "tanh": [0.1, 0.2], "ReLU": [0.3, 0.3]})
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2]] * 3
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1e-3, 0.1], [0.1, 0.2], [0.3, 0.3]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["sigmoid", "tanh", "ReLU"]
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 3
    assert ax.get_yscale() == "log"


def test_models_and_numbers_are_drawn_alike() -> None:
    for sizes in (network(), gradient_sizes(network()), {"it": network()}):
        (line,) = plot_gradient_sizes(sizes).lines
        assert line.get_ydata().tolist() == pytest.approx([np.sqrt(50 / 4), 0.5])
    assert plot_gradient_sizes(network()).get_legend() is None


def test_it_is_drawn_where_asked() -> None:
    ax = Figure().subplots()
    assert plot_gradient_sizes([1.0], ax, title="here", xlabel="x", ylabel="y") is ax
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("here", "x", "y")


def test_sizes_of_zero_are_left_out() -> None:
    ax = plot_gradient_sizes([0.0, 0.5])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [np.nan, 0.5])
    dead = plot_gradient_sizes([0.0, 0.0])
    assert dead.get_yscale() == "linear"
    dead.figure.canvas.draw()


@pytest.mark.parametrize("sizes", [[], {}, {"a": []}])
def test_nothing_to_plot_is_refused(sizes) -> None:
    with pytest.raises(ValueError, match="no gradients to plot"):
        plot_gradient_sizes(sizes)


def test_something_else_is_refused() -> None:
    with pytest.raises(TypeError):
        plot_gradient_sizes(3)


def graph(activation, weights=(0.5, -1.0, 2.0)) -> Value:
    x: Value | float = 0.5
    for i, w in enumerate(weights):
        x = activation(x * Value(w, label=f"layers.{i}.neurons.0.w.0"))
    return x


def test_report_is_plotted_layer_by_layer() -> None:
    found = report(graph(tanh))
    ax = plot_report(found)
    gradients, signals = (line.get_ydata().tolist() for line in ax.lines)
    assert gradients == [layer.gradient for layer in found.layers]
    assert signals == [layer.signal for layer in found.layers]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["layers.0", "layers.1", "layers.2"]
    assert ax.get_yscale() == "log"
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 3]] * 2
    assert ax.get_xticks().tolist() == [1, 2, 3]


def test_shares_of_dead_units_are_bars_on_the_right() -> None:
    ax = plot_report(report(graph(relu)))
    (right,) = (other for other in ax.figure.axes if other is not ax)
    assert [bar.get_height() for bar in right.patches] == [0.0, 1.0, 1.0]
    middles = [bar.get_x() + bar.get_width() / 2 for bar in right.patches]
    assert middles == pytest.approx([0.8, 1.8, 2.8])
    assert right.get_ylim() == (0.0, 1.0)
    assert [text.get_text() for text in ax.get_legend().get_texts()][-1] == "dead (right)"
    gradients = ax.lines[0].get_ydata().tolist()
    assert all(math.isnan(size) for size in gradients), "zeros are left out"


def test_report_without_layers_cannot_be_plotted() -> None:
    with pytest.raises(ValueError, match="the report has no layers: name the parameters"):
        plot_report(report(Value(1.0).exp()))
    with pytest.raises(TypeError, match="plot_report takes a report"):
        plot_report({})


def test_flow_has_a_curve_for_each_layer() -> None:
    ax = plot_gradient_flow({"a": [1.0, 0.0, 0.01], "b": [0.1, 0.2, 0.3]})
    a, b = ax.lines
    assert a.get_xdata().tolist() == [1, 2, 3]
    assert a.get_ydata()[[0, 2]].tolist() == [1.0, 0.01]
    assert math.isnan(a.get_ydata()[1])
    assert b.get_ydata().tolist() == [0.1, 0.2, 0.3]
    assert (a.get_linestyle(), b.get_linestyle()) == ("-", "--")
    assert (a.get_label(), b.get_label()) == ("a", "b")
    assert a.get_color() != b.get_color()


def test_recorder_brings_its_steps() -> None:
    recorder = Made(steps=[1, 11, 21], series=lambda: {"a": [1.0, 2.0, 3.0]})
    assert plot_gradient_flow(recorder).lines[0].get_xdata().tolist() == [1, 11, 21]


def test_many_layers_go_from_dark_to_light() -> None:
    ax = plot_gradient_flow({f"layers.{i}": [1.0, 0.5] for i in range(12)})
    assert len({line.get_color() for line in ax.lines}) == 12
    lightness = [sum(line.get_color()[:3]) for line in ax.lines]
    assert lightness == sorted(lightness)
    assert [line.get_label() for line in ax.lines] == [f"layers.{i}" for i in range(12)]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [f"layers.{i}" for i in range(12)]


def test_plots_go_where_they_are_told() -> None:
    ax = plot_loss([1.0])
    assert plot_gradient_flow({"a": [1.0]}, ax, title="flow") is ax
    assert ax.lines[-1].get_marker() == "o", "a single step is seen"
    assert plot_report(report(graph(tanh)), plot_loss([1.0])) is not ax


@pytest.mark.parametrize(
    ("recorded", "error"), [({}, ValueError), ({"a": []}, ValueError), ([1.0], TypeError)]
)
def test_what_cannot_be_plotted_is_refused(recorded, error) -> None:
    with pytest.raises(error, match=r"nothing to plot|takes a Recorder"):
        plot_gradient_flow(recorded)
