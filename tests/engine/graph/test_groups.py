"""Names of the parts of a network."""

import pytest

from engine import Value
from engine.graph.groups import part_names, parts_by_level
from engine.graph.walks import trace


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("layers.0.neurons.1.w.2", ["layers.0.neurons.1", "layers.0"]),
        ("layers.0.neurons.1.b", ["layers.0.neurons.1", "layers.0"]),
        ("layers[0].neurons[1].w[2]", ["layers.0.neurons.1", "layers.0"]),
        ("fc.w.3", ["fc"]),
        ("w.0", []),
        ("b", []),
        ("", []),
        ("0.5", []),
        ("a.", ["a"]),
    ],
)
def test_what_comes_before_an_index_is_no_part(name, parts) -> None:
    assert part_names(name) == parts


def two_neurons() -> tuple[list[Value], Value, Value]:
    w = [Value(0.5), Value(-0.5)]
    x = Value(2.0)
    hidden = (w[0] * x + 1.0).tanh()
    return w, hidden, (hidden * w[1] - 3.0) ** 2


def test_a_neuron_takes_its_products_its_sum_and_its_activation() -> None:
    (w0, w1), hidden, loss = two_neurons()
    graph = trace(loss)
    (neurons,) = parts_by_level(graph, {"first": [w0], "second": [w1]})
    part = {node: neurons[i] for node, i in graph.position.items()}
    assert part[w0] == "first"
    assert part[w1] == "second"
    assert part[hidden._children[0]._children[0]] == "first", "the product"
    assert part[hidden._children[0]] is None, "a sum with a number of no part"
    assert part[loss] is None


def test_labels_are_read_where_no_names_are_given() -> None:
    w = Value(1.0, label="net.layers.0.neurons.3.w.0")
    levels = parts_by_level(trace((w * 2.0).relu()))
    assert [level[-1] for level in levels] == ["net.layers.0.neurons.3", "net.layers.0", "net"]


def test_labels_of_results_and_plain_labels_name_no_part() -> None:
    y = Value(1.0, label="x") * Value(2.0, label="w.0")
    y.label = "layers.0.neurons.0.out"
    assert parts_by_level(trace(y)) == []


def test_groups_replace_labels() -> None:
    w = Value(1.0, label="layers.0.w.0")
    assert parts_by_level(trace(w * 2.0), {}) == []


def test_named_parameters_can_be_given_as_they_are() -> None:
    w, b = Value(1.0), Value(0.0)
    levels = parts_by_level(trace(w * 2.0 + b), {"layers.0.neurons.0.w.0": w, "layers.0.neurons.0.b": b})
    assert levels[0][-1] == "layers.0.neurons.0"
    assert levels[1][-1] == "layers.0"


def test_a_part_given_with_its_results_has_just_these() -> None:
    w = Value(1.0)
    product = w * 2.0
    loss = product.exp()
    (parts,) = parts_by_level(trace(loss), {"mine": [w, product]})
    assert parts == ["mine", None, "mine", None]


def test_values_of_other_graphs_are_passed_over() -> None:
    assert parts_by_level(trace(Value(1.0).exp()), {"a.b": Value(1.0)}) == []


@pytest.mark.parametrize("groups", [{"a": [1.0]}, {"a": "text"}])
def test_groups_hold_values(groups) -> None:
    with pytest.raises(TypeError, match=r"groups\['a'\] holds .* which is not a Value"):
        parts_by_level(trace(Value(1.0)), groups)


def test_groups_are_a_mapping() -> None:
    with pytest.raises(TypeError, match="groups maps names to Values"):
        parts_by_level(trace(Value(1.0)), [Value(1.0)])
