"""Networks as lectures draw them."""

import re
from itertools import pairwise
from types import SimpleNamespace

import pytest

import engine
import nn
from engine import Value
from tests.viz.pictures import groups, parsed, texts
from viz import draw_network
from viz.graphs.draw_network import is_network, layers_of
from viz.labels import GERMAN


def neuron(*weights: float, b: float | None = 0.0, **more: object) -> SimpleNamespace:
    bias = {} if b is None else {"b": Value(b)}
    return SimpleNamespace(w=[Value(w) for w in weights], **bias, **more)


def layer(*neurons: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(neurons=list(neurons))


def network(*sizes: int) -> SimpleNamespace:
    return SimpleNamespace(
        layers=[layer(*[neuron(*[0.5] * nin) for _ in range(nout)]) for nin, nout in pairwise(sizes)]
    )


def svg(model: object, **options: object) -> str:
    return draw_network(model, **options).pipe(encoding="utf-8")


def test_a_neuron_shows_inputs_weights_bias_and_gradients() -> None:
    model = neuron(0.5, -2.0, b=0.25, activation="tanh")
    model.w[1].grad = 3.0
    shown = svg(model)
    assert groups(shown, "node") == [["x0"], ["x1"], ["tanh", "b 0.2500", "grad 0.0000"]]
    assert [edge for edge in groups(shown, "edge") if edge] == [
        ["0.5000", "grad 0.0000"],
        ["-2.0000", "grad 3.0000"],
    ]


def test_a_layer_and_an_mlp_show_all_their_neurons() -> None:
    assert len(groups(svg(layer(neuron(1.0), neuron(2.0))), "node")) == 1 + 2
    shown = svg(network(2, 3, 1))
    assert len(groups(shown, "node")) == 2 + 3 + 1
    assert len([edge for edge in groups(shown, "edge") if edge]) == 2 * 3 + 3


def test_negative_weights_are_dashed_and_large_ones_thick() -> None:
    shown = svg(neuron(2.0, -1.0, 0.0))
    lines = re.findall(
        r'<path fill="none" stroke="(#\w+)"(?: stroke-width="([\d.]+)")?( stroke-dasharray)?', shown
    )
    assert [(width, bool(dashes)) for _, width, dashes in lines] == [
        ("3", False),
        ("1.75", True),
        ("0.5", False),
    ]
    assert lines[0][0] != lines[1][0]


def test_weights_that_are_not_finite_do_not_break_the_picture() -> None:
    assert len(groups(svg(neuron(float("nan"), float("inf"), 1.0)), "node")) == 4


def test_neurons_keep_their_order() -> None:
    crossing = [[1.0 * (i == 5 - j) for i in range(6)] for j in range(5)]
    shown = svg(layer(*[neuron(*weights, b=float(j)) for j, weights in enumerate(crossing)]))
    for inputs_or_biases in (r"x\d", r"b \d\.0000"):
        found = re.findall(rf'<text [^>]*y="(-[\d.]+)"[^>]*>({inputs_or_biases})<', shown)
        heights = [float(y) for y, name in sorted(found, key=lambda each: each[1])]
        assert len(heights) in (6, 5)
        assert heights == sorted(heights)


def test_without_bias_and_activation_a_neuron_is_a_neuron() -> None:
    assert groups(svg(neuron(1.0, b=None)), "node")[-1] == ["neuron"]


@pytest.mark.parametrize(("more", "name"), [({"nonlin": True}, "relu"), ({"nonlin": False}, "linear"),
                                            ({"activation": Value.tanh}, "tanh")])  # fmt: skip
def test_the_activation_is_named(more, name) -> None:
    assert groups(svg(neuron(1.0, **more)), "node")[-1][0] == name


def test_large_networks_are_one_box_per_layer_and_say_so() -> None:
    shown = svg(network(40, 50, 3), max_nodes=90)
    assert "showing 3 of 93 nodes; folded: layers" in texts(parsed(shown))
    assert groups(shown, "node") == [
        ["40 inputs"],
        ["layer 0", "50 neurons", "2050 parameters"],
        ["layer 1", "3 neurons", "153 parameters"],
    ]


def test_the_title_gives_the_sizes() -> None:
    assert parsed(svg(network(2, 3, 1)))[0].text == "SimpleNamespace: 2 → 3 → 1"


@pytest.mark.parametrize(
    "model",
    [
        None,
        Value(1.0),
        layer(),
        SimpleNamespace(layers=[]),
        SimpleNamespace(layers=[3]),
        SimpleNamespace(w=[1.0]),
        SimpleNamespace(w=[Value(1.0)], b=2.0),
    ],
)
def test_what_is_built_in_another_way_is_refused(model) -> None:
    assert not is_network(model)
    with pytest.raises(TypeError, match=r"draw a result of it instead: draw_dot\(model\(x\)\)"):
        draw_network(model)


def test_layers_of_rows_and_activations_after_them_are_drawn_as_neurons() -> None:
    after = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Dropout(0.5), nn.Linear(3, 1, rng=1))
    picture = draw_network(after)
    nodes = groups(picture.pipe(), "node")
    assert [node[0] for node in nodes] == ["x0", "x1", *["tanh"] * 3, "linear"]
    assert [[unit.activation for unit in layer] for layer in layers_of(after)] == [["tanh"] * 3, ["linear"]]
    assert layers_of(after)[0][1].w is after[0].weight[1]
    mixed = nn.Sequential(nn.Layer(2, 3, nonlin=False), "relu", nn.Linear(3, 2, bias=False), engine.softmax)
    assert [layer[0].activation for layer in layers_of(mixed)] == ["relu", "softmax"]
    assert layers_of(mixed)[1][0].b is None


