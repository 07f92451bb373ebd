import numpy as np

from benchmarks.libraries import microgpt
from benchmarks.workloads import transformer, transformer_jit
from tests.benchmarks.workloads.oracle import agree, lifted, ours


def test_scalars_compute_what_is_written_by_hand() -> None:
    expected = transformer_jit.by_hand(np, name="abca").check()
    for library in (ours(), microgpt.load()):
        agree(transformer_jit.scalars(library, name="abca").check(), expected)


def test_loss_is_that_of_the_shifted_softmax() -> None:
    shifted = transformer.scalars(ours(), name="ab", plain=True).check()
    found = transformer_jit.scalars(ours(), name="ab").check()
    assert np.allclose(found["loss"] + found["gradients"], shifted["loss"] + shifted["gradients"], atol=1e-13)


def test_lifted_loss_is_that_of_the_loops() -> None:
    expected = transformer_jit.by_hand(np, name="abca").check()
    agree(transformer_jit.lifted(lifted(), name="abca").check(), expected)
