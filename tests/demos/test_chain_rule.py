"""S-CHAIN, S-GRAPH and S-NUDGE: a derivative factor by factor, its graph, and what it predicts."""

import math
from itertools import pairwise

import numpy as np
import pytest

from demos import chain_rule
from demos.chain_rule import X, chain, closed_form, factors
from engine import Value
from tests.demos.oracle import complex_gradient
from tests.demos.running import assert_plot, in_process, numbers, redirected, svg_texts


@pytest.mark.parametrize("x", [X, 0.3, -0.8, 2.1, -3.0])
def test_s_chain_product_of_the_factors_is_the_closed_form_to_1e_12(x) -> None:
    expected = math.exp(math.sin(x * x)) * math.cos(x * x) * 2 * x
    at = Value(x)
    y = chain(at)
    y.backward()
    steps = factors(y)
    by_hand = [math.exp(math.sin(x * x)), math.cos(x * x), 2 * x]  # dy/du, du/dv, dv/dx
    assert [step.local for step in steps] == pytest.approx(by_hand, rel=1e-14)
    assert [step.product for step in steps] == pytest.approx(np.cumprod(by_hand), rel=1e-14)
    for found in (steps[-1].product, at.grad, closed_form(x)):
        assert found == pytest.approx(expected, rel=1e-12)
    complex_step = complex_gradient(lambda x: np.exp(np.sin(x**2)), np.array(x))
    assert float(complex_step) == pytest.approx(expected, rel=1e-12)


def test_s_graph_a_node_knows_value_and_local_gradient_whatever_it_is_part_of() -> None:
    for step in factors(chain(Value(X))):
        alone = chain_rule.STEPS[step.node.label](Value(step.operand.data))
        assert (alone.data, alone._local_grads) == (step.node.data, (step.local,))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chain_rule")
    return folder, redirected("chain_rule", "--seed", 4, "--out", folder)


def test_s_chain_account_shows_each_factor_and_the_running_product(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    v, u = X * X, math.sin(X * X)
    slopes = [math.exp(u), math.cos(v), 2 * X]
    values = [math.exp(u), u, v]
    rows = [line for line in outcome.out.splitlines() if line.startswith("d") and "/d" in line]
    assert [row.split()[:2] for row in rows] == [["dy/du", "exp"], ["du/dv", "sin"], ["dv/dx", "**2"]]
    expected = zip(values, slopes, np.cumprod(slopes), strict=True)
    np.testing.assert_allclose([numbers(row) for row in rows], list(expected), atol=5.1e-5)


def test_s_nudge_prediction_misses_with_the_square_of_the_nudge(written) -> None:
    _, outcome = written
    lines = outcome.out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("nudge"))
    rows = [numbers(line) for line in lines[first + 1 : first + 1 + len(chain_rule.NUDGES)]]
    assert [row[0] for row in rows] == list(chain_rule.NUDGES)
    for size, predicted, measured, missed in rows:
        assert abs(measured - predicted) == pytest.approx(missed, rel=0.01, abs=2e-3 * abs(measured))
        assert predicted == pytest.approx(rows[0][1] * size, rel=1e-3)
    for (_, _, _, before), (size, _, _, after) in pairwise(rows[1:]):
        if size >= 1e-4:  # smaller ones drown in rounding
            assert after == pytest.approx(before / 100, rel=0.2)


def test_s_graph_picture_shows_values_gradients_and_local_gradients(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == ["chain_rule_graph.svg", "chain_rule_nudge.png"]
    texts = svg_texts(folder / "chain_rule_graph.svg")
    assert {"x", "v", "u", "y", "exp", "sin", "**2"} <= set(texts)
    v, u = X * X, math.sin(X * X)
    for value in (X, v, u, math.exp(u)):
        assert f"data {value:.4f}" in texts
    for slope in (2 * X, math.cos(v), math.exp(u)):
        assert f"{slope:.4f}" in texts, "on the edges"
    for gradient in (1.0, math.exp(u), math.exp(u) * math.cos(v), closed_form(X)):
        assert f"grad {gradient:.4f}" in texts
    assert_plot(folder / "chain_rule_nudge.png")


def test_wrong_closed_form_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(chain_rule, "closed_form", lambda x: closed_form(x) * (1 + 1e-9))
    outcome = in_process(capsys, "chain_rule", "--quiet", "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("x.grad and exp(sin(x**2))")
