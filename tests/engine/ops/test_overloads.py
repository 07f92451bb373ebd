"""Values among NumPy's numbers and arrays, and the operators that any number type gets from the table."""

from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, leaves
from engine.ops.overloads import Ordered, Overloads
from engine.ops.ufuncs import elementwise

# -- equality -----------------------------------------------------------------------------------------


def test_equality_in_an_array_is_that_of_its_elements() -> None:
    a, b = Value(2.0), Value(2.0)
    array = np.array([a, b])
    assert np.equal(array, a).tolist() == [True, False]
    assert np.not_equal(array, a).tolist() == [False, True]
    assert np.equal(array, 2.0).tolist() == [True, True]
    assert np.equal(a, a)
    assert not np.equal(a, b)
    assert np.not_equal(a, b)
    assert np.equal(a, 2.0)
    assert np.equal(a, np.array([2.0, 1.0])).tolist() == [True, False]


class Number(Ordered):
    """A number type that is compared by its data."""

    def __init__(self, data: float) -> None:
        self.data = data

    def _number(self) -> float:
        return self.data


def test_an_ordered_number_type_is_compared_as_values_are() -> None:
    x, y = Number(2.0), Number(2.0)
    assert (x == 2.0, x in [2.0], x != 2.0, x == 3.0, x == x, x == y, x == "2") == (
        *(True, True, False, False, True, False, False),
    )
    assert len({x, y, x}) == 2
    assert np.equal(x, np.array([2.0, 1.0])).tolist() == [True, False]


# -- arrays of Values ---------------------------------------------------------------------------------


def matrix(rows: list[list[float]]) -> np.ndarray:
    return np.array([[Value(x) for x in row] for row in rows])


def test_an_array_of_values_takes_a_value_in_place() -> None:
    v, array = Value(3.0), np.array([Value(1.0), Value(2.0)])
    array += v
    assert [x.data for x in array] == [4.0, 5.0]
    array[0].backward()
    assert v.grad == 1.0


def test_an_array_of_floats_refuses_a_value_in_place_with_advice() -> None:
    with pytest.raises(TypeError, match=r"array.*dtype=object"):
        np.zeros(2).__iadd__(Value(1.0))


def test_statistics_of_an_array_of_values() -> None:
    array = np.array([Value(1.0), Value(2.0), Value(6.0)])
    assert np.mean(array).data == 3.0
    assert np.var(array).data == pytest.approx(14.0 / 3.0)
    assert np.std(array).data == pytest.approx((14.0 / 3.0) ** 0.5)


def test_reductions_of_an_array_of_values() -> None:
    array = np.array([Value(1.0), Value(-2.0), Value(6.0)])
    assert np.sum(array).data == array.sum().data == 5.0
    assert np.prod(array).data == -12.0
    assert np.max(array) is array[2]
    assert np.min(array) is array[1]
    assert np.argmax(array) == 2
    assert [x.data for x in np.cumsum(array)] == [1.0, -1.0, 5.0]
    assert [x.data for x in np.sort(array)] == [-2.0, 1.0, 6.0]


@pytest.mark.parametrize("values_first", [True, False])
def test_matrix_products(values_first) -> None:
    """The gradient of sum(W @ X), whichever of the two holds Values."""
    numbers, other = [[1.0, 2.0], [3.0, 4.0]], np.array([[5.0, 6.0], [7.0, 8.0]])
    W = matrix(numbers)
    product = W @ other if values_first else other @ W
    expected = np.array(numbers) @ other if values_first else other @ np.array(numbers)
    assert [[x.data for x in row] for row in product] == expected.tolist()
    product.sum().backward()
    grads = [[x.grad for x in row] for row in W]
    ones = np.ones((2, 2))
    assert grads == ((ones @ other.T) if values_first else (other.T @ ones)).tolist()


def test_a_layer_in_matrix_form() -> None:
    W, b, x = matrix([[0.5, -1.0], [0.25, 2.0]]), np.array([Value(0.1), Value(-0.2)]), np.array([1.0, -2.0])
    h = np.tanh(W @ x + b)
    expected = np.tanh(np.array([[0.5, -1.0], [0.25, 2.0]]) @ x + np.array([0.1, -0.2]))
    np.testing.assert_allclose([v.data for v in h], expected, rtol=1e-15)
    engine.sum(h).backward()
    np.testing.assert_allclose([v.grad for v in b], 1.0 - expected**2, rtol=1e-13)


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        (lambda v, a: v + a, [4.0, 5.0]),
        (lambda v, a: a + v, [4.0, 5.0]),
        (lambda v, a: v - a, [2.0, 1.0]),
        (lambda v, a: a - v, [-2.0, -1.0]),
        (lambda v, a: v * a, [3.0, 6.0]),
        (lambda v, a: a * v, [3.0, 6.0]),
        (lambda v, a: v / a, [3.0, 1.5]),
        (lambda v, a: a / v, [1.0 / 3.0, 2.0 / 3.0]),
        (lambda v, a: v**a, [3.0, 9.0]),
        (lambda v, a: a**v, [1.0, 8.0]),
        (lambda v, a: v % a, [0.0, 1.0]),
        (lambda v, a: a % v, [1.0, 2.0]),
        (lambda v, a: v // a, [3.0, 1.0]),
        (lambda v, a: a // v, [0.0, 0.0]),
        (lambda v, a: divmod(v, a)[0], [3.0, 1.0]),
        (lambda v, a: divmod(a, v)[1], [1.0, 2.0]),
    ],
)
def test_a_value_and_an_array_of_numbers(combine, expected) -> None:
    v = Value(3.0)
    result = combine(v, np.array([1.0, 2.0]))
    assert result.dtype == object
    assert [x.data for x in result] == expected
    assert all(v in leaves(x) for x in result)


