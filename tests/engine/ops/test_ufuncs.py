"""Every ufunc of NumPy and its common functions on Values: right, or an error; never a float in silence.

Oracles: the same function of NumPy on floats, and finite differences of it.
"""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, gradients
from engine.node.value import Value as Reference
from engine.ops import OPERATORS
from engine.ops.ufuncs import from_ufunc

NODES = list({Value, Reference})
UFUNCS = sorted(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc))

REFUSED = {
    *("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "bitwise_invert", "invert", "bitwise_count"),
    *("left_shift", "right_shift", "bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm"),
    *("isnat", "frexp", "nextafter", "spacing", "matmul", "matvec", "vecmat", "vecdot"),
}
"""The ufuncs that Values have not: of integers, of bits, of times, of matrices."""

QUESTIONS = {
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "signbit"),
    *("isnan", "isinf", "isfinite", "logical_and", "logical_or", "logical_xor", "logical_not"),
}

NOT_FOR_ARRAYS = REFUSED | {
    *("isnan", "isinf", "isfinite", "signbit", "logaddexp", "logaddexp2", "heaviside", "copysign"),
    *("float_power", "modf", "ldexp", "divmod"),
}
"""Those of which NumPy itself says that they do not take objects, where all operands are arrays."""

POINTS = {
    1: [(0.3,), (-0.7,), (1.7,), (0.0,), (math.nan,), (math.inf,)],
    2: [(0.7, 0.4), (2.3, -1.6), (-2.3, 1.6), (0.0, 0.5), (1.5, math.nan), (math.nan, 1.5)],
}
STEP = 1e-6


def of_numpy(name: str, point: tuple[float, ...]) -> tuple[Any, ...]:
    """What NumPy gives on floats, as a tuple of results."""
    ufunc = getattr(np, name)
    point = (point[0], round(point[1])) if name == "ldexp" and point[1] == point[1] else point
    with np.errstate(all="ignore"):
        found = ufunc(*point)
    return found if isinstance(found, tuple) else (found,)


def slopes_of_numpy(name: str, point: tuple[float, ...], result: int) -> list[float]:
    """Finite differences of one of the results."""
    slopes = []
    for i in range(len(point)):
        ends = [(*point[:i], point[i] + h, *point[i + 1 :]) for h in (STEP, -STEP)]
        high, low = (float(of_numpy(name, end)[result]) for end in ends)
        slopes.append((high - low) / (2 * STEP))
    return slopes


def is_smooth(name: str, point: tuple[float, ...]) -> bool:
    """Whether finite differences tell the derivative there."""
    if not all(math.isfinite(x) for x in point) or 0.0 in point or name == "ldexp":
        return False
    return all(math.isfinite(float(y)) for y in of_numpy(name, point))


def takes(name: str, point: tuple[float, ...]) -> bool:
    if name == "ldexp":
        return point[1] == point[1]
    return True


CASES = [
    (name, point)
    for name in UFUNCS
    if name not in REFUSED
    for point in POINTS[getattr(np, name).nin]
    if takes(name, point)
]


@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize(("name", "point"), CASES)
def test_a_ufunc_on_values_has_numpys_value_and_the_right_gradient(kind, name, point) -> None:
    if name == "ldexp":
        point = (point[0], float(round(point[1])))
    xs = [kind(x) for x in point]
    found = getattr(np, name)(*xs)
    found = found if isinstance(found, tuple) else (found,)
    for i, (y, expected) in enumerate(zip(found, of_numpy(name, point), strict=True)):
        if name in QUESTIONS:
            assert bool(y) is bool(expected)
            continue
        assert type(y) is kind
        assert y.data == pytest.approx(float(expected), rel=1e-13, abs=1e-15, nan_ok=True)
        if is_smooth(name, point):
            for x in xs:
                x.grad = 0.0
            y.backward()
            expected_slopes = slopes_of_numpy(name, point, i)
            assert [x.grad for x in xs] == pytest.approx(expected_slopes, rel=1e-6, abs=1e-8)


