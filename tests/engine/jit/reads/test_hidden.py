"""What Python keeps out of sight: a function that reads it sees what changed, or runs as written."""

import array
import collections
import concurrent.futures
import configparser
import contextvars
import ctypes
import dataclasses
import datetime
import decimal
import enum
import functools
import hashlib
import io
import logging
import os
import pathlib
import re
import statistics
import sys
import threading
import time
import types
import warnings
import weakref
import xml.etree.ElementTree as ElementTree
from operator import methodcaller
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

from engine import Value, jit, vmap
from engine.jit.programs import MOST_FORMS
from engine.jit.reads.hidden import keeps_unseen
from nn import MLP

W = Value(0.5)
HERE = pathlib.Path(__file__)


class Plain:
    def __init__(self, **options: Any) -> None:
        vars(self).update(options)


class Structure(ctypes.Structure):
    _fields_ = [("k", ctypes.c_double)]


class Settings(collections.UserDict):  # type: ignore[type-arg]
    """Whose entries are found by code of Python's."""


class Marked(np.ndarray):  # type: ignore[type-arg]
    """An array with a unit."""


class Stack(collections.deque):  # type: ignore[type-arg]
    """A deque of a class of the user's."""


class Group(set):  # type: ignore[type-arg]
    """A set of a class of the user's."""


class Scaling(property):
    """A property that scales what it reads."""

    k = 1.0

    def __get__(self, held: Any, kind: Any = None) -> Any:
        return self if held is None else super().__get__(held, kind) * self.k


class Scales:
    one = Scaling(lambda self: 1.0)


def marked() -> Any:
    found = np.ones(2).view(Marked)
    found.unit = 1.0
    return found


def with_scale(f: Any) -> Any:
    f.scale = 1.0
    return f


class Posing(Plain):
    @property
    def __class__(self) -> Any:
        return self.kind


class Of:
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any:
        return cls.k

    k = 1.0


class Matched:
    __match_args__ = ("k",)

    def __init__(self) -> None:
        self.k, self.other = 1.0, 7.0


def put(held: Any, text: str) -> None:
    held.seek(0)
    held.truncate()
    held.write(text)


def put_in(held: Any = None) -> Any:
    sys.stdin = io.StringIO(("2.0\n" if held else "1.0\n") * 50)
    return Plain()


def matched(x: Any, held: Any) -> Any:
    match held:
        case Matched(k):
            return x * k
    return x


def caught(x: Any, held: Any) -> Any:
    try:
        warnings.warn("of a test", UserWarning, stacklevel=1)
    except UserWarning:
        return x * 3.0
    return x


def divided(x: Any, held: Any) -> Any:
    try:
        return x * (np.float64(1.0) / np.float64(0.0) > 1.0)
    except FloatingPointError:
        return x * 3.0


def builtin_or_other(x: Any, held: Any) -> Any:
    try:
        return x * NOT_HERE  # type: ignore[name-defined]
    except NameError:
        return x


def opened(x: Any, held: Any) -> Any:
    with open(held) as file:
        return x * len(file.read())


def opened_otherwise(x: Any, held: Any, to_read: Any = open) -> Any:
    with to_read(held) as file:
        return x * len(file.read())


@functools.lru_cache
def remembered(i: int) -> float:
    return SCALE[0] * i


SCALE = [1.0, 0.0]


def patched(module: str, name: str, value: Any) -> Any:
    return lambda held: setattr(sys.modules[module], name, value)


@dataclasses.dataclass
class Data:
    k: float = 1.0


class Private:
    """Of which a slot has another name than the class gives it."""

    __slots__ = ("__k",)

    def __init__(self) -> None:
        self.__k = 1.0

    def set(self, k: float) -> None:
        self.__k = k

    def get(self) -> float:
        return self.__k


class Scaled:
    """Of which an attribute is set by a property, and a deleter that counts."""

    unit = 1.0

    def __init__(self, x: Any) -> None:
        self.only = x
        del self.only

    def _set(self, x: Any) -> None:
        self.x = x * self.unit

    def _delete(self) -> None:
        self.x = self.x + SCALE[1]

    only = property(None, _set, _delete)


class Level(enum.Enum):
    ONE = [1.0]  # noqa: RUF012


T = TypeVar("T")


class Typed(Generic[T]):
    k = 1.0

    def __init__(self) -> None:
        self.mine = self.k


