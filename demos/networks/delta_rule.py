"""The delta rule of one sigmoid neuron: the chain rule applied to its error."""

from collections.abc import Sequence

import numpy as np

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import Value
from nn import SGD, Neuron, half_squared_error

__all__ = ["ETA", "STEPS", "X", "T", "delta_rule", "error", "follow", "show"]

X, T = [1.0, -0.5, 2.0], 0.9
ETA = 0.5
STEPS = 100


def error(neuron: Neuron) -> Value:
    """E = ½(t - y)².

    >>> round(error(Neuron(3, activation="sigmoid", init="zeros")).data, 12)  # y = 0.5
    0.08
    """
    value: Value = half_squared_error(neuron(X), T)
    return value


def delta_rule(y: float, t: float, x: Sequence[float]) -> list[float]:
    """∂E/∂w of each weight by the rule: (y - t)·y(1 - y)·x.

    >>> delta_rule(0.5, 1.0, [1.0, 2.0])
    [-0.125, -0.25]
    """
    return [(y - t) * y * (1 - y) * each for each in x]


def follow(w: Sequence[float], steps: int) -> list[float]:
    """The weights after some steps of w ← w - η(y - t)·y(1 - y)·x.

    >>> follow([0.0, 0.0, 0.0], 0)
    [0.0, 0.0, 0.0]
    """
    w = list(w)
    for _ in range(steps):
        y = 1 / (1 + np.exp(-np.dot(w, X)))
        w = [each - ETA * derivative for each, derivative in zip(w, delta_rule(y, T, X), strict=True)]
    return w


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Compare the rule with the engine, at the start and all along the way down.

    Returns:
        Whether they agree.
    """
    account.heading("One sigmoid neuron: the delta rule")
    neuron = Neuron(len(X), activation="sigmoid", rng=options.seed, bias=False)
    start, before = [w.data for w in neuron.w], error(neuron)
    before.backward()
    rule = delta_rule(neuron(X).data, T, X)
    engine = [w.grad for w in neuron.w]
    account.table(
        ["weight", "x", "(y - t) * y * (1 - y) * x", "by the engine"],
        [[f"w{i}", f"{x:g}", f"{ours:+.12f}", f"{theirs:+.12f}"]
         for i, (x, ours, theirs) in enumerate(zip(X, rule, engine, strict=True), 1)],
    )  # fmt: skip
    right = agree("The delta rule and the engine, of E = 1/2 * (t - y)**2", rule, engine, account)
    optimizer = SGD(neuron.parameters(), lr=ETA)
    for _ in range(STEPS):
        optimizer.zero_grad()
        error(neuron).backward()
        optimizer.step()
    what = f"The weights after {STEPS} steps of w - {ETA} * (y - t) * y * (1 - y) * x, and by the engine"
    right &= agree(what, follow(start, STEPS), [w.data for w in neuron.w], account)
    account.say(f"E went from {before.data:.6f} to {error(neuron).data:.6f}.")
    return right
