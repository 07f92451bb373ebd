"""The size of gradients, layer by layer."""

from types import SimpleNamespace as Made

import numpy as np
import pytest
from matplotlib.figure import Figure

from engine import Value
from viz import gradient_sizes, plot_gradient_sizes


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
