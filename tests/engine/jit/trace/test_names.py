"""What a function finds otherwise than by a name in its code, and what its objects are made of."""

import array
import collections
import contextvars
import dataclasses
import functools
import operator
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import TraceError, Value, jit
from engine.jit.trace.names import imported, names_read, reads_any_name, used_beside_updates

W, V = Value(0.5), Value(3.0)
Change = Callable[[], Any]


class Plain:
    k = 1.0

    def act(self, x: Any) -> Any:
        return W * x * self.k


class Other(Plain):
    def act(self, x: Any) -> Any:
        return V * x * self.k


class Slotted:
    __slots__ = ("k",)

    def __init__(self) -> None:
        self.k = 1.0

    def act(self, x: Any) -> Any:
        return W * x * self.k


class OtherSlotted:
    __slots__ = ("k",)

    def act(self, x: Any) -> Any:
        return V * x * self.k


class MadeUp(Plain):
    @property
    def __dict__(self) -> Any:
        return {"k": Plain.k}


class Loud(types.ModuleType):
    def __getattribute__(self, name: str) -> Any:
        return 9.0 if name == "k" else super().__getattribute__(name)


class Asked(Plain):
    def __init__(self) -> None:
        self.held = {"k": 1.0}

    def __getattr__(self, name: str) -> Any:
        return self.held[name[1:]]


def of_class(make: Callable[[], Any], other: type) -> tuple[Any, Change, Change]:
    item = make()
    before = type(item)
    return item.act, lambda: setattr(item, "__class__", other), lambda: setattr(item, "__class__", before)


def of_dict(item: Any) -> tuple[Any, Change, Change]:
    item.k = 1.0
    return (
        lambda x: W * x * item.k,
        lambda: setattr(item, "__dict__", {"k": 2.0}),
        lambda: item.__dict__.update(k=5.0),
    )


def of_parameters() -> tuple[Any, Change, Change]:
    item = Plain()
    item.w = Value(1.0)
    return (
        lambda x: item.w * x,
        lambda: setattr(item, "__dict__", {"w": Value(5.0)}),
        lambda: item.__dict__.update(w=Value(7.0)),
    )


def of_bases() -> tuple[Any, Change, Change]:
    first, second = type("First", (), {"k": 1.0}), type("Second", (), {"k": 2.0})
    kind = type("Kind", (first,), {})
    return (
        lambda x: W * x * kind.k,
        lambda: setattr(kind, "__bases__", (second,)),
        lambda: setattr(second, "k", 4.0),
    )


def of_module() -> tuple[Any, Change, Change]:
    module = types.ModuleType("made_up")
    module.k = 1.0
    return (
        lambda x: W * x * module.k,
        lambda: setattr(module, "__class__", Loud),
        lambda: setattr(module, "__class__", types.ModuleType),
    )


def found(item: Any, read: Callable[[Any], Any]) -> tuple[Any, Change, Change]:
    item.k = 1.0
    return lambda x: W * x * read(item), lambda: setattr(item, "k", 2.0), lambda: setattr(item, "k", 7.0)


def by_names(*names: str) -> Any:
    item = Plain()
    vars(item).update(dict.fromkeys(names, 1.0))

    def f(x: Any) -> Any:
        return W * x * sum(getattr(item, name) for name in names)

    return f, lambda: setattr(item, names[0], 2.0), lambda: setattr(item, names[-1], 5.0)


def by_constants() -> Any:
    item = types.SimpleNamespace(a=1.0, b=2.0)

    class Holder(Plain):
        a, b = 1.0, 2.0

    item = Holder()

    def f(x: Any) -> Any:
        return W * x * sum(getattr(item, name) for name in ("a", "b"))

    return f, lambda: setattr(item, "a", 2.0), lambda: setattr(Holder, "b", 5.0)


def of_context() -> Any:
    variable = contextvars.ContextVar("k", default=1.0)
    return lambda x: W * x * variable.get(), lambda: variable.set(2.0), lambda: variable.set(3.0)


