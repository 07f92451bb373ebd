"""The functions with a signature of their own (sum, dot, softmax, log_softmax), and what all of them take."""

import math

import mpmath
import numpy as np
import pytest
from mpmath import mp

import engine
from engine import Value, topological_order
from engine.node.functions import FUNCTIONS

SEQUENCE = ("sum", "prod", "norm", "mean", "max", "min", "logsumexp", "softmax", "log_softmax", "var", "std")


def values(*numbers: float) -> list[Value]:
    return [Value(x) for x in numbers]


# -- sum ----------------------------------------------------------------------------------------------


def test_sum_is_one_node() -> None:
    xs = values(1.0, 2.0, 3.0)
    total = engine.sum(xs)
    assert (total.data, total._op, total._children) == (6.0, "sum", tuple(xs))
    assert len(topological_order(total)) == 4


def test_sum_of_numbers_is_a_float() -> None:
    assert (engine.sum([1, 2.5]), type(engine.sum([1, 2.5]))) == (3.5, float)
    assert engine.sum([]) == 0.0
    assert engine.sum(range(4)) == 6.0
    assert engine.sum(np.array([1.0, 2.0])) == 3.0


def test_sum_starts_where_it_is_told() -> None:
    x, start = Value(2.0), Value(10.0)
    assert engine.sum([x, 1.0], 5).data == 8.0
    assert engine.sum([x], start=0)._op == "sum"
    total = engine.sum([x, 1.0], start)
    total.backward()
    assert (total.data, x.grad, start.grad) == (13.0, 1.0, 1.0)
    assert engine.sum([], start).data == 10.0
    assert engine.sum([1.0], 2.0) == 3.0


def test_sum_of_a_generator() -> None:
    ws, xs = values(1.0, 2.0), [3.0, 4.0]
    assert engine.sum(w * x for w, x in zip(ws, xs, strict=True)).data == 11.0


# -- dot ----------------------------------------------------------------------------------------------


def test_dot_is_one_node_with_the_partners_as_slopes() -> None:
    ws, xs = values(0.5, -1.0), values(2.0, 3.0)
    node = engine.dot(ws, xs)
    assert (node.data, node._op) == (-2.0, "dot")
    assert node._children == (*ws, *xs)
    node.backward()
    assert [w.grad for w in ws] == [2.0, 3.0]
    assert [x.grad for x in xs] == [0.5, -1.0]


def test_dot_takes_numbers_arrays_and_generators_on_either_side() -> None:
    ws = values(0.5, -1.0)
    assert engine.dot([2.0, 3.0], ws).data == -2.0
    assert engine.dot(np.array([2.0, 3.0]), np.array(ws)).data == -2.0
    assert engine.dot((w for w in ws), iter([2.0, 3.0])).data == -2.0
    assert engine.dot([1, 2], [3, 4]) == 11.0
    assert engine.dot([], []) == 0.0


def test_dot_of_different_lengths_names_both() -> None:
    with pytest.raises(ValueError, match="different lengths: 2 and 3"):
        engine.dot(values(1.0, 2.0), [1.0, 2.0, 3.0])


# -- softmax and log_softmax --------------------------------------------------------------------------


def test_softmax_of_the_lecture() -> None:
    shares = engine.softmax(values(1.2, 0.9, 0.4))
    assert [p.data for p in shares] == pytest.approx([0.46, 0.34, 0.20], abs=0.006)


@pytest.mark.parametrize(
    "logits", [(0.3, -1.2, 2.5), (700.0, -700.0, 710.0), (0.0, -40.0), (5.0,), (1.0, 1.0)]
)
def test_softmax_and_its_gradients_are_those_of_mpmath(logits) -> None:
    with mp.workdps(400):
        powers = [mp.exp(x) for x in logits]
        exact = [power / mp.fsum(powers) for power in powers]
        slopes = [[float(p * ((i == j) - q)) for j, q in enumerate(exact)] for i, p in enumerate(exact)]
        logs = [float(mp.log(p)) for p in exact]
        log_slopes = [[float((i == j) - q) for j, q in enumerate(exact)] for i, _ in enumerate(exact)]
    xs = values(*logits)
    for functions, numbers, gradients in (
        (engine.softmax, [float(p) for p in exact], slopes),
        (engine.log_softmax, logs, log_slopes),
    ):
        results = functions(xs)
        assert [y.data for y in results] == pytest.approx(numbers, rel=1e-14, abs=1e-305)
        assert functions(list(logits)) == pytest.approx(numbers, rel=1e-14, abs=1e-305)
        for y, expected in zip(results, gradients, strict=True):
            engine.zero_grad(xs)
            y.backward()
            assert [x.grad for x in xs] == pytest.approx(expected, rel=1e-13, abs=1e-16)


