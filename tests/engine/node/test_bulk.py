"""Bulk access gives what going node by node gives, in C as in Python."""

import random
import threading

import numpy as np
import pytest

import engine
from engine import GraphError, Value, no_grad
from engine.node import backend, bulk, unchanged
from engine.node.bulk import graphs, nodes_made
from engine.ops.op import custom_op_row

FORMS = {
    "offered": {name: getattr(bulk, name, None) or getattr(unchanged, name, None) for name in backend.PLAIN},
    "plain": backend.PLAIN,
}
ROW = custom_op_row("fused")


class Parameter(Value):
    """A subclass, whose nodes lie elsewhere in memory than plain ones."""


@pytest.fixture(params=FORMS)
def form(request):
    """The functions that are offered; and those in Python, which serve either node."""
    return FORMS[request.param]


@pytest.fixture
def arrays_of(form, monkeypatch):
    """Whole graphs as arrays, by either form."""
    monkeypatch.setattr(graphs, "made_arrays", form["made_arrays"])
    return bulk.graph_arrays


def some_values(count: int) -> list[Value]:
    kinds = [Value, Parameter]
    values = [kinds[i % 2](float(i)) for i in range(count)]
    for i, value in enumerate(values):
        value.grad = -0.5 * i
    return values


# -- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 100])
@pytest.mark.parametrize("kind", [list, tuple])
def test_numbers_and_gradients_are_read(form, count, kind) -> None:
    values = kind(some_values(count))
    out = np.full(count, 7.0)
    form["read_data"](values, out)
    assert out.tolist() == [value.data for value in values]
    form["read_grad"](values, out)
    assert out.tolist() == [value.grad for value in values]


@pytest.mark.parametrize("count", [0, 1, 2, 100])
@pytest.mark.parametrize("kind", [list, tuple])
def test_numbers_and_gradients_are_written(form, count, kind) -> None:
    values = kind(some_values(count))
    numbers = np.random.default_rng(0).normal(size=count)
    form["write_data"](values, numbers)
    form["write_grad"](values, -numbers)
    assert [value.data for value in values] == numbers.tolist()
    assert [value.grad for value in values] == (-numbers).tolist()


def test_adjoints_are_what_a_sweep_adds_and_change_nothing(form) -> None:
    x, y, other, frozen = Value(0.5), Value(-2.0), Value(1.0), Value(3.0).detach()
    h = (x * y).tanh()
    root = h * h + x * frozen + engine.sum([x, y, h]) + h.relu()
    nodes = [root, h, frozen, other, x, y]
    for i, node in enumerate(nodes):
        node.grad = float(i)
    found = form["adjoints"](root, nodes)
    assert [node.grad for node in nodes] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    x.grad = y.grad = 0.0
    root.backward()
    assert found.tolist() == [node.grad if node in (root, h, x, y) else 0.0 for node in nodes]
    with pytest.raises(TypeError, match="Value"):
        form["adjoints"](root, [1.0])
    with pytest.raises(GraphError, match="without local gradients"):
        form["adjoints"](Value(1.0, (x,)), [x])
    by_hand = Value(1.0, (x,), "hand")
    by_hand._backward = lambda: setattr(x, "grad", x.grad + by_hand.grad)
    assert form["adjoints"](by_hand, [x]) is None


def test_special_numbers_pass_to_the_bit(form) -> None:
    numbers = np.array([-0.0, np.inf, -np.inf, np.nan, 5e-324, 1e308])
    values = [Value(0.0) for _ in numbers]
    out = np.empty(len(numbers))
    form["write_data"](values, numbers)
    form["read_data"](values, out)
    assert out.tobytes() == numbers.tobytes()


def test_of_a_value_that_is_there_twice_the_last_number_stays(form) -> None:
    x = Value(0.0)
    form["write_data"]([x, x], np.array([1.0, 2.0]))
    assert x.data == 2.0


def test_results_can_be_read_and_written_too(form) -> None:
    y = Value(2.0) * 3.0
    out = np.empty(1)
    form["read_data"]([y], out)
    form["write_data"]([y], out + 1.0)
    assert y.data == 7.0


