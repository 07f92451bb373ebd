"""A student's own two layers in NumPy, with names of their own, and the mistakes that one makes."""

import importlib.util

import numpy as np
import pytest

from engine import check_derivation

SOURCE = """
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def dsig(z):
    return sigmoid(z) * (1 - sigmoid(z))


def mine(W1, b1, W2, b2, X, Y):
    N = len(X)
    a1 = X @ W1 + b1
    h = sigmoid(a1)
    a2 = h @ W2 + b2
    out = sigmoid(a2)
    e2 = 2 / N * (out - Y) * dsig(a2)
    gW2 = h.T @ e2
    gb2 = e2.sum(0)
    e1 = e2 @ W2.T * dsig(a1)
    gW1 = X.T @ e1
    gb1 = e1.sum(0)
    return gW1, gb1, gW2, gb2
"""

MISTAKES = [
    ("e2 = 2 / N *", "e2 = 2 *", "e2", "sum for mean"),
    ("dsig(a2)", "dsig(out)", "e2", "derivative of the output"),
    ("(out - Y)", "(Y - out)", "e2", "sign"),
    ("e2 @ W2.T", "e2 @ gW2.T", "e1", "gradient for weight"),
    ("e2 @ W2.T", "e2 @ W2", "e1", "transposed matrix"),
    ("e2 @ W2.T * dsig(a1)", "e2 @ W2.T", "e1", "chain broken"),
    ("e1.sum(0)", "e1.mean(0)", "gb1", "mean for sum"),
    ("X.T @ e1", "e1.T @ X", "gW1", "wrong order"),
    ("h.T @ e2", "a1.T @ e2", "gW2", "wrong variable"),
]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, X, Y):
    h = sigmoid(X @ W1 + b1)
    out = sigmoid(h @ W2 + b2)
    return np.mean(np.sum((out - Y) ** 2, axis=1))


@pytest.mark.unmeasured
def test_each_mistake_of_a_student_is_found_in_its_line_by_name(tmp_path) -> None:
    rng = np.random.default_rng(2)
    point = (
        rng.normal(size=(2, 4)), rng.normal(size=4), rng.normal(size=(4, 3)), rng.normal(size=3),
        rng.normal(size=(6, 2)), rng.random((6, 3)),
    )  # fmt: skip
    for number, (old, new, line, slip) in enumerate([("", "", "", ""), *MISTAKES]):
        path = tmp_path / f"student{number}.py"
        assert old in SOURCE
        path.write_text(SOURCE.replace(old, new) if old else SOURCE, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        report = check_derivation(loss, module.mine, *point)
        if not old:
            assert report.ok
            continue
        first = report.first_wrong
        assert (first.line, first.slip) == (line, slip), (new, str(report))
        assert (
            f"    {first.line} = " in path.read_text("utf-8").splitlines()[first.number + 11]
        )  # from its def
