"""Derivations are read in all forms that Python has for setting a name, and what is no line is refused."""

import linecache

import numpy as np
import pytest

from engine import DerivationError, check_derivation
from tests.engine.checks.derivation.derivations import NEURON, ds, neuron

FORMS = {
    "a helper": ("def ds(z):\n    'of s'\n    return s(z)*(1 - s(z))\ndw = (y - t)*ds(z)*", "x"),
    "an import": ("import numpy as np\ne = np.subtract(y, t)\ndw = e*y*(1 - y)*", "x"),
    "a tuple that is taken apart": ("e, g = [y - t, y*(1 - y)]\ndw = e*g*", "x"),
    "an annotation": ("g: float = y*(1 - y)\ndw = (y - t)*g*", "x"),
    "an update": ("dw = y - t\ndw *= y*(1 - y)*", "x"),
    "a name with prime": ("dw = (y - t)*sigmoid_prime(z)*", "x"),
    "semicolons and pass": ("pass; e = g = y*(1 - y); dw = (y - t)*g*", "x"),
}


def test_each_form_is_read_and_a_slip_in_it_is_named() -> None:
    for form, (text, factor) in FORMS.items():
        assert check_derivation(neuron, text + factor, *NEURON).ok, form
        found = check_derivation(neuron, text + "b", *NEURON)
        assert (found.first_wrong.line, found.first_wrong.number) == ("dw", text.count("\n") + 1), form


def test_a_formula_may_be_a_number() -> None:
    assert check_derivation(lambda x: 3 * x, {"dx": 3}, 0.5)
    assert not check_derivation(lambda x: 3 * x, {"dx": 2.5}, 0.5)
    with pytest.raises(TypeError, match="'dx' must be a text"):
        check_derivation(lambda x: 3 * x, {"dx": True}, 0.5)


def test_what_is_no_text_of_python_is_refused_with_its_place() -> None:
    for backward, message in (
        ({"dw": "foo(x)"}, "formula 'dw': unknown function 'foo'"),
        ({"dw": "-" * 10_000 + "x"}, "formula 'dw': nested too deeply"),
        ("dw = x\ud800", "line: .*surrogates not allowed"),
        ("a.b = x", "line 1: 'a.b = x' is not an assignment"),
    ):
        with pytest.raises(DerivationError, match=message):
            check_derivation(neuron, backward, *NEURON)


SOURCE = """
def backward(w, b, x, t):
    y = 1 / (1 + np.exp(-(w * x + b)))
    dz = (y - t) * y * (1 - y)
    return dz * x, dz
"""


def test_a_function_whose_source_is_missing_or_another_is_judged_by_its_results(tmp_path) -> None:
    path = tmp_path / "student.py"
    path.write_text("x = 1\n" * 9, encoding="utf-8")  # as after an edit
    for file in (str(path), "<stdin>"):
        for source, ok in ((SOURCE, True), (SOURCE.replace("(y - t)", "(t - y)"), False)):
            linecache.clearcache()
            made = {"np": np}
            exec(compile(source, file, "exec"), made)  # noqa: S102
            report = check_derivation(neuron, made["backward"], *NEURON)
            assert report.ok is ok, file
            assert {each.line for each in report.findings} >= {"y", "dz"}
            assert ok or (report.first_wrong.line, report.slip) == ("dz", "sign")


def test_a_lambda_is_found_in_its_line_whatever_else_stands_there() -> None:
    right = lambda w, b, x, t: (y(w, b, x) - t) * ds(w * x + b) * x  # noqa: E731  # a lambda of w
    report = check_derivation(neuron, right, *NEURON)
    assert (report.ok, report.findings[0].text) == (True, "(y(w, b, x) - t) * ds(w * x + b) * x")


def y(w, b, x):
    return 1 / (1 + np.exp(-(w * x + b)))
