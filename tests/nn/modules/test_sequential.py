"""Modules and functions one behind the other."""

import copy
import math
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import engine
import nn
from engine import Value, gradcheck, no_grad, softmax, tanh
from nn import MLP, Activate, Dropout, Layer, Neuron, NoisyReLU, PReLU, Sequential


def test_outputs_are_those_of_one_layer_behind_the_other() -> None:
    first, second = Layer(2, 3, nonlin=False, rng=0), Layer(3, 2, nonlin=False, rng=1)
    x = [0.5, -1.0]
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in (first, second))
    expected = W2 @ np.tanh(W1 @ x)
    for activation in ("tanh", tanh, Activate("tanh")):
        out = Sequential(first, activation, second)(x)
        assert [y.data for y in out] == pytest.approx(expected.tolist(), rel=1e-14)


def test_same_network_as_an_mlp() -> None:
    mlp = MLP(2, [4, 1], activation="tanh", rng=3)
    rng = np.random.default_rng(3)
    model = Sequential(Layer(2, 4, activation="tanh", rng=rng), Layer(4, 1, nonlin=False, rng=rng))
    assert model.state_dict() == mlp.state_dict()
    assert model([1.0, 2.0]).data == mlp([1.0, 2.0]).data


def test_function_of_the_whole_output() -> None:
    model = Sequential(Layer(2, 3, nonlin=False, rng=0), softmax)
    assert sum(p.data for p in model([1.0, 2.0])) == pytest.approx(1.0, rel=1e-15)


def test_single_output_passes_through_activations() -> None:
    out = Sequential(Neuron(1, nonlin=False, init=2.0), "relu", Dropout(0.0), PReLU())(3.0)
    assert isinstance(out, Value)
    assert out.data == 6.0


def test_gradients_are_those_of_finite_differences() -> None:
    model = Sequential(Layer(2, 3, nonlin=False, rng=0), PReLU(), Layer(3, 2, nonlin=False, rng=1), "sigmoid")
    report = gradcheck(lambda: sum(model([0.5, -1.0])), wrt=model.parameters())
    assert [entry.operand for entry in report.entries][9] == "layers.1.weight.0"


def test_names_and_modes_reach_what_is_within() -> None:
    model = Sequential(Layer(1, 2), "prelu", "noisy_relu", Dropout(0.5), Layer(2, 1))
    assert "layers.1.activation.weight.0" in model.state_dict()
    assert isinstance(model[2].activation, NoisyReLU)
    model.eval()
    assert not model[3].training
    assert not model[2].activation.training


def test_it_is_a_sequence() -> None:
    first, second = Layer(1, 2), Layer(2, 1)
    model = Sequential(first, second)
    assert (len(model), list(model), model[-1]) == (2, [first, second], second)


def test_slices_share_their_layers_and_layers_are_added_replaced_and_removed() -> None:
    model = Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    part = model[:2]
    assert type(part) is Sequential
    assert (len(part), part[0] is model[0], len(model[-1:])) == (2, True, 1)
    assert [y.data for y in model[2:](part([1.0, 2.0]))] == [y.data for y in model([1.0, 2.0])]
    assert model.append(nn.Linear(1, 2)) is model
    model.insert(0, "relu").extend(["tanh", softmax])
    assert [type(each).__name__ for each in model] == [
        *("Activate", "Linear", "Tanh", "Linear", "Linear", "Activate", "function"),
    ]
    assert model[4].bias[1].label == "layers.4.bias.1"
    model[2] = nn.ReLU()
    del model[0]
    assert repr(model[1]) == "ReLU()"
    with pytest.raises(IndexError, match="this Sequential has 6 layers, got index 6"):
        model[6]
    with pytest.raises(ValueError, match="6 layers has none in the slice"):
        model[6:]
    for last in (0, slice(None)):
        with pytest.raises(ValueError, match="its last"):
            del Sequential("relu")[last]
    del model[1:-1:2]
    assert ([type(each).__name__ for each in model], model[1].bias[0].label) == (
        ["Linear", "Linear", "Activate", "function"],
        "layers.1.bias.0",
    )
    named = Sequential({"in": nn.Linear(2, 3), "act": nn.Tanh(), "out": nn.Linear(3, 1)})
    del named[1:]
    assert [*named.layers] == ["in"]


def test_text_lists_the_layers() -> None:
    model = Sequential(Layer(1, 1), "leaky_relu", ("elu", 0.5), Dropout(0.5), Sequential("tanh"), softmax)
    assert repr(model) == (
        "Sequential(\n"
        "  (0): Layer of [ReLUNeuron(1)]\n"
        "  (1): LeakyReLU()\n"
        "  (2): ELU()\n"
        "  (3): Dropout(p=0.5)\n"
        "  (4): Sequential(\n"
        "    (0): Tanh()\n"
        "  )\n"
        "  (5): softmax\n"
        ")"
    )


