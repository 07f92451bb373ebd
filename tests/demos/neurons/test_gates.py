"""A single neuron learns what a line can part, and cannot learn XOR; so does Rosenblatt's perceptron."""

import re
from itertools import product

import numpy as np
import pytest

from demos.data.truth_tables import BITS, GATES, INPUTS, TABLES
from demos.neurons import gates
from demos.runner.page import Page
from nn import Neuron, Perceptron
from tests.demos.running import assert_plot, in_process, recorded, svg_texts, truth_table, written_by

SEPARABLE = [gate for gate in TABLES if gate != "XOR"]
PICTURES = ["gates_boundary.png", "gates_graph.svg", "gates_loss.png", "gates_perceptron.png"]
LINE = r"(-?\d+\.\d\d)\*x1 ([+-]) (\d+\.\d\d)\*x2 ([+-]) (\d+\.\d\d) = 0"


def forward(neuron: Neuron) -> np.ndarray:
    """What a neuron answers to all inputs there are, computed by matrices."""
    *w, b = (parameter.data for parameter in neuron.parameters())
    return 1 / (1 + np.exp(-(np.array(INPUTS if len(w) == 2 else BITS) @ w + b)))


@pytest.mark.parametrize("seeds", [range(i, i + 5) for i in (0, 5, 10, 15)], ids=str)
def test_s_gates_every_gate_but_xor_is_learned(seeds) -> None:
    for seed in seeds:
        for gate, (neuron, history) in gates.learn(Page(seed, gates.EPOCHS, quiet=True)).items():
            off = np.abs(forward(neuron) - TABLES[gate]).max()
            assert (history.stopped == "learned") is (gate != "XOR") is bool(off < gates.GOAL)
            if gate == "XOR":
                assert history.epochs == gates.EPOCHS
                np.testing.assert_allclose(forward(neuron), 0.5, atol=1e-4)
                assert gates.loss_of(neuron, "XOR").data == pytest.approx(np.log(2), abs=1e-9)


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
        return *written_by(tmp_path_factory, "gates", "--seed", 4), *made


def test_s_gates_truth_tables_lines_failure_and_gradients_are_printed(written) -> None:
    folder, outcome, learned = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = np.array(truth_table(outcome.out))
    assert rows[:, :2].tolist() == INPUTS
    assert rows[:, 2::2].T.tolist() == list(GATES.values())
    np.testing.assert_allclose(rows[:, 3::2].T, [forward(learned[gate][0]) for gate in GATES], atol=5.1e-5)
    for gate in GATES.keys() - {"XOR"}:
        row = rf"^{gate} +4 of 4 +(\d+) epochs +{LINE}$"
        found = re.search(row, outcome.out, re.MULTILINE)
        assert int(found[1]) == learned[gate][1].epochs
        w1, w2, b = float(found[2]), float(found[3] + found[4]), float(found[5] + found[6])
        assert ((np.array(INPUTS) @ [w1, w2] + b > 0) == np.array(GATES[gate])).all()
    assert re.search(r"^XOR +\d of 4 +not learned", outcome.out, re.MULTILINE)
    text = " ".join(outcome.out.split())
    assert "XOR is not linearly separable" in text
    assert f"log 2 = {np.log(2):.4f}" in text
    assert "Gradient check of all six neurons: nudged up and down, each of 17 parameters gives" in text
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    texts = svg_texts(folder / "gates_graph.svg")
    assert {"x1", "x2", "sigmoid", "AND(1, 1)", f"data {forward(learned['AND'][0])[3]:.4f}"} <= set(texts)
    for name in PICTURES:
        if name.endswith("png"):
            assert_plot(folder / name)


def test_too_few_epochs_are_told_for_each_gate(out_dir, capsys) -> None:
    outcome = in_process(capsys, "gates", "--epochs", "1", "--out", out_dir)
    assert outcome.status == 1
    assert sorted(re.findall(r"^(\w+) was not learned:", outcome.err, re.MULTILINE)) == sorted(SEPARABLE)


def test_one_gate_missed_or_a_wrong_gradient_is_enough_to_fail(out_dir, capsys, monkeypatch) -> None:
    took = {gate: history.epochs for gate, (_, history) in gates.learn(Page(0, 200, quiet=True)).items()}
    slowest = max(SEPARABLE, key=took.__getitem__)
    outcome = in_process(capsys, "gates", "--epochs", took[slowest] - 1, "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert slowest in re.findall(r"^(\w+) was not learned", outcome.err, re.MULTILINE)
    right = gates.loss_of

    def doubled(neuron, gate):
        loss = right(neuron, gate)
        return type(loss)(loss.data, (loss,), (2.0,))  # the same value, twice the gradient

    monkeypatch.setattr(gates, "loss_of", doubled)
    outcome = in_process(capsys, "gates", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert "Wrong gradients, all six neurons: 17 of 17" in outcome.err


def test_line_is_where_the_neuron_answers_one_half() -> None:
    neuron = Neuron(2, activation="sigmoid", init=[-2.0, 4.0])
    neuron.b.data = -0.5
    assert gates.line(neuron) == "-2.00*x1 + 4.00*x2 - 0.50 = 0"
    assert gates.side(neuron, [0.75, 0.5]).data == 0.0
    assert neuron([0.75, 0.5]).data == 0.5


@pytest.mark.parametrize("gate", SEPARABLE)
def test_s_perc_rosenblatts_rule_learns_what_a_line_parts(gate, written) -> None:
    """By his rule written out: where the answer is wrong, t times the input (1 for the bias) is added."""
    targets = TABLES[gate]
    rows = np.column_stack([BITS if gate == "NOT" else INPUTS, np.ones(len(targets))])
    signs, w, mistakes = 2 * np.array(targets) - 1, np.zeros(rows.shape[1]), []
    while not mistakes or mistakes[-1]:
        mistakes.append(0)
        for x, t in zip(rows, signs, strict=True):
            if (1 if w @ x > 0 else -1) != t:
                w, mistakes[-1] = w + t * x, mistakes[-1] + 1
    perceptron, run = gates.attempt(targets)
    assert (run.converged, run.errors) == (True, mistakes)
    assert [parameter.data for parameter in perceptron.parameters()] == w.tolist()
    assert re.search(rf"^{gate} +{len(mistakes)} +{sum(mistakes)} ", written[1].out, re.MULTILINE)


def test_s_perc_converges_exactly_where_the_classes_are_separable(written) -> None:
    run = gates.attempt(GATES["XOR"], epochs=1000)[1]
    assert not run.converged
    assert len(run.errors) == 1000
    assert min(run.errors) > 0
    weights = [i / 2 for i in range(-6, 7)]
    parted = {
        tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in INPUTS) for w1, w2, b in product(weights, repeat=3)
    }
    assert parted == {targets for targets in product((0, 1), repeat=4) if gates.attempt(targets)[1].converged}
    text = " ".join(written[1].out.split())
    assert "Of all 16 functions of two bits it learned 14;" in text
    assert "0110 and 1001: XOR and its opposite" in text


@pytest.mark.parametrize(
    ("z", "threshold", "answer"), [(0, None, -1), (0.1, None, 1), (0, 0, 1), (0.4, 0.5, -1)]
)
def test_s_perc_answers_one_above_zero_or_from_the_threshold_on(z, threshold, answer) -> None:
    assert Perceptron(1, threshold=threshold, init=[1.0])([z]).data == answer
