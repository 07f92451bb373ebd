"""Ctrl-C anywhere leaves recording, watching and tracing as they were."""

import contextlib

import numpy as np
import pytest

import engine
import nn
from engine import Value, detect_anomaly, enable_grad, no_grad
from engine.autograd.differentiating import differentiating, is_differentiating
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.observers import current_observers
from engine.autograd.trace_mode import as_written, is_tracing, runs_as_written, tracing
from nn.report import planned_step
from tests.interrupts import interrupted_everywhere

pytestmark = pytest.mark.unmeasured


def state():
    """All that a block could leave behind, found by asking and by trying."""
    x = Value(3.0)
    y = x * x
    y.backward()
    return (
        is_grad_enabled(),
        is_tracing(),
        runs_as_written(),
        is_differentiating(),
        len(current_observers()),
        y._children == (x, x),
        x.grad,
    )


CLEAN = (True, False, False, False, 0, True, 6.0)


def empty(make):
    def program():
        with make():
            pass

    return program


def busy(make):
    def program():
        with make():
            x = Value(2.0)
            x * x + 1.0

    return program


def held(make):
    block = make()

    def program():
        with block, block:
            Value(2.0) * 3.0

    return program


def decorated(make):
    @make()
    def program():
        return Value(2.0) * 3.0

    return program


def generating(make):
    @make()
    def numbers():
        yield Value(2.0) * 3.0
        yield Value(2.0) * 3.0

    return lambda: list(numbers())


BLOCKS = {
    "no_grad": no_grad,
    "enable_grad": enable_grad,
    "detect_anomaly": detect_anomaly,
    "tracing": tracing,
    "as_written": as_written,
    "differentiating": differentiating,
}

FORMS = {"empty": empty, "busy": busy, "held": held, "decorated": decorated, "generating": generating}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("make", BLOCKS.values(), ids=BLOCKS)
def test_a_block_is_over_wherever_it_is_interrupted(make, form) -> None:
    program = form(make)
    count = 0
    for error in interrupted_everywhere(program):
        assert isinstance(error, KeyboardInterrupt)
        assert state() == CLEAN, f"after an interrupt at place {count}"
        count += 1
    assert count > 20


@pytest.mark.parametrize("make", BLOCKS.values(), ids=BLOCKS)
def test_the_block_around_it_goes_on(make) -> None:
    with no_grad():
        for _ in interrupted_everywhere(empty(make)):
            assert not is_grad_enabled()
            assert not (Value(2.0) * 3.0)._children
    assert state() == CLEAN


def test_blocks_within_blocks() -> None:
    def program():
        with no_grad():
            with enable_grad(), detect_anomaly():
                Value(2.0) * 3.0
            with no_grad():
                Value(2.0) * 3.0

    for _ in interrupted_everywhere(program):
        assert state() == CLEAN


