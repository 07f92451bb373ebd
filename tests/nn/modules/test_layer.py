"""Neurons side by side."""

import numpy as np
import pytest

from engine import Value, gradcheck, leaves
from nn import Layer


def test_outputs_are_those_of_the_matrix_form() -> None:
    rng = np.random.default_rng(0)
    W, b, x = rng.normal(size=(3, 5)), rng.normal(size=3), rng.normal(size=5)
    layer = Layer(5, 3, activation="tanh", init=W)
    for neuron, bias in zip(layer.neurons, b, strict=True):
        neuron.b.data = bias
    assert [y.data for y in layer(x)] == pytest.approx(np.tanh(W @ x + b).tolist(), rel=1e-14)


def test_gradients_are_those_of_finite_differences() -> None:
    layer = Layer(2, 3, activation="sigmoid", rng=0)
    report = gradcheck(lambda: layer([0.5, -1.0]), wrt=layer.parameters())
    assert len(report.entries) == 3 * 9


def test_one_neuron_gives_its_value_several_a_list() -> None:
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    outputs = Layer(2, 2)([1.0, 2.0])
    assert type(outputs) is list
    assert len(outputs) == 2


def test_neurons_share_one_leaf_for_each_input() -> None:
    a, b = Layer(2, 2, rng=0)([1.0, 2.0])
    assert [leaf.label for leaf in leaves(a + b)].count("x.0") == 1


def test_settings_reach_every_neuron() -> None:
    layer = Layer(2, 3, activation="elu", init=0.5, bias=False)
    assert repr(layer) == "Layer of [ELUNeuron(2), ELUNeuron(2), ELUNeuron(2)]"
    assert layer.state_dict() == {f"neurons.{i}.w.{j}": 0.5 for i in range(3) for j in range(2)}
    assert [neuron.nonlin for neuron in Layer(2, 2, nonlin=False).neurons] == [False, False]


def test_neurons_differ_and_the_seed_decides() -> None:
    layer, again = Layer(2, 2, rng=4), Layer(2, 2, rng=4)
    assert layer.neurons[0].w[0].data != layer.neurons[1].w[0].data
    assert layer.state_dict() == again.state_dict()


def test_fan_out_counts_for_xavier() -> None:
    weights = [abs(p.data) for p in Layer(2, 400, init="xavier_uniform", rng=0, bias=False).parameters()]
    limit = np.sqrt(6.0 / 402)
    assert 0.98 * limit < max(weights) <= limit


def test_neuron_of_ones_own_can_stand_in() -> None:
    layer = Layer(2, 2, init=1.0)
    layer.neurons[1] = lambda x: x[0] * 100
    assert [y.data for y in layer([1.0, 2.0])] == [3.0, 100.0]


def test_wrong_number_of_inputs_names_both() -> None:
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        Layer(2, 4)([1.0, 2.0, 3.0])


@pytest.mark.parametrize(("nin", "nout", "named"), [(0, 1, "nin"), (1, 0, "nout"), (1, -3, "nout")])
def test_sizes_must_be_positive(nin, nout, named) -> None:
    with pytest.raises(ValueError, match=f"{named} must be at least 1"):
        Layer(nin, nout)


def test_width_must_be_a_whole_number() -> None:
    with pytest.raises(TypeError, match=r"nout must be an integer, got \[1\]"):
        Layer(2, [1])


def test_parameters_are_labelled_for_pictures() -> None:
    layer = Layer(1, 2)
    assert [p.label for p in layer.parameters()] == [
        "neurons.0.w.0",
        "neurons.0.b",
        "neurons.1.w.0",
        "neurons.1.b",
    ]