def test_what_would_be_drawn_wrong_is_not_drawn() -> None:
    linear = nn.Linear(2, 3, rng=0)
    for other in (nn.LayerNorm(3), nn.Linear(4, 1), nn.MLP(3, [1]), len):
        assert not is_network(nn.Sequential(linear, other))
    assert not is_network(nn.Sequential("tanh", linear))
    for table in (nn.Embedding(3, 3), nn.RMSNorm((3, 3)), nn.Conv1d(2, 3, 1)):  # of rows that are no neurons'
        assert not is_network(nn.Sequential(table))
        assert not is_network(nn.Sequential(linear, table))


def test_the_direction_is_one_of_four() -> None:
    with pytest.raises(ValueError, match="rankdir must be one of LR, TB, RL, BT; got 'XX'"):
        draw_network(neuron(1.0), rankdir="XX")


def test_an_untrained_network_shows_no_gradients_and_no_biases_of_0() -> None:
    dot = draw_network(SimpleNamespace(w=[Value(0.5), Value(-2.0)], b=Value(0.0), activation="tanh"))
    svg = dot.pipe(encoding="utf-8")
    assert groups(svg, "node") == [["x0"], ["x1"], ["tanh"]]
    assert groups(svg, "edge") == [["0.5000"], ["-2.0000"]]
    assert "No backward pass yet" in svg


def test_a_bias_that_is_not_0_is_shown_without_a_gradient() -> None:
    dot = draw_network(SimpleNamespace(w=[Value(0.5)], b=Value(0.25), activation="tanh"))
    assert groups(dot.pipe(), "node")[1] == ["tanh", "b 0.2500"]


def test_after_a_backward_pass_a_gradient_of_0_is_shown() -> None:
    model = SimpleNamespace(w=[Value(0.5), Value(-2.0)], b=Value(0.0), activation="tanh")
    model.w[1].grad = 3.0
    svg = draw_network(model).pipe(encoding="utf-8")
    assert ["tanh", "b 0.0000", "grad 0.0000"] in groups(svg, "node")
    assert "No backward pass yet" not in svg


def test_it_speaks_german_and_names_what_is_fed_in() -> None:
    german = GERMAN | {"x0": "Fläche {m²}", "relu": "Gleichrichter"}
    model = layer(neuron(0.5, 1.0, activation="relu"), neuron(0.5, 1.0))
    assert "Noch kein Rückwärtslauf" in draw_network(model, labels=german).description
    assert {"Fläche {m²}", "x1", "Gleichrichter"} <= {*texts(parsed(svg(model, labels=german)))}
    many = texts(parsed(svg(model, max_nodes=2, labels=german)))
    assert {"2 von 4 Knoten; gefaltet: Schichten", "2 Neuronen", "Gleichrichter"} <= {*many}
    with pytest.raises(ValueError, match="labels= names 'x7'"):
        draw_network(model, labels={"x7": "?"})
