"""detect_anomaly: what arises is told from what follows, with the operator, the operands and the line."""

import asyncio
import contextlib
import gc
import math
import sys
import threading
import weakref

import numpy as np
import pytest

import engine
import nn
from engine import AnomalyError, Value, detect_anomaly, no_grad
from engine.ops import OPERATORS

NAN, INF = math.nan, math.inf


def line_here(below: int) -> int:
    """The number of the line so many lines below the caller's."""
    return sys._getframe(1).f_lineno + below


def found(compute, **options):
    """The anomalies in a computation."""
    with detect_anomaly(mode="report", **options) as report:
        compute()
    return report.anomalies


def only(compute, **options):
    (anomaly,) = found(compute, **options)
    return anomaly


# -- forward ---------------------------------------------------------------------------------------------


def test_the_operator_its_operands_and_the_line_are_named() -> None:
    p = Value(0.0, label="p")
    with detect_anomaly(mode="report") as report:
        line = line_here(1)
        -p.log() * 2
    anomaly = report.first
    assert (anomaly.kind, anomaly.phase, anomaly.origin) == ("-inf", "forward", "operator")
    assert anomaly.operator == "log"
    assert [(x.name, x.label, x.value) for x in anomaly.operands] == [("x", "p", 0.0)]
    assert (anomaly.place.file, anomaly.place.line) == (__file__, line)
    assert anomaly.place.function == "test_the_operator_its_operands_and_the_line_are_named"
    assert anomaly.place.source == "-p.log() * 2"
    start, end = anomaly.place.marked
    assert anomaly.place.source[start:end] == "p.log()"
    text = str(report)
    for part in ("log(x=0.0 (p)) = -inf", f"line {line}", "try: the logarithm"):
        assert part in text


def test_it_raises_at_the_end_of_the_block_and_says_the_same() -> None:
    p = Value(-1.0)
    with (
        pytest.raises(AnomalyError, match=r"nan arose forward in log: log\(x=-1.0\) = nan") as caught,
        detect_anomaly(),
    ):
        p.log().exp()
    assert caught.value.anomaly.operator == "log"
    assert str(caught.value) == str(caught.value.anomaly)
    assert isinstance(caught.value, engine.ChainruleError)


def test_what_follows_is_not_told_again() -> None:
    x = Value(-1.0)
    anomaly = only(lambda: (x.log() * 2 + 1).exp().tanh())
    assert anomaly.operator == "log"


@pytest.mark.parametrize(
    ("compute", "operator", "kind"),
    [
        (lambda x: x + 1.7e308, "add", "inf"),
        (lambda x: x - Value(-1.7e308), "sub", "inf"),
        (lambda x: x * 10, "mul", "inf"),
        (lambda x: x / 0, "div", "inf"),
        (lambda x: (x - x) / (x - x), "div", "nan"),
        (lambda x: x**2, "pow", "inf"),
        (lambda x: x ** Value(1.5), "pow", "inf"),
        (lambda x: (-x) ** 0.5, "pow", "nan"),
        (lambda x: x.exp(), "exp", "inf"),
        (lambda x: (-x).sqrt(), "sqrt", "nan"),
        (lambda x: x.asin(), "asin", "nan"),
        (lambda x: engine.sum([x, x, x]), "sum", "inf"),
        (lambda x: engine.dot([x, x], [2.0, x]), "dot", "inf"),
        (lambda x: engine.prod([x, x]), "prod", "inf"),
        (lambda x: np.exp(x), "exp", "inf"),
        (lambda x: np.array([x, x]) @ np.array([x, x]), "mul", "inf"),
        (lambda x: -x * 10, "mul", "-inf"),
    ],
)
def test_every_way_of_making_a_node_is_watched(compute, operator, kind) -> None:
    with np.errstate(over="ignore"):  # NumPy's own warning of the product of arrays
        anomaly = found(lambda: compute(Value(1.7e308)))[0]
    assert (anomaly.operator, anomaly.kind, anomaly.phase) == (operator, kind, "forward")
    assert anomaly.place.file == __file__


def test_a_node_built_by_hand_is_watched() -> None:
    x = Value(2.0)
    anomaly = only(lambda: Value(INF, (x,), (1.0,)))
    assert (anomaly.operator, anomaly.kind) == ("an operator built by hand", "inf")
    assert only(lambda: Value(NAN, (x,), "blow up")).operator == "blow up"


