"""Audits: now and then f itself runs beside its program, and both must give the same.

What a program was made from is looked at before each call: arguments, captured Values, decisions, the plain
data that f reads. What cannot be looked at (a file, the clock, an attribute under a name that is put together
at run time) is found so, if late.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.trace_mode import as_written
from engine.jit.audit.as_written import AsWritten
from engine.jit.audit.edges import is_at_edge
from engine.jit.audit.faults import found_fault
from engine.jit.backends.outcome import Ran
from engine.jit.pipeline import Lifted
from engine.jit.trace.trace import Given
from engine.node.backend import Value
from engine.node.bulk import spoil
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.result import Result, as_nodes
from engine.quoting import brief

__all__ = ["VARIABLE", "audited", "when"]

VARIABLE = "CHAINRULE_AUDIT"
"""The environment variable that chooses for all functions that do not choose themselves."""

_CHOICES = {"": None, "never": False, "always": True}
_POWERS = frozenset(10**k for k in range(19))

_DIFFERENT = (
    "one program was made for all ways of its decisions, and one of them changes more than a number, or it "
    "reads what a program cannot see; choose by engine.where, or call the function without engine.jit"
)


def when(audit: bool | None) -> Callable[[int], bool]:
    """Which calls of a program are audited, by their number: 1, 10, 100, …; all; or none.

    Args:
        audit: True for all, False for none; None for what the environment says, and else the powers of ten.

    Raises:
        ValueError: the environment variable ``CHAINRULE_AUDIT`` is neither ``always`` nor ``never``.

    >>> [n for n in range(1, 1001) if when(None)(n)], when(True)(7), when(False)(1)
    ([1, 10, 100, 1000], True, False)
    """
    if audit is None:
        chosen = os.environ.get(VARIABLE, "")
        if chosen not in _CHOICES:
            raise ValueError(f"{VARIABLE} must be 'always' or 'never', got {brief(chosen)}")
        audit = _CHOICES[chosen]
    if audit is None:
        return _POWERS.__contains__
    return lambda n: bool(audit)


def audited(
    function: Any,
    lifted: Lifted,
    arguments: Arguments,
    given: list[Any],
    run: Callable[[bool], Ran],
) -> str | None:
    """Run f beside its program. Returns how they differ, in words; None if they agree.

    Args:
        function: the lifted function, a :class:`engine.jit.calling.Calls`.
        lifted: the program.
        arguments: how its arguments are nested.
        given: what stands in them.
        run: runs the program on them, with gradients or without.
    """
    inputs, numeric = _stand_ins(given), [not isinstance(x, Value) for x in given]
    operands, differentiate = lifted.operands_on([inputs]), is_grad_enabled()
    like = lifted.trace.result if lifted.trace.is_merged else None
    f = partial(function._as_written, arguments, inputs, numeric)
    try:
        for _ in range(3):  # other threads may have changed a parameter in between
            with AsWritten(f, operands, differentiate, like) as own:
                values, gradients = run(differentiate)
                if values is None or own.agrees(lifted.trace.result, values, gradients):
                    return _told_types(function, arguments, given, own) if lifted.state.asks_type() else None
                own.measured()
        if values and is_at_edge(lifted.trace, inputs, operands, own, values, gradients):
            return None
    finally:
        spoil(inputs)  # the function may have kept them
    fault = _DIFFERENT
    if like is None:
        numbers = np.array([value._data for value in inputs])
        given_now = Given(function.lifts, arguments, numbers, [True] * len(inputs), function._batch)
        fault = found_fault(lifted.trace, given_now)
    calls = f"in call {lifted.calls} of a program of {function._name}"
    return f"{calls} {own.against(values)}: {fault}"


def _told_types(function: Any, arguments: Arguments, given: list[Any], own: AsWritten) -> str | None:
    """How f's results for numbers and for Values in their place differ; None if they agree."""
    args, options = arguments.rebuild(given)
    try:
        with as_written():
            found = Result(as_nodes(function.lifts(*args, **options), own.result))
    except Exception:  # as of a division by the number 0, which a Value may be
        return None
    if own.agrees_in_numbers(found):
        return None
    return (
        f"{function._name} gives {brief([x._data for x in found.values])} for numbers, and "
        f"{brief(own.numbers)} for the Values that stand for them where it is lifted: it asks for their "
        "type, by isinstance or type; decide by what the numbers are, or name the argument in static_argnums"
    )


def _stand_ins(given: Sequence[Any]) -> list[Value]:
    """A new Value for each number or Value, so that no two are the same object."""
    made = [Value(x._data if isinstance(x, Value) else x) for x in given]
    return [
        value.detach() if isinstance(x, Value) and not takes_gradient(x) else value
        for x, value in zip(given, made, strict=True)
    ]
