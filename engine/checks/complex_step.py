"""Complex numbers that run through a function written for Values, for the complex step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.ops.op import Op
from engine.ops.overloads import Ordered

__all__ = ["ComplexNumber"]


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