def structured() -> Any:
    return np.ones(1, dtype=[("k", float)])


def with_class_below() -> Any:
    kind = type("Kind", (), {"__module__": __name__})
    return Plain(kind=kind, below=type("Below", (kind,), {"__module__": __name__, "k": 2.0}))


SEEN: dict[str, tuple[Any, Any, Any]] = {  # what reads, what changes, what is held
    "private slot": (lambda x, held: x * held.get(), lambda held: held.set(2.0), Private),
    "setter": (lambda x, held: held(x).x, lambda held: setattr(held, "unit", 2.0), lambda: Scaled),
    "deleter": (lambda x, held: held(x).x, lambda held: SCALE.__setitem__(1, 3.0), lambda: Scaled),
    "row of an array": (
        lambda x, held: x * held["k"],
        lambda held: held.__setitem__("k", 2.0),
        lambda: structured()[0],
    ),
    "record": (
        lambda x, held: x * held.k,
        lambda held: setattr(held, "k", 2.0),
        lambda: structured().view(np.recarray)[0],
    ),
    "shape of objects": (
        lambda x, held: x * len(held),
        lambda held: setattr(held, "shape", (1, 2)),
        lambda: np.array([1.0, 2.0], object).reshape(2, 1),
    ),
    "arguments of a methodcaller": (
        lambda x, held: x * held.call([3.0])[-1],
        lambda held: held.args.__setitem__(0, 2.0),
        lambda: (lambda args: Plain(args=args, call=methodcaller("__add__", args)))([1.0]),
    ),
    "value of an Enum": (
        lambda x, held: x * held.ONE.value[0],
        lambda held: held.ONE.value.__setitem__(0, 2.0),
        lambda: Level,
    ),
    "class of an alias": (
        lambda x, held: x * held().mine,
        lambda held: setattr(Typed, "k", 2.0),
        lambda: Typed[int],
    ),
    "absolute path": (
        lambda x, held: x * len(os.path.abspath("a")),
        lambda held: os.chdir(HERE.parent.parent),
        Plain,
    ),
    "environ": (
        lambda x, held: x * float(os.environ.get("CHAIN_TEST", "1")),
        lambda held: os.environ.update(CHAIN_TEST="2"),
        Plain,
    ),
    "getenv": (
        lambda x, held: x * float(os.getenv("CHAIN_OTHER", "1")),
        lambda held: os.environ.update(CHAIN_OTHER="2"),
        Plain,
    ),
    "argv": (lambda x, held: x * len(sys.argv), lambda held: sys.argv.append("-v"), Plain),
    "directory": (lambda x, held: x * len(os.getcwd()), lambda held: os.chdir("/"), Plain),
    "print options": (
        lambda x, held: x * np.get_printoptions()["precision"],
        lambda held: np.set_printoptions(precision=3),
        Plain,
    ),
    "errors of NumPy": (divided, lambda held: np.seterr(divide="raise"), Plain),
    "decimals": (
        lambda x, held: x * float(+held),
        lambda held: setattr(decimal.getcontext(), "prec", 3),
        lambda: decimal.Decimal("1.23456"),
    ),
    "filters of warnings": (caught, lambda held: warnings.simplefilter("error", UserWarning), Plain),
    "names of builtins": (builtin_or_other, patched("builtins", "NOT_HERE", 5.0), Plain),
    "functions of modules": (
        lambda x, held: x * statistics.mean([1.0, 3.0]),
        patched("statistics", "mean", lambda xs: 7.0),
        Plain,
    ),
    "other module": (
        lambda x, held: x * held.m.k,
        lambda held: setattr(held, "m", MODULES[1]),
        lambda: Plain(m=MODULES[0]),
    ),
    "module by a text": (
        lambda x, held: x * __import__("chain_test_module").k,
        patched("chain_test_module", "k", 5.0),
        Plain,
    ),
    "other module under a name": (
        lambda x, held: x * __import__("chain_test_module").k,
        lambda held: sys.modules.update(chain_test_module=Plain(k=7.0)),
        Plain,
    ),
    "attribute of an array": (
        lambda x, held: x * float(held[0]) * held.unit,
        lambda held: setattr(held, "unit", 2.0),
        marked,
    ),
    "mask of an array": (
        lambda x, held: x * float(held.sum()),
        lambda held: setattr(held, "mask", [True, False]),
        lambda: np.ma.array([1.0, 2.0], mask=[False, False]),
    ),
    "deque of a class": (lambda x, held: x * held[-1], lambda held: held.append(2.0), lambda: Stack([1.0])),
    "set of a class": (lambda x, held: x * sum(held), lambda held: held.add(2.0), lambda: Group([1.0])),
    "property of a class": (lambda x, held: x * held.one, lambda held: setattr(Scaling, "k", 2.0), Scales),
    "attribute of a partial": (
        lambda x, held: held(x) * held.scale,
        lambda held: setattr(held, "scale", 2.0),
        lambda: with_scale(functools.partial(lambda x: x)),
    ),
    "attribute of a cached function": (
        lambda x, held: x * held() * held.scale,
        lambda held: setattr(held, "scale", 2.0),
        lambda: with_scale(functools.lru_cache(lambda: 1.0)),
    ),
    "default of a context variable": (
        lambda x, held: x * held.get()[0],
        lambda held: held.get().__setitem__(0, 2.0),
        lambda: contextvars.ContextVar("of a test", default=[1.0]),  # noqa: B039
    ),
    "below a class of Python's": (
        lambda x, held: x * held["k"],
        lambda held: setattr(held, "data", {"k": 2.0}),
        lambda: Settings(k=1.0),
    ),
    "default_factory": (
        lambda x, held: x * held.default_factory(),
        lambda held: setattr(held, "default_factory", lambda: 2.0),
        lambda: collections.defaultdict(lambda: 1.0),
    ),
    "arguments of an error": (
        lambda x, held: x * held.args[0],
        lambda held: setattr(held, "args", (2.0,)),
        lambda: ValueError(1.0),
    ),
    "semaphore": (
        lambda x, held: x * held._value,
        lambda held: held.acquire(),
        lambda: threading.Semaphore(3),
    ),
    "__class_getitem__": (lambda x, held: x * Of[0], lambda held: setattr(Of, "k", Of.k + 1.0), Plain),
    "matched": (matched, lambda held: setattr(held, "k", 2.0), Matched),
    "__class__": (
        lambda x, held: x * (1.0 + isinstance(held, int)),
        lambda held: setattr(held, "kind", int),
        lambda: Posing(kind=float),
    ),
    "__match_args__": (matched, lambda held: setattr(Matched, "__match_args__", ("other",)), Matched),
    "__subclasses__": (
        lambda x, held: x * len(held.kind.__subclasses__()),
        lambda held: setattr(held, "below", type("Below", (held.kind,), {})),
        lambda: Plain(kind=type("Kind", (), {"__module__": __name__})),
    ),
    "attributes of __subclasses__": (
        lambda x, held: x * sum(each.k for each in held.kind.__subclasses__()),
        lambda held: setattr(held.below, "k", 3.0),
        with_class_below,
    ),
}


