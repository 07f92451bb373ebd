"""The native executor: every kind of instruction against NumPy, and what it refuses."""

import ctypes
import itertools
import math
import threading

import mpmath
import numpy as np
import pytest

from engine.floats import arrays
from engine.ops import OPERATORS
from tests.engine.node.compiled.executor_memories import SPECIAL, Memories, layouts, numbers, same
from tests.engine.nodes import compiled_module

Executor = compiled_module().Executor

SHAPES = [(), (1,), (7,), (3000,), (3, 5), (1, 4), (40, 3), (3, 2500), (2, 3, 4), (2, 1, 3, 2, 2)]
"""Of which some are longer than a block, and some shorter along the last axis than along another."""


def run(memories: Memories, *instructions: object) -> bool:
    return bool(Executor(memories.vectors, instructions).run())


@pytest.fixture(autouse=True)
def _silent():
    with np.errstate(all="ignore"):
        yield


# -- one element at a time ---------------------------------------------------------------------------------


def by_engine(name):
    row = OPERATORS[name]
    return lambda *xs: np.vectorize(row.forward, otypes=[float])(*xs)


ELEMENTWISE = {
    "copy": lambda a: a,
    "negative": np.negative,
    "square": np.square,
    "absolute": np.abs,
    "sign": np.sign,
    "is_nan": np.isnan,
    "logical_not": np.logical_not,
    "sin": np.sin,
    "cos": np.cos,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": by_engine("maximum"),
    "minimum": by_engine("minimum"),
    "heaviside": np.heaviside,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "where": lambda a, b, c: np.where(a != 0.0, b, c),
    "times_greater": lambda x, a, b: x * (a > b),
    "times_less": lambda x, a, b: x * (a < b),
    "log_partial": lambda a: arrays.log_partial(a),
}
UFUNCS = [
    np.add,
    np.subtract,
    np.multiply,
    np.divide,
    np.exp,
    np.tanh,
    np.sqrt,
    np.log1p,
    np.hypot,
    np.logaddexp,
]
FUNCTIONS = [*ELEMENTWISE.items(), *((ufunc, ufunc) for ufunc in UFUNCS)]


def operand_count(function) -> int:
    if isinstance(function, np.ufunc):
        return function.nin
    return 3 if function in ("where", "times_greater", "times_less") else 1 if function in ONE_OPERAND else 2


ONE_OPERAND = {
    *("copy", "negative", "square", "absolute", "sign", "is_nan", "logical_not", "log_partial", "sin", "cos")
}


@pytest.mark.parametrize(("function", "expected"), FUNCTIONS, ids=lambda x: getattr(x, "__name__", str(x)))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_elementwise_functions_agree_with_numpy_over_layouts(function, expected, shape) -> None:
    count = operand_count(function)
    ways = list(layouts(shape).items()) if shape else [("plain", Memories.put)]
    for number, combination in enumerate(
        itertools.islice(itertools.product(ways, repeat=count), 0, None, count)
    ):
        memories = Memories()
        operands = [made(memories, numbers(number + i, shape)) for i, (_, made) in enumerate(combination)]
        ways_out = [way for way in ("plain", "turned", "spread", "backward") if way in dict(ways)]
        out = dict(ways)[ways_out[number % len(ways_out)]](memories, np.zeros(shape))
        assert run(memories, memories.each((function, *operands, out)))
        wanted = np.broadcast_to(np.asarray(expected(*operands), dtype=float), shape)
        found = np.array(out)
        assert (
            np.allclose(found, wanted, rtol=1e-15, atol=0.0, equal_nan=True)
            if function in (np.exp, np.tanh, np.log1p, np.hypot, np.logaddexp, "sin", "cos")
            else same(found, wanted)
        ), [name for name, _ in combination]


def test_waves_are_within_a_unit_in_the_last_place() -> None:
    """Also beside the zeros of both, where all digits of a difference count, and far from 0."""
    quarters = [float(n * np.pi / 2) for n in range(0, 650, 3)]
    beside = [np.nextafter(x, way) for x in quarters for way in (-np.inf, np.inf)]
    rng = np.random.default_rng(0)
    drawn = [*rng.uniform(-1.0, 1.0, 200), *rng.uniform(-1024.0, 1024.0, 200)]
    drawn += [*10.0 ** rng.uniform(-300, 0, 50)]
    for x in (np.array([*quarters, *beside, *drawn]), np.array([1024.0, 1025.0, -1e6, 1e22, 0.5])):
        for name, exactly in (("sin", mpmath.sin), ("cos", mpmath.cos)):
            memories = Memories()
            given, out = memories.put(x), memories.put(np.zeros(len(x)))
            assert run(memories, memories.each((name, given, out)))
            with mpmath.workprec(300):
                for number, found in zip(x.tolist(), out.tolist(), strict=True):
                    right = exactly(mpmath.mpf(number))
                    assert abs(found - right) < math.ulp(float(right)), (name, number)


