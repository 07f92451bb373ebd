"""XOR is learned from every seed; what is printed and drawn is what was learned."""

import sys

import numpy as np
import pytest

from demos.data.truth_tables import INPUTS
from demos.neurons import xor
from demos.runner.page import Page
from tests.demos.running import assert_plot, in_process, numbers, recorded, svg_texts, truth_table, written_by
from tests.sampling import share_of

XOR = [0, 1, 1, 0]
PICTURES = ["xor_boundary.png", "xor_cost.png", "xor_cost_contours.png", "xor_graph.svg", "xor_loss.png",
            "xor_weight_bias.png"]  # fmt: skip


def forward(model) -> np.ndarray:
    """What the network answers to the four inputs, computed by matrices."""
    hidden, output = model.layers
    W1 = np.array([[w.data for w in neuron.w] for neuron in hidden.neurons])
    b1 = np.array([neuron.b.data for neuron in hidden.neurons])
    w2 = np.array([w.data for w in output.neurons[0].w])
    b2 = output.neurons[0].b.data
    return 1 / (1 + np.exp(-(np.tanh(np.array(INPUTS) @ W1.T + b1) @ w2 + b2)))


def cross_entropy(model) -> float:
    answers = forward(model)
    return -np.log(np.where(XOR, answers, 1 - answers)).mean()


@pytest.mark.parametrize("decade", share_of(range(10), 1))
def test_s_xor_every_seed_from_0_to_99_is_learned(decade) -> None:
    starts = set()
    for seed in range(10 * decade, 10 * decade + 10):
        model, history = xor.learn(Page(seed, xor.EPOCHS, quiet=True))
        assert history.stopped == "learned", f"seed {seed}"
        assert np.abs(forward(model) - XOR).max() < xor.GOAL, f"seed {seed}"
        starts.add(history["loss"][0])
    assert len(starts) == 10


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run with seed 4: the folder it wrote to, what it came to, and what it learned."""
    with recorded(xor, "learn") as made:
        return *written_by(tmp_path_factory, "xor", "--seed", 4), *made


def test_s_xor_prints_the_truth_table_the_outcome_and_the_gradient_check(written) -> None:
    folder, outcome, (model, history) = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = truth_table(outcome.out)
    assert [row[:3] for row in rows] == [[a, b, t] for (a, b), t in zip(INPUTS, XOR, strict=True)]
    np.testing.assert_allclose([row[3] for row in rows], forward(model), atol=5.1e-5)
    assert f"After {history.epochs} epochs every answer is within 0.05" in outcome.out
    text = " ".join(outcome.out.split())
    assert "Gradient check of the trained network: nudged up and down, each of 25 parameters" in text
    for name in PICTURES:
        assert f"\n{folder / name}  " in outcome.out


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _, (model, _) = written
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    texts = svg_texts(folder / "xor_graph.svg")
    assert {"w0", "w1", "b", "tanh", "neurons.5"} <= set(texts)
    assert f"data {forward(model)[3]:.4f}" in texts
    for name in PICTURES:
        if name.endswith(".png"):
            assert_plot(folder / name)


def test_too_few_epochs_are_told_also_when_quiet(out_dir, capsys) -> None:
    outcome = in_process(capsys, "xor", "--epochs", "1", "--out", out_dir)
    assert outcome.status == 1
    assert "XOR was not learned in 1 epoch:" in outcome.err
    assert f"--epochs {xor.EPOCHS}" in outcome.err
    assert "every answer is within" not in outcome.out
    off = max(abs(row[3] - target) for row, target in zip(truth_table(outcome.out), XOR, strict=True))
    assert f"off by {off:.4f}" in outcome.err
    quiet = in_process(capsys, "xor", "--quiet", "--epochs", "1", "--out", out_dir)
    assert (quiet.status, quiet.out, quiet.err) == (1, "", outcome.err.lstrip("\n"))
    assert len(list(out_dir.iterdir())) == len(PICTURES)


def test_without_matplotlib_the_graph_is_still_written(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "xor", "--out", out_dir)
    assert (outcome.status, outcome.err) == (0, "")
    assert len([line for line in outcome.out.splitlines() if "chainrule[demos]" in line]) == 1
    assert [path.name for path in out_dir.iterdir()] == ["xor_graph.svg"]


def test_wrong_gradient_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right = xor.cost

    def doubled(model):
        loss = right(model)
        return type(loss)(loss.data, (loss,), (2.0,))  # the same value, twice the gradient

    monkeypatch.setattr(xor, "cost", doubled)
    outcome = in_process(capsys, "xor", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert "25 of 25 derivatives disagree" in outcome.err


def test_s_xorcost_surface_is_the_cost_with_two_weights_replaced(written, monkeypatch) -> None:
    """What is drawn is the cross-entropy by matrices; the trained weights are back in place."""
    model, _ = written[2]
    drawn = {}

    def look(loss, _xlim, _ylim, ax, **_named):
        for place in [(0.0, 0.0), (3.0, -2.0), (-8.0, 8.0)]:
            drawn[place] = loss(*place)
        return ax

    monkeypatch.setattr(xor, "plot_loss_surface", look)
    monkeypatch.setattr(
        Page, "plot", lambda self, name, caption, draw, **_: name == "xor_cost.png" and draw(Axes())
    )
    before = [parameter.data for parameter in model.parameters()]
    xor.show_cost(model, Page(quiet=True))
    assert [parameter.data for parameter in model.parameters()] == before
    heard = [abs(w.data) for w in model.layers[1].neurons[0].w]
    first, second = model.layers[0].neurons[int(np.argmax(heard))].w
    for (first.data, second.data), cost in drawn.items():
        assert cost == pytest.approx(cross_entropy(model), rel=1e-9)
    for parameter, number in zip(model.parameters(), before, strict=True):
        parameter.data = number
    assert len(drawn) == 3


class Axes:
    def set_zlabel(self, *_words, **_named) -> None: ...


def test_s_xorcost_is_flat_far_out_and_high_there(written) -> None:
    starts = ("where training", "both zero", "far across")
    rows = [numbers(line)[-2:] for line in written[1].out.splitlines() if line.startswith(starts)]
    trained, _, far = rows
    assert far[0] > 10 * trained[0]
    assert far[1] < 0.01


def test_s_wb_weight_makes_it_steeper_and_bias_shifts_it(written) -> None:
    lines = written[1].out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("w     b  one half"))
    rows = np.array([numbers(line) for line in lines[first + 1 : first + 9]])
    assert rows[:, :2].tolist() == [*([w, 0.0] for w in xor.WEIGHTS), *([1.0, b] for b in xor.BIASES)]
    np.testing.assert_allclose(rows[:, 2], -rows[:, 1] / rows[:, 0])
    np.testing.assert_allclose(rows[:, 3], rows[:, 0] / 4)
    for w, b in rows[:, :2]:
        at = np.array([-b / w - 1e-5, -b / w + 1e-5])
        low, high = 1 / (1 + np.exp(-(w * at + b)))
        assert xor.steepness(w, b) == pytest.approx((high - low) / 2e-5, rel=1e-8)
