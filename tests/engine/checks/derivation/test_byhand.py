"""Functions and lists as derivations: what Python knows of them is used, and what fails is told."""

import math

import numpy as np
import pytest

from engine import DerivationError, check_derivation, dot, log, sin
from engine import sum as total
from tests.engine.checks.derivation.derivations import NEURON, ds, neuron, s


def test_a_function_of_c_takes_the_arguments_in_order() -> None:
    assert check_derivation(sin, math.cos, 0.5)
    assert check_derivation(lambda x: x * log(x) - x, math.log, 0.5)  # Python knows no parameters of it
    wrong = check_derivation(sin, math.sin, 0.5)
    assert (wrong.ok, wrong.first_wrong.line) == (False, "return 0")


def test_parameters_of_other_names_stand_for_the_arguments_in_order() -> None:
    def of_others(weight, bias, given, target, scale=1.0):
        out = s(weight * given + bias)
        d = (out - target) * ds(weight * given + bias) * scale
        return d * given, d

    def wrong(weight, bias, given, target):
        d = (s(weight * given + bias) - target) * ds(weight * given + bias)
        return d * weight, d

    assert check_derivation(neuron, of_others, *NEURON)
    found = check_derivation(neuron, wrong, *NEURON)
    assert (found.first_wrong.line, found.slip) == ("return 0", "wrong variable")


def test_what_a_function_raises_is_told() -> None:
    def gradient(w, b, x, t):
        for k in range(3):
            e = [x][k]
        return e

    with pytest.raises(DerivationError, match="gradient raised IndexError: list index"):
        check_derivation(neuron, gradient, *NEURON)


def test_a_function_that_calls_what_a_text_may_not_is_judged_as_it_is() -> None:
    def gradient(x):
        scale = math.copysign(2.0, x)
        return scale * abs(x)

    def wrong(x):
        scale = math.copysign(2.0, -x)
        return scale * abs(x)

    assert check_derivation(lambda x: x * x, gradient, 0.5)
    assert check_derivation(lambda x: x * x, wrong, 0.5).slip == "sign"


def test_a_list_of_gradients_of_other_shapes_is_one_for_each_argument() -> None:
    def gradients(W, b):
        found = []
        for x in (W, b):
            found.append(2 * x)
        return found

    W, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    assert check_derivation(lambda W, b: (W * W).sum() + (b * b).sum(), gradients, W, b)
    assert not check_derivation(lambda W, b: (W * W).sum() + b.sum(), gradients, W, b)


def test_lists_of_numbers_are_arrays_where_they_have_the_form_of_one() -> None:
    point = [1.0, 2.0], [3.0, 4.0]
    assert check_derivation(lambda w, x: dot(w, x) ** 2, {"dw": "2*dot(w, x)*x"}, *point)
    assert not check_derivation(lambda w, x: dot(w, x) ** 2, {"dw": "2*dot(w, x)*w"}, *point)
    ragged = [[1.0, 2.0], [3.0]]
    squares = lambda w: total([x * x for row in w for x in row])  # noqa: E731
    assert check_derivation(squares, lambda w: [[[2 * x for x in row] for row in w]], ragged)
    weighted = lambda w, k: total([x for row in w for x in row]) * k  # noqa: E731
    assert check_derivation(weighted, {"dk": "sum(w[0]) + sum(w[1])"}, ragged, 2.0)
    scaled = lambda w, k: total([x * k for x in w[0]]) + w[1][0] * tripled(k)  # noqa: E731
    found = check_derivation(scaled, "dw = of_weights(k); dk = w[0][0] + w[0][1] + 0*dw[0][0]", ragged, 2.0)
    assert {each.line: each.status for each in found.findings} == {"dw": "right", "dk": "wrong"}
    backward = "dw = of_weights(-k); dk = 3*w[1][0] + sum(w[0]) + 0*dw[1][0]"
    found = check_derivation(scaled, backward, ragged, 2.0)
    assert {each.line: each.status for each in found.findings} == {"dw": "wrong", "dk": "right"}


