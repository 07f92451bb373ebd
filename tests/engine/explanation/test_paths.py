"""The largest paths of a gradient, held against all paths followed one by one."""

import math
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Value, exp, paths
from tests.engine.enumeration import every_path, made_by_hand, product_down
from tests.engine.test_random_programs import EVERYTHING, programs
from tests.sampling import samples


def rank(p: float) -> float:
    return math.inf if p != p else abs(p)


@pytest.mark.unmeasured
@settings(max_examples=samples(70, 1000))
@given(programs(list(EVERYTHING), 12))
def test_s_paths_products_of_all_paths_add_up_to_the_gradient(program) -> None:
    inputs = [Value(x) for x in program.inputs]
    root = program.run(engine, inputs)
    root.backward()
    for x in inputs:
        everything = every_path(root, x)
        if everything is None:
            continue
        found = paths(root, x, k=None)
        assert found.count == len(found) == len(everything)
        sizes = math.fsum(abs(path.product) for path in found)
        assert math.fsum(path.product for path in found) == pytest.approx(x.grad, rel=1e-9, abs=1e-12 * sizes)
        assert found.positive + found.negative == pytest.approx(x.grad, rel=1e-9, abs=1e-12 * sizes)
        assert found.positive - found.negative == pytest.approx(sizes, rel=1e-12)
        assert sorted((p.slots[::-1], p.local_grads[::-1]) for p in found) == sorted(everything)


slopes = st.sampled_from([0.0, 1.0, -1.0, 0.1, -3.0, 1e200, 1e-200, math.inf, -math.inf, math.nan])


@pytest.mark.unmeasured
@settings(max_examples=samples(100, 1500))
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), slopes, slopes), min_size=1, max_size=8),
    st.integers(1, 12),
)
def test_k_largest_are_the_first_of_all_sorted_with_zeros_infinities_and_nan(steps, k) -> None:
    nodes = made_by_hand([(i, j) for i, j, _, _ in steps], [(s, t) for _, _, s, t in steps])
    everything = [slopes for _, slopes in every_path(nodes[-1], nodes[0])]
    products = [product_down(slopes) for slopes in everything]
    found = paths(nodes[-1], nodes[0], k=k)
    assert found.count == len(products)
    expected = sorted(products, key=lambda p: (p == p, -rank(p)))[:k]
    sizes = [product_down(path.local_grads[::-1]) for path in found]
    assert [rank(p) for p in sizes] == [rank(p) for p in expected]
    assert [p != p for p in sizes] == [p != p for p in expected]
    for path in found:
        assert path.product == pytest.approx(math.prod(path.local_grads[::-1]), nan_ok=True)
    assert len({path.slots for path in found} | {None}) == len(found) + 1, "no path twice"
    total = sum(map(math.prod, everything))
    both = found.positive + found.negative
    assert both == pytest.approx(total, nan_ok=True) or total != total


@given(st.lists(st.sampled_from([0.5, -2.0, 0.25, 3.0]), min_size=1, max_size=5), st.integers(1, 40))
def test_product_of_a_path_is_that_of_its_local_gradients(factors, k) -> None:
    root = x = Value(1.0)
    for factor in factors:
        root = root * factor + root
    for path in paths(root, x, k=k):
        assert path.product == math.prod(path.local_grads)
        assert (path.nodes[0], path.nodes[-1]) == (x, root)
        for tail, head, slot, slope in zip(
            path.nodes, path.nodes[1:], path.slots, path.local_grads, strict=False
        ):
            assert head._children[slot] is tail
            assert head._local_grads[slot] == slope


def ladder(rungs: int) -> tuple[Value, Value]:
    root = x = Value(1.0, label="x")
    for _ in range(rungs):
        root = root * 0.5 - root * 0.25
    return root, x


