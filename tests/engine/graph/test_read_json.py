"""Graphs read from JSON: the same gradients, and everything wrong refused with its place."""

import json
import math
from typing import Any

import pytest
from hypothesis import given

import engine
from engine import GraphFormatError, Value, from_json, grad, load_json, save_json, to_json, topological_order
from engine.node.backend import apply
from engine.node.copying import row_key
from engine.ops import OPERATORS
from engine.transforms.reverse import gradients
from tests.engine.test_random_programs import EVERYTHING, programs


def assert_same(found: Value, expected: Value) -> None:
    """Two graphs alike in every field, to the bit."""
    for a, b in zip(topological_order(found), topological_order(expected), strict=True):
        assert (repr(a.data), repr(a.grad), a.label) == (repr(b.data), repr(b.grad), b.label)
        assert (row_key(a._row), len(a._children)) == (row_key(b._row), len(b._children))
        assert repr(a._local_grads) == repr(b._local_grads)


@pytest.mark.unmeasured
@given(programs(list(EVERYTHING), 25))
def test_random_program_comes_back_with_the_same_gradients(program) -> None:
    inputs = [Value(x, label=f"x{i}") for i, x in enumerate(program.inputs)]
    root = program.run(engine, inputs)
    root.backward()
    again = from_json(to_json(root))
    assert_same(again, root)
    again.backward()
    root.backward()
    assert_same(again, root)
    assert to_json(again) == to_json(root)


DAMAGE = [
    *(("data", x) for x in (None, "1", True, [1.0], 1e999)),
    *(("grad", x) for x in (None, "1", False, -1e999)),
    *(("label", x) for x in (None, 3, ["x"])),
    *(("op", x) for x in (None, "no such", 3, ["mul"])),
    *(("operands", x) for x in (None, [], [0], [0, 2], [0, -1], [0, True], [0, 1.0], [0, 1, 1], "01")),
    *(("local_grads", x) for x in (None, [], [1.0], [1.0, None], [1.0, True], [1.0, "2"], [1.0, 1e999])),
    *(("baked", x) for x in (None, [2.0], ["2"], [True], [1e999], 2.0)),
    *(("kind", x) for x in (None, "leaf", "results", 1)),
    ("unknown", 1.0),
]


def test_a_damaged_node_is_refused() -> None:
    written = json.loads(to_json(Value(2.0, label="x") * Value(3.0)))
    for field, value in DAMAGE:
        damaged = written | {"nodes": [*written["nodes"][:2], written["nodes"][2] | {field: value}]}
        with pytest.raises(GraphFormatError, match=r"nodes\[2\]"):
            from_json(json.dumps(damaged).replace("Infinity", "1e999"))


@pytest.mark.parametrize("row", OPERATORS.values(), ids=list(OPERATORS))
def test_every_row_comes_back(row) -> None:
    for point in row.points[:1]:
        for operands in {point, point[: len(point) - row.static]}:
            root = apply(row, [*map(Value, operands), *point[len(operands) :]])
            again = from_json(to_json(root))
            assert again._row is root._row
            assert_same(again, root)


def test_second_derivatives_are_had_again() -> None:
    x = Value(0.5)
    again = from_json(to_json(x.tanh() * x))
    leaf = topological_order(again)[0]
    (slope,) = gradients(again, [leaf], create_graph=True)
    (second,) = gradients(slope, [leaf])
    assert second == pytest.approx(grad(grad(lambda x: x.tanh() * x))(0.5), rel=1e-14)


def test_nan_infinities_and_smallest_numbers_come_back() -> None:
    root = (Value(math.inf) * 0.0 + 5e-324) * Value(-math.inf)
    assert_same(from_json(to_json(root)), root)


def test_kinds_of_leaves_come_back() -> None:
    frozen = Value(2.0)
    frozen.requires_grad = False
    root = frozen * 3.0 + Value(1.0)
    again = from_json(to_json(root))
    leaves = [node for node in topological_order(again) if not node._children]
    assert [leaf.requires_grad for leaf in leaves] == [False, False, True]


def test_root_need_not_be_the_last() -> None:
    document = json.loads(to_json(Value(2.0).exp() * 3.0))
    document["root"] = 1
    assert from_json(json.dumps(document)).data == math.exp(2.0)


@pytest.mark.unmeasured
def test_deep_graph_needs_no_recursion(tmp_path) -> None:
    root = x = Value(1.0)
    for _ in range(30_000):
        root = -root
    again = load_json(save_json(root, tmp_path / "deep.json"))
    again.backward()
    assert topological_order(again)[0].grad == 1.0
    assert x.grad == 0.0


LEAF = {"kind": "leaf", "data": 2.0}
EXP = {"kind": "result", "op": "exp", "operands": [0], "local_grads": [7.0], "data": 7.0}


def document(*nodes: Any, **changed: Any) -> str:
    made = {"format": "chainrule graph", "version": 1, "root": len(nodes) - 1, "nodes": list(nodes)}
    return json.dumps({name: value for name, value in (made | changed).items() if value is not ...})


def test_the_documents_below_are_right_but_for_one_thing() -> None:
    assert from_json(document(LEAF, EXP)).data == 7.0


