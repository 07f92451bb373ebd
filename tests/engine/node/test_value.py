"""Value: what goes in, what a node knows, and how it behaves as a number. Operators: test_ops.py."""

import math
import operator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import engine
from engine import GraphError, Value, leaves, no_grad, topological_order
from engine.node.value import Value as Reference
from engine.node.value import apply
from engine.ops import OPERATORS

INF = math.inf
NODES = list({Value, Reference})

# -- what goes in -------------------------------------------------------------------------------------


def test_a_leaf_knows_its_number_and_nothing_else() -> None:
    x = Value(3)
    assert (x.data, type(x.data)) == (3.0, float)
    assert (x.grad, type(x.grad)) == (0.0, float)
    assert (x._op, x._children, x._prev, x._local_grads) == ("", (), set(), ())
    assert x.label == ""
    assert x.requires_grad is True


def test_a_result_knows_how_it_was_made() -> None:
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    assert (c.data, c._op) == (-6.0, "*")
    assert c._children == (a, b)
    assert c._prev == {a, b}
    assert list(c._prev) == [a, b]
    assert (a + a)._prev == {a}
    assert c._local_grads == (-3.0, 2.0)


def test_operands_are_kept_in_order_and_as_often_as_they_are_used() -> None:
    a, b = Value(2.0), Value(5.0)
    assert (a * a)._children == (a, a)
    assert (b - a)._children == (b, a)
    assert engine.sum([b, a, b])._children == (b, a, b)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x: x + 1.0, "+"),
        (lambda x: 1.0 - x, "-"),
        (lambda x: x * 2.0, "*"),
        (lambda x: x / 2.0, "/"),
        (lambda x: x % 2.0, "%"),
        (lambda x: x**2, "**2"),
        (lambda x: x**-1, "**-1"),
        (lambda x: x**0.5, "**0.5"),
        (lambda x: x**x, "**"),
        (lambda x: 2.0**x, "**"),
        (lambda x: -x, "neg"),
        (lambda x: x.relu(), "ReLU"),
        (lambda x: x.tanh(), "tanh"),
        (lambda x: x.leaky_relu(), "leaky_relu"),
        (lambda x: x.leaky_relu(0.2), "leaky_relu 0.2"),
        (lambda x: x.clip(-1.0, 1.0), "clip -1, 1"),
        (lambda x: engine.sum([x, x]), "sum"),
        (lambda x: engine.dot([x], [x]), "dot"),
    ],
)
def test_operator_text(make, text) -> None:
    assert make(Value(3.0))._op == text


@pytest.mark.parametrize(
    "data", [3, True, np.float32(3.0), np.int64(3), Fraction(6, 2), Decimal(3), np.array([[3.0]])], ids=repr
)
def test_any_real_number_becomes_a_float(data) -> None:
    x = Value(data)
    assert type(x.data) is float
    assert x.data == float(np.asarray(data).item())


@pytest.mark.parametrize(
    "data", ["3", None, 3j, [3.0], (), {}, np.ones(2), np.timedelta64(3, "s"), object], ids=str
)
def test_anything_else_is_refused_with_its_type(data) -> None:
    with pytest.raises(TypeError, match=r"data must be (a real|one) number, got"):
        Value(data)
    x = Value(1.0)
    with pytest.raises(TypeError, match="data must be"):
        x.data = data
    if data is not None:
        with pytest.raises(TypeError, match="grad must be"):
            x.grad = data
    assert (x.data, x.grad) == (1.0, 0.0)


def test_a_value_is_no_data() -> None:
    with pytest.raises(TypeError, match=r"use its \.data, or the Value itself"):
        Value(Value(1.0))


def test_data_and_grad_may_be_set() -> None:
    x = Value(1.0)
    x.data = np.float32(2.5)
    x.grad = 3
    assert (x.data, type(x.data)) == (2.5, float)
    assert (x.grad, type(x.grad)) == (3.0, float)
    x.data -= 0.5 * x.grad
    x.grad += 1.0
    assert (x.data, x.grad) == (1.0, 4.0)


def test_results_keep_their_values_when_an_operand_changes() -> None:
    x = Value(3.0)
    y = x * x
    x.data = 5.0
    assert (y.data, y._local_grads) == (9.0, (3.0, 3.0))


