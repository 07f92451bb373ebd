"""The value and the gradient of irregular scalar programs, where few operations repeat or many must wait.

Each is written once in scalars, for eager nodes, ``jit`` and CasADi's symbols, and once on arrays as it
suits ``jax.jit`` (:mod:`benchmarks.irregular`). The prices of options are asked for at many points: ``vmap``
where a library maps functions of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from benchmarks.irregular.black_scholes import points, price
from benchmarks.irregular.inference import (
    gaussian_process,
    gaussian_process_of_arrays,
    hmm,
    hmm_of_arrays,
    kalman,
    kalman_of_arrays,
    numbers,
)
from benchmarks.irregular.motion import (
    arm,
    arm_of_arrays,
    bodies,
    bodies_of_arrays,
    heat,
    heat_of_arrays,
    pendulum,
    pendulum_of_arrays,
)
from benchmarks.irregular.sequences import (
    gru,
    gru_of_arrays,
    lstm,
    lstm_of_arrays,
    soft_dtw,
    soft_dtw_of_arrays,
)
from benchmarks.libraries.protocols import Lifter, Loops, Scalars, Symbolic, count_nodes
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import eager_gradient, flat, gradient_program, timed

__all__ = ["PROGRAMS", "WORKLOAD", "start"]


class Irregular(NamedTuple):
    """A program in both forms, without its sizes, and how many numbers it takes for them."""

    scalars: Callable[..., Any]
    arrays: Callable[..., Any]
    start: Callable[..., list[float]]


def _weights(gates: int) -> Callable[..., list[float]]:
    def start(hidden: int, inputs: int, steps: int) -> list[float]:
        return numbers(gates * hidden * (hidden + inputs), seed=7, low=-0.5, high=0.5)

    return start


PROGRAMS: Mapping[str, Irregular] = MappingProxyType(
    {
        "pendulum": Irregular(pendulum, pendulum_of_arrays, lambda steps: [0.5, 0.1]),
        "bodies": Irregular(bodies, bodies_of_arrays, lambda count, steps: numbers(4 * count, seed=9)),
        "kalman": Irregular(kalman, kalman_of_arrays, lambda steps: [0.1, 0.5, 0.9]),
        "hmm": Irregular(hmm, hmm_of_arrays, lambda states, steps: numbers(states * (states + 4), seed=10)),
        "gp": Irregular(gaussian_process, gaussian_process_of_arrays, lambda count: [1.0, 1.0, 0.3]),
        "soft-dtw": Irregular(soft_dtw, soft_dtw_of_arrays, lambda count: numbers(count, 11, -2.0, 2.0)),
        "heat": Irregular(heat, heat_of_arrays, lambda count, steps: [*numbers(count, seed=5), 0.2]),
        "gru": Irregular(gru, gru_of_arrays, _weights(3)),
        "lstm": Irregular(lstm, lstm_of_arrays, _weights(4)),
        "arm": Irregular(arm, arm_of_arrays, lambda: [0.3, 0.9]),
    }
)
"""The programs of one call by name."""


def start(program: str, **sizes: int) -> list[float]:
    """Where the value and the gradient are asked for."""
    return PROGRAMS[program].start(**sizes)


Both = Callable[[], tuple[Any, Any]]


def _prices(both: Both) -> Program:
    """A program that gives the prices at all points, and the derivatives by argument."""
    return timed(both, lambda found: {"values": flat(found[0]), "derivatives": flat(list(found[1]))})


def scalars(library: Scalars, program: str, **sizes: int) -> Program:
    """A graph for each value; of prices one for all together."""
    if program == PRICES:
        return _eager_prices(library, **sizes)
    x, function = list(map(library.Value, start(program, **sizes))), PROGRAMS[program].scalars

    def root() -> Any:
        return function(library.functions, x, **sizes)

    return gradient_program(eager_gradient(root, x), nodes=count_nodes(root(), library.children))


def _eager_prices(library: Scalars, count: int) -> Program:
    columns = [list(map(library.Value, column)) for column in points(count)]
    leaves = [leaf for column in columns for leaf in column]

    def root() -> list[Any]:
        return [price(library.functions, *point) for point in zip(*columns, strict=True)]

    def both() -> tuple[list[float], list[float]]:
        prices = root()
        _, gradient = eager_gradient(lambda: sum(prices), leaves)()
        return [each.data for each in prices], gradient

    return _prices(both)


def lifted(library: Lifter, program: str, **sizes: int) -> Program:
    """The function of a list of Values under ``jit``; prices under ``vmap``."""
    engine = library.engine
    if program == PRICES:
        import numpy as np

        every = tuple(range(len(points(1))))
        mapped = engine.vmap(engine.value_and_grad(lambda *point: price(engine, *point), argnums=every))
        columns = [np.array(column) for column in points(**sizes)]
        return _prices(lambda: mapped(*columns))
    function, x = PROGRAMS[program].scalars, list(map(engine.Value, start(program, **sizes)))
    call = engine.jit(lambda x: function(engine, x, **sizes))
    return gradient_program(library.value_and_gradient(lambda: call(x), x))


def symbolic(library: Symbolic, program: str, **sizes: int) -> Program:
    """The function of as many symbols."""
    if program == PRICES:
        import numpy as np

        both = library.mapped(lambda _, *point: price(library.functions, *point), len(points(1)), **sizes)
        table = np.array(points(**sizes))
        return _prices(lambda: both(table))
    function = PROGRAMS[program].scalars
    return gradient_program(
        library.value_and_gradient(lambda x: function(library.functions, x, **sizes), start(program, **sizes))
    )


def arrays(library: Loops, program: str, **sizes: int) -> Program:
    """The function of an array."""
    if program == PRICES:
        columns = [library.array(column) for column in points(**sizes)]
        mapped = library.elementwise(lambda _, *point: price(library.functions, *point))
        return _prices(lambda: mapped(*columns))
    function, x = PROGRAMS[program].arrays, [library.array(start(program, **sizes))]
    both = library.value_and_gradients(lambda arrays: function(library, *arrays, **sizes))
    return gradient_program(lambda: both(x))


PRICES = "black-scholes"


def _case(program: str, title: str, **sizes: int) -> Case:
    return Case(program, title, {"program": program, **sizes})


WORKLOAD = Workload(
    name="irregular",
    title="value and gradient of irregular scalar programs",
    cases=(
        _case("pendulum", "a pendulum by Runge-Kutta, 200 steps", steps=200),
        _case("bodies", "8 bodies that attract each other, 50 steps", count=8, steps=50),
        _case("kalman", "a Kalman filter over 100 positions", steps=100),
        _case("hmm", "a hidden Markov model, 8 states, 60 symbols", states=8, steps=60),
        _case("gp", "a Gaussian process by Cholesky, 24 points", count=24),
        _case("soft-dtw", "soft dynamic time warping, 24 × 24", count=24),
        _case("heat", "heat in a ring of 40 points, 60 steps", count=40, steps=60),
        _case("gru", "a GRU of width 8, 20 steps", hidden=8, inputs=4, steps=20),
        _case("lstm", "an LSTM of width 8, 20 steps", hidden=8, inputs=4, steps=20),
        _case(PRICES, "Black-Scholes, 5 arguments, at 1,000 points", count=1000),
        _case("arm", "an arm of two links, one call"),
    ),
    quick=(
        _case("pendulum", "a pendulum, 2 steps", steps=2),
        _case("bodies", "3 bodies, 2 steps", count=3, steps=2),
        _case("kalman", "a Kalman filter over 3 positions", steps=3),
        _case("hmm", "a hidden Markov model, 3 states, 4 symbols", states=3, steps=4),
        _case("gp", "a Gaussian process, 4 points", count=4),
        _case("soft-dtw", "soft dynamic time warping, 4 × 4", count=4),
        _case("heat", "heat in a ring of 4 points, 3 steps", count=4, steps=3),
        _case("gru", "a GRU of width 2, 2 steps", hidden=2, inputs=2, steps=2),
        _case("lstm", "an LSTM of width 2, 2 steps", hidden=2, inputs=2, steps=2),
        _case(PRICES, "Black-Scholes at 10 points", count=10),
        _case("arm", "an arm of two links, one call"),
    ),
    forms={
        "chainrule": scalars,
        "chainrule-python": scalars,
        "lifted": lifted,
        "symbolic": symbolic,
        "jax": arrays,
    },
    baseline="jax",
)
