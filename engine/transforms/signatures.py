"""The types of the functions that transforms return: results are nested as arguments are.

They hold for a function transformed by its first argument alone, the usual case. A Value, which stands among
the arguments where a transform runs within another one, gives a Value.
"""

from typing import Any, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gradient", "Hessian", "ValueAndGradient"]

Tree = TypeVar("Tree")
Floats = NDArray[np.float64]
Numbers = list[float] | list[int]


class Gradient(Protocol):
    """A function whose result is nested as its first argument is."""

    @overload
    def __call__(self, x: float, /, *args: Any, **options: Any) -> float: ...
    @overload
    def __call__(self, x: NDArray[Any], /, *args: Any, **options: Any) -> Floats: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **options: Any) -> list[float]: ...
    @overload
    def __call__(self, x: Tree, /, *args: Any, **options: Any) -> Tree: ...


class ValueAndGradient(Protocol):
    """A function that returns a number, and with it what is nested as its first argument is."""

    @overload
    def __call__(self, x: float, /, *args: Any, **options: Any) -> tuple[float, float]: ...
    @overload
    def __call__(self, x: NDArray[Any], /, *args: Any, **options: Any) -> tuple[float, Floats]: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **options: Any) -> tuple[float, list[float]]: ...
    @overload
    def __call__(self, x: Tree, /, *args: Any, **options: Any) -> tuple[Any, Tree]: ...


class Hessian(Protocol):
    """A function whose result is nested as its first argument is, within that nesting."""

    @overload
    def __call__(self, x: float, /, *args: Any, **options: Any) -> float: ...
    @overload
    def __call__(self, x: NDArray[Any], /, *args: Any, **options: Any) -> Floats: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **options: Any) -> list[list[float]]: ...
    @overload
    def __call__(self, x: Any, /, *args: Any, **options: Any) -> Any: ...
