"""S-PERC: Rosenblatt's perceptron learns what a line parts, and nothing else."""

from itertools import product

import numpy as np
import pytest

from demos.data.truth_tables import BITS, GATES, INPUTS, TABLES
from demos.gates import perceptrons
from nn import Perceptron


@pytest.mark.parametrize("gate", [gate for gate in TABLES if gate != "XOR"])
def test_s_perc_rosenblatts_rule_learns_what_a_line_parts(gate) -> None:
    """By his rule written out: where the answer is wrong, t times the input (1 for the bias) is added."""
    targets = TABLES[gate]
    rows = np.column_stack([BITS if gate == "NOT" else INPUTS, np.ones(len(targets))])
    signs, w, mistakes = 2 * np.array(targets) - 1, np.zeros(rows.shape[1]), []
    while not mistakes or mistakes[-1]:
        mistakes.append(0)
        for x, t in zip(rows, signs, strict=True):
            if (1 if w @ x > 0 else -1) != t:
                w, mistakes[-1] = w + t * x, mistakes[-1] + 1
    found = perceptrons.attempt(targets)
    assert (found.converged, found.mistakes, found.right) == (True, mistakes, len(targets))
    assert [parameter.data for parameter in found.perceptron.parameters()] == w.tolist()


def test_s_perc_fails_on_xor_however_long_it_tries() -> None:
    found = perceptrons.attempt(GATES["XOR"], epochs=1000)
    assert not found.converged
    assert len(found.mistakes) == 1000
    assert min(found.mistakes) > 0
    assert found.right < 4


def test_s_perc_converges_exactly_where_the_classes_are_separable() -> None:
    weights = [i / 2 for i in range(-6, 7)]
    parted = {
        tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in INPUTS) for w1, w2, b in product(weights, repeat=3)
    }
    learned_all = {targets for targets, learned in perceptrons.learnable().items() if learned}
    assert learned_all == parted
    assert len(parted) == 14


@pytest.mark.parametrize(
    ("z", "threshold", "answer"), [(0, None, -1), (0.1, None, 1), (0, 0, 1), (0.4, 0.5, -1)]
)
def test_s_perc_answers_one_above_zero_or_from_the_threshold_on(z, threshold, answer) -> None:
    assert Perceptron(1, threshold=threshold, init=[1.0])([z]).data == answer
