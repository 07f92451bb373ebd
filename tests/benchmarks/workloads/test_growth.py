"""Chain and fan against closed forms, and what is measured of them."""

import math

import pytest

from benchmarks.libraries import microgpt
from benchmarks.workload import CannotRunError
from benchmarks.workloads.growth import CHAIN, FAN, chain, fan
from tests.benchmarks.workloads.oracle import ours

N = 600
CHAIN_FORM, FAN_FORM = CHAIN.forms["scalars"], FAN.forms["scalars"]


@pytest.fixture(params=["ours", "microgpt"])
def Value(request):
    return (ours() if request.param == "ours" else microgpt.load()).Value


def test_chain_is_a_geometric_series(Value) -> None:
    root, (x, a, b) = chain(Value, N)
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
    root, (x, a) = fan(Value, nodes)
    root.backward()
    k = nodes // 2
    assert (root.data, x.grad, a.grad) == (k * 1.5 * 0.25, k * 0.25, k * 1.5)


def test_fan_is_a_flat_tree() -> None:
    root, _ = fan(microgpt.Value, 2000)
    depth, level = 0, [root]
    while level := [child for node in level for child in node._children]:
        depth += 1
    assert depth <= math.log2(2000) + 1


def test_phases_add_up_to_the_total() -> None:
    figures = FAN_FORM(microgpt.load(), size=60).run()
    assert figures["total"] == pytest.approx(sum(figures[name] for name in ("forward", "backward", "free")))


def test_nodes_are_counted_leaves_included() -> None:
    assert CHAIN_FORM(microgpt.load(), size=60).nodes == 63


def test_recursive_library_stops_at_the_recursion_limit_and_says_so() -> None:
    program = CHAIN_FORM(microgpt.load(), size=10_000)
    with pytest.raises(CannotRunError, match=r"^recursion limit: .* deeper than Python's"):
        program.check()


def test_full_run_goes_from_ten_thousand_to_ten_million() -> None:
    assert [case.size for case in CHAIN.cases] == [10**4, 10**5, 10**6, 10**7]
