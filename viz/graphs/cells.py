"""The texts in the boxes of a picture and on its arrows."""

from __future__ import annotations

from viz.graphs.folding.boxes import Arrow, Box, Picture
from viz.graphs.gradients import Gradients
from viz.labels import inside, number, record_field, short, span, visible

__all__ = [
    "box_label",
    "edge_label",
    "parameters_of",
    "result_text",
]

MOST_OPERATORS = 4
"""Operators that a box of repeated steps names."""


def box_label(
    picture: Picture, i: int, gradients: Gradients, operator: str, cluster: str, cells_in: str = "line"
) -> str:
    """The record label of box ``i``: its name, what it holds, data and gradient.

    Args:
        picture: whose box.
        i: its index.
        gradients: what is shown of gradients.
        operator: the operator to be named in the box; "" where it is a node of its own.
        cluster: the part in whose cluster the box stands, which its name leaves out; "" for none.
        cells_in: how the cells stand, one of ``extent.BOXES``.
    """
    box, words = picture.boxes[i], picture.words
    if box.kind == "part":
        cells = [inside(box.name, cluster), *_holds(picture, box)]
        shown = _outputs(picture, box)
    elif box.kind == "alike":
        names = [_name(picture, j, cluster) for j in box.results if picture.graph.nodes[j].label]
        names = list(dict.fromkeys(names))
        cells = [" ".join([names[0], *(["…", names[-1]] if len(names) > 1 else [])])] if names else []
        cells.append(box.name)
        shown = box.results
    else:
        node = picture.graph.nodes[box.result]
        named = node.label or node in words.labels
        cells = [_name(picture, box.result, cluster)] if named else []
        if box.kind == "sum":
            cells.append(box.name)
        elif operator:
            cells.append(operator + (" …" if picture.left_out[i] else ""))
        shown = [box.result]
    cells, numbers = [record_field(cell) for cell in cells], []
    if shown:
        numbers.append(record_field(f"{words('data')} {span([picture.graph.nodes[j].data for j in shown])}"))
        grad = gradients.text(shown)
        if grad or gradients.given is not None:
            numbers.append(record_field(f"{words('grad')} {grad}".strip()))
    if cells_in == "pairs" and cells and numbers:
        return f"{{ {' | '.join(cells)} }} | {{ {' | '.join(numbers)} }}"
    return (
        "{ " + " | ".join([*cells, *numbers]) + " }" if cells_in == "line" else " | ".join([*cells, *numbers])
    )


def _name(picture: Picture, i: int, cluster: str) -> str:
    node = picture.graph.nodes[i]
    return visible(picture.words.name(short(node.label, cluster), node))


def parameters_of(picture: Picture, members: list[int]) -> int:
    """How many leaves with names, that take a gradient, are among some nodes."""
    nodes = (picture.graph.nodes[i] for i in members)
    return sum(not node._children and bool(node.label) and node.requires_grad for node in nodes)


def _holds(picture: Picture, box: Box) -> list[str]:
    """The contents of a part or of some steps: neurons, parameters and nodes, or operators."""
    words, size = picture.words, len(box.members)
    finest = {name for i in box.members if (name := picture.parts[0][i])} if picture.parts else set()
    in_parts = len(picture.parts) > 0 and any(box.name in part for part in picture.parts)
    cells = []
    if in_parts:
        if len(finest) > 1:
            cells.append(words("{count} neurons", count=len(finest)))
        if parameters := parameters_of(picture, box.members):
            cells.append(words("{count} parameters", count=parameters))
        return [*cells, words("{count} nodes", count=size)]
    operators = dict.fromkeys(picture.graph.nodes[i]._op for i in box.members if picture.graph.operands[i])
    shown = [visible(op, 12) for op in list(operators)[:MOST_OPERATORS]]
    more = ["…"] if len(operators) > MOST_OPERATORS else []
    return [words("{count} nodes", count=size), ", ".join([*shown, *more])]


def _outputs(picture: Picture, box: Box) -> list[int]:
    """The nodes of a box that others use, and the roots."""
    graph, inside = picture.graph, {*box.members}
    roots = {*graph.roots}
    return [
        i for i in box.members
        if graph.operands[i] and (i in roots or any(user not in inside for user in graph.consumers[i]))
    ]  # fmt: skip


def edge_label(arrow: Arrow, picture: Picture) -> str | None:
    """The local gradients of an arrow, and how many uses it stands for."""
    if picture.boxes[arrow.head].kind == "part":
        return None  # a local gradient inside is not one of the whole part
    shown = span(arrow.local_grads)
    if "…" in shown:  # longer than the arrow
        shown = ""
    return (shown + (f" ×{arrow.uses}" if arrow.uses > 1 else "")).strip() or None


def result_text(picture: Picture, i: int) -> str:
    """A root and its value, as the description tells them."""
    node = picture.graph.nodes[i]
    name = visible(picture.words.name(node.label, node) or node._op or picture.words("the root"))
    return f"{name} = {number(node.data)}"
