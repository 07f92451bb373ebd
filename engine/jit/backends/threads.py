"""On how many threads blocks of samples are computed, and what computes them.

Blocks and the order in which their sums are added do not depend on it, so neither do results.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from engine.quoting import brief

__all__ = ["get_num_threads", "in_order", "is_only_thread", "set_num_threads"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_VARIABLES = ("CHAINRULE_NUM_THREADS", "OMP_NUM_THREADS")
_AT_ONCE = 64
"""So many results wait at most for those before them."""

_NAME = "chainrule"

_number = 0  # 0 until it is asked for
_pool: ThreadPoolExecutor | None = None


def get_num_threads() -> int:
    """On how many threads a lifted function computes blocks of samples.

    At first that is what the environment variable ``CHAINRULE_NUM_THREADS`` says, or else
    ``OMP_NUM_THREADS``, or else as many as there are processor cores for this process.

    >>> get_num_threads() >= 1
    True
    """
    return _number or _number_at_first()


def set_num_threads(n: int) -> None:
    """Set on how many threads a lifted function computes blocks of samples, as in PyTorch.

    Samples given to ``jit(f, batch=True)`` and ``vmap`` are computed in blocks of 64 to 8,192, as many as the
    processor's cache holds; where there are several blocks, several threads share them. Results are the same
    for any number of threads, to the last bit. A single set of arguments, few samples and the node in pure
    Python use one thread.

    Args:
        n: at least 1.

    Raises:
        ValueError: it is no positive integer.

    >>> before = get_num_threads()
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(before)
    """
    global _number
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"the number of threads is a positive integer, got {brief(n)}")
    _number = n
    _forget_pool()


def _number_at_first() -> int:
    for name in _VARIABLES:
        given = os.environ.get(name, "").partition(",")[0].strip()
        if given.isdecimal() and int(given):
            return int(given)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def in_order(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """What a function gives for items, in their order, computed on several threads, of which this is one.

    >>> list(in_order(abs, range(-3, 4), 2))
    [3, 2, 1, 0, 1, 2, 3]
    """
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(get_num_threads(), _NAME)
    pool, all_items = _pool, iter(items)
    while group := list(islice(all_items, _AT_ONCE)):
        found: dict[int, Result] = {}
        rest = list(enumerate(group))[::-1]

        def work() -> None:  # all have ended before there is another group
            while rest:  # noqa: B023
                try:
                    i, item = rest.pop()  # noqa: B023
                except IndexError:  # another thread took the last one
                    return
                try:
                    found[i] = function(item)  # noqa: B023
                except BaseException:
                    rest.clear()  # noqa: B023
                    raise

        others: list[Future[None]] = []
        try:
            for _ in range(threads - 1):  # an interrupt may come in between
                others.append(pool.submit(work))
            work()
        finally:  # where this was interrupted, none goes on with memory that the next call uses
            rest.clear()
            wait(others)
        for other in others:
            other.result()
        yield from (found[i] for i in range(len(group)))


def is_only_thread() -> bool:
    """Whether no other thread is alive that may run a user's code: those that compute blocks only wait.

    >>> is_only_thread()
    True
    """
    here = threading.current_thread()
    return all(each is here or each.name.startswith(f"{_NAME}_") for each in threading.enumerate())


def _forget_pool() -> None:
    """The next call makes one; threads that are idle end with the last reference."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):  # a process that was forked has none of the threads
    os.register_at_fork(after_in_child=_forget_pool)
