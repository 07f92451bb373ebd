"""grad, value_and_grad and jacobian: forms of arguments and results, and nothing outside touched."""

from collections import namedtuple

import numpy as np
import pytest

import engine
from engine import Value, grad, jacobian, no_grad, value_and_grad

Point = namedtuple("Point", "x y")


def differences(f, point: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Central differences in NumPy: one row per number of f's result, one column per number of the point."""
    columns = []
    for i in range(point.size):
        step = np.zeros_like(point)
        step.flat[i] = h
        columns.append(
            (np.asarray(f(point + step), float) - np.asarray(f(point - step), float)).ravel() / (2 * h)
        )
    return np.stack(columns, axis=-1)


# -- grad and value_and_grad: arguments of every form -------------------------------------------------


def test_gradient_of_a_number_is_a_float() -> None:
    for x in (3.0, 3, np.float64(3.0), np.int64(3)):
        slope = grad(lambda x: x * x)(x)
        assert (slope, type(slope)) == (6.0, float)


def test_value_and_gradient() -> None:
    value, slope = value_and_grad(lambda x: x * x)(3.0)
    assert (value, slope) == (9.0, 6.0)
    assert (type(value), type(slope)) == (float, float)


def test_the_function_gets_values_for_the_chosen_argument_only() -> None:
    seen = []

    def f(x, y, z=1.0):
        seen.extend(map(type, (x, y, z)))
        return x * y * z

    assert grad(f)(2.0, 3.0, z=4.0) == 12.0
    assert seen == [Value, float, float]


def test_gradient_has_the_structure_of_the_argument() -> None:
    def f(p):
        (a, b), rest = p["w"], p["point"]
        return a * b + rest.x * 3.0 + rest.y[0] ** 2 + p["t"][0] * p["t"][1]

    found = grad(f)({"w": [2.0, 5.0], "point": Point(1.0, (4.0,)), "t": (7.0, 8.0), "unused": [[], {}, 1.0]})
    assert found == {"w": [5.0, 2.0], "point": Point(3.0, (8.0,)), "t": (8.0, 7.0), "unused": [[], {}, 0.0]}
    assert type(found["point"]) is Point
    assert type(found["t"]) is tuple


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 2, 2)])
def test_gradient_of_an_array_is_an_array(shape) -> None:
    x = np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)
    found = grad(lambda x: (x**3).sum())(x)
    assert (found.shape, found.dtype) == (shape, float)
    np.testing.assert_allclose(found, 3.0 * x**2, rtol=1e-15)


def test_gradient_of_an_array_without_dimensions() -> None:
    found = grad(lambda x: x * x)(np.array(3.0))
    assert (found.shape, found.item()) == ((), 6.0)


def test_gradient_of_arrays_of_whole_numbers() -> None:
    assert grad(lambda x: (x * x).sum())(np.array([1, 2])).tolist() == [2.0, 4.0]


def test_gradient_of_a_network_in_matrix_form() -> None:
    rng = np.random.default_rng(0)
    parameters = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3), "v": rng.normal(size=3)}
    x = rng.normal(size=2)

    def loss(p):
        return (p["v"] @ np.tanh(p["W"] @ x + p["b"]) - 0.5) ** 2

    found = grad(loss)(parameters)
    for name, array in parameters.items():
        expected = differences(lambda a, name=name: loss(parameters | {name: a}), array).reshape(array.shape)
        np.testing.assert_allclose(found[name], expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 15.0),
        (1, 10.0),
        (-1, 6.0),
        (-3, 15.0),
        (np.int64(1), 10.0),
        (True, 10.0),
        ((0,), (15.0,)),
        ((0, 1), (15.0, 10.0)),
        ([2, 0], (6.0, 15.0)),
        ((np.int64(0), -1), (15.0, 6.0)),
        ((0, 0), (15.0, 15.0)),
        ((1, -2), (10.0, 10.0)),
        ((), ()),
        (range(3), (15.0, 10.0, 6.0)),
    ],
    ids=repr,
)
def test_argnums_choose_the_arguments(argnums, expected) -> None:
    def f(x, y, z):
        return x * y * z

    assert grad(f, argnums)(2.0, 3.0, 5.0) == expected
    assert grad(f, argnums=argnums)(2.0, 3.0, 5.0) == expected
    assert value_and_grad(f, argnums)(2.0, 3.0, 5.0) == (30.0, expected)
    assert jacobian(f, argnums)(2.0, 3.0, 5.0) == expected