def test_sound_computations_have_no_anomalies() -> None:
    x = Value(0.5)
    with detect_anomaly(), detect_anomaly(mode="report") as report:
        loss = engine.sum([x.tanh(), x * 2, x**3]).log()
        loss.backward()
    assert not report
    assert str(report) == "no anomalies"
    assert report.first is None


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_results_in_a_block_are_those_outside(name) -> None:
    row = OPERATORS[name]
    function = getattr(engine, name) if hasattr(engine, name) else None

    def results() -> list[str]:
        numbers = []
        for point in row.points:
            xs = [Value(x) for x in point]
            y = engine.node.backend.apply(row, xs)
            y.backward()
            numbers += [y.data.hex(), *(x.grad.hex() for x in xs)]
        return numbers

    plain = results()
    with detect_anomaly(mode="report"):
        watched = results()
    assert watched == plain == results()
    assert plain or function is not None


def test_no_grad_is_watched_too_and_stays() -> None:
    x = Value(0.0)
    with no_grad(), detect_anomaly(mode="report") as report:
        y = x.log()
        z = x - 1e308 * Value(10.0)
    assert [anomaly.operator for anomaly in report.anomalies] == ["log", "mul"]
    assert (y._children, z._children, y.requires_grad) == ((), (), False)


# -- infinities, and what the data bring along ---------------------------------------------------------------


def test_infinities_are_optional() -> None:
    x = Value(1000.0)
    assert only(lambda: x.exp()).kind == "inf"
    assert found(lambda: x.exp(), inf=False) == ()
    nan = only(lambda: x.exp() * 0, inf=False)
    assert (nan.operator, [y.value for y in nan.operands]) == ("mul", [INF, 0.0])


def test_infinite_data_are_no_anomaly_but_the_nan_they_lead_to_is() -> None:
    mask, x = Value(-INF), Value(3.0)
    assert found(lambda: (x + mask).exp()) == ()
    assert only(lambda: (x + mask) - mask).operator == "sub"


def test_nan_in_the_data_is_named_once_with_the_operand() -> None:
    x, w = Value(NAN, label="x3"), Value(2.0, label="w")

    def compute():
        for _ in range(3):
            w * x
            (x + 1).exp()

    anomaly = only(compute)
    assert (anomaly.origin, anomaly.operator, anomaly.position) == ("operand", "mul", 1)
    assert "came in with the data: the operand b=nan (x3) of mul" in str(anomaly)


def test_nan_as_a_plain_number_is_found() -> None:
    w = Value(2.0)
    anomaly = only(lambda: engine.dot([w, w], [1.0, NAN]))
    assert (anomaly.origin, anomaly.operands[anomaly.position].name) == ("operand", "b[1]")


def test_what_was_computed_before_the_block_is_searched() -> None:
    x = Value(0.0)
    before = x.log() * 0
    first, second = found(lambda: before + 1)
    assert (first.operator, first.kind, first.place) == ("log", "-inf", None)
    assert (second.operator, second.kind) == ("mul", "nan")
    assert "its line is not known: it was computed outside of detect_anomaly()" in str(first)


def test_backward_alone_finds_where_a_nan_loss_came_from() -> None:
    x = Value(-1.0)
    loss = (x.sqrt() + 1) * 3
    anomaly = found(loss.backward)[0]
    assert (anomaly.operator, anomaly.phase) == ("sqrt", "forward")


# -- backward --------------------------------------------------------------------------------------------


def test_a_gradient_is_named_with_the_line_of_its_operator() -> None:
    x = Value(0.0, label="x")
    with detect_anomaly(mode="report") as report:
        line = line_here(1)
        y = x.sqrt()
        z = 3 * y
        z.backward()
    (anomaly,) = report.anomalies
    assert (anomaly.phase, anomaly.operator, anomaly.kind) == ("backward", "sqrt", "inf")
    assert (anomaly.place.file, anomaly.place.line) == (__file__, line)
    assert (anomaly.gradient, anomaly.operands[0].local_gradient) == (3.0, INF)
    assert "its derivative with respect to x is inf, times the gradient 3.0" in str(anomaly)


def test_two_blocks_forward_and_backward_know_the_line() -> None:
    x = Value(0.0)
    with detect_anomaly():
        y = x.sqrt()
    with detect_anomaly(mode="report") as report:
        y.backward()
    assert report.first.place.source == "y = x.sqrt()"


