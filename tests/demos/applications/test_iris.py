"""Kinds of iris are told apart by networks that have not seen the flowers they name."""

import sys

import numpy as np
import pytest

from demos.applications import iris
from demos.runner.page import Page
from nn import split
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by

sklearn = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and what it learned."""
    with recorded(iris, "learn_part") as made:
        return *written_by(tmp_path_factory, "iris"), made


def test_s_iris_at_least_95_percent_of_the_flowers_held_out_are_named_right(written) -> None:
    folder, outcome, learned = written
    assert (outcome.status, outcome.err) == (0, "")
    data = sklearn.load_iris()
    counts = np.zeros((3, 3), dtype=int)
    for each in learned:
        for named, kind in zip(each.named, each.kinds, strict=True):
            counts[kind, named] += 1
    assert counts.sum(axis=1).tolist() == [50, 50, 50], "each flower is held out once"
    right = np.trace(counts)
    assert right / 150 >= 0.95
    assert f"{right} of 150 flowers held out were named right: {right / 150:.4f}" in outcome.out
    names = tuple(data.target_names)
    rows = [line for line in outcome.out.splitlines() if line.startswith(names)]
    assert [numbers(row) for row in rows[:3]] == counts.tolist()
    for name in ("confusion", "curves", "weights"):
        assert_plot(folder / f"iris_{name}.png")


def test_what_is_held_out_changes_nothing_in_the_network_and_is_named_by_it() -> None:
    data = sklearn.load_iris()
    dealt = split(data.data, data.target, [0.2] * 5, rng=0, stratify=True)
    parts = list(zip(dealt[:5], dealt[5:], strict=True))
    assert all(np.bincount(kinds).tolist() == [10, 10, 10] for _, kinds in parts)
    first = iris.learn_part(parts, 0, Page(0, 2, quiet=True))
    middle = np.concatenate([X for X, _ in parts[1:]]).mean(axis=0)
    scores = [[score.data for score in first.model((x - middle).tolist())] for x in parts[0][0]]
    assert np.argmax(scores, axis=1).tolist() == first.named
    spoilt = [(parts[0][0] * 100 - 7, (parts[0][1] + 1) % 3), *parts[1:]]
    second = iris.learn_part(spoilt, 0, Page(0, 2, quiet=True))
    assert [p.data for p in first.model.parameters()] == [p.data for p in second.model.parameters()]
    assert first.history["val_loss"] != second.history["val_loss"]


def test_without_scikit_learn_it_says_how_to_install_it(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    outcome = in_process(capsys, "iris", "--out", out_dir)
    assert outcome.status == 1
    assert 'pip install "chainrule[demos]"' in outcome.err


def test_flowers_named_wrong_are_told_and_change_the_status(written, out_dir, capsys, monkeypatch) -> None:
    wrong = [each._replace(named=[(kind + 1) % 3 for kind in each.named]) for each in written[2]]
    monkeypatch.setattr(iris, "learn_part", lambda parts, number, page: wrong[number])
    outcome = in_process(capsys, "iris", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The kinds were not learned")
