"""The ways to draw several nodes as one box."""

import engine
from engine import Value
from engine.graph.groups import parts_by_level
from engine.graph.walks import Trace, trace
from viz.graphs.folding.grouping import Folding, fold_alike, fold_parts, fold_sums


def each(graph: Trace) -> list[int]:
    return list(range(len(graph.nodes)))


def sums(graph: Trace, kept: list[int] | None = None) -> Folding:
    return fold_sums(graph, each(graph) if kept is None else kept, set(graph.roots))


def test_a_chain_of_sums_is_one_box() -> None:
    a, b, c, d = (Value(float(i)) for i in range(4))
    folding = sums(trace(((a + b) + (c + d)) * 2.0))
    assert folding.size == 7
    assert list(folding.kinds.values()) == [("sum", "")]


def test_a_sum_that_is_used_twice_stays() -> None:
    a = Value(1.0)
    s = a + 2.0
    assert sums(trace(s + s)).kinds == {}


def test_a_named_sum_stays() -> None:
    s = Value(1.0) + 2.0
    s.label = "s"
    assert sums(trace(s + 3.0)).kinds == {}


def test_a_root_stays() -> None:
    s = Value(1.0) + 2.0
    assert sums(trace([s, s + 3.0])).kinds == {}


def test_sums_that_are_not_drawn_take_no_part() -> None:
    graph = trace(Value(1.0) + 2.0 + 3.0)
    assert sums(graph, [-1, -1, -1, 3, 4]).owner == [-1, -1, -1, 3, 4]


def test_engine_sums_and_plus_signs_merge() -> None:
    assert sums(trace(engine.sum([Value(1.0) + 2.0, 3.0]))).size == 4


def neurons(*, batch: int) -> tuple[dict[str, Value], Value]:
    named: dict[str, Value] = {}
    for j in range(3):
        for k in range(2):
            named[f"layers.0.neurons.{j}.w.{k}"] = Value(0.1 * j + k)
        named[f"layers.0.neurons.{j}.b"] = Value(0.0)
    total = Value(0.0)
    for i in range(batch):
        x = [Value(float(i)), Value(1.0)]
        for j in range(3):
            w = [named[f"layers.0.neurons.{j}.w.{k}"] for k in range(2)]
            z = w[0] * x[0] + w[1] * x[1] + named[f"layers.0.neurons.{j}.b"]
            total = total + z.tanh()
    return named, total


def test_a_neuron_is_one_box_over_the_whole_batch_and_so_are_the_inputs() -> None:
    named, total = neurons(batch=4)
    graph = trace(total)
    finest, layer = parts_by_level(graph, named)
    folding = fold_parts(graph, each(graph), set(graph.roots), finest, "neurons")
    names = sorted(name for kind, name in folding.kinds.values() if kind == "part")
    assert names == [f"layers.0.neurons.{j}" for j in range(3)]
    assert folding.size == 3 + 1 + 2, "the inputs are one box, the total and its first 0.0 the others"
    assert fold_parts(graph, each(graph), set(graph.roots), layer, "layers").size == 1 + 1 + 2


def test_what_is_alike_is_one_box_without_any_names() -> None:
    _, total = neurons(batch=4)
    graph = trace(total)
    folding = fold_alike(graph, sums(graph), set(graph.roots))
    # total, its 0.0, tanh, the sum before it, its bias, the product, weights, inputs
    assert folding.size == 8
    assert sorted(len(found) for found in folding.results.values()) == [3, 6, 8, 12, 12, 24]


def test_alike_tells_operand_places_operators_and_heights_apart() -> None:
    a, b = Value(1.0), Value(2.0)
    graph = trace(engine.sum([a.exp() * b, b.exp().exp() * a, a.sin()]))
    folding = fold_alike(graph, Folding(each(graph)), set(graph.roots))
    assert folding.size == len(graph.nodes)


def test_alike_ignores_digits_in_labels_only() -> None:
    x = [Value(1.0, label="x1"), Value(2.0, label="x22"), Value(3.0, label="y1")]
    graph = trace(engine.sum(x))
    folding = fold_alike(graph, Folding(each(graph)), set(graph.roots))
    assert sorted(folding.results.values()) == [[0, 1]]


def test_alike_gives_up_beyond_its_limit() -> None:
    x = Value(1.0)
    for _ in range(50):
        x = x.sin()
    graph = trace(x)
    assert fold_alike(graph, Folding(each(graph)), set(graph.roots), limit=50) is None
    assert fold_alike(graph, Folding(each(graph)), set(graph.roots), limit=51).size == 51