ARRAYS = {
    "list": [0.0, 0.0],
    "float32": np.zeros(2, np.float32),
    "integers": np.zeros(2, np.int64),
    "complex": np.zeros(2, complex),
    "swapped bytes": np.zeros(2, np.dtype(np.float64).newbyteorder()),
    "every second": np.zeros(4)[::2],
    "backward": np.zeros(2)[::-1],
    "matrix": np.zeros((2, 1)),
    "one number": np.float64(0.0),
    "None": None,
}
LENGTHS = {"too short": np.zeros(1), "too long": np.zeros(3)}


@pytest.mark.parametrize("name", ["read_data", "read_grad", "write_data", "write_grad"])
def test_other_arrays_are_refused(form, name) -> None:
    values = some_values(2)
    for what, array in (ARRAYS | LENGTHS).items():
        with pytest.raises(ValueError if what in LENGTHS else TypeError) as raised:
            form[name](values, array)
        with pytest.raises(raised.type) as plain:
            backend.PLAIN[name](values, array)
        assert str(raised.value) == str(plain.value), what
    assert [(value.data, value.grad) for value in values] == [(0.0, 0.0), (1.0, -0.5)]


def test_a_read_only_array_is_read_but_not_written_to(form) -> None:
    array = np.array([3.0, 4.0])
    array.flags.writeable = False
    values = some_values(2)
    form["write_data"](values, array)
    with pytest.raises(ValueError, match="the vector is read-only, but must be writable"):
        form["read_grad"](values, array)
    assert array.tolist() == [values[0].data, values[1].data] == [3.0, 4.0]


@pytest.mark.parametrize("name", ["read_data", "read_grad", "write_data", "write_grad"])
def test_what_is_no_value_is_named_and_nothing_is_changed(form, name) -> None:
    x, out = Value(1.0), np.full(3, 7.0)
    for wrong in (2.0, None, "x", object):
        with pytest.raises(TypeError, match=r"item 2 must be a Value, got .* of type "):
            form[name]([x, x, wrong], out)
    for wrong in ({x, Value(2.0), Value(3.0)}, np.array([x, x, x]), "abc"):
        with pytest.raises(TypeError, match="expected a list or tuple of Values, got "):
            form[name](wrong, out)
    assert (x.data, x.grad) == (1.0, 0.0)
    assert out.tolist() == [7.0, 7.0, 7.0]


# -- what takes gradient ---------------------------------------------------------------------------------


def test_leaves_that_take_gradient_are_trainable(form) -> None:
    trainable, leaf = form["trainable"], Value(1.0)
    frozen = Value(1.0)
    frozen.requires_grad = False
    assert trainable([])
    assert trainable([leaf, Parameter(2.0)])
    assert not trainable([leaf, frozen])
    assert not trainable((leaf, leaf.detach()))
    assert not trainable([leaf, leaf * 2])
    assert not trainable(list((leaf * 2)._children))
    assert not trainable([Value(1.0, (leaf,), "by hand")])
    frozen.requires_grad = True
    assert trainable([frozen])
    with pytest.raises(TypeError, match=r"item 1 must be a Value, got 1.0 of type float"):
        trainable([leaf, 1.0])


# -- fused nodes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_fused_node_is_the_node_built_by_hand(form, count) -> None:
    operands = tuple(some_values(count))
    slopes = np.random.default_rng(1).normal(size=count)
    gradients = []
    for node in (
        form["fused_node"](1.5, operands, slopes, ROW),
        form["fused_node"](1.5, list(operands), slopes, ROW),
        Value(1.5, operands, tuple(slopes.tolist())),
    ):
        assert type(node) is Value
        assert (node.data, node._children, node._local_grads) == (1.5, operands, tuple(slopes.tolist()))
        for operand in operands:
            operand.grad = 0.0
        (node * 2.0).backward()
        gradients.append([operand.grad for operand in operands])
    assert gradients[0] == gradients[1] == gradients[2] == (2.0 * slopes).tolist()
    assert form["fused_node"](1.5, operands, slopes, ROW)._op == "fused"


