"""Adam against PyTorch's figures and against the paper's algorithm in plain Python."""

import math

import pytest

from engine import Value
from nn import Adam
from tests.nn.figures import from_torch, read

RUNS = [
    pytest.param(settings, run, id=str(settings))
    for (name, settings), run in zip(from_torch.OPTIMIZERS, read("torch")["optimizers"], strict=True)
    if name == "Adam"
]


@pytest.mark.parametrize(("settings", "run"), RUNS)
def test_steps_are_those_of_torch(settings, run) -> None:
    params = [Value(x) for x in from_torch.START]
    optimizer = Adam(params, **settings)
    for step, expected in enumerate(run):
        for parameter, gradient in zip(params, from_torch.gradients(step), strict=True):
            parameter.grad = gradient
        optimizer.step()
        assert [p.data for p in params] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_steps_are_those_of_the_paper(decay) -> None:
    alpha, beta1, beta2, eps = 0.05, 0.8, 0.9, 1e-4
    w, theta, m, v = Value(2.0), 2.0, 0.0, 0.0
    optimizer = Adam([w], alpha, (beta1, beta2), eps, weight_decay=decay)
    for t in range(1, 10):
        w.grad = math.sin(t)
        g = math.sin(t) + decay * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta -= alpha * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
        optimizer.step()
        assert w.data == pytest.approx(theta, rel=1e-13)


def test_first_step_is_as_long_as_the_step_size_whatever_the_gradient() -> None:
    params = [Value(0.0), Value(0.0)]
    params[0].grad, params[1].grad = 1e6, -1e-3
    Adam(params, lr=0.01).step()
    assert [p.data for p in params] == pytest.approx([-0.01, 0.01], rel=1e-4)


def test_defaults_are_those_of_the_paper() -> None:
    settings = Adam([Value(1.0)]).param_groups[0]
    assert (settings["lr"], settings["betas"], settings["eps"]) == (0.001, (0.9, 0.999), 1e-8)


def test_parameter_frozen_for_a_while_counts_its_own_steps() -> None:
    late, early = Value(0.0), Value(0.0)
    optimizer = Adam([early, late], lr=0.1)
    late.requires_grad = False
    early.grad = 1.0
    optimizer.step()
    late.requires_grad = True
    late.grad = 1.0
    optimizer.step()
    assert late.data == pytest.approx(-0.1, rel=1e-6)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, r"lr must be at least 0 and finite, got -1\.0"),
        ({"eps": -1e-8}, ValueError, "eps must be at least 0"),
        ({"weight_decay": math.nan}, ValueError, "weight_decay must be at least 0"),
        ({"betas": (1.0, 0.9)}, ValueError, r"betas\[0\] must be at least 0 and below 1, got 1\.0"),
        ({"betas": (0.9, -0.1)}, ValueError, r"betas\[1\] must be at least 0 and below 1"),
        ({"betas": 0.9}, TypeError, r"betas must be a pair of numbers, such as \(0\.9, 0\.999\), got 0\.9"),
        ({"betas": (0.9, 0.99, 0.999)}, TypeError, "betas must be a pair"),
        ({"betas": ("0.9", 0.999)}, TypeError, r"betas\[0\] must be a number"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        Adam([Value(1.0)], **settings)
