"""Calls of small lifted functions without Python between argument and node.

A scalar program of some operators takes less time than it takes to find it. So the compiled node holds the
tape of the last call with all that is looked at before it runs again: the form of the arguments, the places
that the function reads, when an audit is due. Where something is out of the ordinary, it leaves the call to
``Jitted._called``, which does the same by steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.jit.executables import ScalarTape
from engine.node.backend import quick_caller, quick_tape
from engine.ops.op import Op
from engine.pytree.forms import Form
from engine.pytree.spec import LIST, NUMBER, TUPLE

__all__ = ["Caller", "next_audit", "quick_call"]


class _Caller:
    """The base of lifted functions: what is called."""

    _quick: Any = None

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._called(args, options)

    def _called(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The result, by the general way."""
        raise NotImplementedError


if TYPE_CHECKING:
    Caller = _Caller
else:
    Caller = _Caller if quick_caller is None else quick_caller


def quick_call(lifted: Any, form: Form, row: Op, is_due: Callable[[int], bool]) -> Any:
    """What runs a program again for arguments of a form; None where only the general way does.

    Args:
        lifted: the program, a :class:`engine.jit.pipeline.Lifted`.
        form: the form.
        row: the operator of the nodes it makes.
        is_due: whether a call, by its number, is audited.
    """
    executable = lifted.executable
    if quick_tape is None or not isinstance(executable, ScalarTape) or form.tables is not None:
        return None
    tape, nest = executable.program.tape, _nest(lifted.trace.result.spec)
    wanted = lifted.wanted_places
    if nest is ... or lifted.guards or not lifted.looks_at_places_only or not quick_tape.takes(tape):
        return None
    if wanted is not None and wanted != form.values_at:
        return None
    return quick_tape(
        *(
            lifted.calls,
            next_audit(lifted.calls, is_due),
            form.template,
            lifted.state.places,
            lifted.captured_operands,
            lifted.values,
            tape,
        ),
        *(nest, row, lifted.differentiates, lifted.trace.left_open, wanted is not None),
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