def test_fused_node_keeps_slopes_of_its_own(form) -> None:
    slopes = np.array([1.0, 2.0, 3.0])
    node = form["fused_node"](0.0, tuple(some_values(3)), slopes, ROW)
    slopes[:] = 9.0
    assert node._local_grads == (1.0, 2.0, 3.0)


def test_fused_node_counts_an_operand_as_often_as_it_is_there(form) -> None:
    x = Value(1.0)
    form["fused_node"](0.0, (x, x, x), np.array([1.0, 2.0, 4.0]), ROW).backward()
    assert x.grad == 7.0


def test_fused_node_on_nothing_is_a_constant(form) -> None:
    node = form["fused_node"](2.0, (), np.empty(0), ROW)
    assert (node.data, node._children, node.requires_grad) == (2.0, (), False)
    node.backward()


def test_fused_node_under_no_grad_remembers_nothing(form) -> None:
    with no_grad():
        nodes = [form["fused_node"](2.0, tuple(some_values(n)), np.ones(n), ROW) for n in range(4)]
        nodes.append(form["fused_node"](2.0, tuple(some_values(3)), np.empty(0), ROW))  # nobody needs slopes
    for node in nodes:
        assert (node.data, node._children, node.requires_grad) == (2.0, (), False)
        with pytest.raises(GraphError):
            node.backward()


def test_fused_node_keeps_its_operands_alive(form) -> None:
    node = form["fused_node"](0.0, [Value(float(i)) * 2.0 for i in range(5)], np.ones(5), ROW)
    assert [child.data for child in node._children] == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_fused_node_refuses_what_is_no_value_number_or_slope(form) -> None:
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"item 1 must be a Value, got 2.0 of type float"):
        form["fused_node"](0.0, (x, 2.0), np.ones(2), ROW)
    with pytest.raises(ValueError, match="1 Values need a vector of as many numbers, got 2"):
        form["fused_node"](0.0, (x,), np.ones(2), ROW)
    with pytest.raises(TypeError, match="data must be a number, got Value"):
        form["fused_node"](x, (x,), np.ones(1), ROW)


# -- graphs ----------------------------------------------------------------------------------------------


def random_graph(seed: int) -> list[Value]:
    """Several roots over one graph with sharing, operators of every arity, constants, nodes made by hand."""
    draw = random.Random(seed)
    made: list[Value] = [Value(0.5), Parameter(-1.5), Value(2.0)]
    for _ in range(60):
        a, b = draw.choice(made), draw.choice(made)
        made.append(
            draw.choice(
                [
                    lambda a, b: a * b,
                    lambda a, b: a + b,
                    lambda a, b: (a * 0.1).tanh(),
                    lambda a, b: engine.sum([a, b, a, 0.25]),
                    lambda a, b: Value(1.0, (a, b, a), (0.5, 1.0, 2.0)),
                    lambda a, b: a**2,
                    lambda a, b: a.detach(),
                    lambda a, b: bulk.fused_node(0.0, (a, b, b), np.ones(3), ROW),
                ]
            )(a, b)
        )
    return [draw.choice(made) for _ in range(draw.randrange(1, 5))]


@pytest.mark.parametrize("seed", range(20))
def test_graph_arrays_say_what_the_nodes_say(arrays_of, seed) -> None:
    roots = random_graph(seed)
    nodes, rows, row_of, data, offsets, operands = arrays_of(roots)
    expected: list[Value] = []
    for root in roots:
        expected += [node for node in engine.topological_order(root) if node not in set(expected)]
    assert nodes == expected
    assert [rows[i] for i in row_of] == [node._row for node in nodes]
    assert len(set(rows)) == len(rows)
    assert data.tolist() == [node.data for node in nodes]
    for i, node in enumerate(nodes):
        assert tuple(nodes[place] for place in operands[offsets[i] : offsets[i + 1]]) == node._children
    assert offsets[0] == 0
    assert offsets[-1] == len(operands)
    assert [array.dtype for array in (row_of, data, offsets, operands)] == [
        np.int32,
        np.float64,
        np.int64,
        np.int64,
    ]


