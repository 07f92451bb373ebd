"""What stands in places is compared by identity, plain data by what it is: in both forms alike."""

import random
from types import MappingProxyType

import pytest

from engine import Value
from engine.jit.trace import places as module
from engine.jit.trace.places import MISSING, code_of, places

FORMS = {"offered": module.same_places, "plain": module.in_python}


class Holder:
    scale = 2.0


def _entry(before, after, key="k"):
    """A dict with one entry that becomes another, or goes where that is MISSING."""
    held = {"a": 1, key: before, "z": 3} if before is not MISSING else {"a": 1}

    def change() -> None:
        held.update({key: after}) if after is not MISSING else held.pop(key)

    return places([(held, key, before), (held, "a", 1)]), change


def _in_long_dict(before, after):
    held = {str(i): i for i in range(100)} | {"k": before}
    return places([(held, "k", before)]), lambda: held.update(k=after)


def _list(before, after):
    held = [0, *before]
    was = held.copy()
    return places(lists=[(held, was)]), lambda: held.__setitem__(slice(1, None), after)


def _cell(before, after):
    cell = (lambda: before).__closure__[0]
    held = cell.cell_contents

    def change() -> None:
        if after is MISSING:
            del cell.cell_contents
        else:
            cell.cell_contents = after

    return places(cells=[(cell, held)]), change


def _sized(held, change):
    return places(sized=[(held, len(held))]), lambda: change(held)


def _function(name, after):
    def f(x, k=1.0, *, c=2.0):
        return x * k * c

    return places(functions=[(f, code_of(f))]), lambda: setattr(f, name, after)


def _class(after):
    kind = type("Kind", (Holder,), {"k": 1.0})
    return places([(kind.__dict__, "k", 1.0), (kind.__dict__, "gone", MISSING)]), lambda: after(kind)


def _out_of_order():
    held = {"a": 1.5, "b": 2.5}
    return places([(held, "b", 2.5), (held, "a", 1.5)]), lambda: held.update(a=9.0)


VALUE, TEXT = Value(1.0), "".join(["t", "ext"])
SAME = {
    "equal floats": lambda: _entry(1.5, float("1.5")),
    "equal integers": lambda: _entry(10**20, 10**19 * 10),
    "equal texts": lambda: _entry("text", TEXT),
    "nan": lambda: _entry(float("nan"), float("nan")),
    "the same Value": lambda: _entry(VALUE, VALUE),
    "an equal number in a list": lambda: _list([1.5], [float("1.5")]),
    "an equal number in a closure": lambda: _cell(1.5, float("1.5")),
    "an equal number in a long dict": lambda: _in_long_dict(1.5, float("1.5")),
    "a longer dict as long as before": lambda: _sized([1], lambda held: held.__setitem__(0, 2)),
    "a name that a class has not": lambda: _class(lambda kind: setattr(kind, "other", 1)),
}
OTHER = {
    "another float": lambda: _entry(1.5, 2.5),
    "minus zero": lambda: _entry(0.0, -0.0),
    "a float for an integer": lambda: _entry(1, 1.0),
    "True for 1": lambda: _entry(1, True),
    "another text": lambda: _entry("text", "texts"),
    "another Value": lambda: _entry(VALUE, Value(1.0)),
    "an equal list": lambda: _entry([1.0], [1.0]),
    "an entry that is gone": lambda: _entry(1.5, MISSING),
    "an entry that comes": lambda: _entry(MISSING, 1.5),
    "in a long dict": lambda: _in_long_dict(1.5, 2.5),
    "entries in another order": _out_of_order,
    "an item of a list": lambda: _list([1.5, VALUE], [1.5, Value(1.0)]),
    "a longer list": lambda: _list([1.5], [1.5, 2.5]),
    "a shorter list": lambda: _list([1.5], []),
    "a variable of a closure": lambda: _cell(1.5, 2.5),
    "one that becomes empty": lambda: _cell(1.5, MISSING),
    "a longer dict": lambda: _sized({"a": 1}, lambda held: held.update(b=2)),
    "a longer list by length": lambda: _sized([1], lambda held: held.append(2)),
    "what a class shows, longer": lambda: _sized(
        MappingProxyType({"a": 1}) | {}, lambda held: held.update(b=2)
    ),
    "an attribute of a class": lambda: _class(lambda kind: setattr(kind, "k", 2.0)),
    "an attribute that a class gets": lambda: _class(lambda kind: setattr(kind, "gone", 2.0)),
    "code": lambda: _function("__code__", (lambda x, k=1.0, *, c=2.0: x).__code__),
    "defaults": lambda: _function("__defaults__", (3.0,)),
    "no defaults": lambda: _function("__defaults__", None),
    "keyword defaults": lambda: _function("__kwdefaults__", {"c": 3.0}),
}


@pytest.mark.measured
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [*SAME, *OTHER])
def test_a_change(form, name) -> None:
    looked_at, change = (SAME.get(name) or OTHER[name])()
    same = FORMS[form]
    assert same(looked_at)
    change()
    assert same(looked_at) is (name in SAME)
    assert same(looked_at) is (name in SAME)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_equal_is_not_compared_with_what_changes_later(form) -> None:
    held = {"k": 1.5}
    looked_at = places([(held, "k", 1.5)])
    for number, same in ((float("1.5"), True), (2.5, False), (float("1.5"), True)):
        held["k"] = number
        assert FORMS[form](looked_at) is same


def test_looks_between_changes_of_dicts_that_are_owned_and_sized() -> None:
    draw = random.Random(5)
    kind = type("Kind", (), {"k": 1.0})
    holder = Holder()
    vars(holder).update(k=1.0)
    dicts = {"a": 1.0, "b": VALUE}, vars(holder), {str(i): 1.0 for i in range(40)}, globals()["FORMS"].copy()
    entries = [(each, key, dict.get(each, key, MISSING)) for each in dicts for key in ("a", "b", "k", "7")]
    entries += [(kind.__dict__, key, kind.__dict__.get(key, MISSING)) for key in ("k", "gone")]
    sized = [(each, tuple(each)) for each in dicts] + [(kind.__dict__, len(kind.__dict__))]
    looked_at = {name: places(entries, sized=sized) for name in FORMS}
    outcomes = []
    for _ in range(600):
        target, key = draw.choice(dicts), draw.choice(["a", "b", "k", "7", "other"])
        number = draw.choice([1.0, VALUE, 2.5, float("1.0")])
        if draw.random() < 0.2:
            setattr(kind, draw.choice(["k", "gone"]), number)
        elif draw.random() < 0.4:
            target.pop(key, None)
        elif draw.random() < 0.3:
            holder.k = number
        else:
            target[key] = number
        if draw.random() < 0.5:  # as it was
            for name in ("k", "gone"):
                if name in vars(kind):
                    delattr(kind, name)
            kind.k = 1.0
            for each, keys in sized[:-1]:
                each.clear()
                for each_key in keys:
                    each[each_key] = 1.0
            for each, each_key, was in entries[:-2]:
                if was is not MISSING:
                    each[each_key] = was
            for each_key in FORMS:
                dicts[3][each_key] = FORMS[each_key]
        found = {name: FORMS[name](looked_at[name]) for name in FORMS}
        assert found["offered"] is found["plain"]
        outcomes.append(found["plain"])
    assert 50 < sum(outcomes) < 550
