"""What is wrong where no single change mends it: paths, shapes, partial derivatives, several lines."""

import math

import numpy as np

from engine import check_derivation, cos, custom_op, exp, relu, sin
from engine import sum as total
from tests.engine.checks.derivation.derivations import (
    NEURON,
    SQUARE,
    TWO_LAYERS,
    chain,
    changed,
    diamond,
    neuron,
    square_layers,
    two_layers,
)


def test_a_path_that_counts_twice_or_stands_alone_is_named_in_functions_too() -> None:
    def twice(x):
        for u in (x,):
            b, c = math.sin(u * u), math.exp(u * u)
            dx = (2 * c * math.cos(u * u) + b * math.exp(u * u)) * 2 * u
        return dx

    def alone(x):
        for u in (x,):
            dx = math.exp(u * u) * math.cos(u * u) * 2 * u
        return dx

    for backward, slip, message in (
        (twice, "extra path", "the path from x through b to y counts twice"),
        (alone, "missing path", "only the path from x through b to y is there"),
    ):
        report = check_derivation(diamond, backward, 0.8)
        assert (report.first_wrong.line, report.slip) == ("dx", slip)
        assert message in str(report)


def test_what_no_known_slip_explains_is_named_by_its_line_alone() -> None:
    for text, line in (
        (changed(("dz2 @ h1.T", "np.cos(W2) + dz2 @ np.sin(h1.T)")), "dW2"),
        (changed(("dz2 @ h1.T", "h1 @ np.cos(dz2.T)")), "dW2"),
        (changed(("dh1*ds(z1)", "np.cos(dh1)*np.sin(z1)")), "dz1"),
    ):
        report = check_derivation(two_layers, text, *TWO_LAYERS)
        wrong = [each for each in report.findings if each.status == "wrong"]
        assert [(each.line, each.slip) for each in wrong] == [(line, "")]
        assert np.isfinite(wrong[0].engines)
    partial = {"dE_du": "exp(u)", "du_dv": "tan(v) + 3", "dx": "dE_du*du_dv*2*x"}
    report = check_derivation(chain, partial, 1.2)
    assert [each.status for each in report.findings] == ["right", "wrong", "follows"]


def test_lines_that_are_wrong_each_in_its_own_way_are_all_named() -> None:
    text = "g = y*(1 - y); dw = (y - t)*g*w; db = (t - y)*g"
    report = check_derivation(neuron, text, *NEURON)
    wrong = {each.line: each.slip for each in report.findings if each.status == "wrong"}
    assert wrong == {"dw": "wrong variable", "db": "sign"}
    # a step named like the gradient of a target is not taken for another quantity's where it is none
    report = check_derivation(neuron, "dt = 3*y; dw = dt*x; db = dt", *NEURON)
    assert report.first_wrong.line == "dt"


def test_lines_that_cannot_be_compared_as_formulas_are_compared_in_numbers() -> None:
    W, x = np.arange(36.0).reshape(6, 6) / 30, np.linspace(-1, 1, 6)
    large = check_derivation(lambda W, x: ((W @ x) ** 2).sum(), "dz = 2*(W @ x); dW = np.outer(dz, x)", W, x)
    assert (large.ok, large.findings[1].proof) == (True, "numbers")
    remainder = check_derivation(lambda x: x * x, "dx = 2*x + x//2 - x//2", 0.7)
    assert (remainder.ok, remainder.findings[0].proof) == (True, "numbers")
    constant = check_derivation(lambda w, b, x: w * x + b, "db = 1; dw = db*x", 2.0, 3.0, 4.0)
    assert [each.proof for each in constant.findings] == ["symbols", "symbols"]
    sine = custom_op(math.sin, lambda x: math.cos(x), "sine")  # which is not differentiated again
    custom = check_derivation(lambda x: sine(x), {"dx": "cos(x)"}, 1.2)
    assert (custom.ok, custom.findings[0].proof) == (True, "numbers")


def test_products_by_name_and_helpers_of_ones_own_are_mended() -> None:
    text = (
        "dz2 = (y - t)*y*(1 - y); dW2 = np.dot(dz2, h); "
        "dz1 = W2.dot(dz2)*h*(1 - h); dW1 = np.matmul(dz1, x.T)"
    )
    report = check_derivation(square_layers, text, *SQUARE)
    wrong = {each.line: each.message for each in report.findings if each.status == "wrong"}
    assert wrong == {"dW2": "h should be transposed", "dz1": "W2 should be transposed"}
    for product in ("np.dot(h.T, dz2)", "h.T.dot(dz2)"):
        turned = check_derivation(square_layers, text.replace("np.dot(dz2, h)", product), *SQUARE)
        assert (turned.first_wrong.line, turned.slip) == ("dW2", "wrong order")

    helpers = "p = lambda z: sin(z)\nq = lambda z: cos(z)\ndx = exp(p(w*x) - w)*p(w*x)*w"
    report = check_derivation(
        lambda w, x: total(exp(sin(w * x) - w)), helpers, 0.4, np.array([0.3, 0.5, 0.8])
    )
    assert (report.slip, report.first_wrong.message) == ("wrong function", "q belongs where p stands")


