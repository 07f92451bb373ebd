"""Every row of the operator table, held against mpmath, finite differences and itself; none is named here.

A new row is tested by being in the table: tests/engine/oracle.py makes its oracle of its NumPy form.
"""

import doctest
import inspect
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from mpmath import mp

import engine
from engine import Value, floats, gradcheck, jacobian, no_grad
from engine.node.functions import FUNCTIONS, call, call_on_sequence
from engine.node.value import apply
from engine.ops import OPERATORS, find, operator_table
from engine.ops.methods import METHODS
from engine.ops.namespaces import FLOATS, IEEE
from tests.cases import named
from tests.engine import oracle

ULPS = 4
ROWS = list(OPERATORS.values())
CASES = [(row, point) for row in ROWS for point in row.points]
FIXED = [(row, point) for row, point in CASES if row.arity]
STATIC = [(row, point) for row, point in CASES if row.static]
UFUNCS = [(row, point) for row, point in CASES if row.ufunc]
PLAIN = [row for row in ROWS if row.points]
DIFFERENTIATES_ANOTHER_FUNCTION = {"stop_gradient"}
"""Rows whose partials are not the derivatives of their value, on purpose; they have no points."""

SPECIAL = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    3.0,
    1e308,
    -1e308,
    5e-324,
    -5e-324,
    math.inf,
    -math.inf,
    math.nan,
)


def case_name(given) -> str | None:
    return given.name if hasattr(given, "name") else str(given) if isinstance(given, tuple) else None


def cases(chosen):
    """A test of a row and a point becomes one of each row, over the row's points."""
    points = {}
    for row, point in chosen:
        points.setdefault(row.name, []).append(point)

    def over_points(test):
        def of_row(row):
            for point in points[row.name]:
                with named(row.name, point):
                    test(row, point)

        of_row.__name__, of_row.__doc__ = test.__name__, test.__doc__
        return rows([row for row in ROWS if row.name in points])(of_row)

    return over_points


def rows(chosen):
    return pytest.mark.parametrize("row", chosen, ids=case_name)


def compute(row, operands):
    """A row applied to numbers or Values, whatever its arity."""
    return call_on_sequence(row, list(operands)) if row.arity is None else call(row, tuple(operands))


def node_at(row, point):
    """The node of a row with every operand a Value, the static ones too."""
    return compute(row, [Value(x) for x in point])


def same(a, b) -> bool:
    """Equal floats, nan equal to nan."""
    return a == b or (a != a and b != b)


def compared_with_mpmath(row, point) -> list[str]:
    """What a row gets wrong at a point: the value, then the partials, each in units of the last place."""
    node = node_at(row, point)
    with mp.workdps(oracle.DIGITS):
        exact = [oracle.value(row, point), *(oracle.partial(row, point, i) for i in range(len(point)))]
        found = [node.data, *node._local_grads]
        return [
            f"{row.name}{point}, {'partial ' + str(i) if i else 'value'}: {one!r}, not {mp.nstr(other, 20)}"
            for i, (one, other) in enumerate(zip(found, exact, strict=True))
            if not oracle.ulps(one, other) <= ULPS
        ]


def finite_differences(row, point, i: int) -> list[float]:
    """Central differences in NumPy, refined to fourth order, at coarse and at fine steps."""
    x = np.array(point)
    size = abs(x[i]) or 1.0

    def difference(h: float) -> float:
        step = np.zeros_like(x)
        step[i] = h * size
        above, below = (compute(row, (x + sign * step).tolist()) for sign in (1.0, -1.0))
        return (above - below) / (2.0 * h * size)

    return [(4.0 * difference(h / 2.0) - difference(h)) / 3.0 for h in (3e-3, 1e-3, 1e-4, 3e-5, 1e-5)]


def compared_with_differences(row, point) -> list[str]:
    """The partials of a row that differ from differences of its value."""
    found = node_at(row, point)._local_grads
    wrong = []
    for i, one in enumerate(found):
        scale = abs(compute(row, point)) / (abs(point[i]) or 1.0)
        estimates = finite_differences(row, point, i)
        if not any(abs(one - other) <= 1e-7 * abs(other) + 1e-11 * scale for other in estimates):
            wrong.append(f"{row.name}{point}, partial {i}: {one!r}, not any of {estimates}")
    return wrong


