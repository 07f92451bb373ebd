"""Custom operators: functions that the table lacks, with their derivatives written by hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.autograd.grad_mode import no_grad
from engine.autograd.trace_mode import recording
from engine.checks.gradcheck import GradcheckReport, gradcheck
from engine.errors import GradientError, TraceError
from engine.floats.coerce import to_float
from engine.node.backend import Value
from engine.node.functions import call
from engine.ops import OPERATORS
from engine.ops.fields import Masks
from engine.ops.op import Op
from engine.quoting import LONGEST, brief

__all__ = ["CustomOp", "custom_op"]


class CustomOp:
    """A custom operator, called like an engine function. Made by :func:`custom_op`.

    Attributes:
        row: what the table would hold, were the operator in it.
    """

    def __init__(self, row: Op) -> None:
        self.row = row
        self.__name__ = self.__qualname__ = row.name
        self.__signature__ = row.signature

    def __call__(self, *operands: Any, **named: Any) -> Any:
        return call(self.row, self.row.arguments(operands, named))

    def __repr__(self) -> str:
        return f"<custom operator {self.row.name}({', '.join(self.row.operands)})>"

    def check(self, *operands: Any, **options: Any) -> GradcheckReport:
        """Check the partial derivatives against numerical ones at a point: see :func:`engine.gradcheck`.

        Args:
            operands: numbers: the point.
            options: those of ``gradcheck``.

        Raises:
            GradientError: some partial derivative is wrong; the message names the operator and says which.

        >>> square = custom_op(lambda x: x * x, lambda x: -2 * x, name="square")
        >>> square.check(3.0)
        Traceback (most recent call last):
        engine.errors.GradientError: custom operator square at x=3.0:
        1 of 1 derivatives disagree (central differences)
        operand                   analytic                 numeric  relative error
        argument 0                      -6                       6        2.00e+00  <- wrong sign
        """
        try:
            report: GradcheckReport = gradcheck(self, *operands, **options)
            return report
        except GradientError as error:
            point = _point(self.row.operands, operands)
            raise GradientError(f"custom operator {self.row.name} at {point}:\n{error}") from None


def custom_op(
    forward: Callable[..., Any],
    partials: Callable[..., Any] | Sequence[Callable[..., Any]],
    name: str | None = None,
    *,
    check: Iterable[Any] = (),
    masks: bool = False,
) -> CustomOp:
    """An operator the table lacks, from its value and its partial derivatives.

    It takes numbers, Values and arrays as every engine function does. Where the partial derivatives are
    written with arithmetic and engine functions, the operator can be differentiated any number of times.
    ``engine.jit`` calls it line by line.

    Args:
        forward: takes the operands as floats and returns the value.
        partials: for each operand a function of all operands that returns the derivative with respect to that
            one; for a single operand the bare function. They get floats, and Values for higher derivatives.
        name: what the operator is called on nodes and in messages; if None the name of ``forward``, or
            ``"custom"`` for a lambda.
        masks: whether the operator chooses, so that a partial derivative of exactly 0 lets nothing through,
            also no infinity (see :mod:`engine.autograd.masking`); else such a zero is a computed number.
        check: points at which the partial derivatives are checked at once, against finite differences:
            numbers for an operator of one operand, else tuples of as many.

    Raises:
        TypeError: forward or a partial is not a function, or the operands do not fit; in use, one of them
            returns something that is not a real number.
        ValueError: there are no partials, the table has an operator of this name, or the name is longer than
            120 characters.
        GradientError: a partial is wrong at a point to check.

    >>> from engine import Value, cos, sin
    >>> def sinc(x):
    ...     return sin(x) / x
    >>> sinc = custom_op(sinc, lambda x: (x * cos(x) - sin(x)) / x**2, check=[0.5, 2.0])
    >>> x = Value(2.0)
    >>> sinc(x).backward()
    >>> round(x.grad, 6), round(sinc(2.0), 6)
    (-0.435398, 0.454649)
    """
    given: Any = partials
    several = isinstance(given, Iterable) and not callable(given)
    rules: tuple[Callable[..., Any], ...] = tuple(given) if several else (given,)
    if not callable(forward):
        raise TypeError(f"forward must be a function of the operands, got {brief(forward)}")
    if name is None:
        name = getattr(forward, "__name__", "custom").replace("<lambda>", "custom")
    if not isinstance(name, str) or not name:
        raise TypeError(
            f"the name of an operator must be a string, got {brief(name)}; the partial derivatives of "
            "several operands stand in a list"
        )
    if len(name) > LONGEST:
        raise ValueError(f"the name of an operator has at most {LONGEST} characters, got {brief(name)}")
    if name in OPERATORS:
        raise ValueError(f"the table has an operator {brief(name)} already; give this one another name")
    if not rules:
        raise ValueError(f"custom operator {name}: give a partial derivative for each operand")
    for rule in rules:
        if not callable(rule):
            raise TypeError(
                f"custom operator {name}: a partial derivative must be a function, got {brief(rule)}"
            )
    operands = _operand_names(name, forward, len(rules))
    for i, rule in enumerate(rules):
        _operand_names(f"{name}, partial derivative by {operands[i]}", rule, len(rules))
    value = partial(_float_of, f"custom operator {name}", operands, forward)
    operator = CustomOp(
        Op(
            name=name,
            operands=operands,
            forward=value,
            partials=tuple(_rule(name, operands, i, rule) for i, rule in enumerate(rules)),
            numpy=lambda np_, *arrays: _on_arrays(name, value, arrays),
            text=f"the custom operator {name}",
            partial_text=tuple(f"the derivative by {operand}" for operand in operands),
            analytic=False,
            masks=Masks.ALWAYS if masks else Masks.NEVER,
        )
    )
    for point in check:
        operator.check(*(point if isinstance(point, (tuple, list)) else (point,)))
    return operator


def _operand_names(name: str, function: Callable[..., Any], count: int) -> tuple[str, ...]:
    """The names of a function's operands; made-up ones where Python does not know its signature."""
    made_up = (
        ("x",) if count == 1 else tuple("abc"[:count]) if count <= 3 else tuple(f"x{i}" for i in range(count))
    )
    try:
        signature = inspect.signature(function)
    except ValueError:  # of a function in C
        return made_up
    try:
        given = signature.bind(*made_up)
    except TypeError:
        raise TypeError(
            f"custom operator {name}: the number of partial derivatives given, {count}, is that of the "
            f"operands, but the function is called as {signature}; give a list of functions, one for each"
        ) from None
    names = tuple(given.arguments)
    plain = len(names) == count and all(name.isidentifier() for name in names)
    return names if plain else made_up