@pytest.mark.parametrize("function", ["negative", "square", "sign", "copy", np.exp, np.sqrt], ids=str)
@pytest.mark.parametrize("shape", [(5,), (3000,), (3, 5), (3, 1500)], ids=str)
def test_a_function_may_write_over_what_it_reads(function, shape) -> None:
    memories = Memories()
    x = memories.put(numbers(1, shape))
    apart = Memories()
    y, out = apart.put(x), apart.put(np.zeros(shape))
    run(memories, memories.each((function, x, x)))
    run(apart, apart.each((function, y, out)))
    assert same(x, out)


def test_temporaries_last_through_an_instruction_block_by_block() -> None:
    for shape in [(), (3,), (1024,), (1025,), (5000,), (3, 2500), (2500, 3)]:
        memories = Memories()
        x, out = memories.put(numbers(1, shape)), memories.put(np.zeros(shape))
        two = memories.put(2.0)
        calls = [(np.multiply, x, two, 0), (np.add, 0, x, 1), (np.subtract, 1, 0, 0), ("copy", 0, out)]
        assert run(memories, memories.each(*calls))
        assert same(out, (x * 2.0 + x) - x * 2.0)


def test_a_call_reads_what_the_one_before_wrote() -> None:
    memories = Memories()
    x = memories.put(numbers(2, (4, 1300)))
    between, out = memories.put(np.zeros((4, 1300))), memories.put(np.zeros((4, 1300)))
    run(
        memories,
        memories.each((np.negative, x, between), (np.add, between, x, out), ("square", out, between)),
    )
    assert same(out, -x + x)
    assert same(between, (-x + x) ** 2)


KERNELS = [name for name, row in OPERATORS.items() if row.arity is not None and row.points and name != "take"]


@pytest.mark.parametrize("name", KERNELS)
def test_rows_by_their_kernels_are_the_engines_bit_for_bit(name) -> None:
    row = OPERATORS[name]
    points = np.array(row.points, dtype=float).T
    for partial in range(-1, len(points)):
        memories = Memories()
        operands = [memories.put(line) for line in points]
        out = memories.put(np.zeros(points.shape[1]))
        try:
            run(memories, memories.each(((name, partial), *operands, out)))
        except ValueError as error:
            assert "no kernel" in str(error) or "a row" in str(error)  # noqa: PT017
            pytest.skip(f"{name} has no kernel")
        expected = []
        for point in points.T.tolist():
            y = row.forward(*point)
            expected.append(y if partial < 0 else row.local_gradients(y, point)[partial])
        assert same(out, np.array(expected, dtype=float))


FAR = np.array(
    [*SPECIAL, *np.linspace(-45.0, 45.0, 2003), -649.0, -651.0, -700.0, -740.0, -760.0, 17.0, 18.4, 19.1]
)

TAILS = {
    "tanh_partial": lambda x: (np.tanh(x), x),
    "sigmoid_partial": lambda x: (arrays.sigmoid(x), x),
    "sigmoid": lambda x: (np.exp(-x), x),
    "silu": lambda x: (np.exp(-x), x),
    "power_partial": lambda x: (np.power(x, 3.5), x, np.array(3.5)),
}


@pytest.mark.parametrize("name", TAILS)
@pytest.mark.parametrize("apart", [True, False], ids=["apart", "in place"])
def test_functions_with_tails_are_those_of_the_array_functions_to_three_ulps(name, apart) -> None:
    given = TAILS[name](FAR)
    memories = Memories()
    operands = [memories.put(each) for each in given]
    out = memories.put(np.zeros(len(FAR))) if apart else operands[0]
    function = f"{name}_of_exp" if name in ("sigmoid", "silu") else name
    with np.errstate(all="ignore"):
        expected = getattr(arrays, name)(*(given if name.endswith("partial") else [FAR]))
        run(memories, memories.each((function, *operands, out)))
    assert np.array_equal(np.isnan(out), np.isnan(expected))
    with np.errstate(all="ignore"):
        near = (out == expected) | (np.abs(out - expected) <= 3 * np.spacing(np.abs(expected)))
    assert (near | np.isnan(expected)).all(), FAR[~(near | np.isnan(expected))]