# -- labels and attributes of one's own ---------------------------------------------------------------


def test_a_label_is_kept_and_shown() -> None:
    w = Value(0.5, label="w")
    assert w.label == "w"
    assert repr(w) == "Value(data=0.5, grad=0.0, label='w')"
    w.label = "weight"
    assert w.label == "weight"
    y = w * w
    assert y.label == ""
    y.label = "y"
    assert (y.label, w.label) == ("y", "weight")


def test_attributes_of_ones_own_may_be_set() -> None:
    p = Value(1.0)
    p.m, p.v = 0.0, 0.5
    assert (p.m, p.v) == (0.0, 0.5)
    assert vars(p) == {"m": 0.0, "v": 0.5}
    with pytest.raises(AttributeError, match="momentum"):
        p.momentum  # noqa: B018 - reading it is the claim


def test_repr_is_micrograds() -> None:
    assert repr(Value(-4.0)) == "Value(data=-4.0, grad=0.0)"
    assert str(Value(math.nan)) == "Value(data=nan, grad=0.0)"


def test_operators_of_a_subclass_work_and_give_values() -> None:
    class Parameter(Value):
        pass

    p, x = Parameter(3.0, label="p"), Value(2.0)
    for result, number in ((p * x, 6.0), (x * p, 6.0), (p + p, 6.0), (x - p, -1.0), (-p, -3.0), (p**2, 9.0)):
        assert type(result) is Value
        assert result.data == number
    (p * x + p).backward()
    assert p.grad == 3.0


# -- nodes built by hand ------------------------------------------------------------------------------


def test_a_node_by_hand_takes_part_in_backward() -> None:
    a, b = Value(2.0), Value(5.0)
    c = Value(math.sin(2.0) * 5.0, (a, b), (math.cos(2.0) * 5.0, math.sin(2.0)))
    assert c._children == (a, b)
    assert c._local_grads == (math.cos(2.0) * 5.0, math.sin(2.0))
    assert c._op == ""
    (c * 2.0).backward()
    assert a.grad == 2.0 * math.cos(2.0) * 5.0
    assert b.grad == 2.0 * math.sin(2.0)


@pytest.mark.parametrize("children", [tuple, list])
def test_a_node_by_hand_may_use_an_operand_twice(children) -> None:
    x = Value(3.0)
    y = Value(9.0, children([x, x]), [3, 3])
    y.backward()
    assert x.grad == 6.0
    assert y._local_grads == (3.0, 3.0)


@pytest.mark.parametrize("nothing", [((), ()), ((), ""), ([], []), ([], ""), (set(), "")], ids=repr)
def test_a_node_by_hand_of_nothing_is_a_leaf(nothing) -> None:
    """microgpt passes two empty tuples, micrograd an empty tuple or set and no text."""
    x = Value(3.0, *nothing)
    assert x._children == ()
    assert x.requires_grad
    (x * x).backward()
    assert x.grad == 6.0


def test_a_leaf_with_an_operator_text_is_a_leaf() -> None:
    x = Value(3.0, (), "input", "x")
    assert (x._op, x.label, x._children, x.requires_grad) == ("input", "x", (), True)
    (x * x).backward()
    assert x.grad == 6.0


def test_a_set_of_children_is_taken_as_micrograd_takes_it() -> None:
    x = Value(3.0)
    y = Value(9.0, {x}, "square")
    assert (y._children, y._op, y._local_grads) == ((x,), "square", ())


@pytest.mark.parametrize("children", [Value(0.0), Value(1.0), None, 3.0, {"x": 1}, "ab"], ids=repr)
def test_children_must_be_a_tuple(children) -> None:
    with pytest.raises(TypeError, match="_children must be a tuple of Values, got"):
        Value(1.0, children)


@pytest.mark.parametrize("child", [2.0, None, "a", [Value(1.0)]], ids=repr)
def test_children_must_be_values(child) -> None:
    with pytest.raises(TypeError, match=f"_children must be Values, got .* of type {type(child).__name__}"):
        Value(1.0, (Value(1.0), child), (1.0, 1.0))


