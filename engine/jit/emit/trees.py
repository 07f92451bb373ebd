"""Trees of NumPy: what the right-hand side of a statement computes, as data.

A leaf is a :class:`~engine.jit.emit.views.View` of an array, or a number: :class:`Number` one known
when the program is written, :class:`Seed` one given to the backward pass, :class:`Samples` how many samples
there are. Above them stand :class:`Call` (an elementwise function), :class:`Reduce` (a sum over axes) and
:class:`MatMul`. Every tree knows its ``shape`` and its ``parts``, so a back end can walk it from the leaves
up and needs no text; ``text`` is how NumPy says it.

Trees have arithmetic. A rule of the operator table such as ``lambda m, y, x: 1.0 / (2.0 * y)`` computes on
anything that has; given trees, it leaves the tree of what it would have computed.

>>> x = Name("x")
>>> (1.0 / (2.0 * x)).text, (1.0 * x).text, (x - (x + 1.0)).text
('1.0 / (2.0 * x)', 'x', 'x - (x + 1.0)')
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.floats import divide
from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.ops.op import Op

__all__ = [
    "COMPARED",
    "INFIX",
    "SAMPLES",
    "Call",
    "Expression",
    "MatMul",
    "Name",
    "Number",
    "Origin",
    "Reduce",
    "Samples",
    "Seed",
    "Shape",
    "UnfitError",
    "as_expression",
    "broadcast",
    "mapped",
]

SAMPLES = -1
"""Stands in a shape for the size of the axis of samples, which is known when a program is bound to cells."""

Shape = tuple[int, ...]


def _operator(function: str, *, swapped: bool = False) -> Any:
    def method(self: Expression, other: Any) -> Any:
        return _binary(function, other, self) if swapped else _binary(function, self, other)

    return method


class Expression:
    """A tree. Its arithmetic makes larger trees; what is known of numbers is computed at once."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The tree as NumPy source."""
        raise NotImplementedError

    @property
    def shape(self) -> Shape:
        """The shape of what it computes; :data:`SAMPLES` for an axis of samples."""
        return ()

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The trees right below."""
        return ()

    @property
    def scalar(self) -> bool:
        """Whether it is one number, whatever the shapes of the arrays."""
        return bool(self.parts) and all(part.scalar for part in self.parts)

    @property
    def level(self) -> int:
        """How close its text binds: sums 1, products 2, a sign 3, what needs no parentheses 4."""
        return 4

    def beside(self, level: int) -> str:
        """The text in a larger one, which binds closer than some level or stands in parentheses."""
        return self.text if self.level > level else f"({self.text})"

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """The same of other parts; itself where none changes."""
        return self

    def into(self, target: Expression) -> str:
        """The line that writes it into an array."""
        return f"{target.text}[...] = {self.text}"

    def walk(self) -> Iterator[Expression]:
        """All trees within, this one first, from left to right."""
        waiting: list[Expression] = [self]
        while waiting:
            tree = waiting.pop()
            yield tree
            waiting += tree.parts[::-1]

    def __str__(self) -> str:
        return self.text

    __add__, __radd__ = _operator("add"), _operator("add", swapped=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", swapped=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", swapped=True)
    __truediv__, __rtruediv__ = _operator("divide"), _operator("divide", swapped=True)
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")

    def __pow__(self, n: Any) -> Any:
        """x**n, by a quicker way where n is a small integer or a half."""
        if n == 2.0:
            return Call("square", (self,))
        if n == -1.0:
            return 1.0 / self
        if n == 0.5:
            return Call("sqrt", (self,)) + 0.0  # of -0.0 too it is 0.0
        if n == -0.5:
            return 1.0 / (Call("sqrt", (self,)) + 0.0)  # of -0.0 too it is inf
        return Call("power", (self, as_expression(n)))

    def __neg__(self) -> Any:
        return Call("negative", (self,))

    def __abs__(self) -> Any:
        return Call("abs", (self,))

    def __pos__(self) -> Any:
        return self


# -- leaves -------------------------------------------------------------------------------------------------


class _OneNumber(Expression):
    __slots__ = ()

    @property
    def scalar(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Number(_OneNumber):
    """A number known when the program is written."""

    number: float

    @property
    def text(self) -> str:
        x = self.number
        if x != x:
            return "np.nan"
        if x - x != 0.0:
            return "np.inf" if x > 0 else "-np.inf"
        return repr(x)

    @property
    def level(self) -> int:
        return 3 if self.number < 0.0 else 4


@dataclass(frozen=True, slots=True, eq=False)
class Seed(_OneNumber):
    """The gradient of an output, which the backward pass is given: ``seeds[index]``."""

    index: int

    @property
    def text(self) -> str:
        return f"seeds[{self.index}]"


class Samples(_OneNumber):
    """How many samples there are, as a number to compute with."""

    __slots__ = ()

    @property
    def text(self) -> str:
        return "samples"


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expression):
    """Text that only Python reads: a variable or a call in a program on floats. Array programs have none."""

    text: str = field()
    level: int = 4


# -- nodes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Which row of the operator table a tree computes.

    Attributes:
        row: the row.
        operands: what it is applied to: trees, or numbers.
        partial: the tree is the partial by this operand; None: the value.
        value: of a partial, the value of the row.
    """

    row: Op
    operands: tuple[Any, ...]
    partial: int | None = None
    value: Expression | None = None

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Origin:
        operands = tuple(change(x) if isinstance(x, Expression) else x for x in self.operands)
        return replace(self, operands=operands, value=None if self.value is None else change(self.value))


