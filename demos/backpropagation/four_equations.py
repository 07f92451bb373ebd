"""The four equations of backpropagation, number by number.

You will see the equations of the textbook, which speak of layers, in matrices, give every gradient of a small
network; and the engine, which knows a graph of scalars and nothing of layers, give the same.
"""

from collections.abc import Iterator

import numpy as np

from demos.networks.layers import Gradients, by_engine, by_matrices, sigmoid_network
from demos.runner.page import Page

EPOCHS = 0
TRY = "`python -m demos errata`: what one wrong letter in such an equation does, and what finds it."
SIZES = [2, 3, 2, 2]
"""Inputs, and neurons of each layer: two hidden layers, so that the second equation uses its own result."""

X, T = [0.5, -1.0], [1.0, 0.0]


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


def run(page: Page) -> bool:
    """Compare the equations with the engine, number by number."""
    page.say(f"""
        A layer has outputs a = s(z) and weighted inputs z = W a_before + b, s is the sigmoid, and * between
        vectors goes number by number. The network is {"-".join(map(str, SIZES))} (random weights and
        biases, seed {page.seed}), with the cost C = 1/2 * sum((a - t)**2) of its last layer.

            (1)  delta = dC/da * s'(z)                   in the last layer
            (2)  delta = (W_next^T delta_next) * s'(z)   in the layers before it
            (3)  dC/db = delta
            (4)  dC/dW = delta a_before^T
    """)
    model = sigmoid_network(SIZES, page.seed)
    compared = list(pairs(by_matrices(model, X, T), by_engine(model, X, T)))
    page.table(["gradient", "equation", "by the equation", "by the engine"],
               [[name, f"({equation})", f"{ours:+.9f}", f"{engine:+.9f}"]
                for equation, name, ours, engine in compared])  # fmt: skip
    right = True
    for number in (1, 2, 3, 4):
        found, expected = zip(*[pair for equation, _, *pair in compared if equation == number], strict=True)
        right &= page.claim("", found, expected) or page.fail(f"Equation ({number}) is wrong.")
    page.say("""
        The equations are what the chain rule makes of layers: the gradient that the engine finds at the
        weighted input of a neuron is that neuron's delta.
    """)
    page.graph("four_equations_network.svg",
               "each neuron's bias with its gradient, the delta; thick lines are large weights",
               model, rankdir="TB")
    return right
