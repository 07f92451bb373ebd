"""The derivative of y = exp(sin(x**2)), factor by factor from its graph, and what a gradient predicts.

Each node of the graph knows its value and its local gradient, the derivative by what it was made of; the
derivative of the whole is their product along the way. Nudging a weight of a small network shows what such
a derivative is for: it says what will become of the cost.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import Value, exp, explain, sin
from nn import MLP

__all__ = [
    "EPOCHS",
    "NUDGES",
    "STEPS",
    "TITLE",
    "Nudge",
    "chain",
    "closed_form",
    "nudge",
    "plot_nudges",
    "run",
]

TITLE = "the derivative of exp(sin(x**2)), factor by factor from its graph"

EPOCHS = 0

X = 1.2

STEPS = {"v": lambda x: x**2, "u": sin, "y": exp}
"""What is computed one after the other: v = x**2, u = sin(v), y = exp(u)."""

NUDGES = tuple(10.0**-power for power in range(6))


@dataclass(frozen=True)
class Nudge:
    """One step of a weight.

    Attributes:
        size: the step, Δw.
        predicted: the change of the cost by the gradient, ∂C/∂w · Δw.
        measured: the change of the cost, C(w + Δw) - C(w).
    """

    size: float
    predicted: float
    measured: float

    @property
    def missed(self) -> float:
        """How far the prediction is off."""
        return abs(self.measured - self.predicted)


def nudge(cost: Callable[[], Value], weight: Value, sizes: Sequence[float]) -> list[Nudge]:
    """Nudge a weight by each of several steps, and restore it.

    Args:
        cost: computes the cost anew from the weights.
        weight: a leaf that it uses; its gradient is set.
        sizes: the steps.

    >>> w = Value(3.0)
    >>> [one] = nudge(lambda: w**2, w, [0.5])
    >>> one.predicted, one.measured, one.missed
    (3.0, 3.25, 0.25)
    """
    start = weight.data
    before = cost()
    weight.grad = 0.0
    before.backward()
    tried = []
    try:
        for size in sizes:
            weight.data = start + size
            tried.append(Nudge(size, weight.grad * size, cost().data - before.data))
    finally:
        weight.data = start
    return tried


def plot_nudges(tried: Sequence[Nudge], ax: Any, title: str = "Nudging one weight") -> None:
    """Plot the change of the cost, and the error of its prediction, against the size of the nudge.

    Args:
        tried: what :func:`nudge` returned.
        ax: where to draw.
        title: above the plot.
    """
    sizes = [one.size for one in tried]
    ax.loglog(sizes, [abs(one.measured) for one in tried], "-o", color="#0072b2", label="change of the cost")
    ax.loglog(sizes, [one.missed for one in tried], "--s", color="#d55e00", label="prediction off by")
    ax.set(title=title, xlabel="nudge", ylabel="size")
    ax.grid(alpha=0.3)
    ax.legend()


def chain(x: Value) -> Value:
    """y = exp(sin(x**2)), with every node labelled.

    >>> chain(Value(0.0)).data
    1.0
    """
    node = x
    for label, step in STEPS.items():
        node = labelled(step(node), label)
    return node


def labelled(node: Value, label: str) -> Value:
    """The node, with a name.

    >>> labelled(Value(1.0), "C").label
    'C'
    """
    node.label = label
    return node


def closed_form(x: float) -> float:
    """dy/dx by pencil and paper: exp(sin(x**2)) · cos(x**2) · 2x.

    >>> closed_form(0.0)
    0.0
    """
    return math.exp(math.sin(x**2)) * math.cos(x**2) * 2 * x


def run(options: Options, account: Account) -> bool:
    """Take a derivative apart, draw its graph, and see what a gradient predicts.

    Returns:
        Whether the product of the factors is the derivative, and each node's local gradient its own.
    """
    account.heading(f"Chain rule: {TITLE}")
    account.say(f"Asked: how fast does y = exp(u), with u = sin(v) and v = x**2, change with x at x = {X}?")
    x = Value(X, label="x")
    y = chain(x)
    y.backward()
    explained = explain(y, x)
    account.quote(str(explained))
    derivatives = [factor.value for factor in explained.products[0]]
    right = agree("The product and x.grad", math.prod(derivatives), x.grad, account)
    right &= agree("x.grad and exp(sin(x**2)) * cos(x**2) * 2*x", x.grad, closed_form(X), account)
    operands = {step.name: step.node._children[0].data for step in explained.steps[::-1]}
    alone = [STEPS[name](Value(operand))._local_grads[0] for name, operand in operands.items()]
    what = "Each local gradient and that of its operator alone, without the rest of the graph"
    right &= agree(what, derivatives, alone, account)
    account.say(
        "Asked: what becomes of a network's cost if one weight is nudged? A network of random weights "
        f"(seed {options.seed}), its cost (y - 1)**2 / 2, and its first weight:"
    )
    model = MLP(2, [3, 1], activation="tanh", rng=options.seed)
    weight = model.parameters()[0]

    def cost() -> Value:
        return labelled(0.5 * (labelled(model([0.5, -1.5]), "y") - 1) ** 2, "C")

    weight.label = "w"
    account.quote(str(explain(cost(), weight)))
    tried = nudge(cost, weight, NUDGES)
    rows = [
        [f"{one.size:g}", *(f"{number:.3e}" for number in (one.predicted, one.measured, one.missed))]
        for one in tried
    ]
    account.table(["nudge", "gradient * nudge", "change measured", "missed by"], rows)
    account.say(
        "What it shows: a node need not know the graph. exp knows that its derivative is its own value, "
        "wherever its input comes from; multiplied along the way, such derivatives are that of the whole. It "
        "tells what a small nudge will do, and the smaller it is the better: of a tenth of the nudge about a "
        "hundredth is missed, because what is left out goes with the square."
    )
    pictures = Pictures(options, account)
    caption = "each node with its value and gradient, on each edge the local gradient"
    pictures.graph("chain_rule_graph.svg", y, caption)
    caption = "how a weight's nudge changes the cost, and how far the prediction is off"
    pictures.plot("chain_rule_nudge.png", lambda ax: plot_nudges(tried, ax), caption)
    return right
