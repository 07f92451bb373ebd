"""The sine is learned from some of its points; the table says how far off the curve is."""

import numpy as np
import pytest

from demos.applications import sine
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
    with recorded(sine, "learn") as made:
        return *written_by(tmp_path_factory, "sine"), *made


def test_s_sine_the_curve_is_close_to_the_sine_where_points_were_held_out(written) -> None:
    folder, outcome, (model, history) = written
    assert (outcome.status, outcome.err) == (0, "")
    x = np.linspace(-np.pi, np.pi, 501)  # none of the demo's own grid but a few
    assert np.abs(forward(model, x) - np.sin(x)).max() < sine.GOAL
    row = next(line for line in outcome.out.splitlines() if line.startswith("between them"))
    off = np.abs(forward(model, sine.HELD_OUT) - np.sin(sine.HELD_OUT)).max()
    assert numbers(row) == pytest.approx([40, off], abs=5.1e-5)
    assert history["val_loss"][-1] < 1e-3 < history["val_loss"][0]
    assert np.abs(sine.SHOWN[:, None] - sine.HELD_OUT[None, :]).min() > 0.05, "none was trained with"
    assert_plot(folder / "sine_curve.png")
    assert_plot(folder / "sine_loss.png")


def test_too_few_epochs_are_told_and_the_same_seed_gives_the_same_run(out_dir, capsys) -> None:
    first, second = (in_process(capsys, "sine", "--epochs", 2, "--out", out_dir) for _ in range(2))
    assert first.status == 1
    assert "The sine was not learned" in first.err
    assert first == second
    assert in_process(capsys, "sine", "--epochs", 2, "--seed", 1, "--out", out_dir) != first