def test_graph_arrays_leave_nothing_behind(arrays_of) -> None:
    # positions are kept in the nodes while arrays are filled: no later walk may take them for its own
    x = Value(1.5)
    y = x * x + x
    for _ in range(50):
        arrays_of([y, x])
        x.grad = 0.0
        y.backward()
        assert x.grad == 4.0
        assert len(engine.topological_order(y)) == 3


def test_graph_arrays_of_nothing(arrays_of) -> None:
    nodes, rows, row_of, data, offsets, operands = arrays_of([])
    assert (nodes, rows, offsets.tolist()) == ([], [], [0])
    assert len(row_of) == len(data) == len(operands) == 0


def test_graph_arrays_refuse_what_is_no_value(arrays_of) -> None:
    with pytest.raises(TypeError, match=r"item 1 must be a Value, got 2.0 of type float"):
        arrays_of([Value(1.0), 2.0])
    with pytest.raises(TypeError, match="expected a list or tuple of Values, got Value"):
        arrays_of(Value(1.0))


@pytest.mark.unmeasured
def test_graph_arrays_of_a_long_chain_and_of_a_wide_sum(arrays_of) -> None:
    x = y = Value(1.0)
    for _ in range(100_000):
        y = y + x
    total = engine.sum([Value(float(i)) for i in range(100_000)] + [y])
    nodes, _, _, _, offsets, operands = arrays_of([total])
    assert len(nodes) == 200_002
    assert nodes[-1] is total
    assert len(operands) == offsets[-1] == 200_000 + 100_001


class Lying(list):
    """A list that tells a wrong length."""

    def __len__(self):
        return 10**6


def test_lists_are_the_same_if_they_hold_the_same_objects(form) -> None:
    same, a, b = form["same_items"], Value(1.0), Value(1.0)
    assert same([], [])
    assert same([a, b, None, 2.0], [a, b, None, 2.0])
    for other in ([a], [b, a], [a, a], [a, 1.0], [1.0, b], [a, b, b]):
        assert not same([a, b], other)
    assert same(Lying([a, b]), [a, b])
    assert not same([a], Lying([b]))
    with pytest.raises(TypeError, match="two lists, got tuple and list"):
        same((a,), [a])


def test_many_values_at_once_are_refused_while_a_function_is_traced(form) -> None:
    values, numbers = [Value(1.0)], np.ones(1)
    for name in ("read_data", "read_grad", "write_data", "write_grad"):

        def f(x, act=form[name]):
            act(values, numbers)
            return values[0] * x

        with pytest.raises(engine.TraceError, match="of many Values"):
            engine.jit(f)(1.0)
    assert values[0].data == 1.0


# -- lists with a say in what they hold


def lying(kind, length):
    """A list or tuple class that says it has another length."""
    return type(kind.__name__.title(), (kind,), {"__len__": lambda self: length})


LIES = [0, 1, 3, 10**6, 2**62, -1]


@pytest.mark.parametrize("length", LIES)
@pytest.mark.parametrize("kind", [list, tuple])
def test_a_length_that_is_not_so_changes_nothing(kind, length, form) -> None:
    values = [Value(1.0), Value(2.0)]
    false = lying(kind, length)(values)
    out = np.zeros(2)
    form["read_data"](false, out)
    assert out.tolist() == [1.0, 2.0]
    form["write_data"](false, np.array([3.0, 4.0]))
    form["write_grad"](false, np.array([5.0, 6.0]))
    form["read_grad"](false, out)
    assert out.tolist() == [5.0, 6.0]
    assert [value.data for value in values] == [3.0, 4.0]
    assert form["trainable"](false)
    assert form["leaf_count"](false) == 2
    node = form["fused_node"](7.0, false, np.array([0.5, 0.25]), ROW)
    node.backward()
    assert [value.grad for value in values] == [5.5, 6.25]
    assert bulk.graph_arrays(false)[0] == values