def test_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        Sequential()


@pytest.mark.parametrize("wrong", [3, None, [Layer(1, 1)]])
def test_what_is_no_layer_is_refused(wrong) -> None:
    with pytest.raises(
        TypeError, match="a layer must be a module, a function or the name of an activation, got"
    ):
        Sequential(wrong)


def test_a_class_and_a_list_are_refused_with_what_is_meant() -> None:
    for make in (lambda: Sequential(Layer(1, 1), nn.Tanh), lambda: MLP(1, [2, 1], activation=nn.Tanh)):
        with pytest.raises(TypeError, match=r"got a class; make one of it, Tanh\(\)"):
            make()
    with pytest.raises(TypeError, match=r"write Sequential\(\*layers\)"):
        Sequential([Layer(1, 1), Layer(1, 1)])


def test_unknown_activation_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no activation is called 'tahn'"):
        Sequential(Layer(1, 1), "tahn")


@pytest.mark.parametrize(
    "layer",
    [
        lambda xs: [math.tanh(x.data) for x in xs],
        lambda xs: np.array([x.data for x in xs]),
        lambda xs: max(xs).data,
        lambda xs: 3,
    ],
)
def test_a_function_that_returns_bare_numbers_is_refused_where_it_would_be_trained(layer) -> None:
    model = Sequential(Layer(2, 3, rng=0), layer)
    with pytest.raises(TypeError, match="layer 1 of this Sequential, <lambda>, returns bare numbers"):
        model([1.0, 2.0])
    with no_grad():
        model([1.0, 2.0])
    nn.predict(model, [[1.0, 2.0]])


def test_a_function_that_returns_some_values_or_had_none_is_allowed() -> None:
    assert Sequential(lambda xs: [2.0 * x for x in xs])([1.0, 2.0]) == [2.0, 4.0]
    assert Sequential(Layer(1, 1, rng=0), lambda x: [x, 1.0])([1.0])[1] == 1.0
    assert Sequential(Layer(1, 2, rng=0), nn.Dropout(1.0))([1.0]) == [0.0, 0.0]


def test_layers_may_have_names() -> None:
    given = OrderedDict(first=nn.Linear(2, 3, rng=0), act=nn.Tanh(), last=nn.Linear(3, 1, rng=1))
    model, plain = Sequential(given), Sequential(*given.values())
    assert isinstance(model, Sequential)
    assert (model.first, model[-1], len(model)) == (given["first"], given["last"], 3)
    assert [y.data for y in model([1.0, 2.0])] == [y.data for y in plain([1.0, 2.0])]
    assert [*model.state_dict(arrays=True)] == ["first.weight", "first.bias", "last.weight", "last.bias"]
    assert repr(model).splitlines()[1] == "  (first): Linear(in_features=2, out_features=3, bias=True)"
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301 - made here
        assert copied.state_dict() == model.state_dict()
        assert copied.first is not model.first
    assert [*model[1:].state_dict(arrays=True)] == ["last.weight", "last.bias"]
    lifted = engine.jit(lambda x: model(x)[0])
    assert lifted([1.0, 2.0]).data == pytest.approx(model([1.0, 2.0])[0].data, rel=1e-14)
    model[1] = nn.ReLU()
    assert isinstance(model.act, nn.ReLU)
    assert lifted([1.0, 2.0]).data == pytest.approx(model([1.0, 2.0])[0].data, rel=1e-14)
    count = len(model.parameters())
    was, model.last = model.last, nn.Linear(3, 1, rng=7)  # as in PyTorch, the layer
    assert model[2] is model.last is not was
    assert len(model.parameters()) == count
    assert model([1.0, 2.0])[0].data == model[2](model[1](model[0]([1.0, 2.0])))[0].data
    assert lifted([1.0, 2.0]).data == pytest.approx(model([1.0, 2.0])[0].data, rel=1e-14)
    model.last = was
    for call in (lambda: model.append("tanh"), lambda: model.extend(["tanh"])):
        with pytest.raises(TypeError, match="make another one of a dict"):
            call()
    with pytest.raises(AttributeError, match="no attribute 'lats'; its layers are first, act, last"):
        _ = model.lats
    with pytest.raises(IndexError, match="3 layers, got index 3"):
        _ = model[3]
    del model.act
    assert [*model.state_dict()][-1] == "layers.last.bias.0"
    assert model([1.0, 2.0])[0].data == Sequential(given["first"], given["last"])([1.0, 2.0])[0].data
    for name in ("layers", "training", "a.b", "", 3):
        with pytest.raises(ValueError, match="a layer cannot be called"):
            Sequential({name: nn.Tanh()})
    with pytest.raises(ValueError, match="at least one layer"):
        Sequential({})
