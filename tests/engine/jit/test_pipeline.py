"""One program: which form it takes and why, what it runs, and that a result's local gradients are its own."""

import gc
import math

import numpy as np
import pytest

import engine
from engine import TraceError, Value, custom_op, jit
from engine.jit import lowering, written
from engine.jit.costs import Costs
from engine.jit.lowering import without_collections
from engine.jit.pipeline import Lifted
from engine.jit.trace.trace import Given
from engine.node.backend import compiled_tape
from engine.pytree.arguments import Arguments
from tests.engine.jit.forms import FORMS, assert_close, forced, outputs_and_gradients

W, V = Value(0.5), Value(-1.0)

RESULTS = {
    "one": lambda x: W * x + V.tanh(),
    "a pair": lambda x: (W * x, V * x),
    "nested": lambda x: {"a": [W * x, (V * W * x).exp()], "b": (V * x, W + 0.0 * x)},
    "one that needs nothing": lambda x: [W * x, V * 1.0, x + 0.0],
}


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RESULTS)
def test_each_result_keeps_its_own_gradients(name, form, batch) -> None:
    f = RESULTS[name]
    x = Value(3.0)
    values = [W, V, x]

    def call(f, number):
        x.data = number
        return f(np.array([x, x], dtype=object)) if batch else f(x)

    expected = [outputs_and_gradients(f, values, Value(number)) for number in (3.0, -2.0)]
    for number, found in zip((3.0, -2.0), expected, strict=True):
        x.data = number
        found[1][:] = outputs_and_gradients(lambda: f(x), values)[1]
    with forced(form):
        lifted = jit(f, batch=batch)
        held = [call(lifted, number) for number in (3.0, -2.0)]  # both held, then both read
    for result, (numbers, gradients) in zip(held, expected, strict=True):
        found = outputs_and_gradients(lambda result=result: result, values)
        assert_close(found[0], numbers)
        assert_close(found[1], gradients)


@pytest.mark.parametrize("form", FORMS)
def test_results_are_read_in_any_order(form) -> None:
    with forced(form):
        first, second = jit(lambda x: (W * x, V * x))(3.0)
    for result, value, other in ((second, V, W), (first, W, V)):
        W.grad = V.grad = 0.0
        result.backward()
        assert (value.grad, other.grad) == (3.0, 0.0)
    W.grad = V.grad = 0.0


# -- the stages ---------------------------------------------------------------------------------------------

cube = custom_op(lambda x: x**3, lambda x: 3.0 * x * x, name="cube")


def lifted_for(f, *given, batched=False, wanted=False) -> Lifted:
    arguments = Arguments.of_call(given, {})
    numbers = arguments.numbers()
    return Lifted(Given(f, arguments, numbers, [wanted] * len(numbers), batched))


def deep(x, steps=6000):
    for _ in range(steps):
        x = (x * W).sin()
    return x


LINES = "scalars" if compiled_tape is None else "tape"

