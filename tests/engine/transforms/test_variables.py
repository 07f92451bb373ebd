"""The variables of a transform: nodes of their own, and what of them makes a derivative a graph."""

import copy
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, no_grad
from engine.pytree.maps import flatten, map_numbers
from engine.transforms.variables import Call, has_values, like, must_be_graph


def test_every_number_becomes_a_variable() -> None:
    call = Call(lambda p, k: p["w"][0] * k, ({"w": [2.0, 3.0]}, 4.0), {}, 0)
    w, unused = call.variables
    assert (w.data, unused.data, call.output.data, call.output._children[0]) == (2.0, 3.0, 8.0, w)


def test_an_outer_variable_gets_a_node_of_its_own() -> None:
    outer = Value(2.0)
    (inner,) = Call(lambda x: x, (outer,)).variables
    assert inner is not outer
    assert inner._children == (outer,)


def test_recording_is_on_while_the_function_runs() -> None:
    with no_grad():
        call = Call(lambda x: x * x, (3.0,))
    assert call.output.requires_grad


def test_derivatives_are_graphs_where_values_came_in_or_an_outer_variable_is_used() -> None:
    assert must_be_graph((Value(1.0), 2.0), 0, [])
    assert not must_be_graph((Value(1.0), 2.0), 1, [])
    seen = []

    def outer(x):
        seen.append(must_be_graph((2.0,), 0, [x * x]))
        seen.append(must_be_graph((2.0,), 0, [Value(1.0) * 2.0, 3.0]))

    Call(outer, (3.0,))
    assert seen == [True, False]


def test_values_are_found_in_any_structure() -> None:
    assert has_values([[1.0, {"w": Value(1.0)}]])
    assert not has_values([[1.0, np.array([1.0])], 2])


def test_numbers_return_in_the_structure_of_the_arguments() -> None:
    assert like([[0.0], {"w": 0.0}], [1.0, 2.0]) == [[1.0], {"w": 2.0}]
    args = [0.0], 0.0
    assert Call(lambda x, y: y, args, {}, 0).like_arguments([1.0]) == [1.0]
    assert Call(lambda x, y: y, args, {}, (0, 1)).like_arguments([1.0, 2.0]) == ([1.0], 2.0)
    assert Call(lambda x, y: y, args).like_arguments([1.0, 2.0]) == ([1.0], 2.0)


# -- functions that change the containers they are given ----------------------------------------------


def assigns(a):
    a[1] = a[0] * 3.0
    return a[1] * a[2]


def sorts(a):
    a.sort(reverse=True)
    return a[0] * a[0] * a[1] + 5.0 * a[2]


def pops(a):
    first = a.pop(0)
    return first * first * a[0] + a[1]


def clears(a):
    x, y, z = a
    a.clear()
    return x * y * y + z


def appends(a):
    a.append(a[0] * a[1])
    return a[3] * a[2] * a[0]


def grows(a):
    a += [a[0] * a[2]]
    return a[3] * a[1] * a[1]


def inserts_a_number(a):
    a.insert(0, 10.0)
    return a[0] * a[1] * a[1] * a[3]


def assigns_a_slice(a):
    a[:2] = [a[1] * a[1]]
    return a[0] * a[1] * a[1]


def reverses(a):
    a.reverse()
    return a[0] * a[0] * a[1] + 7.0 * a[2]


def adds_a_key(p):
    p["new"] = p["a"] * p["b"][0]
    return p["new"] * p["new"] * p["b"][1]


def drops_a_key(p):
    b = p.pop("b")
    return b[0] * b[1] * b[1] + p["a"]


def replaces_an_entry(p):
    p["b"] = [p["b"][1] * p["a"], 2.0]
    return p["b"][0] * p["b"][0] * p["b"][1]


def renews_the_order(p):
    p["a"] = p.pop("a") * 2.0
    return p["a"] * p["a"] * p["b"][0] + p["b"][1]


