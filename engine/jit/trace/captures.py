"""Checks that captured Values still stand where the function finds them.

A program reads the Values that were there when it was traced. If a list gets another parameter, or a name
another model, the program would go on with the old ones. So the places that lead from the function to the
captured Values are remembered: lists, attributes, dicts, variables of the closure and globals. Looking at
them takes some microseconds a call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from engine.jit.reads.kinds import is_foreign
from engine.jit.trace.names import globals_read
from engine.jit.trace.places import MISSING, PLAIN, content_of, made_of, places, same_places
from engine.node.backend import Value
from engine.node.unchanged import same_items

__all__ = ["Captures"]

_MOST = 100_000  # objects looked into

_OPAQUE = (*PLAIN, Value, type, ModuleType, BuiltinFunctionType)


class Captures:
    """The places that lead to captured Values, as they were.

    Args:
        f: the function.
        statics: objects among its arguments.
        captured: the Values.

    Attributes:
        entries, lists, cells, sized, objects: the places, as :func:`places` takes them.
        in_arrays: the arrays that lead to such Values; they are no places.

    >>> w = [Value(1.0)]
    >>> captures = Captures(lambda x, w=w: w[0] * x, [], w)
    >>> captures.unchanged()
    True
    >>> w.append(Value(2.0))
    >>> captures.unchanged()
    False
    """

    def __init__(self, f: Callable[..., Any], statics: Iterable[Any], captured: Iterable[Value]) -> None:
        reachable = _reachable([f, *statics])
        leads = _leading_to(captured, reachable)
        self.entries: list[Place] = []
        self.lists: list[tuple[list[Any], list[Any]]] = []
        self.cells: list[tuple[Any, Any]] = []
        self.sized: list[tuple[Any, int]] = []
        self.objects: list[tuple[Any, tuple[Any, type]]] = []
        self.in_arrays: list[np.ndarray[Any, Any]] = []
        for item, inside in reachable:
            if id(item) not in leads:
                continue
            if isinstance(item, list):
                self.lists.append((item, list.copy(item)))
            elif isinstance(item, np.ndarray):
                self.in_arrays.append(item)
            for owner, key, part in inside:
                if id(part) not in leads or owner is None:
                    continue
                if isinstance(owner, CellType):
                    self.cells.append((owner, part))
                    continue
                self.entries.append((owner, key, part))
                if not isinstance(item, FunctionType):  # globals may become more
                    self.sized.append((owner, len(owner)))
                    if not isinstance(item, dict):
                        self.objects.append((item, made_of(item)))
        self._were = [item.ravel().tolist() for item in self.in_arrays]
        self._all = places(self.entries, self.lists, self.cells, self.sized, objects=self.objects)

    def unchanged(self) -> bool:
        """Whether all of them are as they were."""
        now = [item.ravel().tolist() for item in self.in_arrays]
        return same_places(self._all) and all(map(same_items, now, self._were))


Place = tuple[Any, Any, Any]
"""A dict and a key in it, a variable of a closure and None, or None and None; and what stands there.

Of Values that stand side by side, none of which leads on, ``_VALUES`` as the key, and all of them.
"""

_VALUES: Any = object()


def _leading_to(captured: Iterable[Value], reachable: list[tuple[Any, list[Place]]]) -> set[int]:
    """The ids of captured Values, and of objects from which one of them can be reached."""
    holders = defaultdict(list)
    wanted = set(map(id, captured))
    waiting = list(wanted)
    for item, inside in reachable:
        for _, key, part in inside:
            if key is not _VALUES:
                holders[id(part)].append(id(item))
            elif not wanted.isdisjoint(map(id, part)):
                waiting.append(id(item))
    leads: set[int] = set()
    while waiting:
        found = waiting.pop()
        if found not in leads:
            leads.add(found)
            waiting += holders.get(found, ())
    return leads


def _reachable(roots: list[Any]) -> list[tuple[Any, list[Place]]]:
    """Objects that can be reached, and for each what stands in it."""
    found: dict[int, tuple[Any, list[Place]]] = {}
    waiting = list(roots)
    while waiting and len(found) < _MOST:
        item = waiting.pop()
        if id(item) not in found and not isinstance(item, _OPAQUE):
            inside = list(_places(item))
            found[id(item)] = item, inside
            waiting += [part for _, key, part in inside if key is not _VALUES]
    return list(found.values())


def _places(item: Any) -> Iterator[Place]:
    """What stands in an object."""
    parts: Iterable[Any] = ()
    if isinstance(item, dict):
        for key, part in item.items():
            yield item, key, part
    elif isinstance(item, (list, tuple, set, frozenset)):
        parts = item
    elif isinstance(item, np.ndarray):
        parts = item.ravel().tolist() if item.dtype == object else ()
    elif isinstance(item, MethodType):
        parts = item.__self__, item.__func__
    elif isinstance(item, partial):
        parts = item.func, *item.args, *item.keywords.values()
    elif isinstance(item, FunctionType):
        for cell in item.__closure__ or ():
            part = content_of(cell)
            if part is not MISSING:
                yield cell, None, part
        for name in () if is_foreign(item.__module__) else globals_read(item.__code__):
            if name in item.__globals__:
                yield item.__globals__, name, item.__globals__[name]
        parts = *(item.__defaults__ or ()), *(item.__kwdefaults__ or {}).values()
        if hasattr(item, "__wrapped__"):
            parts = *parts, item.__wrapped__
    else:
        attributes = getattr(item, "__dict__", None)
        own = type(item).__module__.partition(".")[0] == "engine"  # of what another lifted function keeps,
        if isinstance(attributes, dict):
            for key, part in attributes.items():
                if callable(part) or not own:  # only the function that it wraps
                    yield attributes, key, part
    if set(map(type, parts)) == {Value}:
        yield None, _VALUES, parts
    else:
        for part in parts:
            yield None, None, part