def test_a_gradient_without_a_watched_forward_pass_says_how_to_get_the_line() -> None:
    y = Value(0.0).sqrt()
    anomaly = only(y.backward)
    assert anomaly.place is None
    assert "computed outside of detect_anomaly()" in str(anomaly)


def test_leaves_keep_their_gradients_where_a_gradient_raises() -> None:
    x, w = Value(0.0), Value(5.0)
    w.grad = 1.0
    with pytest.raises(AnomalyError, match="backward in sqrt"), detect_anomaly():
        (x.sqrt() + w).backward()
    assert (x.grad, w.grad) == (0.0, 1.0)


def test_a_gradient_that_overflows() -> None:
    x = Value(1e-200)
    y = x * 1e200 * 1e200
    anomaly = only(y.backward)
    assert (anomaly.operator, anomaly.kind, anomaly.operands[1].value) == ("mul", "inf", 1e200)


def test_a_sum_of_gradients_that_cancel_infinitely() -> None:
    x = Value(1.0)
    y = Value(1.0, (x,), (INF,)) + Value(1.0, (x,), (-INF,))
    kinds = [(a.origin, a.kind) for a in found(y.backward)]
    assert kinds == [("operator", "-inf"), ("operator", "inf")]  # of which the nan is the consequence
    x.grad = 0.0
    (anomaly,) = found(y.backward, inf=False)
    assert (anomaly.origin, anomaly.kind) == ("sum", "nan")
    assert "added up" in str(anomaly)


def test_the_zero_rule_is_no_anomaly() -> None:
    x = Value(0.0)
    assert found(lambda: (0 * x.sqrt()).backward()) == ()


def test_the_gradient_backward_is_given_and_what_a_hook_makes_of_it() -> None:
    x = Value(2.0)
    assert only(lambda: (x * x).backward(NAN)).origin == "start"
    with x.register_hook(lambda g: NAN):
        anomaly = only(lambda: (x * x).backward())
    assert (anomaly.origin, anomaly.gradient) == ("hook", 4.0)
    assert "a hook made of the gradient 4.0" in str(anomaly)


def test_the_gradients_of_transforms_are_watched() -> None:
    with pytest.raises(AnomalyError, match="backward in sqrt"), detect_anomaly():
        engine.grad(lambda x: x.sqrt())(0.0)


def test_a_lifted_function_is_named_with_its_own_line() -> None:
    @engine.jit
    def root_of_product(p, x):
        return (p * x).sqrt()

    p = Value(4.0)
    assert root_of_product(p, 1.0).data == 2.0
    (forward,) = found(lambda: root_of_product(p, -1.0))
    (backward,) = found(lambda: root_of_product(p, 0.0).backward())
    for anomaly, phase in ((forward, "forward"), (backward, "backward")):
        assert (anomaly.operator, anomaly.phase) == ("sqrt", phase)
        assert anomaly.place.source == "return (p * x).sqrt()"


def test_made_up_numbers_of_lifting_are_no_anomalies() -> None:
    @engine.jit
    def half_log(x):
        return x.log() / 2

    assert found(lambda: half_log(2.0)) == ()  # though log is tried at 0 and below, to see whether f branches


@pytest.mark.parametrize("lift", [engine.jit, lambda f: engine.jit(f, batch=True), engine.vmap])
def test_an_infinity_inside_a_lifted_function_is_found(lift) -> None:
    lifted = lift(lambda x: x.exp() * 0.0 - 1.0)
    one, large = (1.0, 1000.0) if lift is engine.jit else ([1.0], [1000.0])
    lifted(one)
    first, second = found(lambda: lifted(large))
    assert (first.operator, first.phase, first.kind) == ("exp", "forward", "inf")
    assert (second.operator, second.phase, second.kind) == ("mul", "forward", "nan")


def test_results_in_a_block_are_of_the_kind_outside() -> None:
    @engine.vmap
    def square(x):
        return x * x

    outside = square([1.0, 2.0])
    with detect_anomaly():
        inside = square([1.0, 2.0])
    assert inside.dtype == outside.dtype == float
    assert inside.tolist() == outside.tolist() == [1.0, 4.0]


def test_a_lifted_training_is_watched_as_one_that_is_not() -> None:
    model = nn.MLP(1, [1], activation="linear", rng=0)
    model.parameters()[0].data = 1e200
    X, y = [[1.0], [1e200]], [0.0, 0.0]
    for jit in (False, True):
        with pytest.raises(AnomalyError, match="forward in"), detect_anomaly():
            nn.fit(model, X, y, loss="mse", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=1, jit=jit)


