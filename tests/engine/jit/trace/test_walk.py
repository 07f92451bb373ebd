"""What a function finds by calls that its code does not name is looked at: a constructor, a text, a view."""

import abc
import configparser
import functools
import threading
import warnings
from typing import Any

import numpy as np
import pytest

import nn
from engine import Value, jit
from engine.jit.trace import walk

W = Value(0.5)
SCALE = {"k": 1.0}


class Plain:
    def __init__(self, **options: Any) -> None:
        vars(self).update(options)


class Made:
    def __init__(self, x: Any) -> None:
        self.x = x * SCALE["k"]


class MadeAnew:
    def __new__(cls, x: Any) -> "MadeAnew":
        found = super().__new__(cls)
        found.x = x * SCALE["k"]
        return found


class Below(Made):
    def __init__(self, x: Any) -> None:
        super().__init__(2.0 * x)


class Another(Below):
    def again(self, x: Any) -> Any:
        return type(self)(x).x

    @classmethod
    def of(cls, x: Any) -> Any:
        return cls(x).x


class Shown(Plain):
    def __str__(self) -> str:
        return "s" * self.n

    def __repr__(self) -> str:
        return "r" * self.n

    def __dir__(self) -> list[str]:
        return ["d"] * self.n

    def keys(self) -> list[str]:
        return [str(i) for i in range(self.n)]

    def __getitem__(self, key: str) -> float:
        return 1.0


class Scaled(float):
    gain = 2.0

    def __mul__(self, other: Any) -> Any:
        return float(self) * other * self.gain


def scaled_up(held: Any) -> None:
    SCALE["k"] += 1.0


def one_more(held: Any) -> None:
    held.n += 1


def of_kind(kind: type) -> Any:
    return lambda x, held: kind(x).x


def another_keyword(held: Any) -> None:
    held.of_both.keywords["k"] += 1.0


def registered(held: Any) -> None:
    held.kind.register(Plain)


def more_gain(held: Any) -> None:
    type(held.number).gain += 1.0


def another_entry(held: Any) -> None:
    held.settings["k"] += 1.0


def settings_read() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read_dict({"a": {"k": "1.0"}})
    return found


READS: dict[str, tuple[Any, Any, Any]] = {  # reads, changes, and what is held
    "__init__": (of_kind(Made), scaled_up, Plain),
    "__new__": (of_kind(MadeAnew), scaled_up, Plain),
    "super().__init__": (of_kind(Below), scaled_up, Plain),
    "type(self)": (lambda x, held: held.first.again(x), scaled_up, lambda: Plain(first=Another(1.0))),
    "cls": (lambda x, held: held.first.of(x), scaled_up, lambda: Plain(first=Another(1.0))),
    "str": (lambda x, held: x * len(str(held)), one_more, lambda: Shown(n=2)),
    "repr": (lambda x, held: x * len(repr(held)), one_more, lambda: Shown(n=2)),
    "f-string": (lambda x, held: x * len(f"{held!r}"), one_more, lambda: Shown(n=2)),
    "%": (lambda x, held: x * len("%s" % held), one_more, lambda: Shown(n=2)),  # noqa: UP031
    "format": (lambda x, held: x * len("{}".format(held)), one_more, lambda: Shown(n=2)),  # noqa: UP032
    "map": (lambda x, held: x * len("".join(map(str, [held]))), one_more, lambda: Shown(n=2)),
    "dir": (lambda x, held: x * len(dir(held)), one_more, lambda: Shown(n=2)),
    "**": (lambda x, held: x * len(dict(**held)), one_more, lambda: Shown(n=2)),
    "partial": (
        lambda x, held: held.of_both(x),
        another_keyword,
        lambda: Plain(of_both=functools.partial(lambda x, k: x * k, k=1.0)),
    ),
    "partialmethod": (
        lambda x, held: held.doubled(x),
        lambda held: vars(type(held))["doubled"].keywords.update(
            k=vars(type(held))["doubled"].keywords["k"] + 1
        ),
        lambda: type(
            "Kind",
            (),
            {"__module__": __name__, "doubled": functools.partialmethod(lambda self, x, k: x * k, k=1.0)},
        )(),
    ),
    "Event": (
        lambda x, held: x * 2.0 if held.stop.is_set() else x,
        lambda held: held.stop.clear() if held.stop.is_set() else held.stop.set(),
        lambda: Plain(stop=threading.Event()),
    ),
    "a file of settings": (
        lambda x, held: x * held.read.getfloat("a", "k"),
        lambda held: held.read["a"].__setitem__("k", str(1.0 + float(held.read["a"]["k"]))),
        lambda: Plain(read=settings_read()),
    ),
    "poly1d": (
        lambda x, held: x * held.of(2.0),
        lambda held: held.of.__setitem__(0, held.of[0] + 1.0),
        lambda: Plain(of=np.poly1d([1.0, 2.0])),
    ),
    "vectorize": (
        lambda x, held: x * float(held.of(2.0)),
        scaled_up,
        lambda: Plain(of=np.vectorize(lambda number: number * SCALE["k"])),
    ),
    "a float of a class": (lambda x, held: held.number * x, more_gain, lambda: Plain(number=Scaled(3.0))),
    "an abstract class": (
        lambda x, held: x if isinstance(held, held.kind) else 2.0 * x,
        registered,
        lambda: Plain(kind=abc.ABCMeta("Kind", (), {})),
    ),
}
for view, total in {"values": sum, "items": lambda items: sum(k for _, k in items), "keys": len}.items():
    READS[view] = (
        lambda x, held, total=total: x * total(held.view),
        another_entry if view != "keys" else lambda held: held.settings.update({len(held.settings): 1.0}),
        lambda view=view: (lambda k: Plain(settings=k, view=getattr(k, view)()))({"k": 1.0}),
    )


