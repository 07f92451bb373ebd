"""The table of docs/jit.md: each line's example, run as it stands there, does what the line says."""

import copy
import functools
import itertools
import linecache
import random
import re
import time
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import engine
from engine import TraceError, Value, jit
from engine.jit.programs import MOST_FORMS
from tests.source_tree import ROOT

PAGE = (ROOT / "docs" / "jit.md").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^\| [^|]+ \| `(.+?)` \| ([^|]+) \|$", PAGE, re.MULTILINE))
"""How each example runs, in the words of the page."""

N = (1.5, -2.0, 0.0, 3.0, 1.0)
"""Numbers for `x`."""

LINE = r"test_page|<string>"
"""What a message names that names the line of an example."""
WORDS = {" the functio": "others"}


def counted(model: SimpleNamespace) -> int:
    model.count += 1
    return int(model.count)


def same(here: SimpleNamespace) -> None:
    """Nothing happens between calls."""


def moved(here: SimpleNamespace) -> None:
    """Captured Values are other ones of another sign."""
    here.w.data, here.v.data = -1.5 * here.w.data, 0.5 - here.v.data


def set_(here: SimpleNamespace) -> None:
    here.settings["k"] *= 2.0
    here.settings["all"].append(0)


def switched(here: SimpleNamespace) -> None:
    here.model.training = not here.model.training


def replaced(here: SimpleNamespace) -> None:
    here.model.act = {engine.tanh: engine.sin, engine.sin: engine.cos}.get(here.model.act, engine.tanh)
    here.model.parameters.append(Value(2.0))
    here.model.parameters[0] = Value(0.1 * len(here.model.parameters))


def frozen(here: SimpleNamespace) -> None:
    here.w.requires_grad = not here.w.requires_grad


def graded(here: SimpleNamespace) -> None:
    here.v.grad += 1.0


def check(holds: Any) -> float:
    assert holds
    return 1.0


def halved(x: Any, while_above: float) -> Any:
    while x > while_above:
        x = x / 2.0
    return x


CASES: dict[str, tuple[Any, ...]] = {
    "w * x + engine.tanh(v * x) ** 2": (N,),
    "w * x + v": (N, moved),
    "engine.where(engine.greater(w * x, 1.0), w * x, v * x)": (N, moved),
    "engine.relu(w * x) + engine.maximum(x, 0.0) + engine.clip(v * x, -1.0, 1.0)": (N, moved),
    "engine.max([w * x for x in xs])": (([1.0, 2.0], [3.0, -1.0]), moved),
    "sum(engine.tanh(sum(w * x for x in xs[:n])) for n in (1, 2, 3))": (
        ([1.0, 2.0, 0.5], [3.0, -1.0, 0.0]),
        moved,
    ),
    "engine.mean([engine.tanh(w * x) ** 2 for x in xs])": (
        ([1.0, 2.0, 0.5], [3.0, -1.0, 0.0, 0.2], [0.4, 0.7]),
        moved,
    ),
    "engine.take(table, i) * w": ((0, 1, 2),),
    "engine.dot(engine.take([[1.0, 2.0], [3.0, 4.0]], i), [w, v])": ((0, 1, 0),),
    "w * x * engine.stop_gradient(w * x)": (N, moved),
    "sum(w * x for x in xs)": (([1.0, 2.0], [3.0, -1.0]), moved),
    "functools.reduce(lambda h, each: engine.tanh(w * h + each), xs, v)": (
        ([0.1, 0.2, -0.3, 0.4, 0.5, 0.1], [0.3, -1.0, 0.2, 0.1, 0.7, 0.2]),
        moved,
    ),
    "x * engine.grad(lambda y: w * y * y)(x)": ((Value(1.5), Value(-2.0)), moved),
    "inner(w * x) + v": (N, moved),
    "doubled(w * x)": (N, moved),
    "w * x if x > 0 else v * x": (N,),
    "w * x if w * x + v > 0 else v * x": (N, moved),
    "w * x if w > 0 else v * x": (N, moved),
    "w * x if x in (1.0, 2.0) and [x].count(1.0) == 0 else v * x": ((1.0, 2.0, 3.0, 1.0),),
    "w * x if x and not t else v * x": (((1.0, 0), (1.0, 1), (0.0, 0)),),
    "engine.where(x > 0, w * x, v * x)": (N,),
    "w * max(xs) + v * sorted(xs)[0] + min(1.0, xs[0] / 10)": (([1.0, 2.0], [30.0, -1.0], [1.0, 3.0]),),
    "table[xs.index(max(xs))] * w": (([1.0, 2.0], [30.0, -1.0], [1.0, 3.0]),),
    "w * int(x) + v * round(x) + math.floor(x)": ((1.2, 1.7, -0.3, 1.3),),
    "w * check(0 <= x <= 4)": ((1.0, 4.0, 5.0, -1.0),),
    "next((w * x for x in xs if x > 0), v * xs[0])": (([1.0, 2.0], [-1.0, 2.0], [-2.0, -1.0]),),
    "halved(x, while_above=1.0) * w": ((0.5, 3.0, 9.0, 5.0),),
    "sum((1.0 if i == t else 0.0) * z for i, z in enumerate([w * x, v * x]))": (((2.0, 0), (3.0, 1)),),
    "(np.where(np.array(xs) == 1, w, v) * x).sum()": ((([1, 0, 1], 2.0), ([0, 1, 1], 3.0)),),
    "w * x * x.data": ((Value(1.0), Value(3.0), Value(1.0)), moved),
    "w * float(x)": (N,),
    "v * x * w.data": (N, moved),
    "engine.exp(w * x - max(z.data for z in (w, v)))": (N, moved),
    "engine.Value(w.data) * w * x": (N, moved),
    "w * x * v.grad": (N, graded),
    "table[i] * engine.log_softmax([w * x, v * x])[t]": (((0.5, 1, 0), (1.0, 2, 1), (-0.5, -3, -1)),),
    "w + sum(table[:i])": ((1, 2, -1),),
    "w * [1.0, 2.0, 4.0][i]": ((1, 2, -1),),
    "sum([w] * (i + 1)) + sum(x for _ in range(i))": (((2.0, 0), (1.0, 3), (1.0, 1)),),
    'w * x * settings["k"] + v * len(settings["all"])': (N, set_),
    "w * x if model.training else v * x": (N, switched),
    "model.act(w * x)": (N, replaced),
    "w * x if w.requires_grad else v * x": (N, frozen),
    "sum(p * x for p in model.parameters)": (N, replaced),
    "w * x * int(x)": (range(2 * MOST_FORMS),),
    'w * x * settings["k"]': ([1.5] * 2 * MOST_FORMS, set_),
    "w * x * random.random()": (N,),
    "w * engine.log(x)": ((1.0, 0.0, -1.0, 2.0),),
    "{0: w, 1: v}[x]": ((0, 1),),
    "w if x == t else v": (((Value(1.0), Value(1.0)),),),
    'w * {"1.5": x}.get(f"{x:.1f}", v)': (N,),
    "w * xs.pop() + sum(xs)": (([1.0, 2.0, 3.0], [2.0, -1.0], [4.0, 0.5, 1.0]),),
    "w * x * x.grad": ((Value(1.0),),),
    "(w * x).backward()": (N,),
    "engine.Value(2.0, (w, v), (1.0, 1.0)) * x": (N,),
    "w * x * next(counter)": (N,),
    "w * x if counted(model) > 3 else v * x": ((1.0,) * 7,),
    "w * x * time.localtime().tm_year": (N,),
    "w * x * random.SystemRandom().random()": (N,),
    "w * x if isinstance(x, int) else v * x": (N,),
    "kept.append(w * x) or w * x": (N,),
}
"""For each example the arguments of its calls, and what happens between them."""