class Only:
    """Which a list holds that no function reads."""


def weakly_held() -> Any:
    HELD.append(Only())
    return Plain(to=weakref.ref(HELD[-1]), only=HELD)


HELD: list[Any] = []
VARIABLE: contextvars.ContextVar[float] = contextvars.ContextVar("copied")


UNSEEN: dict[str, tuple[Any, Any, Any]] = {
    "text stream": (
        lambda x, held: x * float(held.getvalue()),
        lambda held: put(held, "2"),
        lambda: io.StringIO("1"),
    ),
    "byte stream": (
        lambda x, held: x * len(held.getvalue()),
        lambda held: held.write(b"abc"),
        lambda: io.BytesIO(b"a"),
    ),
    "number of C": (
        lambda x, held: x * held.value,
        lambda held: setattr(held, "value", 2.0),
        lambda: ctypes.c_double(1.0),
    ),
    "array of C": (
        lambda x, held: x * held[0],
        lambda held: held.__setitem__(0, 2.0),
        lambda: (ctypes.c_double * 2)(1.0, 1.0),
    ),
    "structure of C": (
        lambda x, held: x * held.k,
        lambda held: setattr(held, "k", 2.0),
        lambda: Structure(1.0),
    ),
    "lock": (lambda x, held: x * (1 + held.locked()), lambda held: held.acquire(), threading.Lock),
    "level of a logger": (
        lambda x, held: x * held.isEnabledFor(logging.DEBUG) + x,
        lambda held: held.setLevel(logging.DEBUG),
        lambda: logging.getLogger("chain.test"),
    ),
    "copied context": (
        lambda x, held: x * held.run(lambda: VARIABLE.get(1.0)),
        lambda held: held.run(VARIABLE.set, 2.0),
        contextvars.copy_context,
    ),
    "context": (
        lambda x, held: x * held.prec,
        lambda held: setattr(held, "prec", 3),
        lambda: decimal.Context(prec=5),
    ),
    "element": (
        lambda x, held: x * float(held.get("k")),
        lambda held: held.set("k", "2"),
        lambda: ElementTree.fromstring('<a k="1"/>'),
    ),
    "digest": (
        lambda x, held: x * int(held.hexdigest()[:2], 16),
        lambda held: held.update(b"a"),
        lambda: hashlib.sha256(b"b"),
    ),
    "clock": (
        lambda x, held: x * (1.0 + (time.monotonic() > held.end)),
        lambda held: setattr(held, "end", 0.0),
        lambda: Plain(end=1e300),
    ),
    "other name of open": (
        opened_otherwise,
        lambda held: None,
        lambda: str(HERE),
    ),
    "input": (lambda x, held: x * float(next(sys.stdin)), put_in, put_in),
    "function hidden in a ufunc": (
        lambda x, held: x * held.f(1.0),
        lambda held: held.ks.__setitem__(0, 2.0),
        lambda: (lambda ks: Plain(ks=ks, f=np.frompyfunc(lambda a: a * ks[0], 1, 1)))([1.0]),
    ),
    "function hidden in a key": (
        lambda x, held: x * min([1.0, 2.0], key=held.key),
        lambda held: held.ks.__setitem__(0, -1.0),
        lambda: (lambda ks: Plain(ks=ks, key=functools.cmp_to_key(lambda a, b: (a - b) * ks[0])))([1.0]),
    ),
    "today": (lambda x, held: x * datetime.date.today().year, lambda held: None, Plain),
    "file": (lambda x, held: x * len(held.read_text()), lambda held: None, lambda: HERE),
    "opened file": (opened, lambda held: None, lambda: str(HERE)),
    "whether there is a file": (
        lambda x, held: x * os.path.exists(held),
        lambda held: None,
        lambda: str(HERE),
    ),
    "weak reference": (
        lambda x, held: x * (1.0 if held.to() is None else 2.0),
        lambda held: held.only.clear(),
        weakly_held,
    ),
}


