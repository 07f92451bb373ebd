"""What a function changes and reads itself is seen wherever it is held, and put back after lifting."""

import copy
import dataclasses
import itertools
import random
import sys
from collections import Counter, deque
from functools import lru_cache, partial
from operator import attrgetter

import numpy as np
import pytest

from engine import Value, jit, no_grad, vmap
from engine.jit.trace.captures import Captures
from engine.jit.trace.state import State

pytestmark = pytest.mark.filterwarnings("ignore:.* it runs as written")

HELD = {  # makes a counter, counts, and reads it
    "entry": (lambda: {"n": 0}, lambda held: held.__setitem__("n", held["n"] + 1), lambda held: held["n"]),
    "Counter": (Counter, lambda held: held.__setitem__("n", held["n"] + 1), lambda held: held["n"]),
    "nested": (lambda: [{"n": [0]}], lambda held: held[0]["n"].append(1), lambda held: len(held[0]["n"]) - 1),
    "array": (
        lambda: {"n": np.zeros(1)},
        lambda held: held["n"].__setitem__(0, held["n"][0] + 1),
        lambda held: held["n"][0],
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_a_counter_within_a_container_counts(name) -> None:
    make, count, read = HELD[name]

    def fresh():
        held = make()

        def f(x):
            count(held)
            return x * (2.0 if read(held) == 30 else 1.0)

        return f

    plain, lifted = fresh(), jit(fresh())
    assert [lifted(3.0).data for _ in range(40)] == [plain(Value(3.0)).data for _ in range(40)]


def test_a_counter_beside_draws_is_put_back() -> None:
    def fresh():
        step, rng = [0], np.random.default_rng(0)

        def f(x):
            step[0] += 1
            return x * step[0] + rng.normal()

        return f

    plain, lifted = fresh(), jit(fresh())
    assert [lifted(3.0).data for _ in range(3)] == [plain(Value(3.0)).data for _ in range(3)]


def test_a_module_that_is_imported_as_f_is_lifted_stays(tmp_path, monkeypatch) -> None:
    package = tmp_path / "imported_within"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "sub.py").write_text("K = 2.0")
    monkeypatch.syspath_prepend(tmp_path)
    # as text, so that nobody takes the module for a dependency of the tests
    text = "import imported_within\nstep = [0]\ndef f(x):\n    import imported_within.sub\n    step[0] += 1\n"
    made = {"__name__": __name__}
    exec(f"{text}    return x * step[0] * imported_within.sub.K\n", made)  # noqa: S102
    assert [jit(made["f"])(3.0).data, sys.modules["imported_within"].sub.K] == [6.0, 2.0]


def test_what_a_look_at_a_shorter_length_changed_is_put_back() -> None:
    def fresh():
        rng, step = np.random.default_rng(0), [0]
        weights = [Value(float(number)) for number in rng.normal(size=20)]

        def f(xs):
            if len(xs) < 40:
                step[0] += 1
            return sum(((x * w).tanh() for x in xs for w in weights), 0.0) * (1.0 + step[0])

        return f

    plain, lifted = fresh(), jit(fresh())
    for n in (60, 50, 45, 30, 30):
        xs = [0.01 * i for i in range(n)]
        assert lifted(xs).data == pytest.approx(plain(list(map(Value, xs))).data, rel=1e-12)


class Trainer:
    def __init__(self) -> None:
        self.items = (each for each in "ab")
        next(self.items)

    def loss(self, x):
        return sum(each for _, each in {"a": x}.items())


def test_an_iterator_of_the_name_of_a_method_that_is_called_is_left_alone() -> None:
    trainer = Trainer()
    assert jit(trainer.loss)(3.0).data == 3.0
    assert list(trainer.items) == ["b"]


W, V = Value(0.5), Value(-1.0)


class Held:
    def __init__(self, **options) -> None:
        vars(self).update(options)


def five(x):
    """Decisions enough for one program of both sides."""
    total = 0
    for p in (W, V, W * V, V * V, W * W):
        total = total + (p * x if p * x > 0 else 0)
    return total


def by_the_last_sign(held, x):
    found = five(x) * held.last
    held.last = 1.0 if x > 0 else -1.0
    return found


def on_a_budget(held, x):
    total = five(x)
    if x > 0 and held.budget > 0:
        held.budget -= 1
        return total * W
    return total * V


def by_a_window(held, x):
    held.window.append(float(x))
    return W * x + V * sum(held.window)


def failing(held, x):
    held.count += 1
    if held.count % 4 == 0:
        raise ValueError
    return W * x * held.count


def of_two(held, x):
    held.other.count = 0
    held.count += 1
    return W * x if held.count < 20 else V * x


def within(held, x):
    held.state["n"] += 1
    if held.state["n"] == 20:
        held.state["rate"] = 0.1
    return W * x * held.state["rate"]


def at_first(held, x):
    if held.scale is None:
        held.scale = float(x)
    return W * x / held.scale


def beside_a_value(held, x):
    held.state = {**held.state, "n": held.state["n"] + 1}
    return held.state["w"] * x * (2.0 if held.state["n"] == 20 else 1.0)


def by_results_kept(held, x):
    held.kept.append(W * x)
    return W * x * (2.0 if len(held.kept) == 20 else 1.0)


def in_turn(held, x):
    held.count += 1
    if held.count % 2:
        held.turn.append(held.turn.pop(0))
    return held.turn[0] * x * held.count


def another_leaf(held, x):
    held.count += 1
    held.leaf = Value(held.leaf.data + 1.0)
    return held.leaf * x * held.count


def under_a_text(held, x):
    held.count += 1
    return W * x * (2.0 if getattr(held, "count") == 20 else 1.0)  # noqa: B009


def under_a_key(held, x):
    vars(held)["count"] += 1
    return W * x * (2.0 if vars(held)["count"] == 20 else 1.0)


def matched(held, x):
    held.count += 1
    match held:
        case Held(count=20):
            return V * x
    return W * x


def of_the_name_of_a_change(held, x):
    held.add += 1
    return W * x * (2.0 if held.add == 20 else 1.0)


def with_a_hidden_state(held, x):
    held.hidden = (W * held.hidden + x).tanh()
    return held.hidden * V


def with_states(held, x):
    held.states[0] = (W * held.states[0] + x).tanh()
    return held.states[0] * V


def one_behind(held, x):
    last, held.turn[0] = held.turn[0], W * x
    return last * x


def with_all_before(held, x):
    held.states.append(W * x)
    return sum(held.states, V) * len(held.states)


@dataclasses.dataclass(order=True)
class Counted:
    count: int = 0


@dataclasses.dataclass
class Total:
    count: int = 0


def compared(held, x):
    held.now.count += 1
    return W * x if held.now == held.then else V * x


def ordered(held, x):
    held.now.count += 1
    return W * x if held.now < held.then else V * x


GETTER = attrgetter("now.count")


def by_a_getter(held, x):
    held.now.count += 1
    return W * x * GETTER(held)


def by_a_tuple(held, x):
    held.now.count += 1
    return W * x * dataclasses.astuple(held.now)[0]


def by_a_dict(held, x):
    held.now.count += 1
    return W * x * next(iter(dataclasses.asdict(held.now).values()))


def by_a_copy(held, x):
    held.now.count += 1
    return W * x * copy.copy(held.now).count


def by_any_name(held, x):
    held.count += 1
    return W * x * getattr(held, "".join(["co", "unt"]))


def by_a_text(held, x):
    held.now.count += 1
    return W * x * len(str(held.now))


def in_a_class(held, x):
    type(held).count += 1
    return W * x * held.count


def made_anew(held, x):
    return W * held.kind(x).x


def drawing_at_times(held, x):
    held.count += 1
    return W * x * (held.generator.random() if held.count % 5 == 0 else 1.0)


def remembered(held, x):
    return W * x * held.number()


def the_best(held, x):
    loss = W * x
    if loss.data < held.best:
        held.best, held.misses = loss.data, 0
    else:
        held.misses += 1
    return loss


class Best:
    best, misses = 1e9, 0


def next_item(held, x):
    return W * x * next(held.items)


def only_counted(held, x):
    held.log.append(next(held.items))
    return W * x


def kind_that_counts():
    class Kind:
        made = 0

        def __init__(self, x):
            Kind.made += 1
            self.x = x * Kind.made

    return Held(kind=Kind)


STEPS = {
    "==": (compared, lambda: Held(now=Counted(), then=Counted(9))),
    "<": (ordered, lambda: Held(now=Counted(), then=Counted(9))),
    "attrgetter": (by_a_getter, lambda: Held(now=Counted())),
    "astuple": (by_a_tuple, lambda: Held(now=Counted())),
    "asdict": (by_a_dict, lambda: Held(now=Counted())),
    "copy": (by_a_copy, lambda: Held(now=Counted())),
    "any name": (by_any_name, lambda: Held(count=0)),
    "a text": (by_a_text, lambda: Held(now=Total())),
    "a class": (in_a_class, lambda: type("Kind", (), {"__module__": __name__, "count": 0})()),
    "a constructor": (made_anew, kind_that_counts),
    "draws at times": (drawing_at_times, lambda: Held(count=0, generator=random.Random(0))),
    "a cache": (remembered, lambda: Held(number=lru_cache(lambda: 1.0 + W.data))),
    "the best": (the_best, Best),
    "an iterator": (next_item, lambda: Held(items=itertools.count(1))),
    "a generator": (next_item, lambda: Held(items=(float(i) for i in range(99)))),
    "items only counted": (only_counted, lambda: Held(items=itertools.count(1), log=[])),
    "beside a Value": (beside_a_value, lambda: Held(state={"w": Value(2.0), "n": 0})),
    "results kept": (by_results_kept, lambda: Held(kept=[])),
    "in turn": (in_turn, lambda: Held(count=0, turn=[Value(2.0), Value(3.0), Value(4.0)])),
    "another leaf": (another_leaf, lambda: Held(count=0, leaf=Value(0.0))),
    "getattr": (under_a_text, lambda: Held(count=0)),
    "vars": (under_a_key, lambda: Held(count=0)),
    "match": (matched, lambda: Held(count=0)),
    "add": (of_the_name_of_a_change, lambda: Held(add=0)),
    "the last sign": (by_the_last_sign, lambda: Held(last=-1.0)),
    "a budget": (on_a_budget, lambda: Held(budget=3)),
    "a window": (by_a_window, lambda: Held(window=deque(maxlen=3))),
    "a failure": (failing, lambda: Held(count=0)),
    "another object": (of_two, lambda: Held(count=0, other=Held(count=0))),
    "a dict of settings": (within, lambda: Held(state={"n": 0, "rate": 1.0})),
    "a hidden state": (with_a_hidden_state, lambda: Held(hidden=Value(0.5))),
    "states": (with_states, lambda: Held(states=[Value(0.5)])),
    "one behind": (one_behind, lambda: Held(turn=[Value(0.5)])),
    "all before": (with_all_before, lambda: Held(states=[Value(0.5)])),
    "the first call": (at_first, lambda: Held(scale=None)),
}


def outcome(f, *args):
    try:
        return f(*args).data
    except ValueError:
        return "ValueError"


@pytest.mark.parametrize("audit", [True, False])
def test_calls_one_after_the_other_give_what_the_function_gives(audit) -> None:
    for name, (step, make) in STEPS.items():
        mine, other = make(), make()
        lifted = jit(partial(step, mine), audit=audit)
        xs = [-1.0, 1.0, 1.0, -1.0, 0.5, 2.0] * 8
        assert [outcome(lifted, x) for x in xs] == [outcome(step, other, Value(x)) for x in xs], name


def switched(held, x):
    if x > 1:
        held.up = True
    if x < -1:
        held.up = False
    return W * x if held.up else V * x


def counted_one_way(held, x):
    if x > 0:
        held.count += 1
        return W * x * held.count
    return V * x * held.count


@pytest.mark.parametrize("step", [switched, counted_one_way])
def test_samples_come_one_after_the_other(step) -> None:
    rows = np.array([0.5, 2.0, 0.5, -0.5, -2.0, 0.5])
    mine, alone, other = (Held(up=False, count=0) for _ in range(3))
    mapped, mean = vmap(partial(step, mine)), jit(partial(step, alone), batch=True)
    with no_grad():
        for _ in range(3):
            expected = [step(other, Value(x)).data for x in rows.tolist()]
            assert mapped(rows).tolist() == pytest.approx(expected, rel=1e-12)
            assert mean(rows).data == pytest.approx(np.mean(expected), rel=1e-12)


KEPT = {"bias": Value(0.5), "scale": 2.0}
ROWS = [[Value(0.1), Value(0.2)]]
WHOLE = {
    "a Value in a dict": lambda: KEPT.update(bias=Value(0.5)),
    "a number in a dict": lambda: KEPT.update(scale=3.0),
    "a Value in a list": lambda: ROWS[0].__setitem__(1, Value(0.2)),
    "one Value more": lambda: ROWS[0].append(Value(0.2)),
    "a list more": lambda: ROWS.append([Value(0.3)]),
}


def of_rows(x):
    return sum(w * x for row in ROWS for w in row) * KEPT["scale"] + KEPT["bias"]


def test_a_state_is_taken_anew_once_anything_that_it_leads_to_is_another() -> None:
    for name, change in WHOLE.items():
        state = State(of_rows, [])
        assert state.is_whole(), name
        KEPT["bias"].data += 1.0  # which is no other Value
        assert state.is_whole(), name
        change()
        assert not state.is_whole(), name
    for drop in (State.forget_changes, lambda state: state.watch([], Captures(of_rows, [], []))):
        state = State(of_rows, [])
        drop(state)
        assert not state.is_whole()


def by_a_memo(held, x):
    key = int(x)
    if key not in held.memo:
        held.memo[key] = 1.0 + key**2
    return W * x * held.memo[key]


def test_samples_are_lifted_when_a_memo_is_full() -> None:
    rows = np.array([0.5, 2.0, 0.5, -0.5, -2.0, 3.0])
    mine, alone, other = (Held(memo={}) for _ in range(3))
    mapped, mean = vmap(partial(by_a_memo, mine)), jit(partial(by_a_memo, alone), batch=True)
    with no_grad():
        for more in (0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0):
            expected = [by_a_memo(other, Value(x + more)).data for x in rows.tolist()]
            assert mapped(rows + more).tolist() == pytest.approx(expected, rel=1e-12)
            assert mean(rows + more).data == pytest.approx(np.mean(expected), rel=1e-12)
    assert not mean.source.startswith("# runs as it is")
    assert mine.memo == alone.memo == other.memo


def growing(held, x):
    while len(held.weights) < 2 + int(abs(x)):
        held.weights.append(Value(0.1 * (len(held.weights) + 1)))
    return sum(w * x for w in held.weights)


def test_weights_made_when_they_are_needed_are_found_again() -> None:
    mine, other = Held(weights=[]), Held(weights=[])
    lifted = jit(partial(growing, mine), audit=False)
    for x in (1.0, -0.5, 3.0, 1.0, 4.0, 2.0):
        assert lifted(x).data == pytest.approx(growing(other, Value(x)).data, rel=1e-12)
        assert len(mine.weights) == len(other.weights)
