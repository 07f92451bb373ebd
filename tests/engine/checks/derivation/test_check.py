"""check_derivation: right derivations pass, however they are written; wrong ones are named, line and slip."""

import cProfile
import sys

import numpy as np
import pytest

from engine import (
    DerivationError,
    GradientError,
    Value,
    asin,
    check_derivation,
    gradcheck,
    log,
    maximum,
    relu,
    sqrt,
)
from engine.checks.derivation.slips.table import SLIPS
from tests.engine.checks.derivation.derivations import NEURON, RIGHT, WRONG, changed, linear, neuron


@pytest.mark.unmeasured
def test_no_right_derivation_is_called_wrong() -> None:
    assert len(RIGHT) >= 25
    refused = {name: str(report) for name, (f, point, backward) in RIGHT.items()
               if not (report := check_derivation(f, backward, *point))}  # fmt: skip
    assert refused == {}


def test_wrong_derivations_are_named_by_line_and_slip() -> None:
    assert len(WRONG) >= 25 + 8
    found = {}
    for name, (f, point, backward, line, slip) in WRONG.items():
        report = check_derivation(f, backward, *point)
        first = report.first_wrong
        assert not report.ok, name
        assert first is not None, name
        assert np.isfinite(first.engines), name
        assert first.line.removeprefix("return ") in str(report) or first.line == "return 0", name
        if (first.line, first.slip) != (line, slip or first.slip):
            found[name] = (first.line, first.slip)
        assert first.slip in {*SLIPS, ""}, name
    assert found == {}


def test_a_derivation_that_is_right_at_the_given_point_only_is_refused_with_another() -> None:
    for formula, place in (("2*abs(w)", "w"), ("6", "w"), ("w**2 - 3", "w")):
        report = check_derivation(lambda w: w * w, {"dw": formula}, 3.0)
        assert not report.ok
        assert report.first_wrong.point[place] != 3.0
        assert "right at the given point, and not in general" in str(report)
    # x = 1 is a common trap, and so is a target of 1
    assert not check_derivation(linear, {"dw": "2*(y - t)*x**3"}, 0.5, 0.5, 1.0, 1.0).ok
    bce = "z = w*x; y = sigmoid(z); E = -(t*log(y) + (1 - t)*log(1 - y))"
    assert not check_derivation(bce, {"dw": "(y - 1)*x"}, 0.5, 2.0, 1.0).ok
    assert check_derivation(bce, {"dw": "(y - t)*x"}, 0.5, 2.0, 1.0).ok


def test_a_derivative_that_is_0_but_for_rounding_is_0() -> None:
    for f in (
        lambda x: log(x) - log(3.0 * x),
        lambda x: log(x * x) - 2.0 * log(x) + 5.0,
        lambda x: 1e6 * (log(0.3 * x) - log(0.7 * x)),
        lambda x: sqrt(x) * sqrt(x) / x,
    ):
        assert check_derivation(f, {"dx": "0"}, 0.5).ok
        for small in ("1e-5", "-1e-7"):
            assert not check_derivation(f, {"dx": small}, 0.5).ok, small


def test_where_f_chooses_numbers_decide_and_formulas_prove_nothing() -> None:
    # the graph holds the way chosen at the given point, and the other one may be far from all points
    for f, formula in (
        (lambda x: relu(x - 50.0), "0"),
        (lambda x: relu(x - 50.0) * x + x * x, "2*x"),
        (lambda x: x * x - relu(x - 50.0), "2*x"),
    ):
        report = check_derivation(f, {"dx": formula}, 2.0)
        assert "by numbers" in str(report)
        assert not any(each.proof == "symbols" for each in report.findings)
    after = check_derivation("h = relu(w*x); y = v*h; E = (y - t)**2", "dv = 2*(y - t)*h", 0.5, 2.0, 3.0, 1.0)
    assert "the same formulas" in str(after), "v comes in after the choice"


def test_at_a_kink_any_value_between_the_derivatives_to_both_sides_is_right() -> None:
    for formula, ok in (("3*(x > 0)", True), ("3*(x >= 0)", True), ("4*(x >= 0)", False), ("3", False)):
        assert check_derivation(lambda x: 3 * relu(x), {"dx": formula}, 0.0).ok is ok, formula
    at_tie = check_derivation(lambda a, b: maximum(a, b), {"da": "a > b", "db": "b >= a"}, 1.0, 1.0)
    assert at_tie.ok
    assert "kink" in str(at_tie)