def test_gradients_in_a_block_are_those_outside_to_the_last_bit() -> None:
    def gradients() -> list[str]:
        model = nn.MLP(2, [4, 1], rng=1)
        loss = engine.mean([(model([0.1 * i, -0.3]) - 0.5) ** 2 for i in range(4)])
        loss.backward()
        loss.backward()
        return [p.grad.hex() for p in model.parameters()]

    plain = gradients()
    with detect_anomaly():
        assert gradients() == plain


@pytest.mark.parametrize("mode", ["", "Raise", None, 1])
def test_an_unknown_mode_is_refused(mode) -> None:
    with pytest.raises(ValueError, match="mode must be 'raise' or 'report'"):
        detect_anomaly(mode=mode)


# -- what matters ----------------------------------------------------------------------------------------

SOUND = {
    "where, the other side": lambda x: engine.where(x > 0.0, x.sqrt(), x * x),
    "where, nan in the first": lambda x: engine.where(x < 0.0, x * x, x.log()),
    "maximum": lambda x: engine.maximum(x, (-1.0 / (x + 3.0)) * 1.0),  # of -inf and -3
    "minimum": lambda x: engine.minimum(x, 1.0 / (x + 3.0) ** 2),
    "max": lambda x: engine.max([x, -1.0 / (x + 3.0) ** 2, 2.0 * x]),
    "min": lambda x: engine.min([x, 1.0 / (x + 3.0) ** 2, 2.0 * x]),
    "clip": lambda x: engine.clip(1.0 / (x + 3.0) ** 2, -1.0, 1.0) + x,
    "relu of -inf": lambda x: (-1.0 / (x + 3.0) ** 2).relu() + x,
    "step": lambda x: engine.step(1.0 / (x + 3.0) ** 2) + x,
    "sign": lambda x: engine.sign(1.0 / (x + 3.0) ** 2) + x,
    "a mask over a steep edge": lambda x: x.relu().sqrt() + x,  # sqrt' is inf at 0, relu' masks it
    "a mask over two": lambda x: (x.relu().sqrt() * 2.0).log1p() + x,
    "leaky": lambda x: engine.where(x > 0.0, x.log(), 0.01 * x),
    "sigmoid of inf": lambda x: engine.where(x < 0.0, x, (1.0 / (x + 3.0)).sigmoid()),
    "thrown away": lambda x: [x.sqrt(), x.log() * 2.0, x * x][2],
    "a dead branch": lambda x: (x.sqrt() * 0.0 + 1.0, x * x)[1],
}


@pytest.mark.parametrize("mode", ["raise", "report"])
@pytest.mark.parametrize("inf", [True, False])
@pytest.mark.parametrize("name", SOUND)
def test_what_reaches_neither_the_root_nor_a_gradient_is_sound(name, mode, inf) -> None:
    x = Value(-3.0)
    with detect_anomaly(mode=mode, inf=inf) as report:
        y = SOUND[name](x)
        y.backward()
    assert math.isfinite(y.data)
    assert math.isfinite(x.grad)
    assert not report


REACHING = {
    "where, the side taken": (lambda x: engine.where(x < 0.0, x.sqrt(), x * x), ["sqrt"]),
    "where, both sides": (lambda x: engine.where(x < 0.0, x.sqrt(), x.log()), ["sqrt"]),
    "maximum": (lambda x: engine.maximum(x, x.sqrt()), ["sqrt"]),
    "max": (lambda x: engine.max([x, 1.0 / (x + 3.0), x * x]), ["div"]),
    "clip of nan": (lambda x: engine.clip(x.log(), -1.0, 1.0), ["log"]),
    "relu of nan": (lambda x: x.log().relu(), ["log"]),
    "a product with 0": (lambda x: x.log() * 0.0, ["log"]),
    "two in a sum": (lambda x: x.log() + x.sqrt(), ["log", "sqrt"]),
    "one of several": (lambda x: [x.log(), x.sqrt() * 2.0][1], ["sqrt"]),
    "inf less inf": (lambda x: 1.0 / (x + 3.0) - 1.0 / (x + 3.0), ["div", "div", "sub"]),
}


