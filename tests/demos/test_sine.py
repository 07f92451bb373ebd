"""The sine is learned from some of its points; the account tells how far off the curve is."""

import numpy as np
import pytest

from demos import sine
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by


def forward(model, x: np.ndarray) -> np.ndarray:
    """What the network answers, computed by matrices."""
    a = x[:, None]
    for depth, layer in enumerate(model.layers):
        W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        b = np.array([neuron.b.data for neuron in layer.neurons])
        a = a @ W.T + b
        a = np.tanh(a) if depth < len(model.layers) - 1 else a
    return a[:, 0]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and what it learned."""
    with recorded(sine, "train") as made:
        return *written_by(tmp_path_factory, "sine"), *made


def test_s_sine_the_curve_is_close_to_the_sine_where_points_were_held_out(written) -> None:
    folder, outcome, (model, history) = written
    assert (outcome.status, outcome.err) == (0, "")
    x = np.linspace(-np.pi, np.pi, 501)  # none of the demo's own grid but a few
    assert np.abs(forward(model, x) - np.sin(x)).max() < sine.GOAL
    row = next(line for line in outcome.out.splitlines() if line.startswith("held out  "))
    _, held_out = sine.points()
    off = np.abs(forward(model, held_out) - np.sin(held_out)).max()
    assert abs(numbers(row)[-1] - off) < 5.1e-5
    assert history["val_loss"][-1] < 1e-3 < history["val_loss"][0]
    assert_plot(folder / "sine_curve.png")
    assert_plot(folder / "sine_loss.png")


def test_no_point_held_out_was_trained_with() -> None:
    shown, held_out = sine.points()
    assert np.abs(shown[:, None] - held_out[None, :]).min() > 0.05


def test_too_few_epochs_are_told_and_change_the_status(out_dir, capsys) -> None:
    outcome = in_process(capsys, "sine", "--epochs", 2, "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The sine was not learned")


def test_the_same_seed_gives_the_same_account(out_dir, capsys) -> None:
    first, second = (in_process(capsys, "sine", "--epochs", 3, "--out", out_dir) for _ in range(2))
    assert first == second
    assert in_process(capsys, "sine", "--epochs", 3, "--seed", 1, "--out", out_dir) != first