def tripled(k):
    return 3.0 * k


def of_weights(k):
    return [[k, k], [tripled(k)]]


def test_what_is_no_number_is_refused_as_such() -> None:
    found = check_derivation(lambda w: named(w) and w * w, {"dw": "named(w)"}, 2.0)
    assert (found.ok, found.first_wrong.message) == (False, "it gives no numbers")
    with pytest.raises(TypeError, match=r"wrt must be names of arguments of f, or Values.*\['w', 3\]"):
        check_derivation(neuron, {"dw": "x"}, *NEURON, wrt=["w", 3])


def named(w):
    return f"twice {w}"


def squares(w, x, t):
    s = 0.0
    for i in range(len(x)):
        s = s + (w * x[i] - t[i]) ** 2
    return s


SQUARES = 0.5, np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 0.0])


def test_a_counter_of_a_loop_is_no_row_and_what_a_loop_sets_shows_its_own_line() -> None:
    def backward(w, x, t):
        dw, dx = 0.0, []
        for i, (xi, ti) in enumerate(zip(x, t, strict=True)):
            e = 2 * (w * xi - ti)
            dw += e * x[i]
            dx.append(e)
        return {"w": dw, "x": dx}

    report = check_derivation(squares, backward, *SQUARES)
    assert [each.line for each in report.findings] == ["dw", "dx", "e"]
    assert (report.first_wrong.line, report.first_wrong.number, report.first_wrong.text) == ("dx", 6, "e")


def test_nothing_in_place_of_a_formula_is_no_gradient_of_that_one() -> None:
    right = "2*np.sum((w*x - t)*x)"
    assert check_derivation(squares, {"dx": None, "dw": right, "dt": None}, *SQUARES)
    assert not check_derivation(squares, {"dx": None, "dw": right}, *SQUARES, wrt=["w", "x"])
    with pytest.raises(DerivationError, match="has no line"):
        check_derivation(squares, {"dw": None}, *SQUARES)


def test_each_of_several_lambdas_in_one_line_is_read_from_its_own_place() -> None:
    f = lambda w, b: (2 * w + b) ** 2  # noqa: E731
    for mine, text in ((lambda w, b: (4 * w + b, 1.0), "4 * w + b"), (lambda w, b: (w * b, 2 * w), "w * b")):
        report = check_derivation(f, mine, 1.0, 2.0)
        assert (report.first_wrong.text, report.first_wrong.number) == (text, 1)
    both = (lambda w, b: ([1.0],)), (lambda w, b: (None, 2 * (2 * w + b)))
    assert [check_derivation(f, mine, 1.0, 2.0).ok for mine in both] == [False, True]
    assert check_derivation(f, both[0], 1.0, 2.0).first_wrong.text == "[1.0]"
    assert check_derivation(f, lambda w, b: [4 * (2 * w + b), 2 * (2 * w + b)], 1.0, 2.0)


def test_a_line_without_a_text_is_named_by_its_place() -> None:
    wrong = {"w": np.zeros(3)}
    report = check_derivation(squares, lambda w, x, t: wrong, *SQUARES)
    shown = str(report).splitlines()
    assert shown[:2] == ["wrong: result w", "  result w"]
    mixed = check_derivation(squares, {"dw": "np.sum((w*x - t)*x[:2])"}, *SQUARES)
    assert mixed.slip == "wrong shape"
    for text in (str(report), str(mixed)):
        assert not any(line != line.rstrip() or not line for line in text.splitlines())


def test_a_transpose_of_a_transpose_is_written_as_none() -> None:
    W, x, t = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]]), np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0])
    text = "dy = 2*(y - t); dW = np.outer(dy, x); dx = dy @ dW.T"
    report = check_derivation("y = W @ x; E = np.sum((y - t)**2)", text, {"W": W, "x": x, "t": t})
    assert report.first_wrong.repair == "dy @ W"
