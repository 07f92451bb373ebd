"""Lifted functions as methods: each object has programs of its own, kept with it and never copied."""

from __future__ import annotations

from types import MethodType
from typing import Any

__all__ = ["bound_to", "method_of"]

_NAME = "_lifted_methods"


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

    def __copy__(self) -> _Bound:
        return _Bound()

    def __deepcopy__(self, memo: dict[int, Any]) -> _Bound:
        return _Bound()


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
    """What a pickled method is made of again: a lifted function of a class, and an object."""
    return bound_to(function, instance, type(instance))
