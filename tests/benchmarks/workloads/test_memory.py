from benchmarks.harness.processes import Workers
from benchmarks.libraries import microgpt
from benchmarks.workloads import compiling, memory
from tests.benchmarks.workloads.oracle import agree, lifted, ours


def test_bytes_of_a_node_are_more_than_its_slots() -> None:
    with Workers(quick=True) as workers:  # its heap has no holes yet
        said = workers.ask("microgpt", workload="memory", case="node", do="run", seconds=0.0)
    figures = said["figures"]
    assert 64 < figures["as built"] < 2000
    assert figures["with gradients"] >= figures["as built"]


def test_step_is_that_of_moons() -> None:
    answer = memory.form(microgpt.load(), samples=4).check()
    assert len(answer["gradients"]) == 337


def test_traced_graph_has_half_a_million_nodes() -> None:
    samples = memory.WORKLOAD.case("tracing", quick=False).options["traced"]
    assert compiling.nodes(samples) == 499_978


def test_traced_loss_is_the_eager_one() -> None:
    found = memory.lifted(lifted(), traced=3)
    agree(found.check(), memory.form(ours(), traced=3).check())
    assert set(found.run()) == {"peak"}