def of_import() -> Any:
    module = types.ModuleType("a_module_of_the_tests")
    module.k = 1.0
    sys.modules["a_module_of_the_tests"] = module
    # as text, so that nobody takes the module for a dependency of the tests
    made = {"W": W, "__name__": __name__}
    exec("def f(x):\n    import a_module_of_the_tests as a\n    return W * x * a.k", made)  # noqa: S102
    f = made["f"]
    return f, lambda: setattr(module, "k", 2.0), lambda: setattr(module, "k", 3.0)


def of_method_of_a_dict() -> Any:
    settings = {"k": 1.0}
    get = settings.get
    return lambda x: W * x * get("k"), lambda: settings.update(k=2.0), lambda: settings.update(k=3.0)


def of_weak_reference() -> Any:
    item = Plain()
    reference = weakref.ref(item)
    return (
        lambda x: W * x * reference().k * (item is not None),
        lambda: setattr(item, "k", 2.0),
        lambda: setattr(Plain, "unused", setattr(item, "k", 3.0)),
    )


def of_weak_proxy() -> Any:
    item = Plain()
    proxy = weakref.proxy(item)
    return (
        lambda x: W * x * proxy.k * (item is not None),
        lambda: setattr(item, "k", 2.0),
        lambda: setattr(item, "k", 3.0),
    )


def of_label() -> Any:
    ws = [Value(0.5, label="w"), Value(0.25, label="b")]
    return (
        lambda x: sum(w * x for w in ws if w.label != "b"),
        lambda: setattr(ws[1], "label", "w"),
        lambda: setattr(ws[0], "label", "b"),
    )


def of_memory_view() -> Any:
    numbers = array.array("d", [1.0])
    view = memoryview(numbers)
    return lambda x: W * x * view[0], lambda: view.__setitem__(0, 2.0), lambda: numbers.__setitem__(0, 3.0)


def of_globals() -> Any:
    names = ["another_global_of_the_tests"]
    globals()[names[0]] = 1.0
    return (
        lambda x: W * x * globals()[names[0]],
        lambda: globals().update(another_global_of_the_tests=2.0),
        lambda: globals().update(another_global_of_the_tests=3.0),
    )


def looked_up(item: Any) -> Any:
    return getattr(item, "".join(["", "k"]))


