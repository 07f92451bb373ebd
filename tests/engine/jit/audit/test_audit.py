"""Audits find what no guard can see; they find nothing where there is nothing."""

import copy
import os
import pickle
from importlib import import_module

import numpy as np
import pytest

import engine
from engine import TraceError, Value, jit, no_grad, vmap
from nn import MLP, SGD, Module, fit
from tests.engine.jit.unseen import Unseen

W, V = Value(0.5), Value(-1.0)


def held_numbers() -> Unseen:
    return Unseen(scale=2.0, shift=0.0, table=[1.0, 2.0], function="tanh")


def _hidden(key: str) -> str:
    return "".join(reversed(key))


def _of_environment(x):
    return x * W * float(os.environ.get(_hidden("ELACS_NIAHC"), "2.0"))


def _of_file(path):
    return lambda x: x * W * float(getattr(path, _hidden("txet_daer"))())


FAMILY = {
    "a factor": lambda held: lambda x: x * W * held.scale,
    "a term": lambda held: lambda x: x * W + held.shift,
    "how often": lambda held: lambda x: engine.sum([x * W] * int(held.scale)),
    "which operator": lambda held: lambda x: getattr(engine, held.function)(x * W),
    "which Value": lambda held: lambda x: x * (W if held.scale == 2.0 else V),
    "a number beside the result": lambda held: lambda x: (x * W, held.scale),
}
CHANGES = {"a term": {"shift": 1.5}, "which operator": {"function": "exp"}}

LIFTS = {
    "jit": (lambda f, **o: jit(f, **o), lambda f: f(3.0)),
    "batch": (lambda f, **o: jit(f, batch=True, **o), lambda f: f([3.0, 2.0, -1.0])),
    "vmap": (lambda f, **o: vmap(f, **o), lambda f: no_grad(f)(np.array([3.0, 2.0, -1.0]))),
}


@pytest.mark.parametrize("lift", LIFTS)
def test_an_audit_that_ctrl_c_ends_comes_again_in_the_next_call(lift, monkeypatch) -> None:
    calling, calls = import_module("engine.jit.calling"), []
    audited = calling.audited

    def interrupted_at_first(function, lifted, *args):
        calls.append(lifted.calls)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return audited(function, lifted, *args)

    monkeypatch.setattr(calling, "audited", interrupted_at_first)
    make, call = LIFTS[lift]
    lifted = make(lambda x: W * x)
    with pytest.raises(KeyboardInterrupt):
        call(lifted)
    for _ in range(10):
        call(lifted)
    assert calls == [1, 2, 10]


@pytest.mark.measured
@pytest.mark.parametrize("lift", LIFTS)
@pytest.mark.parametrize("name", FAMILY)
def test_what_no_guard_sees_is_found_in_the_tenth_call(name, lift) -> None:
    held = held_numbers()
    lifted = LIFTS[lift][0](FAMILY[name](held))
    if lift == "batch" and name == "a number beside the result":
        return  # a mean of such is refused
    for _ in range(5):
        LIFTS[lift][1](lifted)
    for key, item in CHANGES.get(name, {"scale": 5.0}).items():
        setattr(held, key, item)
    for _ in range(4):
        LIFTS[lift][1](lifted)
    with pytest.raises(TraceError, match=r"in call 10 of a program of .*: .*make that an argument"):
        LIFTS[lift][1](lifted)
    assert lifted.traces == 0


@pytest.mark.parametrize("lift", LIFTS)
@pytest.mark.parametrize("name", FAMILY)
def test_a_function_that_changes_nothing_passes(name, lift) -> None:
    lifted = LIFTS[lift][0](FAMILY[name](held_numbers()), audit=True)
    if lift == "batch" and name == "a number beside the result":
        return
    for _ in range(12):
        LIFTS[lift][1](lifted)
    assert lifted.traces == 1


def test_the_message_names_what_differs() -> None:
    held = held_numbers()
    lifted = jit(FAMILY["a factor"](held), audit=True)
    lifted(3.0)
    held.scale = 4.0
    message = (
        r"in call 2 of a program of .*<lambda> it gives \[3\.0\], and the function itself \[6\.0\]: "
        r"a constant, an operand of '\*', is 4\.0, and in the program 2\.0\. It reads what a program cannot"
    )
    with pytest.raises(TraceError, match=message):
        lifted(3.0)
    assert lifted(3.0).data == 6.0  # which was traced anew


def test_a_file_and_the_environment(tmp_path, monkeypatch) -> None:
    path = tmp_path / "scale.txt"
    path.write_text("2.0")
    of_file, of_environment = jit(_of_file(path), audit=True), jit(_of_environment, audit=True)
    assert of_file(3.0).data == of_environment(3.0).data == 3.0
    path.write_text("4.0")
    monkeypatch.setenv("CHAIN_SCALE", "4.0")
    with pytest.raises(TraceError, match=r"an operand of '\*', is 4\.0, and in the program 2\.0"):
        of_file(3.0)
    assert of_environment(3.0).data == 6.0


