"""What the compiled node must do besides agreeing with the reference: memory, threads, subclasses."""

import copy
import gc
import math
import os
import pickle
import random
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import numpy as np
import pytest

import engine
from engine.node.bulk import graph_arrays
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS
from engine.ops.op import LEAF, Op
from tests.engine.nodes import compiled_module
from tests.source_tree import ROOT

compiled = compiled_module()
Value = compiled.Value


class Parameter(Value):
    """A subclass with a default of its own and a method."""

    def __init__(self, data: float = 0.5, name: str = "w") -> None:
        super().__init__(data, label=name)
        self.momentum = 0.0

    def doubled(self) -> Value:
        return self * 2


class Slotted(Value):
    """A subclass with a field, which Python has its collector track."""

    __slots__ = ("extra",)


def held_by(action) -> tuple[int, int]:
    """How many more nodes and other blocks of memory an action leaves the second time, the collector off."""
    gc.collect()
    gc.disable()
    try:
        action()
        nodes, blocks = compiled.nodes_in_use(), sys.getallocatedblocks()
        action()
        return compiled.nodes_in_use() - nodes, sys.getallocatedblocks() - blocks
    finally:
        gc.enable()


@contextmanager
def switching_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


# -- what is fast, and small ---------------------------------------------------------------------------------


def test_every_row_has_a_fast_path_that_gives_the_results_of_the_table() -> None:
    assert compiled.fast_rows() == set(OPERATORS)


def test_collector_does_not_know_of_nodes() -> None:
    x = Value(1.0)
    assert not gc.is_tracked(x)
    assert not gc.is_tracked(x * x + 1)
    assert not gc.is_tracked(engine.sum([x, x, x]))


def test_node_of_two_operands_has_96_bytes_and_one_from_the_constructor_16_more() -> None:
    x = Value(1.0)
    assert sys.getsizeof(x * x) == sys.getsizeof(x * 2.0) == sys.getsizeof((x * 2.0)._children[1]) == 96
    assert sys.getsizeof(x) == 96 + 16
    assert sys.getsizeof(engine.sum([x] * 5)) == 96 + 16 + 5 * 16


def test_attributes_are_made_when_first_used() -> None:
    def make() -> list[Value]:
        return [Value(1.0) for _ in range(1000)]

    kept: list[list[Value]] = []
    nodes, blocks = held_by(lambda: kept.append(make()))
    assert nodes == 1000
    assert blocks < 100
    assert all(vars(x) == {} for x in kept[-1])


RESIDENT = """
import os, engine
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
"""
needs_proc = pytest.mark.skipif(
    not os.path.exists("/proc/self/statm"), reason="only Linux tells the memory in use"
)


@needs_proc
def test_node_costs_at_most_104_bytes_with_what_the_allocator_takes() -> None:
    program = """
x = y = engine.Value(1.0)
before = resident()
for _ in range(1_000_000):
    y = y * x
print((resident() - before) / 1_000_000)
"""
    assert 80 < float(in_process(RESIDENT + program)) <= 104


@needs_proc
def test_memory_of_freed_graphs_goes_back_to_the_system() -> None:
    program = """
x, survivors = engine.Value(1.0), []
before = resident()
for _ in range(3):
    graph = [x * x for _ in range(1_000_000)]
    most = resident() - before
    del graph
print(most, resident() - before)
"""
    most, left = map(int, in_process(RESIDENT + program).split())
    assert most > 96e6
    assert left < 0.25 * most


@needs_proc
def test_places_between_survivors_are_used_again() -> None:
    program = """
x, survivors, tops = engine.Value(1.0), [], []
before = resident()
for _ in range(6):
    graph = [x * x for _ in range(500_000)]
    survivors += graph[::2000]
    tops.append(resident() - before)
    del graph
print(tops[0], tops[-1])
"""
    first, last = map(int, in_process(RESIDENT + program).split())
    assert last < 1.2 * first


def test_nodes_are_counted_whatever_is_kept_and_freed() -> None:
    draw = random.Random(7)
    x = Value(1.0)
    start = compiled.nodes_in_use()
    kept: list[Value] = []
    for _ in range(60):
        kept += [x * x for _ in range(draw.randrange(4000))]
        draw.shuffle(kept)
        del kept[draw.randrange(len(kept) + 1) :]
        assert compiled.nodes_in_use() == start + len(kept)
    assert {y.data for y in kept} <= {1.0}
    kept.clear()
    assert compiled.nodes_in_use() == start


