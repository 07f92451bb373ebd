"""One person's session with the page: operations by name, answers as bytes. No HTTP, no JavaScript.

>>> from playground.wire import unpack
>>> head, arrays = unpack(Session().call("hello", {}))
>>> head["engine"]
'chainrule'
"""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import engine
from playground.backward import OPERATIONS as BACKWARD
from playground.limits import Stopped
from playground.training import OPERATIONS as TRAINING
from playground.wire import pack

__all__ = ["OPERATIONS", "Session"]

Operation = Callable[..., Mapping[str, Any]]


class Session:
    """What one page has: its operations, and what these remember.

    Args:
        program: a Python file named on the command line; the first tab opens with it. Default none.
        in_tab: whether the session lives in the browser's own worker, where whole Python programs may run:
            that world is the tab. Default False, the server, which computes formulas only.
        given: what a notebook hands on: ``{"loss": Value}`` or ``{"model": …, "X": …, "y": …}``.
    """

    def __init__(
        self,
        program: Path | None = None,
        *,
        in_tab: bool = False,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.program = program
        self.in_tab = in_tab
        self.given = dict(given or {})
        self.done: Callable[[], object] = lambda: None
        """Called when an operation takes effect; it must not be stopped later."""

    def call(self, op: str, args: Mapping[str, Any]) -> bytes:
        """Do an operation.

        Args:
            op: its name in :data:`OPERATIONS`.
            args: its arguments by name, as JSON has them.

        Returns:
            The packed answer; after an error ``{"error": {"message", "hint"?, "line"?}}``,
            never an exception.
        """
        try:
            answer = self._operation(op, args)(self, **args)
            self.done()
            return pack(answer)
        except (Exception, Stopped) as error:  # whatever it is, the page says so and goes on
            return pack({"error": explained(error)})

    def _operation(self, op: str, args: Mapping[str, Any]) -> Operation:
        if op not in OPERATIONS:
            close = get_close_matches(str(op), OPERATIONS, n=1)
            raise _UnknownError(f"unknown operation {op!r}", f"Did you mean {close[0]!r}?" if close else None)
        operation = OPERATIONS[op]
        if not isinstance(args, Mapping):
            raise _UnknownError(f"the arguments of {op!r} must be an object, got {type(args).__name__}")
        try:
            inspect.signature(operation).bind(self, **args)
        except TypeError as error:
            raise _UnknownError(f"{op}: {error}") from None
        return operation


class _UnknownError(engine.ChainruleError):
    """A question that no operation answers."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def explained(error: BaseException) -> dict[str, Any]:
    """An error as the page shows it: its message, a hint and the line of the user's program if it has them.

    What nobody expected keeps its type in the message and is printed on stderr, for whoever mends it.

    >>> explained(ValueError("rate must be more than 0"))
    {'message': 'rate must be more than 0'}
    """
    expected = isinstance(error, engine.ChainruleError | ValueError | ArithmeticError | Stopped)
    message = str(error) or type(error).__name__
    if not expected:
        message = f"{type(error).__name__}: {message}"
        traceback.print_exception(error, file=sys.stderr)
    about = {"message": message, "hint": getattr(error, "hint", None), "line": getattr(error, "line", None)}
    return {name: value for name, value in about.items() if value is not None}


def hello(session: Session) -> dict[str, Any]:
    """What the page asks first: who answers, and what it can do."""
    return {
        "engine": "chainrule",
        "version": engine.__version__,
        "backend": engine.backend,
        "in_tab": session.in_tab,
        "program": session.program.name if session.program else None,
        "given": sorted(session.given),
        "operations": sorted(OPERATIONS),
    }


OPERATIONS: dict[str, Operation] = {"hello": hello, **BACKWARD, **TRAINING}
"""All operations by name. Their first argument is the session, the others come from the page by name."""