def test_what_is_not_finite_is_refused_and_never_guessed() -> None:
    assert check_derivation(lambda x: x**3, {"dx": "3*x**3/x"}, 2.0).ok  # 0/0 at 0 alone
    report = check_derivation(lambda x: x**3, {"dx": "3*x**3/x"}, 0.0)
    assert (report.ok, report.slip) == (False, "undefined")
    with pytest.raises(ValueError, match="f is nan at the given point"):
        check_derivation(lambda x: log(x), {"dx": "1/x"}, -1.0)
    assert check_derivation(lambda x: log(x), {"dx": "1/x"}, 2.0).ok
    calls = iter(range(100))
    with pytest.raises(ValueError, match="seed the random numbers"):
        check_derivation(lambda x: x * next(calls), {"dx": "1"}, 2.0)


def test_gradients_asked_for_must_be_there() -> None:
    weights = {"dw": "(y - t)*y*(1 - y)*x"}
    assert check_derivation(neuron, weights, *NEURON).ok
    report = check_derivation(neuron, weights, *NEURON, wrt=["w", "b"])
    assert (report.ok, report.slip, report.first_wrong.line) == (False, "missing bias", "db")
    with pytest.raises(ValueError, match="wrt names q"):
        check_derivation(neuron, weights, *NEURON, wrt="q")


def test_results_of_functions_go_by_name_by_order_or_are_refused() -> None:
    def gradient(w, b, x, t):
        y = 1 / (1 + np.exp(-(w * x + b)))
        return (y - t) * y * (1 - y) * x, (y - t) * y * (1 - y)

    def by_locals(w, b, x, t):
        y = 1 / (1 + np.exp(-(w * x + b)))
        db = (y - t) * y * (1 - y)
        dw = db * x
        return db, dw

    def nothing_returned(w, b, x, t):
        y = 1 / (1 + np.exp(-(w * x + b)))
        db = (y - t) * y * (1 - y)
        dw = db * x  # noqa: F841

    def of_quantities(x, y, t):
        return {"dw": (y - t) * y * (1 - y) * x}

    def fails(w, b, x, t):
        return undefined  # noqa: F821

    def with_none(w, b, x, t):
        return gradient(w, b, x, t)[0], None, None, None

    for right in (gradient, by_locals, nothing_returned, of_quantities, with_none):
        assert check_derivation(neuron, right, *NEURON).ok, right.__name__
    assert not check_derivation(neuron, lambda w, b, x, t: gradient(w, b, x, t)[::-1], *NEURON).ok
    for wrong, message in (
        (lambda q: q, "nothing of the name q"),
        (lambda w, b, x, t: {"q": 1.0}, "which gradient"),
        (lambda w, b, x, t: (1, 2, 3, 4, 5), "which gradient"),
        (fails, "undefined"),
    ):
        with pytest.raises((DerivationError, TypeError), match=message):
            check_derivation(neuron, wrong, *NEURON)


def test_gradcheck_takes_a_derivation_of_captured_values_and_leaves_them_as_they_were() -> None:
    w, b = Value(0.5), Value(-1.0)

    def loss():
        return (w * 3.0 + b - 2.0) ** 2

    error = 3.0 * 0.5 - 1.0 - 2.0
    for mine in (
        {"dw": "6*(3*w + b - 2)", "db": "2*(3*w + b - 2)"},
        lambda w, b: (6.0 * (3.0 * w + b - 2.0), 2.0 * (3.0 * w + b - 2.0)),
        lambda: (6.0 * (3.0 * w.data + b.data - 2.0), 2.0 * (3.0 * w.data + b.data - 2.0)),
        lambda: [6.0 * (3.0 * w + b - 2.0), 2.0 * (3.0 * w + b - 2.0)],
        [6.0 * error, 2.0 * error],
        {"w": 6.0 * error, "b": 2.0 * error},
    ):
        assert gradcheck(loss, wrt=[w, b], against=mine)
    for wrong in (
        {"dw": "6*(3*w + b)", "db": "2*(3*w + b - 2)"},
        [6.0 * error, 2.0],
        {"dw": "6*(3*w + b - 2)"},
    ):
        with pytest.raises(GradientError, match="wrong:"):
            gradcheck(loss, wrt=[w, b], against=wrong)
    assert (w.data, b.data, w.grad) == (0.5, -1.0, 0.0)


