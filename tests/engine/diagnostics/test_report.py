"""report: gradients at a glance, and what is wrong with them."""

import json
import math
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest

from engine import GraphError, Value, relu, report, sigmoid, tanh
from engine.diagnostics.tables import LEGEND


def chain(activation, weights: list[float], x: float = 0.5) -> Value:
    """A network of one neuron a layer."""
    for i, w in enumerate(weights):
        x = activation(x * Value(w, label=f"layers.{i}.neurons.0.w.0"))
    x.label = "loss"
    return x


def test_factor_is_the_local_gradient_times_the_weight_to_the_next_layer() -> None:
    found = report(chain(tanh, [0.5, 2.0, -3.0]))
    h = 0.5
    slopes = []
    for w in (0.5, 2.0, -3.0):
        h = math.tanh(h * w)
        slopes.append(1 - h * h)
    assert [layer.local_grad for layer in found.layers] == pytest.approx(slopes)
    assert math.isnan(found.layers[0].factor)
    assert [layer.factor for layer in found.layers[1:]] == pytest.approx([2.0 * slopes[1], 3.0 * slopes[2]])
    assert [layer.gain for layer in found.layers[1:]] == pytest.approx([2.0, 3.0])
    with pytest.warns(DeprecationWarning, match="local_grad"):
        assert found.layers[1].slope == found.layers[1].local_grad
    assert found.layers[2].signal == 1.0


def test_looking_changes_no_gradient() -> None:
    root = chain(tanh, [0.5, 2.0])
    root.backward()
    leaf = next(node for node in report(root).gradients if node.label == "layers.0.neurons.0.w.0")
    before = leaf.grad
    found = report(root)
    assert (leaf.grad, found.gradients[leaf]) == (before, before)


def test_vanishing_is_told_with_the_factor_and_its_cause() -> None:
    found = report(chain(sigmoid, [0.5] * 9))
    assert found.warnings[0].startswith(
        "The gradient vanishes: from layers.8 back to layers.0 it shrinks to "
    )
    total = found.layers[0].signal / found.layers[-1].signal
    assert f"to {total:.3g} of its size, ×{total ** (1 / 8):.3g} a layer." in found.warnings[0]
    worst = min(found.layers[1:], key=lambda layer: layer.factor)
    assert found.warnings[1] == (
        f"Most of it in {worst.name}: ×{worst.factor:.3g} = "
        f"×{worst.local_grad:.3g} by the local gradients of sigmoid · ×0.5 by its weights."
    )


def test_one_layer_of_nine_that_kills_the_gradient_is_named() -> None:
    weights = [1.0] * 9
    weights[4] = 1e-5
    found = report(chain(tanh, weights))
    assert found.warnings[1].startswith("Most of it in layers.4: ×1e-05 = ×1 by the local gradients of tanh")


def test_exploding_is_told() -> None:
    found = report(chain(lambda z: z + 0.0, [30.0] * 4))
    assert found.warnings == [
        "The gradient explodes: from layers.3 back to layers.0 it grows to 2.7e+04 of its size, ×30 a layer.",
        "Most of it in layers.1: ×30 by its weights.",
    ]


def test_dead_units_are_told() -> None:
    found = report(chain(relu, [1.0, -1.0, 1.0]))
    assert [layer.dead for layer in found.layers] == [0.0, 1.0, 1.0]
    dead = "layers.1: 100% of its 1 units are dead, the local gradient of ReLU being 0 at every sample."
    assert dead in found.warnings


def test_saturated_layer_is_told() -> None:
    found = report(chain(sigmoid, [1.0, 100.0, 1.0]))
    assert [layer.saturated for layer in found.layers] == [0.0, 1.0, 0.0]
    assert "layers.1: 100% of sigmoid is saturated." in found.warnings


def test_healthy_network_has_no_warnings() -> None:
    assert report(chain(tanh, [0.9, 1.1, 0.9])).warnings == []


def test_nan_and_infinities_are_told_with_their_operators() -> None:
    w = Value(0.0, label="layers.0.w")
    found = report(w.log() * Value(2.0, label="layers.1.w"))
    assert found.warnings[:2] == [
        "Gradients are infinite or nan in layers.0, layers.1.",
        "Nodes with numbers or gradients that are infinite or nan: 2 of leaves, 1 of log, 1 of *.",
    ]


def test_update_ratio_of_gradient_descent() -> None:
    found = report(chain(tanh, [0.5, 2.0]), lr=0.1)
    for layer in found.layers:
        assert layer.update_ratio == pytest.approx(0.1 * layer.gradient / layer.weight)
    assert all(math.isnan(layer.update_ratio) for layer in report(chain(tanh, [0.5])).layers)
    fast = report(chain(tanh, [0.5, 2.0]), lr=1e3)
    assert any("a step changes the weights by" in warning for warning in fast.warnings)


