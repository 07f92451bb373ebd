"""Loss and gradient of micrograd's demo: scalars lifted to arrays beside code on arrays.

The code of the loss is that of workload ``moons``, a Python loop over the samples, which are lists of floats.
The gradient is asked for as an array or a list of arrays, by parameter; no parameter moves.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter, Scalars, count_nodes
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.micrograd_mlp import multilayer_perceptron
from benchmarks.workloads.moons import SEED, array_loss, demo, neuron_by_neuron, two_moons
from benchmarks.workloads.programs import eager_gradient, gradient_program

__all__ = ["WORKLOAD", "arrays", "by_hand", "scalars", "start"]


def start() -> list[float]:
    """The parameters of the demo's model, neuron by neuron.

    >>> len(start())
    337
    """
    random.seed(SEED)
    return [float(p) for p in multilayer_perceptron(float, 2, [16, 16, 1]).parameters()]


def _loss(Value: Callable[[Any], Any], samples: int) -> tuple[Callable[[], Any], list[Any]]:
    """The demo's loss without its accuracy, and the parameters."""
    model, loss = demo(Value, samples, arrays=False)
    return lambda: loss()[0], model.parameters()


def scalars(library: Scalars, samples: int) -> Program:
    """A graph for each value."""
    loss, parameters = _loss(library.Value, samples)
    nodes = count_nodes(loss(), library.children)
    return gradient_program(eager_gradient(loss, parameters), nodes=nodes)


def lifted(library: Lifter, samples: int) -> Program:
    """The same function under ``jit``."""
    loss, parameters = _loss(library.engine.Value, samples)
    return gradient_program(library.value_and_gradient(library.engine.jit(loss), parameters))


def arrays(library: Arrays, samples: int) -> Program:
    """The same loss as an array programmer writes it."""
    loss, weights = array_loss(library, samples)
    both = library.value_and_gradients(loss)
    return gradient_program(lambda: both(weights), neuron_by_neuron)


def by_hand(library: Any, samples: int) -> Program:
    """The gradient worked out on paper."""
    from benchmarks.numpy_baselines.moons import loss_and_gradient

    return gradient_program(loss_and_gradient(library.array(start()), *two_moons(samples)))


def _case(samples: int) -> Case:
    return Case(str(samples), f"a Python loop over {samples} samples", {"samples": samples})


WORKLOAD = Workload(
    name="moons-jit",
    title="loss and gradient of micrograd's demo: MLP 2-16-16-1, hinge loss and L2",
    cases=(_case(100),),
    quick=(_case(4),),
    forms={"scalars": scalars, "lifted": lifted, "arrays": arrays, "numpy": by_hand},
    baseline="numpy",
)