@pytest.mark.parametrize("op", [1.0, None, {1.0}, lambda: None], ids=["float", "None", "set", "function"])
def test_op_must_be_a_text_or_local_gradients(op) -> None:
    with pytest.raises(TypeError, match="_op must be a string, or a tuple of local gradients, got"):
        Value(1.0, (Value(1.0),), op)


@pytest.mark.parametrize("slopes", [(1.0,), (1.0, 2.0, 3.0), ()])
def test_every_child_needs_its_local_gradient(slopes) -> None:
    with pytest.raises(ValueError, match=f"2 children need as many local gradients, got {len(slopes)}"):
        Value(1.0, (Value(1.0), Value(2.0)), slopes)


@pytest.mark.parametrize("slope", ["1", None, 1j, Value(1.0)], ids=repr)
def test_local_gradients_must_be_numbers(slope) -> None:
    with pytest.raises(TypeError, match="local gradient must be a"):
        Value(1.0, (Value(1.0),), (slope,))


def test_a_node_by_hand_under_no_grad_records_nothing() -> None:
    x = Value(2.0)
    with no_grad():
        y = Value(3.0, (x,), (2.0,))
    assert (y.data, y._children, y._local_grads, y.requires_grad) == (3.0, (), (), False)
    with pytest.raises(GraphError, match="takes no gradient"):
        y.backward()


def test_a_leaf_made_under_no_grad_takes_gradients() -> None:
    with no_grad():
        x, y = Value(2.0), Value(3.0, (), ())
    assert x.requires_grad
    assert y.requires_grad
    (x * y).backward()
    assert (x.grad, y.grad) == (3.0, 2.0)


# -- constants, frozen leaves, detached copies --------------------------------------------------------


def test_a_constant_asks_for_no_gradient_but_keeps_it() -> None:
    x = Value(2.0)
    y = x * 3
    constant = y._children[1]
    assert (type(constant), constant.data, constant._op) == (Value, 3.0, "")
    assert not constant.requires_grad
    y.backward()
    y.backward()
    assert (x.grad, constant.grad) == (6.0, 4.0)


def test_a_result_requires_gradients_where_a_leaf_does() -> None:
    x, frozen = Value(2.0), Value(3.0)
    frozen.requires_grad = False
    assert (x * frozen).requires_grad
    assert not (frozen * frozen).requires_grad
    assert not (frozen * 2.0 + 1.0).requires_grad
    frozen.requires_grad = True
    assert (frozen * 2.0).requires_grad


def test_a_frozen_leaf_keeps_the_grad_it_has() -> None:
    x, w = Value(2.0), Value(3.0)
    x.grad = 7.0
    x.requires_grad = False
    (x * w).backward()
    assert (x.grad, w.grad) == (7.0, 2.0)


def test_a_constant_can_be_made_a_variable() -> None:
    constant = (Value(2.0) * 3)._children[1]
    constant.requires_grad = True
    assert constant.requires_grad


def test_requires_grad_of_a_result_cannot_be_set() -> None:
    y = Value(2.0) * 3.0
    with pytest.raises(GraphError, match=r"on leaves only; \.detach\(\)"):
        y.requires_grad = False


def test_a_detached_value_has_the_number_and_no_history() -> None:
    x = Value(2.0)
    y = x * x
    d = y.detach()
    assert (d.data, d._children, d.requires_grad) == (4.0, (), False)
    (y * d).backward()
    assert (x.grad, d.grad) == (16.0, 0.0)


def test_zero_grad_of_a_value_reaches_what_it_was_made_of() -> None:
    x = Value(2.0)
    y = x * x
    y.backward()
    y.zero_grad()
    assert (x.grad, y.grad, y._children[0].grad) == (0.0, 0.0, 0.0)


# -- habits of PyTorch --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NODES)
def test_a_gradient_of_none_is_zero(kind) -> None:
    x = kind(3.0)
    x.grad = 5.0
    x.grad = None
    assert x.grad == 0.0
    (x * x).backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize("options", [{}, {"retain_graph": True}, {"retain_graph": False}, {"gradient": None}])
