"""The value and the gradient of a function of three variables, 50 operators long, at many points.

Each library runs the one function below in its own way for many points at once: arrays where it has arrays,
``vmap`` where it maps functions of numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter, Symbolic
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.programs import timed

__all__ = ["WORKLOAD", "expression"]

SHOWN = 1000
"""Points whose values and gradients are compared one by one; of all points together, the sums."""

SEED = 50


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


def points(count: int) -> list[list[float]]:
    """The coordinates x, y, z of the points, uniform between -2 and 2."""
    draw = random.Random(SEED).random
    return [[4.0 * draw() - 2.0 for _ in range(count)] for _ in range(3)]


Both = Callable[[], tuple[Any, Any]]
"""Gives the values at all points, and three arrays of derivatives."""


def _program(both: Both) -> Program:
    import numpy as np  # the forms that need none are not asked

    def answer(computed: tuple[Any, Any]) -> Answer:
        values, gradients = computed
        found = [np.asarray(each).ravel() for each in (values, *gradients)]
        return {
            "values": found[0][:SHOWN].tolist(),
            "derivatives": [number for each in found[1:] for number in each[:SHOWN].tolist()],
            "sums": [float(each.sum()) for each in found],
        }

    return timed(both, answer)


def arrays(library: Arrays, count: int) -> Program:
    """The function on three arrays."""
    columns = [library.array(column) for column in points(count)]
    both = library.elementwise(expression)
    return _program(lambda: both(*columns))


def symbolic(library: Symbolic, count: int) -> Program:
    """The function on three symbols, mapped over the points."""
    import numpy as np

    both = library.mapped(expression, 3, count)
    table = np.array(points(count))
    return _program(lambda: both(table))


def lifted(library: Lifter, count: int) -> Program:
    """The function of three numbers, lifted."""
    import numpy as np

    vmap, engine = library.engine.vmap, library.engine
    x, y, z = (np.array(column) for column in points(count))
    both = vmap(engine.value_and_grad(lambda x, y, z: expression(engine, x, y, z), argnums=(0, 1, 2)))
    return _program(lambda: both(x, y, z))


def by_hand(library: Any, count: int) -> Program:
    """The derivative worked out on paper."""
    from benchmarks.numpy_baselines.expression import value_and_gradient

    both = value_and_gradient(count)
    x, y, z = (library.array(column) for column in points(count))
    return _program(lambda: both(x, y, z))


WORKLOAD = Workload(
    name="expression",
    title="value and gradient of a function of 3 variables and 50 operators",
    cases=(Case("1000000", "at 1,000,000 points", {"count": 10**6}),),
    quick=(Case("10000", "at 10,000 points", {"count": 10**4}),),
    forms={"lifted": lifted, "arrays": arrays, "symbolic": symbolic, "numpy": by_hand},
    baseline="numpy",
)
