"""Gradient descent against PyTorch's figures and against its formulas in plain Python."""

import pytest

from engine import Value
from nn import SGD
from tests.nn.figures import from_torch, read

RUNS = [
    pytest.param(settings, run, id=str(settings))
    for (name, settings), run in zip(from_torch.OPTIMIZERS, read("torch")["optimizers"], strict=True)
    if name == "SGD"
]


@pytest.mark.parametrize(("settings", "run"), RUNS)
def test_steps_are_those_of_torch(settings, run) -> None:
    params = [Value(x) for x in from_torch.START]
    optimizer = SGD(params, **settings)
    for step, expected in enumerate(run):
        for parameter, gradient in zip(params, from_torch.gradients(step), strict=True):
            parameter.grad = gradient
        optimizer.step()
        assert [p.data for p in params] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("nesterov", [False, True])
def test_steps_are_those_of_the_formulas(momentum, decay, nesterov) -> None:
    if nesterov and not momentum:
        return
    w, theta, v = Value(2.0), 2.0, 0.0
    optimizer = SGD([w], 0.1, momentum, weight_decay=decay, nesterov=nesterov)
    for step in range(6):
        gradient = w.grad = 3.0 * theta + step
        gradient += decay * theta
        v = momentum * v + gradient
        theta -= 0.1 * (gradient + momentum * v if nesterov else v)
        optimizer.step()
        assert w.data == pytest.approx(theta, rel=1e-14)


def test_first_step_is_plain_descent() -> None:
    w = Value(1.0)
    w.grad = 2.0
    SGD([w], lr=0.25, momentum=0.9).step()
    assert w.data == 0.5


def test_default_step_size_is_that_of_torch() -> None:
    assert SGD([Value(1.0)]).lr == 1e-3


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, r"lr must be at least 0 and finite, got -1\.0"),
        ({"lr": "fast"}, TypeError, "lr must be a number, got 'fast'"),
        ({"momentum": -0.5}, ValueError, "momentum must be at least 0"),
        ({"weight_decay": -0.5}, ValueError, "weight_decay must be at least 0"),
        ({"nesterov": True}, ValueError, "nesterov=True needs momentum"),
        ({"alpha": 1.0}, TypeError, "alpha"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        SGD([Value(1.0)], **settings)