def test_update_ratio_of_updates_given() -> None:
    root = chain(tanh, [0.5, 2.0])
    parameters = {node.label: node for node in report(root).gradients if node.label.startswith("layers")}
    updates = {parameters["layers.0.neurons.0.w.0"]: -0.005}
    found = report(root, updates=updates)
    assert found.layers[0].update_ratio == pytest.approx(0.01)
    assert math.isnan(found.layers[1].update_ratio)
    with pytest.raises(ValueError, match="lr= or updates="):
        report(root, lr=0.1, updates=updates)


def test_table_has_a_line_for_each_layer_and_no_empty_columns() -> None:
    lines = str(report(chain(tanh, [0.9, 1.1]))).splitlines()
    assert lines[0] == "loss = 0.433411, made of 7 nodes"
    assert lines[2].split() == [
        "layer",
        "parameters",
        "gradient",
        "weight",
        "signal",
        "factor",
        "local_grad",
        "dead",
        "saturated",
    ]
    assert [line.split()[0] for line in lines[3:5]] == ["layers.0", "layers.1"]
    assert [line.split()[0] for line in lines[6:]] == lines[2].split()[1:]  # the legend
    assert "update/weight" in str(report(chain(tanh, [0.9, 1.1]), lr=0.1))


def test_without_names_the_table_is_of_operators() -> None:
    text = str(report(tanh(Value(0.5) * 2.0)))
    assert text.splitlines()[2].split() == ["operator", "nodes", "gradient", "flat", "saturated"]
    assert {line.split()[0] for line in text.splitlines()[3:6]} == {"leaf", "*", "tanh"}
    assert [line.split()[0] for line in text.splitlines()[7:]] == ["nodes", "gradient", "flat", "saturated"]


def test_a_root_without_a_label_is_called_so() -> None:
    assert str(report(Value(1.0) + 2.0)).startswith("the root, + = 3, made of 3 nodes")


def test_largest_gradients_come_first() -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    found = report(x * 5.0 - y * 7.0)
    assert [(node.label, g) for node, g in found.largest(2)] == [("y", -7.0), ("x", 5.0)]


def test_data_form_is_plain() -> None:
    data = report(chain(tanh, [0.9, 1.1]), lr=0.1).to_dict()
    assert json.loads(json.dumps(data)) is not None
    assert data["layers"][1]["name"] == "layers.1"
    assert data["layers"][1]["gain"] == pytest.approx(1.1)
    assert data["operators"][0]["nodes"] == 3


@pytest.mark.parametrize("root", [3.0, None, [Value(1.0)]])
def test_what_is_no_value_is_refused(root) -> None:
    with pytest.raises(TypeError, match="Value"):
        report(root)


def test_node_without_local_gradients_is_an_error() -> None:
    with pytest.raises(GraphError, match="without local gradients"):
        report(Value(1.0, (Value(1.0),), "f"))


def test_notebook_shows_the_table() -> None:
    shown = []
    found = report(chain(tanh, [0.5]))
    found._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == [str(found)]
    html = fromstring(f"<root>{found._repr_html_()}</root>")
    heads = {cell.text for cell in html.iter("th")}
    assert heads == {*str(found).splitlines()[2].split(), "column", "meaning"}
    assert all(LEGEND[cell.text] == cell.get("title") for cell in html.find("table").iter("th"))
    assert len(html.findall("ul/li")) == len(found.warnings) == 0
    vanishing = report(chain(tanh, [1e-3, 1e-3, 1e-3]))
    items = fromstring(f"<root>{vanishing._repr_html_()}</root>").findall("ul/li")
    assert [each.text for each in items] == vanishing.warnings != []


def operators(root: Value):
    """The entries of the operators, by their text."""
    return {each.op: each for each in report(root).operators}


def test_operators_have_the_share_of_their_flat_local_gradients() -> None:
    x = Value(2.0)
    relus = operators(relu(x) + relu(-x) + relu(x * 3.0))["ReLU"]
    assert (relus.nodes, relus.flat, relus.not_finite) == (3, 1 / 3, 0)
    assert math.isnan(relus.saturated)


def test_saturation_is_a_local_gradient_far_below_the_steepest() -> None:
    x = Value(1.0)
    assert operators(tanh(x * 3.0) + tanh(x * 0.1))["tanh"].saturated == 0.5


def test_nodes_that_are_not_finite_are_counted() -> None:
    found = operators((Value(0.0).log() * 0.0).exp())
    assert {op: each.not_finite for op, each in found.items() if each.not_finite} == {
        "log": 1,
        "*": 1,
        "exp": 1,
        "": 1,  # the number 0 beside the logarithm; the literal product masks the way to the other
    }


def test_its_repr_counts() -> None:
    assert repr(report(chain(tanh, [0.5, 2.0]))).startswith("Report(nodes=")
