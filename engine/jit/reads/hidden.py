"""Finds what a function reads outside of Python's objects: files, streams, the clock, Python's own settings.

A function that reads such runs as written: its program would go on with what it read once.
"""

from __future__ import annotations

import builtins
import codecs
import datetime
import decimal
import functools
import gc
import glob
import io
import locale
import logging
import os
import pathlib
import sys
import threading
import time
import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection
from random import Random
from types import CodeType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from engine.quoting import brief

__all__ = ["answer_of", "empty_again", "filling_of", "is_bystander", "keeps_unseen", "reads_unseen"]

_SHOWN = (
    *(object, type, str, bytes, int, float, complex, type(None), BaseException, CodeType, ModuleType),
    *(list, tuple, dict, set, frozenset, deque, defaultdict, OrderedDict, bytearray, memoryview, np.ndarray),
    *(slice, range, decimal.Decimal, threading.local, Random),
)
"""Classes of objects that never change, or whose contents are looked at otherwise."""

_NEVER_CHANGE = (np.generic, np.dtype, np.ufunc)
"""Classes of which no class below keeps more."""


def _these(names: str) -> frozenset[str]:
    return frozenset(names.split())


_FIXED = _these(
    """builtins types typing abc re datetime zoneinfo _struct operator array functools weakref ast _ast
    itertools sys collections _collections"""
)
"""Modules of whose own classes the same holds."""

_OF_LOGGERS = _these("isEnabledFor getEffectiveLevel hasHandlers")
_OF_STREAMS = _these(
    "read readline readlines readinto read1 peek tell seek truncate getvalue getbuffer closed"
)
_BYSTANDERS: tuple[tuple[Any, frozenset[str]], ...] = (
    ((type(threading.Lock()), type(threading.RLock())), _these("locked acquire _is_owned")),
    ((logging.Logger, logging.LoggerAdapter, logging.Handler), _OF_LOGGERS),
    (io.IOBase, _OF_STREAMS),
)
"""What code mostly writes to or holds while it works, and the names by which it would read it."""

_OF_OS = _these("open listdir scandir stat walk access lstat readlink read popen system")
_OF_PATHS = _these("islink lexists getatime getctime exists isfile isdir getsize getmtime")
_READERS: frozenset[Any] = frozenset(
    {
        *(builtins.input, codecs.open, glob.glob, glob.iglob),
        *(np.load, np.loadtxt, np.genfromtxt, np.fromfile, np.memmap),
        *(getattr(os, name) for name in _OF_OS),
        *(getattr(os.path, name) for name in _OF_PATHS),
    }
)
"""Functions that read files."""

_COMPARING = type(functools.cmp_to_key(lambda a, b: 0))
"""The class of what ``cmp_to_key`` makes."""

_READING = _these("subprocess gzip bz2 lzma zipfile tarfile urllib.request linecache")
"""Modules whose functions and classes read files."""

_OF_TIME = _these(
    """time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns
    thread_time thread_time_ns clock_gettime clock_gettime_ns localtime gmtime ctime asctime strftime"""
)
_CLOCKS: frozenset[Any] = frozenset(
    getattr(time, name)
    for name in _OF_TIME
    if hasattr(time, name)  # not all in WebAssembly
)

_OF_FILES = _these(
    """read_text read_bytes exists is_file is_dir iterdir glob rglob stat cwd home open absolute resolve
    is_symlink lstat samefile"""
)
_OF_CLASSES: tuple[tuple[type, frozenset[str]], ...] = (
    (datetime.datetime, _these("now utcnow")),
    (datetime.date, _these("today")),
    (pathlib.Path, _OF_FILES),
)
"""Classes, and the names of their methods that read files or the clock."""


def _decimals() -> Any:
    found = decimal.getcontext().copy()
    found.clear_flags()
    return repr(found)


_ANSWERS: dict[Any, Callable[[], Any]] = {
    os.getcwd: os.getcwd,
    sys.getrecursionlimit: sys.getrecursionlimit,
    sys.getswitchinterval: sys.getswitchinterval,
    gc.get_threshold: lambda: repr(gc.get_threshold()),
    np.geterr: lambda: repr(np.geterr()),
    np.get_printoptions: lambda: repr(np.get_printoptions()),
    locale.getlocale: lambda: repr(locale.getlocale()),
    locale.localeconv: lambda: repr(locale.localeconv()),
    warnings.warn: lambda: hash(tuple(warnings.filters)),
    decimal.getcontext: _decimals,
    decimal.Decimal: _decimals,
    os.path.abspath: os.getcwd,
    os.path.realpath: os.getcwd,
    os.path.expandvars: lambda: repr(os.environ),
    Warning: lambda: (tuple(warnings.filters), repr(np.geterr())),
    RuntimeWarning: lambda: (tuple(warnings.filters), repr(np.geterr())),
    ArithmeticError: lambda: repr(np.geterr()),
    FloatingPointError: lambda: repr(np.geterr()),
}
"""What answers by a state of Python's own, and what to compare in its place.

Not which thread it is, nor how many there are: libraries ask that for their locks, and threads come and go.
"""