# -- the numbers --------------------------------------------------------------------------------------


@cases(CASES)
def test_value_and_partials_are_those_of_mpmath(row, point) -> None:
    assert compared_with_mpmath(row, point) == []


@cases(CASES)
def test_partials_are_finite_differences(row, point) -> None:
    assert compared_with_differences(row, point) == []


@cases(CASES)
def test_backward_gives_the_partials(row, point) -> None:
    operands = [Value(x) for x in point]
    node = compute(row, operands)
    node.backward(0.5)
    assert [x.grad for x in operands] == [0.5 * slope for slope in node._local_grads]


@pytest.mark.unmeasured
@cases(CASES)
def test_second_derivatives_are_those_of_mpmath(row, point) -> None:
    found = jacobian(engine.grad(lambda xs: compute(row, xs)))(list(point))
    with mp.workdps(oracle.DIGITS):
        for i, j in itertools.product(range(len(point)), repeat=2):
            exact = oracle.as_float(oracle.partial(row, point, i, j))
            assert found[i][j] == pytest.approx(exact, rel=1e-9, abs=1e-60), f"by {i} and {j}"


@cases(CASES)
def test_gradcheck_passes(row, point) -> None:
    assert gradcheck(lambda *xs: compute(row, xs), *point)


@cases([(row, point) for row, point in CASES if row.analytic])
def test_complex_step_passes(row, point) -> None:
    assert gradcheck(lambda *xs: compute(row, xs), *point, method="complex", rtol=1e-12)


@rows([row for row in PLAIN if not row.analytic])
def test_complex_step_refuses_what_is_not_analytic(row) -> None:
    with pytest.raises(TypeError, match=f"cannot pass '{row.name}', which is not analytic"):
        gradcheck(lambda *xs: compute(row, xs), *row.points[0], method="complex")


class NumpyAndMore:
    """NumPy and the functions that it leaves to SciPy, from the standard library."""

    erf = staticmethod(np.vectorize(math.erf))
    erfc = staticmethod(np.vectorize(math.erfc))
    ndtr = staticmethod(np.vectorize(lambda x: math.erfc(-x / math.sqrt(2.0)) / 2.0))

    def __getattr__(self, name: str):
        return getattr(np, name)


@rows(PLAIN)
def test_array_form_computes_the_same(row) -> None:
    xp = NumpyAndMore()
    rule = row.numpy if callable(row.numpy) else getattr(xp, row.numpy)
    for _, group in itertools.groupby(row.points, key=len):
        points = np.array(list(group))
        operands = [points] if row.arity is None else list(points.T)
        result = rule(xp, *operands) if callable(row.numpy) else rule(*operands)
        expected = [compute(row, point) for point in points.tolist()]
        np.testing.assert_allclose(np.asarray(result, float), expected, rtol=1e-12, atol=1e-15)


@cases(CASES)
def test_rules_agree_on_floats_and_numpy_scalars(row, point) -> None:
    y = compute(row, point)
    on_floats = row.partials_at(FLOATS, y, list(point))
    on_scalars = row.partials_at(IEEE, np.float64(y), [np.float64(x) for x in point])
    assert [float(slope) for slope in on_scalars] == list(on_floats)


# -- the forms ----------------------------------------------------------------------------------------


@cases(CASES)
def test_numbers_give_a_float_and_values_a_value_of_the_same(row, point) -> None:
    number, node = compute(row, point), node_at(row, point)
    assert type(number) is float
    assert type(node) is Value
    assert node.data == number
    assert [child.data for child in node._children] == list(point)


@rows(ROWS)
def test_function_is_public_and_says_what_it_does(row) -> None:
    function = getattr(engine, row.name)
    assert function is FUNCTIONS[row.name]
    assert function.__name__ == row.name
    assert function.__module__.startswith("engine")
    assert function.__doc__


@rows([row for row in ROWS if row.arity])
def test_function_has_the_operands_of_the_row(row) -> None:
    parameters = inspect.signature(FUNCTIONS[row.name]).parameters
    assert tuple(parameters) == row.operands
    given = [p.default for p in parameters.values() if p.default is not inspect.Parameter.empty]
    assert tuple(given) == row.defaults


