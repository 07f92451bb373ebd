"""S-PATHS: the gradient of one weight is the sum over all paths from it to the cost."""

import math
import re
from itertools import product

import numpy as np
import pytest

from demos.backpropagation import paths
from engine import paths as all_paths
from engine import topological_order
from tests.demos.running import assert_plot, in_process, svg_texts, written_by
from tests.engine.enumeration import every_path


@pytest.mark.parametrize("seed", range(10))
def test_s_paths_sum_over_all_paths_is_the_gradient_to_1e_12(seed) -> None:
    weight, cost = paths.small_graph(seed)
    cost.backward()
    found = all_paths(cost, weight, k=None)
    assert len(found) == 3 * 2
    assert math.fsum(path.product for path in found) == pytest.approx(weight.grad, rel=1e-12, abs=1e-18)
    h = 1e-6
    model_weight = weight.data
    above, below = (cost_at(seed, model_weight + step) for step in (h, -h))
    assert weight.grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)


def cost_at(seed: int, number: float) -> float:
    """The cost of the small network with another first weight, computed by matrices."""
    _, cost = paths.small_graph(seed)
    labels = {node.label: node.data for node in topological_order(cost) if node.label}
    W1, W2, W3 = (
        np.array(
            [[labels.get(f"layers.{i}.neurons.{j}.w.{k}", number) for k in range(nin)] for j in range(nout)]
        )
        for i, (nin, nout) in enumerate([(2, 2), (2, 3), (3, 2)])
    )
    assert W1[0, 0] == number
    y = 1 / (1 + np.exp(-(W3 @ np.tanh(W2 @ np.tanh(W1 @ [0.5, -1.0])))))
    return float(((y - [1.0, 0.0]) ** 2).sum() / 2)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_s_paths_counting_is_following_every_one(depth) -> None:
    weight, root = paths.deep_graph(depth, seed=1)
    assert all_paths(root, weight).count == len(every_path(root, weight)) == 4 ** (depth - 1)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "paths", "--seed", 4)


def test_s_paths_account_lists_the_paths_their_products_and_the_sum(written) -> None:
    _, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [
        re.match(r"(w > g1 > h\d > y\d > C) +(.*?) +([+-]\d\.\d{6})$", line)
        for line in outcome.out.splitlines()
    ]
    listed = [row for row in rows if row]
    ways = {f"w > g1 > h{i} > y{j} > C" for i, j in product((1, 2, 3), (1, 2))}
    assert {row[1] for row in listed} == ways
    assert len(listed) == len(ways)
    for row in listed:
        factors = [float(factor) for factor in row[2].split(" * ")]
        assert math.prod(factors) == pytest.approx(float(row[3]), rel=0.05, abs=1e-5)
    weight, cost = paths.small_graph(4)
    cost.backward()
    assert f"The products add up to {weight.grad:+.6f}, which is w.grad" in outcome.out
    assert sum(float(row[3]) for row in listed) == pytest.approx(weight.grad, abs=5e-6)


def test_s_paths_account_counts_what_is_too_much_to_list(written) -> None:
    _, outcome = written
    rows = [
        line.replace(",", "").split() for line in outcome.out.splitlines() if re.match(r"\d+ +[\d,]+ +", line)
    ]
    assert [[int(cell) for cell in row[:2]] for row in rows] == [[d, 4 ** (d - 1)] for d in range(1, 13)]
    edges = [int(row[2]) for row in rows]
    assert len(set(np.diff(edges))) == 1, "every layer adds the same"


def test_pictures_are_there_and_can_be_read(written) -> None:
    folder, _ = written
    assert sorted(path.name for path in folder.iterdir()) == ["paths_count.png", "paths_graph.svg"]
    texts = svg_texts(folder / "paths_graph.svg")
    assert any("thick: a path of" in text for text in texts)
    assert {"w", "neurons.0", "neurons.1", "neurons.2", "C"} <= set(texts)
    assert_plot(folder / "paths_count.png")


def test_a_path_that_is_missing_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    def one_less(root, leaf, k):
        found = all_paths(root, leaf, k)
        found._found = found._found[1:]
        return found

    monkeypatch.setattr(paths, "paths", one_less)
    outcome = in_process(capsys, "paths", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("NOT SO: The products add up to")
