"""gradcheck: it passes what is right, finds what is wrong, says so in a table, and leaves no trace."""

import math

import numpy as np
import pytest

import engine
from engine import GradientError, Value, gradcheck, no_grad


def wrong_by(factor: float):
    """The sine, made by hand with local gradients that are off by a factor."""

    def sine(x: Value) -> Value:
        return Value(math.sin(x.data), (x,), (factor * math.cos(x.data),))

    return sine


# -- what is right passes -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_right_gradient_passes(method) -> None:
    def f(x, y):
        return engine.exp(x * y) / (1.0 + x * x) + engine.sin(y) ** 3

    report = gradcheck(f, 0.7, -1.3, method=method)
    assert report
    assert [entry.operand for entry in report.entries] == ["argument 0", "argument 1"]
    assert [entry.analytic for entry in report.entries] == list(engine.grad(f, (0, 1))(0.7, -1.3))
    assert report.max_error < (1e-9 if method == "central" else 1e-14)
    assert report.method == method


@pytest.mark.parametrize("method", ["central", "complex"])
def test_arguments_of_every_form(method) -> None:
    def f(p, x, scale):
        return {"out": p["W"] @ x + p["b"], "size": [engine.dot(x, x) * scale]}

    p = {"W": np.array([[1.0, -2.0, 0.5], [0.25, 3.0, 1.0]]), "b": [0.1, -0.2]}
    report = gradcheck(f, p, np.array([0.3, 0.6, -0.9]), Value(2.0), method=method)
    assert len(report.entries) == 3 * (6 + 2 + 3 + 1)
    names = [entry.operand for entry in report.entries[:12]]
    assert names[:2] == ["output 0 by argument 0['W'][0, 0]", "output 0 by argument 0['W'][0, 1]"]
    assert names[6:9] == [
        "output 0 by argument 0['b'][0]",
        "output 0 by argument 0['b'][1]",
        "output 0 by argument 1[0]",
    ]
    assert names[-1] == "output 0 by argument 2"


def test_a_function_may_ignore_its_arguments_and_return_numbers() -> None:
    report = gradcheck(lambda x: 3.0, 1.0)
    assert [(entry.analytic, entry.numeric) for entry in report.entries] == [(0.0, 0.0)]
    assert gradcheck(lambda x: [x, 3.0], 1.0)
    assert gradcheck(lambda x: [x, 3.0, Value(2.0)], 1.0, method="complex")


def test_a_function_may_return_its_argument() -> None:
    assert gradcheck(lambda x: x, 2.0)


def test_a_single_value_or_a_list_of_them_may_be_checked_in_place() -> None:
    w = Value(3.0, label="w")
    assert gradcheck(lambda: w * w, wrt=w).entries[0].operand == "w"
    b = Value(1.0)
    report = gradcheck(lambda x: w * x + b, 2.0, wrt=(v for v in (w, b)))
    assert [entry.operand for entry in report.entries] == ["w", "wrt[1]"]
    assert [entry.analytic for entry in report.entries] == [2.0, 1.0]
    assert (w.data, w.grad, b.data, b.grad) == (3.0, 0.0, 1.0, 0.0)


def test_a_model_is_checked_by_its_parameters() -> None:
    weights = [Value(0.1 * i - 0.3) for i in range(8)]

    def loss():
        hidden = [engine.tanh(engine.dot(weights[2 * i : 2 * i + 2], [1.0, -2.0])) for i in range(2)]
        return (engine.dot(weights[4:6], hidden) + weights[6] - 0.5) ** 2

    report = gradcheck(loss, wrt=weights)
    assert report
    assert len(report.entries) == 8
    assert report.entries[7].analytic == 0.0


def test_kinks_are_passed_away_from_the_kink() -> None:
    assert gradcheck(lambda x, y: engine.maximum(x, y).relu() + abs(x) + y.leaky_relu(), -1.0, 2.0)


def test_a_check_under_no_grad_checks() -> None:
    with no_grad():
        assert gradcheck(lambda x: x * x, 3.0)
        with pytest.raises(GradientError):
            gradcheck(wrong_by(1.01), 0.5)


