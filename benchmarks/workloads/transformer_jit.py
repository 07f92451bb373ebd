"""Loss and gradient of the character transformer on one document, from plain scalar loops.

The code is that of workload ``transformer`` in case ``plain``, except that the softmax is not shifted by the
largest number, which the array form does not do either: all numbers are small.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter, Scalars, count_nodes, plain_dot
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import eager_gradient, flat, gradient_program
from benchmarks.workloads.transformer import (
    SHAPES,
    array_loss,
    encode,
    make_loss,
    model_and_parameters,
    weights,
)

__all__ = ["PLAIN", "WORKLOAD"]


def _softmax(logits: Sequence[Any]) -> list[Any]:
    powers = [logit.exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def _logsumexp(logits: Sequence[Any]) -> Any:
    return sum(logit.exp() for logit in logits).log()


PLAIN = SimpleNamespace(dot=plain_dot, softmax=_softmax, logsumexp=_logsumexp)
"""What the loss is made of."""


def scalars(library: Scalars, name: str) -> Program:
    """A graph for each value."""
    model, parameters = model_and_parameters(library.Value)
    loss = make_loss(PLAIN, model, name)
    nodes = count_nodes(loss(), library.children)
    return gradient_program(eager_gradient(loss, parameters), nodes=nodes)


def lifted(library: Lifter, name: str) -> Program:
    """The same function under ``jit``."""
    model, parameters = model_and_parameters(library.engine.Value)
    loss = library.engine.jit(make_loss(PLAIN, model, name))
    return gradient_program(library.value_and_gradient(loss, parameters))


def arrays(library: Arrays, name: str) -> Program:
    """The same loss as an array programmer writes it."""
    loss = array_loss(library, name)
    both = library.value_and_gradients(loss)
    start = [library.array(matrix) for matrix in weights().values()]
    return gradient_program(lambda: both(start))


def by_hand(library: Any, name: str) -> Program:
    """The gradient worked out on paper."""
    from benchmarks.numpy_baselines.transformer import loss_and_gradient

    both = loss_and_gradient(library.array(flat(list(weights().values()))), SHAPES)
    tokens = encode(name)
    return gradient_program(lambda: both(tokens))


def _case(name: str) -> Case:
    return Case(name, f"one document of {len(name)} letters", {"name": name})


WORKLOAD = Workload(
    name="transformer-jit",
    title="loss and gradient of a one-layer character transformer: width 16, 4 heads, context 16",
    cases=(_case("amelia"),),
    quick=(_case("a"),),
    forms={"scalars": scalars, "lifted": lifted, "arrays": arrays, "numpy": by_hand},
    baseline="numpy",
)