def test_backward_takes_pytorchs_options_that_change_nothing(kind, options) -> None:
    x = kind(3.0)
    y = x * x
    y.backward(**options)
    y.backward(**options)
    assert x.grad == 12.0


@pytest.mark.parametrize("kind", NODES)
def test_backward_refuses_what_it_cannot_do_with_advice(kind) -> None:
    x = kind(3.0)
    with pytest.raises(GraphError, match=r"take engine\.gradients\(root, \[x, \.\.\.\], create_graph=True\)"):
        (x * x).backward(retain_graph=True, create_graph=True)
    with pytest.raises(GraphError, match=r"take engine\.gradients\(root, \[x, \.\.\.\]\) for those of some"):
        (x * x).backward(inputs=[x])
    with pytest.raises(TypeError, match="gradient must be a number"):
        (x * x).backward(gradient=kind(1.0))
    assert x.grad == 0.0


@pytest.mark.parametrize("kind", NODES)
def test_the_names_of_tensors_that_a_value_has_too(kind) -> None:
    x = kind(3.0)
    y = x * x
    y.retain_grad()
    y.backward()
    assert (y.grad, y.item(), x.is_leaf, y.is_leaf) == (1.0, 9.0, True, False)
    assert x.requires_grad_() is x
    assert not x.requires_grad_(False).requires_grad
    with pytest.raises(GraphError, match="leaves only"):
        y.requires_grad_(False)
    assert (y.detach().is_leaf, y.detach().requires_grad) == (True, False)


# -- as a number --------------------------------------------------------------------------------------


def test_between_values_equality_and_hash_are_identity() -> None:
    a, b = Value(2.0), Value(2.0)
    assert a == a
    assert a != b
    assert len({a, b, a}) == 2
    assert {a: "a"}[a] == "a"
    assert [b, a].index(a) == 1
    assert [b, a, b].count(b) == 2
    assert hash(a) == object.__hash__(a)


NUMBERS = [
    *(3.0, 3, True, Fraction(3), Fraction(1, 3), Decimal(3), 10**400, INF, math.nan, 0.0),
    *(np.float64(3), np.float32(3), np.longdouble(3), np.int64(3), np.uint8(3), np.bool_(True)),
]


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
@pytest.mark.parametrize("data", [3.0, 1.0, 0.0, -0.0, INF, math.nan, 1 / 3])
def test_equality_with_a_number_is_that_of_numbers(data, number) -> None:
    v, equal = Value(data), bool(data == number)
    assert (v == number, number == v, v != number, number != v) == (equal, equal, not equal, not equal)
    assert (v in [number], number in [v], number in {v}) == (equal, equal, False)
    assert [None, v, number].count(number) == equal + (number in [number])
    assert [v, number].index(number) == (not equal)
    array = np.array(number)
    assert (v == array, array == v, v != array, array != v) == (equal, equal, not equal, not equal)
    held = np.array(v)  # an array of no dimensions that holds the Value
    with np.errstate(invalid="ignore"):  # NumPy 2.5 warns of nan, of a plain float as well
        assert (held == number, held != number) == (equal, not equal)


@pytest.mark.parametrize(
    "other", ["3", b"3", None, 3j, 3 + 0j, [3.0], (3.0,), {3.0}, range(3), float], ids=repr
)
def test_what_is_no_real_number_equals_no_value(other) -> None:
    v = Value(3.0)
    assert (v == other, other == v, v != other, other != v) == (False, False, True, True)
    assert v.__eq__(other) is NotImplemented
    assert v.__ne__(other) is NotImplemented


def test_comparisons_with_arrays_are_elementwise() -> None:
    v, w = Value(3.0), Value(1.0)
    numbers, values = np.array([3.0, 1.0]), np.array([v, w, 3.0, 2], dtype=object)
    assert (v == numbers).tolist() == (numbers == v).tolist() == [True, False]
    assert (v != numbers).tolist() == (numbers != v).tolist() == [False, True]
    assert (values == 3.0).tolist() == [True, False, True, False]
    assert (values == v).tolist() == [True, False, True, False]
    assert (values == Value(3.0)).tolist() == [False, False, True, False]