def test_gradients_are_compared_too() -> None:
    held = held_numbers()
    held.scale = 0.0
    lifted = jit(lambda x: W * x + (W - 0.5) * held.scale, audit=True)
    lifted(3.0)
    held.scale = 5.0
    with pytest.raises(TraceError, match=r"its gradients, .* of the function itself: a constant"):
        lifted(3.0)
    lifted.clear_cache()
    held.scale = 0.0
    lifted(3.0)
    held.scale = 5.0
    with no_grad():  # the number is right, and nobody can ask for more
        assert lifted(3.0).data == 1.5


@pytest.mark.parametrize(("audit", "audited"), [(True, 12), (False, 0), (None, 2)])
def test_when_it_is_looked(audit, audited) -> None:
    ran = []
    lifted = jit(lambda x: ran.append(1) or x * W, audit=audit)
    without = jit(lambda x: ran.append(1) or x * W, audit=False)
    without(3.0)
    traced = len(ran)
    for _ in range(12):
        lifted(3.0)
    assert len(ran) == 2 * traced + audited


@pytest.mark.parametrize(("chosen", "audited"), [("always", 12), ("never", 0), ("", 2)])
def test_the_environment_chooses(chosen, audited, monkeypatch) -> None:
    monkeypatch.setenv("CHAINRULE_AUDIT", chosen)
    ran = []
    traced = jit(lambda x: ran.append(1) or x * W, audit=False)
    traced(3.0)
    count = len(ran)
    lifted = jit(lambda x: ran.append(1) or x * W)
    for _ in range(12):
        lifted(3.0)
    assert len(ran) == 2 * count + audited
    monkeypatch.setenv("CHAINRULE_AUDIT", "sometimes")
    with pytest.raises(ValueError, match="must be 'always' or 'never', got 'sometimes'"):
        jit(lambda x: x)


def test_copies_methods_and_pickles_keep_the_choice() -> None:
    class Model:
        def __init__(self) -> None:
            self.held, self.step = held_numbers(), None

        @jit(audit=True)
        def loss(self, x):
            return x * W * self.held.scale

    for lifted in (
        Model().loss,
        copy.deepcopy(Model()).loss,
        pickle.loads(pickle.dumps(jit(abs, audit=True))),  # noqa: S301 - of our own
    ):
        assert lifted._audits is True


def test_samples_are_compared_with_their_gradients() -> None:
    lifted = jit(lambda x, t: (W * x[0] + V * x[1] - t) ** 2, batch=True, audit=True)
    xs = [[Value(1.0), Value(2.0)], [Value(0.5), Value(-1.0)]]
    xs[1][1] = xs[0][0] * 2.0  # one of them leads to another
    W.grad = V.grad = 0.0
    lifted(xs, [1.0, 2.0]).backward()
    expected = engine.mean([(W * x[0] + V * x[1] - t) ** 2 for x, t in zip(xs, [1.0, 2.0], strict=True)])
    assert [W.grad, V.grad] == pytest.approx(engine.gradients(expected, [W, V]), rel=1e-12)


def test_results_that_were_captured_are_leaves_here_too() -> None:
    o = engine.exp(W)
    lifted = jit(lambda x: o * x * W + o, audit=True)
    y = lifted(3.0)
    assert engine.gradients(y, [W])[0] == pytest.approx(engine.gradients(o * 3.0 * W + o, [W])[0], rel=1e-12)


TIES = {
    "max": lambda xs: engine.max([xs[0] + xs[1] + xs[2], xs[2] + xs[1] + xs[0]]) * W,
    "floor": lambda xs: engine.floor(xs[0] * 10.0 + xs[1] * 10.0 + xs[2] * 10.0),
    "abs": lambda xs: abs(xs[0] + xs[1] - xs[2]) * W,
    "where": lambda xs: engine.where(xs[0] + xs[1] > xs[2], W * xs[0], V * xs[1]),
    "if": lambda xs: W * xs[0] if W * xs[0] + W * xs[1] + W * xs[2] > 0.3 else V * xs[1],
}


@pytest.mark.parametrize("name", TIES)
def test_a_rounding_that_decides_at_an_edge_is_no_fault(name) -> None:
    lifted = jit(TIES[name], audit=True)
    for _ in range(3):
        lifted([0.1, 0.2, 0.3])


