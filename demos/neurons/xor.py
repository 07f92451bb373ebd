"""A network with one hidden layer learns XOR, which no single neuron can.

You will see a network of random weights go downhill on its cost until all four answers are right, the graph
behind one answer, the bent boundary that it drew, the landscape of its cost over two of the weights, and
what a weight and a bias do to one neuron.
"""

import math
from functools import cache, partial
from typing import Any

from demos.data.truth_tables import GATES, INPUTS, answers, error, right, until
from demos.runner.page import Page, share_legend
from engine import Value, no_grad, sigmoid
from nn import MLP, SGD, History, binary_cross_entropy, fit
from viz import plot_decision_boundary, plot_loss, plot_loss_surface
from viz.plots.axes import finished, looks

EPOCHS = 500
TRY = "`python -m demos xor --epochs 10`, which is too few: which of the four answers comes last?"
GOAL = 0.05  # how far off an answer may be
HIDDEN = 6  # two can represent XOR, but then half of all starts get stuck; of 4, one in a hundred; of 6, none
XOR = GATES["XOR"]
RESOLUTION = 41
WEIGHTS, BIASES = (0.5, 1.0, 2.0, 5.0), (-4.0, -2.0, 0.0, 4.0)


def learn(page: Page) -> tuple[MLP, History]:
    """Train a network on XOR, all four examples in each step."""
    kinds = {"activation": "tanh", "output_activation": "sigmoid", "init": "xavier_uniform"}
    model = MLP(2, [HIDDEN, 1], **kinds, rng=page.seed)
    history = fit(model, INPUTS, XOR, loss="binary_cross_entropy", batch_size=None, epochs=page.epochs,
                  optimizer=SGD(model.parameters(), lr=0.3, momentum=0.9), callbacks=until(GOAL, XOR),
                  progress=page.progress)  # fmt: skip
    return model, history


def cost(model: MLP) -> Value:
    """The binary cross-entropy over the truth table."""
    value: Value = binary_cross_entropy([model(x) for x in INPUTS], XOR)
    return value


def run(page: Page) -> bool:
    """Train the network, check its gradients, and look at it from all sides."""
    page.say(f"""
        The network has {HIDDEN} tanh neurons and a sigmoid neuron behind them. It starts from random
        weights (seed {page.seed}). In each step the gradient of the binary cross-entropy says which way is
        up, and every weight goes a little down.
    """)
    model, history = learn(page)
    rows = zip(INPUTS, XOR, answers(model), strict=True)
    page.table(["x1", "x2", "XOR", "network"], [[f"{a:g}", f"{b:g}", t, y] for (a, b), t, y in rows])
    took = f"{history.epochs} epoch{'s' if history.epochs > 1 else ''}"
    learned = history.stopped == "learned"
    if learned:
        page.say(f"After {took} every answer is within {GOAL} of the truth.")
    else:
        more = f"--epochs {EPOCHS if page.epochs < EPOCHS else 2 * page.epochs}"
        off = f"{right(model, XOR)} of 4 are right, the worst answer is off by {error(model, XOR):.4f}"
        page.fail(f"XOR was not learned in {took}: {off}. Try {more}, or another start, --seed N.")
    draw = partial(plot_loss, history["loss"], log=True, title="XOR: the cost while learning", ylabel="cost")
    page.plot("xor_loss.png", "the cost in each epoch", draw)
    page.say("""
        No straight line parts the ones of XOR from its zeros (`python -m demos gates`). Each hidden neuron
        draws a line of its own, and the last neuron puts them together to a boundary that bends.
    """)

    def draw_boundary(ax: Any) -> None:
        plot_decision_boundary(model, INPUTS, XOR, ax, title=f"{right(model, XOR)} of 4 right")
        share_legend(ax)

    page.plot("xor_boundary.png", "where the network answers 0 and where 1", draw_boundary)
    answer = model([Value(1.0, label="x1"), Value(1.0, label="x2")])
    answer.label = "XOR(1, 1)"
    model.zero_grad()
    answer.backward()
    caption = "how the network answers (1, 1): a box for each neuron, one of them opened to its operators"
    page.graph("xor_graph.svg", caption, answer, fold="neurons", expand="layers.0.neurons.0")
    checked = page.gradcheck("the trained network", lambda: cost(model), model.parameters())
    show_cost(model, page)
    show_weight_and_bias(page)
    return learned and checked