def test_several_arguments_keep_their_structures() -> None:
    def f(p, x, scale):
        return engine.dot(p["w"], x) * scale

    by_p, by_x = grad(f, argnums=(0, 1))({"w": [2.0, 3.0]}, np.array([4.0, 5.0]), 10.0)
    assert by_p == {"w": [40.0, 50.0]}
    assert by_x.tolist() == [20.0, 30.0]


def test_a_value_as_constant_argument_stays_what_it_is() -> None:
    w = Value(5.0)
    seen = []

    def f(x, w):
        seen.append(w)
        return x * w

    assert grad(f)(2.0, w) == 5.0
    assert seen == [w]


def test_aux_is_handed_through() -> None:
    def f(x):
        return x * x, {"doubled": x.data * 2.0}

    assert grad(f, has_aux=True)(3.0) == (6.0, {"doubled": 6.0})
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"doubled": 6.0}), 6.0)
    assert value_and_grad(lambda x: [x, None], has_aux=True)(3.0) == ((3.0, None), 1.0)


@pytest.mark.parametrize("number", [7, 7.0, np.float64(7.0), np.int64(7)], ids=repr)
def test_a_constant_function_has_gradient_zero(number) -> None:
    value, slopes = value_and_grad(lambda x: number)([1.0, 2.0])
    assert (value, type(value)) == (7.0, float)
    assert slopes == [0.0, 0.0]


def test_a_function_may_return_its_argument() -> None:
    assert value_and_grad(lambda x: x)(3.0) == (3.0, 1.0)


def test_a_function_may_return_something_else_altogether() -> None:
    other = Value(3.0)
    assert value_and_grad(lambda x: other * other)(1.0) == (9.0, 0.0)


def test_name_and_documentation_stay() -> None:
    def loss(x):
        """How wrong it is."""
        return x

    for transformed in (grad(loss), value_and_grad(loss), jacobian(loss)):
        assert (transformed.__name__, transformed.__doc__) == ("loss", "How wrong it is.")


# -- jacobian -----------------------------------------------------------------------------------------


def test_jacobian_of_lists() -> None:
    found = jacobian(lambda x: [x[0] * x[1], x[0] + x[1], 3.0])([2.0, 5.0])
    assert found == [[5.0, 2.0], [1.0, 1.0], [0.0, 0.0]]


def test_jacobian_of_nested_structures() -> None:
    found = jacobian(lambda p: {"sum": p["a"] + p["b"][0], "both": (p["a"] * p["b"][0],)})(
        {"a": 2.0, "b": [3.0]}
    )
    assert found == {"sum": {"a": 1.0, "b": [1.0]}, "both": ({"a": 3.0, "b": [2.0]},)}
    point = jacobian(lambda x: Point(x * x, x))(3.0)
    assert point == Point(6.0, 1.0)
    assert type(point) is Point


@pytest.mark.parametrize(
    ("out", "inner"), [((2,), (3,)), ((2, 2), (3,)), ((4,), (2, 2)), ((0,), (2,)), ((2,), (0,))]
)
def test_jacobian_of_arrays_has_the_shape_of_output_and_input(out, inner) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=inner)
    A = rng.normal(size=(int(np.prod(out)), x.size))

    def f(x):
        return np.tanh(A @ x.ravel()).reshape(out) if x.size else np.zeros(out)

    found = jacobian(f)(x)
    assert (found.shape, found.dtype) == (out + inner, float)
    if found.size:
        expected = differences(f, x).reshape(out + inner)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_jacobian_mixes_arrays_and_numbers() -> None:
    W, b = np.array([[1.0, 2.0], [3.0, 4.0]]), 0.5
    found = jacobian(lambda W, b: [W @ np.array([1.0, -1.0]) * b, b * b], argnums=(0, 1))(W, b)
    (rows_by_W, rows_by_b), (number_by_W, number_by_b) = found
    assert rows_by_W.tolist() == [[[0.5, -0.5], [0.0, 0.0]], [[0.0, 0.0], [0.5, -0.5]]]
    assert rows_by_b.tolist() == [-1.0, -1.0]
    assert number_by_W.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert number_by_b == 1.0


