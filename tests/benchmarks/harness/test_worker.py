import io
import json

import pytest

from benchmarks.harness import worker
from benchmarks.libraries import table
from benchmarks.workload import Program


def test_figure_is_the_mean_of_the_runs() -> None:
    numbers = iter([1.0, 2.0, 6.0])
    ticks = iter(range(100))
    clock = worker.perf_counter
    worker.perf_counter = lambda: float(next(ticks))
    try:
        measured = worker.measure(Program(dict, lambda: {"bytes": next(numbers)}), 8.0, "step")
    finally:
        worker.perf_counter = clock
    assert measured == {"figures": {"bytes": 3.0}, "longest": 1.0}


def test_program_that_measures_nothing_itself_is_timed() -> None:
    measured = worker.measure(Program(dict, lambda: None), 0.0, "step")
    assert list(measured["figures"]) == ["step"]


def serve(monkeypatch, arguments: list[str], *requests: dict) -> list[dict]:
    said: list[dict] = []
    asked = [{"workload": "xor", "case": "20", **each} for each in requests]
    lines = "".join(json.dumps(each) + "\n" for each in asked)
    monkeypatch.setattr(worker.sys, "stdin", io.StringIO(lines))
    worker.serve(arguments, said.append)
    return said


CHECK, RUN = {"do": "check"}, {"do": "run", "seconds": 0}


def test_conversation_is_as_documented(monkeypatch) -> None:
    said = serve(monkeypatch, ["microgpt", "--quick"], CHECK, RUN)
    assert sorted(said[0]) == ["answer", "nodes", "version"]
    assert sorted(said[1]) == ["figures", "longest", "nodes", "peak", "version"]
    assert json.loads(json.dumps(said)) == said


def test_program_lasts_until_another_case_is_asked_for(monkeypatch) -> None:
    made = []
    make = worker.make
    monkeypatch.setattr(worker, "make", lambda *each: made.append(each[2].name) or make(*each))
    other = {"workload": "chain", "case": "60"}
    said = serve(monkeypatch, ["microgpt", "--quick"], CHECK, RUN, CHECK | other, RUN | other, CHECK)
    assert made == ["20", "60", "20"]
    assert said[0] == said[4]
    assert said[0]["answer"].keys() != said[2]["answer"].keys()


def test_lack_of_memory_is_no_mistake(monkeypatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "measure", exhausted)
    said = serve(monkeypatch, ["microgpt", "--quick"], RUN, CHECK)
    assert said[0] == {"cannot": "too large: not enough memory"}
    assert "answer" in said[1]


def test_missing_library_says_so_at_every_request(monkeypatch) -> None:
    monkeypatch.setattr(table, "find_spec", lambda name: None)
    said = serve(monkeypatch, ["micrograd", "--quick"], CHECK, RUN)
    assert said == [{"missing": "not installed (pip install micrograd)"}] * 2


def test_unknown_workload_is_refused(monkeypatch) -> None:
    with pytest.raises(KeyError):
        serve(monkeypatch, ["microgpt"], {**CHECK, "workload": "nothing"})
