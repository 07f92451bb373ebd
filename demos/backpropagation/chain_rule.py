"""The derivative of exp(sin(x**2)), factor by factor from its graph.

You will see a derivative taken apart: each node of the graph knows its value and its local gradient, and
nothing of the rest; multiplied along the way these are the derivative of the whole. Then a weight of a
small network is nudged, and its gradient says beforehand what will become of the cost.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from demos.runner.page import Page
from engine import Value, exp, explain, sin
from nn import MLP
from viz.plots.axes import COLOURS, finished
from viz.plots.scales import log_scale

EPOCHS = 0
TRY = "`python -m viz \"exp(sin(x**2))\" x=1.2` draws the same graph; then a formula of your own."
X = 1.2
STEPS = {"v": lambda x: x**2, "u": sin, "y": exp}
"""What is computed one after the other: v = x**2, u = sin(v), y = exp(u)."""

NUDGES = tuple(10.0**-power for power in range(6))


class Nudge(NamedTuple):
    """A step Δw of a weight; the change of the cost by the gradient, ∂C/∂w · Δw; and C(w + Δw) - C(w)."""

    size: float
    predicted: float
    measured: float

    @property
    def missed(self) -> float:
        """How far the prediction is off."""
        return abs(self.measured - self.predicted)


def nudge(cost: Callable[[], Value], weight: Value, sizes: Sequence[float]) -> list[Nudge]:
    """Nudge a weight by each of several steps, and restore it.

    >>> w = Value(3.0)
    >>> nudge(lambda: w**2, w, [0.5])
    [Nudge(size=0.5, predicted=3.0, measured=3.25)]
    """
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
    return show_nudges(page) and right


def show_nudges(page: Page) -> bool:
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
        y.label = "y"
        C: Value = 0.5 * (y - 1) ** 2
        C.label = "C"
        return C

    page.code(str(explain(cost(), weight)))
    page.say("Nudge the weight; by how much does the cost change?")
    tried = nudge(cost, weight, NUDGES)
    page.table(["nudge", "gradient * nudge", "change measured", "missed by"],
               [[f"{each.size:g}", *(f"{n:.3e}" for n in (each.predicted, each.measured, each.missed))]
                for each in tried])  # fmt: skip
    page.plot("chain_rule_nudge.png", "how a nudge changes the cost, and how far the prediction is off",
              partial(draw_nudges, tried))
    page.say("""
        The smaller the nudge, the better the prediction: of a tenth of the nudge a hundredth is missed,
        because what is left out goes with the square.
    """)
    return True


def draw_nudges(tried: Sequence[Nudge], ax: Any) -> None:
    """Predicted and measured change, and what is missed, against the size of the nudge."""
    curves = {"gradient * nudge": "predicted", "change measured": "measured", "missed": "missed"}
    sizes = [each.size for each in tried]
    for (name, attribute), style, colour in zip(curves.items(), ("-", "o", "--s"), COLOURS, strict=False):
        ax.plot(sizes, [abs(getattr(each, attribute)) for each in tried], style, color=colour, label=name)
    log_scale(ax.xaxis)
    finished(ax, log=True, title="A nudge of one weight", xlabel="nudge", ylabel="change of the cost")
