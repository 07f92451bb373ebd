"""The complex step: derivatives by complex numbers that run through a function written for Values.

Squire & Trapp, SIAM Review 40 (1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.ops.op import Op
from engine.ops.overloads import Ordered
from engine.pytree.maps import flatten
from engine.transforms.variables import like

__all__ = ["ComplexNumber", "complex_step"]

_SMALLEST = 1e-305
"""Below it the imaginary parts would lose digits to underflow, or vanish."""


class ComplexNumber(Ordered["ComplexNumber"]):
    """A complex number with the operators of the table; its imaginary part carries a derivative.

    Args:
        data: the number.

    >>> h = 1e-20
    >>> (ComplexNumber(3.0 + h * 1j) ** 2).data.imag / h
    6.0
    """

    __slots__ = ("data",)

    def __init__(self, data: complex) -> None:
        self.data = data

    def _apply(self, row: Op, operands: Sequence[Any]) -> ComplexNumber:
        if not row.analytic:
            raise TypeError(
                f"the complex step cannot pass {row.name!r}, which is not analytic; use method='central'"
            )
        numbers = [x.data if isinstance(x, ComplexNumber) else getattr(x, "data", x) for x in operands]
        # NumPy's complex numbers, unlike Python's, divide by zero and are ordered by their real parts
        numbers = [np.array(numbers, dtype=complex)] if row.arity is None else [*map(np.complex128, numbers)]
        with np.errstate(all="ignore"):
            if callable(row.numpy):
                return ComplexNumber(complex(row.numpy(np, *numbers)))
            return ComplexNumber(complex(getattr(np, row.numpy)(*numbers)))

    def _number(self) -> float:
        return self.data.real


def complex_step(f: Callable[..., Any], tree: Any) -> Any:
    """The derivatives of all outputs of f, as imaginary parts at x + ih over h: without cancellation.

    Args:
        f: the function.
        tree: its arguments, nested, with Values for numbers.

    Returns:
        A matrix: a row for each output, a column for each Value.

    >>> from engine import Value
    >>> float(complex_step(lambda x: x * x, [Value(3.0)])[0, 0])
    6.0
    """
    numbers = [x.data for x in flatten(tree)]
    columns = []
    for chosen, x in enumerate(numbers):
        h = max(1e-30 * min(abs(x) or 1.0, 1.0), _SMALLEST)
        nudged = [ComplexNumber(complex(y, h * (i == chosen))) for i, y in enumerate(numbers)]
        (args,) = like([tree], nudged)
        columns.append(np.array(_outputs(f(*args))).imag / h)
    return np.stack(columns, axis=1)


def _outputs(result: Any) -> list[complex]:
    if isinstance(result, dict):
        return [number for item in result.values() for number in _outputs(item)]
    if isinstance(result, (list, tuple, np.ndarray)):
        return [number for item in np.ravel(np.asarray(result, dtype=object)) for number in _outputs(item)]
    return [] if result is None else [complex(getattr(result, "data", result))]
