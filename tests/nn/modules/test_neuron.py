"""Neurons, one and side by side."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

import engine
import nn
from engine import LostGradientWarning, Value, gradcheck, leaves, no_grad
from nn import ACTIVATIONS, Layer, Module, Neuron


def test_output_is_activation_of_weighted_sum() -> None:
    neuron = Neuron(3, activation="tanh", init=[0.5, -1.0, 2.0])
    neuron.b.data = 0.25
    x = [0.1, 0.2, -0.3]
    assert neuron(x).data == pytest.approx(np.tanh(np.dot([0.5, -1.0, 2.0], x) + 0.25), rel=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_those_of_finite_differences(activation) -> None:
    neuron = Neuron(3, activation=activation, rng=1)
    neuron.b.data = 0.3
    report = gradcheck(lambda: neuron([0.5, -1.0, 2.0]), wrt=neuron.parameters())
    assert [entry.operand for entry in report.entries] == ["w.0", "w.1", "w.2", "b"]
    assert gradcheck(neuron, [0.5, -1.0, 2.0])


def test_delta_rule() -> None:
    # one sigmoid neuron with E = (t - y)²/2: dE/dw_i = (y - t)·y(1 - y)·x_i
    neuron, x, t = Neuron(2, activation="sigmoid", rng=0), [0.5, -1.5], 1.0
    y = neuron(x)
    ((t - y) ** 2 / 2).backward()
    delta = (y.data - t) * y.data * (1.0 - y.data)
    assert [w.grad for w in neuron.w] == pytest.approx([delta * x[0], delta * x[1]], rel=1e-14)
    assert neuron.b.grad == pytest.approx(delta, rel=1e-14)


def test_gradient_reaches_the_inputs() -> None:
    neuron = Neuron(2, nonlin=False, init=[3.0, -4.0])
    x = [Value(1.0), Value(2.0)]
    neuron(x).backward()
    assert [each.grad for each in x] == [3.0, -4.0]


def test_defaults_are_those_of_micrograd() -> None:
    random.seed(3)
    neuron = Neuron(2)
    random.seed(3)
    assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in range(2)]
    assert neuron.b.data == 0.0
    assert neuron.nonlin
    assert neuron.activation == "relu"
    assert isinstance(neuron, Module)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "ReLUNeuron(2)"),
        ({"nonlin": False}, "LinearNeuron(2)"),
        ({"nonlin": False, "activation": "linear"}, "LinearNeuron(2)"),
        ({"activation": "leaky_relu"}, "LeakyReLUNeuron(2)"),
        ({"activation": abs}, "AbsNeuron(2)"),
    ],
)
def test_text_names_activation_and_inputs(options, text) -> None:
    assert repr(Neuron(2, **options)) == text


def test_function_as_activation() -> None:
    neuron = Neuron(1, activation=lambda z: z * z, init=3.0)
    assert neuron(2.0).data == 36.0


class Leak(Module):
    """A leaky relu whose leak is learned."""

    def __init__(self) -> None:
        self.alpha = Value(0.25)

    def __call__(self, z: Value) -> Value:
        return z.relu() - self.alpha * (-z).relu()


def test_activation_with_parameters_of_its_own() -> None:
    neuron = Neuron(1, activation=Leak(), init=1.0)
    assert [name for name, _ in neuron.named_parameters()] == ["w.0", "b", "activation.alpha"]
    assert neuron(-2.0).data == -0.5
    assert gradcheck(lambda: neuron(-2.0), wrt=neuron.parameters())


def test_activation_and_nonlin_may_be_set() -> None:
    neuron = Neuron(1, init=1.0)
    neuron.nonlin = False
    assert (neuron.activation, neuron(-2.0).data) == ("linear", -2.0)
    neuron.nonlin = True
    assert (neuron.activation, neuron(-2.0).data) == ("relu", 0.0)
    neuron.activation = "tanh"
    neuron.nonlin = True
    assert (neuron.activation, neuron.nonlin) == ("tanh", True)


def test_nonlin_false_contradicts_an_activation() -> None:
    with pytest.raises(ValueError, match="nonlin=False contradicts activation='tanh'"):
        Neuron(2, nonlin=False, activation="tanh")


def test_without_bias() -> None:
    neuron = Neuron(2, nonlin=False, init=[1.0, 2.0], bias=False)
    assert neuron.b is None
    assert len(neuron.parameters()) == 2
    assert neuron([3.0, 4.0]).data == 11.0


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0, 3.0], np.ones(4)])
def test_wrong_number_of_inputs_names_both(x) -> None:
    with pytest.raises(ValueError, match=rf"ReLUNeuron\(2\) takes 2 inputs, got {len(x)}"):
        Neuron(2)(x)


@pytest.mark.parametrize("wrong", ["a", None, 1j])
def test_input_that_is_no_number_is_a_type_error(wrong) -> None:
    with pytest.raises(TypeError, match="must be a real number, got"):
        Neuron(2)([1.0, wrong])


def test_any_kind_of_number_goes_in() -> None:
    assert Neuron(2, init=1.0)([Fraction(1, 2), Value(1.0)]).data == 1.5


def test_complex_step_passes_through() -> None:
    neuron = Neuron(2, activation="tanh", rng=0)
    assert gradcheck(lambda x: neuron([x, 2.0]), 0.5, method="complex").max_error < 1e-14


def test_numbers_in_make_few_nodes() -> None:
    out = Neuron(3)([1.0, 2.0, 3.0])
    assert out._op == "ReLU"
    assert [child._op for child in out._children] == ["+"]
    assert [child._op for child in out._children[0]._children] == ["dot", ""]


def test_no_grad_records_nothing() -> None:
    neuron = Neuron(2)
    with no_grad():
        assert neuron([1.0, 2.0])._children == ()


def test_parameters_are_labelled_for_pictures() -> None:
    neuron = Neuron(2)
    assert [p.label for p in neuron.parameters()] == ["w.0", "w.1", "b"]


@pytest.mark.parametrize("nin", [0, -1])
def test_no_inputs_are_refused(nin) -> None:
    with pytest.raises(ValueError, match=f"nin must be at least 1, got {nin}"):
        Neuron(nin)


def test_unknown_activation_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no activation is called 'rleu'"):
        Neuron(2, activation="rleu")


# -- activations that lose the gradient --------------------------------------------------------------------

BARE = {
    "of the data": lambda z: math.tanh(z.data),
    "float()": lambda z: math.tanh(float(z)),
    "a constant": lambda z: 1.0,
    "an integer": lambda z: 1,
    "a number of NumPy's": lambda z: np.float64(z.data),
}


@pytest.mark.parametrize("activation", BARE.values(), ids=BARE)
@pytest.mark.parametrize(
    "model",
    [
        lambda activation: Neuron(2, activation=activation),
        lambda activation: nn.Layer(2, 3, activation=activation),
        lambda activation: nn.MLP(2, [3, 1], activation=activation),
        lambda activation: nn.Sequential(nn.Layer(2, 3), nn.Activate(activation)),
    ],
    ids=["Neuron", "Layer", "MLP", "Activate"],
)
def test_an_activation_that_returns_a_bare_number_is_refused(model, activation) -> None:
    network = model(activation)
    message = r"the activation <lambda> returns the bare number .*engine\.tanh in place of math\.tanh"
    with pytest.raises(TypeError, match=message):
        network([1.0, 2.0])
    with no_grad(), pytest.raises(TypeError, match=message):
        network([1.0, 2.0])


def test_math_tanh_trains_no_dead_network() -> None:
    model = nn.MLP(2, [3, 1], activation=math.tanh)
    with pytest.raises(TypeError, match="gradient"):
        nn.fit(model, [[1.0, 2.0]], [1.0], loss="mse", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=2)
    with pytest.warns(LostGradientWarning), pytest.raises(TypeError, match="bare number"):
        model([1.0, 2.0])


def test_an_activation_of_the_engine_is_as_ever() -> None:
    for activation in (lambda z: z.tanh(), lambda z: z * 0.0, engine.tanh, "step"):
        assert isinstance(Neuron(1, activation=activation)([0.5]), Value)


def test_outputs_are_those_of_the_matrix_form() -> None:
    rng = np.random.default_rng(0)
    W, b, x = rng.normal(size=(3, 5)), rng.normal(size=3), rng.normal(size=5)
    layer = Layer(5, 3, activation="tanh", init=W)
    for neuron, bias in zip(layer.neurons, b, strict=True):
        neuron.b.data = bias
    assert [y.data for y in layer(x)] == pytest.approx(np.tanh(W @ x + b).tolist(), rel=1e-14)


def test_gradients_are_those_of_finite_differences_of_a_layer() -> None:
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
    assert repr(layer) == "Layer of [3 x ELUNeuron(2)]"
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


def test_wrong_number_of_inputs_names_both_of_a_layer() -> None:
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        Layer(2, 4)([1.0, 2.0, 3.0])


@pytest.mark.parametrize(("nin", "nout", "named"), [(0, 1, "nin"), (1, 0, "nout"), (1, -3, "nout")])
def test_sizes_must_be_positive(nin, nout, named) -> None:
    with pytest.raises(ValueError, match=f"{named} must be at least 1"):
        Layer(nin, nout)


def test_width_must_be_a_whole_number() -> None:
    with pytest.raises(TypeError, match=r"nout must be an integer, got \[1\]"):
        Layer(2, [1])


def test_parameters_are_labelled_for_pictures_of_a_layer() -> None:
    layer = Layer(1, 2)
    assert [p.label for p in layer.parameters()] == [
        "neurons.0.w.0",
        "neurons.0.b",
        "neurons.1.w.0",
        "neurons.1.b",
    ]