# -- what is wrong is found ---------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.0, 0.5, -1.0, 1.0 + 1e-5, math.inf, math.nan])
def test_a_wrong_local_gradient_is_found(factor) -> None:
    with pytest.raises(GradientError, match="1 of 1 derivatives disagree") as caught:
        gradcheck(wrong_by(factor), 0.5)
    line = str(caught.value).splitlines()[-1]
    assert line.startswith("argument 0 ")
    assert line.endswith("<- wrong sign" if factor == -1.0 else "<- wrong")
    assert f"{factor * math.cos(0.5):.15g}" in line


def test_a_slightly_wrong_gradient_passes_with_a_wider_tolerance() -> None:
    assert gradcheck(wrong_by(1.0 + 1e-8), 0.5)
    assert gradcheck(wrong_by(1.01), 0.5, rtol=0.02)
    assert gradcheck(wrong_by(1.01), 0.5, atol=0.01)
    with pytest.raises(GradientError):
        gradcheck(wrong_by(1.0 + 1e-8), 0.5, rtol=1e-10, atol=0.0)


def test_one_wrong_among_many_is_marked() -> None:
    def f(x, y, z):
        return x * z + wrong_by(1.5)(y)

    with pytest.raises(GradientError) as caught:
        gradcheck(f, 1.0, 2.0, 3.0)
    verdict, _, *lines = str(caught.value).splitlines()
    assert verdict == "1 of 3 derivatives disagree (central differences)"
    assert [line.endswith("<- wrong") for line in lines] == [False, True, False]


def test_a_lost_gradient_is_found() -> None:
    with pytest.raises(GradientError):
        gradcheck(lambda x: x * x.detach(), 3.0)
    with pytest.raises(GradientError):
        gradcheck(lambda x: x * x.data, 3.0)
    with pytest.raises(GradientError):
        gradcheck(lambda x: engine.stop_gradient(x) * x, 3.0)


def test_a_wrong_gradient_of_a_parameter_is_found_and_named() -> None:
    w, b = Value(0.5, label="weight"), Value(1.0, label="bias")
    with pytest.raises(GradientError, match=r"(?m)^weight .*<- wrong$") as caught:
        gradcheck(lambda: wrong_by(2.0)(w) + b, wrt=[w, b])
    assert "bias" in str(caught.value)


def test_a_nan_is_never_right() -> None:
    with pytest.raises(GradientError, match="nan"):
        gradcheck(lambda x: x.log(), -1.0)
    with pytest.raises(GradientError, match="nan"):
        gradcheck(lambda x: x.log(), -1.0, method="complex")


# -- kinks --------------------------------------------------------------------------------------------

KINKS = {
    "relu": (lambda x: x.relu(), 0.0, (0.0, 0.0, 1.0)),
    "relu upside down": (lambda x: -x.relu(), 0.0, (0.0, -1.0, 0.0)),
    "relu elsewhere": (lambda x: 3.0 * (x - 5.0).relu(), 5.0, (0.0, 0.0, 3.0)),
    "relu on a slope": (lambda x: x.relu() + x * x + 4.0 * x, 0.0, (4.0, 4.0, 5.0)),
    "a small relu": (lambda x: 1e-13 * x.relu(), 0.0, (0.0, 0.0, 1e-13)),
    "a large relu": (lambda x: 1e13 * x.relu(), 0.0, (0.0, 0.0, 1e13)),
    "relu on a height": (lambda x: 1000.0 + x.relu(), 0.0, (0.0, 0.0, 1.0)),
    "relu far out": (lambda x: (x - 1e6).relu(), 1e6, (0.0, 0.0, 1.0)),
    "leaky relu": (lambda x: x.leaky_relu(), 0.0, (0.01, 0.01, 1.0)),
    "clip, low": (lambda x: engine.clip(x, -1.0, 2.0), -1.0, (1.0, 0.0, 1.0)),
    "clip, high": (lambda x: engine.clip(x, -1.0, 2.0), 2.0, (1.0, 0.0, 1.0)),
    "hinge": (lambda x: (1.0 - 2.0 * x).relu(), 0.5, (0.0, -2.0, 0.0)),
    "abs on a slope": (lambda x: abs(x) + (0.5 * x).relu(), 0.0, (0.0, -1.0, 1.5)),
    "where": (lambda x: engine.where(x > 0.0, 2.0 * x, -3.0 * x), 0.0, (-3.0, -3.0, 2.0)),
    "max of three": (lambda x: engine.max([x, 2.0 * x - 1.0, 4.0 * x - 3.0]), 1.0, (7.0 / 3.0, 1.0, 4.0)),
    "min of three": (lambda x: engine.min([x, 2.0 * x - 1.0, 4.0 * x - 3.0]), 1.0, (7.0 / 3.0, 1.0, 4.0)),
    "max with a number": (lambda x: engine.max([x, 1.0, 1.0]), 1.0, (1.0 / 3.0, 0.0, 1.0)),
    "maximum, steep": (lambda x: engine.maximum(x, 3.0 * x - 2.0).relu() + x.relu(), 1.0, None),
    "exp of relu": (lambda x: engine.exp(x.relu()), 0.0, (0.0, 0.0, 1.0)),
}


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize("captured", [False, True])
def test_a_kink_is_told_from_a_mistake(name, captured) -> None:
    f, x, expected = KINKS[name]
    if captured:
        leaf = Value(x)
        report = gradcheck(lambda: f(leaf), wrt=leaf)
        assert leaf.data == x
    else:
        report = gradcheck(f, x)
    assert report
    (entry,) = report.entries
    if expected is None:  # the central difference is what the engine says
        assert (entry.at_kink, entry.remark) == (False, "")
        return
    analytic, low, high = expected
    assert entry.analytic == pytest.approx(analytic, rel=1e-12)
    assert entry.at_kink
    assert entry.remark == f"kink: {analytic:.6g} lies in [{low:.6g}, {high:.6g}]"
    assert "at a kink" in str(report)


