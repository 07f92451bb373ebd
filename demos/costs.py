"""Every cost of the lectures on the same answers: formula, value and gradient.

The factor is a convention, and conventions differ: the gradient differs by the same factor, so a step size
belongs to the cost it was chosen for.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nn
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import Value

__all__ = ["COSTS", "EPOCHS", "TITLE", "Cost", "run"]

TITLE = "the costs of the lectures, each with its factor, its value and its gradient"

EPOCHS = 0

ANSWERS, TARGETS = (0.8, 0.4, 0.3), (1.0, 0.0, 1.0)
"""What a network answered, and what was right."""


@dataclass(frozen=True)
class Cost:
    """A cost as it is written.

    Attributes:
        function: of nn, from answers and targets to one number.
        formula: with y the answers, t the targets, N their number.
        by_hand: the derivative by one answer, from y, t and N, by pencil and paper.
        targets: what the answers are compared with.
    """

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


def run(options: Options, account: Account) -> bool:
    """Compute each cost and its gradient, beside the gradient by pencil and paper, and draw them.

    Returns:
        Whether the engine's gradients are those by pencil and paper.
    """
    account.heading(f"Costs: {TITLE}")
    answers = ", ".join(map(str, ANSWERS))
    account.say(
        f"Asked: how wrong are the answers y = {answers}, where t = 1, 0, 1 (hinge: 1, -1, 1) is right?"
    )
    rows, derivatives, by_hand = [], [], []
    for cost in COSTS:
        ys = [Value(y) for y in ANSWERS]
        value = cost.function(ys, cost.targets)
        value.backward()
        rows.append([cost.function.__name__, cost.formula, value.data, *(y.grad for y in ys)])
        derivatives += [y.grad for y in ys]
        by_hand += [cost.by_hand(y, t, len(ys)) for y, t in zip(ANSWERS, cost.targets, strict=True)]
    logits = [Value(y) for y in ANSWERS]
    value = nn.cross_entropy(logits, 0)
    value.backward()
    rows.append(["cross_entropy", "-log softmax(y)[0], y as logits", value.data, *(y.grad for y in logits)])
    derivatives += [y.grad for y in logits]
    powers = [math.exp(y) for y in ANSWERS]
    by_hand += [power / sum(powers) - (i == 0) for i, power in enumerate(powers)]
    account.table(["cost", "formula", "value", "dC/dy1", "dC/dy2", "dC/dy3"], rows)
    right = agree("The engine's gradients and those by pencil and paper", derivatives, by_hand, account)
    account.say(
        "What it shows: the quadratic costs differ in nothing but a factor, and so do their gradients; the "
        "cross-entropies push hardest where an answer is surely wrong, and hinge not at all where it is "
        "right by a margin of 1."
    )
    Pictures(options, account).plot("costs.png", _draw, "what one answer y costs where t = 1 is right")
    return right


def _draw(ax: Any) -> None:
    grid = [i / 100 for i in range(1, 200)]
    styles = ("-", "--", "-.", ":")
    # of one answer the mean is the sum: these five are all that differ
    drawn = (nn.absolute_error, nn.squared_error, nn.half_squared_error, nn.binary_cross_entropy, nn.hinge)
    for i, cost in enumerate(each for each in COSTS if each.function in drawn):
        ys = [y for y in grid if y < 1 or cost.function is not nn.binary_cross_entropy]
        costs = [cost.function([y], [1.0]) for y in ys]
        name = cost.function.__name__.replace("_", " ")
        ax.plot(ys, costs, styles[i % len(styles)], label=name, linewidth=1 + i // len(styles))
    ax.set(xlabel="answer y", ylabel="cost", ylim=(0, 3), title="What an answer costs where 1 is right")
    ax.grid(alpha=0.3)
    ax.legend()
