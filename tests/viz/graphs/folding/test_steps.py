"""Steps that repeat."""

import pytest

import engine
from engine import Value
from engine.graph.walks import trace
from viz.graphs.folding.steps import find_loops, steps_named


def swing(steps: int) -> Value:
    angle, speed = Value(1.0), Value(0.0)
    for _ in range(steps):
        angle, speed = angle + 0.1 * speed, speed - 0.1 * angle.sin()
    return angle * angle + speed * speed


@pytest.mark.parametrize("count", [4, 10, 200])
def test_every_turn_of_a_loop_is_a_step(count) -> None:
    graph = trace(swing(count))
    (loop,) = find_loops(graph)
    assert count - 1 <= len(loop.steps) <= count
    sines = [sum(graph.nodes[i]._op == "sin" for i in step) for step in loop.steps[1:-1]]
    assert sines == [1] * len(sines)


def test_a_step_needs_nothing_that_a_later_one_computes() -> None:
    graph = trace(swing(30))
    (loop,) = find_loops(graph)
    at = {i: k for k, step in enumerate(loop.steps) for i in step}
    assert len(at) == sum(map(len, loop.steps)), "no node stands in two steps"
    for i, k in at.items():
        assert all(at.get(j, k) <= k for j in graph.operands[i])


def test_where_nothing_repeats_there_are_no_steps() -> None:
    x = Value(0.5)
    assert find_loops(trace(engine.sum([x.sin(), x.exp() * x.tanh(), x.cos() + 3.0]))) == []


def test_opened_stretches_cover_every_step_once() -> None:
    for opened in ([], [(2, 199)], [(17, 17)], [(2, 199), (12, 21), (15, 15)], [(1, 1), (200, 200)]):
        drawn = steps_named(200, opened)
        covered = [k for first, last, _ in drawn for k in range(first, last + 1)]
        assert covered == list(range(1, 201))
