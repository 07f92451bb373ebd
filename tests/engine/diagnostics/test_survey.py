"""What is gathered of a graph's layers and operators."""

import math

import numpy as np
import pytest

from engine import Value, cos, maximum, relu, tanh
from engine.diagnostics.survey import mean, root_mean_square, survey
from engine.graph.walks import trace
from engine.transforms.reverse import gradients


def surveyed(root: Value, **options):
    graph = trace(root)
    return survey(graph, dict(zip(graph.nodes, gradients(root, graph.nodes), strict=True)), **options)


def neuron(name: str, weights: list[float], inputs: list[Value], activation) -> Value:
    terms = [
        Value(w, label=f"{name}.w.{k}") * x for k, (w, x) in enumerate(zip(weights, inputs, strict=True))
    ]
    return activation(sum(terms[1:], terms[0]) + Value(0.1, label=f"{name}.b"))


def network(activation=tanh) -> Value:
    x = [Value(0.5), Value(-1.0)]
    hidden = [neuron(f"net.0.neurons.{i}", w, x, activation) for i, w in enumerate([[0.3, -0.2], [0.5, 0.7]])]
    return (neuron("net.1.neurons.0", [1.5, -0.5], hidden, lambda z: z) - 1.0) ** 2


def test_layers_are_the_parts_of_which_there_are_several() -> None:
    layers, _ = surveyed(network())
    assert [(layer.name, len(layer.parameters)) for layer in layers] == [("net.0", 6), ("net.1", 3)]
    assert [sorted(layer.units) for layer in layers] == [["net.0.neurons.0", "net.0.neurons.1"], []]
    assert [layer.activations for layer in layers] == [{"tanh"}, set()]


def test_network_of_one_layer_has_one() -> None:
    x = [Value(0.5), Value(-1.0)]
    out = [neuron(f"layers.0.neurons.{i}", [0.3, i], x, tanh) for i in range(2)]
    (layer,), _ = surveyed(out[0] * out[1] + 1.0)
    assert (layer.name, len(layer.parameters)) == ("layers.0", 6)
    assert sorted(layer.units) == ["layers.0.neurons.0", "layers.0.neurons.1"]


def test_signals_and_slopes_are_those_of_the_textbook() -> None:
    layers, _ = surveyed(network())
    z = np.array([[0.3, -0.2], [0.5, 0.7]]) @ [0.5, -1.0] + 0.1
    h = np.tanh(z)
    y = np.array([1.5, -0.5]) @ h + 0.1
    assert layers[1].signals == pytest.approx([2 * (y - 1)])
    assert layers[0].signals == pytest.approx((2 * (y - 1) * np.array([1.5, -0.5])).tolist())
    assert layers[0].local_grads == pytest.approx((1 - h**2).tolist())


def test_unit_is_alive_where_any_sample_finds_a_slope() -> None:
    w = [Value(weight, label=f"layers.0.neurons.{i}.w.0") for i, weight in enumerate((1.0, -1.0))]
    v = Value(1.0, label="layers.1.neurons.0.w.0")
    layers, _ = surveyed(sum(relu(each * x) * v for each in w for x in (-1.0, 2.0)))
    assert layers[0].units == {"layers.0.neurons.0": True, "layers.0.neurons.1": True}
    layers, _ = surveyed(sum(relu(each * x) * v for each in w for x in (1.0, 2.0)))
    assert layers[0].units == {"layers.0.neurons.0": True, "layers.0.neurons.1": False}


def test_unit_of_falling_slope_is_alive() -> None:
    w = Value(1.0, label="a.neurons.0.w.0")
    (layer,), _ = surveyed(cos(w * 1.0) * 2.0)
    assert layer.local_grads == [-math.sin(1.0)]
    assert layer.units == {"a.neurons.0": True}


def test_what_chooses_between_results_of_a_layer_is_no_activation() -> None:
    w = [Value(1.0, label=f"a.{i}.w.0") for i in range(2)]
    v = Value(1.0, label="b.0.w.0")
    layers, _ = surveyed(maximum(w[0] * 2.0, w[0] * 3.0) * v + w[1] * 0.5)
    assert [layer.activations for layer in layers] == [set()] * len(layers)


def test_names_may_be_given() -> None:
    w, v = Value(0.5), Value(0.25)
    layers, _ = surveyed((tanh(w * 2.0) * v), groups={"first.w": w, "second.w": v})
    assert [layer.name for layer in layers] == ["first", "second"]


def test_without_names_there_are_no_layers() -> None:
    layers, operators = surveyed(tanh(Value(0.5) * 2.0))
    assert layers == []
    assert sorted(operators) == ["", "*", "tanh"]


def test_operators_have_their_nodes_the_most_frequent_first() -> None:
    x = Value(2.0)
    _, operators = surveyed(relu(x) + relu(-x) + relu(x * 3.0))
    assert {op: len(nodes) for op, nodes in operators.items()} == {"ReLU": 3, "": 2, "neg": 1, "*": 1, "+": 2}
    assert next(iter(operators)) == "ReLU"


@pytest.mark.parametrize(
    ("numbers", "size"),
    [
        ([3.0, 4.0], math.sqrt(12.5)),
        ([0.0, 0.0], 0.0),
        ([1e200, 1e200], 1e200),
        ([3e-200, 4e-200], 5e-200 / math.sqrt(2)),
        ([1.0, -math.inf], math.inf),
    ],
)
def test_root_mean_square_neither_overflows_nor_underflows(numbers, size) -> None:
    assert root_mean_square(numbers) == pytest.approx(size)


@pytest.mark.parametrize("numbers", [[], [math.nan, 1.0], [1.0, math.nan, math.inf]])
def test_root_mean_square_of_nothing_or_nan_is_nan(numbers) -> None:
    assert math.isnan(root_mean_square(numbers))


def test_mean_of_nothing_is_nan() -> None:
    assert math.isnan(mean([]))