def test_nan_differs_from_numbers_and_isnan_finds_it() -> None:
    v = Value(math.nan)
    assert v != math.nan
    assert v == v, "it is the same node"
    assert engine.isnan(v)


@pytest.mark.parametrize(
    "program",
    [
        lambda label, w: w * 2 if label == 1 else w * 3,
        lambda label, w: w * 3 if label != 1 else w * 2,
        lambda label, w: {1: w * 2, 0: w * 3}[int(label.data)],
        lambda label, w: w * 2 if label in (1, 2) else w * 3,
        lambda label, w: w * (2 if [0, 1].index(label) else 3),
        lambda label, w: w * (3 - [label].count(1)),
        lambda label, w: engine.sum(np.where(np.array([label]) == 1, w * 2, w * 3)),
    ],
)
@pytest.mark.parametrize(("label", "slope"), [(1, 2.0), (0, 3.0)])
def test_a_program_that_asks_whether_a_value_is_a_number_goes_the_right_way(program, label, slope) -> None:
    w = Value(5.0)
    program(Value(label), w).backward()
    assert w.grad == slope


ORDER = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", ORDER)
@pytest.mark.parametrize(
    "other",
    [1.0, 2.0, 3, True, Fraction(1, 3), 10**400, INF, math.nan, np.float64(3), Decimal(2)],
    ids=repr,
)
def test_order_is_that_of_the_data(compare, other) -> None:
    x = Value(2.0)
    assert bool(compare(x, other)) is bool(compare(2.0, other))
    assert bool(compare(other, x)) is bool(compare(other, 2.0))
    if not isinstance(other, int) or other < 2**1000:
        assert compare(x, Value(other)) is compare(2.0, float(other))


def test_a_fraction_is_compared_exactly() -> None:
    assert Value(1 / 3) < Fraction(1, 3)
    assert not Value(1 / 3) >= Fraction(1, 3)
    assert Fraction(1, 3) > Value(1 / 3)


@pytest.mark.parametrize("compare", ORDER)
@pytest.mark.parametrize("other", ["2", None, [1.0], 2j], ids=repr)
def test_order_with_what_is_no_number_is_an_error(compare, other) -> None:
    with pytest.raises(TypeError, match="not supported between instances"):
        compare(Value(2.0), other)


def test_values_sort_by_data() -> None:
    values = [Value(x) for x in (3.0, -1.0, 2.0)]
    assert [x.data for x in sorted(values)] == [-1.0, 2.0, 3.0]
    assert max(values) is values[0]
    assert min(values) is values[1]


def test_truth_is_that_of_the_number() -> None:
    assert Value(0.1)
    assert Value(math.nan)
    assert not Value(0.0)
    assert not Value(-0.0)


def test_conversions_are_those_of_the_float() -> None:
    x = Value(-2.75)
    assert (float(x), type(float(x))) == (-2.75, float)
    assert int(x) == -2
    assert math.trunc(x) == -2
    assert math.floor(x) == -3
    assert math.ceil(x) == -2
    assert round(x) == -3
    assert round(x, 1) == -2.8
    assert complex(x) == -2.75 + 0j
    assert abs(x).data == 2.75
    assert (+x) is x
    assert x.item() == -2.75
    assert x.conjugate() is x
    with pytest.raises(OverflowError):
        int(Value(INF))


def test_format_is_that_of_the_float() -> None:
    x = Value(3.14159, label="pi")
    assert f"{x:.2f}" == "3.14"
    assert f"{x:>10.1e}" == "   3.1e+00"
    assert f"{x}" == repr(x)
    assert "%.3f" % x == "3.142"  # noqa: UP031 - that form is under test too
    with pytest.raises(ValueError, match="format code"):
        f"{x:d}"


def test_a_value_is_no_index_and_no_sequence() -> None:
    with pytest.raises(TypeError):
        [1, 2, 3][Value(1.0)]
    with pytest.raises(TypeError):
        len(Value(1.0))
    with pytest.raises(TypeError):
        iter(Value(1.0))


