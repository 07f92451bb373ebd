"""Whether places hold what they held: entries of dicts, items of lists, variables of closures, functions.

A lifted function is looked at so before each call. The compiled node has its own form
(``compiled/c/bulk.h``), which makes no Python object, and goes through no dict whose version is that in which
it held what it held: 2 ns a dict, where Python takes 100 a place.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from operator import is_
from types import FunctionType, MappingProxyType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from engine.node.backend import or_compiled
from engine.node.unchanged import attributes_of, contents_of, same_attributes, same_objects
from engine.pytree.statics import static_key

__all__ = [
    "MISSING",
    "PLAIN",
    "Places",
    "Snapshot",
    "code_of",
    "content_of",
    "entry_of",
    "made_of",
    "places",
    "same_object",
    "same_places",
    "same_size",
]

MISSING = object()
"""What stands where nothing does."""

PLAIN = (str, bytes, int, float, complex, type(None))


class Places(NamedTuple):
    """Places, and what they held.

    Attributes:
        owners, keys, entries: dicts, or what shows those of classes; of each some keys, and what it held
            there, ``MISSING`` for nothing.
        lists, items: lists, and all that each held.
        cells, contents: variables of closures.
        sized, sizes: what has a length that counts; of a dict whose order counts, too, the keys in a tuple.
        functions, codes: code, defaults and keyword defaults of functions, one after the other.
        objects, attributes, kinds: the ``__dict__`` and the class of objects; None where any dict may be.
        versions: 8 bytes for each of the owners and of the sized, of the compiled node, which notes there of
            which version a dict was that held what it held.
    """

    owners: list[Any]
    keys: list[tuple[Any, ...]]
    entries: list[list[Any]]
    lists: list[list[Any]]
    items: list[list[Any]]
    cells: list[Any]
    contents: list[Any]
    sized: list[Any]
    sizes: list[int | tuple[Any, ...]]
    functions: list[FunctionType]
    codes: list[Any]
    objects: list[Any]
    attributes: tuple[Any, ...]
    kinds: tuple[type, ...]
    versions: bytearray
    missing: Any = MISSING

    def unseen(self) -> Places:
        """The same with no version noted: once places were added."""
        return self._replace(versions=bytearray(8 * (len(self.owners) + len(self.sized))))


def places(
    entries: Iterable[tuple[Any, Any, Any]] = (),
    lists: Iterable[tuple[list[Any], list[Any]]] = (),
    cells: Iterable[tuple[Any, Any]] = (),
    sized: Iterable[tuple[Any, int | tuple[Any, ...]]] = (),
    functions: Iterable[tuple[FunctionType, tuple[Any, Any, Any]]] = (),
    objects: Iterable[tuple[Any, tuple[Any, type]]] = (),
) -> Places:
    """Places from pairs of a place and what it held; of entries owner, key and what it held there.

    Of an object it is what :func:`made_of` gives.

    What a function held is its code, defaults and keyword defaults: :func:`code_of`.

    >>> settings = {"k": 1.0}
    >>> looked_at = places(entries=[(settings, "k", 1.0)])
    >>> settings["k"] = 0.5 + 0.5
    >>> same_places(looked_at)
    True
    >>> settings["k"] = 2.0
    >>> same_places(looked_at)
    False
    """
    owned: dict[int, tuple[Any, dict[Any, Any], dict[Any, Any]]] = {}
    for owner, key, was in entries:
        owned.setdefault(id(owner), (owner, {}, {}))[1 + (was is MISSING)][key] = was
    by_owner = [(owner, {**_in_order(owner, there), **absent}) for owner, there, absent in owned.values()]
    named, codes = _apart(functions)
    made, kinds = _apart(objects)
    both, contents, sizes = _apart(lists), _apart(cells), _apart(sized)
    return Places(
        [owner for owner, _ in by_owner],
        [tuple(held) for _, held in by_owner],
        [list(held.values()) for _, held in by_owner],
        *(*both, *contents, *sizes, named),
        [part for was in codes for part in was],
        made,
        tuple([attributes for attributes, _ in kinds]),
        tuple([kind for _, kind in kinds]),
        bytearray(),
    ).unseen()


def _apart(pairs: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    """Each item once, and what it was: what is given last for it."""
    found = {id(item): (item, was) for item, was in pairs}.values()
    return [item for item, _ in found], [was for _, was in found]


class Snapshot:
    """Lists, tuples, dicts and places of programs as they are now, held together in one look.

    It holds for whole dicts, and for the very objects, so that it may say that something was touched where
    :func:`same_places` finds nothing else; never the other way round.

    Args:
        containers: lists, tuples and dicts.
        looked_at: places of programs, that were found to hold what they held.

    >>> settings, names = {"k": 1.0}, ["a"]
    >>> snapshot = Snapshot([names], [places(entries=[(settings, "k", 1.0)])])
    >>> snapshot.holds()
    True
    >>> settings["other"] = 2.0
    >>> snapshot.holds()
    False
    """

    def __init__(self, containers: Iterable[Any], looked_at: Iterable[Places]) -> None:
        found, others = {id(each): each for each in containers}, places()
        for each in looked_at:
            for i, j in ((0, 3), (3, 5), (7, 9)):  # what holds something, and what it held
                for row in zip(*each[i:j], strict=True):
                    if type(row[0]) in _CONTAINERS:
                        found[id(row[0])] = row[0]
                        continue
                    for k, part in enumerate(row, start=i):
                        cast("list[Any]", others[k]).append(part)
            for k in (5, 6, 9, 10):  # variables of closures, and functions
                cast("list[Any]", others[k]).extend(each[k])
            others = others._replace(
                objects=others.objects + each.objects,
                attributes=others.attributes + each.attributes,
                kinds=others.kinds + each.kinds,
            )
        self._others = others.unseen()
        self._containers = list(found.values())
        self._were = [*map(contents_of, self._containers)]
        self._versions = np.zeros(len(self._were))

    def holds(self) -> bool:
        """Whether everything is as it was."""
        return same_objects(self._containers, self._were, self._versions, True) and same_places(self._others)


_CONTAINERS = (list, tuple, dict, MappingProxyType)


def _in_order(owner: Any, held: dict[Any, Any]) -> dict[Any, Any]:
    """What a dict held, in its order, in which it is looked through if that is not long."""
    if len(owner) > 2 * len(held) + 4:
        return held
    return {key: held[key] for key in owner if key in held}


def same_places(places: Places) -> bool:
    """Whether all places hold the same objects as before, or equal plain data."""
    for owner, keys, entries in zip(places.owners, places.keys, places.entries, strict=True):
        if not _same_objects(_entries_of(owner, keys), entries):
            return False
    for now, were in zip(places.lists, places.items, strict=True):
        if list.__len__(now) != len(were) or not _same_objects(list.__iter__(now), were):
            return False
    codes = [part for function in places.functions for part in code_of(function)]
    return (
        all(map(same_object, map(content_of, places.cells), places.contents))
        and all(map(same_size, places.sized, places.sizes))
        and all(now is was for now, was in zip(codes, places.codes, strict=True))
        and same_attributes(places.objects, places.attributes, places.kinds)
    )


def _same_objects(now: Iterable[Any], were: list[Any]) -> bool:
    """Whether two sequences of one length hold the same objects, or equal plain data; mostly the first."""
    found = list(now)
    return all(map(is_, found, were)) or all(map(same_object, found, were))


def _entries_of(owner: Any, keys: tuple[Any, ...]) -> Iterable[Any]:
    """What a dict, or a class whose ``__dict__`` this shows, holds under some keys; one by one in C."""
    if isinstance(owner, MappingProxyType):
        return map(owner.get, keys, repeat(MISSING))
    return map(dict.get, repeat(owner), keys, repeat(MISSING))


def entry_of(owner: Any, key: Any) -> Any:
    """What a dict holds, or a class whose ``__dict__`` this shows."""
    return owner.get(key, MISSING) if isinstance(owner, MappingProxyType) else dict.get(owner, key, MISSING)


def content_of(cell: Any) -> Any:
    """What a variable of a closure holds."""
    try:
        return cell.cell_contents
    except ValueError:  # it is empty now
        return MISSING


def code_of(function: FunctionType) -> tuple[Any, Any, Any]:
    """What changes when a function gets other code or defaults; what is in them is looked into by itself."""
    return function.__code__, function.__defaults__, function.__kwdefaults__


def same_size(item: Any, was: int | tuple[Any, ...]) -> bool:
    """Whether something has the length that it had; a dict the keys, in this order, if they are given."""
    if isinstance(was, int):
        return len(item) == was
    return len(item) == len(was) and all(map(same_object, item, was))


def made_of(item: Any) -> tuple[Any, type]:
    """The ``__dict__`` of an object and its class, which others may be given for.

    The dict is None where it is another at each look, or not the object's own: as of one that makes it up.
    """
    kind, attributes = type(item), attributes_of(item)
    is_own = isinstance(attributes, (dict, tuple)) and same_attributes([item], (attributes,), (kind,))
    return (attributes if is_own else None), kind


def same_object(now: Any, was: Any) -> bool:
    """Whether two are the same object, or equal plain data, or the same method of the same object."""
    if now is was:
        return True
    kind = type(now)
    if kind is not type(was):
        return False
    if isinstance(now, MethodType):
        return bool(now == was)
    return isinstance(now, (*PLAIN, np.generic)) and static_key(now) == static_key(was)


in_python = same_places
"""The form in Python, which does for either node."""

if not TYPE_CHECKING:
    same_places = or_compiled(same_places)
