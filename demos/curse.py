"""Changing the weights one at a time is too expensive: finite differences against backpropagation.

The gradient by finite differences nudges every weight up and down, and computes the cost anew each time;
backpropagation computes the cost once and walks back through its graph once. Both are done, counted and
timed for networks of more and more weights. The times differ a little from run to run, the counts do not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import Value, no_grad, zero_grad
from nn import MLP

__all__ = [
    "EPOCHS",
    "STEP",
    "TITLE",
    "WIDTHS",
    "Gradient",
    "Way",
    "backpropagation",
    "compare",
    "finite_differences",
    "growth",
    "measured",
    "run",
]

TITLE = "nudging weights one at a time against backpropagation, as they grow in number"

EPOCHS = 0

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)
"""Hidden neurons of the networks, between four inputs and one output."""

CLOSE = 1e-6
"""How far finite differences may be off, relative to the largest gradient."""

STEP = 1e-5
"""How far up and down a weight is nudged."""

Way = Callable[[Callable[[], Value], Sequence[Value]], list[float]]
"""Takes a cost and its weights, and gives a derivative per weight."""


@dataclass(frozen=True)
class Gradient:
    """A gradient, with the number of evaluations and the time it took.

    Attributes:
        numbers: a derivative per weight.
        evaluations: how often the cost was computed.
        seconds: how long it took.
    """

    numbers: list[float]
    evaluations: int
    seconds: float


def finite_differences(cost: Callable[[], Value], weights: Sequence[Value]) -> list[float]:
    """The gradient by central differences: every weight a little up, and a little down.

    >>> w = Value(3.0)
    >>> [round(number, 6) for number in finite_differences(lambda: w**2, [w])]
    [6.0]
    """
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
    """The gradient by one walk forward and one back.

    >>> w = Value(3.0)
    >>> backpropagation(lambda: w**2, [w])
    [6.0]
    """
    zero_grad(weights)
    cost().backward()
    return [weight.grad for weight in weights]


def measured(way: Way, cost: Callable[[], Value], weights: Sequence[Value], repeats: int = 1) -> Gradient:
    """Compute a gradient in one of the two ways, counting and timing.

    Args:
        way: one of the two.
        cost: computes the cost anew from the weights.
        weights: as many as there are derivatives wanted.
        repeats: of which the one of least time counts.

    >>> w = Value(3.0)
    >>> measured(finite_differences, lambda: w**2, [w]).evaluations
    2
    """
    tried = []
    for _ in range(repeats):
        evaluations = 0

        def counted() -> Value:
            nonlocal evaluations
            evaluations += 1
            return cost()

        start = perf_counter()
        numbers = way(counted, weights)
        tried.append(Gradient(numbers, evaluations, perf_counter() - start))
    return min(tried, key=lambda gradient: gradient.seconds)


def compare(width: int, seed: int) -> tuple[Gradient, Gradient]:
    """The gradient of a network with that many hidden neurons: one weight at a time, and by backpropagation.

    >>> [gradient.evaluations for gradient in compare(2, seed=0)]
    [26, 1]
    """
    model = MLP(4, [width, 1], activation="tanh", rng=seed)
    weights = model.parameters()

    def cost() -> Value:
        return (model([0.5, -1.0, 0.25, 2.0]) - 1) ** 2

    return measured(finite_differences, cost, weights), measured(backpropagation, cost, weights, repeats=5)


def run(options: Options, account: Account) -> bool:
    """Measure both ways for networks that grow.

    Returns:
        Whether both ways found the same gradients.
    """
    account.heading(f"Curse: {TITLE}")
    account.say(
        "Asked: what does the gradient of a network cost if one weight at a time is changed, and what by "
        f"backpropagation? The networks have four inputs, {WIDTHS[0]} to {WIDTHS[-1]} hidden neurons and one "
        f"output (random weights, seed {options.seed})."
    )
    account.doing = "timing both ways"
    account.doing = "timing both ways"
    nudged, walked = zip(*[compare(width, options.seed) for width in WIDTHS], strict=True)
    account.table(
        ["weights", "costs: nudging", "backpropagation", "ms: nudging", "backpropagation", "ratio"],
        [[len(one.numbers), one.evaluations, other.evaluations, f"{1000 * one.seconds:.2f}",
          f"{1000 * other.seconds:.3f}", f"{one.seconds / other.seconds:.0f}"]
         for one, other in zip(nudged, walked, strict=True)],
    )  # fmt: skip
    found, expected = (np.concatenate([one.numbers for one in way]) for way in (nudged, walked))
    right = agree("Both ways find the same gradients", found, expected, account, within=CLOSE)
    account.say(
        "What it shows: nudging n weights takes 2n costs, and a cost takes about n multiplications: from "
        f"{WIDTHS[-2]} to {WIDTHS[-1]} hidden neurons the time grew {growth(nudged):.1f} fold. "
        "Backpropagation computes the cost once and walks back through its graph once, whatever the number "
        f"of weights: its time grew {growth(walked):.1f} fold, about as the network did, and its gradient is "
        "exact besides."
    )

    def draw(time: Any, count: Any) -> None:
        for way, style, colour, name in (
            (nudged, "-o", "#d55e00", "one weight at a time"),
            (walked, "--s", "#0072b2", "backpropagation"),
        ):
            weights = [len(one.numbers) for one in way]
            time.loglog(weights, [one.seconds for one in way], style, color=colour, label=name)
            count.loglog(weights, [one.evaluations for one in way], style, color=colour, label=name)
        time.set(title="Time for a gradient", xlabel="weights", ylabel="seconds")
        count.set(title="Costs computed for a gradient", xlabel="weights", ylabel="number")
        for ax in (time, count):
            ax.grid(alpha=0.3)
            ax.legend()

    pictures = Pictures(options, account)
    pictures.plot("curse.png", draw, "what a gradient takes in both ways", panels=2, size=(9.0, 4.0))
    return right


def growth(way: Sequence[Gradient]) -> float:
    """The time of the largest network, relative to the one before.

    >>> growth([Gradient([], 0, 2.0), Gradient([], 0, 5.0)])
    2.5
    """
    return way[-1].seconds / way[-2].seconds