@pytest.mark.parametrize("number", [0.1, -0.1, 1.0, math.nan], ids=repr)
def test_memory_that_held_other_numbers_is_counted_anew(number) -> None:
    """What lies where a node's count of references will be may look like that of an immortal object."""
    x = Value(1.0)
    start = compiled.nodes_in_use()
    for _ in range(3):
        headed = [Value(number) for _ in range(5000)]  # larger, so that a slab is cut anew afterwards
        del headed
        plain = [x * number for _ in range(5000)]
        del plain
    assert compiled.nodes_in_use() == start


# -- what C relies on ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda base: base(),
        lambda base: base(1.0),
        lambda base: base.__new__(base),
        lambda base: type("Other", (base,), {})(),
        lambda base: Value(1.0) + base(),
        lambda base: base() * Value(1.0),
        lambda base: copy.copy(base()),
    ],
)
def test_there_are_no_instances_of_the_private_base(make) -> None:
    (base,) = (kind for kind in Value.__mro__ if kind.__name__ == "Node")
    with pytest.raises(TypeError, match="Node is only what Value is made of: use Value"):
        make(base)


def test_the_private_base_itself_is_no_operand() -> None:
    (base,) = (kind for kind in Value.__mro__ if kind.__name__ == "Node")
    for wrong in (
        lambda: Value(1.0) + base,
        lambda: base + Value(1.0),
        lambda: engine.sum([Value(1.0), base]),
    ):
        with pytest.raises(TypeError, match="must be a real number"):
            wrong()


class Unstable:
    """No row, and never twice of one hash."""

    arity, static, baked, base, closure = 1, 0, (), None, False
    hashes = 0

    def __hash__(self) -> int:
        Unstable.hashes += 1
        return Unstable.hashes

    def __repr__(self) -> str:
        return "Unstable()"

    def __eq__(self, other: object) -> bool:
        return False


class UnstableOp(Op):
    """A row that is never twice of one hash."""

    def __hash__(self) -> int:
        Unstable.hashes += 1
        return Unstable.hashes


@pytest.mark.parametrize("row", [Unstable(), None, "tanh", 3, [1], Op], ids=repr)
def test_a_row_must_be_a_row(row) -> None:
    v = Value(1.0)
    for use in (
        lambda: setattr(v, "_row", row),
        lambda: v._fill(1.0, 0.0, row),
        lambda: v._fill(1.0, 0.0, row, (Value(1.0),), (1.0,)),
        lambda: compiled.apply(row, (v,)),
        lambda: v._apply(row, (v,)),
        lambda: compiled.fused_node(1.0, (v,), np.ones(1), row),
    ):
        for _ in range(600):  # more than the table of rows has room for
            with pytest.raises(TypeError, match="expected an operator, an Op, got"):
                use()
    assert (v._row, v.data) == (LEAF, 1.0)


def test_a_row_of_unstable_hash_is_none() -> None:
    tanh = OPERATORS["tanh"]
    row = UnstableOp("mine", ("x",), tanh.forward, tanh.partials, "tanh", "", ("",))
    with pytest.raises(TypeError, match="expected an operator, an Op, got"):
        Value(1.0)._row = row


# -- freeing -----------------------------------------------------------------------------------------------


def in_process(program: str, stack: int = 0) -> str:
    """What a program prints with the compiled node, on a stack of so many kilobytes."""
    command = [sys.executable, "-c", program]
    if stack:
        command = ["sh", "-c", f'ulimit -s {stack}; exec "$@"', "sh", *command]
    environment = os.environ | {"CHAINRULE_BACKEND": "cython", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, check=True, timeout=280, text=True
    ).stdout.strip()


@pytest.mark.skipif(os.name != "posix", reason="limits the stack with ulimit")
def test_chain_of_three_million_nodes_is_swept_and_freed_on_a_small_stack() -> None:
    program = """
from engine import Value
x = y = Value(1.0)
for _ in range(3_000_000):
    y = y + x
y.backward()
print(x.grad)
del y
print("freed")
"""
    assert in_process(program, stack=512).split() == ["3000001.0", "freed"]


