"""Digits are read by a network that has not seen the images."""

import sys

import numpy as np
import pytest

from demos.applications import digits
from demos.runner.page import Page
from nn import MLP, predict, split
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by

sklearn = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and what it learned."""
    with recorded(digits, "learn") as made:
        return *written_by(tmp_path_factory, "digits"), *made


def held_out() -> tuple[np.ndarray, np.ndarray]:
    data = sklearn.load_digits()
    _, images, _, kinds = split(data.data / 16.0, data.target, 0.2, rng=0, stratify=True)
    assert np.bincount(kinds) == pytest.approx(0.2 * np.bincount(data.target), abs=1.0)
    return images, kinds


def test_at_least_97_percent_of_the_images_held_out_are_read_right(written) -> None:
    folder, outcome, (model, history) = written
    assert (outcome.status, outcome.err) == (0, "")
    images, kinds = held_out()
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    b1, b2 = (np.array([neuron.b.data for neuron in layer.neurons]) for layer in model.layers)
    read = np.argmax(np.maximum(images @ W1.T + b1, 0.0) @ W2.T + b2, axis=1)
    right = np.mean(read == kinds)
    assert right >= 0.97
    assert history["val_accuracy"][-1] == pytest.approx(right)
    (row,) = (line for line in outcome.out.splitlines() if line.startswith("held out"))
    assert numbers(row) == pytest.approx([len(kinds), history["val_loss"][-1], right], abs=5.1e-5)
    for name in ("read", "confusion", "curves"):
        assert_plot(folder / f"digits_{name}.png")


def test_network_is_the_one_that_numpy_computes() -> None:
    model = MLP(64, [32, 10], activation="relu", init="he_normal", rng=0)
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    X = held_out()[0][:20]
    assert predict(model, X) == pytest.approx(np.maximum(X @ W1.T, 0.0) @ W2.T, rel=1e-12)


def test_what_is_held_out_changes_nothing_in_the_network() -> None:
    images, kinds = held_out()
    shown, page = (images[:200], kinds[:200]), Page(0, 2, quiet=True)
    unseen = (images[200:], images[200:] / 2)
    first, second = (digits.learn(shown, (each, kinds[200:]), page) for each in unseen)
    assert first[0].state_dict() == second[0].state_dict()
    assert first[1]["val_loss"] != second[1]["val_loss"]


def test_without_scikit_learn_it_says_how_to_install_it(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    outcome = in_process(capsys, "digits", "--out", out_dir)
    assert outcome.status == 1
    assert 'pip install "chainrule[demos]"' in outcome.err


def test_digits_read_wrong_are_told_and_change_the_status(written, out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(digits, "learn", lambda *_: written[2])
    monkeypatch.setattr(digits, "predicted_classes", lambda outputs: [0] * len(outputs))
    outcome = in_process(capsys, "digits", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The digits were not learned")