MODULES = [types.ModuleType("first"), types.ModuleType("second")]
MODULES[0].k, MODULES[1].k = 1.0, 2.0  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    """The state of Python is put back."""
    module = types.ModuleType("chain_test_module")
    module.k = 1.0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "chain_test_module", module)
    monkeypatch.setattr(sys, "argv", sys.argv[:])
    monkeypatch.setattr(Matched, "__match_args__", ("k",))
    monkeypatch.setattr(Scaling, "k", 1.0)
    monkeypatch.setattr(sys, "stdin", sys.stdin)
    monkeypatch.setattr(Scaled, "unit", 1.0)
    monkeypatch.setattr(Typed, "k", 1.0)
    SCALE[:] = [1.0, 0.0]
    Level.ONE.value[0] = 1.0
    monkeypatch.setattr(statistics, "mean", statistics.mean)
    monkeypatch.setattr("builtins.NOT_HERE", 1.0, raising=False)
    monkeypatch.setenv("CHAIN_TEST", "1")
    monkeypatch.setenv("CHAIN_OTHER", "1")
    monkeypatch.chdir(HERE.parent)
    with np.printoptions(), np.errstate(divide="ignore"), decimal.localcontext(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _ways() -> list[Any]:
    def of_one(f: Any, **options: Any) -> Any:
        lifted = jit(f, audit=False, **options)
        return lambda: lifted([2.0] if options else 2.0).data

    return [
        of_one,
        lambda f: of_one(f, batch=True),
        lambda f: (lambda g: lambda: g(np.array([2.0]))[0])(vmap(f)),
    ]


def test_what_python_keeps_is_looked_at() -> None:
    for name, (read, change, make) in SEEN.items():
        held = make()

        def f(x, held=held, read=read):
            return W * read(x, held)

        lifted = jit(f, audit=False)
        before = f(Value(2.0)).data
        for _ in range(3):
            assert lifted(2.0).data == before, name
        change(held)
        assert f(Value(2.0)).data != before, name
        assert lifted(2.0).data == f(Value(2.0)).data, name
        assert not lifted.has_given_up, name


def test_a_cache_that_was_cleared_is_filled_anew() -> None:
    lifted = jit(lambda x: W * x * remembered(1), audit=False)
    assert [lifted(2.0).data for _ in range(2)] == [1.0, 1.0]
    remembered.cache_clear()
    assert lifted(2.0).data == 1.0
    SCALE[0] = 5.0  # which what is remembered does not know of
    assert lifted(2.0).data == W.data * 2.0 * remembered(1) == 1.0
    remembered.cache_clear()
    assert lifted(2.0).data == 5.0
    SCALE[0] = 1.0  # as it was when the first program was made, but another number is remembered
    assert lifted(2.0).data == W.data * 2.0 * remembered(1) == 5.0


def test_what_no_look_shows_runs_as_written() -> None:
    for name, (read, change, make) in UNSEEN.items():
        for way in _ways():
            held = make()

            def f(x, held=held, read=read):
                return W * read(x, held)

            called = way(f)
            with pytest.warns(RuntimeWarning, match="runs as written, on Values"):
                assert called() == f(Value(2.0)).data, name
            change(held)
            assert called() == f(Value(2.0)).data, name


def test_what_runs_as_written_says_so_once() -> None:
    settings = {"k": 1.0}
    lifted = jit(lambda x: W * x * settings["k"] * len(stream.getvalue()), audit=False)
    stream = io.StringIO("a")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for i in range(2 * MOST_FORMS):
            settings["k"] = float(i)
            assert lifted(2.0).data == i
    assert len(said) == 1


def test_what_is_only_written_to_or_held_is_lifted(tmp_path, capsys) -> None:
    lock, log, stream = threading.RLock(), logging.getLogger("chain.test"), io.StringIO()

    def f(x):
        with lock:
            log.debug("called")
            print("called", file=stream)
            with open(tmp_path / "log.txt", "a") as file:
                file.write("called")
            warnings.warn_explicit("called", DeprecationWarning, "here", 1)
            return W * x * len(re.findall("a", "aba"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lifted = jit(f)
        assert [lifted(2.0).data for _ in range(3)] == [2.0] * 3
    assert lifted.traces == 1
    assert not lifted.has_given_up


def test_a_function_that_makes_texts_of_a_dataclass_is_one_in_all_threads() -> None:
    held = Data()
    lifted = jit(lambda x: W * x * dataclasses.asdict(held)["k"], audit=False)
    lifted(2.0)
    with concurrent.futures.ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: lifted(2.0).data).result() == 1.0
    assert lifted.traces == 1


class Holder:
    def __init__(self) -> None:
        self.model, self.settings = MLP(2, [3, 1], rng=0), Data()

    def loss(self, x: float) -> Any:  # which reads any attribute, as the copy of a model does
        return self.model([x, 1.0]) * vars(self)["settings"].k


def test_a_model_in_an_object_is_traced_once_for_all_threads() -> None:
    lifted = jit(Holder().loss, audit=False)
    lifted(2.0)
    with concurrent.futures.ThreadPoolExecutor(2) as others:
        list(others.map(lambda x: lifted(x).data, [1.0, 2.0, 3.0, 4.0]))
    assert lifted.traces == 1


def test_which_classes_keep_more_than_is_seen() -> None:
    class Kind(enum.Enum):
        A = 1

    fixed = (
        *([], {}, set(), "a", 1.0, True, None, range(2), slice(2), re.compile("a"), decimal.Decimal(1)),
        *(datetime.date(2000, 1, 1), HERE, Kind.A, array.array("d"), np.float64(1.0), np.ones(2), np.sin),
        *(collections.deque(), collections.Counter(), types.SimpleNamespace(), Plain(), ValueError()),
        *(configparser.ConfigParser(), functools.partial(len), Settings()),
    )
    kept = (
        ctypes.c_int(1),
        io.StringIO(),
        hashlib.sha256(),
        Structure(1.0),
        decimal.Context(),
    )
    assert [keeps_unseen(type(each)) for each in fixed] == [False] * len(fixed)
    assert [keeps_unseen(type(each)) for each in kept] == [True] * len(kept)