@pytest.mark.parametrize("likely", [0.0, 50.0])
def test_log_softmax_of_many_takes_memory_by_their_number_and_keeps_its_digits(likely) -> None:
    xs = values(*np.random.default_rng(0).normal(size=20_000))  # by the square it would be 6 GB
    xs[7].data += likely
    found = engine.log_softmax(xs)
    with mp.workdps(40):
        powers = [mp.exp(x.data) for x in xs]
        total = mp.fsum(powers)
        shares = [power / total for power in powers]
        for i in (0, 7, 19_999):
            assert found[i].data == pytest.approx(float(mp.log(shares[i])), rel=1e-14)
            engine.zero_grad(xs)
            found[i].backward()
            wanted = [float((i == j) - share) for j, share in enumerate(shares)]
            assert [x.grad for x in xs] == pytest.approx(wanted, rel=1e-12, abs=0.0)
    assert engine.log_softmax([x.data for x in xs]) == [y.data for y in found]
    assert all(map(math.isnan, engine.log_softmax([math.nan, *[0.0] * 20_000])))


@pytest.mark.parametrize("far", [1e8, 1e15, -1e15])
def test_log_softmax_of_many_large_logits_is_that_of_their_differences(far) -> None:
    near = [float(x) for x in np.random.default_rng(0).integers(-9, 9, 300)]
    found = engine.log_softmax(values(*[far + x for x in near]))
    assert [y.data for y in found] == [y.data for y in engine.log_softmax(values(*near))]


def test_log_softmax_of_many_refuses_and_takes_what_that_of_few_does() -> None:
    for count in (4, 300):
        with pytest.raises(TypeError, match="operand of log_softmax must be a real number, got None"):
            engine.log_softmax([*values(1.0) * count, None])
        for far in (10**400, math.inf):
            assert all(math.isnan(y.data) for y in engine.log_softmax([*values(1.0) * count, far]))


def test_softmax_of_far_apart_logits_is_exact() -> None:
    assert [p.data for p in engine.softmax(values(1000.0, 0.0))] == [1.0, 0.0]
    assert engine.softmax([-1000.0, -1000.0]) == [0.5, 0.5]
    assert [p.data for p in engine.log_softmax(values(1000.0, 0.0))] == [0.0, -1000.0]


def test_softmax_of_two_is_the_sigmoid_of_the_difference() -> None:
    a, b = Value(0.7), Value(-1.1)
    assert engine.softmax([a, b])[0].data == pytest.approx((a - b).sigmoid().data, rel=1e-15)


def test_softmax_of_nothing_is_nothing() -> None:
    assert engine.softmax([]) == []
    assert engine.log_softmax([]) == []
    assert engine.softmax(iter(())) == []


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_a_list_of_what_it_is_given(name) -> None:
    function = FUNCTIONS[name]
    numbers = function((0.5, 1.5))
    assert [type(p) for p in numbers] == [float, float]
    mixed = function([Value(0.5), 1.5])
    assert [type(p) for p in mixed] == [Value, Value]
    assert [p.data for p in mixed] == numbers
    assert [p.data for p in function(np.array(values(0.5, 1.5)))] == numbers


def test_shares_add_up_to_one() -> None:
    shares = engine.softmax(values(0.1, -3.0, 2.2, 0.5))
    total = engine.sum(shares)
    assert total.data == pytest.approx(1.0, rel=1e-15)


# -- what all of them take ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["max", "min", "mean", "logsumexp"])
def test_a_sequence_function_without_numbers_is_an_error(name) -> None:
    for empty in ([], (), np.array([])):
        with pytest.raises(ValueError, match=rf"{name}\(\) of no numbers.*pass at least one"):
            FUNCTIONS[name](empty)
    with pytest.raises(ValueError, match=rf"{name}\(\) of no numbers"):
        FUNCTIONS[name]()


def test_a_product_of_nothing_is_one() -> None:
    assert engine.prod([]) == 1.0


@pytest.mark.parametrize("name", SEQUENCE)
@pytest.mark.parametrize("intruder", [Value(1.0), 3.0, "ab", b"ab", None], ids=repr)
def test_a_sequence_function_needs_a_sequence(name, intruder) -> None:
    with pytest.raises(TypeError, match=rf"{name}\(\) takes a sequence of Values and numbers, got"):
        FUNCTIONS[name](intruder)


@pytest.mark.parametrize("name", SEQUENCE)
def test_a_sequence_function_needs_one_dimension(name) -> None:
    with pytest.raises(TypeError, match=rf"{name}\(\) takes one dimension, got an array of shape \(2, 2\)"):
        FUNCTIONS[name](np.ones((2, 2)))


@pytest.mark.parametrize("intruder", [3.0, Value(1.0), None], ids=repr)
def test_dot_needs_sequences(intruder) -> None:
    for operands in ((intruder, [1.0]), ([1.0], intruder)):
        with pytest.raises(TypeError, match=r"dot\(\) takes a sequence"):
            engine.dot(*operands)


def test_functions_named_like_builtins_do_what_these_do() -> None:
    numbers = [3.0, -1.0, 2.0]
    assert engine.max(numbers) == max(numbers)
    assert engine.min(*numbers) == min(numbers)
    assert engine.sum(numbers) == sum(numbers)
    assert engine.abs(-3.0) == 3.0
    assert engine.pow(2.0, 10) == 1024.0


