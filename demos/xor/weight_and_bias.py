"""The effect of the weight and of the bias on one sigmoid neuron, y = sigmoid(w*x + b)."""

from typing import Any

import numpy as np

from demos.runner.account import Account
from demos.runner.pictures import Pictures
from engine import Value, no_grad, sigmoid
from viz.plots.axes import COLOURS, DASHES

__all__ = ["BIASES", "WEIGHTS", "middle", "show_weight_and_bias", "derivative"]

WEIGHTS = (0.5, 1.0, 2.0, 5.0)
BIASES = (-4.0, -2.0, 0.0, 4.0)
X = np.linspace(-8.0, 8.0, 201)


def middle(w: float, b: float) -> float:
    """The x at which the neuron answers one half: where w*x + b is 0.

    >>> middle(2.0, 4.0)
    -2.0
    """
    return -b / w


def derivative(w: float, b: float) -> float:
    """The derivative of the curve in its middle, by the engine.

    >>> derivative(2.0, 4.0)
    0.5
    """
    x = Value(middle(w, b))
    sigmoid(w * x + b).backward()
    return x.grad


def show_weight_and_bias(account: Account, pictures: Pictures) -> None:
    """Print and draw the curves for some weights, and for some biases.

    Args:
        account: receives the text.
        pictures: receives the pictures.
    """
    account.say(
        "Asked: what do the weight and the bias of one neuron do? The curve y = sigmoid(w*x + b), with each "
        "of them changed alone: where it is one half, and how steep it is there, by the engine's gradient."
    )
    cases = [*((w, 0.0) for w in WEIGHTS), *((1.0, b) for b in BIASES)]
    rows = [[f"{w:g}", f"{b:g}", middle(w, b) + 0.0, derivative(w, b)] for w, b in cases]
    account.table(["w", "b", "one half at x", "derivative there"], rows)
    account.say(
        "What it shows: the weight makes the curve steeper, w/4 in its middle, and leaves the middle where "
        "it is when b = 0; the bias shifts the curve sideways to x = -b/w and leaves its shape alone. "
        "Without biases every line a neuron draws would go through the origin."
    )

    def draw(steeper: Any, shifted: Any) -> None:
        curves(steeper, [(w, 0.0) for w in WEIGHTS], "w", "The weight: steeper (b = 0)")
        curves(shifted, [(1.0, b) for b in BIASES], "b", "The bias: shifted (w = 1)")

    caption = "one sigmoid with other weights, and with other biases"
    pictures.plot("xor_weight_bias.png", draw, caption, panels=2, size=(9.0, 4.0))


def curves(ax: Any, cases: list[tuple[float, float]], which: str, title: str) -> None:
    """Plot sigmoid(w*x + b) for some pairs of w and b.

    Args:
        ax: where to draw.
        cases: the pairs.
        which: the one of the two that differs, "w" or "b".
        title: above the plot.
    """
    for i, (w, b) in enumerate(cases):
        with no_grad():
            y = [float(sigmoid(w * x + b)) for x in X.tolist()]
        label = f"{which} = {w if which == 'w' else b:g}"
        ax.plot(X, y, label=label, color=COLOURS[i], linestyle=DASHES[i])
    ax.set(title=title, xlabel="x", ylabel="sigmoid(w*x + b)")
    ax.grid(alpha=0.3)
    ax.legend()
