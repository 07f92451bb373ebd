"""Op: what a row says of itself, how its operands are found, baked and evaluated."""

import inspect
import math

import numpy as np
import pytest

from engine import Value
from engine.ops import OPERATORS, find
from engine.ops.namespaces import FLOATS, IEEE, Namespace
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op, custom_op_row

ROW = Op(
    name="blend",
    operands=("a", "b", "share"),
    forward=lambda a, b, share: a + share * (b - a),
    partials=(
        lambda m, y, a, b, share: 1.0 - share,
        lambda m, y, a, b, share: share,
        lambda m, y, a, b, share: b - a,
    ),
    numpy=lambda np, a, b, share: a + share * (b - a),
    text="a + share * (b - a)",
    partial_text=("1 - share", "share", "b - a"),
    static=1,
    defaults=(0.5,),
)


def test_arity_and_text() -> None:
    assert (ROW.arity, ROW.shown, ROW.ufunc) == (3, "blend", None)
    assert OPERATORS["sum"].arity is None
    assert OPERATORS["add"].shown == "+"
    assert OPERATORS["asin"].ufunc == "arcsin"
    assert OPERATORS["sigmoid"].ufunc is None
    assert OPERATORS["erf"].ufunc is None  # named, but NumPy leaves it to others


def test_signature_names_the_operands_and_their_defaults() -> None:
    assert str(ROW.signature) == "(a, b, share=0.5)"
    assert ROW.signature.parameters["a"].default is inspect.Parameter.empty


@pytest.mark.parametrize(
    ("given", "named", "expected"),
    [
        ((1, 2, 3), {}, (1, 2, 3)),
        ((1, 2), {}, (1, 2, 0.5)),
        ((1,), {"b": 2}, (1, 2, 0.5)),
        ((), {"share": 3, "b": 2, "a": 1}, (1, 2, 3)),
    ],
)
def test_operands_are_found_by_position_name_and_default(given, named, expected) -> None:
    assert ROW.arguments(given, named) == expected


@pytest.mark.parametrize(
    ("given", "named", "complaint"),
    [
        ((1,), {}, "missing a required .*'b'"),
        ((1, 2, 3, 4), {}, "too many positional"),
        ((1, 2, 3), {"share": 3}, "multiple values.*'share'"),
        ((1, 2), {"part": 3}, "unexpected keyword.*'part'"),
    ],
)
def test_operands_that_do_not_fit_are_an_error_with_the_signature(given, named, complaint) -> None:
    with pytest.raises(TypeError, match=rf"blend\(a, b, share=0.5\): .*{complaint}"):
        ROW.arguments(given, named)


def test_a_bound_row_has_the_remaining_operands() -> None:
    bound = ROW.bind(0.25)
    assert bound.operands == ("a", "b")
    assert (bound.arity, bound.static, bound.defaults) == (2, 0, ())
    assert bound.forward(4.0, 8.0) == 5.0
    assert bound.local_gradients(5.0, (4.0, 8.0)) == [0.75, 0.25]


def test_a_bound_row_shows_unusual_values_only() -> None:
    assert ROW.bind(0.25).shown == "blend 0.25"
    assert ROW.bind(0.5).shown == "blend"
    assert OPERATORS["clip"].bind(-1.0, 2.5).shown == "clip -1, 2.5"


def test_binding_the_same_values_gives_the_same_row() -> None:
    assert ROW.bind(0.25) is ROW.bind(0.25)
    assert ROW.bind(0.25) is not ROW.bind(0.75)
    assert find("pow", (3.0,)) is OPERATORS["pow"].bind(3.0)


def test_a_key_leads_from_a_bound_row_to_its_base() -> None:
    bound = ROW.bind(0.25)
    assert bound.key == ("blend", (0.25,))
    assert bound.base is ROW
    assert ROW.key == ("blend", ())


@pytest.mark.parametrize(
    ("n", "slope"), [(0.0, 0.0), (1.0, 1.0), (2.0, 6.0), (3.0, 27.0), (-1.0, -1.0 / 9.0)]
)
def test_a_constant_power_is_a_row_of_its_own(n, slope) -> None:
    row = OPERATORS["pow"].bind(n)
    assert row.shown == f"**{n:g}"
    assert row.forward(3.0) == 3.0**n
    assert row.local_gradients(3.0**n, (3.0,)) == [pytest.approx(slope, rel=1e-15)]


def test_local_gradients_at_a_pole_are_ieee_infinities() -> None:
    """Python's division would raise; the rule runs again on NumPy's numbers, and gives floats again."""
    row = OPERATORS["div"]
    found = row.local_gradients(math.inf, (1.0, 0.0))
    assert found == [math.inf, -math.inf]
    assert [type(slope) for slope in found] == [float, float]
    assert OPERATORS["sqrt"].local_gradients(0.0, (0.0,)) == [math.inf]


def test_a_rule_finds_the_other_rows_in_its_namespace() -> None:
    for m in (FLOATS, IEEE):
        assert m.hypot(3.0, 4.0) == 5.0
        assert m.sum([1.0, 2.0]) == 3.0
    assert type(FLOATS.exp(0.0)) is float
    assert type(IEEE.exp(np.float64(0.0))) is np.float64


@pytest.mark.parametrize("m", [FLOATS, IEEE, Namespace()])
def test_an_operator_that_is_not_in_the_table_is_named(m) -> None:
    with pytest.raises(AttributeError, match="no operator named 'wiggle' in the table"):
        m.wiggle  # noqa: B018 - reading it is the claim


@pytest.mark.parametrize(
    ("name", "operands", "baked", "left"),
    [
        ("pow", (Value(3.0), 2), (2.0,), 1),
        ("pow", (2.0, Value(3.0)), (), 2),
        ("clip", (Value(3.0), -1, np.float64(1.0)), (-1.0, 1.0), 1),
        ("clip", (Value(3.0), -1, Value(1.0)), (), 3),
        ("add", (Value(3.0), 1.0), (), 2),
    ],
)
def test_static_operands_are_baked_in_where_all_are_plain(name, operands, baked, left) -> None:
    row, rest = OPERATORS[name].bind_plain(operands, Value)
    assert (row.baked, rest) == (baked, operands[:left])
    assert row is (OPERATORS[name].bind(*baked) if baked else OPERATORS[name])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("exp", True),
        ("exp2", True),
        ("sqrt", True),
        ("tan", True),
        ("relu", True),
        ("sin", False),
        ("log", False),
        ("tanh", False),
        ("sigmoid", False),
        ("neg", False),  # it is a number
    ],
)
def test_whose_partial_is_made_of_the_result_alone(row, expected) -> None:
    assert OPERATORS[row].partial_is_of_result is expected


def test_rows_are_compared_by_identity() -> None:
    assert len({LEAF, CONSTANT, FROZEN}) == 3
    assert LEAF != CONSTANT


def test_leaves_have_no_value_to_compute_and_no_partials() -> None:
    for row in (LEAF, CONSTANT, FROZEN):
        assert math.isnan(row.forward())
        assert (row.shown, row.partials, row.arity) == ("", (), 0)


def test_the_row_of_a_node_by_hand_carries_its_text() -> None:
    assert custom_op_row("square").shown == "square"
    assert custom_op_row("square") is custom_op_row("square")
    assert custom_op_row("square").partials == ()
    assert Value(4.0, (Value(2.0),), "square")._row is custom_op_row("square")
