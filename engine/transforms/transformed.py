"""The result of a transform: named and documented like its function, copied and pickled like one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import update_wrapper
from types import MethodType
from typing import Any

from engine.transforms.variables import Call

__all__ = ["Transformed", "is_found_by_name"]


class Transformed:
    """A function that a transform made of another one.

    It has the name, the documentation, the signature and the attributes of that one, and is a method where it
    stands in a class. Where its own name leads to it, as after ``@grad``, it is pickled by that name, else by
    the function it was made of; either can be found again only if it stands in a module, as with every
    function that is pickled.

    Args:
        transform: a function of a module, which takes the :class:`Call` of f.
        f: what it is made of.
        settings: the ``argnums`` and ``has_aux`` of that call.

    >>> from engine import grad
    >>> def square(x):
    ...     "The second power."
    ...     return x * x
    >>> grad(square).__name__, grad(square).__doc__
    ('square', 'The second power.')
    """

    __slots__ = ("__dict__", "__weakref__", "_f", "_settings", "_transform")

    def __init__(self, transform: Callable[[Call], Any], f: Callable[..., Any], *settings: Any) -> None:
        update_wrapper(self, f)
        self._transform = transform
        self._f = f
        self._settings = settings

    def __call__(self, /, *args: Any, **options: Any) -> Any:
        return self._transform(Call(self._f, args, options, *self._settings))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        if is_found_by_name(self):
            return self.__qualname__  # type: ignore[attr-defined]
        known = getattr(self._f, "__dict__", {})
        own = {
            name: value
            for name, value in self.__dict__.items()
            if name not in _WRAPPED and known.get(name, self) is not value
        }
        return Transformed, (self._transform, self._f, *self._settings), own or None

    def __repr__(self) -> str:
        name = getattr(self._f, "__qualname__", None) or repr(self._f)
        return f"<engine.{self._transform.__name__.strip('_')} of {name}>"


_WRAPPED = {"__module__", "__name__", "__qualname__", "__doc__", "__wrapped__", "__type_params__"}


def is_found_by_name(made: Any) -> bool:
    """Whether the module and the qualified name of a function or of what was made of it lead to it.

    >>> is_found_by_name(is_found_by_name), is_found_by_name(lambda: 0)
    (True, False)
    """
    found: Any = sys.modules.get(getattr(made, "__module__", None) or "")
    for name in getattr(made, "__qualname__", "").split("."):
        found = getattr(found, name, None)
    return found is made
