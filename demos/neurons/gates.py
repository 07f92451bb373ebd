"""One neuron learns AND, OR, NAND, NOR and NOT, and fails on XOR.

You will see a sigmoid neuron learn each gate from its truth table by following gradients, the line that
each one draws, and why no line does for XOR. Then Rosenblatt's perceptron of 1958 tries the same, without
gradients.
"""

import math
from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

from demos.data.truth_tables import BITS, GATES, INPUTS, TABLES, answers, error, inputs_of, right, until
from demos.runner.page import Page, share_legend
from engine import Value, dot
from nn import SGD, History, Neuron, Perceptron, binary_cross_entropy, fit
from viz import plot_decision_boundary, plot_loss

EPOCHS = 200
TRY = "`python -m demos gates --seed 1`: the lines lie elsewhere, and the same gates are learned."
GOAL = 0.1  # how far off an answer may be
PATIENCE = 100  # the most epochs of a perceptron; those gates that it can learn take far fewer

Learned = dict[str, tuple[Neuron, History]]


def learn(page: Page) -> Learned:
    """Train a neuron on each gate, all rows of its truth table in each step."""
    learned = {}
    for gate, targets in TABLES.items():
        inputs = inputs_of(targets)
        neuron = Neuron(len(inputs[0]), activation="sigmoid", rng=page.seed)
        optimizer = SGD(neuron.parameters(), lr=0.5, momentum=0.9)
        history = fit(neuron, inputs, targets, loss="binary_cross_entropy", optimizer=optimizer,
                      batch_size=None, epochs=page.epochs, callbacks=until(GOAL, targets),
                      progress=page.progress)
        learned[gate] = neuron, history
    return learned


def loss_of(neuron: Neuron, gate: str) -> Value:
    """The binary cross-entropy over the truth table of a gate."""
    loss: Value = binary_cross_entropy([neuron(x) for x in inputs_of(TABLES[gate])], TABLES[gate])
    return loss


def line(neuron: Any) -> str:
    """The equation of the line on which a neuron's sum is 0.

    >>> line(Neuron(2, init=[1.0, -2.0]))
    '1.00*x1 - 2.00*x2 + 0.00 = 0'
    """
    *weights, bias = [round(p.data, 2) + 0.0 for p in neuron.parameters()]  # never -0.00
    terms = [*((w, f"*x{i}") for i, w in enumerate(weights, start=1)), (bias, "")]
    text = "".join(f" {'-' if number < 0 else '+'} {abs(number):.2f}{name}" for number, name in terms)
    return text.removeprefix(" + ").replace(" - ", "-", 1 if text.startswith(" -") else 0) + " = 0"


def side(neuron: Any, x: Sequence[float]) -> Value:
    """A neuron's sum, 0 on its line; of a point with more coordinates than inputs only the first count."""
    found: Value = dot(neuron.w, x[: len(neuron.w)]) + neuron.b
    return found


def draw_lines(neurons: dict[str, Any], *axes: Any) -> None:
    """The line of each neuron among the inputs of its gate; NOT has one input, and is drawn along it."""
    for (gate, neuron), ax in zip(neurons.items(), axes, strict=True):
        targets = TABLES[gate]
        points = [[*x, 0.0][:2] for x in inputs_of(targets)]
        correct = sum((side(neuron, x) > 0) == target for x, target in zip(points, targets, strict=True))
        title = f"{gate}: {correct} of {len(targets)} right"
        plot_decision_boundary(partial(side, neuron), points, targets, ax, threshold=0.0, title=title)
        if len(points) == 2:
            ax.set(ylabel="", yticks=[])
    share_legend(*axes)