def test_a_fault_of_the_lifter_is_told_as_one(monkeypatch) -> None:
    pipeline = import_module("engine.jit.pipeline").Lifted
    run = pipeline.run
    lifted = jit(lambda x: x * W + V)
    monkeypatch.setattr(pipeline, "run", lambda *given: ([run(*given)[0][0] + 1e-3], run(*given)[1]))
    with pytest.raises(TraceError, match=r"this is a fault of engine\.jit; please report it"):
        lifted(3.0)
    monkeypatch.setattr(pipeline, "run", lambda *given: (run(*given)[0], [1.001 * run(*given)[1][0]]))
    with pytest.raises(TraceError, match=r"its gradients, .* itself: both have one graph"):
        lifted(3.0)


CHOOSING = {
    "relu": lambda xs: engine.relu(W * xs[0]) + xs[1],
    "max": lambda xs: engine.max([W * xs[0], V * xs[1], xs[2]]),
    "where": lambda xs: engine.where(engine.greater(W * xs[0], 1.0), xs[0] * xs[1], V * xs[2]),
    "floor": lambda xs: W * xs[0] + engine.floor(xs[1] * 3.1),
    "a tie that changes little": lambda xs: 10.0 * W + 1e-3 * abs(xs[0] + xs[1] - xs[2]),
    "by an if": lambda xs: sum(V * x if W * x > 0.1 else 0.0 for x in [*xs, 0.3 * xs[0], 0.2 * xs[1], W]),
}


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("name", CHOOSING)
def test_a_fault_beside_an_operator_that_chooses_is_told(name, batch, monkeypatch) -> None:
    lifted = jit(CHOOSING[name], batch=batch, audit=True)
    given = [[0.1, 0.2, 0.3]] if batch else [0.1, 0.2, 0.3]
    lifted(given)
    pipeline, run = import_module("engine.jit.pipeline").Lifted, "mean" if batch else "run"
    runs = getattr(pipeline, run)
    monkeypatch.setattr(pipeline, run, lambda *given: ([runs(*given)[0][0] * 1.001], runs(*given)[1]))
    with pytest.raises(TraceError, match=r"fault|one program was made for all ways|decides"):
        lifted(given)
    monkeypatch.setattr(
        pipeline, run, lambda *given: (runs(*given)[0], [1.001 * g + 1e-3 for g in runs(*given)[1]])
    )
    with pytest.raises(TraceError, match="its gradients"):
        lifted(given)


def test_a_choice_by_the_type_of_a_number_is_refused_in_the_first_call() -> None:
    by_type = {
        "isinstance": lambda x: W * x if isinstance(x, float) else V * x,
        "Value": lambda x: W * x.detach() * x if isinstance(x, Value) else W * x,
        "type": lambda x: W * x * (2.0 if type(x) is Value else 1.0),
        "within": lambda x: W * (lambda y: 1.0 if isinstance(y, (int, float)) else y)(x),
    }
    for f in by_type.values():
        for lifted, given in ((jit(f), 3.0), (jit(f, batch=True), [3.0, 2.0])):
            with pytest.raises(TraceError, match="it asks for their type, by isinstance or type"):
                lifted(given)
    wrapped = jit(lambda x: W * (x if isinstance(x, Value) else Value(x)))
    assert wrapped(3.0).data == wrapped(Value(3.0)).data == 1.5
    of_value = jit(by_type["Value"])
    assert of_value(Value(3.0)).data == 4.5


def test_a_parameter_that_another_thread_changes_meanwhile_is_no_fault(monkeypatch) -> None:
    pipeline = import_module("engine.jit.pipeline").Lifted
    run, w, count = pipeline.run, Value(1.0), []

    def changed_before(*given):
        count.append(1)
        if len(count) < 3:
            w.data += 1.0
        return run(*given)

    lifted = jit(lambda x: x * w)
    monkeypatch.setattr(pipeline, "run", changed_before)
    lifted(3.0)
    assert len(count) == 3


class Late(Module):
    """A model that reads its scale where nobody sees it."""

    def __init__(self) -> None:
        self.mlp, self.held = MLP(2, [3, 1], rng=0), held_numbers()

    def __call__(self, x):
        return self.mlp(x) * self.held.scale


def test_training_is_audited() -> None:
    model = Late()
    X, y = np.random.default_rng(0).normal(size=(20, 2)), np.ones(20)

    def change(state):
        model.held.scale += 0.5

    with pytest.raises(TraceError, match="make that an argument"):
        fit(model, X, y, loss="mse", optimizer=SGD, epochs=12, jit=True, progress=False, callbacks=[change])


@pytest.mark.parametrize("batch", [False, True])
def test_what_is_frozen_for_a_while_is_no_difference(batch) -> None:
    w, v = Value(0.5), Value(0.3)
    f = jit(lambda x: w * x + v, batch=batch)
    for i in range(12):
        if i in (5, 10):
            w.requires_grad = i == 10
        w.grad = 0.0
        f([1.0, 2.0] if batch else 1.5).backward()
        assert w.grad == (0.0 if 5 <= i < 10 else 1.5)
