"""S-CHAIN, S-GRAPH and S-NUDGE: a derivative factor by factor, its graph, and what it predicts."""

import math
from itertools import pairwise

import numpy as np
import pytest

from demos.backpropagation import chain_rule
from demos.backpropagation.chain_rule import STEPS, Nudge, X, draw_nudges, nudge
from engine import Value, exp, explain
from tests.demos.oracle import complex_gradient
from tests.demos.running import assert_plot, in_process, numbers, svg_texts, written_by
from viz import plot_loss


def chain(x: Value) -> Value:
    """y = exp(sin(x**2)) from the demo's steps."""
    for name, step in STEPS.items():
        x = step(x)
        x.label = name
    return x


def closed_form(x: float) -> float:
    return math.exp(math.sin(x * x)) * math.cos(x * x) * 2 * x


@pytest.mark.parametrize("x", [X, 0.3, -0.8, 2.1, -3.0])
def test_s_chain_product_of_the_factors_is_the_closed_form_to_1e_12(x) -> None:
    expected = math.exp(math.sin(x * x)) * math.cos(x * x) * 2 * x
    at = Value(x, label="x")
    y = chain(at)
    y.backward()
    (product,) = explain(y, at).products
    by_hand = [math.exp(math.sin(x * x)), math.cos(x * x), 2 * x]  # dy/du, du/dv, dv/dx
    assert [factor.value for factor in product] == pytest.approx(by_hand, rel=1e-14)
    for found in (explain(y, at).gradient, at.grad):
        assert found == pytest.approx(expected, rel=1e-12)
    complex_step = complex_gradient(lambda x: np.exp(np.sin(x**2)), np.array(x))
    assert float(complex_step) == pytest.approx(expected, rel=1e-12)


def test_s_graph_a_node_knows_value_and_local_gradient_whatever_it_is_part_of() -> None:
    x = Value(X, label="x")
    for step in explain(chain(x), x).steps:
        alone = chain_rule.STEPS[step.name](Value(step.node._children[0].data))
        assert alone.data == step.node.data
        assert alone._local_grads == tuple(factor.value for factor in step.factors)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "chain_rule", "--seed", 4)


def test_s_chain_account_writes_the_chain_rule_out_as_the_lecture_does(written) -> None:
    _, outcome = written
    v, u = X * X, math.sin(X * X)
    derivatives = [math.exp(u), math.cos(v), 2 * X]
    lines = [line.strip() for line in outcome.out.splitlines()]
    start = lines.index("dy/dx = dy/du · du/dv · dv/dx")
    assert lines[start + 1 : start + 3] == ["= y · cos(v) · 2·x", "= exp(sin(x**2)) · cos(x**2) · 2·x"]
    assert numbers(lines[start + 3].replace("·", " ")) == pytest.approx(derivatives, rel=1e-5)
    assert numbers(lines[start + 4]) == pytest.approx([math.prod(derivatives)], rel=1e-5)
    nodes = [line.split() for line in lines[:start] if line[:3] in ("v =", "u =", "y =")]
    assert [(words[2], words[-5], words[-3]) for words in nodes] == [
        ("x**2", "dv/dx", "2·x"), ("sin(v)", "du/dv", "cos(v)"), ("exp(u)", "dy/du", "y"),
    ]  # fmt: skip
    assert [float(words[-1]) for words in nodes] == pytest.approx(derivatives[::-1], rel=1e-5)


def test_s_nudge_gradient_that_predicts_is_explained(written) -> None:
    _, outcome = written
    assert any(line.strip().startswith("∂C/∂w = ") for line in outcome.out.splitlines())


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
    for derivative in (2 * X, math.cos(v), math.exp(u)):
        assert f"{derivative:.4f}" in texts, "on the edges"
    for gradient in (1.0, math.exp(u), math.exp(u) * math.cos(v), closed_form(X)):
        assert f"grad {gradient:.4f}" in texts
    assert_plot(folder / "chain_rule_nudge.png")


def test_a_wrong_local_gradient_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    def wrong(x: Value) -> Value:
        return Value(math.sin(x.data), (x,), (math.cos(x.data) * (1 + 1e-9),))

    monkeypatch.setitem(STEPS, "u", wrong)
    outcome = in_process(capsys, "chain_rule", "--quiet", "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("NOT SO: The product is what backward() left in x.grad")


def test_s_nudge_prediction_is_gradient_times_nudge_and_misses_by_the_square() -> None:
    w = Value(0.5)
    for one in nudge(lambda: exp(w) + w**3, w, [0.1, 0.01, 0.001]):
        derivative, curvature = (
            1.6487212707001282 + 3 * 0.25,
            1.6487212707001282 + 6 * 0.5,
        )  # e^½ + 3w², e^½ + 6w
        assert one.predicted == pytest.approx(derivative * one.size, rel=1e-12)
        assert one.missed == pytest.approx(curvature * one.size**2 / 2, rel=0.5 * one.size**0.5)


def test_weight_ends_where_it_was_also_after_an_error() -> None:
    w = Value(2.0)
    nudge(lambda: w * w, w, [0.5])
    assert w.data == 2.0

    def fails_when_nudged() -> Value:
        if w.data != 2.0:
            raise RuntimeError
        return w * w

    with pytest.raises(RuntimeError):
        nudge(fails_when_nudged, w, [0.5])
    assert w.data == 2.0


def test_gradient_is_that_of_this_cost_alone() -> None:
    w = Value(2.0)
    w.grad = 100.0
    assert nudge(lambda: 3 * w, w, [1.0]) == [Nudge(1.0, 3.0, 3.0)]


def test_plot_shows_changes_and_misses() -> None:
    ax = plot_loss([1.0])
    ax.clear()
    draw_nudges([Nudge(0.1, -0.3, -0.25), Nudge(0.01, -0.03, -0.0295)], ax)
    assert [line.get_ydata().tolist() for line in ax.lines] == [
        [0.3, 0.03],
        [0.25, 0.0295],
        [pytest.approx(0.05), pytest.approx(0.0005)],
    ]
    assert {ax.get_xscale(), ax.get_yscale()} == {"log"}
