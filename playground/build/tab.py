"""The session that lives in the browser's own worker; ``static/worker.js`` calls it."""

from __future__ import annotations

import json
import signal

from playground.core import Session

__all__ = ["answer"]

_SESSION = Session(in_tab=True)
_SESSION.done = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)


def answer(op: str, args: str) -> bytes | None:
    """The packed answer of an operation of this tab's session; None if it was interrupted.

    Args:
        op: the operation's name.
        args: its arguments, an object in JSON.

    >>> b"unknown operation" in answer("nothing of the kind", "{}")
    True
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _SESSION.call(op, json.loads(args))
    except KeyboardInterrupt:
        return None
