"""Remembers the plain data that a function reads beside its arguments: a program holds for that state.

A number in a dict, an attribute, a class, a list, an array, or a function that another one calls is a
constant of the program. So the places where the code of the function, and of what it calls, may find such
data are remembered with what stood there, and are looked at again before each call. Names say which places:
only attributes that some code reached reads by their name count.

What the function changes itself, as a log or a counter, is left out.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import compress
from operator import is_
from types import CodeType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

from engine.jit.reads.hidden import empty_again
from engine.jit.reads.kinds import is_ours
from engine.jit.trace.captures import Captures
from engine.jit.trace.names import compares_objects, names_read, tells_apart, used_beside_updates
from engine.jit.trace.places import (
    MISSING,
    PLAIN,
    code_of,
    content_of,
    entry_of,
    made_of,
    places,
    same_object,
    same_places,
    same_size,
)
from engine.jit.trace.walk import MOST_OBJECTS, Walk, objects_in
from engine.node.backend import Value
from engine.node.unchanged import same_attributes, same_items
from engine.pytree.statics import static_key
from engine.quoting import brief

__all__ = ["State"]

_EXACT_BYTES = 1 << 20  # of arrays up to this size a copy is kept, of larger ones a checksum of all bytes
_BUFFERS = (array, bytearray, memoryview)
_MAPPINGS = (dict, MappingProxyType)


class State:
    """The places that a function reads, as they were.

    Args:
        f: the function.
        statics: objects among its arguments.

    Attributes:
        generators: of random numbers, among them.
        iterators: such as can be gone through once, among them.
        unloaded: the names of modules that it imports when it runs, and that are not there yet.

    >>> settings = {"k": 1.0}
    >>> state = State(lambda x, settings=settings: settings["k"] * x, [])
    >>> state.unchanged()
    True
    >>> settings["k"] = 2.0
    >>> state.unchanged(), state.difference()
    (False, "'k'")
    """

    def __init__(self, f: Callable[..., Any], statics: Iterable[Any]) -> None:
        walk = Walk([f, *objects_in(statics)])
        self._entries = [(owner, key, _there(owner, key)) for owner, key in walk.places]
        self._values = walk.values
        self._lists_of_values = walk.lists_of_values
        self._lists = [(each, list.copy(each)) for each in walk.lists]
        self._cells = [(cell, content_of(cell)) for cell in walk.cells]
        self._sized: list[tuple[Any, Any]] = [
            (each, tuple(each) if id(each) in walk.ordered else len(each)) for each in walk.groups
        ]
        self._names_of, self._of_objects = walk.names_of, frozenset(walk.attributes)
        self._keys = [
            (each, frozenset(each))
            for each in walk.groups
            if isinstance(each, dict) or id(each) in walk.class_of
        ]
        self._class_of = walk.class_of
        self._contents = [(each, _key_of(each)) for each in (*walk.others, *walk.arrays)]
        # held, as these keys are of ids, which another object may have once one is gone
        self._held = [(each, list(each)) for each in walk.others if not isinstance(each, _BUFFERS)]
        self._caches = [(each, each.cache_info()) for each in walk.caches]
        self._functions = [(each, code_of(each)) for each in walk.functions]
        self._objects = [(each, made_of(each)) for each in walk.objects]
        self._is_cut, self._unseen = walk.is_cut, walk.unseen
        self._any_name, self._by_getters = walk.any_name, frozenset(walk.by_getters)
        self.generators, self.iterators, self.unloaded = walk.generators, walk.iterators, walk.unloaded
        self._is_part = False
        self._arrange()

    def beyond_lifting(self) -> tuple[str, str] | None:
        """Why f is not to run to be lifted, and what to do about it, in words; None for nothing."""
        if self.iterators:
            return (
                f"reads {brief(self.iterators[0])}, of which each item comes once: a program would repeat it",
                "Take list(...) of it before, or pass its items as arguments",
            )
        if self._unseen is not None:
            return (
                f"{self._unseen}, which a program could not do again",
                "Read it before, and pass what was read as an argument",
            )
        if self._is_cut:
            return (
                f"reads more than {MOST_OBJECTS:,} objects beside its arguments: a program would have to "
                "look at each in every call",
                "Pass what it reads as an argument, or in arrays",
            )
        return None

    def forget_changes(self) -> None:
        """Drop the places that differ now: called when f just ran again, and which it writes at each call."""
        self._is_part = True
        for name in _CHECKS.keys() - {"_functions"}:
            check = _CHECKS[name]
            setattr(self, name, [each for each in getattr(self, name) if check(*each)])
        self._arrange()

    def _changed(self, name: str) -> list[tuple[Any, ...]]:
        """The places of a kind that are not as they were."""
        return [each for each in getattr(self, name) if not _CHECKS[name](*each)]

    def changed_and_used(self, but_values: bool = False, refused: bool = False) -> str | None:
        """The name of what differs now and is read by f, not just changed, as a counter is; None for none.

        Args:
            but_values: leave out what is a Value now, or holds Values only: as of what f made at first.
            refused: whether f was refused, as it may be for a Value in another's place, as of a hidden state:
                then whatever it changed may be why.
        """

        def counts(item: Any) -> bool:
            return not (but_values and _is_of_values(item))

        entries = [*self._entries, *self._values] if refused else self._entries
        now = [([key, owner], _there(owner, key), was) for owner, key, was in entries]
        now += [([cell], content_of(cell), was) for cell, was in self._cells]
        differ = [at for at, item, was in now if not same_object(item, was) and counts(item)]
        changed = [each for at in differ for each in at if id(each) not in self._of_objects]
        changed += [
            key
            for each, keys in self._keys
            if id(each) in self._of_objects
            for key in each.keys() - keys
            if counts(each[key])
        ]
        of_lists = ("_lists", "_lists_of_values") if refused else ("_lists",)
        for name in (*of_lists, "_sized", "_contents"):
            changed += [each for each, _ in self._changed(name) if counts(each)]
        if refused:  # what a cache gives is what was computed first
            changed += [each.__name__ for each, was in self._caches if each.cache_info().misses > was.misses]
        if not changed:
            return None
        changed = self._with_holders(changed)
        used = self._used()
        names = [
            name for each in changed for name in ([each] if isinstance(each, str) else self._held_as(each))
        ]
        found = next((name for name in names if name in used or self._any_name), None)
        return found if found is not None or not refused else next(iter(names), None)

    def _used(self) -> frozenset[str]:
        """The names that code reads but to change what stands there."""
        codes = [each.__code__ for each, _ in self._functions]
        compares = any(compares_objects(code) for code in codes if not _is_generated(code))
        # the __eq__ of a dataclass reads all fields
        written = [code for code in codes if compares or not _is_generated(code)]
        return self._by_getters.union(*map(used_beside_updates, written))

    def _with_holders(self, changed: list[Any]) -> list[Any]:
        """What changed, and the lists and dicts that hold it; not the objects of which it is an attribute."""
        holders: defaultdict[int, list[Any]] = defaultdict(list)
        for owner, _, was in self._entries:
            if id(owner) not in self._of_objects:
                holders[id(was)].append(owner)
        for each, items in self._lists:
            for part in items:
                holders[id(part)].append(each)
        found: dict[int, Any] = {}
        waiting = list(changed)
        while waiting:
            item = waiting.pop()
            if isinstance(item, partial) and item.func is dict.get:  # which reads a dict of another class
                item = item.args[0]
            if id(item) not in found:
                found[id(item)] = item
                waiting += holders[id(item)] if not isinstance(item, (str, *PLAIN)) else ()
        return list(found.values())

    def _held_as(self, item: Any) -> Iterator[str]:
        """The names by which something is held."""
        yield from self._names_of.get(id(item), ())
        for _, key, was in self._entries:
            if isinstance(key, str) and (was is item or getattr(was, "__dict__", None) is item):
                yield key
        for cell, was in self._cells:
            if was is item:
                yield from self._names_of.get(id(cell), ())

    def put_back(self) -> bool:
        """Let plain data in dicts, lists, attributes, variables of closures, small arrays, sets be as it was.

        So it is with what was put in the place of methods, and other attributes of classes.

        Returns:
            Whether all there is as it was: no large array, for one, is put back.
        """
        for owner, key, was in (*self._entries, *self._values):
            if type(owner) is dict and was is not MISSING and not same_object(_there(owner, key), was):
                owner[key] = was
            elif isinstance(owner, partial) and was is not MISSING and _there(owner, key) is not was:
                with suppress(AttributeError, TypeError):  # what is read only
                    _set(owner, key, was)
            elif id(owner) in self._class_of and not same_object(_there(owner, key), was):
                kind = self._class_of[id(owner)]
                type.__delattr__(kind, key) if was is MISSING else type.__setattr__(kind, key, was)
        importing = set()  # the ids of what an import gave another module, which stays
        for held, keys in self._keys:
            for key in held.keys() - keys:
                if id(held) in self._class_of:
                    type.__delattr__(self._class_of[id(held)], key)
                elif isinstance(held[key], ModuleType):
                    importing.add(id(held))
                else:
                    del held[key]
        if importing:
            self._sized = [(each, len(each) if id(each) in importing else was) for each, was in self._sized]
            self._arrange()
        for each, items in (*self._lists, *self._lists_of_values):
            if not _same_list(each, items):
                each[:] = items
        for cell, was in self._cells:
            if was is not MISSING and not same_object(content_of(cell), was):
                cell.cell_contents = was
        for numbers, was in self._contents:
            if isinstance(numbers, np.ndarray) and numbers.flags.writeable and not numbers.dtype.hasobject:
                form, content = was
                known = isinstance(content, bytes) and (numbers.shape, numbers.dtype) == form
                if known and numbers.tobytes() != content:
                    numbers[...] = np.frombuffer(content, numbers.dtype).reshape(numbers.shape)
        for each, parts in self._held:
            if isinstance(each, (deque, set)) and static_key(each) != static_key(type(each)(parts)):
                each.clear()
                (each.extend if isinstance(each, deque) else each.update)(parts)
        for each, info in self._caches:
            if not info.currsize:
                empty_again(each)
        are_back = all(_there(owner, key) is was for owner, key, was in self._values)
        return are_back and self.unchanged()

    def watch(self, captured: Iterable[Value], leading: Captures) -> None:
        """Look at the places of these Values, too: called when it is known which f computes with.

        Args:
            captured: the Values.
            leading: the places that lead to them, by whichever names.
        """
        self._is_part = True
        read = set(map(id, captured))
        self._entries += [each for each in self._values if id(each[2]) in read]
        self._lists += [each for each in self._lists_of_values if any(id(value) in read for value in each[1])]
        self._values, self._lists_of_values = [], []
        cells = [(cell, was) for cell, was in self._cells if not isinstance(was, Value) or id(was) in read]
        self._entries, self._cells = [*leading.entries, *self._entries], [*leading.cells, *cells]
        self._lists, self._sized = [*leading.lists, *self._lists], [*leading.sized, *self._sized]
        self._objects = [*leading.objects, *self._objects]
        self._arrange()

    def _arrange(self) -> None:
        """Arrange the places so that a look at all of them takes few steps."""
        in_dicts = [isinstance(owner, _MAPPINGS) for owner, _, _ in self._entries]
        self.places = places(
            *(compress(self._entries, in_dicts), self._lists, self._cells, self._sized, self._functions),
            self._objects,
        )
        self._gets = [each for each, flag in zip(self._entries, in_dicts, strict=True) if not flag]

    def tells_apart(self) -> bool:
        """Whether the function may choose by which object something is, of which nothing is recorded."""
        return any(tells_apart(each.__code__) for each, _ in self._functions if not is_ours(each.__module__))

    def asks_type(self) -> bool:
        """Whether the function may choose by the type of a number, which is a Value where it is lifted."""
        return any(
            not names_read(each.__code__).isdisjoint({"isinstance", "type"}) for each, _ in self._functions
        )

    @property
    def has_others(self) -> bool:
        """Whether there is more to look at than ``places``."""
        return bool(self._gets or self._contents)

    def unchanged(self) -> bool:
        """Whether everything there is as it was."""
        return self._seems_unchanged() or self.difference() is None

    def _seems_unchanged(self) -> bool:
        """The same; False also where there is equal plain data of some types, but another object."""
        return same_places(self.places) and not (
            (self._gets and any(get(key, MISSING) is not was for get, key, was in self._gets))
            or (self._contents and any(_key_of(each) != was for each, was in self._contents))
        )

    def is_whole(self) -> bool:
        """Whether nothing was dropped of it and all is the very same: then a new walk would find no more."""
        return (
            not (self._is_part or self.unloaded)
            and self._seems_unchanged()
            and not (self._changed("_values") or self._changed("_lists_of_values"))
        )

    def difference(self) -> str | None:
        """The first place that differs, in words; None where none does."""
        for owner, key, was in self._entries:
            if not _same_entry(owner, key, was):
                return repr(key)
        for name, words in _WORDS.items():
            for each, *_ in self._changed(name):
                return words.format(each=brief(each))
        # what is there now is found sooner the next time
        self._entries = [(owner, key, _there(owner, key)) for owner, key, _ in self._entries]
        self._cells = [(cell, content_of(cell)) for cell, _ in self._cells]
        self._lists = [(each, list.copy(each)) for each, _ in self._lists]
        self._arrange()
        return None


def _there(owner: Any, key: Any) -> Any:
    """What stands in a place: a dict, or what is called with the key and what to give where there is none."""
    return entry_of(owner, key) if isinstance(owner, _MAPPINGS) else owner(key, MISSING)


def _is_generated(code: CodeType) -> bool:
    """Whether code is of a method that ``dataclass`` wrote."""
    return code.co_filename == "<string>" and code.co_name.startswith("__")


def _set(owner: partial[Any], key: Any, was: Any) -> None:
    """Let an attribute of an object, or an entry of a dict of another class, be as it was."""
    if owner.func is getattr:
        setattr(owner.args[0], key, was)
    elif owner.func is dict.get:
        owner.args[0][key] = was


def _same_entry(owner: Any, key: Any, was: Any) -> bool:
    return same_object(_there(owner, key), was)


def _same_list(now: list[Any], was: list[Any]) -> bool:
    return len(now) == len(was) and all(map(same_object, now, was))


def _same_made(item: Any, was: tuple[Any, type]) -> bool:
    """Whether an object has the ``__dict__`` and the class that it had."""
    return same_attributes([item], was[:1], was[1:])


_CHECKS: dict[str, Callable[..., bool]] = {
    "_entries": _same_entry,
    "_values": lambda owner, key, was: _there(owner, key) is was,
    "_cells": lambda cell, was: same_object(content_of(cell), was),
    "_lists": _same_list,
    "_lists_of_values": same_items,
    "_sized": same_size,
    "_contents": lambda item, was: _key_of(item) == was,
    "_functions": lambda function, was: all(map(is_, code_of(function), was)),
    "_objects": _same_made,
}
"""Of each kind of places whether one is as it was."""

_WORDS = {
    "_cells": "a variable of its closure",
    "_lists": "a list",
    "_sized": "a dict, an object or a list that has other keys, attributes or Values",
    "_contents": "a set, a buffer or an array",
    "_functions": "a function",
    "_objects": "the __class__ or the __dict__ of {each}",
}
"""What messages say of them."""


def _is_of_values(item: Any) -> bool:
    """Whether something is a Value or holds Values only: such as was computed is nan to whoever reads it."""
    if isinstance(item, Value):
        return True
    parts = item.values() if isinstance(item, dict) else item
    known = isinstance(item, (list, tuple, set, deque, dict)) and len(item) > 0
    return known and all(isinstance(part, Value) for part in parts)


def _key_of(item: Any) -> Any:
    """A key of the contents of a set, a deque, a buffer or an array; of another class of dict of its keys."""
    if isinstance(item, (np.ndarray, np.void)):
        if item.nbytes <= _EXACT_BYTES:
            return (item.shape, item.dtype), item.tobytes()
        return (item.shape, item.dtype), zlib.crc32(np.ascontiguousarray(item).view(np.uint8).data)
    if isinstance(item, dict):
        return static_key(tuple(item))
    if isinstance(item, set):  # also one of a class of the user's, which may go through it otherwise
        return static_key(set(set.__iter__(item)))
    if isinstance(item, deque):
        return static_key(deque(deque.__iter__(item)))
    return bytes(item) if isinstance(item, _BUFFERS) else static_key(item)
