"""Nadam against PyTorch's figures and against the report's algorithm in plain Python."""

import math

import pytest

from engine import Value
from nn import Adam, NAdam
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("NAdam")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(NAdam, settings, run)


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize("decoupled", [False, True])
def test_steps_are_those_of_the_report(decay, decoupled) -> None:
    lr, beta1, beta2, eps, warming = 0.05, 0.8, 0.9, 1e-4, 0.5
    w, theta, m, v = Value(2.0), 2.0, 0.0, 0.0

    def mu(t: int) -> float:
        return beta1 * (1 - 0.5 * 0.96 ** (t * warming))

    optimizer = NAdam([w], lr, (beta1, beta2), eps, decay, warming, decoupled)
    for t, (g, data) in enumerate(steps_of(optimizer, w, 9), start=1):
        if decoupled:
            theta -= lr * decay * theta
        else:
            g += decay * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        so_far = math.prod(mu(i) for i in range(1, t + 1))
        m_bar = (1 - mu(t)) * g / (1 - so_far) + mu(t + 1) * m / (1 - so_far * mu(t + 1))
        theta -= lr * m_bar / (math.sqrt(v / (1 - beta2**t)) + eps)
        assert data == pytest.approx(theta, rel=1e-12)


def test_without_momentum_it_is_adam() -> None:
    w, u = Value(1.0), Value(1.0)
    first, second = NAdam([w], lr=0.1, betas=(0.0, 0.9)), Adam([u], lr=0.1, betas=(0.0, 0.9))
    for t in range(1, 9):
        w.grad = u.grad = math.sin(t)
        first.step()
        second.step()
        assert w.data == pytest.approx(u.data, rel=1e-13)


def test_parameter_unfrozen_later_warms_up_on_its_own() -> None:
    late, early, alone = Value(0.0), Value(0.0), Value(0.0)
    both, reference = NAdam([early, late], lr=0.1), NAdam([alone], lr=0.1)
    late.requires_grad = False
    both.step()
    late.requires_grad = True
    for t in range(1, 5):
        late.grad = alone.grad = math.cos(t)
        both.step()
        reference.step()
    assert late.data == alone.data


def test_defaults_are_those_of_torch() -> None:
    expected = [0.002, (0.9, 0.999), 1e-8, 0.0, 0.004, False, False]
    assert list(NAdam([Value(1.0)]).param_groups[0].values())[1:] == expected


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, "lr must be at least 0"),
        ({"betas": (1.0, 0.9)}, ValueError, r"betas\[0\] must be at least 0 and below 1"),
        ({"eps": -1.0}, ValueError, "eps must be at least 0"),
        ({"weight_decay": -1.0}, ValueError, "weight_decay must be at least 0"),
        ({"momentum_decay": -1.0}, ValueError, "momentum_decay must be at least 0"),
        ({"decoupled_weight_decay": None}, TypeError, "decoupled_weight_decay must be True or False"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        NAdam([Value(1.0)], **settings)