# -- over columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(1, 1), (7,), (129,), (1000, 3), (3, 1000), (40, 17), (2, 3, 4), (3, 40, 50)], ids=str
)
def test_sums_along_each_axis_are_numpys(shape) -> None:
    for axis in range(len(shape)):
        memories = Memories()
        x = memories.put(np.random.default_rng(1).normal(size=shape))
        out = memories.put(np.zeros(tuple(n for i, n in enumerate(shape) if i != axis)))
        run(memories, memories.columns("sum", np.moveaxis(x, axis, 0), out, rowed=(True, False)))
        expected = np.add.reduce(x, axis=axis)
        if axis in (0, len(shape) - 1) and shape != (1000, 3):
            assert same(out, expected)
        assert np.allclose(out, expected, rtol=0.0, atol=1e-13)


def test_sums_of_products_are_those_of_rows_in_order() -> None:
    rng = np.random.default_rng(3)
    for shapes in [
        ((40, 17), (40, 17)),
        ((9, 1), (9, 33)),
        ((9, 33), (9, 1)),
        ((5, 1), (5, 1)),
        ((7, 3, 4), (7, 3, 1)),
    ]:
        memories = Memories()
        x, y = (memories.put(rng.normal(size=shape)) for shape in shapes)
        out = memories.put(np.zeros(np.broadcast_shapes(*shapes)[1:]))
        run(memories, memories.columns("sum_of_products", x, y, out, rowed=(True, True, False)))
        expected = np.zeros(out.shape)
        for row in x * y:
            expected += row
        assert same(out, expected)


@pytest.mark.parametrize(
    "given", [[-0.0, -0.0], [np.inf, -np.inf], [np.nan, 1.0], [1e308, 1e308], [-0.0] * 200], ids=str
)
def test_sums_of_special_numbers_are_numpys(given) -> None:
    for shape in [(len(given),), (len(given), 20)]:
        memories = Memories()
        x = memories.put(np.broadcast_to(np.array(given).reshape(-1, *[1] * (len(shape) - 1)), shape))
        out = memories.put(np.zeros(shape[1:]))
        run(memories, memories.columns("sum", x, out, rowed=(True, False)))
        assert same(out, np.add.reduce(x, axis=0))


def columns_of(seed: int, shape: tuple[int, ...]):
    found = np.random.default_rng(seed).normal(size=shape)
    found[0].flat[0] = found[-1].flat[0]  # the largest may stand there twice
    return found


@pytest.mark.parametrize("shape", [(1, 3), (2, 4), (5, 3), (4, 2, 6), (3, 1)], ids=str)
@pytest.mark.parametrize("turned", [False, True])
def test_functions_over_columns_are_the_array_functions(shape, turned) -> None:
    xs = columns_of(1, shape)
    g = np.random.default_rng(2).normal(size=shape[1:])
    memories = Memories()
    x = memories.put(np.ascontiguousarray(xs.T)).T if turned else memories.put(xs)
    e = memories.put(np.exp(xs - xs.max(axis=0)))
    y, g, out, rows = memories.put(xs.max(axis=0)), memories.put(g), memories.put(g), memories.put(xs)
    for name, given, expected in [
        ("shares_of_extremes", (x, y, g, rows), arrays.shares_of_extremes(xs, y, g)),
        ("gradients_of_prod", (x, y, g, rows), arrays.gradients_of_prod(xs, y, g)),
        ("others", (e, x, out), arrays.others(np.array(e), xs)),
        ("norm", (x, out), written(arrays.norm, xs)),
        ("largest", (x, out), np.maximum.reduce(xs, axis=0)),
        ("smallest", (x, out), np.minimum.reduce(xs, axis=0)),
        ("product", (x, out), np.multiply.reduce(xs, axis=0)),
        ("prod", (x, out), written(arrays.prod, xs)),
    ]:
        rowed = tuple(
            view.shape == shape and view is not y and view is not g and view is not out for view in given
        )
        run(memories, memories.columns(name, *given, rowed=rowed))
        assert np.allclose(given[-1], expected, rtol=1e-15, atol=0.0), name


