"""Limits of time, nodes and size, each with a message that says what to try.

The operations of both tabs use these, so that a formula that never ends stops and the page says why.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

from engine import ChainruleError

__all__ = [
    "MOST_BYTES",
    "MOST_NODES",
    "MOST_SECONDS",
    "LimitError",
    "Stopped",
    "limit_nodes",
    "limit_size",
    "time_limit",
]

MOST_SECONDS = 20.0
"""How long one operation may take on the server."""

MOST_NODES = 500_000
"""How many nodes a graph in the page may have."""

MOST_BYTES = 1 << 20
"""How long a question of the page may be: 1 MiB."""


class LimitError(ChainruleError):
    """More than the page takes on: too long, too many or too large."""


class Stopped(BaseException):
    """The time is over. Not an Exception, so that a program's ``except Exception`` does not catch it."""

    message = "stopped"

    def __str__(self) -> str:
        return self.message


def limit_nodes(count: int, most: int = MOST_NODES) -> None:
    """Refuse a graph of more nodes than ``most``.

    >>> limit_nodes(3)
    >>> limit_nodes(600_000)
    Traceback (most recent call last):
    playground.limits.LimitError: the graph has 600,000 nodes; the page takes at most 500,000. Use ...
    """
    if count > most:
        raise LimitError(
            f"the graph has {count:,} nodes; the page takes at most {most:,}. "
            "Use fewer samples, layers or steps"
        )


def limit_size(what: str, count: int, most: int) -> None:
    """Refuse what is larger than ``most``.

    >>> limit_size("points", 30_000, 10_000)
    Traceback (most recent call last):
    playground.limits.LimitError: 30,000 points are more than the page takes: at most 10,000
    """
    if count > most:
        raise LimitError(f"{count:,} {what} are more than the page takes: at most {most:,}")


@contextmanager
def time_limit(seconds: float = MOST_SECONDS) -> Generator[None]:
    """Stop the work inside after a time, from whatever thread it runs in.

    A second thread raises :class:`Stopped` in this one between two steps of Python, and it becomes a
    :class:`LimitError`. In the instant in which the work ends by itself it may come too late for that and
    leave as it is: who answers for everything, as a session does, catches both. Where no thread can be
    started, as in the browser's worker, nothing is limited: there the page ends the worker.

    Args:
        seconds: more than 0; default :data:`MOST_SECONDS`.

    >>> with time_limit(0.05):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    playground.limits.LimitError: stopped after 0.05 s: ...
    """
    if not seconds > 0:
        raise ValueError(f"seconds must be more than 0, got {seconds!r}")
    thread = threading.get_ident()
    lock = threading.Lock()
    over = stopped = False
    message = (
        f"stopped after {seconds:g} s: the program takes too long or never ends. "
        "Try fewer steps, or look for a loop without an end"
    )
    mine: type[Stopped] = type(
        "Stopped", (Stopped,), {"message": message}
    )  # another limit around it may be over first

    def stop() -> None:
        nonlocal stopped
        with lock:
            if not over:
                stopped = True
                _raise_in(thread, mine)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    try:
        try:
            with suppress(RuntimeError):  # no threads here
                timer.start()  # on a busy machine the time may be over before this returns
            yield
        finally:
            with lock:
                over = True
            timer.cancel()
            if stopped:
                _wait_for_it()
    except mine:
        raise LimitError(message) from None


def _raise_in(thread: int, error: type[BaseException]) -> None:
    import ctypes  # not needed in the browser's worker, which starts sooner without

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _wait_for_it() -> None:
    """Wait for an exception that was requested but has not arrived: it comes within a few steps."""
    for _ in range(1000):
        pass