CASES: dict[str, Callable[[], tuple[Any, Change, Change]]] = {
    "class": lambda: of_class(Plain, Other),
    "class of one with slots": lambda: of_class(Slotted, OtherSlotted),
    "dict": lambda: of_dict(Plain()),
    "dict of a function": lambda: of_dict(lambda: None),
    "dict with a parameter": of_parameters,
    "bases of a class": of_bases,
    "class of a module": of_module,
    "made up dict": lambda: (
        MadeUp().act,
        lambda: setattr(Plain, "k", 2.0),
        lambda: setattr(Plain, "k", 1.0),
    ),
    "__getattr__": lambda: (
        lambda asked: (
            lambda x: W * x * asked._k,
            lambda: asked.held.update(k=2.0),
            lambda: setattr(asked, "__dict__", {"held": {"k": 3.0}}),
        )
    )(Asked()),
    "thread local": lambda: found(threading.local(), lambda item: item.k),
    "getattr of a variable": lambda: by_names("a", "b", "c"),
    "getattr of constants": by_constants,
    "getattr of a text put together": lambda: found(Plain(), looked_up),
    "vars": lambda: found(Plain(), lambda item: vars(item)["".join(["k", ""])]),
    "__dict__": lambda: found(Plain(), lambda item: sum(item.__dict__.values())),
    "attrgetter": lambda: found(Plain(), operator.attrgetter("k")),
    "methodcaller": lambda: found(Plain(), operator.methodcaller("__getattribute__", "k")),
    "context variable": of_context,
    "import within": of_import,
    "method of a dict": of_method_of_a_dict,
    "weak reference": of_weak_reference,
    "weak proxy": of_weak_proxy,
    "attribute of a Value": lambda: found(Value(0.5), lambda item: item.k),
    "label of a Value": of_label,
    "memory view": of_memory_view,
    "globals by a text": of_globals,
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("batch", [False, True])
def test_what_is_changed_is_seen_by_the_next_call(batch) -> None:
    for name, make in CASES.items():
        f, *changes = make()
        lifted = jit(f, batch=batch, audit=False)
        for change in (None, *changes):
            if change is not None:
                change()
            for _ in range(3):
                assert lifted([2.0] if batch else 2.0).data == f(2.0).data, name
        assert lifted.traces <= 3, name
    del sys.modules["a_module_of_the_tests"]


def test_a_thread_has_attributes_of_its_own() -> None:
    local, seen = threading.local(), []
    local.k = 1.0
    lifted = jit(lambda x: W * x * local.k, audit=False)
    assert [lifted(2.0).data for _ in range(3)] == [1.0] * 3

    def other() -> None:
        local.k = 8.0
        seen.extend(lifted(2.0).data for _ in range(3))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert [*seen, lifted(2.0).data] == [8.0, 8.0, 8.0, 1.0]


class Counting:
    mean = 0.0

    def __init__(self) -> None:
        self.w, self.n, self.log, self.todo, self.on = Value(0.5), 0, [], [2.0] * 8 + [1.0] * 80, True

    def by_count(self, x: Any) -> Any:
        self.n += 1
        return self.w * x * 2.0 if self.n > 9 else self.w * x

    def by_length(self, x: Any) -> Any:
        self.log.append(1)
        return self.w * x * 2.0 if len(self.log) > 9 else self.w * x

    def by_queue(self, x: Any) -> Any:
        return self.w * x * self.todo.pop()

    def by_default(self, x: Any, seen: list[int] = []) -> Any:  # noqa: B006
        if len(seen) < 90:
            seen.append(1)
        return self.w * x * 2.0 if len(seen) > 9 else self.w * x

    def by_mean(self, x: Any) -> Any:
        self.mean = 0.9 * self.mean + 0.1 * float(x)
        return self.w * (x - self.mean)

    def by_flag(self, x: Any) -> Any:
        if self.n > 9:
            self.on = False
        self.n = self.n + 1
        return self.w * x if self.on else self.w

    def only_counts(self, x: Any) -> Any:
        self.n += 1
        self.log.append(len(self.todo))
        return self.w * x


def test_what_it_changes_and_reads_runs_as_written() -> None:
    for name in ("by_count", "by_length", "by_queue", "by_default", "by_mean", "by_flag"):
        mine, other = Counting(), Counting()
        lifted, plain = jit(getattr(mine, name)), getattr(other, name)
        if name == "by_default":  # which both share
            lifted, plain = jit(_with_list(mine)), _with_list(other)
        with pytest.warns(RuntimeWarning, match="as it runs, and reads it: .* so it runs as written"):
            found = [lifted(float(x)).data for x in range(30)]
        assert found == [plain(float(x)).data for x in range(30)], name
    counting = Counting()
    lifted = jit(counting.only_counts, audit=False)
    assert [lifted(float(x)).data for x in range(30)] == [0.5 * x for x in range(30)]
    assert counting.n < 10


class Part:
    def __init__(self) -> None:
        self.level = 0.0


class Above:
    level = 0.0


class WithParts(Above):
    """Sets one of two of the same name before it reads the other, which it counts up."""

    def __init__(self) -> None:
        self.a, self.b, self.table = Part(), Part(), {}

    def within(self, x: Any) -> Any:
        self.a.level = 0.0
        k = 2.0 if self.b.level > 6 else 1.0
        self.b.level += 1.0
        return W * x * k

    def of_another(self, x: Any) -> Any:
        return _set_and_read(self.a, self.b, x, 0.0)

    def above(self, x: Any) -> Any:
        k = 2.0 if super().level > 6 else 1.0
        Above.level += 1.0
        return W * x * k

    def tried(self, x: Any) -> Any:
        one = self.b
        try:
            self.table["absent"]
            one.level = 0.0
        except KeyError:
            pass
        k = 2.0 if one.level > 6 else 1.0
        one.level += 1.0
        return W * x * k


def _set_and_read(set_first: Part, one: Part, x: Any, v: Any) -> Any:
    set_first.level = v
    k = 2.0 if v + one.level > 6 else 1.0
    one.level += 1.0
    return W * x * k


@pytest.mark.filterwarnings("ignore:.* as it runs, and reads it")
@pytest.mark.parametrize("name", ["within", "of_another", "above", "tried"])
def test_what_is_set_first_is_that_of_the_same_object_and_in_any_case(name, monkeypatch) -> None:
    found = []
    for make in (lambda f: f, lambda f: jit(f, audit=False)):
        monkeypatch.setattr(Above, "level", 0.0)
        f = make(getattr(WithParts(), name))
        found.append([f(float(x)).data for x in range(14)])
    assert found[0] == found[1]


class OfClass:
    count = 0


class SlottedCount:
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


def _grown(item: Any, name: str) -> Any:
    setattr(item, name, getattr(item, name) + 1)
    return getattr(item, name)


HELD: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "array": (lambda: np.zeros(1), lambda held: held.__iadd__(1.0)[0]),
    "bytes": (lambda: bytearray(1), lambda held: held.append(1) or len(held)),
    "deque": (lambda: collections.deque([1.0, 2.0, 3.0] * 20), lambda held: held.popleft()),
    "set": (lambda: {0.5}, lambda held: held.add(len(held)) or len(held)),
    "dict": (lambda: {"k": 1.0}, lambda held: held.update(k=held["k"] + 1.0) or held["k"]),
    "counter": (lambda: collections.Counter(k=1), lambda held: held.update("k") or held["k"]),
    "slot": (SlottedCount, lambda held: _grown(held, "count")),
    "class": (lambda: type("Own", (OfClass,), {"count": 0}), lambda held: _grown(held, "count")),
}


