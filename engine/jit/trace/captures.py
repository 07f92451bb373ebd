"""Checks that what a function captured still stands where it stood.

A program reads the Values that were there when it was traced. If a list gets another parameter, or a name
another model, the program would go on with the old ones. So the places that lead from the function to the
captured Values are remembered: lists, attributes, dicts, variables of the closure and globals. Looking at
them takes some microseconds a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from engine.jit.trace.places import Places, made_of, places
from engine.jit.trace.walk import is_foreign
from engine.node.backend import Value
from engine.node.unchanged import same_items

__all__ = ["Captures"]

_MOST = 100_000  # objects looked into

_OPAQUE = (
    Value,
    str,
    bytes,
    int,
    float,
    complex,
    type,
    ModuleType,
    BuiltinFunctionType,
    type(None),
)


class Captures:
    """The places that lead to captured Values, as they were.

    Args:
        f: the function.
        statics: objects among its arguments.
        captured: the Values.

    >>> w = [Value(1.0)]
    >>> captures = Captures(lambda x, w=w: w[0] * x, [], w)
    >>> captures.unchanged()
    True
    >>> w.append(Value(2.0))
    >>> captures.unchanged()
    False
    """

    def __init__(self, f: Callable[..., Any], statics: Iterable[Any], captured: Iterable[Value]) -> None:
        wanted = {id(value) for value in captured}
        order, inside = _reachable([f, *statics])
        leads = set(wanted)
        for item, found in reversed(list(zip(order, inside, strict=True))):
            if any(id(part) in leads for _, _, part in found):
                leads.add(id(item))
        changed = True
        while changed:  # an object that was found before what it leads to through another
            changed = False
            for item, found in zip(order, inside, strict=True):
                if id(item) not in leads and any(id(part) in leads for _, _, part in found):
                    leads.add(id(item))
                    changed = True
        self._lists: list[list[Any]] = []
        self.in_arrays: list[np.ndarray[Any, Any]] = []
        self._places: list[tuple[dict[str, Any], Any]] = []
        self._cells: list[Any] = []
        self._objects: list[Any] = []
        owners = []
        for item, found in zip(order, inside, strict=True):
            if id(item) not in leads:
                continue
            if isinstance(item, list):
                self._lists.append(item)
            if isinstance(item, np.ndarray):
                self.in_arrays.append(item)
            for kind, (owner, key), part in found:
                if id(part) not in leads:
                    continue
                if kind == "dict":
                    self._places.append((owner, key))
                    if not isinstance(item, FunctionType) or owner is not item.__globals__:
                        owners.append(owner)
                        self._objects.append(item)
                elif kind == "cell":
                    self._cells.append(owner)
        self._owners = list({id(owner): owner for owner in owners}.values())
        self._was = [list.copy(item) for item in self._lists]
        self._were = [item.ravel().tolist() for item in self.in_arrays]
        self._was_there = [owner.get(key) for owner, key in self._places]
        self._made = [made_of(item) for item in self._objects]
        self._contents = [cell.cell_contents for cell in self._cells]
        self._sizes = list(map(len, self._owners))

    def unchanged(self) -> bool:
        """Whether all of them are as they were."""
        try:
            return (
                all(map(same_items, self._lists, self._was))
                and all(map(same_items, [item.ravel().tolist() for item in self.in_arrays], self._were))
                and same_items([owner.get(key) for owner, key in self._places], self._was_there)
                and same_items([cell.cell_contents for cell in self._cells], self._contents)
                and list(map(len, self._owners)) == self._sizes
            )
        except ValueError:  # an empty cell
            return False

    def beyond(self, looked_at: Places) -> Places:
        """The places of them that are not among others, which are looked at anyway."""
        owners, cells = set(map(id, looked_at.sized)), set(map(id, looked_at.cells))
        entries = {
            (id(owner), key)
            for owner, keys in zip(looked_at.owners, looked_at.keys, strict=True)
            for key in keys
        }
        lists, objects = set(map(id, looked_at.lists)), set(map(id, looked_at.objects))
        return places(
            [
                (*place, was)
                for place, was in zip(self._places, self._was_there, strict=True)
                if (id(place[0]), place[1]) not in entries
            ],
            [each for each in zip(self._lists, self._was, strict=True) if id(each[0]) not in lists],
            [each for each in zip(self._cells, self._contents, strict=True) if id(each[0]) not in cells],
            [each for each in zip(self._owners, self._sizes, strict=True) if id(each[0]) not in owners],
            objects=[
                (each, was)
                for each, was in zip(self._objects, self._made, strict=True)
                if id(each) not in objects and not isinstance(each, dict)
            ],
        )


Place = tuple[str, tuple[Any, Any], Any]


def _reachable(roots: list[Any]) -> tuple[list[Any], list[list[Place]]]:
    """Objects that can be reached, and for each what stands in it: kind of place, owner and key, and what."""
    seen: dict[int, Any] = {}
    order: list[Any] = []
    inside: list[list[Place]] = []
    waiting = list(roots)
    while waiting and len(order) < _MOST:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, _OPAQUE):
            continue
        seen[id(item)] = item
        found = list(_places(item))
        order.append(item)
        inside.append(found)
        waiting += [part for _, _, part in found]
    return order, inside


def _places(item: Any) -> Iterator[Place]:
    """What stands in an object."""
    if isinstance(item, (list, tuple, set, frozenset)):
        for part in item:
            yield "item", (item, None), part
    elif isinstance(item, np.ndarray):
        for part in item.ravel().tolist() if item.dtype == object else ():
            yield "item", (item, None), part
    elif isinstance(item, dict):
        for key, part in item.items():
            yield "dict", (item, key), part
    elif isinstance(item, MethodType):
        yield "item", (item, None), item.__self__
        yield "item", (item, None), item.__func__
    elif isinstance(item, partial):
        for part in (item.func, *item.args, *item.keywords.values()):
            yield "item", (item, None), part
    elif isinstance(item, FunctionType):
        for cell in item.__closure__ or ():
            try:
                yield "cell", (cell, None), cell.cell_contents
            except ValueError:  # not filled yet
                continue
        for part in (*(item.__defaults__ or ()), *(item.__kwdefaults__ or {}).values()):
            yield "item", (item, None), part
        for name in () if is_foreign(item.__module__) else _names(item.__code__):
            if name in item.__globals__:
                yield "dict", (item.__globals__, name), item.__globals__[name]
        wrapped = getattr(item, "__wrapped__", None)
        if wrapped is not None:
            yield "item", (item, None), wrapped
    else:
        attributes = getattr(item, "__dict__", None)
        own = type(item).__module__.partition(".")[0] == "engine"  # of what another lifted function keeps,
        if isinstance(attributes, dict):
            for key, part in attributes.items():
                if callable(part) or not own:  # only the function that it wraps
                    yield "dict", (attributes, key), part


def _names(code: CodeType) -> set[str]:
    """The global names that a code object and the functions within it may read."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names
