import numpy as np
import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import documents
from benchmarks.workloads.transformer import CONTEXT, encode, loss_of_tokens, model_and_parameters
from tests.benchmarks.workloads.oracle import agree, lifted, ours


def test_names_have_all_lengths_and_fit_the_context() -> None:
    names = documents.names(1000, 3, 12)
    assert {len(name) for name in names} == set(range(3, 13))
    assert max(map(len, names)) + 1 <= CONTEXT
    assert len(set(names)) > 900
    assert all(name.isascii() and name.islower() and name.isalpha() for name in names)


def test_training_of_scalars_is_that_by_hand() -> None:
    expected = documents.by_hand(np, documents=2, longest=4).check()
    for library in (ours(), load_microgpt()):
        agree(documents.scalars(library, documents=2, longest=4).check(), expected, rtol=1e-6, atol=1e-9)


def test_lifted_training_is_that_by_hand() -> None:
    agree(
        documents.lifted(lifted(), documents=2, longest=4).check(),
        documents.by_hand(np, documents=2, longest=4).check(),
        rtol=1e-6,
        atol=1e-9,
    )


def test_loss_is_traced_once_for_each_length() -> None:
    library = lifted()
    model, _ = model_and_parameters(library.Value)
    loss = library.engine.jit(loss_of_tokens(documents.PLAIN, model, library.engine.take))
    for name in ("ab", "c", "yz", "d", "bb"):
        eager = loss_of_tokens(documents.PLAIN, model)(encode(name))
        assert loss(encode(name)).data == pytest.approx(eager.data, rel=1e-13)
    assert loss.traces == 2


def test_time_of_few_documents_is_scaled_by_what_they_predict(monkeypatch) -> None:
    ticks = iter([0.0, 3.0])
    monkeypatch.setattr(documents, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(documents, "TIMED", 1)
    figures = documents.scalars(ours(), documents=3).run()
    first, *others = (len(name) + 1 for name in documents.names(3, 3, 12))
    assert figures["training"] == pytest.approx(3.0 * (first + sum(others)) / first)
