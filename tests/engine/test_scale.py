"""Graphs of every size: no recursion, work that grows with the number of nodes, memory given back without the
garbage collector.

Every test here runs with the collector switched off and with little room for recursion.
"""

import copy
import gc
import math
import pickle
import sys
import weakref
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

import engine
from engine import Value, consumers, gradients, leaves, no_grad, topological_order
from engine.node.releasing import DEEPEST

pytestmark = pytest.mark.unmeasured

ROOM = 60
"""How many calls deep the engine may go: its own helpers and Python's, but no graph."""


@pytest.fixture(autouse=True)
def _little_room_and_no_collector() -> Iterator[None]:
    depth = 0
    frame = sys._getframe()
    while frame:
        depth, frame = depth + 1, frame.f_back
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    gc.collect()
    gc.disable()
    sys.setrecursionlimit(depth + ROOM)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def test_there_is_no_room_for_recursion() -> None:
    def down(n: int) -> int:
        return n and down(n - 1)

    with pytest.raises(RecursionError):
        down(2 * ROOM)


# -- shapes of graphs: of n operators, from a leaf ----------------------------------------------------


def chain(x: Value, n: int) -> Value:
    """One after the other, each of a node and a number."""
    for _ in range(n):
        x = x * 1.0
    return x


def chain_of_two(x: Value, n: int) -> Value:
    """Each from the one before and the leaf."""
    y = x * 1.0
    for _ in range(n):
        y = y + x
    return y


def ladder(x: Value, n: int) -> Value:
    """Diamonds on top of each other: 2**n paths from the leaf to the root."""
    for _ in range(n):
        x = x * 0.5 + x * 0.5
    return x


def blocks(x: Value, n: int) -> Value:
    """Residual connections."""
    for _ in range(n):
        x = (x * 0.001).tanh() + x
    return x


def fan(x: Value, n: int) -> Value:
    """Every operator uses the leaf, and one uses them all."""
    return engine.sum([x * 1.0 for _ in range(n)])


def dense(x: Value, n: int) -> Value:
    """Sums of the five nodes before, as skip connections have it."""
    nodes = [x * 0.2 for _ in range(5)]
    for _ in range(n):
        nodes.append(engine.sum(nodes[-5:]) * 0.2)
    return nodes[-1]


SHAPES = [chain, chain_of_two, ladder, blocks, fan, dense]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


# -- right gradients, whatever the size ---------------------------------------------------------------


def test_chain_of_a_million() -> None:
    x, w = Value(0.0), Value(1.0)
    y, count = x, 500_000
    for _ in range(count):
        y = y * w + 1.0
    middle = weakref.ref(y._children[0]._children[0])
    assert y.data == count
    y.backward()
    assert x.grad == 1.0
    assert w.grad == count * (count - 1) / 2  # the sum of all partial results
    del y
    assert middle() is None


def test_diamond_ladder_of_depth_60() -> None:
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60
    x = Value(3.0)
    y = ladder(x, 60)
    y.backward()
    assert (y.data, x.grad) == (3.0, 1.0)
    assert len(topological_order(y)) == 1 + 60 * 5  # two products, a sum and two constants a rung


def test_fan_out_of_a_hundred_thousand() -> None:
    x = Value(2.0)
    total = fan(x, 100_000)
    total.backward()
    assert (total.data, x.grad) == (200_000.0, 100_000.0)
    engine.zero_grad(x)
    one_by_one = sum([x] * 100_000, Value(0.0))
    one_by_one.backward()
    assert x.grad == 100_000.0
    engine.zero_grad(x)
    engine.dot([x] * 50_000, [x] * 50_000).backward()
    assert x.grad == 200_000.0
    assert len(consumers(total)[x]) == 100_000


def test_residual_connections() -> None:
    x, count = Value(0.5), 10_000
    y = x
    for _ in range(count):
        y = y.tanh() * 1e-4 + y
    number, slope = 0.5, 1.0
    for _ in range(count):
        slope *= 1.0 + 1e-4 * (1.0 - math.tanh(number) ** 2)
        number += 1e-4 * math.tanh(number)
    y.backward()
    assert y.data == pytest.approx(number, rel=1e-12)
    assert x.grad == pytest.approx(slope, rel=1e-11)


def test_residual_connections_to_the_far_end() -> None:
    """Every block adds the leaf too: the leaf is the operand of ten thousand nodes at all depths."""
    x, count = Value(0.5), 10_000
    y = x
    for _ in range(count):
        y = (y * 0.0).tanh() + y + x
    y.backward()
    assert x.grad == count + 1.0


