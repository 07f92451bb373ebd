"""Makes lifted functions behave as functions: names, docstrings, copies, pickles, methods.

Each object has programs of its own, kept with it and never copied.
"""

from __future__ import annotations

import copy
import inspect
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import WRAPPER_ASSIGNMENTS
from types import FunctionType, MethodType
from typing import Any

from engine.jit.quick import Caller
from engine.pytree.static_arguments import Statics
from engine.quoting import brief

__all__ = ["Wrapper", "bound_to", "method_of"]

_NAME = "_lifted_methods"


class Wrapper(Caller, ABC):
    """A callable with a function's name, docstring, attributes, methods, copies and pickles.

    Attributes:
        lifts: the function as it is written.
    """

    _statics: Statics

    def __init__(self, f: Callable[..., Any]) -> None:
        if not callable(f):
            advice = ""
            if isinstance(f, (property, classmethod)):
                advice = f"; write @{type(f).__name__} above engine.jit, not below"
            raise TypeError(f"engine.jit lifts functions, got {brief(f)}{advice}")
        _describe(self, f)
        self.lifts = f
        self._as_method_of: Wrapper | None = None

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else bound_to(self, instance, owner)

    def as_method(self, method: Any) -> Wrapper:
        """This function as a method of an object, with programs of its own."""
        lifted = type(self)(*self._recipe(method, self._statics.without_self(method)))
        lifted._as_method_of = self
        return lifted

    @abstractmethod
    def _recipe(self, f: Callable[..., Any], statics: Statics) -> tuple[Any, ...]:
        """The arguments that make one like this of a function; of a method without the object."""

    def __copy__(self) -> Wrapper:
        return self  # as functions are

    def __deepcopy__(self, memo: dict[int, Any]) -> Wrapper:
        f = copy.deepcopy(
            self.lifts, memo
        )  # a function is its own copy, the method of an object that of its copy
        if f is self.lifts:
            return self
        if self._as_method_of is not None:
            return method_of(self._as_method_of, f.__self__)  # type: ignore[no-any-return, attr-defined]
        return type(self)(*self._recipe(f, self._statics))

    def __reduce__(self) -> Any:
        if self._as_method_of is not None:
            return method_of, (self._as_method_of, self.lifts.__self__)  # type: ignore[attr-defined]
        name = self._name
        if _found(self.__dict__.get("__module__"), name) is self:
            return name  # it has the function's place, as decorators give it: so functions are pickled
        return type(self), self._recipe(self.lifts, self._statics)

    @property
    def _name(self) -> str:
        return str(self.__dict__.get("__qualname__", type(self.lifts).__name__))


def _describe(lifted: Wrapper, f: Callable[..., Any]) -> None:
    """Give a lifted function name, documentation and attributes of the function, as far as it has them."""
    lifted.__dict__.update(f.__dict__ if isinstance(f, FunctionType) else {})
    for name in WRAPPER_ASSIGNMENTS:
        try:
            found = getattr(f, name)
        except Exception:  # an object may answer to names as it likes
            continue
        if isinstance(found, (str, dict)):
            lifted.__dict__[name] = found
    lifted.__wrapped__ = f  # type: ignore[attr-defined]


def _found(module: Any, name: str) -> Any:
    """What a module holds under a dotted name; None for nothing."""
    found = sys.modules.get(module) if isinstance(module, str) else None
    for part in name.split("."):
        found = inspect.getattr_static(found, part, None)
    return found


class _Bound:
    """The lifted methods of one object, by the lifted function of its class or of a parent.

    A copy of the object, or a pickle, starts with none.
    """

    __slots__ = ("methods", "owner")

    def __init__(self, owner: Any = None) -> None:
        self.owner = owner
        self.methods: dict[Any, Any] = {}

    def __reduce__(self) -> Any:
        return _Bound, ()


def bound_to(function: Any, instance: Any, owner: Any) -> Any:
    """A lifted function as the method of an object, with the programs that it has there.

    Args:
        function: the lifted function, as it stands in a class.
        instance: the object.
        owner: its class.
    """
    if isinstance(instance, type):
        return MethodType(function, instance)  # a method of classes: the class is a static argument
    method = getattr(type(function.lifts), "__get__", None)
    plain = function.lifts if method is None else method(function.lifts, instance, owner)
    if not isinstance(plain, MethodType) or plain.__self__ is not instance:
        return function  # a static method, or an object that is called
    held = getattr(instance, "__dict__", None)
    if not isinstance(held, dict):
        return function.as_method(plain)
    bound = held.get(_NAME)
    if not isinstance(bound, _Bound) or bound.owner is not instance:  # it came with a copy of the attributes
        bound = held[_NAME] = _Bound(instance)
    found = bound.methods.get(function)
    return found if found is not None else bound.methods.setdefault(function, function.as_method(plain))


def method_of(function: Any, instance: Any) -> Any:
    """The lifted method of an object: from this a pickled method is made again."""
    return bound_to(function, instance, type(instance))
