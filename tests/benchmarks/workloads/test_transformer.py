import numpy as np
import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import transformer
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


def test_all_forms_compute_what_is_written_by_hand() -> None:
    expected = transformer.by_hand(np, name="abca").check()
    for library in (ours(), load_microgpt()):
        for plain in (True, False):
            agree(transformer.scalars(library, name="abca", plain=plain).check(), expected)
    agree(transformer.scalars(lifted(), name="abca").check(), expected)
    loss = transformer.array_loss(Differences(), "abca")  # its gradient: numpy_baselines/test_transformer.py
    assert loss([np.array(m) for m in transformer.weights().values()]) == pytest.approx(expected["loss"][0])


def test_eager_graph_has_about_sixty_thousand_nodes_and_dot_makes_fewer() -> None:
    for case in transformer.EAGER.cases:
        nodes = transformer.scalars(ours(), **case.options).nodes
        if case.name == "plain":
            assert nodes == pytest.approx(59_000, rel=0.01)
        else:
            assert nodes < 59_000 / 4


def test_every_name_fits_the_context() -> None:
    for workload in (transformer.EAGER, transformer.LIFTED):
        for case in (*workload.cases, *workload.quick):
            assert len(transformer.encode(case.options["name"])) - 1 <= transformer.CONTEXT
