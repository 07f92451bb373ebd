"""Whose modules, classes and objects are: the user's, this project's, Python's or a library's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from engine.frames.user_frame import is_library

__all__ = ["inherits_foreign_code", "is_foreign", "is_iterator", "is_ours", "own_classes", "slots_of"]

_FOREIGN = frozenset({"engine", "numpy", *sys.stdlib_module_names} - {"__main__"})
_BY_NAMES = frozenset({"builtins", "abc", "enum", "typing", "logging", "tqdm"})
"""Libraries of whose objects only those attributes count that the user's code names."""


def is_ours(module: Any) -> bool:
    """Whether a module is of this project, above the engine: its names stay, its objects are the user's."""
    return isinstance(module, str) and module.partition(".")[0] in ("nn", "viz", "chainrule")


def is_foreign(module: Any) -> bool:
    """Whether a module is the engine's, Python's own or a library's: whose state is not the user's."""
    return isinstance(module, str) and (module.partition(".")[0] in _FOREIGN or is_library(module))


def own_classes(item: type) -> list[type]:
    """A class and those above it that are the user's."""
    return [each for each in item.__mro__ if not is_foreign(each.__module__)]


def inherits_foreign_code(kind: type) -> bool:
    """Whether code of Python's or a library's may read attributes of objects of a class."""
    above = [each.__module__ for each in kind.__mro__ if each is not object]
    return any(is_foreign(each) and each.partition(".")[0] not in {*_BY_NAMES, "engine"} for each in above)


def slots_of(kind: type) -> list[str]:
    """The names of the slots of objects of a class, as attributes have them; none of Python's own classes."""
    found = []
    for each in kind.__mro__:
        slots = vars(each).get("__slots__", ())
        if slots and each.__module__.partition(".")[0] not in _FOREIGN:
            for name in (slots,) if isinstance(slots, str) else slots:
                is_private = name.startswith("__") and not name.endswith("__")
                found.append(f"_{each.__name__.lstrip('_')}{name}" if is_private else name)
    return [name for name in found if name not in ("__dict__", "__weakref__")]


def is_iterator(item: Any) -> bool:
    """Whether something is an iterator of Python's or a library's, which cannot be called."""
    return isinstance(item, Iterator) and is_foreign(type(item).__module__)