def run(page: Page) -> bool:
    """Train the neurons, then the perceptrons."""
    page.say(f"""
        A neuron computes y = sigmoid(w1*x1 + w2*x2 + b). It starts from random weights (seed {page.seed})
        and goes downhill on the binary cross-entropy until every answer is within {GOAL} of the truth.
    """)
    learned = learn(page)
    for inputs, gates in ((INPUTS, GATES), (BITS, ("NOT",))):
        columns = [column for gate in gates for column in (TABLES[gate], answers(learned[gate][0], inputs))]
        names = [name for gate in gates for name in (gate, "neuron")]
        rows = [[*(f"{bit:g}" for bit in x), *row] for x, *row in zip(inputs, *columns, strict=True)]
        page.table([*(f"x{i + 1}" for i in range(len(inputs[0]))), *names], rows)
    done = {gate for gate, (_, history) in learned.items() if history.stopped == "learned"}
    page.table(["gate", "right", "learned after", "its line"],
               [[gate, f"{right(neuron, TABLES[gate])} of {len(TABLES[gate])}",
                 f"{history.epochs} epochs" if gate in done else "not learned", line(neuron)]
                for gate, (neuron, history) in learned.items()])  # fmt: skip
    for gate in TABLES.keys() - done - {"XOR"}:
        off = error(learned[gate][0], TABLES[gate])
        more = f"--epochs {EPOCHS if page.epochs < EPOCHS else 2 * page.epochs}"
        page.fail(f"{gate} was not learned: an answer is off by {off:.4f}, the goal is {GOAL}. Try {more}.")
    neurons = {gate: neuron for gate, (neuron, _) in learned.items()}
    lines = partial(draw_lines, neurons)
    page.plot("gates_boundary.png", "the line that each neuron drew", lines, panels=6, columns=3)
    page.say(f"""
        A neuron draws one line, w1*x1 + w2*x2 + b = 0, and answers 1 on one side and 0 on the other. XOR
        asks for

            b < 0,  w1 + b > 0,  w2 + b > 0,  w1 + w2 + b < 0.

        Added, the two in the middle say w1 + w2 + 2*b > 0, the two at the ends that it is < 0. No line does
        both: XOR is not linearly separable. Its loss is least, log 2 = {math.log(2):.4f}, where every
        answer is one half; here it came to {learned["XOR"][1]["loss"][-1]:.4f}. A hidden layer helps:
        `python -m demos xor`.
    """)
    losses = {gate: history["loss"] for gate, (_, history) in learned.items()}
    page.plot("gates_loss.png", "the loss of each neuron in each epoch: that of XOR stays at log 2",
              partial(draw_losses, losses))
    neuron = neurons["AND"]
    answer = neuron([Value(1.0, label="x1"), Value(1.0, label="x2")])
    answer.label = "AND(1, 1)"
    neuron.zero_grad()
    answer.backward()
    page.graph("gates_graph.svg", "how the AND neuron answers (1, 1), and the gradient of that", answer)
    everything = [w for neuron in neurons.values() for w in neuron.parameters()]
    checked = page.gradcheck(
        "all six neurons", lambda: sum(loss_of(neuron, gate) for gate, neuron in neurons.items()), everything
    )
    checked &= show_perceptrons(page)
    return checked and done == TABLES.keys() - {"XOR"}


def draw_losses(losses: dict[str, list[float]], ax: Any) -> None:
    plot_loss(losses, ax, log=True, title="The loss of each gate's neuron")
    share_legend(ax)


def attempt(targets: Sequence[int], epochs: int = PATIENCE) -> tuple[Perceptron, Any]:
    """Train a perceptron on a truth table, from zero weights: it, and the mistakes of each epoch.

    >>> attempt([0, 0, 0, 1])[1].converged, attempt([0, 1, 1, 0])[1].converged
    (True, False)
    """
    inputs = inputs_of(targets)
    perceptron = Perceptron(len(inputs[0]))
    return perceptron, perceptron.fit(inputs, targets, epochs)


def show_perceptrons(page: Page) -> bool:
    """Rosenblatt's rule on each gate, and on every function of two bits."""
    page.say("""
        ## Rosenblatt's perceptron

        It answers y = sign(w1*x1 + w2*x2 + b), +1 above 0 and -1 otherwise, so it has no gradient to
        follow. Where an answer is wrong, the target t, +1 or -1, times the input is added to the weights,
        and t to the bias, until an epoch is without mistakes.
    """)
    tried = {gate: attempt(targets) for gate, targets in TABLES.items()}
    page.table(["gate", "converged in epoch", "mistakes", "its line"],
               [[gate, str(len(run.errors)) if run.converged else "never", sum(run.errors), line(perceptron)]
                for gate, (perceptron, run) in tried.items()])
    perceptrons = {gate: perceptron for gate, (perceptron, _) in tried.items()}
    page.plot("gates_perceptron.png", "the line that each perceptron drew; a point on it counts as 0",
              partial(draw_lines, perceptrons),
              panels=6, columns=3)
    functions = {targets: attempt(targets)[1].converged for targets in product((0, 1), repeat=4)}
    never = " and ".join("".join(map(str, targets)) for targets, learned in functions.items() if not learned)
    page.say(f"""
        The rule converges if a line parts the ones from the zeros, and only then. Of all {len(functions)}
        functions of two bits it learned {sum(functions.values())}; it never stopped making mistakes on
        those whose answers to 00, 01, 10, 11 are {never}: XOR and its opposite.
    """)
    return all(run.converged is (gate != "XOR") for gate, (_, run) in tried.items())
