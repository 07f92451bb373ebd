"""AdaMax against PyTorch's figures and against the paper's algorithm in plain Python."""

import pytest

from engine import Value
from nn import Adamax
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("Adamax")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(Adamax, settings, run)


@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_steps_are_those_of_the_paper(decay) -> None:
    alpha, beta1, beta2 = 0.05, 0.8, 0.6
    w, theta, m, u = Value(2.0), 2.0, 0.0, 0.0
    optimizer = Adamax([w], alpha, (beta1, beta2), eps=0.0, weight_decay=decay)
    for t, (g, data) in enumerate(steps_of(optimizer, w, 9), start=1):
        g += decay * theta
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g))
        theta -= alpha / (1 - beta1**t) * m / u
        assert data == pytest.approx(theta, rel=1e-13)


def test_defaults_are_those_of_the_paper() -> None:
    found = list(Adamax([Value(1.0)]).param_groups[0].values())[1:]
    assert found == [0.002, (0.9, 0.999), 1e-8, 0.0, False]


def test_parameter_without_any_gradient_stays() -> None:
    w = Value(1.0)
    Adamax([w]).step()
    assert w.data == 1.0


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, "lr must be at least 0"),
        ({"betas": (0.9, 1.0)}, ValueError, r"betas\[1\] must be at least 0 and below 1"),
        ({"betas": 0.9}, TypeError, "betas must be a pair"),
        ({"eps": -1.0}, ValueError, "eps must be at least 0"),
        ({"weight_decay": -1.0}, ValueError, "weight_decay must be at least 0"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        Adamax([Value(1.0)], **settings)