@pytest.mark.parametrize("name", REACHING)
def test_what_reaches_the_root_is_told_in_the_order_in_which_it_arose(name) -> None:
    f, operators = REACHING[name]
    told = [a for a in found(lambda: f(Value(-3.0)).backward()) if a.phase == "forward"]
    assert [a.operator for a in told for _ in range(a.count)] == operators
    with pytest.raises(AnomalyError, match=f"in {operators[0]}"), detect_anomaly():
        f(Value(-3.0)).backward()


@pytest.mark.parametrize("recording", [engine.enable_grad, no_grad])
@pytest.mark.parametrize("name", [name for name in REACHING if name != "one of several"])
def test_without_a_sweep_the_last_results_are_the_roots(name, recording) -> None:
    f, operators = REACHING[name]
    with recording():
        told = found(lambda: f(Value(-3.0)))
        assert [a.operator for a in told for _ in range(a.count)] == operators
        with pytest.raises(AnomalyError, match=f"in {operators[0]}"), detect_anomaly():
            f(Value(-3.0))


@pytest.mark.parametrize(
    ("f", "operator"),
    [
        (lambda x: x.sqrt(), "sqrt"),
        (lambda x: engine.where(x > -1.0, x.sqrt(), x), "sqrt"),
        (lambda x: engine.cbrt(x) ** 3, "cbrt"),
        (lambda x: 1.0 / (1.0 / x + 1.0), "div"),
    ],
)
def test_what_reaches_the_gradient_of_a_leaf_is_told(f, operator) -> None:
    x = Value(0.0)
    with pytest.raises(AnomalyError, match=f"arose backward in {operator}"), detect_anomaly():
        f(x).backward()
    assert x.grad == 0.0


def test_the_gradient_of_a_constant_is_of_no_concern() -> None:
    x = Value(-2.0)
    with detect_anomaly():
        (x ** Value(2.0).detach()).backward()  # by the exponent it is nan
    assert x.grad == -4.0
    y = Value(0.5)
    with detect_anomaly():
        (0.0**y).backward()  # by the base, a number, it is infinite
    assert y.grad == 0.0
    exponent = Value(2.0)
    with pytest.raises(AnomalyError, match="backward in pow"), detect_anomaly():
        (x**exponent).backward()


def test_a_later_root_decides_what_matters_to_it() -> None:
    x = Value(-3.0)
    with detect_anomaly(mode="report") as report:
        first, second = x.sqrt() * 2.0, x * x
        second.backward()
        assert not report
        first.backward()
        assert [a.operator for a in report.anomalies if a.phase == "forward"] == ["sqrt"]
        first.backward()
    assert [(a.operator, a.count) for a in report.anomalies if a.phase == "forward"] == [("sqrt", 1)]


def test_nothing_was_computed_of_the_last_results_of_a_block() -> None:
    x = Value(-3.0)
    for steps in ([x.sqrt, (x * x).backward, x.log], [x.log]):
        told = found(lambda steps=steps: [step() for step in steps])
        assert [a.operator for a in told] == ["log"]
    assert found(lambda: [x.log(), (x * x).backward()]) == ()


def test_another_exception_gets_a_note_of_what_went_before() -> None:
    x = Value(-3.0)
    with pytest.raises(ValueError, match="cannot convert float NaN") as caught, detect_anomaly():
        int(x.sqrt())
    assert "within detect_anomaly(): nan arose forward in sqrt" in caught.value.__notes__[0]
    with pytest.raises(KeyError) as plain, detect_anomaly():
        {}[int(engine.where(x > 0.0, x.sqrt(), x))]
    assert not hasattr(plain.value, "__notes__")
    with pytest.raises(KeyError), detect_anomaly(mode="report") as report:
        {}[x.sqrt()]
    assert report.first.operator == "sqrt"


def test_a_block_that_is_entered_by_hand_judges_when_it_is_left() -> None:
    block = detect_anomaly()
    block.__enter__()
    Value(-3.0).sqrt()
    with pytest.raises(AnomalyError, match="in sqrt"):
        block.__exit__(None, None, None)
    assert not engine.autograd.observers.current_observers()
    stack = contextlib.ExitStack()
    stack.enter_context(block)
    Value(-3.0).sqrt()
    with pytest.raises(AnomalyError, match="in sqrt"):
        stack.close()


# -- blocks ----------------------------------------------------------------------------------------------