def test_ladder_of_2_to_the_60_paths_answers() -> None:
    root, x = ladder(60)
    found = paths(root, x, k=100)
    assert found.count == 2**60
    binomial = [(0.5 ** (60 - i)) * (-0.25) ** i for i in (0, *[1] * 60, *[2] * 39)]
    assert [path.product for path in found] == binomial
    assert found.positive == pytest.approx((0.75**60 + 0.25**60) / 2)
    assert found.negative == pytest.approx((0.25**60 - 0.75**60) / 2)
    assert found.gradient == pytest.approx(0.25**60)
    assert found.cancellation == pytest.approx(1.0)
    assert found.covered == pytest.approx(math.fsum(map(abs, binomial)) / 0.75**60)
    assert found.share == pytest.approx(math.fsum(binomial) / 0.25**60)
    assert "1,152,921,504,606,846,976" not in str(found)
    assert str(found).startswith("about 1.2e18 paths lead from x to -;")


@pytest.mark.unmeasured
def test_ladder_of_thousands_of_rungs_answers() -> None:
    root, x = ladder(3_000)
    found = paths(root, x, k=3)
    assert found.count == 2**3_000
    assert len(found) == 3
    assert found[0].product == 0.5**3_000
    assert "e903 paths" in str(found)


def test_all_paths_are_listed_only_where_they_can_be() -> None:
    root, x = ladder(10)
    assert len(paths(root, x, k=None)) == 1024
    root, x = ladder(17)
    with pytest.raises(ValueError, match="more than 100,000 paths: give k="):
        paths(root, x, k=None)


def test_share_is_of_the_gradient_and_covered_of_all_sizes() -> None:
    x = Value(1.0)
    found = paths(x * 3.0 - x * 1.0 - x * 0.5, x, k=1)
    assert (found.gradient, found.positive, found.negative) == (1.5, 3.0, -1.5)
    assert (found.listed, found.share, found.covered) == (3.0, 2.0, 3.0 / 4.5)
    assert found.cancellation == pytest.approx(1 - 1.5 / 4.5)


@pytest.mark.parametrize(
    ("factors", "cancellation"),
    [
        ((3.0, -1.0), 1 - 2 / 4),
        ((-3.0, 1.0), 1 - 2 / 4),
        ((-3.0, -1.0), 0.0),
        ((3.0, 1.0), 0.0),
        ((2.0, -2.0), 1.0),
    ],
)
def test_cancellation_is_of_sizes_whatever_the_sign_of_the_sum(factors, cancellation) -> None:
    x = Value(1.0)
    found = paths(sum(x * factor for factor in factors), x, k=1)
    assert found.cancellation == pytest.approx(cancellation)
    assert found.covered == pytest.approx(max(map(abs, factors)) / sum(map(abs, factors)))
    if sum(factors):
        assert found.share == pytest.approx(found.listed / sum(factors))


def test_nothing_leads_there_where_the_root_was_not_made_of_the_variable() -> None:
    found = paths(Value(1.0, label="a").exp(), Value(2.0, label="x"))
    assert (len(found), found.count, found.gradient, found.share) == (0, 0, 0.0, 1.0)
    assert str(found) == "no path leads from x to exp: the derivative is 0"


def test_root_is_its_own_only_path() -> None:
    x = Value(2.0)
    (path,) = paths(x, x)
    assert (path.product, path.nodes, path.bottleneck, len(path)) == (1.0, (x,), None, 0)
    assert str(paths(x, x))


def test_bottleneck_is_the_smallest_slope_and_nan_before_all() -> None:
    x = Value(1.0)
    (path,) = paths(Value(1.0, (Value(1.0, (x * 2.0,), (1e-3,)),), (5.0,)), x)
    assert path.bottleneck == 1
    (path,) = paths(Value(1.0, (Value(1.0, (x * 0.0,), (math.nan,)),), (5.0,)), x)
    assert path.bottleneck == 1
    (path,) = paths(x * 2.0 * 2.0, x)
    assert path.bottleneck == 1, "of equals the one nearest to the root"


