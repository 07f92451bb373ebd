import pytest

from benchmarks.harness.processes import Worker
from benchmarks.libraries import microgpt
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import CannotRunError
from benchmarks.workloads import memory


def test_bytes_of_a_node_are_more_than_its_slots() -> None:
    with Worker("memory", "node", LIBRARIES["microgpt"], quick=True) as worker:  # its heap has no holes yet
        try:
            figures = worker.ask(do="run", seconds=0.0)["figures"]
        except CannotRunError as reason:
            pytest.skip(str(reason))
    assert 64 < figures["as built"] < 2000
    assert figures["with gradients"] >= figures["as built"]


def test_step_is_that_of_moons() -> None:
    answer = memory.form(microgpt.load(), samples=4).check()
    assert len(answer["gradients"]) == 337
