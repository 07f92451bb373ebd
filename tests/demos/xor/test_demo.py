"""XOR is learned from every seed; what is printed and drawn is what was learned."""

import sys

import numpy as np
import pytest

from demos.data.truth_tables import INPUTS
from demos.runner.account import Account
from demos.xor import demo as xor
from demos.xor.cost_surface import cost_of_two
from tests.demos.running import assert_plot, in_process, numbers, recorded, svg_texts, truth_table, written_by

XOR = [0, 1, 1, 0]
PICTURES = [
    "xor_boundary.png",
    "xor_cost.png",
    "xor_cost_contours.png",
    "xor_graph.svg",
    "xor_loss.png",
    "xor_weight_bias.png",
]


def forward(model) -> np.ndarray:
    """What the network answers to the four inputs, computed by matrices."""
    hidden, output = model.layers
    W1 = np.array([[w.data for w in neuron.w] for neuron in hidden.neurons])
    b1 = np.array([neuron.b.data for neuron in hidden.neurons])
    w2 = np.array([w.data for w in output.neurons[0].w])
    b2 = output.neurons[0].b.data
    return 1 / (1 + np.exp(-(np.tanh(np.array(INPUTS) @ W1.T + b1) @ w2 + b2)))


@pytest.mark.parametrize("decade", range(10))
def test_s_xor_every_seed_from_0_to_99_is_learned(decade) -> None:
    for seed in range(10 * decade, 10 * decade + 10):
        model, training = xor.learn(seed, xor.EPOCHS, Account())
        assert training.reached, f"seed {seed}"
        assert np.abs(forward(model) - XOR).max() < xor.GOAL, f"seed {seed}"


def test_different_seeds_start_differently() -> None:
    starts = {xor.learn(seed, 1, Account())[1].losses[0] for seed in range(5)}
    assert len(starts) == 5


def test_loss_is_the_mean_of_minus_the_logarithms_of_the_right_answers() -> None:
    model, _ = xor.learn(0, 20, Account())
    answers = forward(model)
    expected = -np.log(np.where(XOR, answers, 1 - answers)).mean()
    assert xor.loss_of(model).data == pytest.approx(expected, rel=1e-12)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run with seed 4: the folder it wrote to, what it came to, and what it learned."""
    with recorded(xor, "learn") as made:
        return *written_by(tmp_path_factory, "xor", "--seed", 4), *made


def test_account_tells_the_truth_table_the_outcome_and_the_gradients(written) -> None:
    folder, outcome, (model, training) = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = truth_table(outcome.out)
    assert [row[:3] for row in rows] == [[a, b, t] for (a, b), t in zip(INPUTS, XOR, strict=True)]
    np.testing.assert_allclose([row[3] for row in rows], forward(model), atol=5.1e-5)
    assert [row[4] for row in rows] == XOR
    assert f"XOR was learned in {training.epochs} epochs: 4 of 4 right" in outcome.out
    (check,) = (line for line in outcome.out.splitlines() if line.startswith("the trained network"))
    assert "25 right" in check
    assert numbers(check)[-1] < 1e-8
    for name in PICTURES:
        assert f"\n{folder / name}  " in outcome.out


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _, (model, _) = written
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    texts = svg_texts(folder / "xor_graph.svg")
    assert texts.count("tanh") == xor.HIDDEN
    assert texts.count("sigmoid") == 1
    assert "XOR(1, 1)" in texts
    assert f"data {forward(model)[3]:.4f}" in texts
    for name in PICTURES:
        if name.endswith(".png"):
            assert_plot(folder / name)


def test_too_few_epochs_are_told_and_change_the_status(out_dir, capsys) -> None:
    outcome = in_process(capsys, "xor", "--epochs", "1", "--out", out_dir)
    assert outcome.status == 1
    assert "XOR was not learned in 1 epoch" in outcome.err
    assert f"--epochs {xor.EPOCHS}" in outcome.err
    assert "was learned" not in outcome.out
    answers = [row[3] for row in truth_table(outcome.out)]
    off = max(abs(answer - target) for answer, target in zip(answers, XOR, strict=True))
    assert f"off by {off:.4f}" in outcome.err
    assert len(list(out_dir.iterdir())) == len(PICTURES)


def test_quiet_prints_nothing_and_writes_all(out_dir, capsys) -> None:
    assert in_process(capsys, "xor", "--quiet", "--out", out_dir) == (0, "", "")
    assert len(list(out_dir.iterdir())) == len(PICTURES)


def test_quiet_still_tells_that_the_goal_was_missed(out_dir, capsys) -> None:
    outcome = in_process(capsys, "xor", "--quiet", "--epochs", "2", "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("XOR was not learned in 2 epochs")


def test_without_matplotlib_the_graph_is_still_written(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "xor", "--out", out_dir)
    assert (outcome.status, outcome.err) == (0, "")
    assert [line for line in outcome.out.splitlines() if "chainrule[demos]" in line] != []
    assert [path.name for path in out_dir.iterdir()] == ["xor_graph.svg"]


def test_wrong_gradient_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right_loss = xor.loss_of

    def doubled(model):
        loss = right_loss(model)
        return type(loss)(loss.data, (loss,), (2.0,))  # the same value, twice the gradient

    monkeypatch.setattr(xor, "loss_of", doubled)
    outcome = in_process(capsys, "xor", "--out", out_dir)
    assert outcome.status == 1
    assert "25 of 25 derivatives disagree" in outcome.err


def test_ctrl_c_after_the_first_picture_says_that_it_is_there(out_dir, capsys, monkeypatch) -> None:
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(xor, "plot_loss", interrupted)
    outcome = in_process(capsys, "xor", "--out", out_dir)
    assert outcome.status == 130
    summary = outcome.out.splitlines()[-1]
    assert summary == (
        f"xor was interrupted while plotting xor_loss.png. Written so far: {out_dir / 'xor_graph.svg'}."
    )
    assert [path.name for path in out_dir.iterdir()] == ["xor_graph.svg"]


def test_s_xorcost_surface_is_the_cost_with_two_weights_replaced(written) -> None:
    model, _ = written[2]
    first, second = model.layers[0].neurons[1].w
    before = [parameter.data for parameter in model.parameters()]
    surface = cost_of_two(lambda: xor.loss_of(model), first, second)
    found = {place: surface(*place).data for place in [(0.0, 0.0), (3.0, -2.0), (-8.0, 8.0)]}
    assert [parameter.data for parameter in model.parameters()] == before
    for (first.data, second.data), cost in found.items():
        answers = forward(model)
        expected = -np.log(np.where(XOR, answers, 1 - answers)).mean()
        assert cost == pytest.approx(expected, rel=1e-9)


def test_s_xorcost_is_flat_far_out_and_high_there(written) -> None:
    outcome = written[1]
    trained, _, far = (
        numbers(line)[-2:]
        for line in outcome.out.splitlines()
        if line.startswith(("where training", "both zero", "far on"))
    )
    assert far[0] > 10 * trained[0]
    assert far[1] < 0.01