def written(function, xs):
    out = np.empty(xs.shape[1:])
    function(xs, out)
    return out


@pytest.mark.parametrize(
    "column",
    [
        [1e200, 1e200, 1e-200],
        [1e-200, 1e-200, 1e200, 1e200],
        [0.0, 3.0],
        [-0.0, 3.0],
        [np.inf, 2.0],
        [np.nan, 2.0],
        [np.inf, 0.0],
        [-np.inf, -2.0],
        [5e-324, 2.0],
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["prod", "norm"])
def test_columns_beyond_the_range_of_floats(name, column) -> None:
    memories = Memories()
    x, out = memories.put(np.array(column)[:, None]), memories.put(np.zeros(1))
    run(memories, memories.columns(name, x, out, rowed=(True, False)))
    assert same(out, written(getattr(arrays, name), np.array(x)))


@pytest.mark.parametrize(
    "column", [[5.0, -40.0, -45.0], [2.0], [np.inf, 1.0], [np.nan, 1.0], [-np.inf, -np.inf], [3.0, 3.0]]
)
def test_the_sum_without_the_largest_keeps_its_digits(column) -> None:
    xs = np.array(column)[:, None]
    memories = Memories()
    e, x, out = memories.put(np.exp(xs - xs.max(axis=0))), memories.put(xs), memories.put(np.zeros(1))
    run(memories, memories.columns("others", e, x, out, rowed=(True, True, False)))
    assert same(out, arrays.others(np.array(e), xs))


# -- matrices ----------------------------------------------------------------------------------------------

PRODUCTS = [
    ((3, 4), (4, 5)),
    ((1, 4), (4, 5)),
    ((3, 4), (4, 1)),
    ((3, 1), (1, 5)),
    ((1, 6), (6, 1)),
    ((1, 1), (1, 1)),
    ((3, 0), (0, 2)),
    ((2, 3, 4), (2, 4, 5)),
    ((2, 1, 3, 4), (3, 4, 2)),
    ((4, 3, 1), (1, 2)),
    ((40, 30), (30, 50)),
]


@pytest.mark.parametrize(("left", "right"), PRODUCTS, ids=str)
@pytest.mark.parametrize("way", list(itertools.product((False, True), repeat=3)), ids=str)
def test_products_of_matrices_are_numpys(left, right, way) -> None:
    rng = np.random.default_rng(3)
    memories = Memories()

    def put(array, turned):
        if not turned:
            return memories.put(array)
        return memories.put(np.ascontiguousarray(array.swapaxes(-1, -2))).swapaxes(-1, -2)

    a, b = put(rng.normal(size=left), way[0]), put(rng.normal(size=right), way[1])
    expected = a @ b
    out = put(np.full(expected.shape, np.nan), way[2])
    run(memories, memories.by("matmul", a, b, out))
    assert np.allclose(out, expected, rtol=1e-14, atol=1e-14)


def test_a_product_has_the_bits_of_numpys_where_that_has_its_own_loop() -> None:
    memories = Memories()
    rng = np.random.default_rng(4)
    a, b, out = (
        memories.put(rng.normal(size=(16, 17))),
        memories.put(rng.normal(size=(17, 100))),
        memories.put(np.zeros((16, 100))),
    )
    run(memories, memories.by("matmul", a, b, out))
    assert same(out, np.matmul(a, b))


def test_infinities_pass_through_products() -> None:
    memories = Memories()
    a, b = memories.put([[np.inf, 1.0], [0.0, 2.0]]), memories.put([[0.0, 1.0], [-np.inf, 1.0]])
    out = memories.put(np.zeros((2, 2)))
    run(memories, memories.by("matmul", a, b, out))
    assert same(out, a @ b)


# -- by position -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [1, 3])
def test_cells_are_gathered_and_scattered(samples) -> None:
    rng = np.random.default_rng(5)
    memories = Memories()
    cells, where = memories.put(rng.normal(size=(6, samples))), memories.put([[4], [0], [4], [5]])
    at = np.broadcast_to(where, (4, samples))
    rows = memories.put(np.zeros((4, samples)))
    run(memories, memories.by("gather", cells, at, rows))
    assert same(rows, cells[where[:, 0]])
    expected = np.array(cells)
    np.add.at(expected, where[:, 0], rows)
    run(memories, memories.by("scatter_add", rows, at, cells))
    assert same(cells, expected)
    new = memories.put(rng.normal(size=(4, samples)))
    for row, place in zip(new, where[:, 0], strict=True):
        expected[place] = row
    run(memories, memories.by("scatter", new, at, cells))
    assert same(cells, expected)


def test_single_cells_are_gathered_and_scattered_wherever_they_lie() -> None:
    rng = np.random.default_rng(6)
    numbers_, where = rng.normal(size=50), rng.integers(0, 50, 40)  # some of them repeated
    for across, of_cells, of_rows in itertools.product((1, 2), (1, -1, 3), (1, -1, 2, 0)):
        memories = Memories()
        cells = memories.put(np.repeat(numbers_, abs(of_cells)))[::of_cells][:50, None]
        at = memories.put(np.repeat(where, across))[::across][:, None]
        if of_rows:
            rows = memories.put(np.zeros(40 * abs(of_rows)))[::of_rows][:40, None]
            assert run(memories, memories.by("gather", cells, at, rows))
            assert same(rows, cells[at[:, 0]])
        else:
            rows = np.broadcast_to(memories.put([0.3]), (40, 1))
        expected = np.array(cells)
        np.add.at(expected, at[:, 0], rows)
        assert run(memories, memories.by("scatter_add", rows, at, cells))
        assert same(cells, expected)
        new = memories.put(rng.normal(size=40 * max(1, abs(of_rows))))[:: of_rows or 1][:40, None]
        for row, place in zip(new, at[:, 0], strict=True):
            expected[place] = row
        assert run(memories, memories.by("scatter", new, at, cells))
        assert same(cells, expected)


def test_each_sample_picks_positions_of_its_own() -> None:
    memories = Memories()
    table = memories.put([[3, 1, 0], [2, 2, 4]])  # a row for each member
    indices = memories.put([[0.0, 2.0, -1.0, 1.0], [-3.0, 0.0, 2.0, -1.0]])
    positions = memories.put(np.zeros((2, 4), int))
    cells, rows = memories.put(np.arange(20.0).reshape(5, 4)), memories.put(np.zeros((2, 4)))
    assert run(
        memories,
        memories.by("pick", table, indices, positions),
        memories.by("gather", cells, positions, rows),
    )
    assert positions.tolist() == [[3, 0, 0, 1], [2, 2, 4, 4]]
    assert same(rows, cells[positions, np.arange(4)])
    assert run(memories, memories.by("scatter_add", rows, positions, cells))
    expected = np.arange(20.0).reshape(5, 4)
    np.add.at(expected, (positions, np.arange(4)), rows)
    assert same(cells, expected)


@pytest.mark.parametrize("index", [3.0, -4.0, 0.5, np.nan, np.inf, -np.inf, 1e300])
def test_an_index_that_is_none_is_told(index) -> None:
    memories = Memories()
    table, indices = memories.put([[3, 1, 0]]), memories.put([[1.0, index]])
    positions = memories.put([[7, 7]])
    assert not run(memories, memories.by("pick", table, indices, positions))
    assert positions[0, 0] == 1
    assert 0 <= positions[0, 1] <= 3  # whoever reads there all the same stays within the table


# -- what is refused ---------------------------------------------------------------------------------------

INSIDE = (0, 0, (4,), (1,))
REFUSED = {
    "beyond the end": [("each", (("negative", ((0, 7, (4,), (1,)), INSIDE)),))],
    "before the beginning": [("each", (("negative", ((0, 2, (4,), (-1,)), INSIDE)),))],
    "a negative start": [("each", (("negative", ((0, -1, (4,), (1,)), INSIDE)),))],
    "a wide stride": [("each", (("negative", ((0, 0, (4,), (4,)), INSIDE)),))],
    "no such memory": [("each", (("negative", ((9, 0, (4,), (1,)), INSIDE)),))],
    "a memory below 0": [("each", (("negative", ((-1, 0, (4,), (1,)), INSIDE)),))],
    "a size below 0": [("each", (("negative", ((0, 0, (-4,), (1,)), INSIDE)),))],
    "shapes that do not go together": [
        ("each", (("add", (INSIDE, (0, 0, (3,), (1,)), (0, 6, (4,), (1,)))),))
    ],
    "an output that is repeated": [("each", (("negative", (INSIDE, (0, 6, (4,), (0,)))),))],
    "an output too small": [("each", (("negative", (INSIDE, (0, 6, (1,), (1,)))),))],
    "an output that overlaps": [("each", (("negative", (INSIDE, (0, 1, (4,), (1,)))),))],
    "an output in another order": [("each", (("negative", (INSIDE, (0, 3, (4,), (-1,)))),))],
    "an output that is turned": [("each", (("negative", ((0, 0, (2, 2), (2, 1)), (0, 0, (2, 2), (1, 2)))),))],
    "a read-only output": [("each", (("negative", (INSIDE, (1, 0, (4,), (1,)))),))],
    "numbers for positions": [
        ("gather", (0, 0, (4, 1), (1, 0)), (0, 0, (2, 1), (1, 0)), (0, 6, (2, 1), (1, 0)))
    ],
    "positions for numbers": [("each", (("negative", ((2, 0, (3,), (1,)), (0, 0, (3,), (1,)))),))],
    "a position beyond the cells": [
        ("gather", (0, 0, (2, 1), (1, 0)), (2, 0, (3, 1), (1, 0)), (0, 6, (3, 1), (1, 0)))
    ],
    "a position below 0": [
        ("gather", (0, 0, (4, 1), (1, 0)), (3, 0, (2, 1), (1, 0)), (0, 6, (2, 1), (1, 0)))
    ],
    "no such loop": [("each", (("nothing", (INSIDE, (0, 6, (4,), (1,)))),))],
    "no such kind": [("nothing", INSIDE, INSIDE, INSIDE)],
    "too few operands": [("each", (("add", (INSIDE, (0, 6, (4,), (1,)))),))],
    "a ufunc of whole numbers": [("each", ((np.gcd, (INSIDE, INSIDE, (0, 6, (4,), (1,)))),))],
    "a generalised ufunc": [("each", ((np.matmul, (INSIDE, INSIDE, (0, 6, (4,), (1,)))),))],
    "nothing in memory": [("each", (("negative", (INSIDE, 0)),))],
    "a temporary below 0": [("each", (("negative", (-1, (0, 6, (4,), (1,)))),))],
    "too many axes": [("each", (("negative", ((0, 0, (1,) * 9, (1,) * 9), INSIDE)),))],
    "matrices that do not go together": [
        ("matmul", (0, 0, (2, 2), (2, 1)), (0, 0, (3, 2), (2, 1)), (0, 8, (2, 1), (1, 1)))
    ],
    "a product over its operand": [
        ("matmul", (0, 0, (2, 2), (2, 1)), (0, 0, (2, 2), (2, 1)), (0, 2, (2, 2), (2, 1)))
    ],
    "a product of vectors": [("matmul", INSIDE, INSIDE, (0, 8, (1,), (1,)))],
    "columns over what they read": [
        ("columns", "sum", ((0, 0, (2, 2), (2, 1)), (0, 1, (2,), (1,))), (True, False))
    ],
    "columns of different lengths": [
        (
            "columns",
            "others",
            ((0, 0, (2, 2), (2, 1)), (0, 0, (1, 2), (2, 1)), (0, 8, (2,), (1,))),
            (True, True, False),
        )
    ],
    "no such function over columns": [("columns", "nothing", (INSIDE, (0, 8, (), ())), (True, False))],
    "a loop without turns": [("loop", 0, [])],
    "a loop in a loop": [("loop", 2, [("loop", 2, [])])],
    "a move without a loop": [("each", (("copy", ((*INSIDE, 1), (0, 6, (4,), (1,)))),))],
    "a loop that leaves its memory": [
        ("loop", 3, [("each", (("copy", ((0, 0, (2,), (1,)), (0, 2, (2,), (1,), 4))),))])
    ],
    "a loop that leaves its memory below": [
        ("loop", 3, [("each", (("copy", ((0, 4, (2,), (1,), -3), (0, 8, (2,), (1,)))),))])
    ],
    "an output that comes to what is read": [
        ("loop", 2, [("each", (("copy", ((0, 0, (4,), (1,), 3), (0, 6, (4,), (1,)))),))])
    ],
    "columns that come to what is read": [
        ("loop", 3, [("columns", "sum", ((0, 0, (2, 2), (2, 1), 2), (0, 6, (2,), (1,))), (True, False))])
    ],
    "a row without a kernel": [("each", ((("nothing", -1), (INSIDE, (0, 6, (4,), (1,)))),))],
    "a partial that a row lacks": [("each", ((("exp", 1), (INSIDE, (0, 6, (4,), (1,)))),))],
}


@pytest.mark.parametrize("why", REFUSED)
def test_instructions_are_checked_when_an_executor_is_made(why) -> None:
    fixed = np.ones(4)
    fixed.flags.writeable = False
    memories = [np.zeros(10), fixed, np.array([0, 1, 2]), np.array([0, -1])]
    with pytest.raises(ValueError):
        Executor(memories, REFUSED[why])


@pytest.mark.parametrize(
    "memory",
    [np.zeros(3, np.float32), np.zeros(3, bool), np.zeros((4, 4))[:, 1], [1.0], np.zeros(3, complex)],
)
def test_memories_are_vectors_of_float64_or_positions(memory) -> None:
    with pytest.raises((ValueError, TypeError, BufferError)):
        Executor([memory], [])


def test_a_memory_is_not_resized_while_an_executor_reads_it() -> None:
    memory = np.zeros(10)
    executor = Executor([memory], [])
    with pytest.raises((ValueError, BufferError)):
        memory.resize(1000)
    assert executor.run()


def test_nothing_runs_over_nothing() -> None:
    memories = Memories()
    x, out = memories.put(np.zeros((0, 3))), memories.put(np.zeros((0, 3)))
    executor = Executor(
        memories.vectors, [("each", (("negative", ((0, 0, (0, 3), (3, 1)), (1, 0, (0, 3), (3, 1)))),))]
    )
    assert executor.run()
    assert len(executor) == 0
    assert x.size == out.size == 0


# -- loops -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [3, 700], ids=str)
def test_a_loop_moves_its_operands_from_turn_to_turn(width) -> None:
    """A recurrence and its way back, in which operands stay, move on and move backwards."""
    turns, size = 6, 4
    memories = Memories()
    rng = np.random.default_rng(0)
    W, x = (
        memories.put(rng.normal(size=(size, size)) / 2),
        memories.put(rng.normal(size=(turns, size, width))),
    )
    h, dh, total = (
        memories.put(np.zeros(s)) for s in ((turns + 1, size, width), (size, width), (size, width))
    )
    at, sums = memories.put(np.array([[2], [0], [3]])), memories.put(np.zeros((turns, width)))
    picked = memories.put(np.zeros((turns, 3, 1)))
    z = memories.put(np.zeros((size, width)))

    def moving(view, advance):
        return (*memories.at(view), advance)

    step, first = size * width, memories.at
    forward = [
        ("matmul", first(W), moving(h[0], step), first(z)),
        ("each", ((np.add, (first(z), moving(x[0], step), 0)), (np.tanh, (0, moving(h[1], step))))),
        ("columns", "sum", (moving(h[1], step), moving(sums[0], width)), (True, False)),
        ("gather", moving(h[1][:, :1], step), first(at), moving(picked[0], 3)),
    ]
    backward = [
        ("each", (("square", (moving(h[turns], -step), 0)), ("add", (0, first(dh), first(dh))))),
        (
            "each",
            (("multiply", (first(dh), moving(x[-1], -step), 0)), ("add", (first(total), 0, first(total)))),
        ),
        ("matmul", first(W), first(dh), first(z)),
        ("each", (("copy", (first(z), first(dh))),)),
    ]
    executor = Executor(memories.vectors, [("loop", turns, forward)], [("loop", turns, backward)])
    for _ in range(2):
        h[1:] = dh[:] = total[:] = 0.0
        executor.run()
        expected = np.zeros((size, width))
        for t in range(turns):
            expected = np.tanh(W @ expected + x[t])
            np.testing.assert_allclose(h[t + 1], expected, rtol=1e-14)
            np.testing.assert_allclose(sums[t], expected.sum(axis=0), rtol=1e-13, atol=1e-14)
            assert same(picked[t], h[t + 1][[2, 0, 3], :1])
        by, expected = np.zeros((size, width)), np.zeros((size, width))
        for t in reversed(range(turns)):
            by = by + h[t + 1] ** 2
            expected += by * x[t]
            by = W @ by
        np.testing.assert_allclose(total, expected, rtol=1e-12)


# -- how it runs -------------------------------------------------------------------------------------------


def test_no_flag_of_floating_point_is_left() -> None:
    library = ctypes.CDLL(None)
    if not hasattr(library, "fetestexcept"):
        pytest.skip("the C library does not say")
    memories = Memories()
    x, out = memories.put([1e308, 0.0, -1.0, 1e-308]), memories.put(np.zeros(4))
    for function in (np.exp, np.log, "square"):
        run(memories, memories.each((function, x, out)))
        assert library.fetestexcept(0x1D) == 0  # all but that a result is rounded


def test_parts_are_run_apart_or_together() -> None:
    memories = Memories()
    x = memories.put(np.zeros(3))
    one, two = memories.put(1.0), memories.put(2.0)
    parts = [[memories.each((np.add, x, one, x))], [], [memories.each((np.multiply, x, two, x))]]
    executor = Executor(memories.vectors, *parts)
    for given, before, expected in [
        ((), 1.0, 4.0),
        ((0, 0), 1.0, 2.0),
        ((1, 2), 3.0, 6.0),
        ((1, 1), 3.0, 3.0),
        ((2,), 1.0, 2.0),
    ]:
        x[:] = before
        executor.run(*given)
        assert x.tolist() == [expected] * 3
    for given in [(3,), (-1,), (2, 1), (0, 3)]:
        with pytest.raises(ValueError, match="parts 0 to 2"):
            executor.run(*given)


def test_executors_run_side_by_side() -> None:
    made = []
    for seed in range(4):
        memories = Memories()
        x, out = memories.put(numbers(seed, (400_000,))), memories.put(np.zeros(400_000))
        made.append(
            (Executor(memories.vectors, [memories.each((np.exp, x, 0), ("square", 0, out))] * 3), x, out)
        )
    threads = [threading.Thread(target=executor.run) for executor, _, _ in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, x, out in made:
        with np.errstate(all="ignore"):
            assert np.allclose(out, np.exp(x) ** 2, rtol=1e-15, atol=0.0, equal_nan=True)


def test_instructions_of_one_shape_run_block_by_block_together() -> None:
    """As long as each reads what the one before wrote at the same place only."""
    memories = Memories()
    x = memories.put(numbers(6, (5000,)))
    between, out = memories.put(np.zeros(5000)), memories.put(np.zeros(5000))
    two = memories.put(2.0)
    first = memories.each((np.multiply, x, two, between))
    together = memories.each((np.add, between, x, out))
    executor = Executor(memories.vectors, [first, together])
    assert len(executor) == 1
    assert executor.run()
    assert same(out, x * 2.0 + x)
    for second, expected in [
        (memories.each((np.add, between[::-1], x, out)), (x * 2.0)[::-1] + x),
        (memories.each((np.add, between[:10], x[:10], out[:10])), (x * 2.0 + x)[:10]),
    ]:
        between[:] = out[:] = 0.0
        executor = Executor(memories.vectors, [first, second])
        assert len(executor) == 2
        assert executor.run()
        assert same(out[: len(expected)], expected)
    apart = Executor(memories.vectors, [first], [together])
    assert len(apart) == 2


def test_what_is_written_where_another_reads_later_is_not_moved_before_it() -> None:
    """The second instruction writes over what the first reads elsewhere."""
    memories = Memories()
    x, out = memories.put(np.arange(5000.0)), memories.put(np.zeros(5000))
    executor = Executor(
        memories.vectors,
        [memories.each(("negative", x[::-1], out)), memories.each(("square", out, x))],
    )
    assert len(executor) == 2
    assert executor.run()
    assert same(out, -np.arange(5000.0)[::-1])
    assert same(x, out * out)


@pytest.mark.parametrize("shape", [(3, 2000), (40, 300), (2, 3, 700)], ids=str)
def test_rows_and_columns_go_together_with_what_has_all_numbers(shape) -> None:
    memories = Memories()
    x, row, column = (
        memories.put(numbers(i, size)) for i, size in enumerate((shape, shape[-1:], (*shape[:-1], 1)))
    )
    between, out = memories.put(np.zeros(shape)), memories.put(np.zeros(shape))
    executor = Executor(
        memories.vectors,
        [
            memories.each((np.add, x, column, 0), (np.multiply, 0, row, between)),
            memories.each(("maximum", between, memories.put(0.0), 0), (np.subtract, 0, x, out)),
        ],
    )
    assert len(executor) == 1
    assert executor.run()
    assert same(between, (x + column) * row)
    assert same(out, by_engine("maximum")((x + column) * row, np.array(0.0)) - x)
