"""Templates of NumPy source: the rules of the operator table, given these, write expressions.

A rule such as ``lambda m, y, x: 1.0 / (2.0 * y)`` computes on anything that has arithmetic. Given
:class:`Expression`, it leaves the text of a line of NumPy; ``m`` and ``np`` are then namespaces whose
functions do the same.
"""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.floats import divide
from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.ops import OPERATORS
from engine.ops.op import Arithmetic, Masks, Op

__all__ = [
    "FORMS",
    "NUMPY",
    "Expression",
    "Rows",
    "as_expression",
    "forward_expression",
    "is_closed",
    "partial_expressions",
]

_ON_NUMBERS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": divide}
_UFUNC = {"+": "np.add", "-": "np.subtract", "*": "np.multiply", "/": "np.divide"}


class Expression:
    """A piece of NumPy source.

    Attributes:
        text: the source.
        scalar: whether it is one number, whatever the shapes of the arrays.
        call: the ufunc and the operands it consists of, where it is one call: it can write into an array.
    """

    __slots__ = ("atomic", "call", "number", "scalar", "text")

    def __init__(
        self,
        text: str,
        *,
        atomic: bool = True,
        scalar: bool = False,
        call: tuple[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.number: float | None = None  # of a number written out: that
        self.text = text
        self.atomic = atomic
        self.scalar = scalar
        self.call = call

    @property
    def inner(self) -> str:
        """The text as part of something larger."""
        return self.text if self.atomic else f"({self.text})"

    @property
    def is_product(self) -> bool:
        """Whether it is a product, which binds closer than a sum."""
        return self.call is not None and self.call[0] == "np.multiply"

    def into(self, target: str) -> str:
        """A statement that writes the result into an array."""
        if self.call is not None and hasattr(np, self.call[0].removeprefix("np.")):
            function, operands = self.call
            return f"{function}({', '.join(operands)}, out={target})"
        return f"{target}[...] = {self.text}"

    def onto(self, target: str) -> str:
        """A statement that adds the result to an array."""
        if self.call is not None and self.call[0] == "np.negative":
            return f"np.subtract({target}, {self.call[1][0]}, out={target})"
        return f"np.add({target}, {self.text}, out={target})"

    def __add__(self, other: Any) -> Any:
        return _binary("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("*", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("/", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("/", other, self)

    def __pow__(self, other: Any) -> Any:
        return NUMPY.power(self, other)

    def __neg__(self) -> Any:
        return Expression(
            f"-{self.inner}", atomic=False, scalar=self.scalar, call=("np.negative", (self.text,))
        )

    def __abs__(self) -> Any:
        return Expression(f"abs({self.text})", scalar=self.scalar)

    def __pos__(self) -> Any:
        return self

    def __lt__(self, other: Any) -> Any:
        return _comparison("<", self, other)

    def __le__(self, other: Any) -> Any:
        return _comparison("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return _comparison(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return _comparison(">=", self, other)


def as_expression(x: Any) -> Expression:
    """A number or an expression as an expression.

    >>> as_expression(2.0).text, as_expression(math.inf).text
    ('2.0', 'np.inf')
    """
    if isinstance(x, Expression):
        return x
    if x != x:
        return Expression("np.nan", scalar=True)
    if x in (math.inf, -math.inf):
        return Expression("np.inf" if x > 0 else "-np.inf", scalar=True, atomic=x > 0)
    number = Expression(repr(float(x)), scalar=True, atomic=x >= 0)
    number.number = float(x)
    return number


def _binary(sign: str, a: Any, b: Any) -> Any:
    numbers: list[Any] = [x.number if isinstance(x, Expression) else float(x) for x in (a, b)]
    if numbers[0] is not None and numbers[1] is not None:
        return as_expression(_ON_NUMBERS[sign](*numbers))
    if sign == "*":
        if numbers[0] == 1.0:
            return b
        if numbers[1] == 1.0:
            return a
        if numbers[0] == -1.0:
            return -b
        if numbers[1] == -1.0:
            return -a
    if sign == "/" and numbers[1] == 1.0:
        return a
    if sign in "+-" and numbers[1] == 0.0 and (math.copysign(1.0, numbers[1]) < 0.0) == (sign == "+"):
        return a  # a - 0.0 and a + -0.0 are a; a + 0.0 is not, where a is -0.0
    a, b = as_expression(a), as_expression(b)
    call = (_UFUNC[sign], (a.text, b.text))
    text = f"{a.inner} {sign} {b.inner}"
    return Expression(text, atomic=False, scalar=a.scalar and b.scalar, call=call)


def _comparison(sign: str, a: Any, b: Any) -> Expression:
    a, b = as_expression(a), as_expression(b)
    return Expression(f"({a.text} {sign} {b.text})", scalar=a.scalar and b.scalar)


class _NumPy:
    """Stands for NumPy in the ``numpy`` forms of the rows."""

    def __getattr__(self, name: str) -> Any:
        prefix = "" if name in ARRAY_FUNCTIONS else "np."

        def function(*operands: Any, **options: Any) -> Expression:
            given = [as_expression(x) for x in operands]
            texts = (*(x.text for x in given), *(f"{key}={value!r}" for key, value in options.items()))
            call = (f"{prefix}{name}", texts) if isinstance(getattr(np, name, None), np.ufunc) else None
            scalar = all(x.scalar for x in given)
            return Expression(f"{prefix}{name}({', '.join(texts)})", scalar=scalar, call=call)

        return function

    def power(self, x: Any, n: Any) -> Any:
        """x**n, by a quicker way where n is a small integer or a half."""
        if isinstance(n, (int, float)) and isinstance(x, Expression):
            if n == 2.0:
                return self.square(x)
            if n == -1.0:
                return 1.0 / x
            if n == 0.5:
                return self.sqrt(x) + 0.0  # of -0.0 too it is 0.0
            if n == -0.5:
                return 1.0 / self.sqrt(x)
        return self.__getattr__("power")(x, n)


NUMPY = _NumPy()


def forward_expression(row: Op, operands: Sequence[Any]) -> Expression:
    """The value of an elementwise row on templates."""
    if row.array is not None:
        return getattr(NUMPY, row.array.__name__)(*operands)  # type: ignore[no-any-return]
    if callable(row.numpy):
        return as_expression(row.numpy(NUMPY, *operands))
    return as_expression(getattr(NUMPY, row.numpy)(*operands))


def partial_expressions(row: Op, y: Any, operands: Sequence[Any]) -> list[Any]:
    """The partial derivatives of an elementwise row on templates: expressions or numbers."""
    rules = row.array_partials or row.partials
    given = [_Number(x) if isinstance(x, float) else x for x in operands]
    return [rule(FORMS, y, *given) for rule in rules]


def is_closed(row: Op, partial: Any) -> bool:
    """Whether no gradient passes, not even an infinite one: the row masks, and is flat everywhere."""
    return not isinstance(partial, Expression) and partial == 0.0 and row.masks is Masks.ALWAYS


class _Number(float):
    """A number of a program, by which one may divide although it is zero."""

    def __truediv__(self, other: Any) -> Any:
        return divide(float(self), float(other)) if isinstance(other, float) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return divide(float(other), float(self)) if isinstance(other, float) else NotImplemented


class Rows(ABC):
    """The rows of the table on templates: the ``m`` of the rules."""

    @abstractmethod
    def value(self, row: Op, operands: Sequence[Any]) -> Any:
        """The value of a row on all its operands, of which some are templates."""

    @abstractmethod
    def other(self, name: str) -> Any:
        """What a rule finds under a name that no row has."""

    def __getattr__(self, name: str) -> Any:
        if name not in OPERATORS:
            return self.other(name)
        row = OPERATORS[name]

        def function(*operands: Any) -> Any:
            if row.arity is None:
                return self.value(row, *operands)
            if not any(isinstance(x, Expression) for x in operands):
                return row.forward(*operands)
            return self.value(row, row.arguments(operands, {}))

        return function


class _Forms(Rows):
    """The rows on arrays."""

    def value(self, row: Op, operands: Sequence[Any]) -> Any:
        if row.arity is not None:
            return forward_expression(row, operands)
        found = row.in_arithmetic(_ARITHMETIC, operands)
        if found is not NotImplemented:
            return found
        given = ", ".join(as_expression(x).text for x in operands)  # put together along the last axis
        return forward_expression(row, [Expression(f"np.stack(np.broadcast_arrays({given}), axis=-1)")])

    def other(self, name: str) -> Any:
        if name in ARRAY_FUNCTIONS:
            return getattr(NUMPY, name)
        raise AttributeError(f"no operator named {name!r} in the table")


_ARITHMETIC = Arithmetic()

FORMS = _Forms()