def test_what_cannot_be_read_is_named_with_its_line_and_a_remedy() -> None:
    for text, message in (
        ("dw = 2x", "line 1: .*2\\*x"),
        ("dy = y - t\ndw = x^2", "line 2.*x \\*\\* 2"),
        ("dw = foo(x)", "unknown function 'foo'"),
        ("dw = xx", "did you mean x"),
        ("q = x", "no line is a gradient of an argument of f: call them dw, db"),
        ("for i in range(3): dw = x", "is not an assignment.*give a Python function"),
        ("dw = __import__('os')", "cannot be read here"),
        ("dw = y.__class__", "cannot be read here"),
        ("dw = (lambda: x).__globals__", "cannot be read here"),
        ("dw = [x for x in y]", "cannot be read here"),
        ("dw = np.load(x)", "unknown function 'load'"),
        ("dw = np.ones_like(np.eye(10**9))", "small integer"),
        ("", "no line"),
        ("dw = " + "(" * 500 + "x" + ")" * 500, "nested too deeply|too many nested"),
    ):
        with pytest.raises(DerivationError, match=message):
            check_derivation(neuron, text, *NEURON)
    for backward in (3, {"dw": []}, {1: "x"}):
        with pytest.raises(TypeError):
            check_derivation(neuron, backward, *NEURON)


def test_names_of_gradients_are_read_in_all_their_forms() -> None:
    for name in (
        "dw",
        "d_w",
        "dW",
        "grad_w",
        "w_grad",
        "dE_dw",
        "dE/dw",
        "dEdw",
        "dL_dw",
        "dJdw",
        "∂E/∂w",
        "w",
    ):
        assert check_derivation(neuron, {name: "(y - t)*y*(1 - y)*x"}, *NEURON).ok, name
        assert not check_derivation(neuron, {name: "(y - t)*y*(1 - y)"}, *NEURON).ok, name
    assert check_derivation(neuron, "dEdz = (y - t)*y*(1 - y); dEdw = dEdz*x", *NEURON).ok
    report = check_derivation(neuron, {"dz_dw": "w", "dw": "(y - t)*y*(1 - y)*dz_dw"}, *NEURON)
    assert report.first_wrong.line == "dz_dw"


def test_mathematics_is_read_as_it_is_printed() -> None:
    for formula in ("(y − t)·σ'(z)·x", "(y - t)*(y − y²)*x", "(y - t)⊙sigmoid'(z)×x"):
        assert check_derivation(neuron, {"∂E/∂w": formula}, *NEURON).ok, formula