class Room(SimpleNamespace):
    """What an example finds, of its own for each way it runs: two of them hold the same numbers."""

    def __init__(self) -> None:
        w, v = Value(0.5), Value(-1.0)
        model = SimpleNamespace(training=True, act=engine.tanh, parameters=[w, Value(3.0)], count=0)
        super().__init__(w=w, v=v, table=[w, v, Value(4.0)], model=model, kept=[], counter=itertools.count())
        self.settings = {"k": 1.0, "all": [1]}

    def function(self, example: str) -> Callable[..., Any]:
        """The example as a function of those of x, xs, i and t that it names."""
        inner = "for i, z in" in example
        loops = "for x in xs" in example
        names = [n for n in ("xs", "x", "i", "t") if re.search(rf"\b{n}\b", example)]
        names = [n for n in names if not (n == "i" and inner) and not (n == "x" and loops)]
        modules = {
            "engine": engine,
            "np": np,
            "math": __import__("math"),
            "random": random,
            "time": time,
            "functools": functools,
        }
        others = {
            "check": check,
            "counted": counted,
            "halved": halved,
            "inner": jit(engine.tanh),
            "doubled": DOUBLED,
        }
        text = f"lambda {', '.join(names)}: {example}"
        linecache.cache["<string>"] = len(text), None, [text], "<string>"  # as if a file had it
        space = {**modules, **others, **vars(self)}
        return eval(text, space)  # type: ignore[no-any-return] # noqa: S307 - the project's own page


DOUBLED = engine.custom_op(lambda x: 2.0 * x, lambda x: 2.0, name="doubled_on_a_page")


def outcome(f: Callable[..., Any], given: Any, here: Room) -> Any:
    """The number that a call gives, with the gradients of what was captured; or the error."""
    given = given if isinstance(given, tuple) else (given,)
    try:
        y = f(*[Value(x.data) if isinstance(x, Value) else copy.copy(x) for x in given])
    except (AssertionError, ValueError) as error:
        return type(error)
    leaves = [here.w, here.v, *here.model.parameters]
    return [float(y), *engine.gradients(y, leaves)] if isinstance(y, Value) else [float(y)]


def test_each_line_of_the_page_has_a_case() -> None:
    assert sorted(LINES) == sorted(CASES)
    kinds = {how.split()[0].rstrip(":,;") for how in LINES.values()}
    assert kinds == {"lifts", "guarded", "as", "refused"}


@pytest.mark.parametrize("example", CASES)
def test_a_line_of_the_page_is_true(example) -> None:
    how, (calls, *between) = LINES[example], CASES[example]
    after = between[0] if between else same
    mine, other = Room(), Room()
    lifted, plain = jit(mine.function(example)), other.function(example)
    if how.startswith("refused"):
        with pytest.raises(TraceError, match=WORDS.get(how.partition(":")[2][:12], LINE)):
            outcome(lifted, calls[0], mine)
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for given in calls:
            random.seed(3)
            expected = outcome(plain, given, other)
            random.seed(3)
            found = outcome(lifted, given, mine)
            if "unseen" not in how:
                if isinstance(expected, type):
                    assert found is expected
                else:
                    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)
            after(mine)
            after(other)
    assert len(caught) == ("one warning" in how)
    if how.startswith("lifts"):
        lengths = {np.size(given) for given in calls}
        assert lifted.traces == (len(lengths) if "each length" in how else 1)
    elif how.startswith("guarded"):
        assert ("raises" not in how) < lifted.traces <= len(calls)
    if "nan afterwards" in how:
        assert all(kept.data != kept.data for kept in mine.kept)
    if "beyond" in how:
        assert lifted.traces == MOST_FORMS
