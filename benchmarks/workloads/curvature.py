"""Second derivatives: Hessians, and Hessians times a vector, of the XOR loss and of Rosenbrock's function.

Every library does it its own way: chainrule and autograd trace the function each time; jax has compiled
``jax.hessian`` before the first measurement; PyTorch is asked through ``torch.func``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads import xor
from benchmarks.workloads.programs import flat, timed

__all__ = ["WORKLOAD", "rosenbrock"]


def rosenbrock(x: Sequence[Any]) -> Any:
    """Rosenbrock's valley in any number of variables, as a sum over neighbours.

    >>> rosenbrock([1.0, 1.0, 1.0]), rosenbrock([0.0, 2.0])
    (0.0, 401.0)
    """
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(x))


def rosenbrock_of_array(x: Any) -> Any:
    """The same for libraries of arrays."""
    return (100.0 * (x[1:] - x[:-1] * x[:-1]) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def xor_loss(p: Sequence[Any]) -> Any:
    """The loss of :mod:`benchmarks.workloads.xor` by its 17 weights in one list."""
    hidden = [list(p[3 * i : 3 * i + 3]) for i in range(xor.HIDDEN)]
    return xor.loss(hidden, list(p[3 * xor.HIDDEN :]))


def xor_loss_of_array(library: Any) -> Callable[[Any], Any]:
    """The same for libraries of arrays."""
    loss = xor.array_loss(library)
    return lambda p: loss((p[: 3 * xor.HIDDEN].reshape(xor.HIDDEN, 3), p[3 * xor.HIDDEN :]))


def point(function: str, size: int) -> list[float]:
    """The point at which derivatives are taken."""
    if function == "xor":
        hidden, output = xor.weights()
        return [w for row in hidden for w in row] + output
    return [-1.0 + 2.0 * i / (size - 1) for i in range(size)]


def direction(size: int) -> list[float]:
    """The vector that the Hessian is multiplied with."""
    return [1.0 - 0.5 * (i % 3) for i in range(size)]


def _program(compute: Callable[[], Any]) -> Program:
    return timed(compute, lambda found: {"derivatives": flat(found)})


def scalars(library: Any, function: str, size: int, product: bool) -> Program:
    """chainrule, on lists of numbers."""
    engine = import_module("engine")
    f, p = {"xor": xor_loss, "rosenbrock": rosenbrock}[function], point(function, size)
    if product:
        v = direction(len(p))
        return _program(lambda: engine.hvp(f, (p,), (v,)))
    hessian = engine.hessian(f)
    return _program(lambda: hessian(p))


def _of_array(library: Any, function: str) -> Callable[[Any], Any]:
    return xor_loss_of_array(library) if function == "xor" else rosenbrock_of_array


def jax(library: Any, function: str, size: int, product: bool) -> Program:
    """Compiled, and waited for."""
    f, p = _of_array(library, function), library.array(point(function, size))
    transforms = library.jax
    if product:
        v = library.array(direction(len(p)))
        compiled = transforms.jit(lambda p, v: transforms.jvp(transforms.grad(f), (p,), (v,))[1])
        return _program(lambda: transforms.block_until_ready(compiled(p, v)))
    hessian = transforms.jit(transforms.hessian(f))
    return _program(lambda: transforms.block_until_ready(hessian(p)))


def autograd(library: Any, function: str, size: int, product: bool) -> Program:
    """Traced anew each time."""
    f, p = _of_array(library, function), library.array(point(function, size))
    transforms = import_module("autograd")
    if product:
        multiply, v = transforms.hessian_vector_product(f), library.array(direction(len(p)))
        return _program(lambda: multiply(p, v))
    hessian = transforms.hessian(f)
    return _program(lambda: hessian(p))


def torch(library: Any, function: str, size: int, product: bool) -> Program:
    """Eager, by its functional transforms."""
    f, p = _of_array(library, function), library.array(point(function, size))
    transforms = library.torch.func
    if product:
        v = library.array(direction(len(p)))
        return _program(lambda: transforms.jvp(transforms.grad(f), (p,), (v,))[1])
    hessian = transforms.hessian(f)
    return _program(lambda: hessian(p))


LIBRARIES = frozenset(["chainrule", "chainrule-python", "jax", "autograd", "torch"])
"""Those that have second derivatives."""


def _case(name: str, title: str, function: str, size: int, product: bool = False) -> Case:
    return Case(name, title, {"function": function, "size": size, "product": product}, libraries=LIBRARIES)


WORKLOAD = Workload(
    name="curvature",
    title="second derivatives",
    cases=(
        _case("xor", "Hessian of the XOR loss, 17 weights", "xor", 17),
        _case("rosenbrock", "Hessian of Rosenbrock, 50 variables", "rosenbrock", 50),
        _case("product", "Hessian times vector, Rosenbrock, 50 variables", "rosenbrock", 50, True),
        _case("long-product", "the same, 2,000 variables", "rosenbrock", 2000, True),
    ),
    quick=(
        _case("xor", "Hessian of the XOR loss, 17 weights", "xor", 17),
        _case("rosenbrock", "Hessian of Rosenbrock, 4 variables", "rosenbrock", 4),
        _case("product", "Hessian times vector, Rosenbrock, 4 variables", "rosenbrock", 4, True),
    ),
    forms={"scalars": scalars, "jax": jax, "autograd": autograd, "torch": torch},
)
