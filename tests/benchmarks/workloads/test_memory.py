from benchmarks.harness.processes import Workers
from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import compiling, memory
from tests.benchmarks.workloads.oracle import agree, lifted, ours


def test_bytes_of_a_node_are_more_than_its_slots() -> None:
    with Workers(quick=True) as workers:  # its heap has no holes yet
        said = workers.ask("microgpt", workload="memory", case="node", seconds=0.0)
    figures = said["figures"]
    assert 64 < figures["as built"] < 2000
    assert figures["with gradients"] >= figures["as built"]


def test_step_is_that_of_moons() -> None:
    answer = memory.form(load_microgpt(), samples=4).check()
    assert len(answer["gradients"]) == 337


def test_traced_graph_has_half_a_million_nodes() -> None:
    samples = memory.WORKLOAD.case("tracing", quick=False).options["traced"]
    assert compiling.nodes(samples) == 499_978


def test_traced_loss_is_the_eager_one() -> None:
    found = memory.form(lifted(), traced=3)
    agree(found.check(), memory.form(ours(), traced=3).check())
    assert set(found.run()) == {"peak"}


def test_fan_is_a_multiple_of_one_product() -> None:
    for Value in (ours().Value, load_microgpt().Value):
        for nodes in (2, 60, 600, 606):
            root, (x, a) = memory.fan(Value, nodes)
            root.backward()
            k = nodes // 2
            assert (root.data, x.grad, a.grad) == (k * 1.5 * 0.25, k * 0.25, k * 1.5)