@pytest.mark.filterwarnings("ignore:.* as it runs, and reads it")
@pytest.mark.parametrize("audit", [None, False])
def test_what_it_changes_and_reads_is_put_back_or_refused(audit) -> None:
    for name, (make, step) in HELD.items():
        mine, other = make(), make()
        lifted = jit(
            lambda x, held=mine, step=step: W * x * float(step(held)),
            **({} if audit is None else {"audit": audit}),
        )
        try:
            found = [lifted(1.0).data for _ in range(12)]
        except TraceError:
            assert name in ("bytes", "dict", "counter", "slot", "class"), name
            continue
        assert found == [W.data * float(step(other)) for _ in range(12)], name


@dataclasses.dataclass
class Counted:
    k: float = 2.0
    calls: int = 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        return self.k * x


def test_a_dataclass_that_counts_its_calls_is_lifted() -> None:
    lifted = jit(Counted())  # its __eq__ reads the count, but nobody calls it
    assert [lifted(float(x)).data for x in range(3)] == [0.0, 2.0, 4.0]
    assert lifted.stages["choice"]


def _with_list(counting: Counting) -> Any:
    seen: list[int] = []
    return lambda x: counting.by_default(x, seen)


ORDERS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "dict": (lambda: {"a": 1.0, "b": 2.0}, lambda held: held.update(a=held.pop("a"))),
    "dict of a class": (lambda: collections.Counter(a=1, b=2), lambda held: held.update(a=held.pop("a"))),
    "ordered": (lambda: collections.OrderedDict(a=1.0, b=2.0), lambda held: held.move_to_end("a")),
}
ABSENT: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "attribute of a class": (
        lambda item: 2.0 if hasattr(item, "flag") else 1.0,
        lambda item: setattr(type(item), "flag", True),
    ),
    "attribute of a base": (
        lambda item: getattr(item, "gain", 1.0),
        lambda item: setattr(type(item).__mro__[1], "gain", 3.0),
    ),
    "global": (
        lambda item: a_global_of_the_tests if item.k == 2.0 else 1.0,  # noqa: F821
        lambda item: globals().update(a_global_of_the_tests=4.0),
    ),
}


