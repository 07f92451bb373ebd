"""hessian, hvp, jvp and vjp: forms, numbers from elsewhere, and transforms within transforms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

import engine
from engine import (
    GraphError,
    Value,
    derivatives,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    no_grad,
    vjp,
)
from tests.engine import dual
from tests.engine.test_random_programs import SMOOTH, agree, programs
from tests.engine.transforms.test_grad import differences
from tests.sampling import samples

# -- forms --------------------------------------------------------------------------------------------


def test_jvp_is_the_value_and_the_derivative_along_a_direction() -> None:
    value, tangent = jvp(
        lambda x, p: {"y": x * p[0], "z": [p[1]], "c": 7}, (2.0, [3.0, 4.0]), (1.0, [10.0, 0.0])
    )
    assert value == {"y": 6.0, "z": [4.0], "c": 7.0}
    assert tangent == {"y": 23.0, "z": [0.0], "c": 0.0}
    assert {type(x) for x in (value["y"], tangent["y"], value["c"])} == {float}
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    value, tangent = jvp(lambda x: W @ x, (np.array([1.0, 1.0]),), (np.array([1.0, -1.0]),))
    assert (value.tolist(), tangent.tolist(), tangent.dtype) == ([3.0, 7.0], [-1.0, -1.0], float)


def test_vjp_weighs_the_outputs() -> None:
    calls = []

    def f(x, p):
        calls.append(x)
        return {"y": x * p[0], "z": p[1]}

    value, pull_back = vjp(f, 2.0, [3.0, 4.0])
    assert value == {"y": 6.0, "z": 4.0}
    assert pull_back({"y": 1.0, "z": 10.0}) == (3.0, [2.0, 10.0])
    assert pull_back({"y": 0.0, "z": 1.0}) == (0.0, [0.0, 1.0])
    assert len(calls) == 1


def test_linearize_runs_f_once_for_all_directions() -> None:
    calls = []

    def f(x, p):
        calls.append(x)
        return {"y": x * p["w"][0], "z": [p["w"][1] ** 2, None]}

    primals = (2.0, {"w": np.array([3.0, 4.0]), "b": None})
    value, f_jvp = linearize(f, *primals)
    assert value == {"y": 6.0, "z": [16.0, None]}
    for tangents in ((1.0, {"w": [10.0, 0.0], "b": None}), (0.0, {"b": None, "w": np.array([0.0, -1.0])})):
        assert f_jvp(*tangents) == jvp(f, primals, tangents)[1]
    assert len(calls) == 3
    value, f_jvp, aux = linearize(lambda x: (x * x, {"x": x}), 3.0, has_aux=True)
    assert (value, f_jvp(2.0), aux) == (9.0, 12.0, {"x": 3.0})
    with pytest.raises(ValueError, match="there are 1 primals, but 2 tangents"):
        f_jvp(1.0, 2.0)
    with pytest.raises(ValueError, match=r"tangent 0 is"):
        f_jvp([1.0])
    with pytest.raises(TypeError, match="must be a real number, got None"):
        linearize(lambda x: None, 1.0)


def test_linearize_within_other_transforms() -> None:
    second = grad(lambda x: linearize(lambda y: y**3, x)[1](1.0))  # of 3x²
    assert (second(2.0), engine.jit(second)(2.0).data) == (12.0, 12.0)
    assert grad(lambda v: linearize(lambda y: y**3, 2.0)[1](v * v))(3.0) == 72.0
    assert engine.vmap(lambda v: linearize(lambda y: y**3, 2.0)[1](v))([1.0, 2.0]).tolist() == [12.0, 24.0]


def test_linear_maps_of_a_point_are_mapped_to_numbers_and_differentiated_by_their_argument() -> None:
    f = lambda x: np.array([x[0] * x[1], x[0] ** 2, engine.relu(x[1])])  # noqa: E731
    point, expected = np.array([2.0, 3.0]), np.array([[3.0, 2.0], [4.0, 0.0], [0.0, 1.0]])
    _, f_jvp = linearize(f, point)
    _, pull_back = vjp(f, point)
    for found, right in (
        (engine.vmap(f_jvp)(np.eye(2)), expected.T),
        (engine.vmap(pull_back)(np.eye(3))[0], expected),
    ):
        assert found.dtype == float
        np.testing.assert_array_equal(found, right)
    assert grad(lambda v: f_jvp(v * v)[0])(np.array([1.0, 5.0])).tolist() == [6.0, 20.0]
    assert grad(lambda v: pull_back(v * v)[0][0])(np.array([1.0, 5.0, 2.0])).tolist() == [6.0, 40.0, 0.0]
    assert engine.jit(f_jvp)(np.array([1.0, 2.0]))[0].data == 7.0


def test_elementwise_gradients_are_the_sums_of_the_columns_of_the_jacobian() -> None:
    x, y = np.array([[0.1, -0.4], [0.7, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(elementwise_grad(np.tanh)(x), 1.0 / np.cosh(x) ** 2, rtol=1e-14)
    second = elementwise_grad(elementwise_grad(np.tanh))(x)
    np.testing.assert_allclose(second, -2.0 * np.tanh(x) / np.cosh(x) ** 2, rtol=1e-13)
    by_x, by_y = elementwise_grad(lambda x, y: x * y**2, (0, 1))(x, y)
    np.testing.assert_allclose(by_x, y**2, rtol=1e-15)
    np.testing.assert_allclose(by_y, 2.0 * x * y, rtol=1e-15)
    mixing = lambda p: [p["a"] * p["b"][0], p["a"] + p["b"][1], None]  # noqa: E731
    point = {"a": 2.0, "b": [3.0, 5.0], "c": None}
    assert elementwise_grad(mixing)(point) == {"a": 4.0, "b": [2.0, 1.0], "c": None}
    assert elementwise_grad(lambda x: ([x, x * x], x), has_aux=True)(3.0) == (7.0, 3.0)
    np.testing.assert_allclose(engine.jit(elementwise_grad(lambda x: x**3))(x).astype(float), 3.0 * x**2)


def test_none_is_an_empty_part_of_arguments_and_results() -> None:
    f = lambda p: p["w"] ** 2 if p["b"] is None else p["b"]  # noqa: E731
    point = {"w": 3.0, "b": None}
    assert grad(f)(point) == {"w": 6.0, "b": None}
    assert grad(lambda x, scale: x * x, (0, 1))(3.0, None) == (6.0, None)
    assert hessian(f)(point) == {"w": {"w": 2.0, "b": None}, "b": None}
    assert hvp(f, (point,), ({"w": 2.0, "b": None},)) == {"w": 4.0, "b": None}
    assert jacrev(lambda p: [p[0] ** 2, None])([3.0, None]) == [[6.0, None], None]
    assert jacfwd(lambda p: [p[0] ** 2, None])([3.0, None]) == [[6.0, None], None]
    value, pull_back = vjp(lambda p: (p[0] ** 2, None), [3.0, None])
    assert (value, pull_back((1.0, None))) == ((9.0, None), ([6.0, None],))
    assert engine.jit(grad(f))(point)["b"] is None
    mapped = engine.vmap(grad(f))({"w": [1.0, 2.0], "b": None})
    assert (mapped["w"].tolist(), mapped["b"]) == ([2.0, 4.0], None)
    for transform in (jacobian, jacfwd, jacrev):
        with pytest.raises(TypeError, match="what the function returns must be a real number, got None"):
            transform(lambda x: None)(1.0)


def test_vjp_works_where_nothing_is_recorded() -> None:
    with no_grad():
        _, pull_back = vjp(lambda x: [x * x], 3.0)
        assert pull_back([2.0]) == (12.0,)


# -- the numbers --------------------------------------------------------------------------------------


@pytest.mark.unmeasured
@settings(max_examples=samples(40, 500))
@given(programs(list(SMOOTH), 8))
def test_hessian_is_the_difference_of_gradients(program) -> None:
    found = np.array(hessian(lambda xs: program.run(engine, xs))(list(program.inputs)))

    def slopes(point: np.ndarray) -> np.ndarray:
        return np.array(program.run(dual, dual.inputs(point.tolist())).slopes)

    point = np.array(program.inputs)
    estimates = []
    for h in (3e-3, 1e-3, 1e-4, 1e-5):
        one, half = (differences(slopes, point, step) for step in (h, h / 2.0))
        estimates.append(((4.0 * half - one) / 3.0).ravel().tolist())
    assert any(agree(found.ravel().tolist(), estimate, 1e-5, 1.0) for estimate in estimates)
    np.testing.assert_allclose(found, found.T, rtol=1e-9, atol=1e-9 * max(1.0, np.abs(found).max()))


class JaxNames:
    """The functions that programs use, by JAX."""

    def __init__(self, jax) -> None:
        self._modules = (jax.numpy, jax.nn, jax.scipy.special)
        self._array = jax.numpy.stack

    def __getattr__(self, name: str):
        numpy, nn, special = self._modules
        own = {
            "asin": numpy.arcsin,
            "acos": numpy.arccos,
            "atan": numpy.arctan,
            "atan2": numpy.arctan2,
            "asinh": numpy.arcsinh,
            "acosh": numpy.arccosh,
            "atanh": numpy.arctanh,
            "erf": special.erf,
            "erfc": special.erfc,
            "ndtr": special.ndtr,
            "gelu": lambda x: nn.gelu(x, approximate=False),
            "gaussian": lambda x, k: numpy.exp(-k * x * x),
            "dot": lambda a, b: numpy.dot(self._list(a), self._list(b)),
        }
        if name in ("sum", "mean", "prod"):
            return lambda xs: getattr(numpy, name)(self._list(xs))
        if name in ("softmax", "log_softmax", "logsumexp"):
            return lambda xs: getattr(nn, name)(self._list(xs))
        return own.get(name) or getattr(numpy, name, None) or getattr(nn, name)

    def _list(self, xs):
        return self._array([x + 0.0 for x in map(self._modules[0].asarray, xs)])


def test_hessians_are_those_of_jax() -> None:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        names = JaxNames(jax)

        @settings(max_examples=5)
        @given(programs(list(SMOOTH), 6))
        def check(program) -> None:
            by_jax = jax.jit(jax.hessian(lambda xs: program.run(names, list(xs))))  # at once: that is quicker
            expected = by_jax(np.array(program.inputs))
            found = hessian(lambda xs: program.run(engine, xs))(list(program.inputs))
            assert agree(np.ravel(found).tolist(), np.ravel(expected).tolist(), 1e-9, 1.0)

        check()


# -- transforms within transforms ---------------------------------------------------------------------


def by_jvp(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


def by_vjp(f):
    return lambda x: vjp(f, x)[1](1.0)[0]


MODES = {
    "grad": grad,
    "jvp": by_jvp,
    "vjp": by_vjp,
    "jacfwd": jacfwd,
    "jacrev": jacrev,
    "Taylor": lambda f: lambda x: derivatives(f, x, 1)[1],
}
OUTER = pytest.mark.parametrize("outer", MODES.values(), ids=MODES)
INNER = pytest.mark.parametrize("inner", MODES.values(), ids=MODES)


@OUTER
@INNER
def test_each_derivative_is_by_its_own_variable(outer, inner) -> None:
    """Perturbation confusion (Siskind and Pearlmutter 2005): one number, two variables."""
    # d/dx [x · d/dy(x·y) at y = x] = d/dx x², by y at the number and at the variable
    assert outer(lambda x: x * inner(lambda y: x * y)(x))(3.0) == 6.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    # d/dx [x · d/dy(x + y)] = d/dx x
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x + y)(x))(1.0) == 1.0
    # the inner one does not depend on its own variable
    assert outer(lambda x: inner(lambda y: x * x * x)(x))(3.0) == 0.0


@OUTER
@INNER
@pytest.mark.parametrize("innermost", MODES.values(), ids=MODES)
def test_third_derivatives_are_the_same_in_all_mixes(outer, inner, innermost) -> None:
    def f(x):
        return engine.sin(x) * engine.exp(0.5 * x) + x**4

    x, e = 0.7, math.exp(0.35)
    expected = e * ((0.125 - 1.5) * math.sin(x) + (0.75 - 1.0) * math.cos(x)) + 24.0 * x
    assert outer(inner(innermost(f)))(x) == pytest.approx(expected, rel=1e-13)


@OUTER
def test_second_order_transforms_within_others(outer) -> None:
    # d/dx of x²·2·y³ twice by y at y = x: 12·x²·y → 12·x³ → 36·x²
    def f(x):
        return lambda y: 2.0 * x * x * y**3

    assert outer(lambda x: hessian(f(x))(x))(2.0) == 144.0
    assert outer(lambda x: hvp(f(x), (x,), (1.0,)))(2.0) == 144.0
    assert outer(lambda x: hvp(f(x), (x,), (x,)))(2.0) == 384.0  # 12·x³·x → 48·x³
    assert outer(lambda x: derivatives(f(x), x, 2)[2])(2.0) == 144.0
    assert outer(lambda x: hessian(f(x))(3.0))(2.0) == 144.0  # 12·x²·3 → 72·x


def test_a_direction_can_be_differentiated() -> None:
    assert grad(lambda v: jvp(lambda x: x**3, (2.0,), (v,))[1] ** 2)(1.0) == 288.0  # (12v)² → 288v
    assert grad(lambda v: hvp(lambda x: x**3, (2.0,), (v,)))(1.0) == 12.0
    _, pull_back = vjp(lambda x: x**3, 2.0)
    assert grad(lambda c: pull_back(c)[0] ** 2)(1.0) == 288.0


def test_values_as_arguments_give_values_that_remember() -> None:
    x = Value(2.0)
    for slope, expected in [(jvp(lambda x: x**3, (x,), (1.0,))[1], 12.0), (hessian(lambda x: x**4)(x), 48.0)]:
        x.grad = 0.0
        slope.backward()
        assert x.grad == expected


# -- errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [jvp, hvp])
def test_primals_and_tangents_must_match(transform) -> None:
    f = engine.sum
    with pytest.raises(TypeError, match=r"primals must be a tuple or list .* got 3.0"):
        transform(f, 3.0, (1.0,))
    with pytest.raises(TypeError, match=r"tangents must be a tuple or list .* got 1.0"):
        transform(f, ([3.0],), 1.0)
    with pytest.raises(ValueError, match="there are 1 primals, but 2 tangents"):
        transform(f, ([3.0],), ([1.0], [2.0]))
    with pytest.raises(ValueError, match="primal 0 has 2 entries, but tangent 0 has 1"):
        transform(f, ([3.0, 4.0],), ([1.0],))
    with pytest.raises(TypeError, match=r"tangent 0\[0\] must be a real number"):
        transform(f, ([3.0],), (["a"],))


def test_cotangents_must_match_the_outputs() -> None:
    _, pull_back = vjp(lambda x: [x, x], 3.0)
    with pytest.raises(ValueError, match=r"what the function returns is a list of 2, but cotangents is 1.0"):
        pull_back(1.0)


def weighed(p):
    return p["a"] * p["a"] * p["b"][0] + 100.0 * p["b"][1]


POINT = {"a": 2.0, "b": [3.0, 4.0]}


def test_entries_of_dicts_are_paired_by_their_keys() -> None:
    in_order, turned = {"a": 1.0, "b": [10.0, 0.0]}, {"b": [10.0, 0.0], "a": 1.0}
    assert jvp(weighed, (POINT,), (turned,)) == jvp(weighed, (POINT,), (in_order,)) == (412.0, 52.0)
    expected = {"a": 46.0, "b": [4.0, 0.0]}
    assert hvp(weighed, (POINT,), (turned,)) == hvp(weighed, (POINT,), (in_order,)) == expected
    _, pull_back = vjp(lambda x: {"a": x, "b": [3.0 * x, 5.0 * x]}, 1.0)
    assert pull_back(turned) == pull_back(in_order) == (31.0,)


@pytest.mark.parametrize("apply", ["jvp", "hvp", "vjp"])
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"a": 1.0}, ValueError, "has no 'b', which"),
        ({"a": 1.0, "b": [1.0, 2.0], "c": 3.0}, ValueError, "has 'c', which .* has not"),
        ({"a": [1.0], "b": [1.0, 2.0]}, ValueError, r"\['a'\] is a list of 1"),
        ({"a": 1.0, "b": [1.0]}, ValueError, r"\['b'\] has 2 entries, but .*\['b'\] has 1"),
        ({"a": 1.0, "b": [1.0, [2.0]]}, ValueError, r"\['b'\]\[1\] is a list of 1"),
        ({"a": 1.0, "b": 1.0}, ValueError, r"\['b'\] is 1.0 of type float"),
        ({"a": 1.0, "b": [1.0, None]}, TypeError, r"\['b'\]\[1\] must be a real number, got None"),
        ({"a": 1.0, "b": None}, TypeError, r"\['b'\] is None"),
        ([1.0, 2.0, 3.0], ValueError, "is a dict, but .* is a list of 3"),
        (np.ones(3), ValueError, "is a dict, but .* is a ndarray of 3"),
        (None, TypeError, "is a dict, but .* is None"),
    ],
    ids=repr,
)
def test_directions_of_another_form_are_refused(apply, given, error, message) -> None:
    calls = {
        "jvp": lambda: jvp(weighed, (POINT,), (given,)),
        "hvp": lambda: hvp(weighed, (POINT,), (given,)),
        "vjp": lambda: vjp(lambda x: {"a": x, "b": [x, x]}, 1.0)[1](given),
    }
    with pytest.raises(error, match=message):
        calls[apply]()


@pytest.mark.parametrize("tangent", [np.ones(6), np.ones((3, 2)), [1.0] * 6, np.ones((1, 2, 3))])
def test_directions_of_another_shape_are_refused(tangent) -> None:
    x = np.ones((2, 3))
    for call in (
        lambda: jvp(lambda a: a.sum(), (x,), (tangent,)),
        lambda: hvp(lambda a: (a * a).sum(), (x,), (tangent,)),
        lambda: vjp(lambda a: a, x)[1](tangent),
    ):
        with pytest.raises(ValueError, match=r"(primal 0|what the function returns) has"):
            call()


def test_what_pull_back_takes_has_the_form_that_f_returned_then() -> None:
    value, pull_back = vjp(lambda x: [x, {"y": 2.0 * x}], Value(3.0))
    value.append(1.0)
    value[1].clear()
    assert [x.data for x in pull_back([1.0, {"y": 10.0}])] == [21.0]


@pytest.mark.parametrize(
    "call",
    [lambda f: hessian(f)(1.0), lambda f: hvp(f, (1.0,), (1.0,))],
    ids=["hessian", "hvp"],
)
def test_second_derivatives_are_of_one_number(call) -> None:
    with pytest.raises(TypeError, match="returns one number, got list"):
        call(lambda x: [x])
    with pytest.raises(GraphError, match="built by hand"):
        call(lambda x: Value(x.data**2, (x,), (2.0 * x.data,)))


@pytest.mark.parametrize("transform", [hessian, vjp, lambda f: jvp(f, (1.0,), (1.0,))])
def test_only_functions_can_be_differentiated(transform) -> None:
    with pytest.raises(TypeError, match="expected a function to differentiate, got 3"):
        transform(3)