@pytest.mark.parametrize("length", LIES)
@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "logsumexp", "softmax"])
def test_functions_of_sequences_go_by_what_they_hold(name, kind, length) -> None:
    function = vars(engine)[name]
    values = [Value(1.0), Value(2.0), Value(4.0)]

    def numbers(result):
        return [each.data for each in result] if isinstance(result, list) else result.data

    try:
        found = numbers(function(lying(kind, length)(values)))
    except (ValueError, MemoryError, OverflowError, RuntimeError):
        return  # Python itself asks for the length
    assert found == numbers(function(values))


def test_what_a_list_goes_through_counts_and_not_what_lies_in_it(form) -> None:
    class Twice(list):
        def __iter__(self):
            return iter([each for each in super().__iter__() for _ in range(2)])

    out = np.zeros(4)
    form["read_data"](Twice([Value(1.0), Value(2.0)]), out)
    assert out.tolist() == [1.0, 1.0, 2.0, 2.0]


# -- the same objects


A, B = Value(1.0), Value(1.0)


@pytest.mark.parametrize(
    ("containers", "were", "same"),
    [
        ([], [], True),
        ([[A, B]], [(A, B)], True),
        ([(A, B)], [(A, B)], True),
        ([{"a": A, "b": B}], [("a", A, "b", B)], True),
        ([[A]], [(B,)], False),
        ([[A, B]], [(B, A)], False),
        ([[A]], [(A, B)], False),
        ([[A, B]], [(A,)], False),
        ([{"a": A}], [()], False),
        ([{}], [("a", A)], False),
        ([[A], [B]], [(A,), (A,)], False),
        ([[A]], [(A,), ()], False),
        ([[A], []], [(A,)], False),
        ([[1.0, True, "a", None]], [(2.0, False, "b", 0)], True),
        ([[1.0]], [(A,)], False),
        ([[A]], [(1.0,)], False),
        ([[np.float64(1.0)]], [(np.float64(1.0),)], False),
        ([[[]]], [([],)], False),
    ],
)
def test_objects_are_compared_by_identity_and_plain_ones_not_at_all(containers, were, same, form) -> None:
    versions = np.zeros(len(containers))
    assert form["same_objects"](containers, were) is same
    assert form["same_objects"](containers, were, versions) is same
    assert form["same_objects"](containers, were, versions) is same  # also by what was noted


def test_plain_numbers_of_a_dict_may_change_and_objects_may_not_whatever_was_noted(form) -> None:
    attributes, versions = {"w": A, "count": 1}, np.zeros(1)
    for change, same in (
        ({}, True),
        ({"count": 2}, True),
        ({"w": B}, False),
        ({"w": A}, True),
        ({"b": 1}, False),
    ):
        attributes.update(change)
        for _ in range(2):
            assert form["same_objects"]([attributes], [("w", A, "count", 1)], versions) is same


@pytest.mark.parametrize(
    ("containers", "were", "same"),
    [
        ([], [], True),
        ([[A, B], (A, None), {"a": A, 1: B}, {}, []], [(A, B), (A, None), ("a", A, 1, B), (), ()], True),
        ([[A, B]], [(B, A)], False),
        ([[A, B]], [(A,)], False),
        ([[A]], [(A, B)], False),
        ([{"a": A}], [("b", A)], False),
        ([{"a": A}], [("a", B)], False),
        ([{"a": A, "b": B}], [("b", B, "a", A)], False),
        ([{"a": A}], [("a", A, "b", B)], False),
        ([{"a": A}], [()], False),
        ([[A], [B]], [(A,), (A,)], False),
        ([[float("1.5")]], [(float("1.5"),)], False),  # equal, and another object
    ],
)
def test_whether_anything_was_touched_is_told_by_identity(containers, were, same, form) -> None:
    versions = np.zeros(len(containers))
    assert form["same_objects"](containers, were, versions, True) is same
    assert form["same_objects"](containers, were, versions, True) is same  # also by what was noted