@shapes
def test_numbers_do_not_depend_on_size(shape) -> None:
    x = Value(0.5)
    y = shape(x, 3000)
    y.backward()
    expected = {
        "chain": 1.0,
        "chain_of_two": 3001.0,
        "ladder": 1.0,
        "fan": 3000.0,
        "dense": 0.2,
    }
    if shape is blocks:
        slope, number = 1.0, 0.5
        for _ in range(3000):
            slope *= 1.0 + 0.001 * (1.0 - math.tanh(number * 0.001) ** 2)
            number += math.tanh(number * 0.001)
        assert x.grad == pytest.approx(slope, rel=1e-11)
    else:
        assert x.grad == pytest.approx(expected[shape.__name__], rel=1e-11)


# -- the work grows as the graph does -----------------------------------------------------------------


def calls_in(work: Callable[[], object]) -> int:
    """How many calls, of Python's functions and of C's, something makes: its work, without a clock."""
    count = 0

    def count_one(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


WALKS: dict[str, Callable[[Value], object]] = {
    "topological_order": topological_order,
    "backward": lambda root: root.backward(),
    "leaves": leaves,
    "consumers": consumers,
    "zero_grad": lambda root: root.zero_grad(),
    "requires_grad": lambda root: root.requires_grad,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "gradients": lambda root: gradients(root, leaves(root)),
    "gradients as a graph": lambda root: gradients(root, leaves(root), create_graph=True),
}


@shapes
@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_work_is_linear(walk, shape) -> None:
    """Every so many operators more cost as many calls more; the node in Python frees so many at a time."""
    counts = [calls_in(lambda n=n: walk(shape(Value(0.5), n))) for n in range(DEEPEST, 5 * DEEPEST, DEEPEST)]
    first, *more = [after - before for before, after in pairwise(counts)]
    assert more == pytest.approx([first, first], rel=0.02)


def test_the_measure_of_work_tells_linear_from_quadratic() -> None:
    def quadratic(n: int) -> None:
        for _ in range(n * n):
            abs(n)

    counts = [calls_in(lambda n=n: quadratic(n)) for n in (10, 20, 30)]
    assert [after - before for before, after in pairwise(counts)] == [300, 500]


# -- memory is given back, at once and without the collector ------------------------------------------


@shapes
def test_all_nodes_die_with_the_root(shape) -> None:
    x = Value(0.5)
    root = shape(x, 5000)
    root.backward()
    nodes = [weakref.ref(node) for node in topological_order(root) if node is not x]
    assert len(nodes) >= 5000
    del root
    assert {node() for node in nodes} == {None}
    assert x.grad


@shapes
def test_a_training_loop_does_not_grow(shape) -> None:
    """Object counts: after each step as many blocks of memory are in use as after the first."""
    x, used = Value(0.5), []
    for _ in range(4):
        loss = shape(x, 2000)
        loss.backward()
        engine.zero_grad(x)
        del loss
        used.append(sys.getallocatedblocks())
    assert used[-1] - used[1] < 200  # a graph has more than 4000


def test_a_subgraph_that_is_still_held_lives_on() -> None:
    x = Value(0.5)
    middle = chain(x, 1000)
    root = chain(middle, 1000)
    below, above = weakref.ref(middle._children[0]), weakref.ref(root._children[0])
    del root
    assert above() is None
    assert below() is not None
    middle.backward()
    assert x.grad == 1.0
    del middle
    assert below() is None


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_no_walk_leaves_anything_behind(walk) -> None:
    x = Value(0.5)
    root = blocks(x, 200)
    middle = weakref.ref(root._children[0])
    walk(root)
    del root
    assert middle() is None


def test_an_error_in_backward_leaves_nothing_behind() -> None:
    x = Value(0.5)
    root = chain(Value(4.0, (chain(x, 100),), "square"), 100)
    middle = weakref.ref(root._children[0])
    with pytest.raises(engine.GraphError):
        root.backward()
    del root
    assert middle() is None


def test_nothing_is_kept_under_no_grad() -> None:
    with no_grad():
        x = Value(0.5)
        first = x * 1.0
        seen = weakref.ref(first)
        x = first * 1.0
        del first
        assert seen() is None


def test_transforms_leave_nothing_behind() -> None:
    seen: list[weakref.ref] = []

    def f(x: Value) -> Value:
        y = blocks(x, 100)
        seen.append(weakref.ref(y))
        return y

    engine.grad(f)(0.5)
    engine.grad(engine.grad(f))(0.5)
    engine.jacobian(f)(0.5)
    engine.gradcheck(f, 0.5)
    assert {node() for node in seen} == {None}


# -- copies of a hundred thousand nodes ---------------------------------------------------------------


def by_pickle(root: Value) -> Value:
    return pickle.loads(pickle.dumps(root))  # noqa: S301 - made here


@pytest.mark.parametrize("clone", [copy.deepcopy, by_pickle])
def test_a_deep_graph_is_copied(clone) -> None:
    x, count = Value(0.5), 50_000
    root = chain(x, count)
    twin = clone(root)
    order = topological_order(twin)
    assert len(order) == 2 * count + 1
    twin.backward()
    assert order[0].grad == 1.0
    assert x.grad == 0.0
    middle = weakref.ref(order[count])
    del twin, order
    assert middle() is None