@pytest.mark.skipif(os.name != "posix", reason="limits the stack with ulimit")
def test_deep_chains_of_every_make_are_freed_on_a_small_stack() -> None:
    program = """
import weakref
from engine import Value, sum
class Sub(Value): pass
class Slotted(Value): __slots__ = ("extra",)
deep, x = 50_000, Value(1.0)
for kind in (Value, Sub, Slotted):
    y = kind(0.0)
    for _ in range(deep):
        y = kind(1.0, (y, x), (1.0, 1.0))
        y.note = [y.data]
    y.backward(); y._topological_order(); y.zero_grad(); del y
y = x
for _ in range(deep):
    y = sum([y, x, x])
del y
y, watched = x, []
for _ in range(deep):
    y = y + x
    watched.append(weakref.ref(y))
del y
assert all(each() is None for each in watched)
y = Value(0.0)
for _ in range(deep):
    above = Value(0.0)
    above.below = y
    y = above
del y, above
wide = sum([x * x for _ in range(deep)])
del wide
print("freed")
"""
    # CPython 3.13 itself frees chains of plain objects by calls within calls, until these are 10,000
    stack = 4096 if sys.version_info[:2] == (3, 13) else 512
    assert in_process(program, stack=stack) == "freed"


def test_twenty_thousand_graphs_leave_memory_as_it_was() -> None:
    weights = [Value(0.1 * i) for i in range(4)]

    def graphs() -> None:
        for i in range(20_000):
            a, b, c, d = weights
            loss = ((a * b + c).tanh() - 0.5) ** 2 + engine.dot(weights, [1.0, d, i, a])
            loss.note = i
            loss.backward()

    nodes, blocks = held_by(graphs)
    assert nodes == 0
    assert abs(blocks) < 100
    assert not gc.collect()


def test_wrong_uses_leave_memory_as_it_was() -> None:
    x, y = Value(2.0), Value(3.0)

    def uses() -> None:
        for wrong in (
            lambda: x + "a",
            lambda: engine.sum([x, y, None]),
            lambda: engine.dot([x, 1.0, "a"], [y, y, y]),
            lambda: x._apply(OPERATORS["add"], (x, y, x)),
            lambda: Value(1.0, (x, y), (1.0, "b")),
            lambda: Value(1.0, (x, y), (1.0,)),
            lambda: Value(1.0, (x, 2)),
            lambda: Value(1.0, (x, y, x), "mine").backward(),
            lambda: x.exp(1),
            lambda: x._fill(1.0, 0.0, OPERATORS["add"], (x, y), (1.0, "b")),
            lambda: x._fill(1.0, 0.0, OPERATORS["add"], (x, 7), (1.0, 2.0)),
            lambda: x._fill(1.0, 0.0, None, (x, y), (1.0, 2.0)),
        ):
            for _ in range(2500):  # more than Python keeps of freed tuples
                try:
                    wrong()
                except (TypeError, ValueError, AttributeError, engine.GraphError):
                    continue
                raise AssertionError("a wrong use passed")
        with engine.no_grad():
            for _ in range(2500):
                engine.sum([x, y, 1.0])
                x**2

    nodes, blocks = held_by(uses)
    assert nodes == 0
    assert abs(blocks) < 100


@pytest.mark.parametrize("record", [True, False], ids=["recorded", "no_grad"])
def test_calls_of_every_row_leave_memory_as_it_was(record) -> None:
    x, y, z = Value(0.5), Value(0.25), Value(0.75)
    given = ([x, y, z], [x, 0.5, True], [0.5, y, 2], [x, x, x], [x, y], [x], [x, 10**400, y], [1.0, "a", y])

    def calls() -> None:
        with nullcontext() if record else engine.no_grad():
            for name, row in OPERATORS.items():
                for operands in given:
                    arguments = operands[: row.arity] if row.arity else [operands] * (1 + (name == "dot"))
                    for _ in range(60):
                        with suppress(TypeError, IndexError):
                            FUNCTIONS[name](*arguments)

    nodes, blocks = held_by(calls)
    assert nodes == 0
    assert abs(blocks) < 100


def test_constant_exponents_and_rows_made_by_hand_are_forgotten_with_their_nodes() -> None:
    x = Value(1.5)

    def many(start: int) -> None:
        for i in range(start, start + 10_000):
            x ** (1.0 + i * 1e-6)
            Value(1.0, (x,), f"operator {i}")

    starts = iter((0, 10_000))
    nodes, blocks = held_by(lambda: many(next(starts)))
    assert nodes == 0
    assert abs(blocks) < 2_500


def test_node_keeps_its_row_however_many_others_come_and_go() -> None:
    x = Value(1.5)
    kept = [x ** (2.0 + i * 0.125) for i in range(500)]
    for i in range(3000):
        x ** (500.0 + i * 0.25)
    assert [y._op for y in kept] == [f"**{2.0 + i * 0.125:g}" for i in range(500)]
    assert kept[7]._row.baked == (2.875,)


