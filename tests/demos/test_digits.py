"""Digits are read by a network that has not seen the images."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from demos import digits
from demos.runner.account import Account
from nn import MLP, predict, split
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by

sklearn = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and what it learned."""
    with recorded(digits, "learn_digits") as made:
        return *written_by(tmp_path_factory, "digits"), *made


def test_at_least_97_percent_of_the_images_held_out_are_read_right(written) -> None:
    folder, outcome, learned = written
    assert (outcome.status, outcome.err) == (0, "")
    data = sklearn.load_digits()
    np.testing.assert_array_equal(
        sorted(learned.images.tolist()),
        sorted(split(data.data / 16.0, data.target, 0.2, rng=0, stratify=True)[1].tolist()),
    )
    right = int(sum(np.argmax(learned.outputs, axis=1) == learned.digits))
    assert len(learned.digits) == round(0.2 * len(data.target))
    assert right / len(learned.digits) >= 0.97
    assert f"{right} of {len(learned.digits)} images held out were read right" in outcome.out
    (row,) = (line for line in outcome.out.splitlines() if line.startswith("held out"))
    assert numbers(row)[-1] == pytest.approx(right / len(learned.digits), abs=1e-3)
    for name in ("read", "confusion", "curves"):
        assert_plot(folder / f"digits_{name}.png")


def test_network_is_the_one_that_numpy_computes() -> None:
    data = sklearn.load_digits()
    model = MLP(64, [32, 10], activation="relu", init="he_normal", rng=0)
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    X = data.data[:20] / 16.0
    assert predict(model, X) == pytest.approx(np.maximum(X @ W1.T, 0.0) @ W2.T, rel=1e-12)


def test_what_is_held_out_is_in_equal_shares_and_changes_nothing_in_the_network() -> None:
    data = sklearn.load_digits()
    images, target = data.data[:300] / 16.0, data.target[:300]
    first = digits.learn_digits(images, target, 0, 2, Account())
    assert np.bincount(first.digits) == pytest.approx(0.2 * np.bincount(target), abs=1.0)
    spoilt = images.copy()
    for image in first.images:
        spoilt[(images == image).all(axis=1)] = 0.5
    second = digits.learn_digits(spoilt, target, 0, 2, Account())
    assert first.model.state_dict() == second.model.state_dict()
    assert first.history["val_loss"] != second.history["val_loss"]


def test_without_scikit_learn_it_says_how_to_install_it(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    outcome = in_process(capsys, "digits", "--out", out_dir)
    assert outcome.status == 1
    assert 'pip install "chainrule[demos]"' in outcome.err


def test_digits_read_wrong_are_told_and_change_the_status(written, out_dir, capsys, monkeypatch) -> None:
    learned = written[2]
    wrong = replace(learned, outputs=np.roll(learned.outputs, 1, axis=1))
    monkeypatch.setattr(digits, "learn_digits", lambda *_: wrong)
    outcome = in_process(capsys, "digits", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The digits were not learned")