def changes_what_is_inside(p):
    p["b"].append(p["a"] * p["a"])
    p["b"][0] = p["b"][1]
    return p["b"][0] * p["b"][2]


def puts_into_an_array(a):
    a[1] = a[0] * 3.0
    return a[1] * a[2] * a[2]


def puts_into_a_block(a):
    a[:2] = a[1:] * a[0]
    return a[0] * a[0] * a[1] + a[2]


def multiplies_in_place(a):
    a *= a[::-1].copy()
    return (a * a).sum()


def adds_to_an_array(a):
    a += 1.0
    return a[0] * a[1] * a[2] ** 2


def sorts_an_array(a):
    a.sort()
    return a[0] * a[0] * a[1] + 5.0 * a[2]


def fills_an_array(a):
    x = a[0] * a[1]
    a.fill(x)
    return (a * a).sum()


LIST, DICT, ARRAY = [2.0, 5.0, 7.0], {"a": 2.0, "b": [5.0, 7.0]}, np.array([2.0, 5.0, 7.0])
CHANGES = [
    *(
        (f, LIST)
        for f in (assigns, pops, clears, appends, grows, inserts_a_number, assigns_a_slice, reverses)
    ),
    *((f, DICT) for f in (adds_a_key, drops_a_key, replaces_an_entry, renews_the_order)),
    (changes_what_is_inside, DICT),
    *((f, ARRAY) for f in (puts_into_an_array, puts_into_a_block, multiplies_in_place, adds_to_an_array)),
    *((fills_an_array, ARRAY), (sorts_an_array, ARRAY), (sorts, LIST)),
]


def filled(tree: Any, numbers: Any) -> Any:
    """A fresh container of the form of another one."""
    given = iter(numbers)
    return map_numbers(lambda x, path: next(given), tree)


def basis(tree: Any) -> list[Any]:
    return [filled(tree, row) for row in np.eye(len(flatten(tree))).tolist()]


def numbers_of(tree: Any) -> list[float]:
    return [x.data if isinstance(x, Value) else x for x in flatten(tree)]


def slope_by_differences(f: Any, tree: Any) -> list[float]:
    """Central differences of f on fresh copies of plain numbers."""

    def along(i: int, h: float) -> float:
        point = [x + h * (i == j) for j, x in enumerate(flatten(tree))]
        return float(f(filled(tree, point)))

    return [(along(i, 1e-4) - along(i, -1e-4)) / 2e-4 for i in range(len(flatten(tree)))]


def on_a_line(f: Any, tree: Any) -> list[float]:
    point = flatten(tree)

    def slope(i: int) -> float:
        return engine.derivatives(
            lambda t: f(filled(tree, [x + t if i == j else x for j, x in enumerate(point)])), 0.0, 1
        )[1]

    return [slope(i) for i in range(len(point))]


def checked_by_differences(f: Any, tree: Any) -> list[float]:
    return [entry.analytic for entry in engine.gradcheck(f, tree).entries]


def checked_as_captured(f: Any, tree: Any) -> list[float]:
    leaves = [Value(x) for x in flatten(tree)]
    report = engine.gradcheck(lambda *given: f(*given), filled(tree, leaves), wrt=leaves)
    return [entry.analytic for entry in report.entries]


def through_jit(f: Any, tree: Any) -> list[float]:
    leaves = [Value(x) for x in flatten(tree)]
    engine.jit(f)(filled(tree, leaves)).backward()
    return [leaf.grad for leaf in leaves]


