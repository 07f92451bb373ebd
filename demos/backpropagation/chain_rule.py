"""The derivative of exp(sin(x**2)), factor by factor from its graph.

You will see a derivative taken apart: each node of the graph knows its value and its local gradient, and
nothing of the rest; multiplied along the way these are the derivative of the whole. Then a weight of a
small network is nudged, and its gradient says beforehand what will become of the cost.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.runner.page import Page
from engine import Value, exp, explain, sin
from nn import MLP
from viz.plots.axes import COLOURS, finished
from viz.plots.scales import log_scale

EPOCHS = 0
TRY = "`python -m viz \"exp(sin(x**2))\" x=1.2` draws the same graph; then a formula of your own."
X = 1.2
STEPS = {"v": lambda x: x**2, "u": sin, "y": exp}  # one after the other: v = x**2, u = sin(v), y = exp(u)
NUDGES = tuple(10.0**-power for power in range(6))


class Nudge(NamedTuple):
    """A step Δw of a weight; the change of the cost by the gradient, ∂C/∂w · Δw; and C(w + Δw) - C(w)."""

    size: float
    predicted: float
    measured: float

    @property
    def missed(self) -> float:
        return abs(self.measured - self.predicted)


def nudge(cost: Callable[[], Value], weight: Value, sizes: Sequence[float]) -> list[Nudge]:
    """Nudge a weight by each of several steps, and restore it."""
    weight.zero_grad()
    before, start = cost(), weight.data
    before.backward()
    tried = []
    try:
        for size in sizes:
            weight.data = start + size
            tried.append(Nudge(size, weight.grad * size, cost().data - before.data))
    finally:
        weight.data = start
    return tried


def run(page: Page) -> bool:
    """Take a derivative apart, draw its graph, and see what a gradient predicts."""
    page.say(f"How fast does y = exp(u), with u = sin(v) and v = x**2, change with x at x = {X}?")
    x = y = Value(X, label="x")
    for name, step in STEPS.items():
        y = step(y)
        y.label = name
    y.backward()
    explained = explain(y, x)
    page.code(str(explained))
    page.graph("chain_rule_graph.svg",
               "each node with its value and gradient; on each edge the local gradient", y)
    factors = [factor.value for factor in explained.products[0]]
    by_hand = math.exp(math.sin(X**2)) * math.cos(X**2) * 2 * X
    right = page.claim("The product is what backward() left in x.grad, and what pencil and paper give.",
                       [math.prod(factors), x.grad], [by_hand, by_hand])
    operands = {step.name: step.node._children[0].data for step in explained.steps[::-1]}
    alone = [STEPS[name](Value(operand))._local_grads[0] for name, operand in operands.items()]
    right &= page.claim("""
        A node need not know the graph: each operator, called by itself on the same number, has the same local
        gradient. exp knows that its derivative is its own value, wherever its input comes from.
    """, factors, alone)
    show_nudges(page)
    return right


def show_nudges(page: Page) -> None:
    """What becomes of a network's cost when a weight is nudged."""
    page.say(f"""
        ## What a gradient is for

        A network of random weights (seed {page.seed}), its cost (y - 1)**2 / 2, and one of its weights:
    """)
    model = MLP(2, [3, 1], activation="tanh", rng=page.seed)
    x = [Value(0.5, label="x1"), Value(-1.5, label="x2")]
    weight, *others = model.parameters()
    weight.label = "w"
    for i, other in enumerate(others, start=1):
        other.label = f"w{i}"

    def cost() -> Value:
        y = model(x)
        C: Value = 0.5 * (y - 1) ** 2
        y.label, C.label = "y", "C"
        return C

    page.code(str(explain(cost(), weight)))
    page.say("Nudge the weight; by how much does the cost change?")
    tried = nudge(cost, weight, NUDGES)
    page.table(["nudge", "gradient * nudge", "change measured", "missed by"],
               [[f"{each.size:g}", *(f"{n:.3e}" for n in (each.predicted, each.measured, each.missed))]
                for each in tried])  # fmt: skip
    caption = "how a nudge changes the cost, and how far the prediction is off"
    page.plot("chain_rule_nudge.png", caption, partial(draw_nudges, tried))
    page.say("""
        The smaller the nudge, the better the prediction: of a tenth of the nudge a hundredth is missed,
        because what is left out goes with the square.
    """)


def draw_nudges(tried: Sequence[Nudge], ax: Any) -> None:
    """Predicted and measured change, and what is missed, against the size of the nudge."""
    sizes, predicted, measured = zip(*tried, strict=True)
    missed = [each.missed for each in tried]
    ax.plot(sizes, np.abs(predicted), "-", color=COLOURS[0], label="gradient * nudge")
    ax.plot(sizes, np.abs(measured), "o", color=COLOURS[1], label="change measured")
    ax.plot(sizes, missed, "--s", color=COLOURS[2], label="missed")
    log_scale(ax.xaxis)
    finished(ax, log=True, title="A nudge of one weight", xlabel="nudge", ylabel="change of the cost")
