"""copy, deepcopy and pickle of leaves, graphs, subclasses and attributes; deep graphs: test_scale.py."""

import copy
import dataclasses
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest

import engine
from engine import GraphError, Value, grad, leaves, no_grad, topological_order
from engine.node.value import apply
from engine.ops import OPERATORS
from tests.engine.transforms_table import TRANSFORMS


class Parameter(Value):
    """A subclass, at the top of a module so that pickle finds it."""


def by_pickle(protocol: int):
    return lambda thing: pickle.loads(pickle.dumps(thing, protocol))  # noqa: S301 - made here


PROTOCOLS = {f"protocol {n}": by_pickle(n) for n in range(pickle.HIGHEST_PROTOCOL + 1)}
WHOLE = pytest.mark.parametrize("clone", [copy.deepcopy, *PROTOCOLS.values()], ids=["deepcopy", *PROTOCOLS])
ANY = pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, *PROTOCOLS.values()], ids=["copy", "deepcopy", *PROTOCOLS]
)


def same_node(a: Value, b: Value) -> bool:
    """Whether two nodes agree in all but their operands."""
    return (
        type(a) is type(b)
        and (a.data, a.grad, a.label, a._op, a._local_grads)
        == (b.data, b.grad, b.label, b._op, b._local_grads)
        and a._row is b._row
        and a.requires_grad == b.requires_grad
    )


def assert_same_graph(a: Value, b: Value) -> None:
    """The same graph on nodes of its own: node for node, operand for operand."""
    first, second = topological_order(a), topological_order(b)
    twin = dict(zip(first, second, strict=True))
    assert not set(first) & set(second)
    for node, other in twin.items():
        assert same_node(node, other)
        assert other._children == tuple(twin[child] for child in node._children)


def graph() -> tuple[Value, list[Value]]:
    """Every way a node can be stored: one, two, many operands, none; constants, baked rows, by hand."""
    x, w = Value(0.5, label="x"), Value(-1.5)
    h = (x * w + 2.0).tanh()
    h.label = "h"
    many = engine.sum([h, x, h, 3.0]) + engine.dot([x, w], [h, x])
    baked = h**2 + many.leaky_relu(0.2) + many.clip(-1.0, 1.0) + w.relu()
    by_hand = Value(math.sin(0.5), (x,), (math.cos(0.5),))
    y = -(baked * by_hand) + engine.where(x > 0.0, h, w)
    y.backward()
    return y, [x, w]


# -- leaves -------------------------------------------------------------------------------------------


@ANY
def test_a_leaf_is_copied_with_all_it_knows(clone) -> None:
    x = Value(2.0, label="x")
    x.grad = 3.0
    x.m = [1.0]
    twin = clone(x)
    assert twin is not x
    assert same_node(twin, x)
    assert twin.m == [1.0]
    twin.data, twin.grad, twin.label = 5.0, 6.0, "y"
    assert (x.data, x.grad, x.label) == (2.0, 3.0, "x")


@ANY
def test_special_numbers_survive(clone) -> None:
    for data in (math.inf, -math.inf, -0.0, 5e-324):
        assert str(clone(Value(data)).data) == str(data)
    assert math.isnan(clone(Value(math.nan)).data)


@ANY
def test_a_copy_takes_gradients_if_the_original_does(clone) -> None:
    frozen, constant = Value(1.0), (Value(2.0) * 3.0)._children[1]
    frozen.requires_grad = False
    with no_grad():
        paused = Value(2.0) * 3.0
    for leaf in (Value(1.0), frozen, constant, paused, Value(1.0).detach(), Value(1.0, (), "input")):
        assert same_node(clone(leaf), leaf)


def test_attributes_are_shared_by_a_copy_and_copied_by_a_deepcopy() -> None:
    x = Value(2.0)
    x.history = [1.0]
    assert copy.copy(x).history is x.history
    deep = copy.deepcopy(x)
    assert deep.history == x.history
    assert deep.history is not x.history
    shallow = copy.copy(x)
    shallow.other = 1
    assert not hasattr(x, "other")


# -- graphs -------------------------------------------------------------------------------------------


@WHOLE
def test_a_graph_is_copied_node_for_node(clone) -> None:
    y, _ = graph()
    assert_same_graph(y, clone(y))