@pytest.mark.parametrize("tie", [2, 3, 5])
@pytest.mark.parametrize("choose", [engine.max, engine.min])
def test_ties_of_several_operands(choose, tie) -> None:
    xs = [1.5] * tie
    report = gradcheck(choose, xs)
    assert all(entry.ok and entry.at_kink is (tie > 2) for entry in report.entries)


@pytest.mark.parametrize("slope", [1.5, -0.5, 100.0, math.nan, math.inf])
def test_a_wrong_gradient_at_a_kink_is_found(slope) -> None:
    def wrong_relu(x: Value) -> Value:
        return Value(max(x.data, 0.0), (x,), (slope if x.data == 0.0 else float(x.data > 0.0),))

    with pytest.raises(GradientError, match=r"<- wrong( sign)?; kink: .* does not lie in \[0, 1\]"):
        gradcheck(wrong_relu, 0.0)


def test_a_kink_nearby_is_no_mistake() -> None:
    for distance in (1e-4, 1e-7, 1e-9, 1e-12, -1e-4, -1e-7, -1e-9, -1e-12):
        assert gradcheck(lambda x: (x - 1.0).relu(), 1.0 + distance)
        assert gradcheck(lambda x: abs(x - 1.0), 1.0 + distance)
        with pytest.raises(GradientError):
            gradcheck(lambda x: wrong_by(-1.0)(x - 1.0) + (x - 1.0).relu(), 1.0 + distance)


def test_at_a_jump_the_derivative_to_the_side_where_there_is_one_is_right() -> None:
    report = gradcheck(lambda x: engine.step(x), 0.0)
    assert report.entries[0].remark == "one-sided: 0 is the derivative to the left"
    with pytest.raises(GradientError, match=r"<- wrong$"):
        gradcheck(lambda x: engine.sign(x), 0.0)


def test_a_kink_in_one_output_among_many() -> None:
    report = gradcheck(lambda x, y: [x * y, x.relu() * y, y], 0.0, 3.0)
    remarks = {entry.operand: entry.remark for entry in report.entries if entry.remark}
    assert remarks == {"output 1 by argument 0": "kink: 0 lies in [0, 3]"}


# -- tolerances and steps -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e-3, 1e-9, 1e-12, 1e-30, 1e-100])
@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_wrong_gradient_is_found_whatever_its_size(size, method) -> None:
    assert gradcheck(lambda x: size * engine.sin(x), 0.5, method=method)
    with pytest.raises(GradientError, match="<- wrong"):
        gradcheck(lambda x: size * wrong_by(1.01)(x), 0.5)
    with pytest.raises(GradientError, match="<- wrong"):
        gradcheck(lambda x: size * (engine.sin(x) + 0.1 * engine.stop_gradient(x)), 0.5)