def test_jacobian_of_a_number_is_the_gradient() -> None:
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert jacobian(lambda x: engine.prod(x))([2.0, 3.0, 4.0]) == [12.0, 8.0, 6.0]


# -- nothing outside is touched -----------------------------------------------------------------------


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian])
def test_gradients_of_captured_parameters_stay(transform) -> None:
    w, b = Value(5.0), Value(1.0)
    trunk = w * b
    w.grad, b.grad, trunk.grad = 7.0, 8.0, 9.0
    transform(lambda x: x * trunk + w)(2.0)
    assert (w.grad, b.grad, trunk.grad) == (7.0, 8.0, 9.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian])
def test_arguments_stay(transform) -> None:
    lists, array, value = {"w": [1.0, 2.0]}, np.array([1.0, 2.0]), Value(3.0)
    value.grad = 4.0
    transform(lambda p, a, v: engine.dot(p["w"], a) * v, argnums=(0, 1, 2))(lists, array, value)
    assert lists == {"w": [1.0, 2.0]}
    assert (array.dtype, array.tolist()) == (float, [1.0, 2.0])
    assert (value.data, value.grad, value._children) == (3.0, 4.0, ())


def test_an_error_inside_leaves_the_transforms_as_they_were() -> None:
    def fails(x):
        raise KeyError("inside")

    with no_grad():
        with pytest.raises(KeyError, match="inside"):
            grad(fails)(1.0)
        assert not engine.is_grad_enabled()
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert type(grad(lambda x: x * x)(3.0)) is float


# -- errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian])
@pytest.mark.parametrize("intruder", [3.0, None, Value(1.0)], ids=repr)
def test_only_functions_can_be_differentiated(transform, intruder) -> None:
    with pytest.raises(TypeError, match="expected a function to differentiate, got"):
        transform(intruder)


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian])
@pytest.mark.parametrize("argnums", [1.0, "0", None, (0.5,), {0}, [None], np.array([0, 1])], ids=repr)
def test_argnums_must_be_positions(transform, argnums) -> None:
    with pytest.raises(TypeError, match="argnums must be a position or several, got"):
        transform(lambda x: x, argnums)


@pytest.mark.parametrize("argnums", [1, -2, (0, 5), np.int64(3)], ids=repr)
def test_argnums_must_be_among_the_arguments(argnums) -> None:
    with pytest.raises(TypeError, match=r"argnums=.*, but 1 positional arguments were given"):
        grad(lambda x: x, argnums)(1.0)


@pytest.mark.parametrize(
    ("argument", "place"),
    [
        ("a", "argument 0 "),
        ([1.0, "a"], r"argument 0\[1\] "),
        ({"w": [1j]}, r"argument 0\['w'\]\[0\] "),
        (np.array(["a"]), r"argument 0\[0\] "),
    ],
    ids=repr,
)
def test_an_argument_that_is_no_number_is_named_by_its_place(argument, place) -> None:
    for transform in (grad, jacobian):
        with pytest.raises(TypeError, match=f"{place}must be a real number"):
            transform(lambda x: x)(argument)


def test_an_argument_counted_from_the_end_is_named_from_the_start() -> None:
    with pytest.raises(TypeError, match="argument 1 must be a real number"):
        grad(lambda x, y: x, argnums=-1)(1.0, "a")


@pytest.mark.parametrize("result", [None, "a", [1.0], np.array([1.0]), 1j], ids=repr)
def test_grad_needs_a_function_that_returns_one_number(result) -> None:
    with pytest.raises(TypeError, match=f"one number, got {type(result).__name__}; use engine.jacobian"):
        grad(lambda x: result)(1.0)


@pytest.mark.parametrize("result", [Value(1.0), (Value(1.0),), (1.0, 2.0, 3.0), None], ids=repr)
def test_aux_needs_a_function_that_returns_a_pair(result) -> None:
    with pytest.raises(TypeError, match="has_aux=True needs a function that returns a pair, got"):
        grad(lambda x: result, has_aux=True)(1.0)


@pytest.mark.parametrize("result", [None, "a", [1.0, "a"], np.array(["a"]), np.array([1j])], ids=repr)
def test_jacobian_needs_a_function_that_returns_numbers(result) -> None:
    with pytest.raises(TypeError, match=r"what the function returns.* must be a real number"):
        jacobian(lambda x: result)(1.0)
