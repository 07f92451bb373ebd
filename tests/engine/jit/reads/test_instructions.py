"""Every instruction of the Python that runs is known, or a function that has it runs as written."""

import dis

import pytest

from engine import Value, jit
from engine.jit.reads import instructions
from engine.jit.trace import names

W = Value(0.5)


def test_all_instructions_of_this_python_are_known() -> None:
    here = {name for name, number in dis.opmap.items() if number < 256}
    assert {name for name in here - instructions.KNOWN if not name.startswith("INSTRUMENTED_")} == set()


def test_what_has_a_name_reads_it_or_is_known_to_use_it_otherwise() -> None:
    for number in {*dis.hasname, *dis.hasfree}:
        name = dis.opname[number]
        otherwise = name in {
            *("STORE_NAME", "STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF", "IMPORT_NAME", "MAKE_CELL"),
            *("DELETE_NAME", "DELETE_ATTR", "DELETE_GLOBAL", "DELETE_DEREF"),
        }
        assert number > 255 or otherwise != (name in names._READS), name


def test_what_has_an_unknown_instruction_runs_as_written(monkeypatch) -> None:
    monkeypatch.setattr(instructions, "_UNKNOWN", frozenset({dis.opmap["UNARY_NOT"]}))
    settings = {"k": 1.0}

    def f(x):
        def inner(y):
            return y * settings["k"] * (not settings["k"] > 5.0)

        return W * inner(x)

    lifted = jit(f, audit=False)
    with pytest.warns(RuntimeWarning, match="instructions of a Python that is newer .* runs as written"):
        assert lifted(2.0).data == 1.0
    settings["k"] = 2.0
    assert lifted(2.0).data == 2.0
    assert not jit(lambda x: W * x).has_given_up


def test_a_class_within_reads_variables_around_it() -> None:
    n = 0.0

    def f(x):
        nonlocal n
        n += 1.0

        class Kept:
            k = n

        return W * x * Kept.k

    lifted = jit(f, audit=False)
    with pytest.warns(RuntimeWarning, match="runs as written"):
        assert [lifted(2.0).data for _ in range(4)] == [1.0, 2.0, 3.0, 4.0]