@pytest.mark.parametrize("power", [2, 3, 4, 5, 6, 7])
def test_a_flat_point_passes(power) -> None:
    assert gradcheck(lambda x: (x - 1.0) ** power, 1.0)
    assert gradcheck(lambda x: (x * x - 2.0 * x + 1.0) ** power, 1.0)
    assert gradcheck(lambda x: 5.0 + (x - 1.0) ** power, 1.0)


@pytest.mark.parametrize("step", [1e-12, 3e-13, 1e-14, 1e-15])
def test_differences_are_over_the_width_that_was_stepped(step) -> None:
    """1 + 1e-12 is 1.0000000000010001: over the step asked for, the quotient would be off by 9e-5."""
    report = gradcheck(lambda x: x - 1.0, 1.0, step=step)
    assert abs(report.entries[0].numeric - 1.0) < 1e-12


def test_a_step_below_the_distance_of_floats_is_refused() -> None:
    with pytest.raises(ValueError, match=r"is too small: no float lies that close to 100\.0"):
        gradcheck(lambda x: x * x, 100.0, step=1e-18)


# -- arguments ----------------------------------------------------------------------------------------


def test_what_a_function_of_no_arguments_captures_is_checked_by_wrt() -> None:
    w, b = Value(0.5), Value(1.0)
    with pytest.raises(TypeError, match=r"takes? the 1 given.*gradcheck\(f, wrt=\[w, b\]\)"):
        gradcheck(lambda: w * b, [w, b])
    assert gradcheck(lambda: w * b, wrt=[w, b])


def test_arguments_that_do_not_fit_are_refused_with_the_signature() -> None:
    def f(x, y):
        return x * y

    with pytest.raises(TypeError, match=r"f\(x, y\) does not take the 1 given: missing .*'y'"):
        gradcheck(f, 1.0)
    with pytest.raises(TypeError, match=r"f\(x, y\) does not take the 3 given: too many"):
        gradcheck(f, 1.0, 2.0, 3.0)


# -- the report ---------------------------------------------------------------------------------------


def test_columns_are_aligned() -> None:
    a, b = Value(1e-12, label="a"), Value(-123456.789, label="the second operand")
    report = gradcheck(lambda: a * b + wrong_by(1.0)(b) * 1e-30, wrt=[a, b])
    verdict, heading, *lines = str(report).splitlines()
    assert verdict == "all 2 derivatives agree (central differences)"
    assert heading.split() == ["operand", "analytic", "numeric", "relative", "error"]
    assert {len(line) for line in lines} == {len(heading)}
    ends = [heading.index(word) + len(word) for word in ("analytic", "numeric", "relative error")]
    width = len("the second operand")
    for line in lines:
        assert line[:width].rstrip() in ("a", "the second operand")
        for start, end in zip((width, *ends), ends, strict=False):
            float(
                line[start:end]
            )  # each figure stands under its heading, flush right, and reaches no further
            assert line[end - 1] != " "


# -- no trace -----------------------------------------------------------------------------------------


def test_grads_of_all_that_is_used_stay() -> None:
    w, x = Value(3.0), Value(2.0)
    w.grad, x.grad = 7.0, 8.0
    gradcheck(lambda: w * x, wrt=[w])
    gradcheck(lambda v: w * v, x)
    assert (w.data, w.grad, x.data, x.grad) == (3.0, 7.0, 2.0, 8.0)


def test_arguments_stay() -> None:
    array, lists = np.array([1.0, 2.0]), [[3.0], {"a": 4.0}]
    gradcheck(lambda a, b: (a * a).sum() + b[0][0] * b[1]["a"], array, lists)
    assert array.tolist() == [1.0, 2.0]
    assert lists == [[3.0], {"a": 4.0}]


@pytest.mark.parametrize("fails_at", range(1, 10))
def test_data_is_restored_when_the_function_raises(fails_at) -> None:
    w, b = Value(0.1 + 0.2), Value(1e-9)
    calls = 0

    def f():
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise KeyError("inside")
        return w * b

    with pytest.raises(KeyError, match="inside"):
        gradcheck(f, wrt=[w, b])
    assert (w.data, b.data) == (0.1 + 0.2, 1e-9)


def test_data_is_restored_when_the_check_fails() -> None:
    w = Value(0.1 + 0.2)
    with pytest.raises(GradientError):
        gradcheck(lambda: wrong_by(2.0)(w), wrt=w)
    assert w.data == 0.1 + 0.2


