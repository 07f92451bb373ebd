"""A single neuron learns what a line can part, and cannot learn XOR."""

import re
from itertools import product

import numpy as np
import pytest

from demos import gates
from demos.common.account import Account
from demos.common.logic import GATES, INPUTS
from demos.common.training import Training
from nn import Neuron
from tests.demos.running import assert_plot, in_process, numbers, redirected, svg_texts, truth_table

SEPARABLE = [gate for gate in GATES if gate != "XOR"]
LINE = r"(-?\d+\.\d\d)\*x1 ([+-]) (\d+\.\d\d)\*x2 ([+-]) (\d+\.\d\d) = 0"


def learned(seed: int, epochs: int = gates.EPOCHS) -> list[gates.Learned]:
    rng = np.random.default_rng(seed)
    return [gates.learn(gate, rng, epochs, Account()) for gate in GATES]


def forward(neuron: Neuron) -> np.ndarray:
    """What a neuron answers to the four inputs, computed by matrices."""
    w1, w2, b = (parameter.data for parameter in neuron.parameters())
    return 1 / (1 + np.exp(-(np.array(INPUTS) @ [w1, w2] + b)))


@pytest.mark.parametrize("seed", range(20))
def test_every_gate_but_xor_is_learned(seed) -> None:
    for each in learned(seed):
        off = np.abs(forward(each.neuron) - GATES[each.gate]).max()
        assert each.training.reached is (each.gate != "XOR") is bool(off < gates.GOAL)


@pytest.mark.parametrize("seed", range(5))
def test_xor_ends_at_one_half_for_everything(seed) -> None:
    xor = learned(seed)[-1]
    assert xor.training.epochs == gates.EPOCHS
    np.testing.assert_allclose(forward(xor.neuron), 0.5, atol=1e-4)
    assert xor.loss().data == pytest.approx(np.log(2), abs=1e-9)


def test_no_line_on_a_fine_grid_gets_xor_right() -> None:
    weights = [i / 4 - 2 for i in range(17)]
    best = max(
        sum((w1 * x1 + w2 * x2 + b > 0) == bool(t) for (x1, x2), t in zip(INPUTS, GATES["XOR"], strict=True))
        for w1, w2, b in product(weights, repeat=3)
    )
    assert best == 3


def test_line_is_where_the_neuron_answers_one_half() -> None:
    neuron = Neuron(2, activation="sigmoid", init=[-2.0, 4.0])
    neuron.b.data = -0.5
    each = gates.Learned("AND", neuron, Training())
    assert each.line == "-2.00*x1 + 4.00*x2 - 0.50 = 0"
    on_the_line = [0.75, 0.5]
    assert each.side(on_the_line).data == 0.0
    assert neuron(on_the_line).data == 0.5


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run with seed 4: the folder it wrote to and what it came to."""
    folder = tmp_path_factory.mktemp("gates")
    return folder, redirected("gates", "--seed", 4, "--out", folder)


def test_account_tells_truth_tables_lines_failure_and_gradients(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    neurons = learned(4)
    rows = np.array(truth_table(outcome.out))
    assert rows[:, :2].tolist() == INPUTS
    assert rows[:, 2::2].T.tolist() == list(GATES.values())
    np.testing.assert_allclose(rows[:, 3::2].T, [forward(each.neuron) for each in neurons], atol=5.1e-5)
    for each in neurons[:-1]:
        outcome_of_gate = rf"^{each.gate} was learned in (\d+) epochs: its line is {LINE}\.$"
        found = re.search(outcome_of_gate, outcome.out, re.MULTILINE)
        w1, w2, b = float(found[2]), float(found[3] + found[4]), float(found[5] + found[6])
        assert int(found[1]) == each.training.epochs
        assert ((np.array(INPUTS) @ [w1, w2] + b > 0) == np.array(GATES[each.gate])).all()
    assert f"XOR was not learned in {gates.EPOCHS} epochs" in outcome.out
    assert "not linearly separable" in outcome.out
    assert f"log 2 = {np.log(2):.4f}" in outcome.out
    checks = [line for line in outcome.out.splitlines() if re.match(r"\w+ neuron +3 right", line)]
    assert [line.split()[0] for line in checks] == list(GATES)
    assert all(numbers(line)[-1] < 1e-8 for line in checks)
    for name in ("gates_graph.svg", "gates_loss.png", "gates_boundary.png"):
        assert f"\n{folder / name}  " in outcome.out


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _ = written
    names = ["gates_boundary.png", "gates_graph.svg", "gates_loss.png"]
    assert sorted(path.name for path in folder.iterdir()) == names
    texts = svg_texts(folder / "gates_graph.svg")
    assert {"x1", "x2", "sigmoid", "AND(1, 1)"} <= set(texts)
    assert f"data {forward(learned(4)[0].neuron)[3]:.4f}" in texts
    assert_plot(folder / "gates_loss.png")
    assert_plot(folder / "gates_boundary.png")


def test_too_few_epochs_are_told_for_each_gate(out_dir, capsys) -> None:
    outcome = in_process(capsys, "gates", "--epochs", "1", "--out", out_dir)
    assert outcome.status == 1
    assert re.findall(r"^(\w+) was not learned in 1 epoch:", outcome.err, re.MULTILINE) == SEPARABLE
    assert "was learned" not in outcome.out
    assert "XOR was not learned in 1 epoch:" in outcome.out
    assert len(list(out_dir.iterdir())) == 3


def test_one_gate_missed_is_enough_to_fail(out_dir, capsys) -> None:
    took = {each.gate: each.training.epochs for each in learned(0)}
    outcome = in_process(capsys, "gates", "--epochs", took["NAND"] - 1, "--out", out_dir)
    assert outcome.status == 1
    assert re.findall(r"^(\w+) was not learned", outcome.err, re.MULTILINE) == ["NAND"]


def test_quiet_prints_nothing_and_writes_all(out_dir, capsys) -> None:
    assert in_process(capsys, "gates", "--quiet", "--out", out_dir) == (0, "", "")
    assert len(list(out_dir.iterdir())) == 3


def test_ctrl_c_names_the_gate_it_ended(out_dir, capsys, monkeypatch) -> None:
    class Interrupting(gates.SGD):
        steps = 0

        def step(self) -> None:
            Interrupting.steps += 1
            if Interrupting.steps > 40:  # AND takes fewer
                raise KeyboardInterrupt
            super().step()

    monkeypatch.setattr(gates, "SGD", Interrupting)
    outcome = in_process(capsys, "gates", "--out", out_dir)
    assert outcome.status == 130
    assert re.search(
        rf"interrupted while training the OR neuron, in epoch \d+ of {gates.EPOCHS}, at loss 0\.", outcome.out
    )


def test_wrong_gradient_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right_loss = gates.loss_of

    def doubled(neuron, gate):
        loss = right_loss(neuron, gate)
        return type(loss)(loss.data, (loss,), (2.0,))  # the same value, twice the gradient

    monkeypatch.setattr(gates, "loss_of", doubled)
    outcome = in_process(capsys, "gates", "--out", out_dir)
    assert outcome.status == 1
    assert "Wrong gradients, AND neuron: 3 of 3" in outcome.err
