"""The session that lives in the browser's own worker; ``static/worker.js`` calls it."""

from __future__ import annotations

import json

from playground.core import Session

__all__ = ["answer"]

_SESSION = Session(in_tab=True)


def answer(op: str, args: str) -> bytes:
    """The packed answer of an operation of this tab's session.

    Args:
        op: the operation's name.
        args: its arguments, an object in JSON.

    >>> b"unknown operation" in answer("nothing of the kind", "{}")
    True
    """
    return _SESSION.call(op, json.loads(args))
