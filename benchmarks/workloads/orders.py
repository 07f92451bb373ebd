"""High derivatives of a function of one number, eleven nodes a round.

chainrule computes with power series; so does jax, by ``jax.experimental.jet``, compiled beforehand (at order
20 compiling takes it about a minute). autograd has nested gradients only, which cost several times more with
each order: it has the case of order 5.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import timed

__all__ = ["WORKLOAD", "curve"]

AT = 0.3


def curve(m: Any, x: Any, rounds: int) -> Any:
    """A function whose derivatives get no simpler.

    Args:
        m: has ``sin``, ``exp`` and ``tanh``.
        x: a number of that library.
        rounds: how often the steps are repeated.

    >>> import math
    >>> round(curve(math, 0.3, 1), 6)
    0.537344
    """
    for _ in range(rounds):
        x = m.sin(x) * m.exp(-0.3 * x) + m.tanh(x) / (1.0 + x * x)
    return x


def _program(compute: Any) -> Program:
    return timed(compute, lambda found: {"derivatives": [float(each) for each in found]})


def scalars(library: Any, order: int, rounds: int) -> Program:
    """chainrule's Taylor mode."""
    engine = import_module("engine")
    return _program(lambda: engine.derivatives(lambda x: curve(engine, x, rounds), AT, order))


def jax(library: Any, order: int, rounds: int) -> Program:
    """Taylor mode, compiled and waited for."""
    np, jet = import_module("jax.numpy"), import_module("jax.experimental.jet").jet
    direction = [1.0] + [0.0] * (order - 1)
    compiled = library.jax.jit(lambda x: jet(lambda x: curve(np, x, rounds), (x,), (direction,)))

    def compute() -> list[Any]:
        value, derivatives = library.jax.block_until_ready(compiled(AT))
        return [value, *derivatives]

    return _program(compute)


def autograd(library: Any, order: int, rounds: int) -> Program:
    """Gradients of gradients."""
    np, grad = import_module("autograd.numpy"), import_module("autograd").grad
    functions = [lambda x: curve(np, x, rounds)]
    for _ in range(order):
        functions.append(grad(functions[-1]))
    return _program(lambda: [f(AT) for f in functions])


SERIES = frozenset(["chainrule", "chainrule-python", "jax"])

WORKLOAD = Workload(
    name="orders",
    title="all derivatives up to an order",
    cases=(
        Case("5", "order 5, 12 nodes", {"order": 5, "rounds": 1}, libraries=SERIES | {"autograd"}),
        Case("20", "order 20, 34 nodes", {"order": 20, "rounds": 3}, libraries=SERIES),
    ),
    quick=(Case("3", "order 3, 12 nodes", {"order": 3, "rounds": 1}, libraries=SERIES | {"autograd"}),),
    forms={"scalars": scalars, "jax": jax, "autograd": autograd},
    tolerance=1e-8,
)
