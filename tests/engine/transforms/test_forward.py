"""Forward mode: tangents carried up a graph, as floats, as arrays and as graphs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

import engine
from engine import GraphError, Value, no_grad
from engine.autograd.masking import NOTHING, is_nothing
from engine.transforms import forward as mode
from engine.transforms.forward import (
    blocks,
    column_by_column,
    common_order,
    directional,
    float_of,
    tangents_of,
)
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, agree, in_step, programs
from tests.sampling import samples

INF, NAN = math.inf, math.nan


def test_a_tangent_is_the_sum_over_the_operands() -> None:
    x, y = Value(2.0), Value(3.0)
    h = x * y
    assert directional([h * h + x, h, x, y], [x, y], [1.0, 10.0]) == [277.0, 23.0, 1.0, 10.0]


def test_many_directions_in_one_sweep() -> None:
    x, y = Value(2.0), Value(3.0)
    found = directional([x * y, x, 5.0], [x, y], np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 10.0]]))
    assert found.tolist() == [[3.0, 2.0, 23.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]


def test_what_does_not_depend_on_a_variable_has_no_tangent() -> None:
    x, other = Value(2.0), Value(3.0)
    with no_grad():
        forgotten = x * x
    for create_graph in (False, True):
        assert directional([other * 2.0, 7.0, forgotten], [x], [1.0], create_graph) == [0.0, 0.0, 0.0]


@pytest.mark.unmeasured
@settings(max_examples=samples(50, 750))
@given(programs([*SMOOTH, *SMOOTH, *EVERYTHING], 25))
def test_forward_mode_gives_the_gradients_of_dual_numbers(program) -> None:
    _, expected = in_step(program)
    inputs = [Value(x) for x in program.inputs]
    result = program.run(engine, inputs)
    (by_arrays,) = directional([result], inputs, np.eye(len(inputs)))
    assert agree(by_arrays.tolist(), expected, 1e-9, 1.0)
    units = np.eye(len(inputs)).tolist()
    by_floats = [directional([result], inputs, unit)[0] for unit in units]
    as_graphs = [directional([result], inputs, unit, create_graph=True)[0] for unit in units]
    assert by_floats == by_arrays.tolist()
    assert agree([float(getattr(slope, "data", slope)) for slope in as_graphs], expected, 1e-9, 1.0)


def test_tangents_as_graphs_can_be_differentiated() -> None:
    x = Value(2.0)
    (slope,) = directional([x**3], [x], [1.0], create_graph=True)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


def test_a_direction_may_be_made_of_values() -> None:
    x, speed = Value(2.0), Value(3.0)
    (slope,) = directional([x * x], [x], [speed], create_graph=True)
    slope.backward()
    assert (slope.data, speed.grad, x.grad) == (12.0, 4.0, 6.0)


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_masked_edge_and_what_does_not_move_pass_nothing_on(create_graph) -> None:
    x, y = Value(0.0), Value(0.0)
    root, product = engine.sqrt(y) + x, engine.sqrt(x) * 0.0
    found = directional([root, product], [x, y], [1.0, 0.0], create_graph)
    assert [float(getattr(slope, "data", slope)) for slope in found] == [1.0, 0.0]


def test_the_rule_of_zero_holds_for_each_direction_by_itself() -> None:
    x, y = Value(0.0), Value(0.0)
    found = directional([engine.sqrt(x) + engine.sqrt(y)], [x, y], np.eye(2))
    assert found.tolist() == [[INF, INF]]
    found = directional([engine.sqrt(x) + y], [x, y], np.eye(2))
    assert found.tolist() == [[INF, 1.0]]


@pytest.mark.parametrize(
    ("slope", "tangent", "product"),
    [(2.0, 3.0, 6.0), (INF, -2.0, -INF), (NAN, 1.0, NAN), (0.0, INF, NAN), (0.0, NAN, NAN), (0.0, 2.0, 0.0)],
)
@pytest.mark.parametrize("kind", [float, lambda tangent: np.array([tangent])])
def test_products_are_those_of_ieee_arithmetic(slope, tangent, product, kind) -> None:
    x = Value(1.0)
    y = Value(1.0, (x,), (slope,))
    assert np.array_equal(tangents_of([x, y], {x: kind(tangent)})[y], kind(product), equal_nan=True)


@pytest.mark.parametrize("slope", [0.0, 2.0, INF, NAN])
def test_what_does_not_move_passes_nothing_on(slope) -> None:
    x = Value(1.0)
    y = Value(1.0, (x,), (slope,))
    assert is_nothing(tangents_of([x, y], {x: 0.0})[y])
    assert directional([y], [x], [0.0]) == [0.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_computed_zero_meets_infinity_as_nan(create_graph) -> None:
    x = Value(0.0)
    (slope,) = directional([engine.sqrt(x) ** 2], [x], [1.0], create_graph)
    assert math.isnan(getattr(slope, "data", slope))


def test_what_is_not_finite_is_found_column_by_column() -> None:
    asked = []

    def along(column):
        asked.append(column)
        return [7.0, 8.0]

    found = column_by_column(np.array([[1.0, NAN], [2.0, 3.0]]), np.array([[4.0, 5.0]]), along)
    assert (found.tolist(), asked) == ([[1.0, 7.0], [2.0, 8.0]], [[5.0]])


def test_nothing_is_handed_out_as_a_float() -> None:
    assert [type(float_of(x)) for x in (NOTHING, 0.0)] == [float, float]
    x = Value(2.0)
    assert type(directional([x * x], [x], [0.0])[0]) is float


def test_a_node_by_hand_has_slopes_but_no_rule() -> None:
    x = Value(3.0)
    y = Value(9.0, (x,), (6.0,))
    assert directional([y], [x], [2.0]) == [12.0]
    with pytest.raises(GraphError, match="built by hand"):
        directional([y], [x], [1.0], create_graph=True)
    with pytest.raises(GraphError, match="without local gradients"):
        directional([Value(9.0, (x,), "own")], [x], [1.0])


def test_operands_come_before_results_of_several_roots() -> None:
    x = Value(2.0)
    a, b = x * x, x + 1.0
    with no_grad():
        order = common_order([a, 5.0, b, a])
    assert set(order) == {x, a, b, *b._children}
    assert order.index(x) < min(order.index(a), order.index(b))


def test_directions_are_swept_in_as_many_blocks_as_there_is_room_for(monkeypatch) -> None:
    five = np.arange(10.0).reshape(2, 5)
    assert [columns for columns, _ in blocks(five, 10)] == [slice(0, mode._NUMBERS_AT_ONCE // 10)]
    monkeypatch.setattr(mode, "_NUMBERS_AT_ONCE", 20)
    found = list(blocks(five, 10))
    assert [columns for columns, _ in found] == [slice(0, 2), slice(2, 4), slice(4, 6)]
    assert [block.tolist() for _, block in found] == [[[0, 1], [5, 6]], [[2, 3], [7, 8]], [[4], [9]]]
    assert list(blocks(five[:, :1], 10)) == [(slice(0, 1), [0.0, 5.0])]
    xs = [Value(float(i)) for i in range(7)]
    found = directional([engine.prod(xs[1:]), engine.sum(xs)], xs, np.eye(7))
    assert found.tolist() == [[0.0, *(720.0 / i for i in range(1, 7))], [1.0] * 7]


@pytest.mark.unmeasured
def test_deep_graphs_do_not_recurse() -> None:
    x = y = Value(1.0)
    for _ in range(50_000):
        y = -y
    assert directional([y], [x], [3.0]) == [3.0]
    assert directional([y], [x], [Value(3.0)], create_graph=True)[0].data == 3.0