@WHOLE
def test_a_copied_graph_has_gradients_of_its_own(clone) -> None:
    y, inputs = graph()
    before = [x.grad for x in inputs]
    twin = clone(y)
    twin_inputs = [leaf for leaf in leaves(twin) if leaf.requires_grad]
    twin.backward()
    assert [x.grad for x in twin_inputs] == pytest.approx([2.0 * slope for slope in before], rel=1e-14)
    assert [x.grad for x in inputs] == before


def test_a_copy_stands_on_the_same_operands() -> None:
    x, w = Value(2.0), Value(3.0)
    for y in (x * w, -x, engine.sum([x, w, x]), Value(4.0, (x,), (2.0,)), x**2, x.tanh()):
        twin = copy.copy(y)
        assert twin is not y
        assert twin._children == y._children
        assert same_node(twin, y)
        engine.zero_grad([x, w])
        twin.backward()
        from_twin = (x.grad, w.grad)
        engine.zero_grad([x, w])
        y.backward()
        assert (x.grad, w.grad) == from_twin


@WHOLE
def test_what_is_shared_stays_shared(clone) -> None:
    w = Value(2.0)
    square, cube = w * w, w * w * w
    model = {"w": w, "again": [w], "roots": (square, cube)}
    twin = clone(model)
    assert twin["w"] is twin["again"][0]
    assert {*leaves(twin["roots"][0]), *leaves(twin["roots"][1])} == {twin["w"]}
    twin["roots"][1].backward()
    assert (twin["w"].grad, w.grad) == (12.0, 0.0)


def test_deepcopy_shares_results_too() -> None:
    w = Value(2.0)
    trunk = w * w
    a, b, c = copy.deepcopy([trunk * 3.0, trunk.exp(), trunk])
    assert a._children[0] is b._children[0] is c


@WHOLE
def test_a_copied_graph_can_still_be_differentiated_as_a_graph(clone) -> None:
    """The rows are found again in the table: their rules give second derivatives."""
    y = clone(Value(2.0) ** 3)
    (x,) = leaves(y)
    (slope,) = engine.gradients(y, [x], create_graph=True)
    assert slope.data == 12.0
    assert engine.gradients(slope, [x]) == [12.0]


@WHOLE
def test_rows_are_those_of_the_table(clone) -> None:
    x = Value(0.7)
    for y in (x.tanh(), x**2.5, x ** Value(2.5), x.elu(0.3), x.step(0.5), engine.max([x, 1.0, 2.0])):
        assert clone(y)._row is y._row
    assert clone(x.tanh())._row is OPERATORS["tanh"]


@WHOLE
def test_an_operator_outside_the_table_keeps_its_gradients(clone) -> None:
    variables: list[Value] = []

    def f(x: Value) -> Value:
        variables.append(x)
        return x * x

    grad(grad(f))(3.0)  # the variable of a nested transform is made by such an operator
    twin = clone(variables[-1])
    assert twin.data == 3.0
    assert twin._op == variables[-1]._op
    twin.backward()
    assert [leaf.grad for leaf in leaves(twin)] == [1.0]


@WHOLE
def test_a_node_by_hand_named_like_an_operator_is_not_that_operator(clone) -> None:
    x = Value(2.0)
    y = Value(0.5, (x,), "tanh")
    assert clone(y)._row is y._row is not OPERATORS["tanh"]


@WHOLE
def test_a_node_without_local_gradients_is_still_without(clone) -> None:
    """It must go on being an error: a gradient of zero would be a silent one."""
    twin = clone(Value(4.0, (Value(2.0),), "square") * 1.0)
    with pytest.raises(GraphError, match=r"'square'.*without local gradients"):
        twin.backward()


# -- subclasses ---------------------------------------------------------------------------------------


@ANY
def test_a_leaf_of_a_subclass_is_of_it_again(clone) -> None:
    p = Parameter(2.0, label="p")
    p.lr = 0.1
    twin = clone(p)
    assert same_node(twin, p)
    assert twin.lr == 0.1


@WHOLE
def test_every_node_keeps_its_own_class(clone) -> None:
    p = Parameter(2.0)
    middle = Parameter(4.0, (p,), (4.0,))
    root = middle * 3.0
    other_root = Parameter(12.0, (p * 3.0,), (4.0,))
    assert_same_graph(root, clone(root))
    assert_same_graph(other_root, clone(other_root))
    assert [type(node) for node in topological_order(clone(root))] == [Parameter, Parameter, Value, Value]


# -- attributes that lead back ------------------------------------------------------------------------


