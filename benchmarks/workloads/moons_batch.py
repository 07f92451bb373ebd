"""Loss and gradient of micrograd's demo, written for one sample and run over batches."""

from __future__ import annotations

import random

from benchmarks.libraries.protocols import Lifter
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.micrograd_mlp import multilayer_perceptron
from benchmarks.workloads.moons import SEED, two_moons
from benchmarks.workloads.moons_jit import arrays, by_hand, scalars
from benchmarks.workloads.programs import gradient_program

__all__ = ["WORKLOAD"]


def lifted(library: Lifter, samples: int) -> Program:
    """The loss of one sample under ``jit`` with ``batch=True``, which takes the mean."""
    import numpy as np

    random.seed(SEED)
    model = multilayer_perceptron(library.engine.Value, 2, [16, 16, 1])
    parameters = model.parameters()

    def loss(x, y):  # type: ignore[no-untyped-def]  # as people write it
        data_loss = (1 + -y * model(x)).relu()
        reg_loss = 1e-4 * sum(p * p for p in parameters)
        return data_loss + reg_loss

    batched = library.engine.jit(loss, batch=True)
    X, labels = two_moons(samples)
    rows, signs = np.array(X), np.array(labels, dtype=float)
    return gradient_program(library.value_and_gradient(lambda: batched(rows, signs), parameters))


FEW = 1000
"""Up to so many samples a graph is made of each; a node that sorts by recursion stops long before."""


def _case(samples: int) -> Case:
    names = ["chainrule"] if samples <= FEW else []
    libraries = frozenset(["chainrule-jit", "numpy", "jax", "torch", "autograd", *names])
    return Case(str(samples), f"{samples:,} samples", {"samples": samples}, libraries=libraries)


WORKLOAD = Workload(
    name="moons-batch",
    title="loss and gradient of the same, written for one sample",
    cases=(_case(100), _case(1000), _case(100_000)),
    quick=(_case(4), _case(20)),
    forms={"scalars": scalars, "lifted": lifted, "arrays": arrays, "numpy": by_hand},
    baseline="numpy",
)