WRONG = {
    "no JSON": ("{", r"this is not JSON: Expecting property name.*line 1"),
    "nan unquoted": (
        document(LEAF | {"data": math.nan}),
        r'NaN is not a number in JSON; write "nan" in quotes',
    ),
    "a list": ("[]", r"the document must be an object, got \[\]"),
    "format missing": (document(LEAF, format=...), r'the document has no "format"'),
    "other format": (document(LEAF, format="x"), r'format must be \'chainrule graph\', got "x"'),
    "newer version": (document(LEAF, version=2), r"version must be 1, got 2: was it written by a newer"),
    "version true": (document(LEAF, version=True), r"version must be 1, got true"),
    "extra field": (
        document(LEAF, author="me"),
        r'the document has an unknown field "author"; known are format',
    ),
    "no nodes": (document(root=0), r"root must be absent: no node stands before, got 0"),
    "nodes no list": (document(LEAF, nodes={}), r"nodes must be a list, got \{\}"),
    "root beyond": (document(LEAF, root=1), r"root must be the number of an earlier node, 0 to 0, got 1"),
    "node no object": (document(3), r"nodes\[0\] must be an object, got 3"),
    "kind missing": (document({"data": 1.0}), r'nodes\[0\] has no "'),
    "kind unknown": (document(EXP | {"kind": "x"}), r"nodes\[0\]\.kind must be one of 'leaf', .*, got \"x\""),
    "kind no text": (document(EXP | {"kind": [1]}), r"nodes\[0\]\.kind must be one of .*, got \[1\]"),
    "data missing": (document({"kind": "leaf"}), r'nodes\[0\] has no "data"'),
    "data a text": (document(LEAF | {"data": "2"}), r'nodes\[0\]\.data must be a number, "nan", "inf" or'),
    "data true": (document(LEAF | {"data": True}), r"nodes\[0\]\.data must be a number.*got true"),
    "data too large": (
        document(LEAF | {"data": 10**400}),
        r"nodes\[0\]\.data is larger than any float: 1000",
    ),
    "data overflown": (
        '{"format": "chainrule graph", "version": 1, "root": 0, "nodes": [{"kind": "leaf", "data": 1e999}]}',
        r"nodes\[0\]\.data is larger than any float",
    ),
    "grad null": (document(LEAF | {"grad": None}), r"nodes\[0\]\.grad must be a number.*got null"),
    "label a number": (document(LEAF | {"label": 3}), r"nodes\[0\]\.label must be a text, got 3"),
    "leaf with operands": (document(LEAF | {"operands": []}), r'nodes\[0\] has an unknown field "operands"'),
    "operands missing": (
        document(LEAF, {k: v for k, v in EXP.items() if k != "operands"}),
        r'nodes\[1\] has no "operands"',
    ),
    "operand itself": (
        document(LEAF, EXP | {"operands": [1]}),
        r"nodes\[1\]\.operands\[0\] must be the number of an earlier node, 0 to 0, got 1",
    ),
    "operand negative": (
        document(LEAF, EXP | {"operands": [-1]}),
        r"nodes\[1\]\.operands\[0\] must be .*got -1",
    ),
    "operand a float": (
        document(LEAF, EXP | {"operands": [0.0]}),
        r"nodes\[1\]\.operands\[0\] must be .*got 0\.0",
    ),
    "operand true": (
        document(LEAF, LEAF, EXP | {"operands": [True]}),
        r"nodes\[2\]\.operands\[0\] .*got true",
    ),
    "too many operands": (
        document(LEAF, EXP | {"operands": [0, 0], "local_grads": [1, 1]}),
        r"nodes\[1\]\.operands: exp takes 1, got 2",
    ),
    "sum of nothing": (
        document(LEAF, EXP | {"op": "sum", "operands": [], "local_grads": []}),
        r"nodes\[1\]\.operands: sum takes at least one, got 0",
    ),
    "op unknown": (
        document(LEAF, EXP | {"op": "sinh2"}),
        r'nodes\[1\]\.op: the table has no operator "sinh2"',
    ),
    "op a number": (document(LEAF, EXP | {"op": 3}), r"nodes\[1\]\.op must be a text, got 3"),
    "slopes missing": (
        document(LEAF, {k: v for k, v in EXP.items() if k != "local_grads"}),
        r"nodes\[1\]\.local_grads must be 1 numbers, one for each operand, got 0",
    ),
    "slope a text": (
        document(LEAF, EXP | {"local_grads": ["x"]}),
        r'nodes\[1\]\.local_grads\[0\] must be a number, "nan", "inf" or "-inf", got "x"',
    ),
    "a name twice": (
        document(LEAF).replace('"root": 0', '"root": 0, "root": 0'),
        'this is not JSON: the name "root" stands in one object twice',
    ),
    "a name of a node twice": (
        document(LEAF).replace('"kind": "leaf"', '"data": 2.0, "kind": "leaf"'),
        'this is not JSON: the name "data" stands in one object twice',
    ),
    "baked in exp": (
        document(LEAF, EXP | {"baked": [1.0]}),
        r"nodes\[1\]\.baked must be 0 numbers for exp, got 1",
    ),
    "baked by hand": (document(LEAF, EXP | {"kind": "by hand", "baked": [1.0]}), r"nodes\[1\]\.baked is for"),
}


@pytest.mark.measured
@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_refused_with_its_place(text, message) -> None:
    with pytest.raises(GraphFormatError, match=message):
        from_json(text)


def test_nesting_too_deep_is_an_error_like_others() -> None:
    with pytest.raises(GraphFormatError, match="this is not JSON"):
        from_json("[" * 200_000)


def test_file_is_named(tmp_path) -> None:
    path = tmp_path / "graph.json"
    path.write_text(document(LEAF, root=7))
    with pytest.raises(GraphFormatError, match=r"graph\.json': root must be"):
        load_json(path)
    with pytest.raises(FileNotFoundError):
        load_json(tmp_path / "nowhere.json")


@pytest.mark.parametrize("text", [None, 3, ["{}"]])
def test_what_is_no_text_is_refused(text) -> None:
    with pytest.raises(TypeError, match="from_json takes a string"):
        from_json(text)