def show_cost(model: MLP, page: Page) -> None:
    """The cost as a surface over the two weights of the hidden neuron that the output listens to most."""
    hidden, output = model.layers
    heard = [abs(w.data) for w in output.neurons[0].w]
    which = heard.index(max(heard))
    pair = hidden.neurons[which].w
    here = (pair[0].data, pair[1].data)

    def at(w1: float, w2: float) -> Value:
        pair[0].data, pair[1].data = w1, w2
        try:
            return cost(model)
        finally:
            pair[0].data, pair[1].data = here

    page.say(f"""
        ## The landscape that it walked down

        Hold all weights as they were learned, and move the two of hidden neuron {which + 1}: the cost is a
        surface.
    """)
    far = tuple(number - math.copysign(8.0, number) for number in here)
    rows = []
    for name, place in {"where training ended": here, "both zero": (0.0, 0.0), "far across": far}.items():
        model.zero_grad()
        height = at(*place)
        height.backward()
        rows.append([name, *place, height.data, f"{math.hypot(pair[0].grad, pair[1].grad):.1e}"])
    page.table(["place", "w1", "w2", "cost", "size of the gradient"], rows)
    page.say("""
        It is no bowl. Far out, where the tanh of the neuron is flat, so is the cost: however high it is
        there, next to no gradient leads back.
    """)
    height = cache(lambda x, y: at(x, y).data)  # both pictures show the same heights
    ends = [(number - 8.0, number + 8.0) for number in here]
    names = {"xlabel": "weight of $x_1$", "ylabel": "weight of $x_2$"}

    draw = partial(plot_loss_surface, height, *ends, resolution=RESOLUTION, colorbar="cost", **names)

    def from_above(ax: Any) -> None:
        draw(ax, title="From above")
        ax.plot(*here, "X", color="black", markersize=10, label="where training ended")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)

    page.plot("xor_cost.png", "the cost as a surface over two of the weights",
              lambda ax: draw(ax, title="The XOR cost over two weights").set_zlabel("cost", labelpad=8),
              projection="3d")  # fmt: skip
    page.plot("xor_cost_contours.png", "the same from above, darker where higher", from_above)


def show_weight_and_bias(page: Page) -> None:
    """What the weight and the bias do to y = sigmoid(w*x + b)."""
    page.say("""
        ## What a weight does, and what a bias

        One neuron of one input, y = sigmoid(w*x + b), with each of the two changed alone. Its answer is one
        half at x = -b/w, and there its derivative by x is w/4:
    """)
    cases = [*((w, 0.0) for w in WEIGHTS), *((1.0, b) for b in BIASES)]
    page.table(["w", "b", "one half at x", "derivative there"],
               [[f"{w:g}", f"{b:g}", -b / w + 0.0, steepness(w, b)] for w, b in cases])  # fmt: skip
    page.say("""
        The weight makes the curve steeper, the bias shifts it sideways. Without biases every line that a
        neuron draws would go through the origin.
    """)
    caption = "one sigmoid with other weights, and with other biases"
    page.plot("xor_weight_bias.png", caption, draw_curves, panels=2)


def draw_curves(*axes: Any) -> None:
    """The sigmoids with other weights, and those with other biases."""
    titles = ("The weight: steeper (b = 0)", "The bias: shifted (w = 1)")
    xs = [x / 12.5 for x in range(-100, 101)]
    for ax, title, name, numbers in zip(axes, titles, "wb", (WEIGHTS, BIASES), strict=True):
        for i, number in enumerate(numbers):
            w, b = (number, 0.0) if name == "w" else (1.0, number)
            with no_grad():
                ax.plot(xs, [float(sigmoid(w * x + b)) for x in xs], label=f"{name} = {number:g}", **looks(i))
        finished(ax, title=title, xlabel="x", ylabel="sigmoid(w*x + b)")


def steepness(w: float, b: float) -> float:
    """The derivative of the curve where it is one half, by the engine.

    >>> steepness(2.0, 4.0)
    0.5
    """
    x = Value(-b / w)
    sigmoid(w * x + b).backward()
    return x.grad
