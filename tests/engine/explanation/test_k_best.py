"""The search for the largest paths finds all of them, in order; held against paths followed one by one."""

import math

from hypothesis import given
from hypothesis import strategies as st

from engine import Value
from engine.explanation.k_best import Search
from engine.explanation.path_graph import Between
from tests.engine.enumeration import every_path, made_by_hand, product_down

numbers = st.sampled_from([0.0, 1.0, -1.0, 0.5, -3.0, 1e200, math.inf])


def found_by(search: Search) -> list[tuple]:
    """The local gradients along each way, from the root down, in the order of the search."""
    ways, rank = [], 0
    while search.reaches(rank):
        _, edges = search.way(rank)
        ways.append(tuple(edge.local_grad for edge in reversed(edges)))
        rank += 1
    return ways


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), numbers, numbers), min_size=1, max_size=7))
def test_every_path_is_found_once_and_the_largest_first(steps) -> None:
    nodes = made_by_hand([(i, j) for i, j, _, _ in steps], [(a, b) for _, _, a, b in steps])
    expected = every_path(nodes[-1], nodes[0])
    found = found_by(Search(Between(nodes[-1], nodes[0])))
    assert sorted(map(repr, found)) == sorted(repr(local_grads) for _, local_grads in expected)
    sizes = [abs(product_down(local_grads)) for local_grads in found]
    ordered = [size for size in sizes if size == size]
    assert ordered == sorted(ordered, reverse=True)


def test_of_no_path_none_is_found() -> None:
    search = Search(Between(Value(1.0) * 2.0, Value(3.0)))
    assert not search.reaches(0)


def test_a_ladder_of_many_rungs_is_not_followed() -> None:
    x = y = Value(1.0)
    for _ in range(200):  # 2**200 paths
        y = y * 0.5 + y
    search = Search(Between(y, x))
    products = []
    for rank in range(3):
        assert search.reaches(rank)
        products.append(math.prod(edge.local_grad for edge in search.way(rank)[1]))
    assert products == [1.0, 0.5, 0.5]
