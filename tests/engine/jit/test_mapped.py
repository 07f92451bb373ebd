"""vmap with axes: against NumPy, against a loop of calls, within other transforms, and as JAX names them."""

from functools import partial
from itertools import product

import numpy as np
import pytest

import engine
from engine import Value, grad, hessian, jit, no_grad, value_and_grad, vmap

A = np.arange(24.0).reshape(2, 3, 4) / 7.0 - 1.0
W = np.array([0.5, -1.5, 2.0])


def quadratic(w, x):
    """A number from two arrays of one shape."""
    return np.sum(w * x * x) - engine.exp(np.sum(w * x) * 0.1)


def by_numpy(w, x):
    return np.sum(w * x * x) - np.exp(np.sum(w * x) * 0.1)


@pytest.mark.unmeasured
def test_any_axis_of_any_argument() -> None:
    rng = np.random.default_rng(0)
    for n, m in product((1, 3), (2, 3)):
        rows, w = rng.normal(size=(n, m)), rng.normal(size=m)
        ws = rng.normal(size=(n, m))
        expected = [by_numpy(w, x) for x in rows]
        cases = [
            ((None, 0), (w, rows)),
            ((None, 1), (w, rows.T)),
            ([None, -1], (w.tolist(), rows.T.tolist())),
        ]
        for in_axes, args in cases:
            np.testing.assert_allclose(
                vmap(lambda w, x: quadratic(np.array(w), np.array(x)), in_axes)(*args), expected, rtol=1e-13
            )
        both = vmap(quadratic, in_axes=(1, 0))(ws.T, rows)
        np.testing.assert_allclose(both, [by_numpy(*pair) for pair in zip(ws, rows, strict=True)], rtol=1e-13)


def test_axes_within_nested_arguments_and_results() -> None:
    p = {"w": W, "b": np.array([1.0, 2.0]), "note": "shared"}
    f = vmap(lambda p, x: p["w"] @ x + p["b"], in_axes=({"w": None, "b": 0, "note": None}, 1))
    X = A[:, :, 0].T
    np.testing.assert_allclose(f(p, X), W @ X + p["b"], rtol=1e-14)
    pair = vmap(lambda xs: xs[0] * xs[1][0] + xs[1][1], in_axes=((0, [None, 0]),))
    assert pair(([1.0, 2.0], [10.0, np.array([3.0, 4.0])])).tolist() == [13.0, 24.0]
    out = vmap(
        lambda x, w: {"outer": np.outer(x, w), "w": w * 2.0, "n": 7},
        (0, None),
        {"outer": 1, "w": None, "n": 0},
    )
    found = out(A[0], W)
    assert found["outer"].shape == (4, 3, 3)
    np.testing.assert_allclose(found["outer"], np.einsum("ij,k->jik", A[0], W), rtol=1e-15)
    assert found["w"].tolist() == (2.0 * W).tolist()
    assert found["n"].tolist() == [7, 7, 7]


def test_arguments_by_keyword_have_their_samples_first() -> None:
    f = vmap(lambda w, x: w * x, in_axes=(None,))
    assert f(2.0, x=[1.0, 2.0]).tolist() == [2.0, 4.0]
    with pytest.raises(TypeError, match=r"argument x, but that is the number 3\.0.*share by position"):
        f(2.0, x=3.0)


def test_nested_maps_and_lists() -> None:
    outer = vmap(vmap(lambda x, y: x * y - y, in_axes=(None, 0)), in_axes=(0, None))
    np.testing.assert_allclose(outer(W, [1.0, 2.0]), np.outer(W - 1.0, [1.0, 2.0]), rtol=1e-15)
    twice = vmap(vmap(lambda x: x[0] * x[1] - x[2], in_axes=1, out_axes=0), in_axes=0, out_axes=1)
    np.testing.assert_allclose(twice(A), (A[:, 0] * A[:, 1] - A[:, 2]).T, rtol=1e-14)


