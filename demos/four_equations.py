"""The four equations of backpropagation, checked number by number against the gradients of the engine.

The equations speak of layers, in matrices; the engine knows a graph of scalars and nothing of layers. All
gradients of a small network of sigmoid neurons are computed in both ways.
"""

from collections.abc import Iterator

import numpy as np

from demos.networks.any_depth import by_matrices
from demos.networks.sigmoid_network import Gradients, by_engine, sigmoid_network
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures

__all__ = ["EPOCHS", "SIZES", "TITLE", "X", "T", "run"]

TITLE = "the four equations of backpropagation, number by number"

EPOCHS = 0

SIZES = [2, 3, 2, 2]
"""Inputs, and neurons of each layer: two hidden layers, so that the second equation uses its own result."""

X, T = [0.5, -1.0], [1.0, 0.0]

EQUATIONS = {
    1: "delta = dC/da * s'(z)                 in the last layer L",
    2: "delta = (W_next^T delta_next) * s'(z)   in the layers before it",
    3: "dC/db = delta",
    4: "dC/dW = delta a_before^T",
}


def pairs(ours: Gradients, engine: Gradients) -> Iterator[tuple[int, str, float, float]]:
    """Pair two sets of gradients: equation, name, and both numbers of each derivative."""
    last = len(ours.dz) - 1
    quantities = [(1, "delta", ours.dz, engine.dz, [last]),
                  (2, "delta", ours.dz, engine.dz, reversed(range(last))),
                  (3, "b", ours.db, engine.db, range(last + 1)),
                  (4, "W", ours.dW, engine.dW, range(last + 1))]  # fmt: skip
    for equation, name, left, right, layers in quantities:
        for layer in layers:
            for place, number in np.ndenumerate(left[layer]):
                where = ", ".join(str(index + 1) for index in place)
                yield equation, f"{name}{layer + 1}[{where}]", float(number), float(right[layer][place])


def run(options: Options, account: Account) -> bool:
    """Compare the equations with the engine, number by number.

    Returns:
        Whether all numbers are the same, to rounding.
    """
    account.heading(f"Four equations: {TITLE}")
    account.say(
        f"Asked: do these equations give the gradients of a {'-'.join(map(str, SIZES))} network of sigmoid "
        f"neurons (random weights and biases, seed {options.seed})?"
    )
    account.quote("\n".join(f"    ({number}) {equation}" for number, equation in EQUATIONS.items()))
    account.say(
        "Here a = s(z) are the outputs of a layer, z = W a_before + b its weighted inputs, s the sigmoid; "
        "C = 1/2 * sum((a - t)**2) is the cost of the last layer; * between vectors goes number by number."
    )
    model = sigmoid_network(SIZES, options.seed)
    compared = list(pairs(by_matrices(model, X, T), by_engine(model, X, T)))
    account.table(
        ["gradient", "equation", "by the equation", "by the engine", "difference"],
        [[name, f"({equation})", f"{ours:+.9f}", f"{engine:+.9f}", f"{abs(ours - engine):.0e}"]
         for equation, name, ours, engine in compared],
    )  # fmt: skip
    right = True
    for number in EQUATIONS:
        found, expected = zip(*[pair for equation, _, *pair in compared if equation == number], strict=True)
        right &= agree(f"Equation ({number}) and the engine", found, expected, account)
    account.say(
        "What it shows: the equations are what the chain rule makes of layers. The engine was never told "
        "them: it multiplies local gradients from node to node, and the gradient that it finds at the "
        "weighted input of a neuron is that neuron's delta."
    )
    caption = "in each neuron its bias with its gradient, the delta; a thicker line is a larger weight"
    Pictures(options, account).graph("four_equations_network.svg", model, caption)
    return right
