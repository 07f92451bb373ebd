"""Training loops that people write around a lifted loss: an optimiser's, and the README's, line by line.

The loss is the hinge loss of two moons, lifted or eager; what stands around it is a cost of the library as
well. Next to them, gradient and update worked out on paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.libraries.protocols import Lifter, Scalars
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.moons import two_moons
from benchmarks.workloads.moons_jit import start
from benchmarks.workloads.programs import flat

__all__ = ["WORKLOAD"]

RATE = 0.01
COMPARED = 5
"""Steps after which losses and parameters must agree."""


def _program(step: Callable[[], float], present: Callable[[], Any]) -> Program:
    """A program of single steps, each from where the last one ended."""

    def check() -> Answer:
        return {"losses": [float(step()) for _ in range(COMPARED)], "parameters": flat(present())}

    def run() -> None:
        step()

    return Program(check, run)


def _loop(lift: Callable[[Callable[..., Any]], Callable[..., Any]], samples: int, optimizer: bool) -> Program:
    """The loop with the engine.

    Args:
        lift: makes of the loss what is called in each step.
        samples: how many.
        optimizer: Adam; else every parameter is moved by hand.
    """
    import numpy as np

    import engine
    import nn

    rows, labels = two_moons(samples)
    X, y = np.array(rows), np.array(labels, dtype=float)
    model = nn.MLP(2, [16, 16, 1])
    for p, number in zip(model.parameters(), start(), strict=True):
        p.data = number
    opt = nn.Adam(model.parameters(), lr=RATE)

    @lift
    def f(X: Any, y: Any) -> Any:
        losses = [engine.relu(1 - yi * model(xi)) for xi, yi in zip(X, y, strict=True)]
        return sum(losses) / samples

    def adam() -> float:
        opt.zero_grad()
        loss = f(X, y)
        loss.backward()
        opt.step()
        return float(loss.data)

    def by_hand() -> float:
        model.zero_grad()
        loss = f(X, y)
        loss.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return float(loss.data)

    return _program(adam if optimizer else by_hand, lambda: [p.data for p in model.parameters()])


def scalars(library: Scalars, samples: int, optimizer: bool) -> Program:
    """A graph for each loss."""
    return _loop(lambda f: f, samples, optimizer)


def lifted(library: Lifter, samples: int, optimizer: bool) -> Program:
    """The loss under ``jit``."""
    return _loop(library.engine.jit, samples, optimizer)


def by_hand(library: Any, samples: int, optimizer: bool) -> Program:
    """Gradient and update worked out on paper."""
    from benchmarks.numpy_baselines.adam import adam
    from benchmarks.numpy_baselines.moons import loss_and_gradient

    parameters = library.array(start())
    both = loss_and_gradient(parameters, *two_moons(samples), alpha=0.0)
    move = adam(parameters, RATE)

    def step() -> float:
        loss, gradient = both()
        if optimizer:
            move(gradient)
        else:
            library.multiply(gradient, RATE, out=gradient)
            library.subtract(parameters, gradient, out=parameters)
        return loss

    return _program(step, lambda: parameters)


def _cases(samples: int) -> tuple[Case, ...]:
    return (
        Case("adam", "zero_grad, loss, backward, step of Adam", {"samples": samples, "optimizer": True}),
        Case(
            "readme",
            "the README's loop: every parameter moved by hand",
            {"samples": samples, "optimizer": False},
        ),
    )


WORKLOAD = Workload(
    name="loops",
    title="a step of training on two moons, MLP 2-16-16-1, hinge loss, 100 samples",
    cases=_cases(100),
    quick=_cases(4),
    forms={"chainrule": scalars, "chainrule-python": scalars, "lifted": lifted, "numpy": by_hand},
    baseline="numpy",
    tolerance=1e-6,  # Adam magnifies rounding
)
