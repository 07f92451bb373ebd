"""The costs of the lectures, each with its factor, its value and its gradient.

You will see nine ways to say how wrong the same three answers are. Conventions differ by a factor; the
gradient differs by the same factor, so a step size belongs to the cost that it was chosen for.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import nn
from demos.runner.page import Page
from engine import Value
from viz.plots.axes import finished, looks

EPOCHS = 0
TRY = "halve a cost in a program of yours, and double its step size: every weight goes where it went before."
ANSWERS, TARGETS = (0.8, 0.4, 0.3), (1.0, 0.0, 1.0)  # what a network answered, and what was right


class Cost(NamedTuple):
    """A cost of nn, its formula (answers y, targets t, N of them), and its derivative by an answer."""

    function: Callable[..., Any]
    formula: str
    by_hand: Callable[[float, float, int], float]
    targets: tuple[float, ...] = TARGETS


COSTS = (
    Cost(nn.error, "sum(t - y) / N", lambda y, t, n: -1 / n),
    Cost(nn.absolute_error, "sum|t - y| / N", lambda y, t, n: math.copysign(1, y - t) / n),
    Cost(nn.squared_error, "sum(t - y)^2", lambda y, t, n: 2 * (y - t)),
    Cost(nn.mse, "sum(t - y)^2 / N", lambda y, t, n: 2 * (y - t) / n),
    Cost(nn.half_squared_error, "sum(t - y)^2 / 2", lambda y, t, n: y - t),
    Cost(nn.quadratic_cost, "sum(t - y)^2 / (2N)", lambda y, t, n: (y - t) / n),
    Cost(
        nn.binary_cross_entropy,
        "-sum(t log y + (1 - t) log(1 - y)) / N",
        lambda y, t, n: (y - t) / (y * (1 - y)) / n,
    ),
    Cost(
        nn.hinge,
        "sum max(0, 1 - t*y) / N, t = -1 or 1",
        lambda y, t, n: -t / n if t * y < 1 else 0.0,
        (1.0, -1.0, 1.0),
    ),
)
"""The costs of single answers; the cross-entropy of softmax outputs is shown beside them."""


def run(page: Page) -> bool:
    """Compute each cost and its gradient, beside the gradient by pencil and paper, and draw them."""
    page.say(f"A network answered y = {ANSWERS}, where t = (1, 0, 1) is right; hinge writes that (1, -1, 1).")
    rows, gradients, by_hand = [], [], []
    for cost in COSTS:
        ys = [Value(y) for y in ANSWERS]
        value = cost.function(ys, cost.targets)
        value.backward()
        rows.append([cost.function.__name__, cost.formula, value.data, *(y.grad for y in ys)])
        gradients += [y.grad for y in ys]
        by_hand += [cost.by_hand(y, t, len(ys)) for y, t in zip(ANSWERS, cost.targets, strict=True)]
    logits = [Value(y) for y in ANSWERS]
    value = nn.cross_entropy(logits, 0)
    value.backward()
    rows.append(["cross_entropy", "-log softmax(y)[0], y as logits", value.data, *(y.grad for y in logits)])
    gradients += [y.grad for y in logits]
    powers = [math.exp(y) for y in ANSWERS]
    by_hand += [power / sum(powers) - (i == 0) for i, power in enumerate(powers)]
    page.table(["cost", "formula", "value", "dC/dy1", "dC/dy2", "dC/dy3"], rows)
    right = page.claim("The gradients are the engine's; pencil and paper give the same.", gradients, by_hand)
    page.plot("costs.png", "what one answer y costs where t = 1 is right", draw)
    page.say("""
        The quadratic costs differ in nothing but a factor, and so do their gradients. The cross-entropies
        push hardest where an answer is surely wrong, and hinge not at all where it is right by a margin of
        1.
    """)
    return right


def draw(ax: Any) -> None:
    """The costs of one answer; of one answer the mean is the sum, so these five are all that differ."""
    drawn = (nn.absolute_error, nn.squared_error, nn.half_squared_error, nn.binary_cross_entropy, nn.hinge)
    grid = [i / 100 for i in range(1, 200)]
    for i, cost in enumerate(drawn):
        ys = [y for y in grid if y < 1 or cost is not nn.binary_cross_entropy]
        ax.plot(ys, [cost([y], [1.0]) for y in ys], label=cost.__name__.replace("_", " "), **looks(i))
    ax.set(ylim=(0, 3))
    finished(ax, title="What an answer costs where 1 is right", xlabel="answer y", ylabel="cost")