def test_order_and_what_was_absent() -> None:
    for name, (make, change) in ORDERS.items():
        held = make()
        f = lambda x, held=held: W * x * next(iter(held.values())) + V * next(iter(held)).count("a")  # noqa: E731
        lifted = jit(f, audit=False)
        before = lifted(2.0).data
        change(held)
        assert [lifted(2.0).data for _ in range(3)] == [f(2.0).data] * 3 != [before] * 3, name
        assert lifted.traces == 2
    for name, (read, change) in ABSENT.items():
        kind = type("Kind", (type("Base", (), {"__module__": __name__}),), {"__module__": __name__})
        item = kind()
        item.k = 1.0 if name != "global" else 2.0
        globals().setdefault("a_global_of_the_tests", 1.0) if name == "global" else None
        f = lambda x, item=item, read=read: W * x * read(item)  # noqa: E731
        lifted = jit(f, audit=False)
        before = lifted(2.0).data
        change(item)
        assert [lifted(2.0).data for _ in range(3)] == [f(2.0).data] * 3 != [before] * 3, name


def test_nothing_is_taken_from_iterators_as_a_function_is_lifted() -> None:
    for make in (iter, lambda items: (x for x in items), lambda items: map(float, items), enumerate):
        items = make([1.0, 2.0, 3.0])
        lifted = jit(lambda x, items=items: W * x * sum(np.ravel(next(items))))
        with pytest.warns(RuntimeWarning, match=r"of which each item comes once.*Take list\(\.\.\.\)"):
            lifted(1.0)
        lifted(1.0)
        assert len(list(items)) == 1


def test_names_in_code() -> None:
    def f(item: Any, n: int) -> Any:
        import os.path

        item.calls += 1
        item.log.append(n)
        item.table["k"] += 1
        return getattr(item, "a", os.path.sep), item.scale, [getattr(item, "b", 0) for _ in ("c", "d")]

    code = f.__code__
    assert {"a", "b", "c", "d", "scale", "k", "calls"} <= names_read(code)
    assert not reads_any_name(code)
    assert imported(code, "") == {"os", "os.path"}
    assert {"scale", "path"} <= used_beside_updates(code)
    assert used_beside_updates(code).isdisjoint({"calls", "log", "table"})

    def counts(item: Any) -> Any:
        item.here = 1.0
        item.calls += 1
        item.total = item.total + 1
        if item.calls > 3:
            item.there = 2.0
        return item.here + item.there

    assert used_beside_updates(counts.__code__) == {"item", "calls", "there"}

    def sets_of_another(one: Any, other: Any, x: Any) -> Any:
        other.level = x  # Python 3.13 loads both variables at once, and those of the product below
        return x * one.level

    def sets_within(one: Any) -> Any:
        one.a.level = 1.0
        return one.b.level

    class Below(Plain):
        def reads_above(self, x: Any) -> Any:
            return x * super().k

    assert used_beside_updates(sets_of_another.__code__) == {"one", "other", "x", "level"}
    assert used_beside_updates(sets_within.__code__) == {"one", "a", "b", "level"}
    assert {"x", "k"} <= used_beside_updates(Below.reads_above.__code__)
    for each in (
        lambda item, n: getattr(item, n),
        lambda item, n: getattr(item, "w" + str(n), 0.0),
        lambda item, n: getattr(item, f"w{n}"),
        lambda item, n: [getattr(item, n or "k")],
        lambda item, n: functools.partial(getattr, item)("k"),
        lambda item, n: vars(item),
    ):
        assert reads_any_name(each.__code__)
    for each in (
        lambda item, n: getattr(item, "k"),  # noqa: B009  # as users write it
        lambda item, n: getattr(item, "k", n + 1),
        lambda item, n: getattr(item.a[n].b(n, 2), "k", max(n, n)),
        lambda item, n: item.k,
    ):
        assert not reads_any_name(each.__code__)