FIRST = {
    "grad": lambda f, c: engine.grad(f)(c),
    "value_and_grad": lambda f, c: engine.value_and_grad(f)(c)[1],
    "grad of one of two": lambda f, c: engine.grad(lambda y, x: f(x) * y, argnums=-1)(1.0, c),
    "jacobian": lambda f, c: engine.jacobian(f)(c),
    "jacfwd": lambda f, c: engine.jacfwd(f)(c),
    "jacrev": lambda f, c: engine.jacrev(f)(c),
    "jacobian of several": lambda f, c: engine.jacobian(lambda x: [f(x), 1.0])(c)[0],
    "jvp": lambda f, c: [engine.jvp(f, (c,), (v,))[1] for v in basis(c)],
    "vjp": lambda f, c: engine.vjp(f, c)[1](1.0)[0],
    "derivatives": on_a_line,
    "gradcheck": checked_by_differences,
    "gradcheck of what is captured": checked_as_captured,
}

SECOND = {
    "hessian": lambda f, c: engine.hessian(f)(c),
    "jacobian of grad": lambda f, c: engine.jacobian(engine.grad(f))(c),
    "hvp": lambda f, c: [engine.hvp(f, (c,), (v,)) for v in basis(c)],
}


@pytest.mark.parametrize(("f", "tree"), CHANGES, ids=lambda x: getattr(x, "__name__", ""))
@pytest.mark.parametrize("transform", FIRST)
def test_variables_are_those_that_f_was_given_whatever_f_does_to_their_container(transform, f, tree) -> None:
    before = copy.deepcopy(tree)
    found = FIRST[transform](f, tree)
    np.testing.assert_allclose(numbers_of(found), slope_by_differences(f, tree), rtol=1e-6, atol=1e-6)
    np.testing.assert_equal(tree, before)  # the caller's own containers are not f's


@pytest.mark.parametrize(("f", "tree"), CHANGES, ids=lambda x: getattr(x, "__name__", ""))
@pytest.mark.parametrize("transform", SECOND)
def test_second_derivatives_are_by_the_variables_that_f_was_given(transform, f, tree) -> None:
    found = numbers_of(SECOND[transform](f, tree))  # row by row

    def gradient(numbers: Any) -> list[float]:
        return slope_by_differences(f, filled(tree, numbers))

    point, h = np.array(flatten(tree)), 1e-2
    expected = [
        (np.array(gradient(point + h * row)) - np.array(gradient(point - h * row))) / (2.0 * h)
        for row in np.eye(len(point))
    ]
    np.testing.assert_allclose(found, np.reshape(expected, -1), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("f", "tree"), CHANGES, ids=lambda x: getattr(x, "__name__", ""))
def test_lifted_functions_too_may_change_the_containers_they_are_given(f, tree) -> None:
    np.testing.assert_allclose(through_jit(f, tree), slope_by_differences(f, tree), rtol=1e-6, atol=1e-6)
    points = np.array([flatten(tree), [1.0, -3.0, 0.5]])
    samples = filled_columns(tree, points)
    expected = [float(f(filled(tree, point.tolist()))) for point in points]
    np.testing.assert_allclose(engine.vmap(f)(samples), expected, rtol=1e-12)


def filled_columns(tree: Any, points: Any) -> Any:
    """Samples in the form of the tree: an array of columns in place of each number."""
    if isinstance(tree, np.ndarray):
        return points
    if isinstance(tree, dict):
        return {"a": points[:, 0], "b": [points[:, 1], points[:, 2]]}
    return [column.copy() for column in points.T]


def test_an_entry_that_was_written_over_has_gradient_zero() -> None:
    assert engine.grad(assigns)([2.0, 5.0, 7.0]) == [21.0, 0.0, 6.0]


def test_an_argument_that_is_not_differentiated_reaches_f_as_it_is() -> None:
    log: list[float] = []
    assert engine.grad(lambda x, out: out.append(1.0) or x * x)(3.0, log) == 6.0
    assert log == [1.0]


# -- what f returns beside its value ------------------------------------------------------------------

W = Value(5.0)


def with_aux(x):
    y = x * W
    return y * x, {"y": [y, (x, "note")], "array": np.array([y, x]), "w": W, "step": 3}