@pytest.mark.parametrize("audit", [None, False])
def test_what_is_found_so_may_change(audit) -> None:
    for name, (read, change, make) in READS.items():
        held = make()

        def f(x, held=held, read=read):
            return W * read(x, held)

        lifted = jit(f, audit=audit)
        for _ in range(3):
            assert lifted(2.0).data == f(Value(2.0)).data, name
            before = lifted(2.0).data
            change(held)
        assert lifted(2.0).data == f(Value(2.0)).data, name
        if name != "an abstract class":
            assert lifted(2.0).data != before, name


def test_a_constructor_that_nobody_calls_is_not_looked_into() -> None:
    first = Below(1.0)
    lifted = jit(lambda x: W * x * (first.x if first.x else 1.0))
    for _ in range(3):
        lifted(2.0)
        SCALE["k"] += 1.0
    assert lifted.traces == 1


def test_what_reads_more_objects_than_are_looked_into_runs_as_written(monkeypatch) -> None:
    monkeypatch.setattr(walk, "MOST_OBJECTS", 100)
    for batch in (False, True):
        rows = [[float(i)] for i in range(200)]
        lifted = jit(lambda x, rows=rows: W * x * rows[3][0] + rows[150][0], batch=batch)
        with pytest.warns(
            RuntimeWarning, match="objects beside its arguments.* runs as written.*as an argument"
        ):
            found = [lifted([2.0] if batch else 2.0).data]
        for i in (3, 150):
            rows[i][0] = -7.0
            found.append(lifted([2.0] if batch else 2.0).data)
        assert found == [153.0, 143.0, -14.0]


def test_what_reads_attributes_by_any_name_does_not_read_what_builtins_would() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.layer0, self.layer1 = nn.Linear(2, 3, rng=0), nn.Linear(3, 1, rng=1)
            self.act0, self.act1 = nn.Tanh(), nn.Identity()

        def forward(self, x):
            for i in range(2):
                x = getattr(self, f"act{i}")(getattr(self, f"layer{i}")(x))
            return x[0]

    net = Net()
    lifted = jit(lambda x: net(x))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert lifted([1.0, 2.0]).data == pytest.approx(net([1.0, 2.0]).data, rel=1e-14)
    assert not [each for each in seen if "reads files" in str(each.message)]  # by a builtin
    net.act0 = nn.ReLU()
    assert lifted([1.0, 2.0]).data == pytest.approx(net([1.0, 2.0]).data, rel=1e-14)
