"""The gradient of one weight as a sum over all paths from it to the cost.

Along each path the local gradients are multiplied; the sum of the products is the derivative. A small
network has few paths, and they are listed. In a deeper one they are too many to list, but not to count:
going through the graph once, node by node, is enough, and that is also how backpropagation adds them up.
"""

import math
from typing import Any

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import Value, paths, topological_order
from nn import MLP, half_squared_error

__all__ = ["DEPTHS", "EPOCHS", "TITLE", "deep_graph", "run", "small_graph"]

TITLE = "the gradient of one weight as a sum over all paths from it to the cost"

EPOCHS = 0

DEPTHS = range(1, 13)
"""Hidden layers of the networks in which paths are counted, four neurons in each."""


def small_graph(seed: int) -> tuple[Value, Value]:
    """A weight in the first layer of a labelled 2-2-3-2 network, and its cost ½Σ(y - t)².

    >>> weight, cost = small_graph(0)
    >>> weight.label, cost.label, paths(cost, weight).count
    ('w', 'C', 6)
    """
    model = MLP(2, [2, 3, 2], activation="tanh", output_activation="sigmoid", rng=seed, bias=False)
    a: list[Value] = [Value(0.5), Value(-1.0)]
    for layer, name in zip(model.layers, "ghy", strict=True):
        a = layer(a)
        for i, node in enumerate(a, 1):
            node.label = f"{name}{i}"
    cost = half_squared_error(a, [1.0, 0.0])
    cost.label = "C"
    weight = model.layers[0].neurons[0].w[0]
    weight.label = "w"
    return weight, cost


def deep_graph(depth: int, seed: int) -> tuple[Value, Value]:
    """A weight in the first layer of a network with that many hidden layers of four neurons, and its output.

    >>> weight, output = deep_graph(3, seed=0)
    >>> paths(output, weight).count
    16
    """
    model = MLP(2, [4] * depth + [1], activation="tanh", rng=seed)
    return model.layers[0].neurons[0].w[0], model([0.5, -1.0])


def run(options: Options, account: Account) -> bool:
    """List the paths of a small network, and count those of deeper ones.

    Returns:
        Whether the products of the paths add up to the gradient.
    """
    account.heading(f"Paths: {TITLE}")
    account.say(
        f"Asked: in which ways does one weight of a 2-2-3-2 network (random weights, seed {options.seed}) "
        "reach the cost, and what does each contribute? w is a weight of neuron g1; h and y are the "
        "neurons of the next layers; C is the cost."
    )
    weight, cost = small_graph(options.seed)
    cost.backward()
    found = paths(cost, weight, k=None)
    account.table(
        ["path", "local gradients along it, but those that are 1", "product"],
        [[" > ".join(node.label for node in path.nodes if node.label),
          " * ".join(f"{factor:.3f}" for factor in path.local_grads if factor != 1.0),
          f"{path.product:+.6f}"] for path in found],
    )  # fmt: skip
    total_product = math.fsum(path.product for path in found)
    account.say(f"The sum of the products is {total_product:+.6f}.")
    account.say(
        f"Positive products add up to {found.positive:+.6f} and negative ones to {found.negative:+.6f}, so "
        f"{found.cancellation:.0%} of their size cancels. The largest carries "
        f"{found[0].product / weight.grad:.0%} of the gradient; its narrowest place is a local gradient of "
        f"{found[0].narrowest()}."
    )
    right = agree("The sum and w.grad", total_product, weight.grad, account)
    deep = {depth: deep_graph(depth, options.seed) for depth in DEPTHS}
    numbers = {depth: paths(root, weight, k=1).count for depth, (weight, root) in deep.items()}
    edges = {
        depth: sum(len(node._children) for node in topological_order(root))
        for depth, (_, root) in deep.items()
    }
    account.say("Asked: how many paths are there in networks with more layers, of four neurons each?")
    account.table(
        ["hidden layers", "paths from one weight", "edges of the whole graph"],
        [[depth, f"{numbers[depth]:,}", f"{edges[depth]:,}"] for depth in DEPTHS],
    )
    account.say(
        "What it shows: every layer multiplies the number of paths by its width, but adds the same number "
        "of edges. Backpropagation passes each edge once, with the sum of all that comes after it, and so "
        f"adds up {numbers[max(DEPTHS)]:,} products with {edges[max(DEPTHS)]:,} multiplications, for all "
        "weights together."
    )
    pictures = Pictures(options, account)
    caption = "the small network's graph: follow w to C in every way; the thick one contributes most"
    pictures.graph("paths_graph.svg", cost, caption, fold="operators", rankdir="TB", highlight=found[0])

    def draw(ax: Any) -> None:
        ax.semilogy(DEPTHS, numbers.values(), "-o", color="#d55e00", label="paths from one weight")
        ax.semilogy(DEPTHS, edges.values(), "--s", color="#0072b2", label="edges of the whole graph")
        ax.set(title="Paths and edges", xlabel="hidden layers of four neurons", ylabel="number")
        ax.grid(alpha=0.3)
        ax.legend()

    pictures.plot("paths_count.png", draw, "how the paths multiply while the edges add up")
    return right
