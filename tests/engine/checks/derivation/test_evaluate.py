"""The expressions of derivations: computed as NumPy computes them, on Values too; others are refused."""

import ast
import math

import numpy as np
import pytest

from engine import DerivationError, Value
from engine.checks.derivation.written.evaluate import Scope, evaluate

A = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
NUMBERS = {"x": 0.5, "y": -2.0, "A": A, "v": A[0], "rows": [[1.0, 2.0], [3.0, 4.0]], "lengths": (2, 3)}
HELPERS = {"cube": ast.parse("lambda z: z**3", mode="eval").body}


def computed(text, names=NUMBERS, outside=None):
    return evaluate(ast.parse(text, mode="eval").body, Scope(names, HELPERS, outside or {}))


def test_expressions_are_computed_as_numpy_computes_them() -> None:
    python = {**NUMBERS, "np": np, "math": math, "pi": math.pi, "cube": lambda z: z**3}
    for text in (
        "+x", "x if x > 0 else y", "y if x < y else -x", "2*np.pi*x", "math.pi", "pi",
        "A[:, np.newaxis].shape", "A[None].ndim", "(A > 0).astype(float)", "np.reshape(A, (3, 2))",
        "A.reshape(3, 2)", "A.reshape((6,))", "A.T @ A", "np.transpose(A, (1, 0))", "A.transpose(1, 0)",
        "A.sum(axis=0)", "A[1, -1]", "A[[0, 1, 1]]", "A[[0, 1], [2, 0]]", "v[[2, 0]]", "[x, y, 1]",
        "[A.shape, lengths]", "np.eye(2)*x", "np.outer(v, v)", "(lambda z: z*y)(x)", "cube(A)", "float(x)",
        "len(v)", "np.concatenate([v, v])", "v.copy()", "np.mean(A, axis=1, keepdims=True)", "A // 2",
        "A % 2", "x != y", "lengths[0]", "rows[1][0]", "np.ones_like(A) - np.zeros_like(A)",
    ):  # fmt: skip
        np.testing.assert_allclose(computed(text), eval(text, dict(python)), err_msg=text)  # noqa: S307
    np.testing.assert_array_equal(computed("rows[:, 1]"), [2.0, 4.0])  # lists have columns too
    assert computed("1/(x - 0.5)") == math.inf
    assert math.isnan(computed("(x - 0.5)/0"))


def test_functions_of_the_engine_are_called_by_name_or_as_methods() -> None:
    for text, expected in (
        ("x.tanh()", math.tanh(0.5)),
        ("tanh(x)", math.tanh(0.5)),
        ("np.multiply(x, y)", -1.0),
        ("cube_prime(x)", 3 * 0.25),
        ("tanh_prime(A)", 1 - np.tanh(A) ** 2),
        ("mine_prime(y)", -4.0),
        ("mine(y)", 4.0),
        ("k*x + ks[1]", 1.0 + 4.0),
        ("e", math.e),
    ):
        found = computed(text, outside={"mine": lambda z: z * z, "k": Value(2.0), "ks": [Value(3.0), 4.0]})
        np.testing.assert_allclose(np.asarray(found, float), expected, rtol=1e-14, err_msg=text)


def test_lists_of_values_are_arrays_of_values_with_derivatives() -> None:
    a, b = Value(2.0), Value(3.0)
    names = {"a": a, "b": b, "w": np.array([a, b])}
    made = computed("([[a, b], [b, 1]] @ [a, b]).sum()", names)
    made.backward()  # a² + b² + b·a + b
    assert (made.data, a.grad, b.grad) == (22.0, 2 * 2.0 + 3.0, 2.0 + 2 * 3.0 + 1.0)
    assert computed("[w, [b, a]]", names).tolist() == [[a, b], [b, a]]
    assert [x.data for x in computed("cube_prime(w)", names)] == [12.0, 27.0]


def test_what_is_refused_is_quoted_with_a_remedy() -> None:
    for text, message in (
        ("sigmoid*x", r"'sigmoid' is a function: write sigmoid\(…\)"),
        ("cube + 1", r"'cube' is a function: write cube\(…\)"),
        ("np.linalg", "'np.linalg' cannot be read here"),
        ("x[0]", "only an array or a list has items, and this is 0.5"),
        ("sum(A)", r"of all numbers or along an axis\? Write np.sum\(…\)"),
        ("3(x)", "'3' is not a function"),
        ("cube(x, y)", r"a function of \(z\) was given 2 operands"),
        ("q_prime(x)", "unknown function 'q_prime'"),
        ("np.eye(x)", "np.eye takes a small integer"),
        ("qqq", "unknown name 'qqq'; known: A, lengths"),
        ("[long, long]", "an array of more than 100,000 numbers"),
        ("wide + tall", "an array of more than 100,000 numbers"),
    ):
        with pytest.raises(DerivationError, match=message):
            computed(
                text, NUMBERS | {"long": np.ones(60_000), "wide": np.ones(400), "tall": np.ones((400, 1))}
            )
    long = {"u": np.ones(400), "v": np.full(400, 2.0), "w": np.ones(401)}
    assert computed("(u*v).sum()", long) == 800.0
    with pytest.raises(ValueError, match=r"\(400,\) \(401,\)"):
        computed("u*w", long)
