"""A number or a Value that is put in the place of another is seen by the next call, wherever it stands."""

import functools
import queue
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pytest

from engine import Value, jit

Pair = namedtuple("Pair", "a b")
Made = tuple[Callable[[Any], Any], Callable[[], Any]]
"""A function of x that reads what is replaced, and what replaces it."""


class Plain:
    pass


class Slotted:
    __slots__ = ("a",)


@dataclass(slots=True)
class SlottedData:
    a: Any


class ListOfOwn(list):
    pass


def in_sequence(make: Callable[[list[Any]], Any]) -> Callable[[Any, Any], Made]:
    def made(old: Any, new: Any) -> Made:
        held = make([old])
        return lambda x: held[0] * x, functools.partial(held.__setitem__, 0, new)

    return made


def in_mapping(make: Callable[..., MutableMapping[str, Any]]) -> Callable[[Any, Any], Made]:
    def made(old: Any, new: Any) -> Made:
        held = make({"a": old})
        return lambda x: held["a"] * x, functools.partial(held.__setitem__, "a", new)

    return made


def in_attribute(make: Callable[[], Any]) -> Callable[[Any, Any], Made]:
    def made(old: Any, new: Any) -> Made:
        held = make()
        held.a = old
        return lambda x: held.a * x, functools.partial(setattr, held, "a", new)

    return made


def array_of_objects(items: list[Any]) -> Any:
    return np.array(items, dtype=object)


def in_set(old: Any, new: Any) -> Made:
    held = {old}

    def replace() -> None:
        held.clear()
        held.add(new)

    return lambda x: next(iter(held)) * x, replace


def in_class_of_instance(old: Any, new: Any) -> Made:
    class Own:
        a = old

    held = Own()
    return lambda x: held.a * x, functools.partial(setattr, Own, "a", new)


def in_instance_before_class(old: Any, new: Any) -> Made:
    class Own:
        a = old

    held = Own()
    return lambda x: held.a * x, functools.partial(setattr, held, "a", new)


def in_class_that_a_metaclass_reads(old: Any, new: Any) -> Made:
    class Meta(type):
        @property
        def a(cls) -> Any:
            return cls.held

    class Own(metaclass=Meta):
        held = old

    return lambda x: Own.a * x, functools.partial(setattr, Own, "held", new)


def in_array_of_an_attribute(old: Any, new: Any) -> Made:
    held = Plain()
    held.a = array_of_objects([old])
    return lambda x: held.a[0] * x, functools.partial(held.a.__setitem__, 0, new)


def in_default(old: Any, new: Any) -> Made:
    def f(x: Any, a: Any = old) -> Any:
        return a * x

    return f, functools.partial(setattr, f, "__defaults__", (new,))


def in_default_by_keyword(old: Any, new: Any) -> Made:
    def f(x: Any, *, a: Any = old) -> Any:
        return a * x

    return f, functools.partial(f.__kwdefaults__.__setitem__, "a", new)


def in_other_defaults_by_keyword(old: Any, new: Any) -> Made:
    def f(x: Any, *, a: Any = old) -> Any:
        return a * x

    return f, functools.partial(setattr, f, "__kwdefaults__", {"a": new})


def in_function(old: Any, new: Any) -> Made:
    def f(x: Any) -> Any:
        return f.a * x

    f.a = old
    return f, functools.partial(setattr, f, "a", new)


def in_partial(old: Any, new: Any) -> Made:
    held = [old]
    return functools.partial(lambda a, x: a[0] * x, held), functools.partial(held.__setitem__, 0, new)


def in_property(old: Any, new: Any) -> Made:
    class Own:
        def __init__(self) -> None:
            self.held = old

        @property
        def a(self) -> Any:
            return self.held

    held = Own()
    return lambda x: held.a * x, functools.partial(setattr, held, "held", new)


def in_getattr(old: Any, new: Any) -> Made:
    class Own:
        def __init__(self) -> None:
            self.held = {"a": old}

        def __getattr__(self, name: str) -> Any:
            return self.held[name]

    held = Own()
    return lambda x: held.a * x, functools.partial(held.held.__setitem__, "a", new)


def in_named_tuple(old: Any, new: Any) -> Made:
    held = Plain()
    held.pair = Pair(old, old)
    return lambda x: held.pair.a * x, functools.partial(setattr, held, "pair", Pair(new, new))


def in_view_of_a_dict(old: Any, new: Any) -> Made:
    held = {"a": old}
    view = types.MappingProxyType(held)
    return lambda x: view["a"] * x, functools.partial(held.__setitem__, "a", new)


def in_cell(old: Any, new: Any) -> Made:
    a = old

    def replace() -> None:
        nonlocal a
        a = new

    return lambda x: a * x, replace


def in_queue(old: Any, new: Any) -> Made:
    held = queue.Queue()
    held.put(old)
    return lambda x: held.queue[0] * x, functools.partial(held.queue.__setitem__, 0, new)


def in_nested(old: Any, new: Any) -> Made:
    held = {"a": [{"b": (old,)}]}
    return lambda x: held["a"][0]["b"][0] * x, functools.partial(held["a"][0].__setitem__, "b", (new,))


