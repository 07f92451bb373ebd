"""Five inputs, three neurons, one output, no activation: neuron by neuron, and as y = W x + b."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from demos.networks.sigmoid_network import matrices
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from demos.runner.train_to_goal import train
from engine import Value
from nn import MLP, SGD, mse
from viz import plot_loss

__all__ = [
    "EPOCHS",
    "ETA",
    "EXAMPLES",
    "by_matrices",
    "data",
    "learn",
    "neuron_by_neuron",
    "random_network",
    "show",
]

EPOCHS = 400
EXAMPLES = 20
ETA = 0.05

Array = npt.NDArray[np.float64]


def random_network(rng: np.random.Generator) -> MLP:
    """A 5-3-1 network without activation; the biases are random like the weights.

    >>> random_network(np.random.default_rng(0)).num_parameters()
    22
    """
    model = MLP(5, [3, 1], activation="linear", rng=rng)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = rng.uniform(-1, 1)
    return model


def neuron_by_neuron(model: MLP, x: Sequence[float]) -> list[list[Value]]:
    """The outputs of each layer, neuron by neuron.

    >>> [len(layer) for layer in neuron_by_neuron(random_network(np.random.default_rng(0)), [1.0] * 5)]
    [3, 1]
    """
    found: list[list[Value]] = []
    for layer in model.layers:
        found.append([neuron(found[-1] if found else x) for neuron in layer.neurons])
    return found


def by_matrices(model: MLP, x: Sequence[float]) -> list[Array]:
    """The outputs of each layer by y = W x + b.

    >>> [y.shape for y in by_matrices(random_network(np.random.default_rng(0)), [1.0] * 5)]
    [(3,), (1,)]
    """
    found: list[Array] = []
    for W, b in zip(*matrices(model), strict=True):
        found.append(W @ (found[-1] if found else np.array(x)) + b)
    return found


def data(rng: np.random.Generator) -> tuple[Array, Array]:
    """Random samples: five numbers each, and their weighted sum with some noise as target.

    >>> X, t = data(np.random.default_rng(0))
    >>> X.shape, t.shape
    ((20, 5), (20,))
    """
    X = rng.uniform(-1, 1, (EXAMPLES, 5))
    return X, X @ rng.normal(size=5) + 0.5 + 0.2 * rng.normal(size=EXAMPLES)


def learn(model: MLP, X: Array, t: Array, epochs: int, account: Account) -> list[float]:
    """Train with the cost C = Σ(y - t)² / N.

    Returns:
        The cost before each step, and after the last.

    >>> rng = np.random.default_rng(0)
    >>> costs = learn(random_network(rng), *data(rng), 2, Account())
    >>> costs[0] > costs[1] > costs[2]
    True
    """

    def cost() -> Value:
        value: Value = mse([model(x) for x in X.tolist()], t.tolist())
        return value

    optimizer = SGD(model.parameters(), lr=ETA)
    title = "the 5-3-1 network"
    training = train(title, cost, optimizer, epochs=epochs, goal=lambda: False, account=account)
    return [*training.losses, cost().data]


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Compare the neurons with the matrices, then train the network.

    Returns:
        Whether they agree, and the cost came down.
    """
    account.heading("5-3-1, no activation: one neuron at a time, and y = W x + b")
    rng = np.random.default_rng(options.seed)
    model = random_network(rng)
    X, t = data(rng)
    neurons, layers = neuron_by_neuron(model, X[0].tolist()), by_matrices(model, X[0].tolist())
    account.table(
        ["neuron", "by itself", "row of W x + b"],
        [[f"layer {layer}, neuron {i}", f"{neuron.data:.15f}", f"{number:.15f}"]
         for layer, pair in enumerate(zip(neurons, layers, strict=True), 1)
         for i, (neuron, number) in enumerate(zip(*pair, strict=True), 1)],
    )  # fmt: skip
    found = np.concatenate([[neuron.data for neuron in layer] for layer in neurons])
    right = agree("The four neurons and the matrices", found, np.concatenate(layers), account)
    costs = learn(model, X, t, min(EPOCHS, options.epochs), account)
    with_ones = np.column_stack([X, np.ones(EXAMPLES)])
    best = float(np.mean((with_ones @ np.linalg.lstsq(with_ones, t)[0] - t) ** 2))
    account.say(
        f"Trained on {EXAMPLES} noisy examples of a weighted sum, C = sum((y - t)**2) / N went from "
        f"{costs[0]:.4f} to {costs[-1]:.4f} in {len(costs) - 1} steps; the least that any weighted sum can "
        f"reach is {best:.4f}. Without an activation between them, two layers can do no more than one."
    )

    def draw(ax: object) -> None:
        plot_loss({"the network": costs, "least squares": [best] * len(costs)}, ax, log=True,
                  title="5-3-1: the cost while learning", xlabel="step", ylabel="cost")  # fmt: skip

    pictures.plot("networks_531_cost.png", draw, "the cost of the 5-3-1 network, and the least there is")
    return right and costs[-1] < costs[0]