@pytest.mark.measured
@pytest.mark.parametrize(
    "name", [name for name in UFUNCS if getattr(np, name).nin == 2 and name not in REFUSED]
)
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "other",
    [lambda x: x, np.float64, np.float32, np.array, lambda x: np.array([x, x]), lambda x: np.array(Value(x))],
)
def test_a_number_or_array_on_the_other_side(name, place, other) -> None:
    x, y = 0.75, 2.0
    operands = [Value(x), other(y)] if place == 0 else [other(x), Value(y)]
    expected = of_numpy(name, (x, y))
    found = getattr(np, name)(*operands)
    for each, number in zip(found if isinstance(found, tuple) else (found,), expected, strict=True):
        elements = each.ravel().tolist() if isinstance(each, np.ndarray) else [each]
        for element in elements:
            if name in QUESTIONS:
                assert element is bool(number) or bool(element) is bool(number)
            else:
                assert type(element) is Value
                assert element.data == pytest.approx(float(number), rel=1e-6)


@pytest.mark.parametrize("name", [name for name in UFUNCS if name not in REFUSED])
def test_a_ufunc_on_an_array_of_values(name) -> None:
    """NumPy asks its elements. Rounding gives whole numbers of derivative 0; all else Values, or errors."""
    ufunc = getattr(np, name)
    points = [(0.3, 0.6), (0.75, -1.25)][: ufunc.nin]
    arrays = [np.array([Value(x) for x in point]) for point in points]
    if name in NOT_FOR_ARRAYS:
        with pytest.raises(TypeError, match="not supported for the input types"):
            ufunc(*arrays)
        if ufunc.nin == 2:  # with a bare Value on a side, Values answer
            assert ufunc(arrays[0], Value(2.0))[0] is not None
        return
    with np.errstate(all="ignore"):
        found = ufunc(*arrays)
    for i, each in enumerate(found if isinstance(found, tuple) else (found,)):
        for j, element in enumerate(each):
            point = tuple(values[j].data for values in arrays)
            expected = float(of_numpy(name, point)[i])
            if name in QUESTIONS:
                assert bool(element) is bool(expected)
            elif isinstance(element, Value):
                assert element.data == pytest.approx(expected, rel=1e-13, nan_ok=True)
                if not math.isfinite(expected):
                    continue
                slopes = gradients(element, [values[j] for values in arrays])
                assert slopes == pytest.approx(slopes_of_numpy(name, point, i), rel=1e-6, abs=1e-8)
            else:
                assert not isinstance(element, float)
                assert element == expected
                assert slopes_of_numpy(name, point, i) == [0.0] * ufunc.nin


@pytest.mark.measured
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_there_is_not_says_so(name) -> None:
    ufunc = getattr(np, name)
    with pytest.raises(TypeError, match=rf"numpy\.{ufunc.__name__} (is not among the engine's|takes arrays)"):
        ufunc(*(Value(2.0) for _ in range(ufunc.nin)))


def test_every_ufunc_with_a_row_is_that_row() -> None:
    for row in OPERATORS.values():
        if row.ufunc and row.arity and row.points and not row.static:
            values = [Value(x) for x in row.points[0]]
            assert getattr(np, row.ufunc)(*values)._row is row


# -- methods and options of ufuncs ------------------------------------------------------------------------


def array(*numbers: float) -> np.ndarray:
    return np.array([Value(x) for x in numbers])


def data(values: Any) -> Any:
    return np.vectorize(lambda x: x.data if isinstance(x, Value) else x, otypes=[object])(values).tolist()


V = Value(3.0)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: np.add.reduce(V), 3.0),
        (lambda: np.multiply.reduce(V), 3.0),
        (lambda: np.maximum.reduce(V), 3.0),
        (lambda: np.logaddexp.reduce(V), 3.0),
        (lambda: np.multiply.outer(V, array(1.0, 2.0)), [3.0, 6.0]),
        (lambda: np.multiply.outer([1.0, 2.0], V), [3.0, 6.0]),
        (lambda: np.subtract.outer(V, np.ones((1, 2))), [[2.0, 2.0]]),
        (lambda: np.logaddexp.outer(array(0.0, 1.0), V), [3.048587351573742, 3.126928011042973]),
        (lambda: np.add(V, 1.0, where=np.array(True), out=np.array(None)), 4.0),
        (lambda: np.add(V, [1.0, 2.0], out=np.array([None, None])), [4.0, 5.0]),
        (lambda: np.add(V, [1.0, 2.0], out=array(7.0, 7.0), where=[True, False]), [4.0, 7.0]),
        (lambda: np.exp(V, dtype=object), math.exp(3.0)),
        (lambda: np.add(V, 1.0, casting="unsafe"), 4.0),
        (lambda: np.less(V, [2.0, 4.0], out=np.zeros(2, bool)), [False, True]),
    ],
)
def test_methods_and_options(found, expected) -> None:
    result = found()
    np.testing.assert_allclose(np.array(data(result), dtype=float), expected, rtol=1e-15)


