"""The functions that derivations are of: indices, helpers, captured Values, texts, and what cannot be one."""

import numpy as np
import pytest

from engine import DerivationError, Value, check_derivation, tanh
from engine.checks.derivation.forward import shape_of
from engine.checks.derivation.setting import setting_of


def activation(z):
    inner = 2.0 * z
    return tanh(inner)


def test_what_is_no_function_with_one_result_is_refused_with_a_remedy() -> None:
    def f(x, t):
        return (x - t) ** 2

    w = Value(2.0)
    for given, point, error, message in (
        (3, (1.0,), TypeError, "f must be a function, or lines of text that end in the loss; got 3"),
        (f, (), TypeError, r"f\(x, t\) does not take the 0 given"),
        (lambda: w * w, (), ValueError, r"give the numbers .*, or the Values that f uses, as wrt=\[w, b\]"),
        (f, (1.0, 2.0, 3.0), TypeError, r"f\(x, t\) does not take the 3 given: too many"),
        (lambda x, t: (x, t), (1.0, 2.0), TypeError, "must return one number, the loss .* got"),
        ("", (), ValueError, "f has no line: write what it computes"),
        ("x = 2*x; E = x**2", ({"x": 1.0},), ValueError, "x: set by a line of f, and given a number too"),
        ("y = x; E = y*foo(x)", (1.0,), DerivationError, "line 1 of f, E: unknown function 'foo'"),
    ):
        with pytest.raises(error, match=message):
            check_derivation(given, {"dx": "1"}, *point)
    with pytest.raises(TypeError, match=r"wrt must be leaves \(Values that no operator made\)"):
        check_derivation(lambda: w * w, {"dw": "2*w"}, wrt=[w * 1.0])


def test_an_index_stays_a_whole_number_at_all_points() -> None:
    def f(x, k):
        return x[k] ** 2

    x = np.array([0.5, 2.0, -1.0])
    report = check_derivation(f, {"dx": "2*x*[0, 1, 0]"}, x, 1)
    assert report.ok, str(report)
    assert not check_derivation(f, {"dx": "2*x*[1, 0, 0]"}, x, 1).ok
    setting = setting_of(f, (x, 1))
    setting.run(setting.base)
    assert (setting.names, setting.others) == (["x"], {"k": 1})
    # a whole number that is no index is moved like any other
    assert check_derivation(lambda x, k: k * x, {"dx": "k", "dk": "x"}, 2.0, 3).ok
    assert not check_derivation(lambda x, k: k * x, {"dx": "3"}, 2.0, 3).ok


def test_arguments_that_are_no_numbers_are_handed_on() -> None:
    def f(x, way, names, twice):
        return (x if way == "linear" else x * x) * len(names) * (2.0 if twice else 1.0)

    for names in (["a", "b", "c"], np.array(["a", "b", "c"]), {"a": 1, "b": None, "c": "x"}):
        assert check_derivation(f, {"dx": "12*x"}, 0.5, "square", names, True).ok
        assert setting_of(f, (0.5, "square", names, True)).names == ["x"]


def test_functions_without_a_source_and_their_arguments_are_differentiated() -> None:
    class Line:
        def __call__(self, w, x):
            return w * x

    assert check_derivation(Line(), {"dw": "x"}, 2.0, 3.0).ok
    assert not check_derivation(Line(), {"dw": "w"}, 2.0, 3.0).ok
    assert check_derivation(max, {"dx0": "x0 > x1"}, 2.0, 3.0).ok  # written in C, without names
    assert check_derivation(lambda *xs: xs[0] * xs[1], {"dxs0": "xs1"}, 2.0, 3.0).ok


def test_the_variables_of_a_helper_that_is_called_once_have_names() -> None:
    def f(x, w):
        return 3.0 * activation(w * x)

    right = {"dinner": "3*(1 - tanh(inner)**2)", "dw": "dinner*2*x"}
    assert check_derivation(f, right, 0.3, 0.7).ok
    report = check_derivation(f, right | {"dinner": "1 - tanh(inner)**2"}, 0.3, 0.7)
    assert (report.ok, report.first_wrong.line) == (False, "dinner")
    assert "inner" in setting_of(f, (0.3, 0.7)).run({"x": 0.3, "w": 0.7}).values
    twice = setting_of(lambda x: activation(activation(x)), (0.3,))
    assert "inner" not in twice.run({"x": 0.3}).values, "which of the two would it be?"


def test_what_a_function_sees_may_be_not_there_yet() -> None:
    def f(x):
        return later * x if x.data > 1e9 else x * x

    assert check_derivation(f, {"dx": "2*x"}, 0.5).ok
    later = 1.0
    assert check_derivation(f, {"dx": "2*x"}, 0.5).ok


def test_texts_take_lists_and_numpy_and_a_loss_of_one_entry() -> None:
    text = "y = np.tanh(w)*x; E = y.sum()*pi"
    assert check_derivation(text, {"dw": "pi*(1 - tanh(w)**2)*x"}, [0.1, 0.2], [0.3, -0.4]).ok
    assert check_derivation(lambda w, x: w.reshape(1, 2) @ x, {"dw": "x"}, np.ones(2), np.ones(2)).ok


def test_derivatives_of_one_quantity_by_another_are_those_of_its_entries() -> None:
    text = "y = v @ x; z = tanh(x); u = x*x.sum(); q = W @ x; E = y + z.sum() + u.sum() + q.sum()"
    x, v, W = np.array([0.5, -0.25]), np.array([2.0, 3.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    setting = setting_of(text, ({"v": v, "x": x, "W": W},))
    forward = setting.run(setting.base)
    np.testing.assert_allclose(forward.partial("y", "x"), v)
    np.testing.assert_allclose(forward.partial("z", "x"), 1 - np.tanh(x) ** 2)
    assert forward.partial("u", "x") is None  # a matrix
    assert forward.partial("q", "W") is None  # of other shapes
    assert [shape_of(tree) for tree in ([[1.0], [2.0, 3.0]], [1.0, 2.0])] == [(3,), (2,)]