def test_infinite_slope_before_and_after_a_zero_one() -> None:
    x = Value(1.0)
    above = Value(1.0, (Value(1.0, (x,), (0.0,)),), (math.inf,))
    below = Value(1.0, (Value(1.0, (x,), (math.inf,)),), (0.0,))
    assert math.isnan(paths(above, x)[0].product)
    assert math.isnan(paths(below, x)[0].product)
    for root in (above, below):
        x.grad = 0.0
        root.backward()
        assert paths(root, x)[0].product == pytest.approx(x.grad, nan_ok=True)


def test_a_path_over_a_masked_edge_is_zero_whatever_comes_below() -> None:
    x = Value(0.0)
    root = engine.where(x > 0.0, engine.log(x), x * 3.0)
    found = paths(root, x)
    assert sorted(path.product for path in found) == [0.0, 3.0]
    assert (found.gradient, found.positive, found.negative) == (3.0, 3.0, 0.0)


def test_printed_table_tells_what_carries_the_gradient() -> None:
    w = Value(0.5, label="w")
    hidden = (w * 2.0).tanh()
    hidden.label = "h"
    loss = hidden * 3.0 - w * 0.25
    loss.label = "C"
    text = str(paths(loss, w))
    assert text.splitlines()[0].startswith("2 paths lead from w to C; dC/dw = 2.26985")
    assert "positive products add up to 2.51985, negative ones to -0.25: 18.1 % of their size cancels" in text
    largest, other = (line.split(maxsplit=6) for line in text.splitlines()[-2:])
    assert largest == ["2.51985", "111.0", "%", "0.419974", "at", "h", "w > * > h > * > C"]
    assert other == ["-0.25", "-11.0", "%", "0.25", "at", "*", "w > * > C"]


def test_data_form_is_plain() -> None:
    x = Value(2.0, label="x")
    data = paths(exp(x * 3.0), x).to_dict()
    assert data["count"] == 1
    assert data["paths"][0]["nodes"][1] == {"label": "", "op": "*", "data": 6.0}
    assert data["paths"][0]["slots"] == [0, 0]
    assert data["paths"][0]["product"] == data["gradient"] == 3.0 * math.exp(6.0)


@pytest.mark.parametrize(
    ("k", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_number_of_paths_must_be_a_whole_number_from_one_on(k, error) -> None:
    x = Value(1.0)
    with pytest.raises(error, match="k must be"):
        paths(x, x, k=k)


@pytest.mark.unmeasured
def test_long_path_is_found_and_shown_by_its_ends() -> None:
    root = x = Value(0.5, label="x")
    for _ in range(50_000):
        root = -root
    found = paths(root + x, x, k=5)
    assert [path.product for path in found] == [1.0, 1.0]
    assert {len(path) for path in found} == {1, 50_001}
    assert "x > neg > neg > neg > … 49994 more … > neg > neg > neg > +" in str(found)


def test_notebook_shows_the_table() -> None:
    x = Value(2.0, label="<x>")
    shown = []
    found = paths(x * x - x, x)
    found._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == [str(found)]
    html = fromstring(f"<root>{found._repr_html_()}</root>")
    assert [each.text for each in html.iter("p")] == str(found).split("\n\n")[0].splitlines()
    assert len(html.findall("table/tr")) == 1 + len(found)
    none = fromstring(paths(Value(1.0) * 2, x)._repr_html_())
    assert none.text.startswith("no path leads from <x> to")


def test_hooks_are_left_out_and_this_is_said() -> None:
    x = Value(2.0, label="x")
    h = x * 3.0
    h.label = "h"
    root = h.exp()
    without = paths(root, x)
    with h.register_hook(lambda gradient: 10 * gradient):
        found = paths(root, x)
        assert found.gradient == without.gradient
        assert found.hooked == [h]
        assert "Hooks at h are left out: backward() may pass on something else there." in str(found)
        assert "Hooks at h are left out" in str(engine.explain(root, x))
    assert paths(root, x).hooked == []
    assert "Hooks" not in str(without)


def test_representations_are_short() -> None:
    x = Value(2.0)
    found = paths(x * 3.0, x)
    assert repr(found) == "Paths(1 listed, gradient=3.0)"
    assert repr(found[0]) == "Path(edges=1, product=3.0)"
    assert found[:1] == (found[0],)
