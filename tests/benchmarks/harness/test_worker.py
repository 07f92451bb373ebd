import io
import json

import pytest

from benchmarks.harness import worker
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
    assert measured == {"figures": {"bytes": 3.0}, "runs": 3, "longest": 1.0}


def test_program_that_measures_nothing_itself_is_timed() -> None:
    measured = worker.measure(Program(dict, lambda: None), 0.0, "step")
    assert list(measured["figures"]) == ["step"]


def serve(monkeypatch, arguments: list[str], *requests: dict) -> list[dict]:
    said: list[dict] = []
    monkeypatch.setattr(
        worker.sys, "stdin", io.StringIO("".join(json.dumps(each) + "\n" for each in requests))
    )
    worker.serve(arguments, said.append)
    return said


def test_conversation_is_as_documented(monkeypatch) -> None:
    said = serve(
        monkeypatch, ["xor", "20", "microgpt", "--quick"], {"do": "check"}, {"do": "run", "seconds": 0}
    )
    assert said[0] == {"version": ""}
    assert sorted(said[1]) == ["answer", "nodes"]
    assert sorted(said[2]) == ["figures", "longest", "nodes", "peak", "runs"]
    assert json.loads(json.dumps(said)) == said


def test_lack_of_memory_is_no_mistake(monkeypatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "measure", exhausted)
    said = serve(monkeypatch, ["xor", "20", "microgpt", "--quick"], {"do": "run", "seconds": 0})
    assert said[1] == {"cannot": "too large: not enough memory"}


def test_unknown_workload_is_refused(monkeypatch) -> None:
    with pytest.raises(KeyError):
        serve(monkeypatch, ["nothing", "20", "microgpt"])