def _float_of(role: str, operands: tuple[str, ...], function: Callable[..., Any], *xs: float) -> float:
    """Call a user's function on numbers, for a float; its errors name the operator."""
    try:
        try:
            result = function(*xs)
        except ArithmeticError as error:  # where Python raises, Values have infinities, as the table has
            try:
                with no_grad(), recording(None):
                    result = function(*map(Value, xs))
            except TypeError:  # the function takes no Values
                raise error from None
            result = getattr(result, "data", result)
    except Exception as error:
        error.add_note(f"in {role.rstrip(',')} at {_point(operands, xs)}")
        raise
    return to_float(result, f"what {role} returns")


def _rule(name: str, operands: tuple[str, ...], i: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """A partial derivative as a rule of the table: for numbers, Values and arrays."""
    role = f"custom operator {name}, partial derivative by {operands[i]},"

    def rule(m: Any, y: Any, *xs: Any) -> Any:
        if all(isinstance(x, float) for x in xs):
            return _float_of(role, operands, function, *xs)
        _refuse_templates(name, xs)
        try:
            return function(*xs)
        except Exception as error:
            error.add_note(
                f"in {role} which is differentiated again: write it with arithmetic and engine functions"
            )
            raise

    return rule


def _on_arrays(name: str, value: Callable[..., float], arrays: Sequence[Any]) -> Any:
    _refuse_templates(name, arrays)
    return np.vectorize(value, otypes=[float])(*arrays)


def _refuse_templates(name: str, operands: Sequence[Any]) -> None:
    """Refuse operands that are templates of a program being written, not numbers."""
    for x in operands:
        if not isinstance(x, (np.ndarray, np.generic, int, float)) and not hasattr(type(x), "_apply"):
            raise TraceError(
                f"custom operator {name} cannot be lifted: only rows of the table can be written as NumPy; "
                "compose the function of engine functions, or use it outside of what engine.jit lifts"
            )


def _point(operands: Sequence[str], xs: Sequence[Any]) -> str:
    return ", ".join(f"{name}={brief(x)}" for name, x in zip(operands, xs, strict=False))