def test_gradients_of_maps_and_maps_of_gradients_agree() -> None:
    X = A[:, :, 1].T  # (3, 2): samples in columns

    def loss(w):
        return np.sum(vmap(quadratic, (None, 1))(w, X))

    each = vmap(grad(quadratic), (None, 1))(W, X)
    numbers, rows = vmap(value_and_grad(quadratic), (None, 1), (0, 1))(W, X)
    expected = np.stack([x * x - 0.1 * x * np.exp(0.1 * W @ x) for x in X.T])
    np.testing.assert_allclose(each, expected, rtol=1e-12)
    np.testing.assert_allclose(rows, expected.T, rtol=1e-12)
    np.testing.assert_allclose(numbers, [by_numpy(W, x) for x in X.T], rtol=1e-13)
    for total in (grad(loss), jit(grad(loss)), grad(jit(loss))):
        found = [g.data if isinstance(g, Value) else g for g in total(W)]
        np.testing.assert_allclose(found, expected.sum(axis=0), rtol=1e-12)
    second = sum(-0.01 * np.outer(x, x) * np.exp(0.1 * W @ x) for x in X.T)
    np.testing.assert_allclose(hessian(loss)(W), second, rtol=1e-11)


def test_gradients_go_to_what_the_samples_share() -> None:
    w = [Value(2.0), Value(-1.0)]
    y = vmap(lambda w, x: w[0] * x + w[1], in_axes=(None, 0))(w, [1.0, 2.0, 3.0])
    np.sum(y).backward()
    assert (w[0].grad, w[1].grad) == (6.0, 3.0)
    with no_grad():
        y = vmap(lambda w, x: w[0] * x + w[1], in_axes=(None, 0))(w, [1.0, 2.0, 3.0])
    assert (y.dtype, y.tolist()) == (float, [1.0, 3.0, 5.0])


def test_programs_are_for_any_number_of_samples() -> None:
    calls = []
    f = vmap(lambda w, x: calls.append(1) or w[0] * x + w[1], in_axes=(None, 0), audit=False)
    for n in (2, 5, 2):
        assert f([2.0, float(n)], np.arange(float(n))).tolist() == [2.0 * i + n for i in range(n)]
    assert f.traces == 1
    g = vmap(lambda w, x: w * x if x > 0.0 else w, in_axes=(None, 0))
    assert g(3.0, [1.0, -1.0, 2.0]).tolist() == [3.0, 3.0, 6.0]


def test_out_axes_of_none_are_for_what_is_the_same_for_all() -> None:
    f = vmap(lambda w, x: (w * 2.0, w * x), in_axes=(None, 0), out_axes=(None, 0))
    shared, each = f(3.0, [1.0, 2.0])
    assert (shared, each.tolist()) == (6.0, [3.0, 6.0])
    w = Value(3.0)
    shared, _ = f(w, [1.0, 2.0])
    shared.backward()
    assert w.grad == 2.0
    g = vmap(lambda x: x * x, out_axes=None)
    with pytest.raises(ValueError, match="out_axes is None for the result, but it differs"):
        g([1.0, 2.0])
    with pytest.raises(ValueError, match="out_axes is None for the result, but it differs"):
        g([Value(1.0), Value(-1.0)])  # the same number, of other Values
    with pytest.raises(ValueError, match="out_axes is None for the result, but it differs"):
        jit(g)([1.0, -1.0])


def test_axes_of_a_method_count_the_object() -> None:
    class Model:
        factor = 2.0

        @partial(vmap, in_axes=(None, None, 1))
        def __call__(self, w, x):
            return self.factor * w * x[0]

        mapped = vmap(lambda self, x: self.factor * x)

    assert Model()(3.0, A[0]).tolist() == (6.0 * A[0, 0]).tolist()
    assert Model().mapped([1.0, 2.0]).tolist() == [2.0, 4.0]