@rows(ROWS)
def test_row_documents_its_function_and_its_method(row) -> None:
    """On both nodes; the functions over sequences that have a signature of their own say more."""
    assert row.doc.splitlines()[0].rstrip().endswith((".", "!"))
    assert row.example.startswith(">>> ")
    for part in (row.text, *row.partial_formulas, row.reference, row.example):
        assert part in row.docstring
    function = FUNCTIONS[row.name]
    assert function.__doc__ == row.docstring or row.name in ("sum", "dot", "log_softmax")
    if row.name in METHODS:
        assert getattr(Value, row.name).__doc__ == row.docstring
        assert getattr(Value, row.ufunc or row.name).__doc__ == row.docstring


@rows(ROWS)
def test_example_of_a_row_is_right(row) -> None:
    test = doctest.DocTestParser().get_doctest(row.docstring, {}, row.name, None, 0)
    assert len(test.examples) >= 2
    failed, _ = doctest.DocTestRunner(verbose=False).run(test)
    assert not failed


@cases(FIXED)
def test_function_takes_operands_by_name(row, point) -> None:
    by_name = dict(zip(row.operands, map(Value, point), strict=True))
    assert FUNCTIONS[row.name](**by_name).data == compute(row, point)


@cases([(row, point) for row, point in CASES if row.arity is None])
def test_sequence_function_takes_a_list_or_several(row, point) -> None:
    function = FUNCTIONS[row.name]
    if "*xs" not in str(inspect.signature(function)):
        pytest.skip("has a signature of its own, tested in test_functions.py")
    expected = compute(row, point)
    assert function(list(point)) == expected
    assert function(tuple(point)) == expected
    assert function(np.array(point)) == expected
    assert function(iter([Value(x) for x in point])).data == expected
    assert function([point[0], *map(Value, point[1:])]).__class__ is (float if len(point) == 1 else Value)
    if len(point) > 1:
        assert function(*point) == expected


@cases([(row, point) for row, point in FIXED if row.name in METHODS])
def test_method_is_the_function(row, point) -> None:
    first, *rest = point
    by_method = getattr(Value(first), row.name)(*rest)
    by_function = FUNCTIONS[row.name](Value(first), *rest)
    assert by_method.data == by_function.data
    assert by_method._local_grads == by_function._local_grads
    assert by_method._op == by_function._op


@rows([row for row in ROWS if row.arity == 1])
def test_every_row_of_one_operand_has_a_method(row) -> None:
    assert row.name in METHODS


@rows([row for row in PLAIN if row.name in METHODS])
def test_method_takes_the_operands_it_says(row) -> None:
    first, *rest = row.points[0]
    method = getattr(Value(first), row.name)
    with pytest.raises(TypeError, match=f"{row.name}\\({row.operands[0]}.*too many"):
        method(*rest, 1.0)
    if rest and not row.defaults:
        with pytest.raises(TypeError, match=f"{row.name}\\({row.operands[0]}.*missing .*{row.operands[-1]}"):
            method(*rest[:-1])


@rows([row for row in PLAIN if row.name in METHODS and row.arity > 1])
def test_method_takes_operands_by_name(row) -> None:
    point = row.points[0]
    first, *rest = point
    by_name = dict(zip(row.operands[1:], rest, strict=True))
    assert getattr(Value(first), row.name)(**by_name).data == compute(row, point)


@rows([row for row in PLAIN if row.defaults])
def test_operands_left_out_have_their_defaults(row) -> None:
    needed = row.points[0][: row.arity - len(row.defaults)]
    expected = compute(row, (*needed, *row.defaults))
    assert FUNCTIONS[row.name](*needed) == expected
    assert FUNCTIONS[row.name](*map(Value, needed)).data == expected
    assert getattr(Value(needed[0]), row.name)(*needed[1:]).data == expected
    assert FUNCTIONS[row.name](*map(Value, needed))._op == row.shown  # the usual constants are not shown


