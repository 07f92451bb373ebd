"""Graphs as JSON: what is written."""

import json
import math

import pytest

from engine import Value, save_json, to_json


def entries(root: Value) -> list[dict]:
    return json.loads(to_json(root))["nodes"]


def test_nodes_stand_in_topological_order_one_to_a_line() -> None:
    a = Value(2.0, label="a")
    text = to_json(a * a + 1.0)
    document = json.loads(text)
    assert (document["format"], document["version"], document["root"]) == ("chainrule graph", 1, 3)
    assert [node.get("op") for node in document["nodes"]] == [None, "mul", None, "add"]
    assert document["nodes"][1]["operands"] == [0, 0]
    assert [len(line) > 0 for line in text.splitlines()].count(True) == 4 + 2


def test_every_kind_of_node_is_told() -> None:
    frozen = Value(1.0)
    frozen.requires_grad = False
    by_hand = Value(6.0, (frozen * 2.0,), (3.0,))
    assert [node["kind"] for node in entries(by_hand)] == ["frozen", "constant", "result", "by hand"]
    assert entries(Value(1.0, (Value(1.0),), "f"))[1] == {
        "kind": "by hand", "op": "f", "operands": [0], "data": 1.0, "grad": 0.0,
    }  # fmt: skip


def test_what_json_has_no_number_for_is_text() -> None:
    root = Value(math.inf) * Value(0.0)
    infinite, _, result = entries(root)
    assert (infinite["data"], result["data"]) == ("inf", "nan")
    assert result["local_grads"] == [0.0, "inf"]
    json.loads(to_json(root), parse_constant=pytest.fail)


def test_looking_changes_nothing_and_equal_graphs_give_equal_texts() -> None:
    first, second = (Value(2.0, label="x").exp() for _ in range(2))
    first.backward()
    second.backward()
    assert to_json(first) == to_json(second)
    assert json.loads(to_json(first))["nodes"][0]["grad"] == math.exp(2.0)


def test_file_holds_the_same_text(tmp_path) -> None:
    root = Value(2.0, label="β").exp()
    path = save_json(root, tmp_path / "new" / "graph.json")
    assert path.read_text(encoding="utf-8") == to_json(root)


def test_file_that_was_there_stays_where_writing_fails(tmp_path) -> None:
    path = tmp_path / "graph.json"
    path.write_text("old")
    with pytest.raises(TypeError, match="a graph is walked from a Value"):
        save_json(3.0, path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["graph.json"]