_LEVELS = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2, "negative": 3}
INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
COMPARED = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}
_OURS = {*ARRAY_FUNCTIONS, "pick"}


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """An elementwise function of arrays that are broadcast against each other.

    Attributes:
        function: the name of a NumPy ufunc (``is_ufunc``), of a function of
            :data:`engine.floats.arrays.ARRAY_FUNCTIONS` (``is_ours``), or of another NumPy function.
        operands: trees.
        size: the shape, where it is not that of the operands broadcast.
        origin: the row that this computes, where it stems from one.
    """

    function: str
    operands: tuple[Expression, ...]
    size: Shape | None = None
    origin: Origin | None = None

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.operands

    @property
    def is_ours(self) -> bool:
        return self.function in _OURS

    @property
    def is_ufunc(self) -> bool:
        return not self.is_ours and isinstance(getattr(np, self.function, None), np.ufunc)

    @property
    def shape(self) -> Shape:
        return broadcast(*(each.shape for each in self.operands)) if self.size is None else self.size

    @property
    def level(self) -> int:
        return _LEVELS.get(self.function, 4)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        operands = tuple(map(change, self.operands))
        if all(map(operator.is_, operands, self.operands)):
            return self
        return replace(self, operands=operands, origin=self.origin and self.origin.rebuilt(change))

    @property
    def text(self) -> str:
        name, operands = self.function, self.operands
        if name in INFIX:
            left, right = operands[0].beside(self.level - 1), operands[1]
            if name == "add" and isinstance(right, Number) and right.number < 0.0:
                return f"{left} - {Number(-right.number).text}"
            return f"{left} {INFIX[name]} {right.beside(self.level)}"
        if name in COMPARED:
            return f"({operands[0].text} {COMPARED[name]} {operands[1].text})"
        if name == "negative":
            return f"-{operands[0].beside(3)}"
        if name == "abs":
            return f"abs({operands[0].text})"
        given = ", ".join(x.text for x in operands)
        return f"{'' if self.is_ours else 'np.'}{name}({given})"

    def into(self, target: Expression) -> str:
        if not self.is_ufunc or self.function in COMPARED:
            return f"{target.text}[...] = {self.text}"
        return f"np.{self.function}({', '.join(x.text for x in self.operands)}, out={target.text})"