def test_row_outside_the_table_can_be_applied() -> None:
    thrice = Op("thrice", ("x",), lambda x: 3.0 * x, (lambda m, y, x: 3.0,), "thrice", "3 * x", ("3",))
    x = Value(2.0)
    y = compiled.apply(thrice, (x,))
    y.backward()
    assert (y.data, x.grad, y._op, y._row) == (6.0, 3.0, "thrice", thrice)
    watch = weakref.ref(y)
    del y
    assert watch() is None


def test_constructor_called_again_makes_a_leaf() -> None:
    x = Value(2.0)
    y = x * x
    watch = weakref.ref(y)
    y.__init__(5.0)
    assert (y.data, y._children, y._op) == (5.0, (), "")
    assert y is watch()
    y.__init__(7.0, (x, x, x), (1.0, 2.0, 3.0))
    y.backward()
    assert x.grad == 6.0


# -- weak references, subclasses, attributes -----------------------------------------------------------------


def test_weak_references() -> None:
    x = Value(1.0)
    y = x * 2
    called = []
    watch = weakref.ref(y, lambda reference: called.append((reference() is None, x * 3)))
    by_node = weakref.WeakKeyDictionary({y: "y"})
    assert watch() is y
    z = y + 1
    del y
    assert watch() is not None
    assert len(by_node) == 1
    del z
    assert watch() is None
    assert len(by_node) == 0
    assert called[0][0]
    assert called[0][1].data == 3.0


def test_callback_may_build_and_free_graphs() -> None:
    freed = []

    def callback(reference: object) -> None:
        graph = Value(1.0)
        for _ in range(50):
            graph = graph * graph + 1
        freed.append(graph.data)

    y = Value(1.0)
    watched = []
    for _ in range(300):
        y = y + 1
        watched.append(weakref.ref(y, callback))
    del y
    assert len(freed) == 300


def test_subclass() -> None:
    p = Parameter(3.0)
    assert (p.data, p.label, p.momentum, type(p.doubled())) == (3.0, "w", 0.0, Value)
    q = Parameter()
    loss = p * q + q - p / q + 2 * p + p**2 - (1 - q)
    loss.backward()
    assert type(loss) is Value
    assert loss._topological_order()[0] is p
    assert (p.grad, q.grad) == (q.data - 1 / q.data + 2 + 2 * p.data, p.data + 1 + p.data / q.data**2 + 1)
    assert type(p.exp()) is type(-p) is type(abs(p)) is type(p.detach()) is Value
    assert isinstance(p, Value)
    assert p < 4
    assert hash(p) == object.__hash__(p)
    assert repr(p).endswith("label='w')")


def test_subclass_may_replace_operators_and_apply() -> None:
    class Counting(Value):
        applied = 0

        def _apply(self, row, operands):
            type(self).applied += 1
            return super()._apply(row, operands)

        def __add__(self, other):
            return "added"

    x = Counting(2.0)
    assert x + 1 == "added"
    assert (1 + x).data == 3.0
    assert (x / 2).data == 1.0
    assert x.exp().data == Value(2.0).exp().data
    assert Counting.applied == 3


def test_finalizer_of_a_subclass_runs_once_and_may_revive() -> None:
    revived = []

    class Phoenix(Value):
        def __del__(self) -> None:
            revived.append(self)

    x = Value(2.0)
    Phoenix(1.0, (x, x), (1.0, 1.0))
    (again,) = revived
    assert again._children == (x, x)
    again.backward()
    assert x.grad == 2.0
    revived.clear()
    del again
    assert not revived


@pytest.mark.parametrize("kind", [Parameter, Slotted, Value])
def test_copies_and_pickles_keep_class_and_attributes(kind) -> None:
    x = kind(1.5)
    x.note = ["mine"]
    y = x * 2 + x
    y.name = "loss"
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301
        (leaf, *_) = twin._topological_order()
        assert type(leaf) is kind
        assert leaf is not x
        assert leaf.note == ["mine"]
        assert leaf.note is not x.note
        assert twin.name == "loss"
        twin.backward()
        assert leaf.grad == 3.0
    assert copy.copy(x).note is x.note


def test_attributes_of_one_s_own() -> None:
    x = Value(1.0)
    assert vars(x) == {}
    x.m = 0.25
    x.__dict__["v"] = 0.5
    assert (vars(x), x.v, x.__dict__ is vars(x)) == ({"m": 0.25, "v": 0.5}, 0.5, True)
    x.__dict__ = {"only": 1}
    assert x.only == 1
    del x.only
    with pytest.raises(AttributeError, match="'Value' object has no attribute 'only'"):
        x.only  # noqa: B018
    assert x.label == ""
    x.label = "x"
    assert "label" in vars(x)
    assert x.label == "x"


