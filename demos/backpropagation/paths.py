"""The gradient of one weight as a sum over all paths from it to the cost.

You will see every way in which a weight of a small network reaches the cost, what each contributes, and
that the contributions add up to the gradient. In deeper networks the paths are too many to list, but not to
add up.
"""

import math
from functools import partial
from typing import Any

from demos.runner.page import Page
from engine import Value, paths, topological_order
from nn import MLP, half_squared_error
from viz.plots.axes import COLOURS, finished

EPOCHS = 0
TRY = "`python -m demos paths --seed 3`: does another path carry most of the gradient?"
DEPTHS = range(1, 13)  # hidden layers of the networks in which paths are counted, four neurons in each


def small_graph(seed: int) -> tuple[Value, Value]:
    """A weight in the first layer of a labelled 2-2-3-2 network, and its cost ½Σ(y - t)²."""
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
    """A weight in the first layer of a network with hidden layers of four neurons, and its output."""
    model = MLP(2, [4] * depth + [1], activation="tanh", rng=seed)
    return model.layers[0].neurons[0].w[0], model([0.5, -1.0])


def run(page: Page) -> bool:
    """List the paths of a small network, and count those of deeper ones."""
    page.say(f"""
        In a 2-2-3-2 network (random weights, seed {page.seed}) w is a weight of neuron g1, h and y are the
        neurons of the next layers, and C is the cost. Along each path the local gradients are multiplied;
        those that are 1 are left out:
    """)
    weight, cost = small_graph(page.seed)
    cost.backward()
    found = paths(cost, weight, k=None)
    page.table(["path", "local gradients", "product"],
               [[" > ".join(node.label for node in path.nodes if node.label),
                 " * ".join(f"{factor:.3f}" for factor in path.local_grads if factor != 1.0),
                 f"{path.product:+.6f}"] for path in found])  # fmt: skip
    total = math.fsum(path.product for path in found)
    page.graph("paths_graph.svg", "follow w to C in every way; the thick one contributes most", cost,
               fold="neurons", rankdir="TB", highlight=found[0])
    right = page.claim(f"The products add up to {total:+.6f}, which is w.grad as backward() finds it.",
                       total, weight.grad)
    page.say(f"""
        Positive ones add up to {found.positive:+.6f} and negative ones to {found.negative:+.6f}, so
        {found.cancellation:.0%} of their size cancels. The largest carries
        {found[0].product / weight.grad:.0%} of the gradient; its narrowest place is a local gradient of
        {found[0].narrowest()}.

        ## More layers, more paths

        In networks of four neurons a layer:
    """)
    deep = {depth: deep_graph(depth, page.seed) for depth in DEPTHS}
    count = {depth: paths(root, weight, k=1).count for depth, (weight, root) in deep.items()}
    edges = {depth: sum(len(node._children) for node in topological_order(root))
             for depth, (_, root) in deep.items()}  # fmt: skip
    page.table(["hidden layers", "paths from one weight", "edges of the whole graph"],
               [[depth, f"{count[depth]:,}", f"{edges[depth]:,}"] for depth in DEPTHS])
    draw = partial(draw_counts, count, edges)
    page.plot("paths_count.png", "the paths multiply while the edges add up", draw)
    page.say(f"""
        Every layer multiplies the number of paths by its width, but adds the same number of edges.
        Backpropagation passes each edge once, with the sum of all that comes after it: it adds up
        {count[max(DEPTHS)]:,} products with {edges[max(DEPTHS)]:,} multiplications, and that for all
        weights together.
    """)
    return right


def draw_counts(count: dict[int, int], edges: dict[int, int], ax: Any) -> None:
    """Both numbers against the depth."""
    ax.plot(count.keys(), count.values(), "-o", color=COLOURS[1], label="paths from one weight")
    ax.plot(edges.keys(), edges.values(), "--s", color=COLOURS[0], label="edges of the whole graph")
    finished(ax, log=True, title="Paths and edges", xlabel="hidden layers of four neurons", ylabel="number")