AUX = {
    "grad": lambda f, x, **o: engine.grad(f, has_aux=True, **o)(x)[-1],
    "value_and_grad": lambda f, x, **o: engine.value_and_grad(f, has_aux=True, **o)(x)[0][-1],
    "jacobian": lambda f, x, **o: engine.jacobian(f, has_aux=True, **o)(x)[-1],
    "jacfwd": lambda f, x, **o: engine.jacfwd(f, has_aux=True, **o)(x)[-1],
    "jacrev": lambda f, x, **o: engine.jacrev(f, has_aux=True, **o)(x)[-1],
    "hessian": lambda f, x, **o: engine.hessian(f, has_aux=True, **o)(x)[-1],
    "jvp": lambda f, x: engine.jvp(f, (x,), (1.0,), has_aux=True)[-1],
    "vjp": lambda f, x: engine.vjp(f, x, has_aux=True)[-1],
}
EACH_AUX = pytest.mark.parametrize("transform", AUX)


@EACH_AUX
def test_aux_holds_plain_numbers(transform) -> None:
    aux = AUX[transform](with_aux, 2.0)
    array = aux.pop("array")
    assert aux == {"y": [10.0, (2.0, "note")], "w": 5.0, "step": 3}
    assert {type(x) for x in (aux["y"][0], aux["y"][1][0], aux["w"])} == {float}
    assert (array.dtype, array.tolist()) == (float, [10.0, 2.0])


@EACH_AUX
def test_aux_of_values_as_arguments_stays_what_f_made(transform) -> None:
    x = Value(2.0)
    y = AUX[transform](with_aux, x)["y"][0]
    y.backward()
    assert (y.data, x.grad) == (10.0, 5.0)


@EACH_AUX
def test_aux_within_another_transform_is_differentiated_by_its_variables(transform) -> None:
    def f(x):
        aux = AUX[transform](lambda y: (x * y * y, [x * x * y, y]), 3.0)
        assert type(aux[1]) is float
        return aux[0]

    assert engine.grad(f)(2.0) == 12.0
    assert engine.jvp(f, (2.0,), (1.0,))[1] == 12.0


@EACH_AUX
@pytest.mark.parametrize("result", [Value(1.0), (Value(1.0),), (1.0, 2.0, 3.0), None], ids=repr)
def test_aux_needs_a_pair_in_every_transform(transform, result) -> None:
    with pytest.raises(TypeError, match="has_aux=True needs a function that returns a pair, got"):
        AUX[transform](lambda x: result, 1.0)


def test_results_with_aux_have_the_order_of_jax() -> None:
    def f(x, y):
        return x * x * y, "aux"

    assert engine.grad(f, has_aux=True)(2.0, 3.0) == (12.0, "aux")
    assert engine.value_and_grad(f, has_aux=True)(2.0, 3.0) == ((12.0, "aux"), 12.0)
    for transform in (engine.jacobian, engine.jacfwd, engine.jacrev):
        assert transform(f, (0, 1), has_aux=True)(2.0, 3.0) == ((12.0, 4.0), "aux")
    assert engine.hessian(f, has_aux=True)(2.0, 3.0) == (6.0, "aux")
    assert engine.jvp(f, (2.0, 3.0), (1.0, 0.0), has_aux=True) == (12.0, 12.0, "aux")
    value, pull_back, aux = engine.vjp(f, 2.0, 3.0, has_aux=True)
    assert (value, pull_back(1.0), aux) == (12.0, (12.0, 4.0), "aux")


def test_a_hessian_is_by_the_first_argument_unless_argnums_says_otherwise() -> None:
    def f(x, y):
        return x**3 * y * y

    assert engine.hessian(f)(2.0, 3.0) == 108.0
    assert engine.hessian(f, argnums=1)(2.0, 3.0) == 16.0
    assert engine.hessian(f, argnums=(0, 1))(2.0, 3.0) == ((108.0, 72.0), (72.0, 16.0))
    assert engine.hessian(f, argnums=(1, 0))(2.0, 3.0) == ((16.0, 72.0), (72.0, 108.0))
