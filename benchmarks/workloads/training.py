"""Training on two moons with the hinge loss, as people write it: ``nn.fit``, and loops around a loss.

``fit`` is 1,000 full-batch steps of Adam in one call; ``loops`` is one step, with an optimiser or by hand as
in the README. What stands around the loss is a cost of the library as well. Next to them, gradient and update
worked out on paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Lifted
from benchmarks.numpy_baselines.adam import adam
from benchmarks.numpy_baselines.moons import loss_and_gradient, loss_of
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads.moons import start, two_moons
from benchmarks.workloads.programs import flat, timed

__all__ = ["FIT", "LOOPS"]

RATE = 0.001
HELD_OUT = 20
"""Samples that are looked at and not trained with."""

COMPARED = 5
"""Steps of a loop after which losses and parameters must agree."""


def _reset(parameters: list[Any]) -> None:
    for p, number in zip(parameters, start(), strict=True):
        p.data = number


def _model() -> Any:
    import nn

    model = nn.MLP(2, [16, 16, 1])
    _reset(model.parameters())
    return model


def _trained(train: Callable[[], tuple[Any, Any]]) -> Program:
    """A program of trainings that give the losses of all steps and the parameters at the end."""
    return timed(train, lambda found: {"losses": list(map(float, found[0])), "parameters": flat(found[1])})


def fitted(library: Any, samples: int, steps: int, watched: bool = False) -> Program:
    """``nn.fit`` on a network of ``nn``.

    Args:
        library: whether it lifts decides about ``jit``.
        samples: how many.
        steps: how many.
        watched: whether other samples' loss is taken after each step, and a callback told of it.
    """
    import nn

    model, (X, y) = _model(), two_moons(samples)
    parameters, told = model.parameters(), []
    options: dict[str, Any] = {"loss": "hinge", "epochs": steps, "batch_size": None, "progress": False}
    options["jit"] = isinstance(library, Lifted)
    if watched:
        options["validation"] = two_moons(HELD_OUT, seed=HELD_OUT)
        options["callbacks"] = lambda state: told.append(state.history["val_loss"][-1])

    def train() -> tuple[list[float], list[float]]:
        told.clear()
        _reset(parameters)
        history = nn.fit(model, X, y, optimizer=nn.Adam(parameters, lr=RATE), **options)
        return history["loss"] + told, [p.data for p in parameters]

    return _trained(train)


def fitted_by_hand(library: Any, samples: int, steps: int, watched: bool = False) -> Program:
    """Gradient and Adam worked out on paper."""
    beginning = np.array(start())
    parameters = beginning.copy()
    both = loss_and_gradient(parameters, *two_moons(samples), alpha=0.0)
    held_out = loss_of(parameters, *two_moons(HELD_OUT, seed=HELD_OUT)) if watched else None

    def train() -> tuple[list[float], Any]:
        parameters[:] = beginning
        move, losses, told = adam(parameters, RATE), [], []
        for _ in range(steps):
            loss, gradient = both()
            move(gradient)
            losses.append(loss)
            if held_out is not None:
                told.append(held_out())
        return losses + told, parameters

    return _trained(train)


def _loop(step: Callable[[], float], present: Callable[[], Any]) -> Program:
    """A program of single steps, each from where the last one ended."""

    def check() -> Answer:
        return {"losses": [float(step()) for _ in range(COMPARED)], "parameters": flat(present())}

    def run() -> None:
        step()

    return Program(check, run)


def loop(library: Any, samples: int, optimizer: bool) -> Program:
    """The loop with the engine, the loss as it is or under ``jit``.

    Args:
        library: lifts the loss.
        samples: how many.
        optimizer: Adam; else every parameter is moved by hand.
    """
    import engine
    import nn

    X, y = (np.array(each, dtype=float) for each in two_moons(samples))
    model = _model()
    opt = nn.Adam(model.parameters(), lr=RATE)

    @library.lift
    def f(X: Any, y: Any) -> Any:
        losses = [engine.relu(1 - yi * model(xi)) for xi, yi in zip(X, y, strict=True)]
        return sum(losses) / samples

    def with_adam() -> float:
        opt.zero_grad()
        loss = f(X, y)
        loss.backward()
        opt.step()
        return float(loss.data)

    def moved() -> float:
        model.zero_grad()
        loss = f(X, y)
        loss.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return float(loss.data)

    return _loop(with_adam if optimizer else moved, lambda: [p.data for p in model.parameters()])


def loop_by_hand(library: Any, samples: int, optimizer: bool) -> Program:
    """Gradient and update worked out on paper."""
    parameters = np.array(start())
    both = loss_and_gradient(parameters, *two_moons(samples), alpha=0.0)
    move = adam(parameters, RATE)

    def step() -> float:
        loss, gradient = both()
        if optimizer:
            move(gradient)
        else:
            np.multiply(gradient, RATE, out=gradient)
            np.subtract(parameters, gradient, out=parameters)
        return loss

    return _loop(step, lambda: parameters)


def _trainings(steps: int, samples: int) -> tuple[Case, ...]:
    options = {"samples": samples, "steps": steps}
    title = f"the same with a callback and {HELD_OUT} samples of validation after each step"
    return (
        Case(str(steps), f"{steps:,} steps on {samples} samples", options),
        Case("watched", title, {**options, "watched": True}),
    )


FIT = Workload(
    name="fit",
    title="training an MLP 2-16-16-1 with Adam from start to finish",
    cases=_trainings(1000, 100),
    quick=_trainings(5, 4),
    forms={"chainrule": fitted, "chainrule-jit": fitted, "numpy": fitted_by_hand},
    figures=(Figure("training"),),
    baseline="numpy",
    tolerance=1e-6,  # rounding grows over the steps
)


def _steps(samples: int) -> tuple[Case, ...]:
    titles = {
        "adam": "zero_grad, loss, backward, step of Adam",
        "readme": "the README's loop: every parameter moved by hand",
    }
    return tuple(
        Case(name, title, {"samples": samples, "optimizer": name == "adam"}) for name, title in titles.items()
    )


LOOPS = Workload(
    name="loops",
    title="a step of training on two moons, MLP 2-16-16-1, hinge loss, 100 samples",
    cases=_steps(100),
    quick=_steps(4),
    forms={"chainrule": loop, "chainrule-python": loop, "lifted": loop, "numpy": loop_by_hand},
    baseline="numpy",
    tolerance=1e-6,  # Adam magnifies rounding
)