_FILLINGS: WeakKeyDictionary[Any, tuple[int, int, int]] = WeakKeyDictionary()
"""Of caches how often they were seen to be cleared, and what they counted last."""


def answer_of(item: Any) -> Callable[[], Any] | None:
    """What gives the state by which a function or a class of Python's answers; None without such.

    >>> answer_of(os.getcwd)() == os.getcwd(), answer_of(len)
    (True, None)
    """
    if isinstance(item, decimal.Decimal):
        return _decimals
    try:
        return _ANSWERS.get(item)
    except (TypeError, ValueError):  # not hashable
        return None


def filling_of(cache: Any) -> int:
    """A number that is another one once somebody cleared what ``lru_cache`` made, or it is first filled.

    Its counts fall where it was cleared; what it was filled with since is not what it held before.
    """
    info = cache.cache_info()
    cleared, hits, misses = _FILLINGS.get(cache, (0, 0, 0))
    if info.misses < misses or info.hits < hits:
        cleared += 1
    _FILLINGS[cache] = cleared, info.hits, info.misses
    return 2 * cleared + bool(info.currsize)


def empty_again(cache: Any) -> None:
    """Clear what ``lru_cache`` made, as it was: this is not counted."""
    cache.cache_clear()
    _FILLINGS[cache] = _FILLINGS.get(cache, (0, 0, 0))[0], 0, 0


def is_bystander(item: Any) -> bool:
    """Whether code mostly writes to something, or holds it while it works: a lock, a logger, a stream."""
    return any(isinstance(item, kinds) for kinds, _ in _BYSTANDERS)


def keeps_unseen(kind: type) -> bool:
    """Whether objects of a class keep more than a dict and slots show, as those of most classes in C do.

    >>> keeps_unseen(io.StringIO), keeps_unseen(logging.Logger), keeps_unseen(list)
    (True, False, False)
    """
    while kind not in _SHOWN and not issubclass(kind, _NEVER_CHANGE) and kind.__module__ not in _FIXED:
        base = kind.__base__
        if base is None:
            return False
        shown = sum(
            type(part).__name__ == "member_descriptor" or name in ("__dict__", "__weakref__")
            for name, part in vars(kind).items()
        )
        if kind.__basicsize__ - base.__basicsize__ > 8 * shown or not kind.__flags__ & 1 << 9:
            return True
        kind = base
    return False


def reads_unseen(item: Any, names: Collection[str]) -> str | None:
    """What code that reaches an object reads of it, in words; None for nothing that places do not show.

    Args:
        item: a function, a class or an object of Python's or a library's.
        names: the attributes that code reads.
    """
    if getattr(item, "__module__", None) in _READING and callable(item):
        return f"reads files by {brief(item)}"
    if isinstance(item, type):
        for kind, by_names in _OF_CLASSES:
            if issubclass(item, kind) and not by_names.isdisjoint(names):
                return f"reads files or the clock by {item.__name__}"
        if item.__module__ == "configparser" and "read" in names:
            return f"reads files by {item.__name__}"
        return None
    if item is sys.stdin:
        return "reads sys.stdin"
    if any(each.__module__ == "_ctypes" for each in type(item).__mro__):
        return f"reads {brief(item)}"
    by_frompyfunc = isinstance(item, np.ufunc) and item.__name__.endswith("(vectorized)")
    if by_frompyfunc or type(item) is _COMPARING:
        return f"reads {brief(item)}, which hides a function"
    for kinds, by_names in _BYSTANDERS:
        if isinstance(item, kinds):
            return None if by_names.isdisjoint(names) else f"reads {brief(item)}"
    for kind, by_names in _OF_CLASSES:
        if isinstance(item, kind) and not by_names.isdisjoint(names):
            return f"reads files or the clock by {brief(item)}"
    if callable(item) and hasattr(item, "__name__"):
        try:
            if item in _CLOCKS:
                return f"reads the clock by {item.__name__}"
            if item is logging.getLogger and not _OF_LOGGERS.isdisjoint(names):
                return "reads loggers by getLogger"
            if item in _READERS:
                return f"reads files by {item.__name__}"
        except (TypeError, ValueError):  # not hashable
            pass
        return None
    return f"reads {brief(item)}" if keeps_unseen(type(item)) else None
