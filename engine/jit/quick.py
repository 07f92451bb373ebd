"""Calls small lifted functions from the compiled node, without Python in between.

A program of some operators takes less time than it takes to find it. So the compiled node holds the program
of the last call, a tape or arrays, with all that is looked at before it runs again: the form of the
arguments, the places that the function reads, when an audit is due. Where something is out of the ordinary,
it leaves the call to ``Calls._called``, which does the same by steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.node.backend import quick_caller, quick_program
from engine.ops.op import Op
from engine.pytree.forms import Form
from engine.pytree.spec import LIST, NUMBER, TUPLE

__all__ = ["Caller", "next_audit", "quick_call"]


class Caller:
    """The base of lifted functions: what is called."""

    _quick: Any = None

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._called(args, options)

    def _called(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The result, by the general way."""
        raise NotImplementedError


if not TYPE_CHECKING and quick_caller is not None:
    Caller = quick_caller


def quick_call(lifted: Any, form: Form, row: Op, is_due: Callable[[int], bool], lock: Any) -> Any:
    """What runs a program again for arguments of a form; None where only the general way does.

    Args:
        lifted: the program, a :class:`engine.jit.pipeline.Lifted`.
        form: the form.
        row: the operator of the nodes it makes.
        is_due: whether a call, by its number, is audited.
        lock: held while the program runs.
    """
    nest, wanted = _nest(lifted.trace.result.spec), lifted.wanted_places
    if quick_program is None or nest is ... or lifted.guards or lifted.trace.result.floats:
        return None
    if not lifted.looks_at_places_only:
        return None
    if wanted and wanted != form.values_at:
        return None
    program = lifted.executable.quick(form, lock)
    if program is None:
        return None
    return quick_program(
        *(lifted.calls, next_audit(lifted.calls, is_due), form.template, lifted.state.places),
        *(lifted.captured_operands, lifted.values, program, nest, len(lifted.trace.outputs), row),
        *(lifted.differentiates, lifted.executable.only_finite, bool(wanted)),
    )


def next_audit(calls: int, is_due: Callable[[int], bool]) -> int:
    """The number of the next call that is audited after so many; -1 for none.

    >>> next_audit(9, lambda n: n in (1, 10)), next_audit(10, lambda n: n in (1, 10))
    (10, -1)
    """
    return next((n for n in (calls + 1, *_POWERS) if n > calls and is_due(n)), -1)


_POWERS = tuple(10**k for k in range(19))


def _nest(spec: Any) -> Any:
    """None for one number, list or tuple for some in one; ``...`` for anything else."""
    if spec == (NUMBER,):
        return None
    if spec[0] in (LIST, TUPLE) and spec[1] in (list, tuple) and set(spec[2]) == {(NUMBER,)}:
        return spec[1]
    return ...
