"""All activation functions with their derivatives, and how gradients vanish.

You will see what each function does to a number and to a gradient, what is used where there is no derivative,
and then a gradient on its way back through ten layers: with sigmoids it loses four fifths of itself in each.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.neurons.vanishing import show_vanishing
from demos.runner.page import Page, largest_difference
from engine import Value, softmax
from nn import SGD, Neuron, NoisyReLU, PReLU, mse
from nn.modules.activations import elu, leaky_relu, noisy_relu, relu, sigmoid, sign, softplus, step, tanh
from viz import plot_activations

EPOCHS = 200
TRY = "`python -m demos activations --seed 1`: other weights, and gradients that shrink at the same rate."
POINTS = (-2.0, -0.7, 0.3, 1.5)
LEAK = 0.25  # of the parametric ReLU, before it learns a better one
SCORES, LECTURE = (1.2, 0.9, 0.4), (0.46, 0.34, 0.20)
"""Of three classes, and what softmax makes of them as the lecture has it."""


class Row(NamedTuple):
    """An activation function, as a neuron is given it, its derivative by hand, and where it has none."""

    formula: str
    function: Callable[[Any], Any]
    neuron: Any
    derivative: Callable[[float], float]
    kink: float | None = None


def rows(seed: int = 0) -> dict[str, Row]:
    """The activation functions of a single neuron, by name.

    The noise Y of the noisy ReLU is n * sqrt(sigmoid(x)) with one n from N(0, 1), so there is a derivative.
    """

    def g(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    def noisy(x: Any) -> Any:
        return noisy_relu(x, seed)

    def of_noisy(x: float) -> float:
        return 1 + n * math.sqrt(g(x)) * (1 - g(x)) / 2 if x + n * math.sqrt(g(x)) > 0 else 0.0

    def leaky(leak: float) -> Callable[[float], float]:
        return lambda x: 1.0 if x > 0 else leak

    n = noisy(1000.0) - 1000.0
    return {
        "step": Row("1 if x > 0.5 else 0", step, "step", lambda x: 0.0, 0.5),
        "sign": Row("-1, 0 or 1", sign, "sign", lambda x: 0.0, 0.0),
        "sigmoid": Row("1 / (1 + e^-x)", sigmoid, "sigmoid", lambda x: g(x) * (1 - g(x))),
        "tanh": Row("tanh(x)", tanh, "tanh", lambda x: 1 - math.tanh(x) ** 2),
        "ReLU": Row("max(0, x)", relu, "relu", leaky(0.0), 0.0),
        "softplus": Row("log(1 + e^x)", softplus, "softplus", g),
        "leaky ReLU": Row("x if x > 0 else 0.01*x", leaky_relu, "leaky_relu", leaky(0.01), 0.0),
        "parametric ReLU": Row("x if x > 0 else a*x", PReLU(init=LEAK), ("prelu", LEAK), leaky(LEAK), 0.0),
        "ELU": Row("x if x > 0 else e^x - 1", elu, "elu", lambda x: 1.0 if x > 0 else math.exp(x)),
        "noisy ReLU": Row("max(0, x + Y)", noisy, NoisyReLU(rng=seed), of_noisy),
    }


def gallery(rng: Any) -> dict[str, Callable[[Any], Any]]:
    """The functions for the picture: the noisy ReLU with noise of its own at each x, and softmax."""
    shown = {name: row.function for name, row in rows().items()}
    shown["noisy ReLU"] = partial(noisy_relu, rng=rng)
    return {**shown, "softmax of (x, 1, 0)": lambda x: softmax([x, 1.0, 0.0])[0]}


def derivative_of(function: Callable[[Any], Any], x: float) -> float:
    """The derivative at x that the engine uses."""
    at = Value(x)
    function(at).backward()
    return at.grad


def as_neuron(row: Row, x: float) -> float:
    """The output of a neuron of weight 1, without bias, that has this activation."""
    return Neuron(1, activation=row.neuron, init=[1.0], bias=False)(x).data


def learn_leak(epochs: int) -> Neuron:
    """Train a neuron with a parametric ReLU on a function of derivative 2 above 0 and 1 below."""
    neuron = Neuron(1, activation=("prelu", LEAK), init=[1.0], bias=False)
    optimizer = SGD(neuron.parameters(), lr=0.1)
    for _ in range(epochs):
        optimizer.zero_grad()
        mse([neuron(x) for x in POINTS], [2 * x if x > 0 else x for x in POINTS]).backward()
        optimizer.step()
    return neuron


def run(page: Page) -> bool:
    """Show the functions, softmax, and gradients in deep networks."""
    table = rows(page.seed)
    values = {name: [float(row.function(x)) for x in POINTS] for name, row in table.items()}
    found = {name: [derivative_of(row.function, x) for x in POINTS] for name, row in table.items()}
    pairs = {name: zip(values[name], found[name], strict=True) for name in table}
    page.table(["function", "formula", *(f"f, f' at {x:g}" for x in POINTS)],
               [[name, row.formula, *(f"{f:.3f}, {df:.3f}" for f, df in pairs[name])]
                for name, row in table.items()])
    by_hand = [[row.derivative(x) for x in POINTS] for row in table.values()]
    neurons = [[as_neuron(rows(page.seed)[name], x) for x in POINTS] for name in table]  # with fresh noise
    right = page.claim("The derivatives are the engine's, and those by pencil and paper are the same.",
                       list(found.values()), by_hand)
    right &= page.claim("A neuron of weight 1 that has the function as its activation gives the same values.",
                        neurons, list(values.values()))
    shown = gallery(np.random.default_rng(page.seed))
    page.plot("activations.png", "each function and, dashed, its derivative",
              partial(plot_activations, shown), size=(9.6, 7.6))
    kinks = [(name, row.function, row.kink) for name, row in table.items() if row.kink is not None]
    page.say("Where there is no derivative, one has to be chosen; here it is that of the left side:")
    page.table(["function", "at", "derivative to the left", "used", "to the right"],
               [[name, f"{at:g}", *(f"{derivative_of(f, at + h):g}" for h in (-1e-9, 0, 1e-9))]
                for name, f, at in kinks])
    neuron = learn_leak(page.epochs)
    (leak,) = neuron.activation.weight
    page.say(f"""
        The leak a of the parametric ReLU is learned like a weight: to fit 2*x above 0 and x below, it went
        from {LEAK} to {leak.data:.4f}, and the weight from 1 to {neuron.w[0].data:.4f}.

        ## Softmax: scores become shares
    """)
    shares = [share.data if isinstance(share, Value) else share for share in softmax(SCORES)]
    ours, lecture = (", ".join(f"{share:.2f}" for share in each) for each in (shares, LECTURE))
    page.say(f"""
        softmax of {SCORES} is {ours}; the lecture has {lecture}, where one was cut off instead of
        rounded, for they sum to 1.
    """)
    right &= largest_difference(shares, LECTURE) < 0.02
    two = [(first, second) for first in SCORES for second in SCORES]
    right &= page.claim("Of two classes, softmax is the sigmoid of the difference of their scores.",
                        [softmax(pair)[0] for pair in two], [sigmoid(a - b) for a, b in two])
    show_vanishing(page)
    return right