@dataclass(frozen=True, slots=True, eq=False)
class Reduce(Expression):
    """A ufunc, mostly ``add``, applied along axes until they are gone.

    Attributes:
        function: name of the ufunc.
        operand: what is reduced.
        axes: which of its axes; negative ones count from the last.
    """

    function: str
    operand: Expression
    axes: tuple[int, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        operand = change(self.operand)
        return self if operand is self.operand else replace(self, operand=operand)

    @property
    def shape(self) -> Shape:
        shape = self.operand.shape
        gone = {axis % len(shape) for axis in self.axes}
        return tuple(size for i, size in enumerate(shape) if i not in gone)

    @property
    def text(self) -> str:
        return self._text("")

    def into(self, target: Expression) -> str:
        if self.shape != target.shape:  # with ``out`` no result is repeated
            return f"{target.text}[...] = {self.text}"
        return self._text(f", out={target.text}")

    def _text(self, out: str) -> str:
        axis = ""
        if len(self.operand.shape) != 1:
            axis = f", axis={self.axes[0] if len(self.axes) == 1 else self.axes}"
        return f"np.{self.function}.reduce({self.operand.text}{axis}{out})"


@dataclass(frozen=True, slots=True, eq=False)
class MatMul(Expression):
    """A matrix product as ``np.matmul`` has it: of matrices, stacks of them, or vectors.

    Attributes:
        a, b: what stands left and right.
    """

    a: Expression
    b: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.a, self.b

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        a, b = change(self.a), change(self.b)
        return self if a is self.a and b is self.b else MatMul(a, b)

    @property
    def shape(self) -> Shape:
        a, b = self.a.shape, self.b.shape
        return (*broadcast(a[:-2], b[:-2]), *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))

    @property
    def level(self) -> int:
        return 4 if self._is_plain or not self.shape else 2

    @property
    def _is_plain(self) -> bool:
        return max(len(self.a.shape), len(self.b.shape)) > 2

    @property
    def text(self) -> str:
        a, b = self.a.text, self.b.text
        if self._is_plain:
            return f"np.matmul({a}, {b})"
        return f"{a} @ {b}" if self.shape else f"np.dot({a}, {b})"

    def into(self, target: Expression) -> str:
        if not self.shape:
            return f"{target.text}[...] = {self.text}"
        return f"np.matmul({self.a.text}, {self.b.text}, out={target.text})"


# -- trees of others ----------------------------------------------------------------------------------------


class UnfitError(Exception):
    """A tree that has not the form that is asked for."""


def mapped(
    tree: Expression, change: Callable[[Expression], Expression | None], known: dict[int, Expression]
) -> Expression:
    """A tree with others in it.

    Args:
        change: gives what is to stand in the place of a part; None where its own parts are to be looked at.
        known: what parts became, by their id.
    """
    if id(tree) not in known:
        found = change(tree)
        known[id(tree)] = tree.rebuilt(lambda part: mapped(part, change, known)) if found is None else found
    return known[id(tree)]


# -- arithmetic ---------------------------------------------------------------------------------------------


def as_expression(x: Any) -> Expression:
    """A number or a tree as a tree.

    >>> as_expression(2).text, as_expression(math.inf).text
    ('2.0', 'np.inf')
    """
    return x if isinstance(x, Expression) else Number(float(x))


def broadcast(*shapes: Shape) -> Shape:
    """The shape of arrays broadcast against each other.

    >>> broadcast((3, 1), (2,), ())
    (3, 2)
    """
    width = max(map(len, shapes), default=0)
    filled = [(1,) * (width - len(shape)) + shape for shape in shapes]
    found = []
    for sizes in zip(*filled, strict=True):
        own = {size for size in sizes if size != 1}
        if len(own) > 1:
            raise RuntimeError(f"shapes {shapes} do not go together")
        found.append(own.pop() if own else 1)
    return tuple(found)


_ON_NUMBERS = {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": divide}


def _number_of(x: Any) -> float | None:
    if isinstance(x, Number):
        return x.number
    return None if isinstance(x, Expression) else float(x)


def _binary(function: str, a: Any, b: Any) -> Any:
    x, y = _number_of(a), _number_of(b)
    if x is not None and y is not None and function in _ON_NUMBERS:
        return Number(_ON_NUMBERS[function](x, y))
    if function == "multiply" and 1.0 in (x, y):
        return b if x == 1.0 else a
    if function == "multiply" and -1.0 in (x, y):
        return -b if x == -1.0 else -a
    if function == "divide" and y == 1.0:
        return a
    if y == 0.0 and function == ("add" if math.copysign(1.0, y) < 0.0 else "subtract"):
        return a  # a - 0.0 and a + -0.0 are a; a + 0.0 is not, where a is -0.0
    return Call(function, (as_expression(a), as_expression(b)))
