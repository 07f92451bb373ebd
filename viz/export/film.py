"""A backward pass as shapes on one layout, each with the steps from which to which it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import hypot

from engine.explanation.sweep import SweepStep
from engine.graph.walks import Trace
from viz import theme
from viz.export.step_texts import captions_of, names_and_titles
from viz.labels import Words, number
from viz.rendering.shapes import MARGIN, Drawing, Point, Shape, laid_out

__all__ = ["Film", "Shown", "film"]

SIZE, SMALL = 11.0, 10.0
"""Points of the texts in boxes and at arrows."""

LETTER = 0.6  # em
LINE = 15.0
PAD = 8.0
HEADER = 58.0

QUIET, DONE, ACTIVE = "#b0b0b0", "#555555", "#a0307c"
"""Arrows that no gradient has come along, those that one has, and the one in work."""

MARK = "#f6dcec"
"""Behind the numbers that are multiplied and the one that changes."""


INSIDE = "node"
"""How the owners of shapes begin that have a light ground of their own, on dark pages too."""


@dataclass(frozen=True)
class Shown:
    """A shape, with the first and the last frame that show it."""

    shape: Shape
    first: int
    last: int


@dataclass
class Film:
    """All frames of a backward pass.

    Args:
        width: in points.
        height: in points.
        captions: the texts of each frame, up to three lines.
        shown: all shapes, from the back to the front.
    """

    width: float
    height: float
    captions: list[list[str]]
    shown: list[Shown] = field(default_factory=list)

    def frame(self, k: int) -> Drawing:
        """The picture of one frame."""
        return Drawing(self.width, self.height,
                       [each.shape for each in self.shown if each.first <= k <= each.last])  # fmt: skip


@dataclass
class _Card:
    """The box of a node: its centre, size, and its lines of text."""

    x: float
    y: float
    width: float
    height: float
    title: str
    kind: str


def film(graph: Trace, steps: list[SweepStep], rankdir: str, words: Words, timeout: float | None) -> Film:
    """Lay out a graph once, and draw on it each step of its backward pass.

    Frame 0 has the gradient of the root by itself, 1; frame k the k-th step; the last one all gradients.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> from engine.explanation.sweep import recorded_sweep
    >>> graph = trace(Value(3.0, label="x").exp())
    >>> made = film(graph, list(recorded_sweep(graph)), "LR", Words(), None)
    >>> made.captions[1][1]
    'x.grad = 20.0855 × 1.0000 = 20.0855'
    """
    names, titles = names_and_titles(graph, words)
    captions = captions_of(graph, steps, names, words)
    grads = _grads(graph, steps)
    cards, arrows, width, height = _layout(graph, grads, titles, rankdir, words, timeout)
    longest = max(len(line) for lines in captions for line in lines)
    made = Film(max(width, longest * LETTER * (SIZE + 1) + 2 * MARGIN + 8), height + HEADER, captions)
    last = len(captions) - 1
    for k, lines in enumerate(captions):
        for line, text in enumerate(lines):
            place = (MARGIN + 2, MARGIN + 12 + LINE * line)
            written = Shape("text", (place,), theme.TEXT_OUTSIDE, text=text, size=SIZE + (not line),
                            align="start", owner="caption")  # fmt: skip
            made.shown.append(Shown(written, k, k))
    made.shown += _arrows_shown(steps, arrows, last)
    made.shown += _cards_shown(graph, steps, grads, cards, last, words)
    return made


Grads = list[list[tuple[int, float]]]
"""For each node its gradients, with the frame from which on it has them."""


def _grads(graph: Trace, steps: list[SweepStep]) -> Grads:
    grads: Grads = [[] for _ in graph.nodes]
    grads[graph.roots[-1]].append((0, 1.0))
    for k, step in enumerate(steps, 1):
        grads[step.operand].append((k, step.after))
    return grads


Arrows = dict[tuple[int, int], tuple[list[Point], Point, float]]


def _layout(
    graph: Trace, grads: Grads, titles: list[str], rankdir: str, words: Words, timeout: float | None
) -> tuple[list[_Card], Arrows, float, float]:  # fmt: skip
    """Where the boxes and the arrows lie; boxes are wide enough for every gradient they will show."""
    cards = []
    labels = [words(each) for each in ("data", "grad")]
    for i, node in enumerate(graph.nodes):
        numbers = [node.data, *(grad for _, grad in grads[i])]
        longest = max(len(titles[i]), max(map(len, labels)) + 1 + max(len(number(x)) for x in numbers))
        kind = "root" if i in graph.roots else "node" if node._children else ""
        kind = kind or ("leaf" if node.requires_grad else "constant")
        cards.append(_Card(0, 0, longest * LETTER * SIZE + 2 * PAD, 3 * LINE + 10, titles[i], kind))
    lines = [f"digraph {{ rankdir={rankdir} ranksep=0.35 nodesep=0.25",
             'node [shape=box fixedsize=true label=""]',
             f"edge [dir=none fontname={theme.FONT} fontsize={SMALL:g}]"]  # fmt: skip
    for i, card in enumerate(cards):
        lines.append(f"n{i} [width={card.width / 72:.4f} height={card.height / 72:.4f}]")
    texts: dict[str, float] = {}
    for i, operands in enumerate(graph.operands):
        for slot, j in enumerate(operands):
            local_grads = graph.nodes[i]._local_grads
            texts[f"e{i}_{slot}"] = local_grad = local_grads[slot] if local_grads else float("nan")
            lines.append(f'n{j} -> n{i} [id=e{i}_{slot} label=" {number(local_grad)} "]')
    layout = laid_out("\n".join([*lines, "}"]), timeout)
    _, _, width, height = map(float, layout["bb"].split(","))

    def placed(x: float, y: float) -> Point:
        return float(x) + MARGIN, height - float(y) + MARGIN + HEADER

    for thing in layout["objects"]:
        card = cards[int(thing["name"][1:])]
        card.x, card.y = placed(*map(float, thing["pos"].split(",")))
    arrows: Arrows = {}
    for edge in layout.get("edges", []):
        i, slot = map(int, edge["id"][1:].split("_"))
        curve = next(each for each in edge["_draw_"] if each["op"] in "bB")
        at = placed(*map(float, edge["lp"].split(",")))
        arrows[i, slot] = [placed(*point) for point in curve["points"]], at, texts[edge["id"]]
    return cards, arrows, width + 2 * MARGIN, height + 2 * MARGIN


def _arrows_shown(steps: list[SweepStep], arrows: Arrows, last: int) -> Iterator[Shown]:
    taken = {(step.node, step.slot): k for k, step in enumerate(steps, 1)}
    for edge, (points, (x, y), local_grad) in arrows.items():
        k = taken.get(edge, last + 1)
        owner = f"edge {edge[0]} {edge[1]}"
        base = Shape("curve", tuple(points), owner=owner)
        text = Shape("text", ((x, y + 0.3 * SMALL),), theme.TEXT_OUTSIDE, text=number(local_grad), size=SMALL,
                     owner=owner)  # fmt: skip
        width = (len(text.text) + 1) * LETTER * SMALL
        forward = _head(points[-1], points[-2], QUIET)
        yield Shown(replace(base, stroke=QUIET), 0, min(k - 1, last))
        yield Shown(replace(forward, owner=owner), 0, min(k - 1, last))
        if k <= last:
            yield Shown(replace(base, stroke=ACTIVE, width=3.0, owner=f"{owner} active"), k, k)
            yield Shown(replace(_head(points[0], points[1], ACTIVE, 1.5), owner=f"{owner} active"), k, k)
            yield Shown(_box(x, y, width, SMALL + 4, MARK, f"{INSIDE} {owner}"), k, k)
            yield Shown(replace(text, owner=f"{INSIDE} {owner}"), k, k)
            yield Shown(replace(base, stroke=DONE, width=1.4), k + 1, last)
            yield Shown(replace(_head(points[0], points[1], DONE), owner=owner), k + 1, last)
        yield Shown(text, 0, min(k - 1, last))
        yield Shown(text, k + 1, last)


def _cards_shown(
    graph: Trace, steps: list[SweepStep], grads: Grads, cards: list[_Card], last: int, words: Words
) -> Iterator[Shown]:  # fmt: skip
    marked: dict[int, set[int]] = {}
    for k, step in enumerate(steps, 1):
        marked.setdefault(step.node, set()).add(k)
        marked.setdefault(step.operand, set()).add(k)
    for i, card in enumerate(cards):
        owner = f"{INSIDE} {i}"
        looks = theme.OUTLINES[card.kind]
        start = grads[i][0][0] if grads[i] else last + 1
        outline = Shape("polygon", _corners(card.x, card.y, card.width, card.height), looks["color"],
                        looks["fillcolor"], float(looks.get("penwidth", 1)), owner=owner)  # fmt: skip
        yield Shown(replace(outline, fill="#ffffff", dash="dashed", width=1.0), 0, min(start - 1, last))
        yield Shown(outline, start, last)
        left, top = card.x - card.width / 2 + PAD, card.y - card.height / 2
        row = top + 5 + 2.5 * LINE
        for k in sorted(marked.get(i, ())):
            yield Shown(_box(card.x, row, card.width - 6, LINE, MARK, owner), k, k)
        text = Shape("text", ((card.x, top + LINE),), "#111111", text=card.title, size=SIZE, owner=owner)
        yield Shown(text, 0, last)
        rows = [(words("data"), top + 5 + 2 * LINE - 4), (words("grad"), top + 5 + 3 * LINE - 4)]
        for name, y in rows:
            named = replace(text, points=((left, y),), text=name, align="start", stroke="#555555")
            yield Shown(named, 0, last)
        right, data = card.x + card.width / 2 - PAD, number(graph.nodes[i].data)
        yield Shown(replace(text, points=((right, rows[0][1]),), text=data, align="end"), 0, last)
        value = replace(text, points=((right, rows[1][1]),), align="end", owner=f"{owner} grad")
        ends = [*(k for k, _ in grads[i][1:]), last + 1]
        for (first, grad), then in zip(grads[i], ends, strict=False):
            yield Shown(replace(value, text=number(grad)), first, then - 1)


def _corners(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    dx, dy = width / 2, height / 2
    return ((x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy))


def _box(x: float, y: float, width: float, height: float, fill: str, owner: str) -> Shape:
    return Shape("polygon", _corners(x, y, width, height), "", fill, owner=owner)


def _head(tip: Point, behind: Point, colour: str, size: float = 1.0) -> Shape:
    """An arrowhead at a point, which comes from another."""
    dx, dy = tip[0] - behind[0], tip[1] - behind[1]
    length = hypot(dx, dy) or 1.0
    dx, dy = 7 * size * dx / length, 7 * size * dy / length
    back = tip[0] - dx, tip[1] - dy
    sides = [(back[0] - sign * 0.38 * dy, back[1] + sign * 0.38 * dx) for sign in (1, -1)]
    return Shape("polygon", (tip, *sides), colour, colour, 1.0)
