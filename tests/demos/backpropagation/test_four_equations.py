"""S-FOUR: the four equations give every gradient that the engine finds."""

import re

import numpy as np
import pytest

from demos.backpropagation import four_equations
from demos.backpropagation.four_equations import SIZES, T, X, pairs
from demos.networks.layers import by_engine, by_matrices, sigmoid_network
from tests.demos.oracle import network_gradients, state_arrays
from tests.demos.running import in_process, svg_texts, written_by

NUMBERS = {1: 2, 2: 2 + 3, 3: 3 + 2 + 2, 4: 3 * 2 + 2 * 3 + 2 * 2}
"""How many numbers each equation gives in a 2-3-2-2 network."""


@pytest.mark.parametrize("seed", range(5))
def test_s_four_each_equation_gives_the_derivatives(seed) -> None:
    model = sigmoid_network(SIZES, seed)
    dW, db = network_gradients(*state_arrays(model), np.array(X), np.array(T))
    ours = by_matrices(model, X, T)
    for layer in range(3):
        np.testing.assert_allclose(ours.dz[layer], db[layer], rtol=1e-11, atol=1e-18)  # (1) and (2)
        np.testing.assert_allclose(ours.db[layer], db[layer], rtol=1e-11, atol=1e-18)  # (3)
        np.testing.assert_allclose(ours.dW[layer], dW[layer], rtol=1e-11, atol=1e-18)  # (4)


def test_s_four_every_number_of_every_equation_is_compared_with_the_engine() -> None:
    model = sigmoid_network(SIZES, 1)
    found = list(pairs(by_matrices(model, X, T), by_engine(model, X, T)))
    assert {n: sum(equation == n for equation, *_ in found) for n in NUMBERS} == NUMBERS
    assert len({name for _, name, *_ in found}) == sum(NUMBERS.values())
    for _, name, ours, engine in found:
        assert ours == pytest.approx(engine, rel=1e-12, abs=1e-18), name
    named = {name: engine for _, name, _, engine in found}
    neuron = model.layers[1].neurons[0]
    assert named["W2[1, 3]"] == neuron.w[2].grad
    assert named["b2[1]"] == named["delta2[1]"] == neuron.b.grad


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "four_equations", "--seed", 4)


def test_account_shows_every_number_twice(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [line for line in outcome.out.splitlines() if line.startswith(("delta", "b", "W")) and "]" in line]
    assert len(rows) == sum(NUMBERS.values())
    for row in rows:
        *_, ours, engine = row.split()
        assert ours == engine
    assert {n: sum(f" ({n}) " in row for row in rows) for n in NUMBERS} == NUMBERS


def test_picture_shows_the_gradients_of_the_network(written) -> None:
    folder, _ = written
    assert [path.name for path in folder.iterdir()] == ["four_equations_network.svg"]
    texts = svg_texts(folder / "four_equations_network.svg")
    assert texts.count("sigmoid") == 7
    model = sigmoid_network(SIZES, 4)
    by_engine(model, X, T)
    neuron = model.layers[2].neurons[0]
    assert f"b {neuron.b.data:.4f}" in texts
    assert f"grad {neuron.b.grad:.4f}" in texts


@pytest.mark.parametrize("equation", [1, 2, 3, 4])
def test_a_wrong_equation_fails_the_run_and_is_named(equation, out_dir, capsys, monkeypatch) -> None:
    def wrong(model, x, t):
        right = by_matrices(model, x, t)
        quantity = {1: right.dz[-1], 2: right.dz[0], 3: right.db[0], 4: right.dW[1]}[equation].copy()
        quantity.flat[0] *= 1 + 1e-6
        parts = {
            1: ("dz", [*right.dz[:-1], quantity]),
            2: ("dz", [quantity, *right.dz[1:]]),
            3: ("db", [quantity, *right.db[1:]]),
            4: ("dW", [right.dW[0], quantity, right.dW[2]]),
        }
        name, changed = parts[equation]
        return type(right)(**{"dz": right.dz, "db": right.db, "dW": right.dW} | {name: changed})

    monkeypatch.setattr(four_equations, "by_matrices", wrong)
    outcome = in_process(capsys, "four_equations", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert re.findall(r"Equation \(\d\) is wrong", outcome.err) == [f"Equation ({equation}) is wrong"]