@cases(STATIC)
def test_static_operands_are_baked_when_they_are_numbers(row, point) -> None:
    kept = len(point) - row.static
    baked = compute(row, [*map(Value, point[:kept]), *point[kept:]])
    values = node_at(row, point)
    assert len(baked._children) == kept
    assert len(values._children) == len(point)
    assert baked.data == values.data
    for found, expected in zip(baked._local_grads, values._local_grads[:kept], strict=True):
        assert found == pytest.approx(expected, rel=1e-15, abs=0.0)
    assert find(*baked._row.key) is baked._row


@cases(STATIC)
def test_baked_rows_have_the_second_derivatives_of_the_unbaked(row, point) -> None:
    kept = len(point) - row.static
    second = jacobian(engine.grad(lambda xs: compute(row, [*xs, *point[kept:]])))(list(point[:kept]))
    whole = jacobian(engine.grad(lambda xs: compute(row, xs)))(list(point))
    for i, j in itertools.product(range(kept), repeat=2):
        assert second[i][j] == pytest.approx(whole[i][j], rel=1e-12, abs=1e-300)


@cases(CASES)
def test_numpy_scalars_are_numbers(row, point) -> None:
    scalars = [np.float64(x) for x in point]
    assert type(compute(row, scalars)) is float
    assert compute(row, scalars) == compute(row, point)
    mixed = compute(row, [Value(point[0]), *scalars[1:]])
    assert mixed.data == compute(row, point)


@cases(UFUNCS)
def test_numpy_ufunc_on_values_is_the_row(row, point) -> None:
    ufunc = getattr(np, row.ufunc)
    expected = node_at(row, point)
    operands = [Value(x) for x in point]
    result = ufunc(*operands)
    assert type(result) is Value
    assert result._row is expected._row
    assert result.data == expected.data
    assert result._children == tuple(operands)
    for i, _ in enumerate(point):
        mixed = [Value(x) if i == j else np.float64(x) for j, x in enumerate(point)]
        assert ufunc(*mixed).data == expected.data
    arrays = ufunc(*(np.array([x, x]) for x in operands))
    assert arrays.dtype == object
    # sign and floor of objects NumPy takes itself, by comparing and by math.floor: flat, so numbers will do
    assert [float(x) for x in arrays] == [expected.data] * 2


@rows([row for row in PLAIN if row.arity])
def test_arrays_are_taken_element_by_element(row) -> None:
    columns = [np.array(column) for column in zip(*row.points, strict=True)]
    expected = [compute(row, point) for point in row.points]
    numbers = FUNCTIONS[row.name](*columns)
    assert numbers.dtype == float
    assert numbers.tolist() == expected
    values = FUNCTIONS[row.name](*(np.array([Value(x) for x in column]) for column in columns))
    assert values.dtype == object
    assert [value.data for value in values] == expected
    grid = FUNCTIONS[row.name](*(column.reshape(-1, 1) for column in columns))
    assert grid.shape == (len(expected), 1)


@cases(CASES)
def test_nothing_is_recorded_under_no_grad(row, point) -> None:
    with no_grad():
        node = node_at(row, point)
    assert node.data == compute(row, point)
    assert node._children == ()
    assert not node.requires_grad


@rows(PLAIN)
def test_what_is_no_number_is_refused_by_name(row) -> None:
    point = row.points[0]
    for i, intruder in itertools.product(range(len(point)), ("a", None, 1j, [1.0], {})):
        for rest in (point, tuple(map(Value, point))):
            operands = [*rest[:i], intruder, *rest[i + 1 :]]
            with pytest.raises(TypeError) as caught:
                compute(row, operands)
            message = str(caught.value)
            assert repr(intruder) in message
            assert f"of type {type(intruder).__name__}" in message
            assert row.name in message or row.shown in message


# -- the edges: IEEE numbers instead of exceptions ----------------------------------------------------


@rows(ROWS)
def test_no_float_makes_a_row_raise(row) -> None:
    count = row.arity or 2
    choice = SPECIAL if count < 3 else SPECIAL[::2]
    for point in itertools.product(choice, repeat=count):
        number = compute(row, point)
        assert type(number) is float, point
        values = [Value(x) for x in point]
        node = compute(row, values)
        assert same(node.data, number), point
        assert len(node._local_grads) == count, point
        assert all(type(slope) is float for slope in node._local_grads), point
        node.backward()
        assert all(type(x.grad) is float for x in values), point