# -- hard inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [1e-3, 1e-8, 1e-12, 1e-100, 1e100])
def test_a_step_beyond_the_domain_is_not_chosen(x) -> None:
    assert gradcheck(lambda x: x.log(), x)
    assert gradcheck(lambda x: x.sqrt(), x)
    assert gradcheck(lambda x: 1.0 / x, x)


@pytest.mark.parametrize("x", [5e-324, 1e-300, -1e-300, 1e-20, 0.0, 1e20, -1e150])
def test_huge_and_tiny_inputs(x) -> None:
    assert gradcheck(lambda x: 3.0 * x + 1.0, x)
    assert gradcheck(lambda x: x * x, x)
    assert gradcheck(lambda x: engine.atan(x), x)


def test_the_largest_input() -> None:
    assert gradcheck(lambda x: 0.5 * x, 1.7e308)


@pytest.mark.parametrize("x", [1e2, 1e4, 1e6])
def test_oscillating_functions(x) -> None:
    assert gradcheck(lambda x: x.sin(), x)
    assert gradcheck(lambda t: (x * t).sin(), 1.0)
    with pytest.raises(GradientError):
        gradcheck(lambda t: wrong_by(1.01)(x * t), 1.0)


def test_a_small_derivative_of_a_large_value() -> None:
    assert gradcheck(lambda x: x + 1e9, 1.0)
    assert gradcheck(lambda x, y: x * 1e12 + y.tanh(), 3.0, 0.5)


def test_steep_functions() -> None:
    assert gradcheck(lambda x: (50.0 * x).exp(), 1.0)
    assert gradcheck(lambda x: (1e3 * x).tanh(), 1e-3)


def test_each_output_takes_the_step_that_suits_it() -> None:
    assert gradcheck(lambda x: [x.sin(), 1e-6 * x, (x * 1e-5) ** 3, x.log()], 1e6)


def test_the_complex_step_is_relative_to_small_operands() -> None:
    assert gradcheck(lambda a, b: a / b, 1e-200, 3e-200, method="complex", rtol=1e-12)


@pytest.mark.parametrize("x", [1e-280, 1e-290, 1e-298, 5e-324, 0.0])
def test_the_complex_step_does_not_vanish(x) -> None:
    assert gradcheck(lambda x: (x + 1.0).log() * 3.0, x, method="complex", rtol=1e-9)
    if x > 1e-300:
        assert gradcheck(lambda x: x.log(), x, method="complex", rtol=1e-9)


def test_a_step_of_ones_own() -> None:
    assert gradcheck(lambda x: x**3, 2.0, step=1e-4)
    with pytest.raises(GradientError):  # far too wide for the curvature
        gradcheck(lambda x: x.sin(), 2.0, step=2.0)


# -- checks that would check nothing, and other mistakes ----------------------------------------------


def test_a_check_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda: Value(1.0))
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda: Value(1.0), wrt=[])
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda x: [], 1.0)
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda x: 1.0, [], method="complex")


@pytest.mark.parametrize("result", [None, "a", [Value(1.0), "a"], np.array([1j])], ids=repr)
@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_function_that_returns_no_number_is_named_as_the_cause(result, method) -> None:
    with pytest.raises(TypeError, match=r"^what f returns.* must be a real number, got .* of type"):
        gradcheck(lambda x: result, 1.0, method=method)


def test_an_unknown_method_is_an_error() -> None:
    with pytest.raises(ValueError, match="method must be 'central' or 'complex', got 'forward'"):
        gradcheck(lambda x: x, 1.0, method="forward")


def test_the_complex_step_needs_arguments() -> None:
    w = Value(1.0)
    with pytest.raises(ValueError, match="complex step needs the operands as arguments"):
        gradcheck(lambda: w * w, wrt=[w], method="complex")


@pytest.mark.parametrize("intruder", [3.0, "w", None, Value(1.0) * 2.0], ids=repr)
def test_only_leaves_can_be_nudged(intruder) -> None:
    with pytest.raises(TypeError, match=r"wrt must be leaves.*got"):
        gradcheck(lambda: Value(1.0), wrt=[Value(1.0), intruder])


def test_an_argument_that_is_no_number_is_named_by_its_place() -> None:
    with pytest.raises(TypeError, match=r"argument 1\['w'\] must be a real number"):
        gradcheck(lambda x, y: x, 1.0, {"w": "a"})
