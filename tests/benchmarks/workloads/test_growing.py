"""Chain and fan against closed forms."""

import math

import pytest

from benchmarks.libraries import microgpt
from benchmarks.workloads import chain, fan
from tests.benchmarks.workloads.oracle import ours

N = 600


@pytest.fixture(params=["ours", "microgpt"])
def Value(request):
    return (ours() if request.param == "ours" else microgpt.load()).Value


def test_chain_is_a_geometric_series(Value) -> None:
    root, (x, a, b) = chain.build(Value, N)
    root.backward()
    k, growth, step = N // 2, 1.0 + 1.0 / N, 1.0 / N
    powers = [growth**i for i in range(k)]
    assert root.data == pytest.approx(growth**k + step * sum(powers), rel=1e-12)
    assert x.grad == pytest.approx(growth**k, rel=1e-12)
    assert b.grad == pytest.approx(sum(powers), rel=1e-12)
    gradient = k * growth ** (k - 1) + step * sum(i * growth ** (i - 1) for i in range(k))
    assert a.grad == pytest.approx(gradient, rel=1e-12)


@pytest.mark.parametrize("nodes", [2, 60, N, 606])
def test_fan_is_a_multiple_of_one_product(Value, nodes) -> None:
    root, (x, a) = fan.build(Value, nodes)
    root.backward()
    k = nodes // 2
    assert (root.data, x.grad, a.grad) == (k * 1.5 * 0.25, k * 0.25, k * 1.5)


def test_fan_is_a_flat_tree() -> None:
    root, _ = fan.build(microgpt.Value, 2000)
    depth, level = 0, [root]
    while level := [child for node in level for child in node._children]:
        depth += 1
    assert depth <= math.log2(2000) + 1
