"""Op, one row of the operator table.

A row is written once and has three readers. Its partial derivatives are rules
``rule(m, y, *operands)``, where ``y`` is the operator's own result and ``m`` the namespace of the
rows for the number type at hand (``m.exp``, ``m.where``, …). Given floats, a rule computes the
local gradient recorded on a node; given Values, a gradient that is itself a graph; given
arrays, a line of a matrix program. Rules therefore never branch on the numbers: they are made of
arithmetic and of other rows.

Glossary: ``y`` the result, ``x`` (``a``, ``b``) the operands, ``m`` the namespace.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import FunctionType
from typing import Any

import numpy as np

from engine.formulas.partials import partial_formula, partial_texts
from engine.formulas.symbol import SYMBOLS, Symbol, name
from engine.ops.baking import baked_in
from engine.ops.fields import Along, Masks, Rule, Series
from engine.ops.namespaces import FLOATS, IEEE, Namespace
from engine.ops.row_checks import check_numbers, check_parts

__all__ = [
    "CONSTANT",
    "FROZEN",
    "LEAF",
    "Op",
    "custom_op_row",
]

@dataclass(frozen=True, eq=False)
class Op:
    """One row of the operator table.

    Args:
        name: what the function and the method are called (``tanh``).
        operands: names of the operands. ``("*xs",)`` is an operator over a sequence, ``("*a", "*b")`` one
            over two sequences of one length, the second behind the first.
        forward: the value on floats, following IEEE 754 where Python would raise.
        partials: one rule per operand; for a sequence a single rule that returns all partials.
        numpy: the value on arrays: the name of the array function of the same meaning, or a rule
            ``rule(np, *operands)``; a sequence is an array whose last axis holds the operands.
        text: the value as a formula in the operands' names.
        partial_text: the partials as formulas in the operands' names and ``y``, where those that are read
            from the rules, :attr:`partial_formulas`, would puzzle a reader; "" leaves one as it is read. For
            a sequence, one text in ``xi``, ``n`` and ``y``, or a few words.
        points: operands at which the row is tested, away from kinks; tuples of floats.
        symbol: the text on a node (``+``); the name where empty.
        static: how many trailing operands are baked into the row when they are plain numbers,
            as the exponent of ``x**2`` is: then they are not nodes and have no partials.
        defaults: values of the trailing operands when they are left out.
        analytic: whether the NumPy form is complex-differentiable away from kinks (allows the complex step).
        array_partials: the partials as a lifted program computes them on arrays, where there is a quicker
            form, as ``1 - y*y`` for tanh but in the far tails; None: ``partials``.
        array: the value on arrays as a function of :mod:`engine.floats.arrays`, where ``numpy`` loses digits
            or NumPy has no such function; lifted programs call it.
        jax: the value on arrays of JAX, ``rule(jax, *operands)``, where what JAX makes of ``numpy`` loses its
            derivative at a kink or in tails; None: ``numpy``. Sequences lie as there.
        along: how a lifted program computes a row over a sequence, along the first axis of an array; None:
            by ``arithmetic``.
        neutral: of a row over a sequence, an operand that changes neither its value nor a partial of the
            others: by it lifted programs fill up the shorter of sequences that are computed together.
        closure: whether its nodes pass their gradient on by a function (see :mod:`engine.autograd.closures`).
        arithmetic: the value in + - * / of any number type, where it is: ``arithmetic(m, *operands)``, with
            ``m.sum``, ``m.mean``, ``m.prod`` and ``m.dot`` of sequences. Lifted programs make sums of
            products of it, and formulas write it out.
        doc: what it computes: a plain sentence, then details. Left out, that of ``forward``.
        example: a doctest of its function, which needs no import of it. Left out, that of ``forward``.
        reference: the paper or standard where the operator, or the way to compute it, comes from.
        mixes: whether it only combines numbers, as sums and products do; others are activations.
        series: how the coefficients of a power series are found.
        latex: the operator in LaTeX: a function's name, or a form with its operands at ``#1``, ``#2``.
        advice: what to try where the value became nan or infinite.
        gradient_advice: what to try where a partial did.
        masks: on which operands a partial of exactly 0 closes the way (``autograd/masking.py``). A row
            with its static operands baked in masks on all that are left, if the row itself masks on any.
        baked: the values of the static operands, in a row made by :meth:`bind`.
        base: the row that :meth:`bind` started from.
    """

    name: str
    operands: tuple[str, ...]
    forward: Callable[..., float]
    partials: tuple[Rule, ...]
    numpy: str | Rule
    text: str
    partial_text: tuple[str, ...] = ()
    points: tuple[tuple[float, ...], ...] = ()
    symbol: str = ""
    static: int = 0
    defaults: tuple[float, ...] = ()
    analytic: bool = True
    array_partials: tuple[Rule, ...] | None = None
    closure: bool = False
    array: Rule | None = None
    along: Along | None = None
    neutral: float | None = None
    jax: Rule | None = None
    arithmetic: Rule | None = None
    doc: str = ""
    example: str = ""
    reference: str = ""
    mixes: bool = False
    series: Series = Series.BY_PARTIALS
    latex: str = ""
    advice: str = ""
    gradient_advice: str = ""
    masks: Masks = Masks.NEVER
    baked: tuple[float, ...] = ()
    base: Op | None = field(default=None, repr=False)
    bake: Callable[..., Op] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.base is None:  # a row with operands baked in is as sound as that
            check_parts(self)
        if vars(FLOATS):  # rows made while the table is are checked by the tests: their rules need each other
            check_numbers(self)
        if isinstance(self.forward, FunctionType) and self.name:
            words, prompt, example = inspect.cleandoc(self.forward.__doc__ or "").partition(">>> ")
            object.__setattr__(self, "doc", self.doc or words.strip())
            object.__setattr__(self, "example", self.example or prompt + example)

    @cached_property
    def docstring(self) -> str:
        """The docstring of the operator's function and method: all that the row says in words."""
        called = "" if self.arity else "Takes one sequence of Values and numbers, or several arguments."
        formulas = f"Value: {self.text}.\nPartial derivatives: {'; '.join(self.partial_formulas)}."
        parts = [self.doc, called, formulas, self.reference and f"Reference: {self.reference}."]
        if self.example:
            modules = ">>> import math\n" if "math." in self.example else ""
            parts.append(f"{modules}>>> from engine import {self.name}\n{self.example}")
        return "\n\n".join(filter(None, parts)) + "\n"

    @cached_property
    def shown(self) -> str:
        """The operator's text on a node: ``+``, ``**2``, ``tanh``."""
        return self.symbol or self.name

    @cached_property
    def arity(self) -> int | None:
        """How many operands the operator takes; None for a sequence."""
        return None if self.operands[:1] and self.operands[0].startswith("*") else len(self.operands)

    def roles(self, count: int) -> tuple[str, ...]:
        """The operator's names for ``count`` operands: ``x``, or ``xs[0]``, ``xs[1]``, …

        Of a row with baked operands, those that are left.
        """
        if self.arity:
            return self.operands
        sequences = [name[1:] for name in self.operands] or ["xs"]  # or a node built by hand
        return tuple(f"{name}[{i}]" for name in sequences for i in range(count // len(sequences)))

    @cached_property
    def ufunc(self) -> str | None:
        """The NumPy ufunc of the same meaning, if there is one."""
        name = self.numpy
        return name if isinstance(name, str) and hasattr(np, name) else None

    @cached_property
    def partial_formulas(self) -> tuple[str, ...]:
        """The partials as formulas in the operands' names and ``y``.

        >>> from engine.ops import OPERATORS
        >>> OPERATORS["sqrt"].partial_formulas, OPERATORS["tanh"].partial_formulas
        (('1 / (2 * y)',), ('1 - y**2',))
        """
        return partial_texts(self)

    def partial_formula(self, i: int, count: int) -> Symbol | None:
        """The partial by operand ``i`` of ``count`` as a formula in :meth:`roles`, ``xi``, ``n`` and ``y``.

        None where it is described in words, and the rule is more than short arithmetic.
        """
        return partial_formula(self, i, count)

    @cached_property
    def signature(self) -> inspect.Signature:
        """How the operator's function is called: operands by name, with their defaults."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        needed = len(self.operands) - len(self.defaults)
        defaults = (*(inspect.Parameter.empty for _ in range(needed)), *self.defaults)
        named = zip(self.operands, defaults, strict=True)
        return inspect.Signature([inspect.Parameter(name, kind, default=value) for name, value in named])

    def arguments(self, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """All operands in order, from those given by position and by name and the defaults.

        Raises:
            TypeError: there are too many or too few.
        """
        if len(given) == len(self.operands) and not named:
            return given
        try:
            bound = self.signature.bind(*given, **named)
        except TypeError as error:
            raise TypeError(f"{self.name}{self.signature}: {error}") from None
        bound.apply_defaults()
        return bound.args

    @property
    def key(self) -> tuple[str, tuple[float, ...]]:
        """Name and baked values, by which the table finds this row again."""
        return (self.base or self).name, self.baked

    def bind(self, *values: float) -> Op:
        """The row with its static operands baked in: ``pow`` bound to 2 is ``**2``."""
        return baked_in(self, values)  # type: ignore[no-any-return]

    def bind_plain(
        self, operands: Sequence[Any], kind: type, number: Callable[[Any], float] = float
    ) -> tuple[Op, Sequence[Any]]:
        """The row with its static operands baked in where all of them are plain numbers; the operands left.

        Args:
            operands: all operands.
            kind: the number type whose instances are not plain numbers.
            number: makes a float of a plain number.
        """
        static = operands[len(operands) - self.static :]
        if not self.static or any(isinstance(x, kind) for x in static):
            return self, operands
        return self.bind(*map(number, static)), operands[: -self.static]

    @cached_property
    def partial_is_of_result(self) -> bool:
        """Whether the partial of a row of one operand is made of its result alone, as that of exp is."""
        (rule,) = self.array_partials or self.partials
        found = rule(SYMBOLS, name("y"), name("x"))
        return isinstance(found, Symbol) and "x" not in found.names()

    def in_arithmetic(self, m: Any, operands: Sequence[Any]) -> Any:
        """The value in + - * / of the operands' type; NotImplemented where the row, or ``m``, has none."""
        if self.arithmetic is None:
            return NotImplemented
        return self.arithmetic(m, operands) if self.arity is None else self.arithmetic(m, *operands)

    def local_gradients(self, y: float, xs: Sequence[float]) -> Sequence[float]:
        """The partial derivatives at the operands ``xs``, where the value is ``y``; floats."""
        try:
            return self.partials_at(FLOATS, y, xs)
        except ZeroDivisionError:  # Python raises where IEEE 754 has an infinity: once more with IEEE numbers
            with np.errstate(all="ignore"):
                partials = self.partials_at(IEEE, np.float64(y), [np.float64(x) for x in xs])
                return [float(partial) for partial in partials]

    def partials_at(self, m: Namespace, y: Any, xs: Sequence[Any]) -> Sequence[Any]:
        """The partial derivatives in any number type, ``m`` being the namespace of the rows for it."""
        if self.arity is None:
            return self.partials[0](m, y, xs)  # type: ignore[no-any-return]
        return [rule(m, y, *xs) for rule in self.partials]


def _no_value(*operands: float) -> float:
    return math.nan


LEAF = Op("", (), _no_value, (), _no_value, "", (), analytic=False)
"""The row of a node that no operator made."""

CONSTANT = replace(LEAF)
"""The row of a number met in an expression; its gradient can be looked at, but nobody asked for it."""

FROZEN = replace(LEAF)
"""The row of a leaf that takes no gradient."""


@lru_cache(maxsize=1024)
def custom_op_row(text: str) -> Op:
    """The row of nodes built by hand, which bring their own value and local gradients."""
    return replace(LEAF, name=text)