def test_at_adds_into_an_array_of_values() -> None:
    x, values = Value(3.0), array(1.0, 2.0)
    np.add.at(values, [0, 0, 1], x)
    assert data(values) == [7.0, 5.0]
    assert gradients(values[0], [x]) == [2.0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: np.add.at(np.ones(2), [0], V),
        lambda: np.add(V, 1.0, out=np.zeros(())),
        lambda: np.add(np.ones(2), V, out=np.zeros(2)),
    ],
)
def test_arrays_of_floats_take_no_values(wrong) -> None:
    with pytest.raises(TypeError, match="an array of float64 cannot hold Values; make it with dtype=object"):
        wrong()


def test_the_gradient_goes_through_reductions_and_products() -> None:
    x = Value(3.0)
    root = np.sum(np.multiply.outer(x, [1.0, 2.0])) + np.prod(x) + np.sum(x) + np.max(x) + np.mean(x)
    assert gradients(root, [x]) == [pytest.approx(7.0)]


# -- functions that are no ufuncs, on a Value ---------------------------------------------------------------

OF_ONE: dict[str, Callable[[Any], Any]] = {
    "sum": np.sum,
    "prod": np.prod,
    "max": np.max,
    "min": np.min,
    "amax": np.amax,
    "mean": np.mean,
    "median": np.median,
    "average": np.average,
    "std": np.std,
    "var": np.var,
    "ptp": np.ptp,
    "round": np.round,
    "around": lambda x: np.around(x, 2),
    "fix": np.fix,
    "sinc": np.sinc,
    "real": np.real,
    "clip": lambda x: np.clip(x, -0.5, 0.5),
    "clip from below": lambda x: np.clip(x, 0.0, None),
    "clip by name": lambda x: np.clip(x, min=-3.0, max=3.0),
    "where": lambda x: np.where(x > 0, x, x * x),
    "where with a number": lambda x: np.where(x > 0, x, 2.0) * x,
    "select": lambda x: np.select([x < -1.0, x > 0.5], [x * 2.0, x * x], x),
    "squeeze": lambda x: np.squeeze(np.array([x])) * x,
    "item by an ellipsis": lambda x: np.array([x, x * 2.0])[..., 1] * x,
    "reshape": lambda x: np.reshape(x, ()) * x,
    "polyval": lambda x: np.polyval([1.0, -2.0, 3.0], x),
    "poly1d": lambda x: np.poly1d([1.0, -2.0, 3.0])(x),
    "power series": lambda x: np.polynomial.polynomial.polyval(x, [3.0, -2.0, 1.0]),
    "nan_to_num": np.nan_to_num,
    "copy": np.copy,
    "stack": lambda x: np.stack([x, x * x]).sum(),
    "concatenate": lambda x: np.concatenate([[x], [x * x, 1.0]]).sum(),
    "hstack": lambda x: np.hstack([x, 2.0 * x]).sum(),
    "append": lambda x: np.append(np.ones(2), x).prod(),
    "full": lambda x: np.full(3, x).sum(),
    "tile": lambda x: np.tile(x, 3).prod(),
    "repeat": lambda x: np.repeat(x, 3).prod(),
    "linspace": lambda x: np.linspace(x, 2.0 * x, 3)[1],
    "outer": lambda x: np.outer(x, [x, 2.0]).sum(),
    "dot": lambda x: np.dot(x, [x, 2.0]).sum(),
    "inner": lambda x: np.inner(x, x),
    "vdot": lambda x: np.vdot([x, 1.0], [x, 2.0]),
    "kron": lambda x: np.kron([x, 1.0], [x, 2.0]).sum(),
    "tensordot": lambda x: np.tensordot([x, 1.0], [x, 2.0], 1) * x,
    "einsum": lambda x: np.einsum("i,i->", np.array([x, 1.0], dtype=object), [x, 2.0]),
    "convolve": lambda x: np.convolve([x, 1.0], [x, 2.0]).sum(),
    "cross": lambda x: np.cross([x, 1.0, 2.0], [1.0, x, 3.0]).sum(),
    "trace": lambda x: np.trace([[x, 1.0], [1.0, x * x]]),
    "diff": lambda x: np.diff([x, x * x, 1.0])[0],
    "cumsum": lambda x: np.cumsum([x, x * x])[1],
    "cumprod": lambda x: np.cumprod([x, x * x])[1],
    "trapezoid": lambda x: np.trapezoid([x, x * x]),
    "norm": lambda x: np.linalg.norm([x, 2.0 * x]),
    "matrix_power": lambda x: np.linalg.matrix_power(np.array([[x, 1.0], [0.0, x]]), 2).sum(),
    "nansum": lambda x: np.nansum([x, x]),
    "vectorize": lambda x: np.vectorize(lambda each: each * each)(x) * x,
    "flip": lambda x: np.flip([x, 1.0])[1],
    "roll": lambda x: np.roll([x, 1.0], 1)[1],
    "transpose": lambda x: np.transpose(x) * x,
    "meshgrid": lambda x: np.meshgrid([x], [x])[0].sum(),
    "pad": lambda x: np.pad(np.array([x, x]), 1, constant_values=2.0).prod(),
    "choose": lambda x: np.choose(1, [2.0, x]) * x,
    "interpolation by hand": lambda x: np.where(x < 0.5, 2.0 * x, 1.0 + (x - 0.5)),
}