def test_whatever_touches_a_container_is_seen_and_what_puts_it_back_too(form) -> None:
    class Kind:
        factor = 1.0

    item, other = Kind(), Value(1.0)
    item.w, item.b = A, other
    attributes, listed = vars(item), [A, other]
    containers = [attributes, vars(Kind), listed, (A,)]
    were = [
        tuple(each)
        if isinstance(each, (list, tuple))
        else tuple(part for pair in each.items() for part in pair)
        for each in containers
    ]
    versions, factor = np.zeros(4), Kind.factor

    def holds() -> bool:
        return form["same_objects"](containers, were, versions, True)

    for touch, put_back in (
        (lambda: setattr(item, "w", B), lambda: setattr(item, "w", A)),
        (lambda: attributes.update(w=B), lambda: attributes.update(w=A)),
        (lambda: setattr(item, "more", A), lambda: delattr(item, "more")),
        (lambda: setattr(Kind, "factor", 2.0), lambda: setattr(Kind, "factor", factor)),
        (lambda: listed.reverse(), lambda: listed.reverse()),
        (lambda: listed.append(A), lambda: listed.pop()),
    ):
        assert holds()
        assert holds()
        touch()
        assert not holds()
        put_back()
    assert holds()


@pytest.mark.parametrize("wrong", [({1}, (1,)), ([1], [1]), (lying(list, 1)([1]), (1,)), ("a", ("a",))])
def test_what_cannot_be_compared_so_is_refused(wrong, form) -> None:
    with pytest.raises(TypeError, match=r"expected a list, tuple or dict|must be a tuple"):
        form["same_objects"]([wrong[0]], [wrong[1]])


def test_leaves_are_counted(form) -> None:
    x = Value(1.0)
    frozen = Value(2.0)
    frozen.requires_grad = False
    assert form["leaf_count"]([x, frozen, x.detach(), x * 2.0, x]) == 4
    assert form["leaf_count"](()) == 0
    with pytest.raises(TypeError):
        form["leaf_count"]([1.0])


# -- what is made ------------------------------------------------------------------------------------------


def test_nodes_made_are_those_of_the_block_and_its_thread() -> None:
    before, elsewhere = Value(1.0), []
    with nodes_made() as outer:
        x = Value(2.0)
        with nodes_made() as inner:
            y = engine.sum([x, before, x * 3.0])
            thread = threading.Thread(target=lambda: elsewhere.append(before + 1.0))
            thread.start()
            thread.join()
            with no_grad():
                constant = y.exp()
            by_hand = Value(1.0, (x,), (2.0,))
        z = y.tanh()
    after = z + 1.0
    assert {y, constant, by_hand} <= set(inner) < {*outer, x}
    assert not {before, x, z, after, *elsewhere} & set(inner)
    assert {x, y, z} <= set(outer)
    assert not {before, after, *elsewhere} & set(outer)


def test_nodes_made_in_a_block_left_by_an_error() -> None:
    x, kept = Value(1.0), []

    def fails():
        with nodes_made() as made:
            kept.append(made)
            x.tanh()
            return [][x.data > 0.0]

    with pytest.raises(IndexError):
        fails()
    (made,) = kept
    y = x + 1.0
    assert [node._op for node in made] == ["tanh"]
    assert y not in made


class Part:
    pass


class Whole(Part):
    pass


ATTRIBUTES = {
    "nothing": (lambda part: None, True),
    "another attribute": (lambda part: setattr(part, "w", 2.0), True),
    "equal attributes": (lambda part: setattr(part, "__dict__", dict(vars(part))), False),
    "another class": (lambda part: setattr(part, "__class__", Whole), False),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_and_class_are_compared_by_identity(form, name) -> None:
    change, same = ATTRIBUTES[name]
    parts = [Part(), Part()]
    parts[0].w = 1.0
    dicts, kinds = tuple(map(vars, parts)), tuple(map(type, parts))
    change(parts[1])
    assert form["same_attributes"](parts, dicts, kinds) is same
    assert not form["same_attributes"](parts[:1], dicts, kinds)
