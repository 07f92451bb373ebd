"""Finds the plain data that a function reads beside its arguments, by the names that stand in its code.

That is what its code, and that of what it calls, may find in dicts, attributes, classes, lists, arrays and
functions. Of attributes only those count that some code reached reads by their name.
"""

from __future__ import annotations

import builtins
import dis
import os
import sys
import threading
import weakref
from abc import ABCMeta, get_cache_token
from array import array
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from contextlib import suppress
from contextvars import ContextVar
from functools import cached_property, lru_cache, partial
from io import IOBase
from operator import attrgetter, methodcaller
from pkgutil import iter_modules
from random import Random
from types import (
    BuiltinMethodType,
    FunctionType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

import numpy as np

from engine.jit.reads.getters import asking, below, element, kept, set_in
from engine.jit.reads.hidden import answer_of, filling_of, is_bystander, keeps_unseen, reads_unseen
from engine.jit.reads.instructions import has_unknown
from engine.jit.reads.kinds import (
    inherits_foreign_code,
    is_foreign,
    is_iterator,
    is_ours,
    own_classes,
    slots_of,
)
from engine.jit.trace.draws import is_generator
from engine.jit.trace.names import (
    attributes_read,
    globals_named,
    globals_read,
    imported,
    makes_texts,
    names_not_called,
    names_read,
    opens_to_read,
    reads_any_name,
)
from engine.jit.trace.places import MISSING, PLAIN, content_of
from engine.node.backend import Value
from engine.quoting import brief

__all__ = ["MOST_OBJECTS", "Walk", "objects_in"]

MOST_OBJECTS = 100_000
"""So many objects are looked into; numbers, texts and Values aside."""
_HEAP_TYPE = 1 << 9  # the flag of classes made by a class statement
_OF_VALUES = frozenset(dir(Value)) - {"label"}
_EXACT = frozenset({*PLAIN, bool})
_MATCH_CLASS = dis.opmap["MATCH_CLASS"]
_BY_TEXT = frozenset({"__import__", "import_module", "modules"})
"""Names by which code may find a module under a name that is a string."""
_GLOBALS_BY_TEXT = frozenset({"globals", "eval", "exec"})
"""The same of globals."""
_MAKING = frozenset({"__init__", "__new__"})
_MAKES = frozenset({"type", "__class__", "replace"})
"""Names by which code may make an object like another."""
_SHOWING = frozenset({"__repr__", "__str__", "__dir__", "__format__"})
_NOT_IMPLIED = _MAKING | _SHOWING | {"__reduce__", "__init_subclass__", "__del__"}
"""Methods that most code does not call."""
_CACHE = type(lru_cache(len))
_NO_ENTRIES: dict[Any, Any] = {}
_WITH_MORE = (
    *(np.ndarray, partial, property, staticmethod, classmethod, _CACHE, cached_property, weakref.ref),
    Random,
)
"""What has attributes only where somebody set them, or where it is of a class of the user's."""
_VIEWS = (type(_NO_ENTRIES.keys()), type(_NO_ENTRIES.values()), type(_NO_ENTRIES.items()))


def objects_in(statics: Iterable[Any]) -> list[Any]:
    """The objects that count by identity; what else is static is a part of the key by what it is."""
    found, waiting = [], list(statics)
    while waiting:
        item = waiting.pop()
        if type(item) in (list, tuple, deque, set, frozenset):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
        elif not isinstance(item, np.ndarray):
            found.append(item)
    return found


class Walk:
    """What can be reached from a function by the names that code reads."""

    def __init__(self, roots: list[Any]) -> None:
        # a dict and a key in it, or what gives an item when it is called with the key and a default
        self.places: list[tuple[Any, Any]] = []
        # places where a Value stands, and lists of Values only
        self.values: list[tuple[Any, Any, Value]] = []
        self.lists_of_values: list[tuple[list[Any], list[Any]]] = []
        self.cells: list[Any] = []
        self.lists: list[list[Any]] = []
        self.groups: list[Any] = []
        self.others: list[Any] = []
        self.arrays: list[Any] = []
        self.functions: list[FunctionType] = []
        self.objects: list[Any] = []  # that may be given another class or __dict__
        self.generators: list[Any] = []
        self.iterators: list[Any] = []
        self.caches: list[Any] = []  # made by ``lru_cache``
        self.unloaded: set[str] = set()
        self._of_python: list[Any] = []  # what may read or keep what no place shows
        self._matches = False  # whether some of the user's code matches classes
        self._matched: list[str] = []  # attributes that are read where it does
        self._unsized: list[type] = []  # the user's, whose classes below them were not counted
        self._known: dict[type, tuple[bool, bool]] = {}  # what is said of classes of objects
        self._weak: list[weakref.ref[Any]] = []
        self._opens = False  # whether some of the user's code opens files to read
        self._has_unknown = False  # whether some of it has instructions that are not known
        self._foreign: list[ModuleType] = []
        self._read_of: set[tuple[int, str]] = set()  # which of their attributes were found
        self.by_getters: set[str] = set()  # names that an ``attrgetter`` reads
        self._met: dict[int, Value] = {}
        self._attributes: set[str] = set()  # names of attributes that the user's code reads
        self.any_name = False  # whether some code reads attributes by names that it does not hold
        self.ordered: set[int] = set()  # the ids of dicts whose order counts
        self.attributes: list[int] = []  # the ids of the dicts of objects, where it counts for such code
        self.names_of: dict[int, tuple[str, ...]] = {}  # of variables of closures and of defaults
        self._offering: list[tuple[ModuleType, frozenset[str]]] = []
        self._names: set[str] = set()
        self._not_called: set[str] = set()  # those among them that code does more with than call a method
        self.class_of: dict[int, type] = {}  # by the id of what shows its attributes
        self._of_class: dict[int, MappingProxyType[str, Any]] = {}
        self._classes: set[int] = set()
        self._makes = False  # whether some of the user's code may make an object like another
        self._kinds: list[type] = []  # of objects; those that code may call are found by themselves
        self._later: defaultdict[str, list[Any]] = defaultdict(list)  # places whose name no code read yet
        self._waiting = list(roots)
        seen: dict[int, Any] = {}
        while (self._waiting or self._make_more()) and len(seen) < MOST_OBJECTS:
            item = self._waiting.pop()
            if id(item) in seen or type(item) in _EXACT:
                continue
            if isinstance(item, Value):
                self._met[id(item)] = item
                continue
            seen[id(item)] = item
            self._look_into(item)
        self.is_cut = bool(self._waiting)  # there is more than is looked into
        self.unseen = self._unseen(seen)
        self._attributes_of_values()
        if self.any_name:
            self.ordered.update(self.attributes)

    def _unseen(self, seen: Collection[int]) -> str | None:
        """What the code reads that no place shows, in words; None for nothing.

        Args:
            seen: the ids of what was found, and will be held.
        """
        if self._opens:
            return "reads files by open"
        if self._has_unknown:
            return "has instructions of a Python that is newer than this chainrule"
        for each in self._weak:  # what is held could not go any more
            target = each()
            if target is not None and id(target) not in seen and id(target) not in self._met:
                return f"reads {brief(each)}, whose object nothing else holds that it reads"
            self.places.append((asking(each), "what a weak reference leads to"))
        found = (reads_unseen(item, self._attributes) for item in self._of_python)
        return next((each for each in found if each is not None), None)

    def _attributes_of_values(self) -> None:
        """Places of what hangs on Values: names for pictures, and attributes that the user gave them."""
        names = self._attributes - _OF_VALUES
        for value in [*self._met.values(), *(value for _, _, value in self.values)] if names else ():
            for name in names:
                found = getattr(value, name, MISSING)
                if found is not MISSING and not isinstance(found, Value):
                    self.places.append((partial(getattr, value), name))

    def _look_into(self, item: Any) -> None:
        if isinstance(item, _WITH_MORE) and (
            (getattr(item, "__dict__", None) and not isinstance(item, (cached_property, Random)))
            or not is_foreign(type(item).__module__)
        ):
            self._object(item)
        if isinstance(item, PLAIN):  # of a class of its own
            self._object(item)
        elif isinstance(item, FunctionType):
            self._function(item)
        elif isinstance(item, np.ndarray):
            if item.dtype == object:
                for i, part in enumerate(item.ravel().tolist()):
                    self._place(partial(element, item), i, part)
                self.places.append((kept(partial(getattr, item, "shape")), "the shape of an array"))
            else:
                self.arrays.append(item)
                if item.dtype.hasobject:
                    self._waiting += item.ravel().tolist()
        elif isinstance(item, np.void):  # a row of a structured array, of which it is a view
            self.arrays.append(item)
            if item.dtype.hasobject:
                self._waiting += item.item()
        elif is_generator(item):
            self.generators.append(item)
        elif type(item) in weakref.ProxyTypes:
            with suppress(ReferenceError):
                self._weak.append(weakref.ref(item.__init__.__self__))
        elif is_iterator(item):
            if isinstance(item, IOBase):
                self._asked(item)
            else:
                self.iterators.append(item)
        elif isinstance(item, weakref.ref):
            self._weak.append(item)
        elif isinstance(item, ContextVar):
            self._place(partial(set_in, item), item.name, set_in(item, "", MISSING))
        elif isinstance(item, (attrgetter, methodcaller)):
            self.by_getters.update(_names_in(item))
            self._waiting += item.__reduce__()[1]
            self._waiting += getattr(item.__reduce__()[0], "keywords", {}).values()
            self._read(self.by_getters)
        elif isinstance(item, MethodType):
            self._waiting += (item.__self__, item.__func__)
        elif isinstance(item, (BuiltinMethodType, MethodWrapperType)):
            self._asked(item)
            if not isinstance(item.__self__, ModuleType):
                self._waiting.append(item.__self__)
        elif isinstance(item, partial):
            self._opens |= item.func is open
            self._waiting += (item.func, *item.args, item.keywords)
        elif isinstance(item, _VIEWS):
            self._waiting.append(item.mapping)
        elif isinstance(item, property):
            self._waiting += (item.fget, item.fset, item.fdel)
        elif isinstance(item, (staticmethod, classmethod)):
            self._waiting.append(item.__func__)
        elif isinstance(item, _CACHE):
            self.caches.append(item)
            self.places.append((asking(partial(filling_of, item)), "a cache"))
            self._waiting.append(item.__wrapped__)
        elif isinstance(item, cached_property):
            self._waiting.append(item.func)
        else:
            self._container_or_object(item)

    def _container_or_object(self, item: Any) -> None:
        if isinstance(item, (list, tuple, deque)):
            if isinstance(item, list) and item and all(type(part) is Value for part in item):
                self.groups.append(item)  # how many there are counts, also where none is computed with
                self.lists_of_values.append((item, list.copy(item)))
            elif isinstance(item, list):
                self.lists.append(item)
            if isinstance(item, deque):
                self.others.append(item)
            self._waiting += item
        elif isinstance(item, memoryview):
            self.others.append(item)
        elif isinstance(item, (set, frozenset, array, bytearray)):
            if not isinstance(item, frozenset):
                self.others.append(item)
            self._waiting += item
        elif isinstance(item, dict):
            self.groups.append(item)
            if type(item) is dict:
                self.ordered.add(id(item))
            else:
                self.others.append(item)
            if isinstance(item, defaultdict):
                self._place(partial(getattr, item), "default_factory", item.default_factory)
            owner = item if type(item) is dict else partial(dict.get, item)
            for key in item:
                self._place(owner, key, dict.__getitem__(item, key))
        elif isinstance(item, MappingProxyType):
            self.groups.append(item)
            self.ordered.add(id(item))
            for key, part in item.items():
                self._place(item.get, key, part)
        elif isinstance(item, ModuleType):
            if not is_foreign(item.__name__):
                self.objects.append(item)
                if is_ours(item.__name__):  # which imports what it offers when that is first read
                    self._offering.append((item, frozenset(_offered(item))))
                    self._import_offered(self._names)
                elif item.__name__ != "__main__":  # where variables come and go
                    self.groups.append(item.__dict__)
                self._named(item.__dict__)
            elif item.__name__.partition(".")[0] != "engine":
                self._foreign.append(item)
            return
        elif isinstance(item, type):
            self._class(item)
            self._made(item)
            return
        self._object(item)

    def _function(self, item: FunctionType) -> None:
        for name, cell in zip(item.__code__.co_freevars, item.__closure__ or (), strict=True):
            self.cells.append(cell)
            self.names_of[id(cell)] = (*self.names_of.get(id(cell), ()), name)
            content = content_of(cell)
            if content is not MISSING:  # filled yet
                self._waiting.append(content)
        defaults = item.__defaults__ or ()
        self._waiting += defaults
        named = item.__code__.co_varnames[: item.__code__.co_argcount][-len(defaults) :] if defaults else ()
        for name, part in zip(named, defaults, strict=False):
            self.names_of[id(part)] = (*self.names_of.get(id(part), ()), name)
        keywords = item.__kwdefaults__ or {}
        for name, part in keywords.items():
            self._place(keywords, name, part)
        self._waiting.append(item.__dict__.get("__wrapped__"))
        found = item.__globals__
        of_wrapper = "__wrapped__" in item.__dict__ and is_foreign(found.get("__name__"))
        if is_foreign(item.__module__) or of_wrapper:  # wraps gives it the name of the user's module
            self._asked(item)
            return
        names = names_read(item.__code__)
        if is_ours(item.__module__):  # whose names are what they are
            self._waiting += [found[name] for name in names & found.keys()]
        else:
            self._named(item.__dict__)
            self.functions.append(item)
            self.objects.append(item)
            for name in globals_read(item.__code__):
                self._place(found, name, found.get(name, MISSING))
            for name in globals_named(item.__code__):
                if name not in found:
                    self.places.append((vars(builtins), name))
                    if name != "open":  # which is looked at with what it is given
                        self._asked(getattr(builtins, name, MISSING))
            self._matches |= _MATCH_CLASS in item.__code__.co_code[::2]
            self._opens |= opens_to_read(item.__code__) or any(
                each is open
                for each in (
                    *map(content_of, item.__closure__ or ()),
                    *(*defaults, *keywords.values()),
                    *map(found.get, globals_named(item.__code__)),
                )
            )
            self._has_unknown |= has_unknown(item.__code__)
            if not names.isdisjoint(_BY_TEXT):
                self._import(names & sys.modules.keys())
            if not names.isdisjoint(_GLOBALS_BY_TEXT):
                for name, part in list(found.items()):
                    kinds = Value, list, tuple, dict, set, np.ndarray, *PLAIN
                    if isinstance(part, kinds) and name != "__builtins__":
                        self._place(found, name, part)
            self._attributes |= attributes_read(item.__code__)
            package = found.get("__package__") or ""
            self._import(imported(item.__code__, package))
            if not self.any_name and reads_any_name(item.__code__):
                self.any_name = True
                self._read(list(self._later))
            self._makes |= not names.isdisjoint(_MAKES)
            if makes_texts(item.__code__):
                self._read(_SHOWING)
        own = _MAKING if item.__name__ in _MAKING else frozenset[str]()  # those of the classes above it
        self._read(names - own, names_not_called(item.__code__) - own)

    def _asked(self, item: Any) -> None:
        """Something of Python's or a library's that code may call."""
        self._of_python.append(item)
        answer = answer_of(item)
        if item is os.getenv:
            self._waiting.append(os.environ)
        elif answer is not None:
            self.places.append((kept(answer), "what Python answers"))

    def _read_foreign(self) -> None:
        """Find what code reads of modules of Python's and of libraries."""
        for module in self._foreign:
            held = vars(module)
            for name in self._attributes.intersection(held):
                part = held[name]
                if (id(module), name) in self._read_of or part is sys.modules:
                    continue
                self._read_of.add((id(module), name))
                if is_bystander(part) or isinstance(part, ModuleType):  # which is there does not count
                    self._waiting.append(part)
                elif callable(part):
                    self._opens |= part is open  # under its name elsewhere, as io.open
                    self.places.append((held, name))
                    self._asked(part)
                else:
                    self._place(held, name, part)

    def _import(self, names: Iterable[str]) -> None:
        for name in names:
            if name in sys.modules and is_foreign(name):
                self._waiting.append(sys.modules[name])
            elif name in sys.modules:
                self._place(sys.modules, name, sys.modules[name])
            else:
                self.unloaded.add(name)

    def _import_offered(self, names: Iterable[str]) -> None:
        """Import what modules offer under these names before f does: as it runs it would change them so."""
        for module, offered in self._offering:
            for name in offered.intersection(names) - vars(module).keys():
                with suppress(ImportError):  # of an extra that is not installed
                    self._when_read(name, vars(module), getattr(module, name))

    def _read(self, names: Collection[str], not_called: Iterable[str] | None = None) -> None:
        """Some code reads these names, and of these it does not just call a method; None for all."""
        names = {*names, "_value_"} if "value" in names else names  # of a member of an Enum
        self._names.update(names)
        self._not_called.update(names if not_called is None else not_called)
        self._import_offered(names)
        for name in names:
            for owner, _, part in self._later.pop(name, ()):
                self._when_read(name, owner, part)

    def _object(self, item: Any) -> None:
        kind = type(item)
        attributes = getattr(item, "__dict__", None)
        if kind.__module__.partition(".")[0] == "engine":
            if isinstance(attributes, dict):
                self._waiting += filter(callable, attributes.values())  # a function that it wraps
            return
        if kind not in self._known:
            is_asked = is_foreign(kind.__module__) or keeps_unseen(kind)
            self._known[kind] = inherits_foreign_code(kind), is_asked
        has_foreign_methods, is_asked = self._known[kind]
        if kind.__flags__ & _HEAP_TYPE:
            self.objects.append(item)
        if isinstance(item, threading.local):  # each thread has attributes of its own
            for name, part in attributes.items() if isinstance(attributes, dict) else ():
                self._when_read(name, partial(getattr, item), part)
        elif isinstance(attributes, dict):
            self.groups.append(attributes)
            self.attributes.append(id(attributes))
            if has_foreign_methods:
                for name, part in attributes.items():
                    self._place(attributes, name, part)
            self._named(attributes)
        if kind.__module__ in ("typing", "types"):  # C[int], which makes a C
            self._waiting.append(getattr(item, "__origin__", None))
        if isinstance(item, BaseException):
            self._place(partial(getattr, item), "args", item.args)
        if is_asked:
            self._asked(item)
        for name in slots_of(kind):
            found = getattr(item, name, MISSING)
            if has_foreign_methods:
                self._place(partial(getattr, item), name, found)
            else:
                self._when_read(name, partial(getattr, item), found)
        if is_foreign(kind.__module__):
            return
        self._class(kind)
        self._kinds.append(kind)

    def _make_more(self) -> bool:
        """Look at what runs as an object like another is made, if code may do so; whether there is more.

        The same of what code reads of modules of Python's.
        """
        self._read_foreign()
        if self._matches:
            self._read(self._matched)
            self._matched = []
        if "__subclasses__" in self._attributes:
            self.places += ((kept(partial(below, each)), "what is below a class") for each in self._unsized)
            for each in self._unsized:
                self._waiting += type.__subclasses__(each)
            self._unsized = []
        for kind in self._kinds:
            users = [each for each in own_classes(kind) if not is_ours(each.__module__)]
            has_methods = any(isinstance(part, classmethod) for each in users for part in vars(each).values())
            if has_methods or self._makes:
                self._made(kind)
        self._kinds = []
        return bool(self._waiting)

    def _made(self, item: type) -> None:
        """What runs as an object of a class is made."""
        for each in own_classes(item):
            for name in _MAKING & vars(each).keys() if not is_ours(each.__module__) else ():
                self._place(self._dict_of(each), name, vars(each)[name])

    def _dict_of(self, item: type) -> MappingProxyType[str, Any]:
        if id(item) not in self._of_class:
            view = self._of_class[id(item)] = item.__dict__
            self.class_of[id(view)] = item
            self.groups.append(view)
        return self._of_class[id(item)]

    def _class(self, item: type) -> None:
        if id(item) in self._classes:
            return
        self._classes.add(id(item))
        own = own_classes(item)
        if not own:
            self._asked(item)
        if own and item.__flags__ & _HEAP_TYPE:
            self.objects.append(item)
        held = [self._dict_of(each) for each in own]
        self._unsized += own
        self._matched += (name for view in held for name in view.get("__match_args__", ()))
        for name in {name for view in held for name in view}:
            for view in held:
                self._when_read(name, view, view.get(name, MISSING))
        if not is_foreign(type(item).__module__):
            self._waiting.append(type(item))
        elif isinstance(item, ABCMeta):  # whose token is another one after a class was registered
            self._place(asking(get_cache_token), "abc", get_cache_token())

    def _named(self, attributes: dict[str, Any]) -> None:
        for name, part in attributes.items():
            if name != "__builtins__":  # of a module; what code reads of them is found by its own names
                self._when_read(name, attributes, part)

    def _when_read(self, name: str, owner: Any, part: Any) -> None:
        """A place, now or as soon as some code is found that reads this name."""
        implied = name.startswith("__") or name == "keys"  # which dict() and ** call
        is_set = isinstance(part, property) and (part.fset or part.fdel)  # whose name need not be read
        special = bool(is_set or name == "__match_args__") or (
            implied and isinstance(part, (FunctionType, classmethod, property)) and name not in _NOT_IMPLIED
        )
        read = name in self._names and (name in self._not_called or not is_iterator(part))
        if special or self.any_name or read:
            self._place(owner, name, part)
        else:
            self._later[name].append((owner, name, part))

    def _place(self, owner: Any, key: Any, part: Any) -> None:
        if isinstance(part, Value):
            self.values.append((owner, key, part))
        else:
            self.places.append((owner, key))
            self._waiting.append(part)


def _offered(module: ModuleType) -> list[str]:
    """What a package imports when it is first asked for: what it says that it has, and modules within it."""
    if "__getattr__" not in vars(module):
        return []
    within = [each.name for each in iter_modules(getattr(module, "__path__", []))]
    return [*getattr(module, "__all__", ()), *(name for name in within if not name.startswith("_"))]


def _names_in(getter: Any) -> list[str]:
    """The names that an ``attrgetter`` or a ``methodcaller`` reads."""
    function, parts = getter.__reduce__()[:2]
    parts = (*parts, *function.args) if isinstance(function, partial) else parts
    return [name for part in parts if isinstance(part, str) for name in part.split(".")]
