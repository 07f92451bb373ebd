"""Nudging weights one at a time against backpropagation, as they grow in number.

You will see two ways to the same gradient: to nudge every weight up and down and compute the cost anew each
time, and to compute it once and walk back through its graph once. Both are counted and timed; the times
differ a little from run to run, the counts do not.
"""

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from demos.runner.page import Page
from engine import Value, no_grad, zero_grad
from nn import MLP
from viz.plots.axes import COLOURS, finished
from viz.plots.scales import log_scale

EPOCHS = 0
TRY = "read off the plot how long a gradient of a million weights would take in either way."
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)  # hidden neurons of the networks, between four inputs and one output
STEP = 1e-5  # how far up and down a weight is nudged
REPEATS = 3  # of both ways; the one of least time counts


class Gradient(NamedTuple):
    """A derivative per weight; how often the cost was computed for them, and how long that took."""

    numbers: list[float]
    evaluations: int
    seconds: float


def finite_differences(cost: Callable[[], Value], weights: Sequence[Value]) -> list[float]:
    """The gradient by central differences: every weight a little up, and a little down."""
    found = []
    with no_grad():
        for weight in weights:
            start = weight.data
            weight.data = start + STEP
            above = cost().data
            weight.data = start - STEP
            found.append((above - cost().data) / (2 * STEP))
            weight.data = start
    return found


def backpropagation(cost: Callable[[], Value], weights: Sequence[Value]) -> list[float]:
    """The gradient by one walk forward and one back."""
    zero_grad(weights)
    cost().backward()
    return [weight.grad for weight in weights]


def measured(way: Callable[..., Any], cost: Callable[[], Value], weights: Sequence[Value]) -> Gradient:
    """Compute a gradient several times, counting and timing.

    >>> w = Value(3.0)
    >>> measured(finite_differences, lambda: w**2, [w]).evaluations
    2
    """
    tried = []
    for _ in range(REPEATS):
        calls: list[None] = []
        start = perf_counter()
        numbers = way(lambda calls=calls: calls.append(None) or cost(), weights)
        tried.append(Gradient(numbers, len(calls), perf_counter() - start))
    return min(tried, key=lambda gradient: gradient.seconds)


def compare(width: int, seed: int) -> tuple[Gradient, Gradient]:
    """The gradient of a network with that many hidden neurons, in both ways."""
    model = MLP(4, [width, 1], activation="tanh", rng=seed)

    def cost() -> Value:
        return (model([0.5, -1.0, 0.25, 2.0]) - 1) ** 2

    weights = model.parameters()
    return measured(finite_differences, cost, weights), measured(backpropagation, cost, weights)


def run(page: Page) -> bool:
    """Measure both ways for networks that grow."""
    page.say(f"""
        The networks have four inputs, {WIDTHS[0]} to {WIDTHS[-1]} hidden neurons and one output (random
        weights, seed {page.seed}). Of each way the fastest of {REPEATS} runs counts.
    """)
    nudged, walked = zip(*[compare(width, page.seed) for width in WIDTHS], strict=True)
    page.table(
        ["weights", "costs: nudging", "backpropagation", "ms: nudging", "backpropagation", "ratio"],
        [[len(one.numbers), one.evaluations, other.evaluations, f"{1000 * one.seconds:.2f}",
          f"{1000 * other.seconds:.3f}", f"{one.seconds / other.seconds:.0f}"]
         for one, other in zip(nudged, walked, strict=True)],
    )  # fmt: skip
    page.plot("curse.png", "what a gradient takes in both ways", partial(draw, nudged, walked), panels=2)
    found, expected = (np.concatenate([one.numbers for one in way]) for way in (nudged, walked))
    right = page.claim("Both ways find the same gradients, up to the error of finite differences.",
                       found, expected, within=1e-6)
    page.say(f"""
        Nudging n weights takes 2n costs, and a cost takes about n multiplications: from {WIDTHS[-2]} to
        {WIDTHS[-1]} hidden neurons the time grew {growth(nudged):.1f} fold. Backpropagation takes one cost
        and one walk back, whatever the number of weights: its time grew {growth(walked):.1f} fold, about as
        the network did, and its gradient is exact besides.
    """)
    return right


def draw(nudged: Sequence[Gradient], walked: Sequence[Gradient], *axes: Any) -> None:
    """Time and number of costs against the number of weights."""
    ways = [(nudged, "-o", COLOURS[1], "weight by weight"), (walked, "--s", COLOURS[0], "backpropagation")]
    panels = {"seconds": "Seconds", "evaluations": "Costs computed"}
    for ax, (attribute, title) in zip(axes, panels.items(), strict=True):
        for way, style, colour, name in ways:
            weights = [len(each.numbers) for each in way]
            ax.plot(weights, [getattr(each, attribute) for each in way], style, color=colour, label=name)
        log_scale(ax.xaxis)
        finished(ax, log=True, title=f"{title} for a gradient", xlabel="weights")


def growth(way: Sequence[Gradient]) -> float:
    """The time of the largest network, relative to the one before."""
    return way[-1].seconds / way[-2].seconds
