"""Results of samples put together: constants, nestings, and gradients through vmap."""

from collections import namedtuple

import numpy as np
import pytest

import engine
from engine import TraceError, Value, grad, hessian, jacobian, jit, jvp, no_grad, value_and_grad, vmap
from engine.jit.samples import mean_of, scattered, stacked

Pair = namedtuple("Pair", "first second")
XS = np.arange(3.0)

CONSTANTS = {
    "a float": (lambda x: 1.0, [1.0, 1.0, 1.0]),
    "an int": (lambda x: 2, [2, 2, 2]),
    "a boolean": (lambda x: True, [True, True, True]),
    "a NumPy number": (lambda x: np.float64(1.5), [1.5, 1.5, 1.5]),
    "an array": (lambda x: np.array([1.0, 2.0]), [[1.0, 2.0]] * 3),
    "a Value": (lambda x: Value(3.0), [3.0, 3.0, 3.0]),
    "a boolean by the sample": (lambda x: x > 0.5, [False, True, True]),
    "a number by the sample": (lambda x: 1.0 if x > 0.5 else 2, [2.0, 1.0, 1.0]),
    "an array of both": (lambda x: np.array([x, 1.0], dtype=object), [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_result_has_an_axis_of_samples(name) -> None:
    f, expected = CONSTANTS[name]
    for lifted in (vmap(f), vmap(lambda x: (x * 2.0, [f(x)], {"k": f(x)}))):
        found = lifted(XS)
        if isinstance(found, tuple):
            assert found[0].tolist() == [0.0, 2.0, 4.0]
            np.testing.assert_array_equal(found[1][0], found[2]["k"])
            found = found[1][0]
        assert isinstance(found, np.ndarray)
        assert found.tolist() == expected
    assert vmap(f)(XS[:1]).tolist() == expected[:1]


def test_what_is_no_number_stays_as_it_is() -> None:
    found = vmap(lambda x: Pair(x, ("label", None)))(XS)
    assert isinstance(found, Pair)
    assert found.second == ("label", None)
    with pytest.raises(TraceError, match="differs from sample to sample"):
        vmap(lambda x: (x, "large" if x > 1.0 else "small"))(XS)


def test_results_of_three_ways_one_of_which_is_nested_otherwise_are_refused() -> None:
    w, xs = Value(0.5), [1.0, 4.0, -1.0]
    for third in ([2.0], 2.0, (2.0, 1.0), {"a": 1.0}):

        def f(x, third=third):
            return [x, 1.0] if w * x > 1.0 else [x, 3.0] if w * x > 0.0 else third

        for lifted in (vmap(f), jit(f, batch=True)):
            with pytest.raises(TraceError, match="differs from sample to sample"):
                lifted(xs)
            with pytest.raises(TraceError, match="differs from sample to sample"):
                no_grad(lifted)(xs)


def test_constant_results_of_other_lifts() -> None:
    assert jit(lambda x: 1.0)(2.0) == 1.0
    assert jit(lambda x: (1.0, x, [True, "a"]))(2.0)[2] == [True, "a"]
    assert jit(lambda x: 1.0, batch=True)([1.0, 2.0]) == 1.0
    assert jit(lambda x: (1.0, x, "a"), batch=True)([1.0, 2.0])[0] == 1.0
    found = jit(lambda x: (1.0 if x > 1.0 else 4.0, x), batch=True)([1.0, 2.0, 3.0])
    assert (found[0], found[1].data) == pytest.approx((2.0, 2.0))


def test_results_are_not_shared_between_calls() -> None:
    f = jit(lambda x: (x, np.zeros(2), {1, 2}))
    first = f(1.0)
    first[1][:] = 5.0
    first[2].add(3)
    again = f(1.0)
    assert again[1].tolist() == [0.0, 0.0]
    assert again[2] == {1, 2}


def cube(x):
    return x * x * x


A = np.array([1.0, 2.0, -0.5])

THROUGH = {
    "grad": (lambda: grad(lambda a: vmap(cube)(a).sum())(A), 3.0 * A**2),
    "grad by a list": (lambda: grad(lambda a: vmap(cube)(a).sum())(A.tolist()), 3.0 * A**2),
    "value_and_grad": (lambda: value_and_grad(lambda a: vmap(cube)(a).sum())(A)[1], 3.0 * A**2),
    "jacobian": (lambda: jacobian(lambda a: vmap(cube)(a))(A), np.diag(3.0 * A**2)),
    "hessian": (lambda: hessian(lambda a: vmap(cube)(a).sum())(A), np.diag(6.0 * A)),
    "jvp": (lambda: jvp(lambda a: vmap(cube)(a).sum(), (A,), (A,))[1], 3.0 * np.sum(A**3)),
    "captured": (lambda: grad(lambda w: vmap(lambda x: w * cube(x))(A).sum())(2.0), np.sum(A**3)),
    "captured twice": (
        lambda: grad(grad(lambda w: vmap(lambda x: w * w * x)(A).sum()))(2.0),
        2.0 * np.sum(A),
    ),
    "a tuple": (lambda: grad(lambda a: vmap(lambda x: (x, x * x))(a)[1].sum())(A), 2.0 * A),
    "of a derivative": (lambda: grad(lambda a: vmap(grad(cube))(a).sum())(A), 6.0 * A),
    "inside jit": (lambda: [float(g) for g in jit(grad(lambda a: vmap(cube)(a).sum()))(A)], 3.0 * A**2),
    "jit": (lambda: grad(lambda a: engine.sum([jit(cube)(x) for x in a]))(A), 3.0 * A**2),
    "jit of a batch": (lambda: grad(lambda a: jit(cube, batch=True)(a))(A), A**2),
    "jit captured": (lambda: grad(lambda w: jit(lambda x: w * cube(x), batch=True)(A))(2.0), np.mean(A**3)),
}


@pytest.mark.parametrize("name", THROUGH)
def test_gradients_pass_through(name) -> None:
    found, expected = THROUGH[name]
    np.testing.assert_allclose(np.asarray(found(), dtype=float), expected, rtol=1e-12)


def test_values_among_the_samples_make_values() -> None:
    xs, w = [Value(1.0), Value(2.0)], Value(3.0)
    f = vmap(lambda x: w * x * x)
    y = f(xs)
    y.sum().backward()
    assert ([x.grad for x in xs], w.grad) == ([6.0, 12.0], 5.0)
    with engine.no_grad():
        assert f(xs).dtype == float


def squares_of(w):
    """Losses of a parameter through vmap, and their derivative by it at 2."""
    xs = np.array([1.0, 2.0])
    product = 3.0 * w  # made before, and a result itself
    own = engine.custom_op(lambda a: 3.0 * a, lambda a: 3.0, name="own_triple")
    inner = vmap(lambda x: w * x)
    return {
        "a sum": (lambda: vmap(lambda x: (w * x - 1.0) ** 2)(xs).mean(), 7.0),
        "of a result": (lambda: vmap(lambda x: product * x)(xs).sum(), 9.0),
        "the parameter itself": (lambda: vmap(lambda x: w)(xs).sum(), 2.0),
        "a tuple": (lambda: vmap(lambda x: (x, [w * x]))(xs)[1][0].sum(), 3.0),
        "an array": (lambda: vmap(lambda x: np.array([w * x, 1.0], dtype=object))(xs)[:, 0].sum(), 3.0),
        "one way of two": (lambda: vmap(lambda x: w * x if x > 1.0 else 2.0 * x)(xs).sum(), 2.0),
        "more ways than programs": (lambda: vmap(lambda x: w * x * int(x))(np.arange(40.0)).sum(), 20540.0),
        "not finite": (lambda: vmap(lambda x: w * engine.where(x, x.log(), 1.0))([0.0, 1.0]).sum(), 1.0),
        "one's own operator": (lambda: vmap(lambda x: own(w) * x)(xs).sum(), 9.0),
        "a derivative": (lambda: vmap(grad(lambda x: w * x * x))(xs).sum(), 6.0),
        "inside as written": (lambda: jit(lambda x: inner(xs).sum() * x, batch=True)([1.0, 3.0]), 6.0),
        "inside a loop of jit": (lambda: jit(lambda x: inner(xs).sum() * x)(2.0), 6.0),
        "inside vmap": (lambda: vmap(lambda x: inner(xs).sum() * x)([1.0, 3.0]).sum(), 12.0),
    }


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", squares_of(Value(2.0)))
def test_gradients_go_to_captured_parameters(name) -> None:
    w = Value(2.0)
    loss, expected = squares_of(w)[name]
    for calls in (1, 2):
        (loss() + 0.1 * w * w).backward()
        assert w.grad == pytest.approx(calls * (expected + 0.4), rel=1e-12)


@pytest.mark.parametrize("watched", [False, True])
def test_numbers_where_nothing_captured_takes_a_gradient(watched) -> None:
    w, fixed = Value(2.0), Value(2.0)
    fixed.requires_grad = False
    with engine.detect_anomaly() if watched else engine.no_grad():
        assert vmap(lambda x: fixed * x)(XS).dtype == float
        assert vmap(lambda x: x * x)(XS).dtype == float
    with engine.no_grad():
        assert vmap(lambda x: w * x)(XS).tolist() == [0.0, 2.0, 4.0]
        assert vmap(lambda x: w)(XS).dtype == float
    assert vmap(lambda x: fixed * x)(XS).dtype == float
    assert vmap(lambda x: engine.where(x, engine.log(x), 1.0))(XS).dtype == float
    assert vmap(value_and_grad(lambda x: x * x))(XS)[1].dtype == float


def test_means_and_stacks_of_nested_results() -> None:
    nested = [
        {"a": [Value(1.0), 2], "b": (True, np.array([1.0, 3.0]))},
        {"a": [3.0, 2], "b": (True, np.ones(2))},
    ]
    found = mean_of(nested)
    assert (found["a"][0].data, found["a"][1], found["b"][0]) == (2.0, 2, True)
    assert found["b"][1].tolist() == [1.0, 2.0]
    assert mean_of([Value(1.0), Value(4.0)], counts=[2, 1]).data == 2.0
    arrays = stacked(nested, as_graph=False)
    assert arrays["a"][0].tolist() == [1.0, 3.0]
    assert arrays["b"][1].tolist() == [[1.0, 3.0], [1.0, 1.0]]
    assert stacked(nested, as_graph=True)["a"][0].dtype == object
    parts = scattered([(np.array([1.0, 3.0]), "s"), (np.array([2]), "s")], [np.array([0, 2]), np.array([1])])
    assert (parts[0].tolist(), parts[1]) == ([1.0, 2.0, 3.0], "s")


@pytest.mark.parametrize(
    "results", [[[1.0], [1.0, 2.0]], [{"a": 1.0}, {"b": 1.0}], ["a", "b"], [(1.0,), [1.0]]]
)
def test_results_that_differ_in_kind_are_refused(results) -> None:
    with pytest.raises(TraceError, match="differs from sample to sample"):
        mean_of(results)


def test_the_mean_of_arrays_keeps_what_is_not_a_number() -> None:
    first, second = (np.array([Value(x), "a"], dtype=object) for x in (1.0, 2.0))
    mean, text = mean_of([first, second])
    assert (mean.data, text) == (1.5, "a")