def test_at_one_point_alone_a_kink_is_told_from_an_error() -> None:
    x = np.array([0.0, 1.0, -2.0])
    cases = (("x >= 0", True), ("0.5*(x >= 0)", False), ("x[:2]", False), ("1.0001*(x > 0)", False))
    for formula, ok in cases:
        assert check_derivation(lambda x: total([relu(each) for each in x]), {"dx": formula}, x).ok is ok
    for f, backward, point in (
        (lambda x: x * cos(x), {"dx": "(cos(x) - x*sin(x))*1.0001"}, (3.0,)),
        (lambda x: (x * x).sum(), {"dx": "x[:2]"}, (x,)),
        (neuron, {"dz": "y - t"}, NEURON),
    ):
        report = check_derivation(f, backward, *point, points=0)
        assert (report.ok, report.points) == (False, 1)
        assert "compared at the given point alone" in str(report)


def test_a_chain_of_many_paths_is_not_written_out() -> None:
    def rebound(x):
        for _ in range(40):
            x = sin(x) + 0.3 * x
        return x

    named = "; ".join(f"a{i + 1} = sin(a{i}) + 0.3*a{i}" for i in range(18))
    for f, backward in ((rebound, {"dx": "tan(x**5) + 2"}), (named, {"da0": "tan(a0**5) + 2"})):
        report = check_derivation(f, backward, 0.3)
        assert (report.ok, report.first_wrong.message) == (False, "")


def test_a_point_that_a_line_cannot_be_computed_at_is_not_shown() -> None:
    def gradient(x):
        return 3 * x + 1.5 if abs(x) > 0 else math.copysign(1.0, x)

    report = check_derivation(lambda x: x * x + x, gradient, 3.0)
    assert (report.ok, report.first_wrong.point) == (False, {"x": 1.0})


def normalised(x, gamma, w):
    n = len(x)
    mu = sum(x) / n
    diff = [each - mu for each in x]
    var = sum(d * d for d in diff) / (n - 1)
    inv = (var + 1e-5) ** -0.5
    xhat = [d * inv for d in diff]
    out = [gamma * h for h in xhat]
    return sum(a * b for a, b in zip(w, out, strict=True))


NORMALISED = """
dout = w
dgamma = sum(dout*xhat)
dxhat = dout*gamma
dinv = sum(dxhat*diff)
dvar = -0.5*(var + 1e-5)**-1.5*dinv
ddiff = dxhat*inv + 2/(n - 1)*diff*dvar
dmu = -sum(ddiff)
dx = ddiff + dmu/n
"""


def test_each_slip_in_a_normalisation_is_named_on_its_line_and_nowhere_else() -> None:
    at = ([0.5, -1.0, 2.0, 0.25], 1.2, [1.0, -0.5, 0.3, 2.0])
    assert check_derivation(normalised, NORMALISED, *at).ok
    for right, planted, line, slip in (
        ("dout*gamma", "dout", "dxhat", "chain broken"),
        ("-0.5*(var", "0.5*(var", "dvar", "sign"),
        ("-1.5*dinv", "-0.5*dinv", "dvar", "factor"),
        ("2/(n - 1)", "2/n", "ddiff", "factor"),
        ("2/(n - 1)", "1/(n - 1)", "ddiff", "factor"),
        (" + 2/(n - 1)*diff*dvar", "", "ddiff", "missing path"),
        ("-sum(ddiff)", "sum(ddiff)", "dmu", "sign"),
        ("dmu/n", "dmu/(n - 1)", "dx", "factor"),
        (" + dmu/n", "", "dx", "missing path"),
        ("sum(dout*xhat)", "dout*xhat", "dgamma", "wrong product"),
    ):
        report = check_derivation(normalised, NORMALISED.replace(right, planted), *at)
        wrong = [found.line for found in report.findings if found.status == "wrong"]
        assert (wrong, report.slip) == ([line], slip), planted


def test_a_step_is_the_gradient_of_the_quantity_that_its_name_says() -> None:
    report = check_derivation(
        normalised, "dout = w\ndxhat = dout\nddiff = dxhat*inv", [0.5, -1.0, 2.0], 1.2, [1.0, 3.0, 2.0]
    )
    assert report.first_wrong.line == "dxhat"
