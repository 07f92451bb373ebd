"""The variables of a transform: nodes of their own, and what of them makes a derivative a graph."""

import numpy as np

from engine import Value, no_grad
from engine.variables import call_on_variables, has_values, like_arguments, must_be_graph, variables_of


def test_every_number_becomes_a_variable() -> None:
    trees, result = call_on_variables(lambda p, k: p["w"][0] * k, ({"w": [2.0, 3.0]}, 4.0), {}, 0)
    w, unused = variables_of(trees)
    assert (w.data, unused.data, result.data, result._children[0]) == (2.0, 3.0, 8.0, w)


def test_an_outer_variable_gets_a_node_of_its_own() -> None:
    outer = Value(2.0)
    (inner,), _ = call_on_variables(lambda x: x, (outer,), {}, 0)
    assert inner is not outer
    assert inner._children == (outer,)


def test_recording_is_on_while_the_function_runs() -> None:
    with no_grad():
        _, result = call_on_variables(lambda x: x * x, (3.0,), {}, 0)
    assert result.requires_grad


def test_derivatives_are_graphs_where_values_came_in_or_an_outer_variable_is_used() -> None:
    assert must_be_graph((Value(1.0), 2.0), 0, [])
    assert not must_be_graph((Value(1.0), 2.0), 1, [])
    seen = []

    def outer(x):
        seen.append(must_be_graph((2.0,), 0, [x * x]))
        seen.append(must_be_graph((2.0,), 0, [Value(1.0) * 2.0, 3.0]))

    call_on_variables(outer, (3.0,), {}, 0)
    assert seen == [True, False]


def test_values_are_found_in_any_structure() -> None:
    assert has_values([[1.0, {"w": Value(1.0)}]])
    assert not has_values([[1.0, np.array([1.0])], 2])


def test_numbers_return_in_the_structure_of_the_arguments() -> None:
    assert like_arguments([[0.0, 0.0]], [1.0, 2.0], 0) == [1.0, 2.0]
    assert like_arguments([[0.0], 0.0], [1.0, 2.0], (0, 1)) == ([1.0], 2.0)