@pytest.mark.measured
@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize("name", OF_ONE)
@pytest.mark.parametrize("at", [0.3, -0.7, 1.7])
def test_a_function_on_a_value_has_numpys_value_and_the_right_gradient(kind, name, at) -> None:
    f = OF_ONE[name]

    def plain(x: float) -> float:
        return float(f(x))

    x = kind(at)
    found = f(x)
    found = found.item() if isinstance(found, np.ndarray) else found
    assert type(found) is kind
    assert found.data == pytest.approx(plain(at), rel=1e-13, abs=1e-15)
    found.backward()
    assert x.grad == pytest.approx((plain(at + STEP) - plain(at - STEP)) / (2 * STEP), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("at", [0.0, -0.0, 1e-9, 1e-3, 0.15, 0.16, 1.0])
def test_sinc_has_all_its_derivatives(at) -> None:
    import mpmath

    found = engine.derivatives(np.sinc, at, 4)
    with mpmath.workdps(60):
        expected = [float(c * mpmath.factorial(k)) for k, c in enumerate(mpmath.taylor(mpmath.sincpi, at, 4))]
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (lambda: np.isclose(V, 3.0 + 1e-9), True),
        (lambda: np.allclose(V, [3.0, 3.1]), False),
        (lambda: np.isclose(array(3.0, math.nan, math.inf), V).tolist(), [True, False, False]),
        (lambda: np.isclose(Value(math.nan), math.nan, equal_nan=True), True),
        (lambda: np.isclose(Value(math.inf), math.inf), True),
        (lambda: np.any(V), True),
        (lambda: np.all(array(1.0, 0.0)), False),
        (lambda: np.argmax([V, 5.0]), 1),
        (lambda: np.searchsorted([0.0, 1.0, 5.0], V), 2),
        (lambda: np.digitize(V, [0.0, 1.0, 5.0]), 2),
        (lambda: (np.shape(V), np.ndim(V), np.size(V)), ((), 0, 1)),
        (lambda: np.array_equal(array(1.0), np.ones(1)), True),
        (lambda: np.iscomplexobj(V), False),
        (lambda: np.count_nonzero([V, 0.0]), 1),
    ],
)
def test_questions_are_answered(question, expected) -> None:
    found = question()
    assert (found == expected) is True or bool(found == expected)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (lambda: np.angle(V), "atan2"),
        (lambda: np.percentile(V, 50), "np.sort"),
        (lambda: np.cov(V), "np.mean"),
    ],
)
def test_functions_that_cannot_be_used_say_what_to_write(wrong, advice) -> None:
    with pytest.raises(TypeError, match=rf"numpy\.\w+ cannot be used for Values; .*{advice}"):
        wrong()