def test_a_star_import_leaves_the_builtins_alone() -> None:
    assert not {"abs", "max", "min", "pow", "sum"} & set(engine.__all__)
    assert {"exp", "softmax", "where", "Value", "grad"} <= set(engine.__all__)
    assert all(hasattr(engine, name) for name in engine.__all__)


def test_an_array_of_numbers_gives_floats_and_one_of_values_gives_values() -> None:
    numbers = np.array([[0.0, 1.0], [2.0, 3.0]])
    result = engine.tanh(numbers)
    assert (result.dtype, result.shape) == (float, (2, 2))
    np.testing.assert_allclose(result, np.tanh(numbers), rtol=1e-15)
    mixed = engine.hypot(np.array(values(3.0, 5.0)), np.array([4.0, 12.0]))
    assert mixed.dtype == object
    assert [x.data for x in mixed] == [5.0, 13.0]
    assert type(engine.exp(np.array(0.0))) is float  # no dimensions: a number


def test_where_takes_comparisons_numbers_and_values_as_conditions() -> None:
    x = Value(2.0)
    for condition in (x > 1.0, True, 1.0, np.True_, Value(1.0)):
        chosen = engine.where(condition, x * 3.0, 0.0)
        assert chosen.data == 6.0
    assert engine.where(False, 1.0, 2.0) == 2.0


@pytest.mark.parametrize(("name", "operands"), [("exp", "x"), ("hypot", "a, b"), ("clip", "x, low, high")])
def test_wrong_operands_are_an_error_with_the_signature(name, operands) -> None:
    with pytest.raises(TypeError, match=rf"{name}\({operands}\): missing a required argument"):
        FUNCTIONS[name]()
    count = operands.count(",") + 1
    with pytest.raises(TypeError, match=rf"{name}\({operands}\): got an unexpected keyword argument 'wrong'"):
        FUNCTIONS[name](*[1.0] * count, wrong=2.0)


def test_a_nan_is_handed_on() -> None:
    x = Value(math.nan)
    for name in ("sum", "prod", "norm", "mean", "max", "min", "logsumexp", "var", "std"):
        assert math.isnan(FUNCTIONS[name]([x, 1.0]).data)


# -- spread -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("name", ["var", "std"])
def test_spread_is_that_of_numpy(name, ddof) -> None:
    numbers = [1.5, -2.0, 0.25, 7.0]
    expected = getattr(np, name)(numbers, ddof=ddof)
    assert FUNCTIONS[name](numbers, ddof) == pytest.approx(expected, rel=1e-15)
    assert FUNCTIONS[name](values(*numbers), ddof).data == pytest.approx(expected, rel=1e-15)
    assert engine.gradcheck(lambda xs: FUNCTIONS[name](xs, ddof), numbers)


def test_std_of_equal_numbers_is_flat_where_that_of_numpy_is_nan() -> None:
    xs = values(2.0, 2.0, 2.0)
    engine.std(xs).backward()
    assert [x.grad for x in xs] == [0.0, 0.0, 0.0]
    xs = values(2.0, 2.0)
    np.std(np.array(xs)).backward()
    assert all(math.isnan(x.grad) for x in xs)


def test_std_neither_overflows_nor_underflows() -> None:
    assert engine.std([3e200, -3e200]) == pytest.approx(3e200, rel=1e-15)
    assert engine.std([3e-200, -3e-200]) == pytest.approx(3e-200, rel=1e-15, abs=0.0)


@pytest.mark.parametrize(("xs", "ddof"), [([], 0), ([1.0], 1), ([1.0, 2.0], 2)])
@pytest.mark.parametrize("name", ["var", "std"])
def test_spread_of_too_few_is_an_error(name, xs, ddof) -> None:
    with pytest.raises(
        ValueError, match=rf"{name}\(\) with ddof={ddof} needs more than {ddof} numbers, got {len(xs)}"
    ):
        FUNCTIONS[name](xs, ddof)


# -- softmax near 1 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "logits", [[40.0, 0.0], [0.0, 1.0, 50.0], [3.0, 3.0, 3.0], [0.5, -300.0], [700.0, 690.0, -1e3]]
)
def test_derivatives_of_softmax_keep_their_digits(logits) -> None:
    with mpmath.workdps(800):
        powers = [mpmath.exp(mpmath.mpf(z)) for z in logits]
        p = [power / sum(powers) for power in powers]
        rest = [sum(q for k, q in enumerate(p) if k != j) for j in range(len(p))]
        expected = [
            [float(p[i] * (rest[i] if i == j else -p[j])) for j in range(len(p))] for i in range(len(p))
        ]
    for differentiate in (engine.jacrev, engine.jacfwd):
        found = differentiate(engine.softmax)(logits)
        assert [list(row) for row in found] == [pytest.approx(row, rel=1e-14, abs=0.0) for row in expected]


@pytest.mark.parametrize("name", SEQUENCE)
def test_one_value_among_the_operands_makes_the_result_a_value(name) -> None:
    for xs in ([Value(0.5)], [1.0, Value(0.5)], [Value(0.5), 2.0]):
        result = FUNCTIONS[name](xs)
        assert all(isinstance(x, Value) for x in (result if isinstance(result, list) else [result]))