@WHOLE
def test_an_attribute_may_lead_back_to_its_leaf(clone) -> None:
    x = Value(2.0)
    x.group = {"members": [x]}
    twin = clone(x)
    assert twin.group["members"][0] is twin


@WHOLE
def test_leaves_may_lead_to_each_other(clone) -> None:
    a, b = Value(1.0), Value(2.0)
    a.partner, b.partner = b, a
    twin = clone(a)
    assert twin.partner.partner is twin
    assert twin.partner.data == 2.0


@WHOLE
def test_a_leaf_may_lead_to_a_result_made_of_it(clone) -> None:
    x = Value(2.0)
    x.square = x * x
    twin = clone(x)
    assert twin.square.data == 4.0
    assert leaves(twin.square) == [twin]
    root = clone(x.square)
    (leaf,) = leaves(root)
    assert leaf.square.data == 4.0
    assert leaves(leaf.square) == [leaf]


@WHOLE
def test_a_result_may_lead_back_to_itself(clone) -> None:
    x = Value(2.0)
    y = x * x
    y.me, y.name = y, "square"
    twin = clone(y)
    assert twin.me is twin
    assert twin.name == "square"
    root = clone(y * 3.0)
    square = root._children[0]
    assert square.name == "square"
    assert square.me.data == 4.0


@WHOLE
def test_results_keep_their_attributes(clone) -> None:
    x = Value(2.0)
    h = x * 3.0
    h.note = ["hidden"]
    y = h.tanh() + h
    y.note = ["output"]
    twin = clone(y)
    notes = [getattr(node, "note", None) for node in topological_order(twin)]
    assert notes == [getattr(node, "note", None) for node in topological_order(y)]
    assert twin.note is not y.note


def test_a_deepcopied_attribute_may_be_a_node_of_the_same_graph() -> None:
    x = Value(2.0)
    h = x * 3.0
    y = h * h
    y.hidden, h.root = h, y
    twin = copy.deepcopy(y)
    assert twin.hidden is twin._children[0]
    assert twin.hidden.root is twin


def test_deepcopy_uses_the_memo_it_is_given() -> None:
    x = Value(2.0)
    stand_in = Value(5.0)
    twin = copy.deepcopy(x * 3.0, {id(x): stand_in})
    assert twin._children[0] is stand_in


def test_a_pickle_names_rows_and_holds_no_code() -> None:
    text = pickle.dumps(apply(OPERATORS["tanh"], (Value(0.5),)))
    assert b"tanh" in text
    assert b"lambda" not in text


# -- while somebody differentiates ------------------------------------------------------------------------


@dataclasses.dataclass
class Pair:
    first: Value
    second: Value


COPIES = {
    "copy": lambda x: copy.copy(x),
    "deepcopy": lambda x: copy.deepcopy(x),
    "deepcopy of a list": lambda x: copy.deepcopy([x, 1.0])[0],
    "deepcopy of a dict": lambda x: copy.deepcopy({"x": [x]})["x"][0],
    "deepcopy of an array": lambda x: copy.deepcopy(np.array([x, x]))[1],
    "copy of an array": lambda x: np.array([x, x]).copy()[1],
    "deepcopy twice": lambda x: copy.deepcopy(copy.deepcopy(x)),
    "copy of a result": lambda x: copy.copy(x * 1.0),
    "deepcopy of a result": lambda x: copy.deepcopy(x * 1.0),
    "asdict": lambda x: dataclasses.asdict(Pair(x, x * 1.0))["second"],
    "replace": lambda x: dataclasses.replace(Pair(x, x)).first,
    "both of a pair": lambda x: sum(copy.deepcopy((x, x * 2.0))) / 3.0,
}


def numbers(result):
    """All numbers in what a transform returns."""
    if isinstance(result, (list, tuple)):
        return [number for item in result for number in numbers(item)]
    if isinstance(result, np.ndarray):
        return result.ravel().tolist()
    if isinstance(result, engine.GradcheckReport):
        return [entry.analytic for entry in result.entries]
    return [getattr(result, "data", result)]


