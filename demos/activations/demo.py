"""The activation functions: their values, their derivatives, their kinks, and how gradients vanish in them.

Each function is used by itself and in a neuron, and its derivative as the engine finds it is held against
the one by pencil and paper. Then a deep network is given sigmoids, tanhs or ReLUs, and the gradient is
followed on its way back through the layers.
"""

from typing import Any

import numpy as np

from demos.activations.table import LEAK, as_neuron, derivative_of, gallery, learn_leak, rows
from demos.activations.vanishing import ACTIVATIONS, DEPTH, NETWORKS, WIDTH, causes, sizes
from demos.runner.account import Account
from demos.runner.compare import agree, largest_difference
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import sigmoid, softmax
from viz import plot_activations, plot_gradient_sizes

__all__ = ["EPOCHS", "SCORES", "TITLE", "run"]

TITLE = "all activation functions with their derivatives, and how gradients vanish"

EPOCHS = 200

POINTS = (-2.0, -0.7, 0.3, 1.5)

SCORES = (1.2, 0.9, 0.4)
"""Of three classes, for softmax."""

LECTURE = (0.46, 0.34, 0.20)
"""What softmax makes of them, as the lecture has it."""


def run(options: Options, account: Account) -> bool:
    """Show the functions, then the gradients in deep networks.

    Returns:
        Whether the derivatives are those by pencil and paper, and a neuron computes what the function does.
    """
    account.heading(f"Activations: {TITLE}")
    right = _functions(options, account)
    right &= _softmax(account)
    shrunk = _vanishing(options, account)
    pictures = Pictures(options, account)
    shown = gallery(np.random.default_rng(options.seed))
    columns, height = 4, 2.3 * -(-len(shown) // 4) + 0.4
    pictures.plot("activations.png", lambda ax: plot_activations(shown, ax, columns=columns),
                  "the gallery: each function and its derivative", size=(11.0, height))  # fmt: skip

    def draw(ax: Any) -> None:
        plot_gradient_sizes(shrunk, ax, title="The gradient on its way back from the last layer to the first")

    pictures.plot(
        "activations_vanishing.png", draw, "the size of the gradient in each layer of a deep network"
    )
    return right


def _functions(options: Options, account: Account) -> bool:
    account.say("Asked: what does each activation function compute, and what is its derivative?")
    table = rows(options.seed)
    values = [[float(row.function(x)) for x in POINTS] for row in table.values()]
    derivatives = [[derivative_of(row.function, x) for x in POINTS] for row in table.values()]
    account.table(
        ["function", "formula", *(f"f, f' at {x:g}" for x in POINTS)],
        [[name, row.formula, *(f"{f:.3f}, {df:.3f}" for f, df in zip(*pair, strict=True))]
         for (name, row), *pair in zip(table.items(), values, derivatives, strict=True)],
    )  # fmt: skip
    by_hand = [[row.derivative(x) for x in POINTS] for row in table.values()]
    right = agree("The engine's derivatives and those by pencil and paper", derivatives, by_hand, account)
    neurons = [[as_neuron(name, x, options.seed) for x in POINTS] for name in table]
    right &= agree("The functions by themselves, and as a neuron's activation", neurons, values, account)
    account.say("Where there is no derivative, one has to be chosen; it is that of the left side here:")
    kinks = [(name, row.function, row.kink) for name, row in table.items() if row.kink is not None]
    account.table(
        ["function", "at", "derivative to the left", "used", "to the right"],
        [[name, f"{at:g}", *(f"{derivative_of(f, x):g}" for x in (at - 1e-9, at, at + 1e-9))]
         for name, f, at in kinks],
    )  # fmt: skip
    neuron = learn_leak(options.epochs)
    account.say(
        "The leak a of the parametric ReLU is learned with the weights: to fit the line 2*x above 0 and x "
        f"below, it went from {LEAK} to {neuron.activation.alpha.data:.4f}, and the weight from 1 to "
        f"{neuron.w[0].data:.4f}."
    )
    return right


def _softmax(account: Account) -> bool:
    shares, lecture = ([f"{share:.2f}" for share in each] for each in (softmax(SCORES), LECTURE))
    account.say(
        f"softmax of {SCORES} is {', '.join(shares)}, in the lecture {', '.join(lecture)} (they add up to 1, "
        "so there one was cut off instead of rounded). Of two classes it is the sigmoid of the difference:"
    )
    pairs = [(first, second) for first in SCORES for second in SCORES]
    right = largest_difference(softmax(SCORES), LECTURE) < 0.02
    ours, theirs = [softmax(pair)[0] for pair in pairs], [sigmoid(first - second) for first, second in pairs]
    return right & agree("Softmax of two of them and sigmoid", ours, theirs, account)


def _vanishing(options: Options, account: Account) -> dict[str, list[float]]:
    account.say(
        f"Asked: how large is the gradient in each layer of a network with {DEPTH} hidden layers of {WIDTH} "
        f"neurons? It is that of the output by the neurons' weighted inputs, the root mean square over "
        f"{NETWORKS} networks. All biases are drawn from N(0, 1), and the weights as is usual for the "
        f"activation: {', '.join(f'{init} for {name}' for name, init in ACTIVATIONS.items())}."
    )
    account.doing = "following gradients through deep networks"
    shrunk = {name: sizes(name, options.seed) for name in ACTIVATIONS}
    account.table(
        ["layer", *shrunk],
        [
            [i, *(f"{size:.1e}" for size in row)]
            for i, row in enumerate(zip(*shrunk.values(), strict=True), 1)
        ],
    )
    account.say("Asked: why? A report on one network of sigmoids tells each layer's factor, and its cause:")
    account.quote(str(causes("sigmoid", options.seed)))
    kept = {name: (size[0] / size[-2]) ** (1 / (DEPTH - 1)) for name, size in shrunk.items()}
    each = ", ".join(f"{share:.2f} of its size with {name}" for name, share in kept.items())
    account.say(
        f"What it shows: on its way back through a layer, the gradient kept {each}. The derivative is at "
        f"most {derivative_of(sigmoid, 0.0):g} for a sigmoid; for tanh it is 1 at 0 only, for ReLU wherever "
        "it is not 0. The first layers of a deep network of sigmoids hardly learn."
    )
    return shrunk
