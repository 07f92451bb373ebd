"""S-PATHS: the paths through a graph, listed and counted."""

import math

import numpy as np
import pytest

from demos.pieces.routes import count_paths, paths
from engine import Value, dot, exp, tanh, topological_order


def random_graph(seed: int) -> tuple[Value, Value]:
    """A leaf, and a result in which it is used again and again."""
    rng = np.random.default_rng(seed)
    nodes = [Value(rng.uniform(0.5, 1.5)), Value(rng.uniform(0.5, 1.5))]
    for _ in range(9):
        a, b = (nodes[i] for i in rng.integers(max(0, len(nodes) - 4), len(nodes), 2))
        nodes.append([a * b, a + b, tanh(a) - b, dot([a, b], [b, 0.5])][rng.integers(4)])
    return nodes[0], nodes[-1] + 0.1 * nodes[0]


@pytest.mark.parametrize("seed", range(30))
def test_s_paths_products_of_all_paths_add_up_to_the_gradient(seed) -> None:
    leaf, root = random_graph(seed)
    root.backward()
    found = paths(leaf, root)
    assert math.fsum(path.product for path in found) == pytest.approx(leaf.grad, rel=1e-12)
    assert len(found) == count_paths(leaf, root)


@pytest.mark.parametrize("seed", range(5))
def test_each_path_goes_from_operand_to_result_and_no_two_are_alike(seed) -> None:
    leaf, root = random_graph(seed)
    found = paths(leaf, root)
    for path in found:
        assert path.nodes[0] is leaf
        assert path.nodes[-1] is root
        for before, after, factor in zip(path.nodes, path.nodes[1:], path.factors, strict=False):
            assert (before, factor) in zip(after._children, after._local_grads, strict=True)
    assert any(len(path.nodes) == 3 for path in found)  # the short cut at the end


def test_an_operand_used_twice_makes_two_paths() -> None:
    x = Value(3.0)
    assert [path.factors for path in paths(x, x * x)] == [(3.0,), (3.0,)]
    assert count_paths(x, x * x) == 2


def test_a_root_is_its_own_only_path() -> None:
    x = Value(3.0)
    assert [(path.nodes, path.product) for path in paths(x, x)] == [((x,), 1.0)]


def test_counting_needs_neither_the_time_nor_the_depth_of_following() -> None:
    x = Value(1e-9)
    root = x
    for _ in range(20_000):
        root = root + root
    assert count_paths(x, root) == 2**20_000
    assert len(topological_order(root)) == 20_001


def test_a_long_way_is_followed_without_recursion() -> None:
    x = Value(0.0)
    root = x
    for _ in range(5_000):
        root = exp(root) - 1
    (path,) = paths(x, root)
    assert path.product == 1.0
