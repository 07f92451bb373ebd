"""The value and the gradient of functions of few numbers at many points.

Each library runs the same function in its own way for all points at once: arrays where it has arrays,
``vmap`` where it maps functions of numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.libraries.casadi import Symbols
from benchmarks.libraries.scalars import Lifted
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.programs import timed

__all__ = ["FUNCTIONS", "WORKLOAD", "expression", "points", "price"]

SHOWN = 1000
"""Points whose values and gradients are compared one by one; of all points together, the sums."""


def expression(m: Any, x: Any, y: Any, z: Any) -> Any:
    """Fifty operators of three numbers, arrays or symbols.

    Args:
        m: where ``sin``, ``cos``, ``exp``, ``log``, ``tanh`` and ``sqrt`` are taken from.
        x: a number, like the two others.
        y: the second.
        z: the third.

    >>> import math
    >>> round(expression(math, 0.5, -0.25, 1.0), 12)
    0.758747530539
    """
    u = x * y + z
    v = m.sin(u) * m.cos(x)
    w = m.exp(z * z * -0.5)
    r = m.sqrt(x * x + y * y + 1.0)
    t = m.tanh(v + w)
    s = t / r
    p = m.log(r + w)
    q = (u - p) * (u + p)
    a = s * q + v * w
    b = m.cos(a) * x - m.sin(p) * y
    c = m.exp((t - 1.0) * r * -0.1)
    d = b / (c + 2.0)
    e = m.tanh(d * z) + s * s
    g = m.sqrt(e * e + 0.5)
    return (m.log(c * c + g) * u - d * e + g) * 0.5


def price(m: Any, spot: Any, strike: Any, years: Any, interest: Any, volatility: Any) -> Any:
    """The price of a European call option by the formula of Black and Scholes (1973).

    Args:
        m: where ``exp``, ``log``, ``sqrt`` and ``ndtr`` are taken from.
        spot: what the share costs today.
        strike: what it can be bought for.
        years: until then.
        interest: a year, continuously.
        volatility: a year.
    """
    spread = volatility * m.sqrt(years)
    d1 = (m.log(spot / strike) + (interest + 0.5 * volatility * volatility) * years) / spread
    return spot * m.ndtr(d1) - strike * m.exp(-interest * years) * m.ndtr(d1 - spread)


class Function(NamedTuple):
    """A function, and between which numbers each of its arguments lies."""

    of: Callable[..., Any]
    ranges: tuple[tuple[float, float], ...]


FUNCTIONS = {
    "expression": Function(expression, ((-2.0, 2.0),) * 3),
    "black-scholes": Function(price, ((80.0, 120.0), (80.0, 120.0), (0.2, 2.0), (0.0, 0.05), (0.1, 0.5))),
}


def points(function: str, count: int) -> list[list[float]]:
    """A list of numbers for each argument, the same everywhere."""
    draw = random.Random(50).random
    return [[low + (high - low) * draw() for _ in range(count)] for low, high in FUNCTIONS[function].ranges]


def _program(both: Callable[..., tuple[Any, Any]], *arguments: Any) -> Program:
    """A program of the values at all points, and an array of derivatives for each argument."""

    def answer(computed: tuple[Any, Any]) -> Answer:
        values, gradients = computed
        found = [np.asarray(each, dtype=float).ravel() for each in (values, *gradients)]
        return {
            "values": found[0][:SHOWN].tolist(),
            "derivatives": [number for each in found[1:] for number in each[:SHOWN].tolist()],
            "sums": [float(each.sum()) for each in found],
        }

    return timed(lambda: both(*arguments), answer)


def arrays(library: Any, function: str, count: int) -> Program:
    """The function on arrays."""
    columns = map(library.array, points(function, count))
    return _program(library.elementwise(FUNCTIONS[function].of), *columns)


def symbolic(library: Symbols, function: str, count: int) -> Program:
    """The function on symbols, mapped over the points."""
    table = np.array(points(function, count))
    return _program(library.mapped(FUNCTIONS[function].of, len(table), count), table)


def lifted(library: Lifted, function: str, count: int) -> Program:
    """The function of numbers, lifted."""
    engine, of = library.engine, FUNCTIONS[function].of
    columns = [np.array(column) for column in points(function, count)]
    both = engine.value_and_grad(lambda *point: of(engine, *point), argnums=tuple(range(len(columns))))
    return _program(engine.vmap(both), *columns)


def _cases(many: int, some: int) -> tuple[Case, ...]:
    options = {"function": "expression", "count": many}
    prices = {"function": "black-scholes", "count": some}
    with_ndtr = frozenset({"chainrule-jit", "casadi", "jax"})
    return (
        Case(str(many), f"3 variables, 50 operators, at {many:,} points", options),
        Case("black-scholes", f"Black-Scholes, 5 arguments, at {some:,} points", prices, with_ndtr),
    )


WORKLOAD = Workload(
    name="expression",
    title="value and gradient of a function at many points",
    cases=_cases(10**6, 1000),
    quick=_cases(10**4, 10),
    forms={"lifted": lifted, "arrays": arrays, "symbolic": symbolic},
    baseline="jax",
)
