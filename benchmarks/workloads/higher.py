"""Second and higher derivatives.

``curvature``: Hessians, and Hessians times a vector, of Rosenbrock's function; chainrule traces the function
each time, jax has compiled it before the first measurement. ``orders``: all derivatives of a function of one
number, eleven nodes a round, by power series in both (``jax.experimental.jet``, which takes about a minute to
compile at order 20).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import flat, timed

__all__ = ["CURVATURE", "ORDERS", "curve", "rosenbrock"]


def rosenbrock(x: Sequence[Any]) -> Any:
    """Rosenbrock's valley in any number of variables, as a sum over neighbours.

    >>> rosenbrock([1.0, 1.0, 1.0]), rosenbrock([0.0, 2.0])
    (0.0, 401.0)
    """
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(x))


def rosenbrock_of_array(x: Any) -> Any:
    """The same for libraries of arrays."""
    return (100.0 * (x[1:] - x[:-1] * x[:-1]) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def point(size: int) -> list[float]:
    """The point at which derivatives are taken."""
    return [-1.0 + 2.0 * i / (size - 1) for i in range(size)]


def direction(size: int) -> list[float]:
    """The vector that the Hessian is multiplied with."""
    return [1.0 - 0.5 * (i % 3) for i in range(size)]


def _program(compute: Callable[[], Any]) -> Program:
    return timed(compute, lambda found: {"derivatives": flat(found)})


def second(library: Any, size: int, product: bool) -> Program:
    """chainrule, on lists of numbers."""
    engine, p, v = import_module("engine"), point(size), direction(size)
    if product:
        return _program(lambda: engine.hvp(rosenbrock, (p,), (v,)))
    hessian = engine.hessian(rosenbrock)
    return _program(lambda: hessian(p))


def second_of_arrays(library: Any, size: int, product: bool) -> Program:
    """jax, compiled and waited for."""
    f, jax = rosenbrock_of_array, library.jax
    p, v = library.array(point(size)), library.array(direction(size))
    if product:
        compiled = library.compiled(lambda p, v: jax.jvp(jax.grad(f), (p,), (v,))[1])
        return _program(lambda: compiled(p, v))
    hessian = library.compiled(jax.hessian(f))
    return _program(lambda: hessian(p))


def _curvature(title: str, name: str, size: int) -> Case:
    return Case(name, f"{title}, {size:,} variables", {"size": size, "product": "product" in name})


HESSIAN, PRODUCT = "Hessian of Rosenbrock", "Hessian times vector, Rosenbrock"

CURVATURE = Workload(
    name="curvature",
    title="second derivatives",
    cases=(
        _curvature(HESSIAN, "rosenbrock", 50),
        _curvature(PRODUCT, "product", 50),
        _curvature(PRODUCT, "long-product", 2000),
    ),
    quick=(_curvature(HESSIAN, "rosenbrock", 4), _curvature(PRODUCT, "product", 4)),
    forms={"chainrule": second, "chainrule-python": second, "jax": second_of_arrays},
)

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


def series(library: Any, order: int, rounds: int) -> Program:
    """chainrule's Taylor mode."""
    engine = import_module("engine")
    return _program(lambda: engine.derivatives(lambda x: curve(engine, x, rounds), AT, order))


def series_of_arrays(library: Any, order: int, rounds: int) -> Program:
    """jax's Taylor mode, compiled and waited for."""
    jet = import_module("jax.experimental.jet").jet
    along = [1.0] + [0.0] * (order - 1)
    compiled = library.compiled(lambda x: jet(lambda x: curve(library.numpy, x, rounds), (x,), (along,)))

    def compute() -> list[Any]:
        value, derivatives = compiled(AT)
        return [value, *derivatives]

    return _program(compute)


ORDERS = Workload(
    name="orders",
    title="all derivatives up to an order",
    cases=(
        Case("5", "order 5, 12 nodes", {"order": 5, "rounds": 1}),
        Case("20", "order 20, 34 nodes", {"order": 20, "rounds": 3}),
    ),
    quick=(Case("3", "order 3, 12 nodes", {"order": 3, "rounds": 1}),),
    forms={"chainrule": series, "chainrule-python": series, "jax": series_of_arrays},
    tolerance=1e-8,
)
