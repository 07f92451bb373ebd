"""Deep graphs are freed without recursion: no more than DEEPEST nodes within one another."""

import copy
import subprocess
import sys
import weakref

import pytest

import engine
from engine.node import releasing
from engine.node.value import Value

SHAPES = {
    "sum": lambda y, x: y + x,
    "product with itself": lambda y, x: y * y,
    "difference": lambda y, x: x - y,
    "negative": lambda y, x: -y,
    "function": lambda y, x: y._apply(engine.ops.OPERATORS["tanh"], (y,)),
    "number": lambda y, x: 1.0 * y,
    "many operands": lambda y, x: x._apply(engine.ops.OPERATORS["sum"], (x, y, x)),
    "by hand": lambda y, x: Value(y.data, (y, x), (1.0, 1.0)),
}


def chain(step, length: int) -> Value:
    y = x = Value(0.5)
    for _ in range(length):
        y = step(y, x)
    return y


def levels_between_releases(root: Value) -> int:
    """The longest way down on which no node holds its operands in a Release; by the graph, not by spans."""
    deepest = {}
    for node in root._topological_order():
        below = max((deepest[child] for child in node._children), default=-1)
        deepest[node] = 0 if isinstance(node._span, releasing.Release) else below + 1
    return max(deepest.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_no_way_down_is_longer_than_the_deepest(shape: str) -> None:
    assert levels_between_releases(chain(SHAPES[shape], 1000)) == releasing.DEEPEST


def test_shallow_graph_has_no_release() -> None:
    root = chain(SHAPES["sum"], releasing.DEEPEST)
    assert not any(isinstance(node._span, releasing.Release) for node in root._topological_order())


@pytest.mark.parametrize("shape", SHAPES)
def test_everything_is_freed_when_the_root_is(shape: str) -> None:
    root = chain(SHAPES[shape], 2000)
    watched = [weakref.ref(node) for node in root._topological_order()]
    del root
    assert not any(ref() is not None for ref in watched)


def test_what_is_still_used_stays() -> None:
    root = chain(SHAPES["sum"], 1000)
    middle = root
    for _ in range(500):
        middle = middle._children[0]
    del root
    middle.backward()
    assert len(middle._topological_order()) == 501


def test_slot_of_the_span_is_cleared_after_those_of_the_operands() -> None:
    assert sorted(Value.__slots__)[-1] == "_span"


def test_copy_of_a_deep_graph_is_freed_alike() -> None:
    assert levels_between_releases(copy.deepcopy(chain(SHAPES["sum"], 1000))) == releasing.DEEPEST


SMALL_STACK = """
import os, threading
os.environ["CHAINRULE_BACKEND"] = {backend!r}
import engine
def work():
    for backward in (True, False):
        y = x = engine.Value(1.0)
        for _ in range(100_000):
            y = y + x
        if backward:
            y.backward()
            print(engine.backend, x.grad)
        del y
threading.stack_size(256 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("freed")
"""


@pytest.mark.unmeasured
@pytest.mark.parametrize("backend", ["python", engine.backend])
def test_chain_of_100_000_is_freed_in_a_small_stack(backend: str) -> None:
    program = SMALL_STACK.format(backend=backend)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == [f"{backend} 100001.0", "freed"], done.stderr
