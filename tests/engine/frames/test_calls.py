"""Reading from bytecode what a frame is just calling; test_leaks.py has many ways to write a call."""

import dis
import math
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from engine.frames.calls import called_by, keywords_of, operation_of


def caught(**options: object) -> object:
    """What the caller is just calling: this, by whatever name."""
    return called_by(sys._getframe(1))


def seen(*items, **options):
    return keywords_of(sys._getframe(1))


class Holder:
    static = staticmethod(caught)


def test_plain_and_dotted_names_are_found() -> None:
    other, holder = caught, Holder()
    here = sys.modules[__name__]
    found = [caught(), other(), Holder.static(), holder.static(), here.caught(), (lambda: caught())()]
    found += [caught() for _ in range(3)]
    found += [caught(k=1), here.caught(k=found)]
    assert found == [caught] * 11


def test_what_is_computed_has_no_name() -> None:
    # not within an assertion, of which pytest makes a call by a name of its own
    found = [(caught, math.exp)[0](), {"f": caught}["f"](), (lambda: caught)()(), (lambda f: f)(caught)()]
    assert found == [None] * 4


def test_code_that_has_been_run_often_is_read_as_well() -> None:
    """Python rewrites it as it runs."""
    frames = []

    class Number:
        def __float__(self):
            frames.append(called_by(sys._getframe(1)))
            return 1.0

    number, to_float = Number(), float
    for _ in range(1000):
        float(number)
        to_float(number)
    assert set(frames) == {float}
    assert len(frames) == 2000


def test_a_frame_that_calls_nothing() -> None:
    frames = []

    class Adds:
        def __add__(self, other):
            frames.append((called_by(sys._getframe(1)), operation_of(sys._getframe(1))))
            return self

        def __setitem__(self, key, value):
            frames.append((called_by(sys._getframe(1)), operation_of(sys._getframe(1))[0]))

    adds = Adds()
    adds + adds
    adds[0] = 1
    assert frames == [(None, ("BINARY_OP", "+")), (None, "STORE_SUBSCR")]


def test_keywords_are_found() -> None:
    assert seen(1, 2) == ()
    assert seen(1, key=2) == ("key",)
    assert seen(key=(1, 2), reverse=True) == ("key", "reverse")
    assert seen(("key",), seen(a=1)) == ()


@pytest.mark.parametrize("debug_ranges", [True, False])
def test_code_without_a_table_of_positions(debug_ranges) -> None:
    def by_name(x):
        return caught()

    def with_arguments(x):
        return round_trip(x + 1, [x], x * x)

    def round_trip(*items):
        return called_by(sys._getframe(1))

    def behind_a_choice(x):
        return round_trip(x if x else 1)

    functions = by_name, with_arguments, behind_a_choice
    if not debug_ranges:
        for function in functions:
            code = function.__code__
            function.__code__ = code.replace(
                co_linetable=bytes([0b11110000 | (1 - 1)]) * (len(code.co_code) // 2)
            )
    found = [function(1) for function in functions]
    assert found[:2] == [caught, round_trip]
    assert found[2] is (round_trip if debug_ranges else None)  # None where it cannot be told


def without_positions(function):
    code = function.__code__
    function.__code__ = code.replace(co_linetable=bytes([0b11110000]) * (len(code.co_code) // 2))
    return function


def test_names_without_a_table_of_positions() -> None:
    def received(*items):
        return called_by(sys._getframe(1))

    def dotted(x):
        return Holder.static()

    def behind_a_choice(x):
        return received(2, x if x else 1)

    def behind_another_call(x):
        return received(received(), abs(x))

    def unpacked(x):
        return received(*[x])

    def of_a_table(x):
        return {"f": caught}["f"]()

    expected = {dotted: caught, behind_another_call: received}  # None where it cannot be told
    for function in (dotted, behind_a_choice, behind_another_call, unpacked, of_a_table):
        assert without_positions(function)(1) is expected.get(function), function.__name__


def test_a_frame_that_has_not_begun_calls_nothing() -> None:
    frame = (x for x in [1]).gi_frame
    assert (called_by(frame), keywords_of(frame)) == (None, ())


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there a call has no preparation")
def test_the_preparation_of_a_call_stands_for_the_call() -> None:
    """Where Python 3.11 has rewritten the code, a frame is there while it calls."""
    code = compile("math.exp(x)", "<text>", "eval")
    offset = next(i.offset for i in dis.get_instructions(code) if i.opname == "PRECALL")
    frame = SimpleNamespace(f_code=code, f_lasti=offset, f_locals={}, f_globals={"math": math}, f_builtins={})
    assert operation_of(frame)[0] == "CALL"
    assert called_by(frame) is math.exp
    assert keywords_of(frame) == ()
    frame.f_lasti = 0
    assert (called_by(frame), keywords_of(frame)) == (None, ())


def test_an_attribute_behind_many_names_is_found_without_positions() -> None:
    """Its number takes an instruction of its own."""
    names = "".join(f"    x.n{i}\n" for i in range(300))
    scope = {"Holder": Holder}
    exec(f"def f(x):\n{names}    return Holder.static()\n", scope)  # noqa: S102
    everything = MagicMock()
    assert scope["f"](everything) is caught
    assert without_positions(scope["f"])(everything) is caught
