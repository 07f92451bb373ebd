"""Programs are bounded in number, and freed with what belongs to them."""

import gc
import linecache
import random
import weakref
from functools import partial
from types import SimpleNamespace

import pytest

import engine
from engine import Value, jit, vmap
from engine.jit import programs
from engine.jit.pipeline import Lifted
from engine.jit.programs import MOST_FORMS
from engine.node.backend import compiled_tape
from tests.engine.jit.forms import FORMS, forced


def sources() -> int:
    gc.collect()
    return sum("engine.jit" in name for name in linecache.cache)


@pytest.fixture(params=FORMS)
def form(request):
    with forced(request.param):
        yield request.param


def test_sources_are_freed_with_the_function(form) -> None:
    before = sources()
    for _ in range(5):
        jit(lambda x: x * 2.0)(1.0)
    assert sources() == before


def test_sources_are_freed_with_the_cache(form) -> None:
    before = sources()
    f = jit(lambda xs: engine.sum([x * x for x in xs]))
    for n in range(1, 6):
        f([1.0] * n)
    on_numpy = "arrays" if compiled_tape is None else "numpy"
    assert (sources() > before) is (form in (on_numpy, "scalars"))  # the others have none that is compiled
    assert all("def " in linecache.getline(n, 1) for n in linecache.cache if "engine.jit" in n)
    f.clear_cache()
    assert sources() == before
    assert f([1.0, 2.0]).data == 5.0


def test_a_function_is_freed_with_its_programs() -> None:
    w = Value(1.0)

    def f(x):
        return w * x

    lifted = jit(f)
    lifted(1.0)
    reference = weakref.ref(lifted)
    del lifted
    gc.collect()
    assert reference() is None


@pytest.mark.unmeasured
def test_programs_that_were_used_least_recently_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 20)
    before = sources()
    ran = []
    f = jit(lambda xs: ran.append(len(xs)) or engine.sum([x * x for x in xs]), audit=False)
    f([1.0])
    once = len(ran)

    def use_them() -> None:
        for n in range(2, 30):
            assert f([1.0] * n).data == n
            assert f([1.0]).data == 1.0  # used each time: kept

    with pytest.warns(RuntimeWarning, match="<lambda> has 20 programs.* count by their lengths: ") as said:
        use_them()
    assert len(said) == 1
    assert ran.count(1) == once
    assert f.traces == 20
    assert sources() <= before + 2 * 20
    ran = []
    g = jit(lambda xs: ran.append(len(xs)) or engine.sum(xs), audit=False)
    g([1.0])
    once = ran.copy()
    g([1.0, 2.0])
    g([1.0])
    assert ran.count(1) == len(once)


def test_objects_of_which_each_is_another_argument_are_named_when_there_are_many(monkeypatch) -> None:
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 5)
    w = Value(2.0)
    f = jit(lambda point, name: w * point.x)
    with pytest.warns(RuntimeWarning, match=r"of what is not a number \(SimpleNamespace, str\) each other"):
        assert [f(SimpleNamespace(x=i), "a").data for i in range(8)] == [2.0 * i for i in range(8)]


def test_an_outdated_program_is_dropped() -> None:
    ws = [Value(1.0)]
    f = jit(lambda x: ws[0] * x)
    for i in range(20):
        ws[0] = Value(float(i))
        assert f(2.0).data == 2.0 * i
    assert f.traces == 1


@pytest.mark.filterwarnings("ignore:.*keeps changing:RuntimeWarning")
@pytest.mark.parametrize("form", ["arrays", "scalars"])
def test_programs_that_never_do_are_seldom_tried(form, monkeypatch) -> None:
    w, tried, run = Value(0.5), [], Lifted.run
    monkeypatch.setattr(Lifted, "run", lambda self, *args: tried.append(self) or run(self, *args))
    f = jit(lambda x: w * x * float(w * x))
    with forced(form):
        for i in range(400):
            assert f(float(i)).data == 0.25 * i * i
    at_first = len(tried)
    assert at_first < 70 * MOST_FORMS  # of 400
    for _ in range(100):
        assert f(3.0).data == 2.25
    assert len(tried) > at_first + 80  # tried again, as one does


@pytest.mark.parametrize("lift", [jit, partial(jit, batch=True), vmap])
@pytest.mark.parametrize("body", [lambda x: x * int(x), lambda x: x * random.random()])
def test_a_warning_names_the_line_that_called_the_lifted_function(lift, body) -> None:
    lifted = lift(body)

    def call_often() -> None:
        for i in range(20):
            lifted(float(i) if lift is jit else [float(i), 0.5])

    with pytest.warns(RuntimeWarning) as warned:
        call_often()
    assert [each.filename for each in warned] == [__file__]
