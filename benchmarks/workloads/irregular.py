"""The value and the gradient of irregular scalar programs, where few operations repeat or many must wait.

Each is written once in scalars, for eager nodes, ``jit`` and CasADi's symbols, and where it helps once more
on arrays as it suits ``jax.jit`` (:mod:`benchmarks.irregular`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.irregular import inference, motion, sequences
from benchmarks.irregular.inference import numbers
from benchmarks.libraries.casadi import Symbols
from benchmarks.libraries.scalars import Lifted, Scalars
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import gradient_program, program_of_loss

__all__ = ["PROGRAMS", "WORKLOAD", "start"]


class Irregular(NamedTuple):
    """A program: its title, its sizes in a full and in a quick run, and how it is computed.

    Attributes:
        start: the numbers at which value and gradient are asked for, by the sizes.
        arrays: the form on arrays, where there is another.
    """

    title: str
    sizes: dict[str, int]
    quick: dict[str, int]
    start: Callable[..., list[float]]
    scalars: Callable[..., Any]
    arrays: Callable[..., Any] | None = None


def _weights(gates: int) -> Callable[..., list[float]]:
    def start(hidden: int, inputs: int, steps: int) -> list[float]:
        return numbers(gates * hidden * (hidden + inputs), seed=7, low=-0.5, high=0.5)

    return start


CELL, SMALL_CELL = {"hidden": 8, "inputs": 4, "steps": 20}, {"hidden": 2, "inputs": 2, "steps": 2}

PROGRAMS = {
    "pendulum": Irregular(
        "a pendulum by Runge-Kutta, {steps} steps",
        {"steps": 200},
        {"steps": 2},
        lambda steps: [0.5, 0.1],
        motion.pendulum,
    ),
    "bodies": Irregular(
        "{count} bodies that attract each other, {steps} steps",
        {"count": 8, "steps": 50},
        {"count": 3, "steps": 2},
        lambda count, steps: numbers(4 * count, seed=9),
        motion.bodies,
        motion.bodies_of_arrays,
    ),
    "kalman": Irregular(
        "a Kalman filter over {steps} positions",
        {"steps": 100},
        {"steps": 3},
        lambda steps: [0.1, 0.5, 0.9],
        inference.kalman,
    ),
    "hmm": Irregular(
        "a hidden Markov model, {states} states, {steps} symbols",
        {"states": 8, "steps": 60},
        {"states": 3, "steps": 4},
        lambda states, steps: numbers(states * (states + 4), seed=10),
        inference.hmm,
        inference.hmm_of_arrays,
    ),
    "gp": Irregular(
        "a Gaussian process by Cholesky, {count} points",
        {"count": 24},
        {"count": 4},
        lambda count: [1.0, 1.0, 0.3],
        inference.gaussian_process,
        inference.gaussian_process_of_arrays,
    ),
    "soft-dtw": Irregular(
        "soft dynamic time warping, {count} × {count}",
        {"count": 24},
        {"count": 4},
        lambda count: numbers(count, 11, -2.0, 2.0),
        sequences.soft_dtw,
        sequences.soft_dtw_of_arrays,
    ),
    "heat": Irregular(
        "heat in a ring of {count} points, {steps} steps",
        {"count": 40, "steps": 60},
        {"count": 4, "steps": 3},
        lambda count, steps: [*numbers(count, seed=5), 0.2],
        motion.heat,
        motion.heat_of_arrays,
    ),
    "gru": Irregular(
        "a GRU of width {hidden}, {steps} steps",
        CELL,
        SMALL_CELL,
        _weights(gates=3),
        sequences.gru,
        sequences.gru_of_arrays,
    ),
    "lstm": Irregular(
        "an LSTM of width {hidden}, {steps} steps",
        CELL,
        SMALL_CELL,
        _weights(gates=4),
        sequences.lstm,
        sequences.lstm_of_arrays,
    ),
    "arm": Irregular("an arm of two links, one call", {}, {}, lambda: [0.3, 0.9], motion.arm),
}
"""The programs by name."""


def start(program: str, **sizes: int) -> list[float]:
    """Where the value and the gradient are asked for."""
    return PROGRAMS[program].start(**sizes)


def scalars(library: Scalars | Lifted, program: str, **sizes: int) -> Program:
    """The function of a list of number objects, as it is or under ``jit``."""
    x, function = list(map(library.Value, start(program, **sizes))), PROGRAMS[program].scalars
    call = library.lift(lambda x: function(library.functions, x, **sizes))
    return program_of_loss(library, lambda: call(x), x)


def symbolic(library: Symbols, program: str, **sizes: int) -> Program:
    """The function of as many symbols."""
    function, at = PROGRAMS[program].scalars, start(program, **sizes)
    return gradient_program(library.value_and_gradient(lambda x: function(library.functions, x, **sizes), at))


def arrays(library: Any, program: str, **sizes: int) -> Program:
    """The function of an array."""
    found, x = PROGRAMS[program], [library.array(start(program, **sizes))]
    function, m = (found.arrays, library) if found.arrays else (found.scalars, library.functions)
    both = library.value_and_gradients(lambda arrays: function(m, *arrays, **sizes))
    return gradient_program(lambda: both(x))


def _cases(*, quick: bool) -> tuple[Case, ...]:
    sized = {name: each.quick if quick else each.sizes for name, each in PROGRAMS.items()}
    return tuple(
        Case(name, PROGRAMS[name].title.format(**sizes), {"program": name, **sizes})
        for name, sizes in sized.items()
    )


WORKLOAD = Workload(
    name="irregular",
    title="value and gradient of irregular scalar programs",
    cases=_cases(quick=False),
    quick=_cases(quick=True),
    forms={
        "chainrule": scalars,
        "chainrule-python": scalars,
        "lifted": scalars,
        "symbolic": symbolic,
        "jax": arrays,
    },
    baseline="jax",
)