def test_an_array_type_of_another_library_is_asked_itself() -> None:
    class Foreign:
        def __array_function__(self, function, types, arguments, options):
            return "its own answer"

    assert np.concatenate([Foreign(), Value(1.0)]) == "its own answer"


# -- arrays of no dimensions --------------------------------------------------------------------------------

HELD = np.array(Value(2.0))


@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize("row", [row for row in OPERATORS.values() if row.points], ids=lambda row: row.name)
def test_an_array_of_no_dimensions_is_the_number_it_holds(kind, row) -> None:
    point = row.points[0]
    values = [kind(x) for x in point]
    expected = values[0]._apply(row, values)
    for place in range(len(point)):
        operands: list[Any] = list(values)
        operands[place] = np.array(values[place])
        found = values[place]._apply(row, operands)
        assert (type(found), repr(found.data), found._children) == (
            kind,
            repr(expected.data),
            expected._children,
        )
        operands[place] = np.array(point[place])  # that of a plain number, too
        assert repr(values[0]._apply(row, operands).data) == repr(expected.data)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.array(x) * x, 6.0),
        (lambda x: x * np.array(x), 6.0),
        (lambda x: engine.exp(np.array(x)), math.exp(3.0)),
        (lambda x: engine.sum([np.array(x), x, 1.0]), 2.0),
        (lambda x: engine.dot([np.array(x), 1.0], [x, 2.0]), 6.0),
        (lambda x: engine.max([1.0, np.array(x)]), 1.0),
        (lambda x: engine.softmax([np.array(x), 3.0])[0], 0.25),
        (lambda x: engine.where(np.array(x) > 0, np.array(x), 0.0), 1.0),
        (lambda x: np.array(x * x), 6.0),
        (lambda x: np.array(x)[()] * np.array(x).item(), 6.0),
    ],
)
def test_transforms_take_arrays_of_no_dimensions_for_numbers(f, expected) -> None:
    assert engine.grad(f)(3.0) == pytest.approx(expected)
    assert engine.value_and_grad(lambda x: (f(x), "aux"), has_aux=True)(3.0)[1] == pytest.approx(expected)
    x = Value(3.0)
    assert gradients(f(x), [x]) == [pytest.approx(expected)]
    assert engine.hessian(lambda x: f(x) * x)(3.0) == pytest.approx(
        engine.derivatives(lambda x: f(x) * x, 3.0, 2)[2]
    )


# -- arrays that hold plain numbers too ---------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(row.name for row in OPERATORS.values() if row.arity == 1))
def test_engines_functions_take_arrays_of_values_and_plain_numbers(name) -> None:
    mixed = np.array([Value(0.5), 0.5, 1, True], dtype=object)
    function = getattr(engine, name)
    found = function(mixed)
    expected = [function(float(x.data if isinstance(x, Value) else x)) for x in mixed]
    assert data(found) == pytest.approx(expected, nan_ok=True)
    assert [type(x) is Value for x in found] == [True, False, False, False]


def test_relu_by_numpy_then_exp_is_an_error_and_engines_way_is_right() -> None:
    values = array(0.5, -1.0)
    with pytest.raises(TypeError, match="no callable exp method"):
        np.exp(np.maximum(values, 0))
    found = engine.exp(engine.maximum(values, 0))
    assert data(found) == [math.exp(0.5), 1.0]
    assert gradients(found[0], [values[0]]) == [math.exp(0.5)]


def test_a_ufunc_is_looked_up_by_its_own_name() -> None:
    assert from_ufunc(np.abs, "__call__", (Value(-2.0),), {}).data == 2.0


def test_no_warning_is_given_on_the_way() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.add.reduce(V)
        np.std(V)
        np.round(array(0.5))