def test_methods_can_be_added_to_the_class() -> None:
    try:
        Value.cubed = lambda self: self**3
        assert Value(2.0).cubed().data == 8.0
    finally:
        del Value.cubed


# -- threads -----------------------------------------------------------------------------------------------


def in_threads(work, count: int = 6) -> None:
    failures = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    with switching_often():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_threads_build_sweep_and_free_graphs_at_once() -> None:
    shared = [Value(0.1 * i) for i in range(1, 5)]

    def work(number: int) -> None:
        own = Value(float(number + 1))
        for i in range(300):
            y = own
            for w in shared:
                y = (y * w).tanh() + own ** (2.0 + i % 40 + number / 8) * 1e-9 + engine.sum([own, w, y])
            y.detach()
            own.grad = 0.0
            y.backward()
            expected = y._local_grads
            assert expected == y._local_grads
            slope = own.grad
            own.grad = 0.0
            y.backward()
            assert own.grad == slope

    in_threads(work)


def test_threads_free_graphs_whose_callbacks_let_others_in() -> None:
    def work(number: int) -> None:
        for _ in range(20):
            heard = []
            y = Value(1.0)
            watched = []
            for _ in range(100):
                y = y + number
                y.note = Value(2.0) * 2
                watched.append(weakref.ref(y, lambda reference: heard.append(sum(range(50)))))  # noqa: B023
            del y
            assert len(heard) == 100

    in_threads(work)


def test_no_grad_holds_for_its_thread_only() -> None:
    def work(number: int) -> None:
        x = Value(2.0)
        for _ in range(300):
            if number % 2:
                with engine.no_grad():
                    assert not (x * x + 1)._children
                    assert not x.exp().requires_grad
            else:
                assert len((x * x)._children) == 2
                assert (x**2 + engine.dot([x, x], [x, 1.0])).requires_grad

    in_threads(work)


# -- numpy -------------------------------------------------------------------------------------------------


def test_arrays_of_values() -> None:
    weights = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    outputs = weights @ np.array([0.5, 0.25])
    assert [y.data for y in outputs] == [1.0, 2.5]
    assert type(np.float64(2.0) * outputs[0]) is Value
    assert [y.data for y in np.tanh(outputs)] == [y.tanh().data for y in outputs]
    outputs.sum().backward()
    assert weights[1, 0].grad == 0.5


# -- many nodes at once --------------------------------------------------------------------------------------


def test_bulk_access_leaves_no_reference_behind() -> None:
    values = [Value(float(i)) for i in range(20)] + [Parameter(0.5)]
    numbers = np.ones(len(values))
    row = Op("mine", (), lambda: 0.0, (), "mine", "", ())

    def use() -> None:
        compiled.write_data(values, numbers)
        compiled.read_grad(values, numbers)
        for count in range(4):
            node = compiled.fused_node(1.0, values[:count], numbers[:count].copy(), row)
            graph_arrays([node * 2, node])
        for wrong in ([*values[1:], 1.0], values[:-1]):
            for function in (compiled.read_data, compiled.write_grad):
                with suppress(TypeError, ValueError):
                    function(wrong, numbers)
            with suppress(TypeError, ValueError):
                compiled.fused_node(1.0, wrong, numbers, row)
            with suppress(TypeError):
                graph_arrays([*wrong, None])

    def use_often() -> None:
        for _ in range(100):
            use()

    nodes, blocks = held_by(use_often)
    assert nodes == 0
    assert blocks < 10  # one of each use would be a hundred
    counts = [sys.getrefcount(value) for value in values]
    use()
    assert [sys.getrefcount(value) for value in values] == counts


def test_a_fused_node_keeps_its_row() -> None:
    # rows that no node uses are forgotten when the table of rows is full
    mine = Op("mine", (), lambda: 0.0, (), "mine", "", ())
    x = Value(1.0)
    nodes = [compiled.fused_node(1.0, (x,) * count, np.ones(count), mine) for count in (1, 2, 3)]
    for i in range(3000):
        x ** (i + 0.5)
    assert [node._row for node in nodes] == [mine] * 3


def test_a_graph_of_a_million_nodes_is_read_without_recursion() -> None:
    x = y = Value(0.5)
    for _ in range(1_000_000):
        y = y * x
    nodes, rows, row_of, _, offsets, operands = graph_arrays([y])
    assert len(nodes) == 1_000_001
    assert [row.name for row in rows] == ["", "mul"]
    assert row_of.sum() == 1_000_000
    assert offsets[-1] == len(operands) == 2_000_000
    assert operands[-2:].tolist() == [999_999, 0]
