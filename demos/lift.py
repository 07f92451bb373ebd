"""A network written in scalars, lifted to matrices: every stage from the scalar graph to the NumPy that runs.

The 2-3-1 network of sigmoids without biases is the lecture's, and so are the equations that come out at the
end, of which nobody told the engine.
"""

import re
import time
from textwrap import indent
from typing import Any

import numpy as np

from demos.networks.salary import PEOPLE, SCALES, network
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from engine import Value, jit, mean, zero_grad
from nn import MLP

__all__ = ["EPOCHS", "EQUATIONS", "TITLE", "equation_lines", "run"]

TITLE = "from scalars to matrices: how engine.jit lifts a 2-3-1 network"

EPOCHS = 0

EQUATIONS = {
    "z2 = W2 @ h1": ("W2", "h1", "z2"),
    "dC/dW2 = dz2 @ h1.T": ("dz2", "h1.T", "dW2"),
    "dC/dh1 = W2.T @ dz2": ("W2.T", "dz2", "dh1"),
}
"""The lecture's equations, and the factors and the result of each in the program."""

CALLS = 300


def equation_lines(source: str) -> dict[str, str]:
    """The line of a program that holds each equation; None for a missing one.

    >>> equation_lines("np.matmul(W2, h1, out=z2)  # W2 @ h1")
    {'z2 = W2 @ h1': 'np.matmul(W2, h1, out=z2)'}
    """
    found = {}
    for equation, (left, right, result) in EQUATIONS.items():
        pattern = rf"np\.matmul\({re.escape(left)}, {re.escape(right)}, out={result}\)"
        match = re.search(pattern, source)
        if match:
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


def run(options: Options, account: Account) -> bool:
    """Follow one network through the stages, and compare the numbers.

    Returns:
        Whether the equations stand in the program, and its numbers are the engine's.
    """
    account.heading(f"Lift: {TITLE}")
    account.say(
        "Asked: a cost is written for one person, in scalars: 0.5 * (model(x) - t) ** 2. What does "
        "engine.jit(cost, batch=True) make of it, and where in that are the matrices of the lecture?"
    )
    model = network()

    def cost(x: Any, t: Any) -> Value:
        result: Value = 0.5 * (model(x) - t) ** 2
        return result

    people = PEOPLE / SCALES
    X, t = people[:, :2], people[:, 2]
    lifted = jit(cost, batch=True)
    found = value_and_gradients(model, lifted(X, t))
    for number, (stage, text) in enumerate(lifted.stages.items(), 1):
        account.say(f"Stage {number}, the {stage}:")
        account.quote(indent(text, "    "))
    lines = equation_lines(lifted.source)
    right = lines.keys() == EQUATIONS.keys()
    if right:
        account.say("The lecture's equations stand in it, found from the scalar graph alone:")
        account.table(["equation", "in the program"], list(lines.items()))
    for equation in EQUATIONS.keys() - lines.keys():
        account.fail(f"No line of the program is the equation {equation}.")

    def eager() -> Value:
        return mean([cost(x, target) for x, target in zip(X.tolist(), t.tolist(), strict=True)])

    expected = value_and_gradients(model, eager())
    right &= agree("The cost and its nine gradients, lifted and by the engine", found, expected, account)
    many, targets = np.tile(X, (20, 1)), np.tile(t, 20)
    rows = many.tolist()
    plain = seconds(lambda: mean([cost(x, y) for x, y in zip(rows[:6], targets[:6], strict=True)]).backward())
    quick = seconds(lambda: lifted(many, targets).backward())
    account.say(
        f"Forward and backward take {1e6 * plain:.0f} µs for {len(X)} people in scalars, and "
        f"{1e6 * quick:.0f} µs for {len(many)} people lifted."
    )
    account.say(
        "What it shows: the layers were never written down as matrices. Neurons that read the same numbers "
        "are the rows of one, and the chain rule over it is again a product: with the other factor "
        "transposed."
    )
    return right