KINDS = {
    "a formula": (lambda x: W * x.tanh(), False, LINES, ""),
    "many alike": (lambda x: engine.sum([(x * i).exp() * W for i in range(2000)]), False, "arrays", ""),
    "one sample of many": (lambda x: W * x, True, "arrays", ""),
    "a custom operator": (lambda x: cube(x) * W, False, LINES, "it has custom operators: cube"),
    "that for many samples": (lambda x: cube(x) * W, True, "eager", "it has custom operators: cube"),
    "a long chain": (
        deep,
        False,
        "eager" if compiled_tape is None else "tape",
        "its 12002 nodes are 12000 steps, each of which waits for the one" if compiled_tape is None else "",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_program_takes_the_form_that_pays(name, monkeypatch) -> None:
    f, batched, kind, reason = KINDS[name]
    node = 1e-7 if compiled_tape is not None else 5e-7
    here = Costs(1e-5, 5e-7, 4e-9, 1e-9, 1e-6, 4e-9, 1e-8, 1e-6, 5e-8, node)
    monkeypatch.setattr(lowering, "costs_here", lambda: here)
    lifted = lifted_for(f, 0.5, batched=batched)
    assert lifted.kind == kind
    assert lifted.reason.startswith(reason)
    assert (lifted.executable is None) is (kind == "eager")
    assert written.source(lifted).startswith("# runs as it is, because it" if kind == "eager" else "def ")


def test_arrays_are_not_made_where_they_cannot_be_quicker() -> None:
    if compiled_tape is None:
        pytest.skip("there is no tape")
    lifted = lifted_for(lambda x: deep(x, 500), 0.5)
    assert lifted.program is None
    assert list(lifted.costs) == ["tape", "arrays at least"]
    assert "statements" in written.stages(lifted)["program"]  # to be looked at, they are


@pytest.mark.parametrize("form", FORMS[:-1])
def test_it_runs_on_other_numbers_with_what_the_parameters_hold(form) -> None:
    w, x = Value(0.5), Value(2.0)
    with forced(form):
        lifted = lifted_for(lambda x, y: (w * x * y, w + y), x, 3.0, wanted=True)
    assert lifted.captured_operands
    w.data = 0.25
    values, gradients = lifted.run(np.array([4.0, 5.0]), True)
    assert values == [5.0, 5.25]
    assert [row.tolist() for row in gradients] == [[20.0, 1.25, 1.0], [1.0, 0.0, 1.0]]
    assert lifted.run(np.array([4.0, 5.0]), False) == ([5.0, 5.25], [])
    assert lifted.operands(Arguments.of_call((x, 3.0), {})) == (w, x, 3.0)
    assert lifted.run(np.array([np.inf, 5.0]), True) == (None, [])


def test_it_holds_where_decisions_come_out_as_they_did() -> None:
    lifted = lifted_for(lambda x: x * W if x > 1.0 else x, 2.0)
    assert [lifted.holds(np.array([x])) for x in (3.0, 1.0, np.nan)] == [True, False, False]
    assert lifted.holds_on(np.array([[3.0], [0.0], [1.5]])).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: cube(x), "cannot be written as NumPy, because it has custom operators: cube"),
        (lambda x: x if x == 2.0 else -x, r"because it decides by numbers(.|\n)*== 2.0(.|\n)*engine.where"),
    ],
)
def test_what_no_file_can_hold_is_refused(f, message) -> None:
    with pytest.raises(TraceError, match=message):
        written.as_numpy(lifted_for(f, 2.0))


def test_each_stage_has_something_to_print() -> None:
    stages = written.stages(lifted_for(lambda x: W * x.tanh(), 2.0))
    assert list(stages) == ["trace", "canonical form", "layout", "program", "choice", "source"]
    assert "(chosen)" in stages["choice"]
    assert list(written.stages(lifted_for(lambda x: cube(x), 2.0))) == ["trace", "choice", "source"]


def test_the_collector_is_left_as_it_was() -> None:
    def fails() -> None:
        with without_collections():
            assert not gc.isenabled()
            raise KeyError

    for collects in (True, False):
        (gc.enable if collects else gc.disable)()
        try:
            with pytest.raises(KeyError):
                fails()
            assert gc.isenabled() is collects
        finally:
            gc.enable()


def test_the_collector_is_on_after_several_threads_have_lifted() -> None:
    for order in ((0, 1), (1, 0)):
        lifts = [without_collections(), without_collections()]
        for lift in lifts:
            lift.__enter__()
        assert not gc.isenabled()
        for i in order:
            lifts[i].__exit__(None, None, None)
        assert gc.isenabled()


def test_the_collector_is_on_where_one_lift_ends_just_as_another_starts(monkeypatch) -> None:
    first, second, asked = without_collections(), without_collections(), gc.isenabled
    first.__enter__()

    def asked_too_early() -> bool:
        found = asked()
        first.__exit__(None, None, None)
        return found

    try:
        with monkeypatch.context() as patch:
            patch.setattr(gc, "isenabled", asked_too_early)
            second.__enter__()
        second.__exit__(None, None, None)
        assert gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["disable", "enable"])
def test_the_collector_is_on_after_ctrl_c_as_it_was_turned_off_or_on(name, monkeypatch) -> None:
    turn = getattr(gc, name)

    def interrupted() -> None:
        turn()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gc, name, interrupted)
        with pytest.raises(KeyboardInterrupt), without_collections():
            pass
    try:
        assert gc.isenabled()
        with without_collections():
            pass
        assert gc.isenabled()
    finally:
        gc.enable()


def test_nodes_that_are_made_in_vain_are_spoiled_too() -> None:
    w, kept = Value(2.0), []

    @jit
    def f(x):
        kept.append(x * 3.0)  # the result does not need it
        mine = Value(5.0)
        kept.append(mine)
        return w * x * mine

    assert f(1.0).data == 10.0
    assert math.isnan(kept[0].data)
    assert kept[1].data == 5.0
