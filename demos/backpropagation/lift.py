"""From scalars to matrices: how engine.jit lifts a 2-3-1 network.

You will see a cost that is written for one person, in scalars, become a program of NumPy for all of them,
stage by stage; and in it the matrix equations of the lecture, of which nobody told the engine.
"""

import re
import time
from typing import Any

import numpy as np

from demos.networks.salary import PEOPLE, SCALES, network
from demos.runner.page import Page
from engine import Value, jit, mean, zero_grad
from nn import MLP

EPOCHS = 0
TRY = "lift a function of your own, `f = engine.jit(f)`, call it once, and print `f.source`."
EQUATIONS = {
    "z2 = W2 @ h1": ("W2", "h1", "z2"),
    "dC/dW2 = dz2 @ h1.T": ("dz2", "h1.T", "dW2"),
    "dC/dh1 = W2.T @ dz2": ("W2.T", "dz2", "dh1"),
}
"""The lecture's equations, and the factors and the result of each in the program."""

CALLS = 300


def equation_lines(source: str) -> dict[str, str]:
    """The line of a program that holds each equation that is in it: a product, or one within a statement."""
    found = {}
    for equation, (left, right, result) in EQUATIONS.items():
        left, right = re.escape(left), re.escape(right)
        product = rf"np\.matmul\({left}, {right}, out={result}\)"
        if match := re.search(rf"{product}|np\.\w+\([^#\n]*\b{left} @ {right}\b[^#\n]*\)", source):
            found[equation] = match[0]
    return found


def value_and_gradients(model: MLP, cost: Value) -> list[float]:
    """The cost, and its gradient by each weight."""
    zero_grad(model.parameters())
    cost.backward()
    return [cost.data, *(w.grad for w in model.parameters())]


def seconds(function: Any) -> float:
    """The mean time of a call."""
    began = time.perf_counter()
    for _ in range(CALLS):
        function()
    return (time.perf_counter() - began) / CALLS


def run(page: Page) -> bool:
    """Follow one network through the stages, and compare the numbers."""
    page.say("""
        The network is the lecture's: age and experience to salary, three sigmoids and one behind them, no
        biases.

            def cost(x, t):
                return 0.5 * (model(x) - t) ** 2

        `engine.jit(cost, batch=True)` makes a program of it that takes all people at once. It runs the
        function once and looks at the graph that this leaves.
    """)
    model = network()

    def cost(x: Any, t: Any) -> Value:
        result: Value = 0.5 * (model(x) - t) ** 2
        return result

    people = PEOPLE / SCALES
    X, t = people[:, :2], people[:, 2]
    lifted = jit(cost, batch=True)
    found = value_and_gradients(model, lifted(X, t))
    for stage, text in lifted.stages.items():
        if text.strip():
            page.say(f"## {stage.capitalize()}")
            page.code(text)
    lines = equation_lines(lifted.source)
    if lines:
        page.say("The lecture's equations stand in it, found from the scalar graph alone:")
        page.table(["equation", "in the program"], list(lines.items()))
    right = lines.keys() == EQUATIONS.keys()
    for equation in EQUATIONS.keys() - lines.keys():
        page.fail(f"No line of the program is the equation {equation}.")
    eager = mean([cost(x, target) for x, target in zip(X.tolist(), t.tolist(), strict=True)])
    right &= page.claim("The cost and its nine gradients are those of the scalars.", found,
                        value_and_gradients(model, eager))
    many, targets = np.tile(X, (20, 1)), np.tile(t, 20)
    rows = [(x, y) for x, y in zip(X.tolist(), t.tolist(), strict=True)]
    plain = seconds(lambda: mean([cost(x, y) for x, y in rows]).backward())
    quick = seconds(lambda: lifted(many, targets).backward())
    page.say(f"""
        Forward and backward take {1e6 * plain:.0f} µs for {len(X)} people in scalars, and {1e6 * quick:.0f}
        µs for {len(many)} people lifted. The layers were never written down as matrices: neurons that read
        the same numbers are the rows of one, and the chain rule over it is again a product, with the other
        factor transposed.
    """)
    return right