@pytest.mark.parametrize(
    ("combine", "numbers"),
    [
        (operator.add, 5.0),
        (operator.sub, -1.0),
        (operator.mul, 6.0),
        (operator.truediv, 2.0 / 3.0),
        (operator.pow, 8.0),
        (operator.mod, 2.0),
    ],
)
def test_operators_combine_values_and_numbers_on_either_side(combine, numbers) -> None:
    two, three = (2, 2.0, np.float64(2.0), Fraction(2)), (3, 3.0, np.float64(3.0), Fraction(3))
    pairs = [(Value(2.0), Value(3.0)), *((a, Value(3.0)) for a in two), *((Value(2.0), b) for b in three)]
    for a, b in pairs:
        result = combine(a, b)
        assert (type(result), result.data) == (Value, numbers)
        for side in (a, b):
            if isinstance(side, Value):
                assert side in result._children


@pytest.mark.parametrize(
    "combine", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
)
@pytest.mark.parametrize("other", ["2", None, 2j, [1.0]], ids=repr)
def test_operators_refuse_what_is_no_number(combine, other) -> None:
    with pytest.raises(TypeError, match="must be a real number"):
        combine(Value(2.0), other)
    if not isinstance(other, str):  # text % anything formats, text * anything repeats
        with pytest.raises(TypeError, match="must be a real number"):
            combine(other, Value(2.0))


class Pair:
    """A vector of the user's."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __mul__(self, factor: Any) -> "Pair":
        return Pair(*(item * factor for item in self.items))


def _reflected(combine: Any) -> Any:
    return lambda self, other: Pair(*(combine(other, item) for item in self.items))


BY_SIGN = ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv")
for _name in BY_SIGN:
    setattr(Pair, f"__r{_name}__", _reflected(getattr(operator, _name)))


@pytest.mark.parametrize("kind", [Value, type("Parameter", (Value,), {})])
def test_an_object_of_a_class_that_knows_what_to_do_is_asked(kind) -> None:
    for name in BY_SIGN:
        combine = getattr(operator, name)
        x = kind(5.0)
        result = combine(x, Pair(2.0, Value(3.0)))
        assert [item.data for item in result.items] == [combine(5.0, 2.0), combine(5.0, 3.0)], name
        assert x in result.items[1]._children
    with pytest.raises(TypeError, match="must be a real number"):
        engine.mul(Value(2.0), Pair(1.0))
    lifted = engine.jit(lambda x, y: engine.sum((x * Pair(y, 3.0) * x).items))
    assert [lifted(x, 0.5).data for x in (2.0, -1.0)] == [14.0, 3.5]


def test_in_place_operators_make_new_nodes() -> None:
    x = Value(2.0)
    y = x
    y += 1.0
    y *= x
    assert (x.data, y.data) == (2.0, 6.0)
    y.backward()
    assert x.grad == 5.0


def test_builtin_sum_works() -> None:
    values = [Value(x) for x in (1.0, 2.0, 3.0)]
    total = sum(values)
    total.backward()
    assert total.data == 6.0
    assert [x.grad for x in values] == [1.0, 1.0, 1.0]


# -- apply --------------------------------------------------------------------------------------------


def test_apply_turns_numbers_into_constants() -> None:
    x = Value(3.0)
    y = apply(OPERATORS["hypot"], (x, 4))
    assert [leaf.data for leaf in leaves(y)] == [3.0, 4.0]
    assert [leaf.requires_grad for leaf in leaves(y)] == [True, False]


def test_apply_bakes_static_numbers_and_keeps_static_values() -> None:
    x = Value(3.0)
    assert apply(OPERATORS["pow"], (x, 2))._children == (x,)
    n = Value(2.0)
    assert apply(OPERATORS["pow"], (x, n))._children == (x, n)


def test_apply_of_a_sequence_row_of_any_length() -> None:
    for count in (1, 2, 3, 10):
        xs = [Value(float(i)) for i in range(count)]
        y = apply(OPERATORS["sum"], xs)
        assert y._children == tuple(xs)
        assert y._local_grads == (1.0,) * count
        y.backward()
        assert [x.grad for x in xs] == [1.0] * count


def test_interior_nodes_keep_their_grad_to_look_at() -> None:
    x = Value(2.0)
    y = x * 3.0
    z = y * y
    z.backward()
    assert [node.grad for node in topological_order(z)] == [36.0, 24.0, 12.0, 1.0]
