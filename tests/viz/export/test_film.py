"""The frames of a backward pass: what each shows, and that nothing moves."""

import pytest

from engine import Value
from engine.explanation.sweep import recorded_sweep
from engine.graph.walks import trace
from viz.export.film import ACTIVE, DONE, MARK, film
from viz.labels import Words, number


@pytest.fixture(scope="module")
def graph():
    x, w = Value(3.0, label="x"), Value(-0.5, label="w")
    loss = (w * x).tanh() + w * w
    loss.label = "loss"
    return trace(loss)


@pytest.fixture(scope="module")
def made(graph):
    return film(graph, list(recorded_sweep(graph)), "LR", Words(), None)


def shown_grads(made, k):
    """The gradient in each box of a frame, by node."""
    shapes = made.frame(k).shapes
    return {int(shape.owner.split()[1]): shape.text for shape in shapes if shape.owner.endswith("grad")}


def test_there_is_a_frame_for_each_step_and_two_more(graph, made) -> None:
    assert len(made.captions) == len(recorded_sweep(graph)) + 2


def test_gradients_are_blank_until_the_pass_has_reached_them(graph, made) -> None:
    sums = {graph.roots[0]: 1.0}
    assert shown_grads(made, 0) == {graph.roots[0]: "1.0000"}
    for k, step in enumerate(recorded_sweep(graph), 1):
        sums[step.operand] = step.after
        assert shown_grads(made, k) == {i: number(grad) for i, grad in sums.items()}
    assert len(shown_grads(made, len(made.captions) - 1)) == len(graph.nodes)


def test_the_edge_in_work_and_no_other_is_marked(graph, made) -> None:
    for k, step in enumerate(recorded_sweep(graph), 1):
        shapes = made.frame(k).shapes
        active = {shape.owner for shape in shapes if shape.stroke == ACTIVE}
        assert active == {f"edge {step.node} {step.slot} active"}
        marks = {shape.owner for shape in shapes if shape.fill == MARK}
        assert {f"node {step.node}", f"node {step.operand}"} <= marks
        assert len(marks) == 3  # the two gradients and the local gradient
    for k in (0, len(made.captions) - 1):
        colours = {colour for shape in made.frame(k).shapes for colour in (shape.stroke, shape.fill)}
        assert not {ACTIVE, MARK} & colours


def test_captions_write_out_product_and_running_sum(graph, made) -> None:
    for k, step in enumerate(recorded_sweep(graph), 1):
        text = " ".join(made.captions[k])
        for x in (step.local_grad, step.upstream, step.part):
            assert number(x) in text
        if step.before:
            assert f"{number(step.before)} + " in text
            assert text.endswith(number(step.after))


def test_nothing_moves_from_frame_to_frame(made) -> None:
    places = [
        {(shape.owner, shape.points) for shape in made.frame(k).shapes
         if shape.kind == "polygon" and shape.fill != MARK and shape.owner.startswith("node")}
        for k in range(len(made.captions))
    ]  # fmt: skip
    assert all(frame == places[0] for frame in places)


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_every_text_lies_in_the_picture_and_no_box_on_another(graph, rankdir) -> None:
    made = film(graph, list(recorded_sweep(graph)), rankdir, Words(), None)
    boxes = []
    for shape in made.frame(0).shapes:
        if shape.kind == "curve":  # within its control points, which may lie outside
            continue
        xs, ys = zip(*shape.points, strict=True)
        if shape.kind == "text":
            half = 0.3 * shape.size * len(shape.text)
            left = {"start": 0.0, "middle": half, "end": 2 * half}[shape.align]
            xs = (xs[0] - left, xs[0] - left + 2 * half)
        assert min(xs) >= 0
        assert max(xs) <= made.width
        assert min(ys) >= 0
        assert max(ys) <= made.height
        if shape.kind == "polygon" and shape.owner.startswith("node"):
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
    for i, (left, top, right, bottom) in enumerate(boxes):
        for other_left, other_top, other_right, other_bottom in boxes[:i]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top


def test_titles_stay_in_their_boxes(made) -> None:
    shapes = made.frame(0).shapes
    boxes = [shape for shape in shapes if shape.kind == "polygon" and shape.owner.startswith("node")]
    widths = {box.owner: max(x for x, _ in box.points) - min(x for x, _ in box.points) for box in boxes}
    for shape in shapes:
        if shape.kind == "text" and shape.owner in widths and shape.align == "middle":
            assert 0.6 * shape.size * len(shape.text) <= widths[shape.owner]


def test_each_edge_and_its_number_are_drawn_once_in_each_frame(graph, made) -> None:
    edges = sum(map(len, graph.operands))
    for k in range(len(made.captions)):
        shapes = [shape for shape in made.frame(k).shapes if "edge" in shape.owner]
        assert [sum(shape.kind == kind for shape in shapes) for kind in ("curve", "text")] == [edges, edges]


def test_an_edge_done_stays_darker_than_one_to_come(graph, made) -> None:
    steps = list(recorded_sweep(graph))
    done = {shape.owner for shape in made.frame(2).shapes if shape.kind == "curve" and shape.stroke == DONE}
    assert done == {f"edge {steps[0].node} {steps[0].slot}"}
