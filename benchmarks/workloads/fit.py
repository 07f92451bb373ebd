"""A whole training: 1,000 full-batch steps of Adam on two moons, hinge loss.

In chainrule this is one call of ``nn.fit``; elsewhere it is the loop that people write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter
from benchmarks.workload import Case, Figure, Program, Workload
from benchmarks.workloads.moons import array_loss, neuron_by_neuron, two_moons
from benchmarks.workloads.moons_jit import start
from benchmarks.workloads.programs import flat, timed

__all__ = ["WORKLOAD"]

RATE = 0.001
HELD_OUT = 20
"""Samples that are looked at and not trained with."""


def _program(train: Callable[[], tuple[Any, Any]], order: Callable[[Any], list[float]] = flat) -> Program:
    """A program of trainings that give the losses of all steps and the parameters at the end."""
    return timed(train, lambda found: {"losses": list(map(float, found[0])), "parameters": order(found[1])})


def _held_out(watched: bool) -> Any:
    """As many other samples as are looked at after each step, or None."""
    return two_moons(HELD_OUT, seed=HELD_OUT) if watched else None


def fitted(library: Any, samples: int, steps: int, watched: bool = False, **options: Any) -> Program:
    """``nn.fit`` on a network of ``nn``, with its options.

    Args:
        library: not used.
        samples: how many.
        steps: how many.
        watched: whether other samples' loss is taken after each step, and a callback told of it.
        options: further ones of ``nn.fit``.
    """
    import nn

    model = nn.MLP(2, [16, 16, 1])
    parameters, (X, y) = model.parameters(), two_moons(samples)
    told: list[float] = []
    if watched:
        options |= {
            "validation": _held_out(watched),
            "callbacks": lambda state: told.append(state.history["val_loss"][-1]),
        }

    def train() -> tuple[list[float], list[float]]:
        told.clear()
        for p, number in zip(parameters, start(), strict=True):
            p.data = number
        optimizer = nn.Adam(parameters, lr=RATE)
        settings: dict[str, Any] = {
            "optimizer": optimizer,
            "epochs": steps,
            "batch_size": None,
            "progress": False,
        }
        history = nn.fit(model, X, y, loss="hinge", **settings, **options)
        return history["loss"] + told, [p.data for p in parameters]

    return _program(train)


def lifted(library: Lifter, samples: int, steps: int, watched: bool = False) -> Program:
    """The same with ``jit=True``."""
    return fitted(library, samples, steps, watched, jit=True)


def arrays(library: Arrays, samples: int, steps: int) -> Program:
    """A loop over steps that the library offers."""
    loss, weights = array_loss(library, samples, alpha=0.0)

    def train() -> tuple[Any, Any]:
        step, present = library.adam(loss, weights, RATE)
        return [step() for _ in range(steps)], present()

    return _program(train, neuron_by_neuron)


def by_hand(library: Any, samples: int, steps: int, watched: bool = False) -> Program:
    """Gradient and Adam worked out on paper."""
    from benchmarks.numpy_baselines.adam import adam
    from benchmarks.numpy_baselines.moons import loss_and_gradient, loss_of

    beginning = library.array(start())
    parameters = beginning.copy()
    both = loss_and_gradient(parameters, *two_moons(samples), alpha=0.0)
    held_out = loss_of(parameters, *_held_out(watched)) if watched else None

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

    return _program(train)


def _case(steps: int, samples: int) -> Case:
    options = {"samples": samples, "steps": steps}
    return Case(str(steps), f"{steps:,} steps on {samples} samples", options)


def _watched(steps: int, samples: int) -> Case:
    title = f"the same with a callback and {HELD_OUT} samples of validation after each step"
    names = frozenset({"chainrule", "chainrule-jit", "numpy"})
    return Case("watched", title, {"samples": samples, "steps": steps, "watched": True}, libraries=names)


WORKLOAD = Workload(
    name="fit",
    title="training an MLP 2-16-16-1 with Adam from start to finish",
    cases=(_case(1000, 100), _watched(1000, 100)),
    quick=(_case(5, 4), _watched(5, 4)),
    forms={"chainrule": fitted, "chainrule-jit": lifted, "arrays": arrays, "numpy": by_hand},
    figures=(Figure("training"),),
    baseline="numpy",
    tolerance=1e-6,  # rounding grows over the steps
)
