"""Stretches merged."""

import engine
from engine import Value
from engine.graph.walks import trace
from viz.graphs.folding.boxes import assemble
from viz.graphs.folding.grouping import Folding
from viz.graphs.folding.stretches import fold_stretches


def irregular(length: int) -> Value:
    x = Value(0.3)
    for k in range(length):
        x = [x.sin, x.exp, x.tanh, x.cos][(k * k + k // 7) % 4]() + x
    return x


def test_merged_boxes_lie_in_no_circle_and_hold_every_node_once() -> None:
    graph = trace(irregular(60))
    folding = fold_stretches(graph, Folding(list(range(len(graph.nodes)))), {*graph.roots})
    picture = assemble(graph, folding)
    assert picture.goes_forward
    assert len(picture.boxes) < len(graph.nodes) / 3
    assert sorted(i for box in picture.boxes for i in box.members) == list(range(len(graph.nodes)))


def test_what_fits_is_not_merged_and_what_is_apart_stays_alone() -> None:
    small = trace(engine.sum([Value(1.0).exp(), Value(2.0).sin()]))
    each = list(range(len(small.nodes)))
    assert fold_stretches(small, Folding(each), {*small.roots}).owner == each
    graph = trace(irregular(60))
    folding = fold_stretches(graph, Folding(list(range(len(graph.nodes)))), {*graph.roots, 30})
    assert folding.owner.count(30) == folding.owner.count(graph.roots[0]) == 1
