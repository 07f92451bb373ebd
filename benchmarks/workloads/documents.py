"""Training the character transformer over names of several lengths, a step of Adam on each.

All of it is timed: tracing and lifting are done within the measurement, anew in each run. Libraries that
make a graph for every document would take minutes: they are measured on the first documents, and the time is
scaled up by the number of predictions, one for each letter and one for the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Lifted, Scalars
from benchmarks.numpy_baselines.adam import adam
from benchmarks.numpy_baselines.transformer import loss_and_gradient
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads.programs import flat
from benchmarks.workloads.transformer import (
    PLAIN,
    SHAPES,
    encode,
    loss_of_tokens,
    model_and_parameters,
    names,
    weights,
)

__all__ = ["WORKLOAD"]

RATE = 0.01
TIMED = 20
"""Documents that are timed where a graph is made of each."""

COMPARED = 10
"""Documents after which losses and parameters must agree."""

SHORTEST, LONGEST = 3, 12


Trained = tuple[list[Any], Any]
"""The losses of the documents and the parameters after the last."""


def _program(
    train: Callable[[Sequence[list[int]]], Trained], documents: int, longest: int = LONGEST
) -> Program:
    """A program of trainings, each from the start."""
    tokens = [encode(name) for name in names(documents, SHORTEST, longest)]

    def check() -> Answer:
        losses, parameters = train(tokens[:COMPARED])
        return {"losses": [float(loss) for loss in losses], "parameters": flat(parameters)}

    def run() -> None:
        train(tokens)

    return Program(check, run)


def plain_adam(parameters: Sequence[Any]) -> Callable[[], None]:
    """Adam as microgpt writes it, a number at a time."""
    m, v, count = [0.0] * len(parameters), [0.0] * len(parameters), 0

    def step() -> None:
        nonlocal count
        count += 1
        for i, p in enumerate(parameters):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.999 * v[i] + 0.001 * p.grad**2
            m_hat = m[i] / (1 - 0.9**count)
            v_hat = v[i] / (1 - 0.999**count)
            p.data -= RATE * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0.0

    return step


def scalars(library: Scalars, documents: int, longest: int = LONGEST) -> Program:
    """A graph for each document; the first few are timed, and their time stands for that of all."""

    def train(tokens: Sequence[list[int]]) -> Trained:
        model, parameters = model_and_parameters(library.Value)
        loss, move = loss_of_tokens(PLAIN, model), plain_adam(parameters)
        losses = []
        for p in parameters:
            p.grad = 0.0
        for ids in tokens:
            total = loss(ids)
            total.backward()
            move()
            losses.append(total.data)
        return losses, [p.data for p in parameters]

    tokens = [encode(name) for name in names(documents, SHORTEST, longest)]
    timed = tokens[:TIMED]
    share = sum(len(ids) - 1 for ids in timed) / sum(len(ids) - 1 for ids in tokens)

    def run() -> dict[str, float]:
        begin = perf_counter()
        train(timed)
        return {"training": (perf_counter() - begin) / share}

    return _program(train, documents, longest)._replace(run=run)


def lifted(library: Lifted, documents: int, longest: int = LONGEST) -> Program:
    """The same loss under ``jit``, the tokens being inputs: it is traced once for each length."""
    import nn

    jit, take = library.engine.jit, library.engine.take

    def train(tokens: Sequence[list[int]]) -> Trained:
        model, parameters = model_and_parameters(library.engine.Value)
        loss = jit(loss_of_tokens(PLAIN, model, take))
        optimizer = nn.Adam(parameters, lr=RATE)
        losses = []
        for ids in tokens:
            total = loss(ids)
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            losses.append(total.data)
        return losses, [p.data for p in parameters]

    return _program(train, documents, longest)


def by_hand(library: Any, documents: int, longest: int = LONGEST) -> Program:
    """Gradient and Adam worked out on paper."""

    def train(tokens: Sequence[list[int]]) -> Trained:
        parameters = np.array(flat(list(weights().values())))
        both, move = loss_and_gradient(parameters, SHAPES), adam(parameters, RATE)
        losses = []
        for ids in tokens:
            loss, gradient = both(ids)
            move(gradient)
            losses.append(loss)
        return losses, parameters

    return _program(train, documents, longest)


def _case(documents: int, longest: int = LONGEST) -> Case:
    libraries = frozenset(["chainrule", "chainrule-python", "chainrule-jit", "microgpt", "numpy"])
    options = {"documents": documents, "longest": longest}
    return Case(str(documents), f"{documents:,} names", options, libraries=libraries)


WORKLOAD = Workload(
    name="documents",
    title="training the character transformer over names of 3 to 12 letters, tracing and compiling included",
    cases=(_case(1000),),
    quick=(_case(2, longest=4),),
    forms={"scalars": scalars, "lifted": lifted, "numpy": by_hand},
    figures=(Figure("training"),),
    baseline="numpy",
    tolerance=1e-6,  # Adam divides by gradients, however small
)
