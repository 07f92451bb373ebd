"""Seven networks built by hand, their formulas compared with the engine.

You will see what the lectures derive with pencil and paper, sums for single weights, matrices for layers,
loops for training, computed as they write it; and an engine that knows of none of it find the same numbers.
"""

import inspect
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from demos.data.truth_tables import GATES, INPUTS
from demos.networks.layers import by_engine, by_matrices, by_sums, matrices, random_biases, sigmoid_network
from demos.networks.salary import PEOPLE, SCALES, eight_lines, network, start
from demos.runner.page import Page
from engine import no_grad
from nn import MLP, SGD, History, Neuron, fit, half_squared_error
from viz import plot_loss

EPOCHS = 5000
TRY = "`python -m demos networks --epochs 20`, and look at the salaries and at the truth tables again."
X, T = [1.0, -0.5, 0.25], [1.0, 0.0]  # one example for the networks of which only gradients are compared


def run(page: Page) -> bool:
    """Show one network after the other."""
    page.say(f"""
        The engine multiplies local gradients from node to node; it has not heard of layers or matrices. The
        weights are random (seed {page.seed}), but where the lecture gives a seed of its own.
    """)
    parts = (weighted_sums, counting, cost_curve, salaries, delta_rule, three_layers, any_depth)
    right = [part(page) for part in parts]
    return all(right)


def train(
    model: MLP, X: Any, t: Any, loss: str, lr: float, iterations: int, page: Page, jit: bool = True
) -> History:
    """Plain gradient descent on all examples at once."""
    return fit(model, X, t, loss=loss, optimizer=SGD(model.parameters(), lr=lr), batch_size=None, jit=jit,
               epochs=min(iterations, page.epochs), progress=page.progress)


def weighted_sums(page: Page) -> bool:
    """S-531: R^5 to R^3 to R^1 without activation."""
    page.say("""
        ## 5-3-1, no activation: one neuron at a time, and y = W x + b

        The outputs of the three neurons and of the one behind them, each by itself and as a row of W x + b:
    """)
    rng = np.random.default_rng(page.seed)
    model = random_biases(MLP(5, [3, 1], activation="linear", rng=rng), rng)
    X = rng.uniform(-1, 1, (20, 5))
    t = X @ rng.normal(size=5) + 0.5 + 0.2 * rng.normal(size=20)
    h, y = X[0].tolist(), X[0]
    rows = []
    for number, (layer, W, b) in enumerate(zip(model.layers, *matrices(model), strict=True), start=1):
        h, y = [neuron(h).data for neuron in layer.neurons], W @ y + b
        rows += [[f"layer {number}, neuron {i + 1}", h[i], float(y[i])] for i in range(len(h))]
    page.table(["neuron", "by itself", "row of W x + b"],
               [[name, f"{a:.15f}", f"{b:.15f}"] for name, a, b in rows])
    right = page.claim("They are the same.", [row[1] for row in rows], [row[2] for row in rows])
    history = train(model, X, t, "mse", 0.05, 400, page)
    ones = np.column_stack([X, np.ones(len(X))])
    best = float(np.mean((ones @ np.linalg.lstsq(ones, t)[0] - t) ** 2))
    costs = history["loss"]
    page.say(f"""
        Trained on 20 noisy examples of a weighted sum, C = sum((y - t)**2) / N goes from {costs[0]:.4f} to
        {costs[-1]:.4f}; the least that any weighted sum can reach is {best:.4f}. Without an activation
        between them, two layers can do no more than one.
    """)
    curves = {"the network": costs, "least squares": [best] * len(costs)}
    page.plot("networks_531_cost.png", "the cost of the 5-3-1 network, and the least there is",
              partial(plot_loss, curves, log=True, title="5-3-1: the cost", xlabel="step", ylabel="cost"))
    return right and costs[-1] < costs[0]


def counting(page: Page) -> bool:
    """S-352: how many parameters."""
    i, h, o = 3, 5, 2
    model = MLP(i, [h, o], activation="sigmoid", rng=page.seed)
    expected, counted = (i * h + h * o) + (h + o), model.num_parameters()
    page.say(f"""
        ## 3-5-2: how many parameters?

        A weight for each line and a bias for each neuron: (3*5 + 5*2) + (5 + 2) = {expected}. The network
        says {counted}.
    """)
    page.graph("networks_352.svg", f"the network of {counted} parameters: a line for each weight", model)
    return counted == expected or page.fail(f"It has {counted} parameters, the formula says {expected}.")


def cost_curve(page: Page) -> bool:
    """S-252: sigmoids throughout, the cost over 5,000 iterations."""
    page.say("""
        ## 2-5-2, sigmoid everywhere: 5,000 iterations

        The two outputs are to say x1 AND x2, and x1 OR x2. With C = 1/2 * sum((y_hat - y)**2) and alpha =
        0.01, all four examples in each iteration:
    """)
    model = MLP(2, [5, 2], activation="sigmoid", output_activation="sigmoid", rng=page.seed)
    targets = list(zip(GATES["AND"], GATES["OR"], strict=True))
    costs = train(model, INPUTS, targets, "half_squared_error", 0.01, 5000, page)["loss"]
    with no_grad():
        rows = [[f"{a:g}", f"{b:g}", y[0], float(p), y[1], float(q)]
                for (a, b), y in zip(INPUTS, targets, strict=True) for p, q in [model([a, b])]]
    page.table(["x1", "x2", "AND", "output 1", "OR", "output 2"], rows)
    page.plot("networks_252_cost.png", "the cost of the 2-5-2 network in each iteration",
              partial(plot_loss, costs, title="2-5-2: the cost", xlabel="iteration", ylabel="cost"))
    if not all(after < before for before, after in pairwise(costs)):
        return page.fail("The cost of the 2-5-2 network did not fall in every iteration.")
    page.say(f"The cost went from {costs[0]:.4f} to {costs[-1]:.4f}, and fell in every iteration.")
    return True


