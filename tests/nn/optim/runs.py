"""What the optimisers' tests share: PyTorch's runs, and descents down a bowl."""

import math
from typing import Any

import pytest

from engine import Value
from nn import Optimizer
from tests.nn.figures import from_torch, read


def torch_runs(*names: str) -> Any:
    """A test's ``settings`` and ``run``: all of PyTorch's figures for the optimisers of these names."""
    runs = zip(from_torch.OPTIMIZERS, read("torch")["optimizers"], strict=True)
    cases = [pytest.param(settings, run, id=str(settings)) for (name, settings), run in runs if name in names]
    assert cases
    return pytest.mark.parametrize(("settings", "run"), cases)


def assert_follows(kind: Any, settings: dict[str, Any], run: list[list[float]]) -> None:
    """The optimiser goes through the points of the run."""
    params = [Value(x) for x in from_torch.START]
    optimizer = kind(params, **settings)
    for step, expected in enumerate(run):
        for parameter, gradient in zip(params, from_torch.gradients(step), strict=True):
            parameter.grad = gradient
        optimizer.step()
        assert [p.data for p in params] == pytest.approx(expected, rel=1e-12)


def steps_of(optimizer: Optimizer, parameter: Value, count: int) -> list[tuple[float, float]]:
    """The gradient of each step, made up, and where the step led."""
    run = []
    for t in range(1, count + 1):
        parameter.grad = math.sin(t) + 0.5 * parameter.data
        gradient = parameter.grad
        optimizer.step()
        run.append((gradient, parameter.data))
    return run


def bowl(params: list[Value]) -> Value:
    """Σ i·(p - i)² for i = 1, 2, …: lowest, and 0, at (1, 2, …)."""
    return sum((i * (p - i) ** 2 for i, p in enumerate(params, start=1)), start=Value(0.0))


def train(optimizer: Optimizer, params: list[Value], steps: int, gamma: float = 1.0) -> list[list[float]]:
    """Steps down the bowl, each shorter by gamma; where they led."""
    run = []

    def closure() -> Value:
        optimizer.zero_grad()
        loss = bowl(params)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
        if gamma != 1.0:
            optimizer.lr *= gamma
        run.append([p.data for p in params])
    return run


def just_step(optimizer: Optimizer) -> None:
    """A step by the gradients that are there, wherever they are from."""
    optimizer.step((lambda: None) if optimizer.needs_closure else None)