def test_conventions_of_steps_do_no_harm_and_are_not_blamed() -> None:
    # the error is not divided by n, the gradients are
    def f(W, X, T):
        Y = X @ W
        return ((Y - T) ** 2).sum() / (2 * len(X))

    rng = np.random.default_rng(5)
    point = rng.normal(size=(3, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    assert check_derivation(f, "dY = Y - T; dW = X.T @ dY/4", *point).ok

    # nor where another line is wrong
    def with_bias(W, b, X, T):
        Y = X @ W + b
        return ((Y - T) ** 2).sum() / (2 * len(X))

    wrong = check_derivation(
        with_bias, "dY = Y - T; dW = X.T @ dY/4; db = dY.sum(1)/4", point[0], rng.normal(size=2), *point[1:]
    )
    assert [each.line for each in wrong.findings if each.status == "wrong"] == ["db"]
    assert wrong.slip == "wrong axis"
    # y is the target of f, and dy the derivative by y_hat
    lecture = "z = w*x; y_hat = sigmoid(z); E = (y_hat - y)**2/2"
    assert check_derivation(lecture, "dy = y_hat - y; dz = dy*y_hat*(1 - y_hat); dw = dz*x", 0.3, 0.4, 0.5).ok
    wrong = check_derivation(lecture, "dy = y_hat - y; dz = dy*(1 - y_hat); dw = dz*x", 0.3, 0.4, 0.5)
    assert wrong.first_wrong.line == "dz"


def test_a_gradient_that_is_0_in_any_case_excuses_no_line_before_it() -> None:
    # the gradient by b, before a batch normalisation, is 0 whatever came before
    def normalised(x, W, b, g, t):
        z = x @ W + b
        centred = z - z.mean(axis=0)
        scale = ((centred**2).mean(axis=0) + 1e-5) ** -0.5
        zn = centred * scale
        h = np.tanh(g * zn)
        return ((h - t) ** 2).sum() / 2

    by_hand = """
    dh = h - t
    dzn = dh*(1 - h**2)*g
    dz = scale*(dzn - dzn.mean(axis=0) - zn*(dzn*zn).mean(axis=0))
    dW = x.T @ dz
    db = dz.sum(axis=0)
    """
    rng = np.random.default_rng(7)
    point = [rng.normal(size=shape) for shape in ((4, 3), (3, 2), (2,), (2,), (4, 2))]
    assert check_derivation(normalised, by_hand, *point).ok
    for line, right, wrong in (
        ("dh", "h - t", "h"),
        ("dzn", "(1 - h**2)*g", "(1 - h**2)"),
        ("dzn", "(1 - h**2)*g", "(1 - h**2)*z"),
        ("dz", "- dzn.mean(axis=0) ", ""),
        ("dz", "(dzn*zn).mean(axis=0)", "(dzn*zn).mean()"),
    ):
        report = check_derivation(normalised, by_hand.replace(right, wrong, 1), *point)
        assert [each.line for each in report.findings if each.status == "wrong"] == [line]
        assert {each.status for each in report.findings} <= {"right", "wrong", "follows"}


def test_several_slips_are_each_named() -> None:
    _, point, _ = RIGHT["the lecture in NumPy"]
    text = changed(
        ("(y_hat - t)", "(t - y_hat)"), ("dh1*ds(z1)", "dh1"), ("dz1 @ x.T", "x @ dz1.T"),
        ("np.sum(dz1, axis=1, keepdims=True)", "dz1"), ("W2.T @", "W1.T @"),
    )  # fmt: skip
    report = check_derivation(RIGHT["the lecture in NumPy"][0], text, *point)
    wrong = {each.line: each.slip for each in report.findings if each.status == "wrong"}
    assert wrong == {"dz2": "sign", "dh1": "wrong variable", "dz1": "chain broken", "dW1": "wrong order",
                     "db1": "not summed"}  # fmt: skip
    assert {each.line for each in report.findings if each.status == "follows"} == {"dW2", "db2"}


def test_the_report_shows_itself_in_notebooks_and_as_data() -> None:
    report = check_derivation(neuron, {"dw": "(y - t)*y*x"}, *NEURON)
    page = report._repr_html_()
    assert "the factor (1 - y)" in page
    assert "<table" in page
    data = report.to_dict()
    assert data["findings"][0]["slip"] == report.slip == "chain broken"
    assert data["ok"] is False
    assert report.hint == "formula dw: chain broken: a factor of the chain rule is missing"
    assert bool(report) is False


def test_a_profiler_goes_on_after_a_check() -> None:
    profile = cProfile.Profile()
    profile.enable()
    try:
        assert check_derivation(neuron, {"dw": "(y - t)*y*(1 - y)*x"}, *NEURON)
    finally:
        profile.disable()
    seen = []
    sys.setprofile(lambda *_: seen.append(1))
    try:
        check_derivation(neuron, {"dw": "(y - t)*y*(1 - y)*x"}, *NEURON)
        count = len(seen)
        len("x")
        assert len(seen) > count
    finally:
        sys.setprofile(None)


def test_f_as_text_takes_numbers_by_name_or_in_the_order_of_use() -> None:
    text = "z1 = W1 @ x + b1; E = (z1**2).sum()/2"
    W1, x, b1 = np.ones((3, 2)), np.ones(2), np.ones(3)
    backward = "dz1 = z1; dW1 = np.outer(dz1, x); db1 = dz1; dx = W1.T @ dz1"
    assert check_derivation(text, backward, W1, x, b1).ok
    assert check_derivation(text, backward, {"b1": b1, "x": x, "W1": W1}).ok
    with pytest.raises(ValueError, match="W1, x, b1"):
        check_derivation(text, backward, W1, x)
    with pytest.raises(ValueError, match=r"order of their first use, W1 \(3,\), x \(2,\), b1 \(3, 2\)"):
        check_derivation(text, backward, b1, x, W1)


def test_where_a_slip_has_no_name_the_chain_of_the_derivative_is_shown() -> None:
    found = check_derivation("y = sigmoid(w*x); E = (y - t)**2/2", {"dw": "w + x"}, 0.3, 0.4, 0.5)
    assert found.slip == ""
    assert "dE/dw is (1 / 2) · 2·(y - t) · y·(1 - y) · x" in str(found)
    paths = check_derivation(*RIGHT["both paths"][:1], {"dx": "exp(a)"}, 0.8)
    assert "dy/dx is c · cos(a) · 2·x + b · c · 2·x" in str(paths)


def test_a_text_that_would_never_end_or_fill_the_memory_is_refused() -> None:
    def f(w, x):
        return (w * x).sum()

    doubled = "\n".join(["a = x", *["a = np.concatenate([a, a])"] * 40, "dw = x"])
    outer = "\n".join(["a = x", *["a = np.outer(a, a).ravel()"] * 6, "dw = x"])
    spread = "\n".join(["a = x", *["a = (a[:, None] + a[None, :]).ravel()"] * 6, "dw = x"])
    floors = (f"a{i + 1} = lambda z: a{i}(z) + a{i}(z)" for i in range(40))
    tower = "\n".join(["a0 = lambda z: z", *floors, "dw = a40(x)"])
    endless = "s = lambda z: s(z) + s(z)\ndw = s(x)"
    for text, message in (
        (doubled, "more than"), (outer, "more than"), (spread, "more than"), (tower, "more than"),
        (endless, "nested too deeply|more than"),
    ):  # fmt: skip
        with pytest.raises(DerivationError, match=message):
            check_derivation(f, text, np.ones(5), np.ones(5))
    assert not check_derivation(f, "dw = x*9**9**9", np.ones(5), np.ones(5)).ok


def test_where_the_domain_is_narrow_it_is_tried_close_by() -> None:
    def f(x):
        return asin(1000 * x)

    assert check_derivation(f, {"dx": "1000/sqrt(1 - (1000*x)**2)"}, 0.0005).ok
    assert not check_derivation(f, {"dx": "1000"}, 0.0).ok
    at_the_edge = check_derivation(lambda x: sqrt(x), {"dx": "1/(2*sqrt(x))"}, 0.0)
    assert at_the_edge.ok
    assert "dE/dx is not finite at the given point" in str(at_the_edge)


def test_a_derivation_that_is_right_for_some_lengths_only_is_told_so() -> None:
    """E-7: with two outputs 1/n is ½."""

    def f(y, t):
        return ((y - t) ** 2).sum() / len(y)

    two, three = np.array([0.3, 0.8]), np.array([0.3, 0.8, 0.1])
    report = check_derivation(f, {"dy": "y - t"}, two, two[::-1] + 0.1)
    assert report.ok
    assert "with 3 in place of 2 it is wrong" in str(report)
    assert not check_derivation(f, {"dy": "y - t"}, three, three[::-1] + 0.1).ok
    assert "in place of" not in str(check_derivation(f, {"dy": "2*(y - t)/y.size"}, two, two[::-1] + 0.1))


def test_a_result_without_a_name_gets_none_that_the_function_uses() -> None:
    told = str(check_derivation(lambda E, w: (E * w) ** 2, {"dw": "2*E*w", "dE": "2*E*w**2"}, 0.5, 2.0))
    assert "dC/dw" in told
    assert "dC/dE" in told
    assert "dE/" not in told
    assert "dE/dw" in str(check_derivation(lambda x, w: (x * w) ** 2, {"dw": "2*x*w"}, 0.5, 2.0))


def with_a_number(w, x):
    n = 2.0
    h = w * x
    return h * h / n


def with_a_count(w, x):
    n = len([w, x])
    h = w * x
    return h * h / n


@pytest.mark.parametrize("f", [with_a_number, with_a_count])
@pytest.mark.parametrize("dn", ["-h*h/n**2", "h"])
def test_a_derivative_by_a_number_that_f_fixes_is_not_checked(f, dn) -> None:
    report = check_derivation(f, f"dn = {dn}\ndh = 2*h/n\ndw = dh*x\ndx = dh*x", 0.5, 2.0)
    assert report.first_wrong.line == "dx"


def test_none_in_a_list_is_no_gradient_whatever_the_length_of_the_first_argument() -> None:
    def f(x: list[Value], w: Value) -> Value:
        return w * (x[0] + x[1])

    def backward(x: list[float], w: float) -> list[float | None]:
        return [None, x[0] + x[1]]

    assert check_derivation(f, backward, [1.0, 2.0], 3.0).ok
    assert not check_derivation(f, lambda x, w: [None, x[0] - x[1]], [1.0, 2.0], 3.0).ok
