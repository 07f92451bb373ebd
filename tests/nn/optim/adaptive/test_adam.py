"""Adam, AdamW and AMSGrad against PyTorch's figures and against the papers' algorithms in plain Python."""

import math

import numpy as np
import pytest

from engine import Value
from nn import Adam, AdamW, AMSGrad
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("Adam")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(Adam, settings, run)


@torch_runs("AdamW")
def test_steps_of_adamw_are_those_of_torch(settings, run) -> None:
    assert_follows(AdamW, settings, run)


@torch_runs("Adam")
def test_amsgrad_is_adam_with_amsgrad(settings, run) -> None:
    if settings.get("amsgrad"):
        assert_follows(AMSGrad, {name: settings[name] for name in settings if name != "amsgrad"}, run)


@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_steps_are_those_of_the_paper(decay) -> None:
    alpha, beta1, beta2, eps = 0.05, 0.8, 0.9, 1e-4
    w, theta, m, v = Value(2.0), 2.0, 0.0, 0.0
    optimizer = Adam([w], alpha, (beta1, beta2), eps, weight_decay=decay)
    for t, (g, data) in enumerate(steps_of(optimizer, w, 9), start=1):
        g += decay * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta -= alpha * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
        assert data == pytest.approx(theta, rel=1e-13)


def test_decay_of_adamw_is_apart_from_the_means() -> None:
    alpha, decay = 0.05, 0.3
    w, plain = Value(2.0), Value(2.0)
    with_decay, without = AdamW([w], alpha, weight_decay=decay), Adam([plain], alpha)
    for t in range(1, 9):
        w.grad = plain.grad = math.sin(t)
        before, plain_before = w.data, plain.data
        with_decay.step()
        without.step()
        step = plain.data - plain_before
        assert w.data == pytest.approx(before - alpha * decay * before + step, rel=1e-12)


def test_amsgrad_divides_by_the_largest_mean_so_far() -> None:
    alpha, beta1, beta2, eps = 0.05, 0.6, 0.5, 1e-8
    w, theta, m, v, largest = Value(2.0), 2.0, 0.0, 0.0, 0.0
    shrank = False
    for t, (g, data) in enumerate(steps_of(AMSGrad([w], alpha, (beta1, beta2), eps), w, 12), start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        shrank |= v < largest
        largest = max(largest, v)
        theta -= alpha * (m / (1 - beta1**t)) / (math.sqrt(largest / (1 - beta2**t)) + eps)
        assert data == pytest.approx(theta, rel=1e-12)
    assert shrank  # or this would be a test of Adam


def test_amsgrad_may_be_switched_on_for_one_group() -> None:
    one, other, alone = Value(1.0), Value(1.0), Value(1.0)
    both = Adam([{"params": one, "amsgrad": True}, {"params": other}], lr=0.1, betas=(0.5, 0.5))
    single = AMSGrad([alone], lr=0.1, betas=(0.5, 0.5))
    for gradient in (3.0, 0.1, 0.1):
        one.grad = other.grad = alone.grad = gradient
        both.step()
        single.step()
    assert one.data == alone.data != other.data


def test_first_step_is_as_long_as_the_step_size_whatever_the_gradient() -> None:
    params = [Value(0.0), Value(0.0)]
    params[0].grad, params[1].grad = 1e6, -1e-3
    Adam(params, lr=0.01).step()
    assert [p.data for p in params] == pytest.approx([-0.01, 0.01], rel=1e-4)


def test_defaults_are_those_of_the_paper() -> None:
    settings = Adam([Value(1.0)]).param_groups[0]
    assert (settings["lr"], settings["betas"], settings["eps"]) == (0.001, (0.9, 0.999), 1e-8)
    assert (settings["weight_decay"], settings["amsgrad"]) == (0.0, False)
    assert AMSGrad([Value(1.0)]).param_groups[0] | {"params": 0} == settings | {"amsgrad": True, "params": 0}
    assert AdamW([Value(1.0)]).param_groups[0]["weight_decay"] == 0.01


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


@pytest.mark.parametrize("kind", [Adam, AdamW, AMSGrad])
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
def test_wrong_settings_are_refused(kind, settings, error, message) -> None:
    with pytest.raises(error, match=message):
        kind([Value(1.0)], **settings)


@pytest.mark.parametrize("name", ["amsgrad", "decoupled_weight_decay"])
def test_switches_are_true_or_false(name) -> None:
    with pytest.raises(TypeError, match=f"{name} must be True or False, got 'no'"):
        Adam([Value(1.0)], **{name: "no"})


class InParts(Adam):
    """The same formulas by way of ``update``, as those of any subclass."""

    def update(self, theta, g, memory, settings):
        return super().update(theta, g, memory, settings)


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize(("decay", "decoupled"), [(0.0, False), (0.3, False), (0.3, True)])
def test_steps_at_once_are_those_in_parts_bit_by_bit(amsgrad, decay, decoupled) -> None:
    settings = {"lr": 0.05, "weight_decay": decay, "amsgrad": amsgrad, "decoupled_weight_decay": decoupled}
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=23), rng.normal(size=(7, 23)) * 10.0 ** rng.integers(-9, 9, (7, 23))
    gradients[3, :4] = [0.0, -0.0, math.inf, math.nan]
    runs = []
    for kind in (Adam, InParts):
        ws = [Value(number) for number in start]
        optimizer = kind([{"params": ws[:9]}, {"params": ws[9:], "lr": 0.5}], **settings)
        seen = []
        for t, row in enumerate(gradients):
            ws[2].requires_grad = ws[12].requires_grad = t != 2
            for w, g in zip(ws, row, strict=True):
                w.grad = g
            optimizer.step()
            seen.append([w.data for w in ws])
        runs.append((seen, [vector.tolist() for part in optimizer._state for vector in part.values()]))
    np.testing.assert_array_equal(*(run[0] for run in runs))
    for mine, other in zip(*(run[1] for run in runs), strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.skipif(Value.__module__.endswith("node.value"), reason="of the compiled node")
def test_equal_counts_are_taken_at_once_and_other_ones_in_parts(monkeypatch) -> None:
    ws, in_parts = [Value(1.0), Value(2.0)], []
    update = Adam.update
    monkeypatch.setattr(Adam, "update", lambda *given: in_parts.append(1) or update(*given))
    optimizer = Adam(ws)
    optimizer.step()
    assert not in_parts
    ws[0].requires_grad = False
    optimizer.step()
    ws[0].requires_grad = True
    optimizer.step()
    assert len(in_parts) == 2