def test_blocks_nest_and_the_innermost_is_told_last() -> None:
    x = Value(0.0)
    with detect_anomaly(mode="report") as outer:
        with detect_anomaly(mode="report") as inner:
            x.log()
        x.sqrt()
        (x - 1).log()
    assert [a.kind for a in inner.anomalies] == ["-inf"]
    assert [a.kind for a in outer.anomalies] == ["-inf", "nan"]


def is_watched() -> bool:
    try:
        Value(0.0).log().backward()
    except AnomalyError:
        return True
    return False


def test_an_exception_ends_the_block() -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), detect_anomaly():
            1 / (is_watched() - 1)
        assert not is_watched()


def test_a_block_is_its_threads_own() -> None:
    seen = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: seen.append(is_watched()))
        thread.start()
        thread.join()
        assert is_watched()
    assert seen == [False]


def test_threads_may_leave_one_block_in_any_order() -> None:
    block = detect_anomaly()
    entered, leave = threading.Event(), threading.Event()
    seen = []

    def other() -> None:
        with block:
            entered.set()
            leave.wait(60.0)
            seen.append(is_watched())
        seen.append(is_watched())

    thread = threading.Thread(target=other)
    with block:
        thread.start()
        assert entered.wait(60.0)
    assert not is_watched()
    leave.set()
    thread.join()
    assert seen == [True, False]


def test_it_decorates_functions_generators_and_coroutines() -> None:
    @detect_anomaly()
    def function() -> bool:
        return is_watched()

    @detect_anomaly()
    def generator():
        yield is_watched()

    @detect_anomaly()
    async def coroutine() -> bool:
        await asyncio.sleep(0)
        return is_watched()

    assert function()
    assert list(generator()) == [True]
    assert asyncio.run(coroutine())
    suspended = generator()
    next(suspended)
    assert not is_watched()


def test_a_block_that_a_suspended_generator_leaves_open_ends_with_it() -> None:
    def generator():
        with detect_anomaly(mode="report"):
            yield

    first, second = generator(), generator()
    next(first), next(second)
    first.close()  # not the innermost
    second.close()
    assert engine.autograd.observers.current_observers() == []


def test_one_block_may_be_entered_again() -> None:
    block = detect_anomaly(mode="report")
    with block as report, block:
        Value(0.0).log()
    with block:
        Value(0.0).log()
    assert [a.count for a in report.anomalies] == [1, 1]
    assert not engine.autograd.observers.current_observers()


def test_nothing_is_kept_alive() -> None:
    with detect_anomaly(mode="report") as report:
        y = Value(0.0).log()
        gone = weakref.ref(y)
        del y
        gc.collect()
        assert gone() is None
    assert report.first.operator == "log"


@pytest.mark.unmeasured
def test_a_deep_graph() -> None:
    with detect_anomaly():
        y = x = Value(1.0)
        for _ in range(20_000):
            y = y + 1.0
        y.backward()
    assert x.grad == 1.0
    bad = Value(NAN)
    for _ in range(20_000):
        bad = bad + 1.0
    assert only(bad.backward).origin == "operand"


# -- the rule of zero ---------------------------------------------------------------------------------


def test_a_computed_zero_that_meets_infinity_is_told_with_the_rule() -> None:
    x = Value(0.0, label="x")
    (anomaly,) = found(lambda: (x.sqrt() ** 2).backward())
    assert (anomaly.operator, anomaly.kind, anomaly.gradient) == ("sqrt", "nan", 0.0)
    assert "its derivative with respect to x is inf, times the gradient 0.0 of its result" in str(anomaly)
    assert "that 0 was computed, and 0 · inf may stand for any number" in str(anomaly)


def test_what_a_masked_way_leads_to_is_no_anomaly() -> None:
    x = Value(0.0)
    root = x.sqrt()
    for masked in (
        engine.where(0.0, root, 1.0),
        root * 0.0,
        engine.relu(root - 1.0),
        engine.max([root, 1.0]),
    ):
        assert found(masked.backward) == ()


def test_an_infinite_gradient_that_is_no_zero_is_told_without_it() -> None:
    x = Value(0.0)
    (anomaly,) = found(lambda: x.sqrt().backward())
    assert "that 0 was computed" not in str(anomaly)


def test_a_hook_may_mend_a_gradient() -> None:
    x = Value(0.0)
    y = x * 1.0
    with y.register_hook(lambda g: 1.0), detect_anomaly(mode="report") as found:
        (y**0.5).backward()
    assert x.grad == 1.0
    assert found.first is None
