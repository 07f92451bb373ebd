"""Loss and gradient of micrograd's demo: scalars lifted to arrays beside code on arrays.

In ``moons-jit`` the loss is that of workload ``moons``, a Python loop over the samples, which are lists of
floats; in ``moons-batch`` it is written for one sample and run over batches. The gradient is asked for as an
array or a list of arrays, by parameter; no parameter moves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Lifted, Scalars
from benchmarks.numpy_baselines.moons import loss_and_gradient
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.moons import array_loss, demo, model_of, neuron_by_neuron, start, two_moons
from benchmarks.workloads.programs import gradient_program, program_of_loss

__all__ = ["BATCH", "LOOP"]


def loop(library: Scalars | Lifted, samples: int) -> Program:
    """The demo's loss, as it is or under ``jit``."""
    model, loss = demo(library.Value, samples, arrays=False)
    return program_of_loss(library, library.lift(lambda: loss()[0]), model.parameters())


def batched(library: Lifted, samples: int) -> Program:
    """The loss of one sample under ``jit`` with ``batch=True``, which takes the mean."""
    model = model_of(library.Value)
    parameters = model.parameters()

    def loss(x, y):  # type: ignore[no-untyped-def]  # as people write it
        data_loss = (1 + -y * model(x)).relu()
        reg_loss = 1e-4 * sum(p * p for p in parameters)
        return data_loss + reg_loss

    call = library.lift(loss, batch=True)
    X, y = (np.array(each, dtype=float) for each in two_moons(samples))
    return program_of_loss(library, lambda: call(X, y), parameters)


def arrays(library: Any, samples: int) -> Program:
    """The same loss as an array programmer writes it."""
    loss, weights = array_loss(library, samples)
    both = library.value_and_gradients(loss)
    return gradient_program(lambda: both(weights), neuron_by_neuron)


def by_hand(library: Any, samples: int) -> Program:
    """The gradient worked out on paper."""
    return gradient_program(loss_and_gradient(np.array(start()), *two_moons(samples)))


FORMS = {"scalars": loop, "lifted": loop, "arrays": arrays, "numpy": by_hand}

LOOP = Workload(
    name="moons-jit",
    title="loss and gradient of micrograd's demo: MLP 2-16-16-1, hinge loss and L2",
    cases=(Case("100", "a Python loop over 100 samples", {"samples": 100}),),
    quick=(Case("4", "a Python loop over 4 samples", {"samples": 4}),),
    forms=FORMS,
    baseline="numpy",
)

FEW = 1000
"""Up to so many samples a graph is made of each; a node that sorts by recursion stops long before."""


def _case(samples: int) -> Case:
    names = {"chainrule-jit", "numpy", "jax", "torch", "autograd", *(["chainrule"] if samples <= FEW else [])}
    return Case(str(samples), f"{samples:,} samples", {"samples": samples}, libraries=frozenset(names))


BATCH = Workload(
    name="moons-batch",
    title="loss and gradient of the same, written for one sample",
    cases=(_case(100), _case(1000), _case(100_000)),
    quick=(_case(4), _case(20)),
    forms={**FORMS, "lifted": batched},
    baseline="numpy",
)