@pytest.mark.parametrize("clone", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_gradients_pass_a_copy_within_a_transform(transform, clone) -> None:
    def f(x):
        return clone(x) * clone(x * x).exp() + x

    plain = transform(lambda x: x * (x * x).exp() + x, 0.5)
    assert numbers(transform(f, 0.5)) == pytest.approx(numbers(plain), rel=1e-13)


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("audit", [False, True])
def test_gradients_pass_a_copied_argument_of_a_lifted_function(audit, clone) -> None:
    """As they do within any transform, whether its program runs, an audit, or the function as written."""

    def f(x, w):
        return clone(x) * w

    def g(x, w):
        return clone(x) * w if w.data > 0.0 else x  # reads a number, which is looked at in each call

    for function in (f, g):
        lifted = engine.jit(function, audit=audit)
        for _ in range(2):
            x, w = Value(0.5), Value(3.0)
            lifted(x, w).backward()
            assert (x.grad, w.grad) == (3.0, 0.5)


@pytest.mark.parametrize("clone", PROTOCOLS.values(), ids=PROTOCOLS)
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_pickling_within_a_transform_is_refused(transform, clone) -> None:
    for inner in (lambda x: x, lambda x: x * x, lambda x: [{"x": x * x}]):
        with pytest.raises(GraphError, match=r"Value.* cannot be pickled.*copy\.deepcopy"):
            transform(lambda x, inner=inner: clone(inner(x)), 0.5)


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy])
def test_captured_values_within_a_lifted_function(clone) -> None:
    """A copied result carries the gradient; a copied leaf none, lifted as written."""
    w = Value(3.0, label="w")
    result = engine.jit(lambda x: clone(w * x) * x)(2.0)
    result.backward()
    assert (result.data, w.grad) == (12.0, 4.0)
    for lift in (lambda f: f, engine.jit):
        w = Value(3.0)
        f = lift(lambda x, w=w: clone(w) * w * x)
        f(2.0).backward()
        assert w.grad == 6.0
        w.data = 5.0  # a copy is made at each call
        assert f(2.0).data == 50.0


def test_a_copy_within_a_transform_is_a_node_of_its_own_with_its_attributes() -> None:
    def f(x):
        y = x * x
        y.label = "y"
        for clone in (copy.copy, copy.deepcopy):
            other = clone(y)
            assert other is not y
            assert (other.label, other.data, other.grad) == ("y", y.data, 0.0)
            other.label = "other"
            assert y.label == "y"
        return copy.deepcopy(y)

    assert grad(f)(3.0) == 6.0


def test_a_parameter_that_is_no_variable_is_copied_as_ever() -> None:
    w = Value(3.0)

    def f(x):
        other = copy.deepcopy(w)
        assert not other._children
        pickle.dumps(w)
        return other * x

    assert grad(f)(2.0) == 3.0
    with no_grad():
        assert not copy.deepcopy(w)._children


def test_without_recording_copies_are_as_ever() -> None:
    def f(x):
        with no_grad():
            assert pickle.loads(pickle.dumps(x)).data == 2.0  # noqa: S301 - made here
            assert not copy.deepcopy(x)._children
        return x * x

    assert grad(f)(2.0) == 4.0


PICKLED_BY_0_1 = (  # x = Value(0.5, label="x"); y = (x * 2.0).tanh() ** 2; y.backward(); (x, y)
    b"(cengine.copying\n_restore_leaf\np0\n(NF0.5\nF1.279400016898449\nI0\ntp1\nRp2\n(dp3\nVlabel\np4\nVx\np5\n"
    b"sbcengine.copying\n_restore_graph\np6\n((lp7\ng2\nag0\n(NF2.0\nF0.31985000422461224\nI1\ntp8\nRp9\na(lp10\n"
    b"(NF1.0\nF0.6397000084492245\n(Vmul\np11\n(ttp12\n(I0\nI1\ntp13\n(F2.0\nF0.5\ntp14\ntp15\na(N"
    b"F0.7615941559557649\nF1.5231883119115297\n(Vtanh\np16\n(ttp17\n(I2\ntp18\n(F0.4199743416140261\ntp19\n"
    b"tp20\na(NF0.5800256583859739\nF1.0\n(Vpow\np21\n(F2.0\ntp22\ntp23\n(I3\ntp24\n(F1.5231883119115297\n"
    b"tp25\ntp26\natp27\nRp28\ntp29\n."
)


def test_pickles_of_an_earlier_release_are_read() -> None:
    # in a process of its own, where nothing was imported before
    program = (
        f"import pickle; x, y = pickle.loads({PICKLED_BY_0_1!r}); y.backward(); print(x, x.grad, y.data)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.split(") ")[1] == "2.558800033796898 0.5800256583859739\n"
