"""Programs are bounded in number, and freed with what belongs to them."""

import gc
import linecache
import weakref

import pytest

import engine
from engine import Value, jit
from engine.jit.programs import MOST_PROGRAMS
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
    assert (sources() > before) is (form != "eager")  # what runs as written has none
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


def test_programs_that_were_used_least_recently_are_forgotten() -> None:
    before = sources()
    ran = []
    f = jit(lambda xs: ran.append(len(xs)) or engine.sum([x * x for x in xs]))
    f([1.0])
    once = len(ran)
    for n in range(2, MOST_PROGRAMS + 10):
        assert f([1.0] * n).data == n
        assert f([1.0]).data == 1.0  # used each time: kept
    assert ran.count(1) == once
    assert f.traces == MOST_PROGRAMS
    assert sources() <= before + 2 * MOST_PROGRAMS
    ran = []
    g = jit(lambda xs: ran.append(len(xs)) or engine.sum(xs))
    g([1.0])
    once = ran.copy()
    g([1.0, 2.0])
    g([1.0])
    assert ran.count(1) == len(once)


def test_an_outdated_program_is_dropped() -> None:
    ws = [Value(1.0)]
    f = jit(lambda x: ws[0] * x)
    for i in range(20):
        ws[0] = Value(float(i))
        assert f(2.0).data == 2.0 * i
    assert f.traces == 1
