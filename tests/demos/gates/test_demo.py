"""A single neuron learns what a line can part, and cannot learn XOR."""

import re
from itertools import product

import numpy as np
import pytest

from demos.data.truth_tables import BITS, GATES, INPUTS, NOT, TABLES
from demos.gates import demo as gates
from demos.gates import perceptrons
from demos.gates.learned import Learned
from demos.runner.account import Account
from nn import Neuron
from tests.demos.running import assert_plot, in_process, numbers, recorded, svg_texts, truth_table, written_by

SEPARABLE = [gate for gate in TABLES if gate != "XOR"]
PICTURES = ["gates_boundary.png", "gates_graph.svg", "gates_loss.png", "gates_perceptron.png"]
LINE = r"(-?\d+\.\d\d)\*x1 ([+-]) (\d+\.\d\d)\*x2 ([+-]) (\d+\.\d\d) = 0"


def learned(seed: int, epochs: int = gates.EPOCHS) -> list[Learned]:
    rng = np.random.default_rng(seed)
    return [gates.learn(gate, rng, epochs, Account()) for gate in TABLES]


def forward(neuron: Neuron) -> np.ndarray:
    """What a neuron answers to all inputs there are, computed by matrices."""
    *w, b = (parameter.data for parameter in neuron.parameters())
    return 1 / (1 + np.exp(-(np.array(INPUTS if len(w) == 2 else BITS) @ w + b)))


@pytest.mark.parametrize("seed", range(20))
def test_s_gates_every_gate_but_xor_is_learned(seed) -> None:
    for each in learned(seed):
        off = np.abs(forward(each.neuron) - TABLES[each.gate]).max()
        assert each.training.reached is (each.gate != "XOR") is bool(off < gates.GOAL)


@pytest.mark.parametrize("seed", range(5))
def test_xor_ends_at_one_half_for_everything(seed) -> None:
    (xor,) = (each for each in learned(seed) if each.gate == "XOR")
    assert xor.training.epochs == gates.EPOCHS
    np.testing.assert_allclose(forward(xor.neuron), 0.5, atol=1e-4)
    assert gates.loss_of(xor.neuron, "XOR").data == pytest.approx(np.log(2), abs=1e-9)


def test_no_line_on_a_fine_grid_gets_xor_right() -> None:
    weights = [i / 4 - 2 for i in range(17)]
    best = max(
        sum((w1 * x1 + w2 * x2 + b > 0) == bool(t) for (x1, x2), t in zip(INPUTS, GATES["XOR"], strict=True))
        for w1, w2, b in product(weights, repeat=3)
    )
    assert best == 3


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run with seed 4: the folder it wrote to, what it came to, and the neurons it trained."""
    with recorded(gates, "learn") as made:
        return *written_by(tmp_path_factory, "gates", "--seed", 4), made


def test_s_gates_account_tells_truth_tables_lines_failure_and_gradients(written) -> None:
    folder, outcome, neurons = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = np.array(truth_table(outcome.out))
    assert rows[:, :2].tolist() == INPUTS
    assert rows[:, 2::2].T.tolist() == list(GATES.values())
    of_two = neurons[: len(GATES)]
    np.testing.assert_allclose(rows[:, 3::2].T, [forward(each.neuron) for each in of_two], atol=5.1e-5)
    for each in of_two[:-1]:
        outcome_of_gate = rf"^{each.gate} was learned in (\d+) epochs: its line is {LINE}\.$"
        found = re.search(outcome_of_gate, outcome.out, re.MULTILINE)
        w1, w2, b = float(found[2]), float(found[3] + found[4]), float(found[5] + found[6])
        assert int(found[1]) == each.training.epochs
        assert ((np.array(INPUTS) @ [w1, w2] + b > 0) == np.array(GATES[each.gate])).all()
    assert f"XOR was not learned in {gates.EPOCHS} epochs" in outcome.out
    assert "not linearly separable" in outcome.out
    assert f"log 2 = {np.log(2):.4f}" in outcome.out
    checks = [line for line in outcome.out.splitlines() if re.match(r"\w+ neuron +[23] right", line)]
    assert [line.split()[0] for line in checks] == list(TABLES)
    assert all(numbers(line)[-1] < 1e-8 for line in checks)
    for name in PICTURES:
        assert f"\n{folder / name}  " in outcome.out


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _, neurons = written
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    texts = svg_texts(folder / "gates_graph.svg")
    assert {"x1", "x2", "sigmoid", "AND(1, 1)"} <= set(texts)
    assert f"data {forward(neurons[0].neuron)[3]:.4f}" in texts
    assert_plot(folder / "gates_loss.png")
    assert_plot(folder / "gates_boundary.png")
    assert_plot(folder / "gates_perceptron.png")


def test_too_few_epochs_are_told_for_each_gate(out_dir, capsys) -> None:
    outcome = in_process(capsys, "gates", "--epochs", "1", "--out", out_dir)
    assert outcome.status == 1
    assert re.findall(r"^(\w+) was not learned in 1 epoch:", outcome.err, re.MULTILINE) == SEPARABLE
    assert "was learned" not in outcome.out
    assert "XOR was not learned in 1 epoch:" in outcome.out
    assert len(list(out_dir.iterdir())) == len(PICTURES)


def test_one_gate_missed_is_enough_to_fail(out_dir, capsys) -> None:
    took = {each.gate: each.training.epochs for each in learned(0)}
    outcome = in_process(capsys, "gates", "--epochs", took["NAND"] - 1, "--out", out_dir)
    assert outcome.status == 1
    assert re.findall(r"^(\w+) was not learned", outcome.err, re.MULTILINE) == ["NAND"]


def test_quiet_prints_nothing_and_writes_all(out_dir, capsys) -> None:
    assert in_process(capsys, "gates", "--quiet", "--out", out_dir) == (0, "", "")
    assert len(list(out_dir.iterdir())) == len(PICTURES)


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


@pytest.mark.parametrize("seed", range(5))
def test_s_gates_not_is_learned_by_one_neuron_of_one_input(seed) -> None:
    each = gates.learn("NOT", np.random.default_rng(seed), gates.EPOCHS, Account())
    assert each.training.reached
    assert forward(each.neuron).round().tolist() == NOT


def test_s_perc_account_tells_each_gate(written) -> None:
    outcome = written[1]
    for gate, targets in TABLES.items():
        found = perceptrons.attempt(targets)
        epoch = len(found.mistakes) if found.converged else "never"
        start = rf"^{gate} +{found.right} of {len(targets)} +{epoch} +{sum(found.mistakes)} "
        assert re.search(start, outcome.out, re.MULTILINE)
    assert "0110, 1001: XOR and its opposite" in " ".join(outcome.out.split())
