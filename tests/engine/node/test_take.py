"""take is indexing; while a function is traced it is recorded."""

import operator

import numpy as np
import pytest

import engine
from engine import Value, jit, no_grad, take, vmap
from engine.autograd.trace_mode import tracing
from engine.ops.indexing import TAKE
from engine.transforms.reverse import gradients
from tests.engine.jit.forms import FORMS, forced

ITEMS = [Value(2.0), 7.0, Value(-3.5), 4]


def numbers(picked):
    """The bare numbers of what was picked, nested alike."""
    return [numbers(each) for each in picked] if isinstance(picked, list) else float(picked)


# -- plain indexing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, tuple, lambda xs: np.array(xs, dtype=object)])
@pytest.mark.parametrize("i", range(-4, 4))
def test_take_is_indexing(kind, i) -> None:
    for index in (i, np.int64(i), np.int8(i), Value(i), np.array(i)):
        assert take(kind(ITEMS), index) is ITEMS[i] or take(kind(ITEMS), index) == ITEMS[i]


def test_take_of_numbers_is_a_number() -> None:
    assert take([1.0, 2.0], 1) == 2.0
    assert take(np.array([1.0, 2.0]), -1) == 2.0
    assert type(take(np.array([1.0, 2.0]), 0)) is float
    assert take((5, 6), True) == 6


@pytest.mark.parametrize(
    "table", [[[1.0, 2.0], [3.0, 4.0]], ((1.0, 2.0), (3.0, 4.0)), np.array([[1.0, 2], [3, 4]])]
)
def test_take_of_rows_is_a_list(table) -> None:
    assert take(table, 1) == [3.0, 4.0]
    assert take(table, Value(-2.0)) == [1.0, 2.0]
    with tracing():
        assert numbers(take(table, Value(1.0))) == [3.0, 4.0]


def test_take_of_deeper_nesting_is_nested() -> None:
    cube = np.arange(24.0).reshape(2, 3, 4)
    for sequence in (cube, cube.tolist(), tuple(map(tuple, cube))):
        assert take(sequence, 1) == cube[1].tolist()
        with tracing():
            assert numbers(take(sequence, Value(-1.0))) == cube[1].tolist()


def test_the_value_itself_is_taken_and_not_a_copy() -> None:
    table = [[Value(1.0)], [Value(2.0)]]
    assert take(table, 1) is table[1]


# -- errors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [4, -5, Value(4.0), Value(-5.0), np.int64(4)])
def test_index_out_of_range_names_index_and_length(index) -> None:
    number = int(index.data) if isinstance(index, Value) else int(index)
    message = f"index {number} is out of range for a sequence of length 4"
    with pytest.raises(IndexError, match=message):
        take(ITEMS, index)
    if isinstance(index, Value):
        with pytest.raises(IndexError, match=message), tracing():
            take(ITEMS, index)


def test_empty_sequence_has_nothing_to_take() -> None:
    for index in (0, Value(0.0)):
        with pytest.raises(IndexError, match="sequence of length 0"):
            take([], index)
    with pytest.raises(IndexError, match="sequence of length 0"), tracing():
        take([], Value(0.0))


@pytest.mark.parametrize(
    "index",
    [0.5, 1.0, "1", None, [0], np.array([0, 1]), Value(0.5), Value(np.nan), Value(np.inf), np.float64(1.0)],
)
def test_index_that_is_not_whole_is_refused(index) -> None:
    with pytest.raises(TypeError, match=r"take\(\) needs an integer as index, got "):
        take(ITEMS, index)
    with pytest.raises(TypeError, match=r"take\(\) needs an integer as index, got "), tracing():
        take(ITEMS, index)


@pytest.mark.parametrize("sequence", [3.0, Value(1.0), {0: 1.0}, "abc", None, np.array(1.0), {1.0}])
def test_what_is_no_sequence_is_refused(sequence) -> None:
    with pytest.raises(TypeError, match=r"take\(\) picks from a list, tuple or array, got "):
        take(sequence, 0)


@pytest.mark.parametrize("rows", [[[1.0], [2.0, 3.0]], [[1.0], 2.0], [[1.0], [[2.0]]]])
def test_rows_that_cannot_stand_in_for_each_other_are_refused_in_a_trace(rows) -> None:
    assert take(rows, 0) == [1.0]
    with pytest.raises(ValueError, match="picks from rows of one length"), tracing():
        take(rows, Value(0.0))


