"""Jacobians in both modes: the same numbers and structures, and the mode that takes fewer sweeps."""

import numpy as np
import pytest

import engine
from engine import Value, grad, jacfwd, jacobian, jacrev
from engine.transforms import jacobian as jacobians
from tests.engine.transforms.test_grad import Point, differences

MODES = pytest.mark.parametrize("transform", [jacobian, jacfwd, jacrev])


@MODES
@pytest.mark.parametrize(
    ("out", "inner"), [((2,), (3,)), ((4,), (2,)), ((2, 2), (3, 1)), ((0,), (2,)), ((3,), (0,))]
)
def test_arrays_give_an_array_of_the_shape_of_output_and_input(transform, out, inner) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=inner)
    A = rng.normal(size=(int(np.prod(out)), x.size))

    def f(x):
        return np.tanh(A @ x.ravel()).reshape(out) if x.size else np.zeros(out)

    found = transform(f)(x)
    assert (found.shape, found.dtype) == (out + inner, float)
    if found.size:
        np.testing.assert_allclose(found, differences(f, x).reshape(out + inner), rtol=1e-6, atol=1e-9)


@MODES
def test_structures_are_those_of_output_and_argument(transform) -> None:
    found = transform(lambda p: {"sum": p["a"] + p["b"][0], "both": (p["a"] * p["b"][0],), "no": 1.0})(
        {"a": 2.0, "b": [3.0]}
    )
    assert found == {
        "sum": {"a": 1.0, "b": [1.0]},
        "both": ({"a": 3.0, "b": [2.0]},),
        "no": {"a": 0.0, "b": [0.0]},
    }
    assert type(transform(lambda x: Point(x * x, x))(3.0)) is Point
    by_W, by_b = transform(lambda W, b: W @ np.array([1.0, -1.0]) * b, argnums=(0, 1))(np.eye(2), 0.5)
    assert by_W.tolist() == [[[0.5, -0.5], [0.0, 0.0]], [[0.0, 0.0], [0.5, -0.5]]]
    assert by_b.tolist() == [1.0, -1.0]


@pytest.mark.parametrize(
    ("inputs", "outputs", "forward"),
    [(1, 1, False), (1, 5, True), (5, 1, False), (3, 3, False), (3, 4, True)],
)
def test_the_mode_is_the_one_of_fewer_sweeps(monkeypatch, inputs, outputs, forward) -> None:
    used = []
    for name in ("directional", "gradients"):
        original = getattr(jacobians, name)
        monkeypatch.setattr(
            jacobians, name, lambda *args, name=name, original=original: used.append(name) or original(*args)
        )
    found = jacobian(lambda x: [engine.prod(x) * i for i in range(outputs)])([2.0] * inputs)
    assert found == [[i * 2.0 ** (inputs - 1)] * inputs for i in range(outputs)]
    assert set(used) == ({"directional"} if forward else {"gradients"})


@MODES
def test_results_can_be_differentiated_again(transform) -> None:
    assert grad(lambda x: engine.sum(transform(lambda y: [y**3, x * y])(x)))(2.0) == 13.0  # 3x² + x
    assert grad(lambda x: engine.sum(transform(lambda y: [x * x * y, x])(2.0)))(3.0) == 6.0
    slope = transform(lambda x: [x**3])(Value(2.0))[0]
    assert (type(slope), slope.data) == (Value, 12.0)
    array = transform(lambda x: x**3)(np.array([Value(2.0), Value(1.0)]))
    assert [[float(getattr(x, "data", x)) for x in row] for row in array] == [[12.0, 0.0], [0.0, 3.0]]


@pytest.mark.parametrize("outer", [jacfwd, jacrev])
@pytest.mark.parametrize("inner", [jacfwd, jacrev])
def test_hessians_are_the_same_in_all_mixes(outer, inner) -> None:
    def f(p):
        return engine.softplus(p[0] * p[1]) * engine.sin(p[0] - p[1]) + p[0] ** 3

    point = np.array([0.3, -0.7])
    found = outer(inner(f))(point)
    np.testing.assert_allclose(found, differences(grad(f), point), rtol=1e-8, atol=1e-8)


@MODES
def test_nothing_outside_is_touched(transform) -> None:
    w = Value(5.0)
    trunk = w * 2.0
    w.grad, trunk.grad = 7.0, 9.0
    assert transform(lambda x: [x * trunk, w])(2.0) == [10.0, 0.0]
    assert (w.grad, trunk.grad) == (7.0, 9.0)


@MODES
def test_only_functions_of_numbers_have_a_jacobian(transform) -> None:
    with pytest.raises(TypeError, match="expected a function"):
        transform(3.0)
    with pytest.raises(TypeError, match="what the function returns"):
        transform(lambda x: ["a"])(1.0)


@MODES
def test_an_argument_may_be_asked_for_twice(transform) -> None:
    assert transform(lambda x, y: [x * x, y], (0, 0, 1))(3.0, 2.0) == [(6.0, 6.0, 0.0), (0.0, 0.0, 1.0)]
    slopes = transform(lambda x: [x**3], (0, 0))(Value(2.0))[0]
    assert [slope.data for slope in slopes] == [12.0, 12.0]