TRANSFORMS = {
    "grad": lambda: engine.grad(lambda x: x * x * x)(2.0),
    "hessian": lambda: engine.hessian(lambda p: p[0] ** 2 * p[1])([2.0, 3.0]),
    "grad of grad": lambda: engine.grad(engine.grad(lambda x: x * x * x))(2.0),
    "jvp": lambda: engine.jvp(lambda x: x * x, (2.0,), (1.0,)),
    "jit": lambda: engine.jit(lambda x: x * x)(2.0),
    "vmap": lambda: engine.vmap(lambda x: x * x)(np.arange(3.0)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_is_over_wherever_it_is_interrupted(name) -> None:
    program = TRANSFORMS[name]
    for error in interrupted_everywhere(program, most=150):
        assert isinstance(error, KeyboardInterrupt)
        assert state() == CLEAN
    program()


def test_gradcheck_puts_back_what_it_nudged_wherever_it_is_interrupted() -> None:
    w = [Value(0.5), Value(-1.0)]

    def program():
        engine.gradcheck(lambda: w[0] * w[1] * w[0], wrt=w)

    for error in interrupted_everywhere(program):
        assert isinstance(error, KeyboardInterrupt)
        assert [each.data for each in w] == [0.5, -1.0]
        assert state() == CLEAN


def model():
    """A model some of whose modules are in training mode, and some are not."""
    network = nn.Sequential(nn.Layer(1, 2, rng=0), nn.Dropout(0.5, rng=0), nn.Layer(2, 1, rng=1))
    network.layers[0].neurons[0].eval()
    return network


def modes(network):
    return [module.training for module in network.modules()]


def test_a_model_is_in_its_mode_wherever_its_prediction_is_interrupted() -> None:
    network = model()
    before = modes(network)
    assert len(set(before)) == 2
    for error in interrupted_everywhere(lambda: nn.predict(network, [[1.0], [2.0]])):
        assert isinstance(error, KeyboardInterrupt)
        assert modes(network) == before
        assert state() == CLEAN


@pytest.mark.parametrize("jit", [False, True])
def test_a_training_leaves_nothing_open_wherever_it_is_interrupted(jit) -> None:
    network = nn.MLP(1, [2, 1], rng=0)
    network.layers[0].eval()
    before, X, y = modes(network), [[1.0], [2.0]], [1.0, 2.0]

    def train():
        optimizer = nn.SGD(network.parameters(), lr=0.01)
        options = {"epochs": 1, "validation": (X, y), "progress": False, "jit": jit}
        nn.fit(network, X, y, loss="mse", optimizer=optimizer, **options)

    for error in interrupted_everywhere(train, most=50 if jit else 100):
        assert isinstance(error, KeyboardInterrupt)
        assert modes(network) == before
        assert state() == CLEAN
    train()


def test_lbfgs_is_no_worse_off_wherever_it_is_interrupted() -> None:
    x = Value(0.0)
    optimizer = nn.LBFGS([x], max_iter=3)

    def closure():
        optimizer.zero_grad()
        loss = (x - 3.0) ** 2 * (x + 4.0) ** 2
        loss.backward()
        return loss

    def step():
        x.data = 0.0
        optimizer.step(closure)

    for _ in interrupted_everywhere(step, most=100):
        assert (x.data - 3.0) ** 2 * (x.data + 4.0) ** 2 <= 144.0
        assert state() == CLEAN


def test_a_block_entered_by_hand_lasts_until_it_is_left_by_hand() -> None:
    block = no_grad()
    block.__enter__()
    assert not is_grad_enabled()
    block.__exit__(None, None, None)
    assert state() == CLEAN


def test_gradients_elsewhere_stay_wherever_grad_is_interrupted() -> None:
    """``grad`` sweeps over what f captured, too."""
    w = Value(3.0)
    inner = w * 2.0
    w.grad, inner.grad = 0.25, 0.5
    for _ in interrupted_everywhere(lambda: engine.grad(lambda x: inner * w * x)(2.0)):
        assert (w.grad, inner.grad) == (0.25, 0.5)


def test_nesterov_puts_parameters_back_wherever_it_is_interrupted_ahead_of_them() -> None:
    x = Value(1.0)
    optimizer = nn.Nesterov([x], lr=0.1, momentum=0.9)

    def closure():
        optimizer.zero_grad()
        loss = x * x
        loss.backward()
        return loss

    optimizer.step(closure)
    before = x.data

    class _SteppedError(Exception):
        """What ends a step before its update."""

    def ahead():
        def fails():
            closure()
            raise _SteppedError

        with contextlib.suppress(_SteppedError):
            optimizer.step(fails)

    for _ in interrupted_everywhere(ahead):
        assert x.data == before


def test_a_step_that_is_tried_is_undone_wherever_it_is_interrupted() -> None:
    x = Value(1.0)
    optimizer = nn.Adam([x], lr=0.1)
    state = optimizer.state_dict()
    for _ in interrupted_everywhere(lambda: planned_step(optimizer, {x: 5.0}), most=100):
        assert (x.data, x.grad) == (1.0, 0.0)
        assert repr(optimizer.state_dict()) == repr(state)