def test_values_and_arrays_are_broadcast() -> None:
    grid = engine.maximum(np.array([[1.0], [5.0]]), np.array([Value(3.0), Value(4.0)]))
    assert [[x.data for x in row] for row in grid] == [[3.0, 4.0], [5.0, 5.0]]


@pytest.mark.parametrize("number", [np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0)], ids=repr)
def test_a_numpy_scalar_on_either_side_gives_a_value(number) -> None:
    v = Value(3.0)
    for result, expected in (
        (number * v, 6.0),
        (v * number, 6.0),
        (number - v, -1.0),
        (number / v, 2.0 / 3.0),
        (number**v, 8.0),
        (number % v, 2.0),
        (np.add(number, v), 5.0),
    ):
        assert type(result) is Value
        assert result.data == expected


def test_comparisons_with_numpy() -> None:
    v = Value(3.0)
    assert np.float64(2.0) < v
    assert not np.float64(4.0) <= v
    assert (np.array([2.0, 4.0]) < v).tolist() == [True, False]
    assert (v < np.array([2.0, 4.0])).tolist() == [False, True]
    assert (np.array([Value(2.0), Value(4.0)]) >= v).tolist() == [False, True]
    assert np.isfinite(v)
    assert np.isnan(Value(np.nan))
    assert np.signbit(Value(-1.0))


def test_composed_ufuncs() -> None:
    v = Value(4.0)
    assert (np.square(v).data, np.reciprocal(v).data) == (16.0, 0.25)
    assert np.positive(v) is v
    np.square(v).backward()
    assert v.grad == 8.0


def test_an_unknown_ufunc_is_named_with_advice() -> None:
    with pytest.raises(
        TypeError, match=r"numpy\.spacing is not among the engine's operators; compose it.*\.data"
    ):
        np.spacing(Value(1.0))


def test_out_must_hold_objects() -> None:
    out = np.empty((), dtype=object)
    result = np.add(Value(1.0), 2.0, out=out)
    assert result is out
    assert out[()].data == 3.0
    with pytest.raises(TypeError, match="an array of float64 cannot hold Values; make it with dtype=object"):
        np.add(Value(1.0), 2.0, out=np.empty(()))


def test_elementwise_keeps_values_whole() -> None:
    v = Value(2.0)
    result = elementwise(lambda a, b: (a, b), (v, np.array([1.0, 2.0])))
    assert result.dtype == object
    assert [pair[0] for pair in result] == [v, v]
    assert [pair[1] for pair in result] == [1.0, 2.0]


# -- a number type of its own -------------------------------------------------------------------------


class Text(Overloads):
    """Writes down what is computed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _apply(self, row: Any, operands: Any) -> "Text":
        texts = [x.text if isinstance(x, Text) else str(x) for x in operands]
        return Text(f"{row.name}({', '.join(texts)})")


X, Y = Text("x"), Text("y")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (X + Y, "add(x, y)"),
        (1 + X, "add(1, x)"),
        (X - 1, "sub(x, 1)"),
        (1 - X, "sub(1, x)"),
        (X * Y, "mul(x, y)"),
        (2 * X, "mul(2, x)"),
        (X / 2, "div(x, 2)"),
        (2 / X, "div(2, x)"),
        (X**2, "pow(x, 2)"),
        (2**X, "pow(2, x)"),
        (X // 2, "floor_divide(x, 2)"),
        (2 // X, "floor_divide(2, x)"),
        (divmod(X, 2)[0], "floor_divide(x, 2)"),
        (divmod(2, X)[1], "mod(2, x)"),
        (X % 2, "mod(x, 2)"),
        (2 % X, "mod(2, x)"),
        (-X, "neg(x)"),
        (+X, "x"),
        (abs(X), "abs(x)"),
        (X.conjugate(), "x"),
        (X.tanh(), "tanh(x)"),
        (X.clip(0, high=1), "clip(x, 0, 1)"),
        (X.leaky_relu(), "leaky_relu(x, 0.01)"),
        (np.exp(X), "exp(x)"),
        (np.float64(2.0) * X, "mul(2.0, x)"),
        (np.arctan2(X, Y), "atan2(x, y)"),
        (engine.sigmoid(X), "sigmoid(x)"),
        (engine.sum([X, 1.0]), "sum(x, 1.0)"),
    ],
)
def test_a_number_type_gets_the_whole_table(made, text) -> None:
    assert made.text == text


def test_a_value_leaves_operators_to_a_type_built_on_it() -> None:
    assert (Value(1.0) * X).text == "mul(Value(data=1.0, grad=0.0), x)"
    assert (X * Value(1.0)).text == "mul(x, Value(data=1.0, grad=0.0))"


def test_a_number_type_must_say_how_to_apply() -> None:
    class Silent(Overloads):
        pass

    with pytest.raises(TypeError, match="Silent does not say how to apply an operator"):
        Silent() + 1.0