@rows([row for row in ROWS if row.static])
def test_no_float_makes_a_baked_row_raise(row) -> None:
    count = len(row.operands)
    choice = SPECIAL if count < 3 else SPECIAL[::2]
    kept = count - row.static
    for point in itertools.product(choice, repeat=count):
        node = compute(row, [*map(Value, point[:kept]), *point[kept:]])
        assert same(node.data, compute(row, point)), point
        node.backward()


@rows(ROWS)
def test_a_zero_adjoint_contributes_zero_at_every_float(row) -> None:
    count = row.arity or 2
    for point in itertools.product(SPECIAL[::2], repeat=count):
        values = [Value(x) for x in point]
        engine.where(0.0, compute(row, values), 1.0).backward()
        assert [x.grad for x in values] == [0.0] * count, point


# -- the table itself ---------------------------------------------------------------------------------


@rows(ROWS)
def test_row_is_complete(row) -> None:
    assert row.name.isidentifier()
    assert row.text
    assert len(row.partials) == len(row.partial_formulas) == (1 if row.arity is None else row.arity)
    assert len(row.defaults) <= len(row.operands)
    assert bool(row.points) != (row.name in DIFFERENTIATES_ANOTHER_FUNCTION)
    assert all(len(point) == row.arity for point in row.points if row.arity)
    assert find(row.name) is row
    assert row.key == (row.name, ())


@rows(ROWS)
def test_table_in_the_documentation_has_a_line_for_the_row(row) -> None:
    (line,) = [line for line in operator_table().splitlines() if line.startswith(f"| `{row.name}(")]
    assert line.replace("\\|", "").count("|") == 4  # three cells: a | within a formula is escaped


def test_an_unknown_row_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no_such_operator"):
        find("no_such_operator")


# -- the checks above find what is wrong --------------------------------------------------------------


def broken(name, **changes):
    return replace(OPERATORS[name], **changes)


WRONG_ROWS = [
    broken("sin", partials=(lambda m, y, x: m.cos(x) * (1.0 + 1e-14),)),
    broken("sigmoid", partials=(lambda m, y, x: y * (1.0 - y),)),  # loses its digits at 40
    broken("mul", partials=(lambda m, y, a, b: a, lambda m, y, a, b: b)),
    broken("exp", forward=lambda x: floats.exp(x) * (1.0 + 1e-14)),
    broken("mean", partials=(lambda m, y, xs: [1.0] * len(xs),)),
]


@rows(WRONG_ROWS)
def test_a_row_that_is_wrong_somewhere_is_found(row) -> None:
    assert any(compared_with_mpmath(row, point) for point in row.points)


def test_a_row_whose_partial_is_infinite_at_a_point_is_refused() -> None:
    with pytest.raises(ValueError, match="div: the partial by b is -inf at its point a=1e-200, b=3e-200"):
        # b * b underflows
        broken("div", partials=(lambda m, y, a, b: 1.0 / b, lambda m, y, a, b: -a / (b * b)))


@rows([WRONG_ROWS[2], WRONG_ROWS[4]])
def test_a_row_that_is_wrong_is_found_by_differences(row) -> None:
    assert any(compared_with_differences(row, point) for point in row.points)


def test_a_row_of_a_new_function_is_tested_like_any_other() -> None:
    """The recipe of CONTRIBUTING.md: no list of names stands in the way of a row that is new."""
    bump = replace(
        OPERATORS["exp"],
        name="bump",
        forward=lambda x: floats.log1p(x * x) + floats.sin(x),
        partials=(lambda m, y, x: 2.0 * x / (1.0 + x * x) + m.cos(x),),
        numpy=lambda np, x: np.log1p(np.square(x)) + np.sin(x),
        points=((-1.5,), (0.0,), (0.3,)),
    )
    for point in bump.points:
        assert compared_with_mpmath(bump, point) == []
        assert compared_with_differences(bump, point) == []
    assert apply(bump, [Value(0.3)])._op == "bump"