PLACES: dict[str, Callable[[Any, Any], Made]] = {
    **{f"{make.__name__} item": in_sequence(make) for make in (list, deque, UserList, ListOfOwn)},
    "array element": in_sequence(array_of_objects),
    **{
        f"{make.__name__} entry": in_mapping(make)
        for make in (dict, OrderedDict, Counter, ChainMap, UserDict)
    },
    "defaultdict entry": in_mapping(functools.partial(defaultdict, float)),
    "attribute": in_attribute(Plain),
    "slot": in_attribute(Slotted),
    "slot of a dataclass": in_attribute(functools.partial(SlottedData, None)),
    "namespace": in_attribute(types.SimpleNamespace),
    "module": in_attribute(functools.partial(types.ModuleType, "made_up")),
    "class": in_attribute(lambda: type("Own", (), {})),
    **{
        made.__name__.removeprefix("in_").replace("_", " "): made
        for made in (
            *(in_set, in_class_of_instance, in_instance_before_class, in_class_that_a_metaclass_reads),
            *(in_array_of_an_attribute, in_default, in_default_by_keyword, in_other_defaults_by_keyword),
            *(in_function, in_partial, in_property, in_getattr, in_named_tuple, in_view_of_a_dict),
            *(in_cell, in_queue, in_nested),
        )
    },
}


@pytest.mark.parametrize("kind", [float, Value])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_replaced_is_read_anew(place, kind) -> None:
    f, replace = PLACES[place](kind(3.0), kind(5.0))
    lifted = jit(f)
    assert lifted(2.0).data == 6.0
    replace()
    assert lifted(2.0).data == 10.0
    assert lifted(3.0).data == 15.0


def test_a_value_in_a_weak_dict_is_read_anew() -> None:
    values = Value(3.0), Value(5.0)
    held = WeakValueDictionary(a=values[0])
    lifted = jit(lambda x: held["a"] * x * len(values) / 2)
    assert lifted(2.0).data == 6.0
    held["a"] = values[1]
    assert lifted(2.0).data == 10.0


def put_in_default(f: Any, item: Any) -> None:
    f.__defaults__ = None  # so that the next tuple may stand where this one stood
    f.__defaults__ = (item,)


def put_in_default_by_keyword(f: Any, item: Any) -> None:
    f.__kwdefaults__ = None
    f.__kwdefaults__ = {"a": item}


def put_in(held: Any, item: Any) -> None:
    held.clear()
    (held.add if isinstance(held, set) else held.append)(item)


def reader_of_default() -> Any:
    def f(x: Any, a: Any = None) -> Any:
        return a.held * x

    return f


def reader_of_default_by_keyword() -> Any:
    def f(x: Any, *, a: Any = None) -> Any:
        return a.held * x

    return f


def holder_of(item: Any) -> Plain:
    held = Plain()
    held.held = item
    return held


@pytest.mark.parametrize("kind", [float, Value])
def test_what_lies_where_a_forgotten_object_lay_is_another(kind) -> None:
    numbers = [float(i) for i in range(12)]
    for make, put in (
        (reader_of_default, put_in_default),
        (reader_of_default_by_keyword, put_in_default_by_keyword),
    ):
        f = make()
        lifted = jit(f)
        for number in numbers:
            put(f, holder_of(kind(number)))
            assert lifted(2.0).data == 2.0 * number
    for held in (deque(), set()):
        lifted = jit(lambda x, held=held: next(iter(held)).held * x)
        for number in numbers:
            put_in(held, holder_of(kind(number)))
            assert lifted(2.0).data == 2.0 * number


# -- within what stands there ------------------------------------------------------------------------------


def own_class(held: Any) -> Callable[[], Any]:
    kind = type("Own", (), {"a": held})
    return lambda: kind.a


def own_metaclass(held: Any) -> Callable[[], Any]:
    kind = type("Meta", (type,), {"a": held})("Own", (), {})
    return lambda: kind.a


def own_attribute(make: Callable[[], Any]) -> Callable[[Any], Callable[[], Any]]:
    def made(held: Any) -> Callable[[], Any]:
        owner = make()
        owner.a = held
        return lambda: owner.a

    return made


def own_function(held: Any) -> Callable[[], Any]:
    def get() -> Any:
        return get.a

    get.a = held
    return get


def own_default(held: Any) -> Callable[[], Any]:
    def get(*, a: Any = held) -> Any:
        return a

    return get


def own_view(held: Any) -> Callable[[], Any]:
    view = types.MappingProxyType({"a": held})
    return lambda: view["a"]


OWNERS: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "slot": own_attribute(Slotted),
    "attribute": own_attribute(Plain),
    "module": own_attribute(functools.partial(types.ModuleType, "made_up")),
    "class": own_class,
    "metaclass": own_metaclass,
    "function": own_function,
    "default by keyword": own_default,
    "view": own_view,
}

HELD: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "list": (lambda x: [x], lambda held: held[0], lambda held, x: held.__setitem__(0, x)),
    "longer list": (lambda x: [x], lambda held: sum(held), lambda held, x: held.append(x)),
    "deque": (lambda x: deque([x]), lambda held: held[0], lambda held, x: held.__setitem__(0, x)),
    "dict": (lambda x: {"k": x}, lambda held: held["k"], lambda held, x: held.__setitem__("k", x)),
    "array": (lambda x: array_of_objects([x]), lambda held: held[0], lambda held, x: held.__setitem__(0, x)),
    "object": (
        lambda x: types.SimpleNamespace(b=x),
        lambda held: held.b,
        lambda held, x: setattr(held, "b", x),
    ),
}
"""What stands in a place: how it is made, read, and changed."""


@pytest.mark.parametrize("kind", [float, Value])
@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("owner", OWNERS)
def test_what_is_replaced_within_is_read_anew(owner, held, kind) -> None:
    make, read, change = HELD[held]
    inner = make(kind(3.0))
    get = OWNERS[owner](inner)
    lifted = jit(lambda x: read(get()) * x)
    assert lifted(2.0).data == 6.0
    change(inner, kind(5.0))
    assert lifted(2.0).data == (16.0 if held == "longer list" else 10.0)
