"""Arrays in a derivation, of floats or of Values, none of them large, and NumPy's functions of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.checks.derivation.written.reading import DerivationError
from engine.node.backend import Value

__all__ = ["ON_ARRAYS", "array", "arrayed", "as_array", "bare", "refuse_large"]

LARGEST = 100_000
"""Numbers of one array; a text that makes a larger one is refused."""


def refuse_large(operands: list[Any], product: bool = False) -> None:
    """DerivationError where operands would make an array of too many numbers."""
    arrays = [x for x in operands if isinstance(x, np.ndarray) and x.ndim]
    if len(arrays) == 2 and arrays[0].size * arrays[1].size > LARGEST:
        a, b = arrays
        try:
            size = (
                a.size // a.shape[-1] * (b.size // b.shape[-2 if b.ndim > 1 else 0])
                if product
                else np.broadcast(a, b).size
            )
        except (ValueError, ZeroDivisionError):  # what does not fit says so itself
            return
        if size > LARGEST:
            raise DerivationError(f"an array of more than {LARGEST:,} numbers")


def array(x: Any) -> Any:
    """An array as it is, a single number as one of no dimension."""
    if isinstance(x, np.ndarray):
        return x
    if isinstance(x, (list, tuple)):
        return as_array(x)
    made = np.empty((), dtype=object if isinstance(x, Value) else float)
    made[()] = x
    return made


def as_array(items: Any) -> Any:
    """A list of numbers, Values or arrays as an array."""
    if sum(np.size(x) for x in items) > LARGEST:
        raise DerivationError(f"an array of more than {LARGEST:,} numbers")
    if all(isinstance(x, (int, float)) or (isinstance(x, np.ndarray) and x.dtype != object) for x in items):
        return np.array(items, dtype=float)
    made = np.array([*map(_listed, items)], dtype=object)
    return made if any(isinstance(x, Value) for x in made.ravel()) else made.astype(float)


def arrayed(tree: Any) -> Any:
    """Lists of numbers as arrays, where they have the form of one."""
    try:
        return as_array(tree) if isinstance(tree, (list, tuple)) else tree
    except (ValueError, TypeError):
        return tree


def _listed(x: Any) -> Any:
    return x.tolist() if isinstance(x, np.ndarray) else x


def bare(x: Any) -> Any:
    """An array of no dimension as the number in it."""
    return x[()] if isinstance(x, np.ndarray) and not x.ndim else x


def _outer(a: Any, b: Any) -> Any:
    if a.size * array(b).size > LARGEST:
        raise DerivationError(f"an array of more than {LARGEST:,} numbers")
    return np.outer(a, b)


def _eye(n: Any) -> Any:
    size = float(n)
    if not size.is_integer() or not 0 < size * size <= LARGEST:
        raise DerivationError("np.eye takes a small integer")
    return np.eye(int(size))


def _transposed(x: Any, *axes: Any) -> Any:
    return np.transpose(x, *([axes] if axes and isinstance(axes[0], int) else axes))


def _reshaped(x: Any, *shape: Any) -> Any:
    return np.reshape(x, shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape)


ON_ARRAYS: dict[str, Callable[..., Any]] = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "dot": np.dot, "matmul": np.matmul, "outer": _outer,
    "transpose": _transposed, "reshape": _reshaped, "ravel": np.ravel, "flatten": np.ravel,
    "max": np.max, "min": np.min, "squeeze": np.squeeze, "copy": np.copy, "diag": np.diag,
    "ones_like": lambda x: np.ones(np.shape(x)), "zeros_like": lambda x: np.zeros(np.shape(x)),
    "array": lambda x: x, "asarray": lambda x: x, "atleast_2d": np.atleast_2d, "eye": _eye,
    "expand_dims": np.expand_dims, "concatenate": lambda xs, axis=0: np.concatenate([*xs], axis),
}  # fmt: skip
"""The functions and methods of arrays."""