def salaries(page: Page) -> bool:
    """S-231: eight lines of matrices, and the same in scalars."""
    iterations = min(1000, page.epochs)
    page.say(f"""
        ## 2-3-1, sigmoid, no biases: age and experience to salary

        The lecture's training loop, from np.random.seed(1), {iterations} iterations over six people with
        step 1:
    """)
    loop = inspect.getsource(eight_lines).split("range(iterations):\n")[1].splitlines()[:-1]
    page.code("\n".join(line[8:] for line in loop))
    X, t = (PEOPLE / SCALES)[:, :2], (PEOPLE / SCALES)[:, 2:]
    model = network()
    train(model, X, t[:, 0], "half_squared_error", 1.0, iterations, page, jit=False)
    people = zip(PEOPLE, (100 * model(x).data for x in X.tolist()), strict=True)
    page.table(["age", "experience", "salary", "network"],
               [[*(f"{number:g}" for number in person), f"{answer:.2f}"] for person, answer in people])
    found = [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T for layer in model.layers]
    return page.claim(
        "The engine, which works in scalars and finds its own gradients, ends at the same nine weights.",
        np.concatenate([W.ravel() for W in found]),
        np.concatenate([W.ravel() for W in eight_lines(X, t, *start(), iterations)]),
    )


def delta_rule(page: Page) -> bool:
    """S-NEURON: the delta rule of one sigmoid neuron."""
    page.say("""
        ## One sigmoid neuron: the delta rule

        With E = 1/2 * (t - y)**2 the chain rule gives dE/dw = (y - t) * y * (1 - y) * x for each weight:
    """)
    x, t, eta, steps = np.array([1.0, -0.5, 2.0]), 0.9, 0.5, 100
    neuron = Neuron(3, activation="sigmoid", rng=page.seed, bias=False)
    w = np.array([weight.data for weight in neuron.w])

    def rule(w: Any) -> Any:
        y = 1 / (1 + np.exp(-w @ x))
        return (y - t) * y * (1 - y) * x

    optimizer = SGD(neuron.parameters(), lr=eta)
    engine = []
    for _ in range(steps):
        optimizer.zero_grad()
        half_squared_error(neuron(x.tolist()), t).backward()
        engine.append([weight.grad for weight in neuron.w])
        optimizer.step()
    page.table(["weight", "x", "by the rule", "by the engine"],
               [[f"w{i + 1}", f"{x[i]:g}", f"{rule(w)[i]:+.12f}", f"{engine[0][i]:+.12f}"] for i in range(3)])
    by_rule = []
    for _ in range(steps):
        by_rule.append(rule(w))
        w = w - eta * by_rule[-1]
    return page.claim(
        f"They stay the same, and so do the weights, for {steps} steps of w - {eta} * dE/dw.",
        [*engine, [weight.data for weight in neuron.w]],
        [*by_rule, w],
    )


def three_layers(page: Page) -> bool:
    """S-3LAYER: sums for the weights of a network with one hidden layer."""
    page.say("""
        ## 3-4-2, all sigmoid: a sum for each weight

        By a weight w' of the outputs, and by a weight w of the hidden layer:

            dE/dw'_ij = (y_j - t_j) * y_j * (1 - y_j) * h_i
            dE/dw_ki  = sum over j of [(y_j - t_j) * y_j * (1 - y_j) * w'_ij] * h_i * (1 - h_i) * x_k
    """)
    model = sigmoid_network([3, 4, 2], page.seed)
    hidden, output = by_sums(model, X, T)
    engine = by_engine(model, X, T).dW
    return page.claim(
        "For each of the 12 + 8 weights the sum is the engine's gradient.",
        np.concatenate([hidden.ravel(), output.ravel()]),
        np.concatenate([dW.ravel() for dW in engine]),
    )


def any_depth(page: Page) -> bool:
    """S-L: the general algorithm."""
    page.say("""
        ## L hidden layers: the general algorithm

        Forward, h = s(W h_before + b), layer by layer; then backward, from dh = y - t:

            dz = dh * s'(z),   db = dz,   dW = dz h_before^T,   dh_before = W^T dz
    """)
    rows, right = [], True
    for depth in (1, 2, 3, 5, 8):
        model = sigmoid_network([3, *[4] * depth, 2], page.seed)
        found, expected = (np.concatenate([each.ravel() for each in (*way.dW, *way.db)])
                           for way in (by_matrices(model, X, T), by_engine(model, X, T)))
        right &= page.claim("", found, expected)
        off = np.abs(found - expected).max()
        rows.append([depth, len(found), f"{np.abs(expected).max():.1e}", f"{off:.1e}"])
    page.table(["hidden layers", "gradients", "largest", "off the engine's by at most"], rows)
    if right:
        page.say("Neuron by neuron, as sums, as matrices or node by node: it is one computation.")
    return right