WRONG = {
    "a number": ((0, 1), (3.0, A), TypeError, r"axis 0 of argument 0, but that is the number 3.0.*None"),
    "no such axis": ((0, 3), (A, A), ValueError, r"axis 3 for argument 1, which has 3 axes.*\(2, 3, 4\)"),
    "lengths": ((0, -1), (A, A), ValueError, r"2 \(axis 0 of argument 0, whose.*4 \(axis 2 of argument 1"),
    "of keys": (({"a": 0}, 0), ({"b": A}, A), ValueError, r"\{'a': 0\} for argument 0, which is a dict"),
    "of parts": (([0, 1], 0), ([A, A, A], A), ValueError, r"argument 0, which is a sequence of 3"),
    "not nested": (([0, 1], 0), (A, A), ValueError, r"\[0, 1\] for argument 0, which is an array of shape"),
    "too many": ((0, 0, 0), (A, A), ValueError, "3 entries, but the function was called with 2"),
    "none mapped": ((None, None), (A, A), ValueError, "maps over no axis"),
    "no samples": ((0, None), (np.zeros((0, 2)), A), ValueError, "there are no samples"),
    "text in a dict": (
        ({"a": 0}, 0),
        ({"a": ["b", "c"]}, A),
        TypeError,
        r"argument 0\['a'\], which is not all",
    ),
    "booleans in a dict": (
        ({"a": 0}, 0),
        ({"a": A > 0.0}, A),
        TypeError,
        r"argument 0\['a'\], which is not all",
    ),
    "text": ((0, None), (["a", "b"], A), TypeError, "argument 0 is a list that is not all of numbers"),
}


def test_axes_that_do_not_fit_are_refused_by_name() -> None:
    for in_axes, args, error, message in WRONG.values():
        with pytest.raises(error, match=message):
            vmap(lambda a, b: 1.0, in_axes)(*args)
    for in_axes, error in (
        (None, ValueError),
        ({"a": 0}, TypeError),
        (1.5, TypeError),
        ((0, "b"), TypeError),
    ):
        with pytest.raises(error, match="in_axes"):
            vmap(quadratic, in_axes)
    with pytest.raises(TypeError, match="out_axes must be an integer"):
        vmap(quadratic, out_axes="last")


CASES = {
    "rows": ((None, 0), 0, (3,), (5, 3)),
    "columns": ((None, 1), 1, (3,), (3, 5)),
    "both": ((1, 2), -1, (3, 4), (2, 3, 4)),
}


def test_results_are_those_of_jax() -> None:
    jax = pytest.importorskip("jax")
    rng = np.random.default_rng(1)
    with jax.enable_x64(True):
        for in_axes, out_axes, *shapes in CASES.values():
            w, x = (rng.normal(size=shape) for shape in shapes)
            f = lambda w, x: w * x[..., 0:1] if x.ndim > 1 else w * x * 2.0  # noqa: E731
            theirs = jax.vmap(f, in_axes, out_axes)(w, x)
            np.testing.assert_allclose(vmap(f, in_axes, out_axes)(w, x), theirs, rtol=1e-13)


def test_a_map_is_not_written_as_a_file_and_says_what_is() -> None:
    mapped = vmap(lambda x: x * x)
    mapped(np.arange(3.0))
    for write, how in ((mapped.to_c_source, "as C"), (mapped.to_jax, r"as JAX; jax\.vmap maps it there")):
        with pytest.raises(
            TypeError, match=rf"lift the function of one sample by engine\.jit, .* write that {how}"
        ):
            write()


def test_variables_that_the_function_makes_do_not_make_values_of_numbers() -> None:
    f = vmap(lambda x: engine.log(x) * Value(2.0))
    for numbers in ([1.0, 2.0], [0.0, 2.0], [0.0, 0.0], [1.0]):
        found = f(np.array(numbers))
        assert found.dtype == float
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(found, 2.0 * np.log(numbers), rtol=1e-15)
    kept = []

    def keeping(x):
        kept[:] = kept or [Value(2.0)]
        return engine.log(x) * kept[0] * Value(1.0)

    found = vmap(keeping)(np.array([0.5, 2.0]))
    assert all(isinstance(each, Value) for each in found)
    kept[0].grad = 0.0
    found[1].backward()
    assert kept[0].grad == np.log(2.0)


def test_values_beside_numbers_where_a_sample_is_not_finite() -> None:
    w = Value(3.0)
    for numbers in ([1.0, 2.0], [0.0, 2.0]):
        found = vmap(lambda x, y: engine.log(x) * Value(2.0) + y)(np.array(numbers), [w, 1.0])
        assert all(isinstance(each, Value) for each in found)
        w.grad = 0.0
        found[0].backward()
        assert w.grad == 1.0
