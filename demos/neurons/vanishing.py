"""How gradients shrink on their way back through a deep network, by activation."""

from functools import partial

import numpy as np

from demos.runner.page import Page
from engine import Report
from nn import MLP, gradient_report
from viz import gradient_sizes, plot_gradient_sizes

ACTIVATIONS = {"sigmoid": "xavier_normal", "tanh": "xavier_normal", "relu": "he_normal"}
"""The activations, each with the initial weights that are made for it."""

DEPTH, WIDTH, NETWORKS, INPUTS = 10, 16, 8, 4


def deep_network(activation: str, rng: np.random.Generator) -> MLP:
    """A network of many hidden layers with random weights, and biases drawn from N(0, 1)."""
    init = ACTIVATIONS[activation]
    model = MLP(WIDTH, [WIDTH] * DEPTH + [1], activation=activation, init=init, rng=rng)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = rng.normal()
    return model


def sizes(activation: str, seed: int) -> list[float]:
    """The gradient of the output by the weighted inputs of each layer, root mean square over networks."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(NETWORKS):
        model = deep_network(activation, rng)
        model(rng.normal(size=WIDTH).tolist()).backward()
        found.append(gradient_sizes(model, of="b"))
    return [float(size) for size in np.sqrt(np.mean(np.square(found), axis=0))]


def causes(activation: str, seed: int) -> Report:
    """The gradient report of the first of these networks: each layer's factor and its cause."""
    rng = np.random.default_rng(seed)
    model = deep_network(activation, rng)
    output = sum(model(rng.normal(size=WIDTH).tolist()) for _ in range(INPUTS)) / INPUTS
    output.label = "output"
    return gradient_report(model, output)


def show_vanishing(page: Page) -> None:
    """The size of the gradient in each layer, in a table and a plot, and why it is so small."""
    page.say(f"""
        ## The vanishing gradient

        Networks of {DEPTH} hidden layers of {WIDTH} neurons get random weights, as is usual for each
        activation, and random biases. How large is the gradient of the output in each layer?
    """)
    found = {name: sizes(name, page.seed) for name in ACTIVATIONS}
    rows = enumerate(zip(*found.values(), strict=True), start=1)
    page.table(["layer", *found], [[i, *(f"{size:.1e}" for size in row)] for i, row in rows])
    draw = partial(plot_gradient_sizes, found, title="The gradient in each layer")
    page.plot("activations_vanishing.png", "the size of the gradient in each layer of a deep network", draw)
    kept = {name: (size[0] / size[-2]) ** (1 / (DEPTH - 1)) for name, size in found.items()}
    page.say(f"""
        On its way back through a layer the gradient keeps {kept["sigmoid"]:.2f} of its size with sigmoids,
        {kept["tanh"]:.2f} with tanh and {kept["relu"]:.2f} with relus. The derivative of a sigmoid is at
        most 0.25; that of tanh is 1 at 0 only, that of a relu wherever it is not 0. So the first layers of
        a deep network of sigmoids hardly learn. A report on one of them tells each layer's factor and its
        cause:
    """)
    page.code(str(causes("sigmoid", page.seed)))