# -- in a trace ------------------------------------------------------------------------------------------


def test_in_a_trace_what_is_picked_is_a_node_on_all_of_them_and_the_index() -> None:
    index = Value(2.0)
    with tracing():
        node = take(ITEMS, index)
    assert node._row is TAKE
    assert [child.data for child in node._children] == [2.0, 7.0, -3.5, 4.0, 2.0]
    assert node._children[0] is ITEMS[0]
    assert node._children[-1] is index
    assert node._local_grads == (0.0, 0.0, 1.0, 0.0, 0.0)


def test_in_a_trace_a_plain_index_picks_as_ever() -> None:
    with tracing():
        assert take(ITEMS, 2) is ITEMS[2]


def test_in_a_trace_a_row_is_a_node_for_each_column() -> None:
    table = [[Value(10.0 * i + j) for j in range(3)] for i in range(4)]
    with tracing():
        row = take(table, Value(-1.0))
    assert [node.data for node in row] == [30.0, 31.0, 32.0]
    assert [node._children[:4] for node in row] == [tuple(column) for column in zip(*table, strict=True)]
    engine.sum(row).backward()
    assert [[value.grad for value in each] for each in table] == [[0.0] * 3] * 3 + [[1.0] * 3]


@pytest.mark.parametrize("i", range(-4, 4))
def test_gradient_of_what_is_picked_is_that_of_the_item(i) -> None:
    xs, index = [Value(float(x)) for x in (1, 2, 3, 4)], Value(i)
    with tracing():
        node = take(xs, index) ** 2
    (node * 1.0).backward()
    assert [x.grad for x in xs] == [2.0 * x.data if j == i % 4 else 0.0 for j, x in enumerate(xs)]
    assert index.grad == 0.0
    slopes = gradients(node, xs, create_graph=True)
    assert [float(slope) for slope in slopes] == [x.grad for x in xs]


def test_the_row_is_not_in_the_table() -> None:
    # it has no function of its own: engine.take decides
    assert "take" not in engine.node.functions.FUNCTIONS
    assert engine.take is take


# -- a Value is no index ---------------------------------------------------------------------------------

USES = {
    "list": lambda v: [1, 2, 3][v],
    "tuple": lambda v: (1, 2, 3)[v],
    "slice": lambda v: [1, 2, 3][:v],
    "range": lambda v: range(v),
    "operator": lambda v: operator.index(v),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_value_as_an_index_is_refused_with_the_advice(use) -> None:
    with pytest.raises(TypeError, match=r"engine\.take\(sequence, index\), or use int\(index\.data\)"):
        use(Value(1.0))


def test_a_value_as_an_index_of_an_array_is_refused() -> None:
    with pytest.raises((TypeError, IndexError)):
        np.arange(3)[Value(1.0)]


def test_values_are_numbers_elsewhere_as_before() -> None:
    v = Value(2.0)
    assert (int(v), round(v), float(v), complex(v)) == (2, 2, 2.0, 2 + 0j)
    assert np.array([v, v]).dtype == object
    assert np.arange(3.0).dot(np.array([v, v, v])).data == 6.0
    assert (np.float64(3.0) * v).data == 6.0


@pytest.mark.parametrize("lift", [jit, lambda f: jit(f, batch=True), vmap], ids=["jit", "batch", "vmap"])
@pytest.mark.parametrize("form", FORMS)
def test_numbers_picked_from_a_list_are_nodes_also_where_the_function_itself_runs(form, lift) -> None:
    w = Value(2.0)
    for table in ([0.5, 3.0], np.array([0.5, 3.0]), (0.5, Value(3.0)), [[0.5, 1.0], [3.0, 4.0]]):
        nested = isinstance(table, list) and isinstance(table[0], list)

        def f(x, label, table=table):
            return engine.take(table, label), w * x

        with forced(form), no_grad():
            lifted = lift(f)
            for labels in ([0, 0], [1, 1], [0, 1], [1, 0]):
                given = ([1.5, 3.0], labels) if lift is not jit else (1.5, labels[0])
                taken, _ = lifted(*given)
                numbers = np.array([[0.5, 3.0][i] for i in labels])
                right = {jit: numbers[0], vmap: numbers}.get(lift, numbers.mean())
                first = taken[0] if nested else taken
                assert np.array_equal(first if lift is vmap else first.data, right)
