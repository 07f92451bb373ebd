"""One neuron learns AND, OR, NAND and NOR, and fails on XOR.

Each neuron, y = sigmoid(w1*x1 + w2*x2 + b), starts from random weights and goes downhill on the binary
cross-entropy until each of its four answers is within 0.1 of the truth. Written are the graph of one answer,
the losses in each epoch, and the lines the neurons drew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.common.account import Account
from demos.common.checking import check_gradients
from demos.common.logic import GATES, INPUTS, answers, error, right
from demos.common.options import Options
from demos.common.pictures import Pictures, share_legend
from demos.common.training import Training, train
from engine import Value, dot, log
from nn import SGD, Neuron, binary_cross_entropy
from viz import plot_decision_boundary, plot_loss

__all__ = ["EPOCHS", "GOAL", "TITLE", "Learned", "learn", "loss_of", "run"]

TITLE = "one neuron learns AND, OR, NAND and NOR, and fails on XOR"

EPOCHS = 200

GOAL = 0.1
"""How far off an answer may be."""

IMPOSSIBLE = "XOR"


@dataclass(frozen=True)
class Learned:
    """A neuron that was trained on a gate, and how that went."""

    gate: str
    neuron: Neuron
    training: Training

    def loss(self) -> Value:
        """The loss as it is now."""
        return loss_of(self.neuron, self.gate)

    def side(self, x: Sequence[float]) -> Value:
        """On which side of the neuron's line a point lies: the sum before the sigmoid, 0 on the line.

        It has a sign also where the sigmoid of it rounds to one half.
        """
        neuron = self.neuron
        side: Value = dot(neuron.w, x) + neuron.b
        return side

    @property
    def line(self) -> str:
        """The equation of the neuron's line."""
        w1, w2, b = (parameter.data for parameter in self.neuron.parameters())
        signs = ["-" if number < 0 else "+" for number in (w2, b)]
        return f"{w1:.2f}*x1 {signs[0]} {abs(w2):.2f}*x2 {signs[1]} {abs(b):.2f} = 0"

    @property
    def right(self) -> int:
        """How many of the four answers are right."""
        return right(self.neuron, GATES[self.gate])


def loss_of(neuron: Neuron, gate: str) -> Value:
    """The binary cross-entropy of a neuron over the truth table of a gate.

    >>> round(loss_of(Neuron(2, activation="sigmoid", init="zeros"), "AND").data, 6)  # log 2
    0.693147
    """
    loss: Value = binary_cross_entropy([neuron(x) for x in INPUTS], GATES[gate])
    return loss


def learn(gate: str, rng: np.random.Generator, epochs: int, account: Account) -> Learned:
    """A neuron trained on a gate from random weights.

    >>> learn("OR", np.random.default_rng(0), EPOCHS, Account()).right
    4
    """
    neuron = Neuron(2, activation="sigmoid", rng=rng)
    training = train(
        f"the {gate} neuron",
        lambda: loss_of(neuron, gate),
        SGD(neuron.parameters(), lr=0.5, momentum=0.9),
        epochs=epochs,
        goal=lambda: error(neuron, GATES[gate]) < GOAL,
        account=account,
    )
    return Learned(gate, neuron, training)


def run(options: Options, account: Account) -> bool:
    """Train, check and show a neuron for each gate.

    Args:
        options: the choices of this run.
        account: told what was asked, what came out and what it shows.

    Returns:
        Whether all gates but XOR were learned, XOR was not, and the gradients are right.
    """
    account.heading(f"Gates: {TITLE}")
    account.say(
        "Asked: can a single neuron, y = sigmoid(w1*x1 + w2*x2 + b), learn each gate from its truth table? "
        f"Each starts from random weights (seed {options.seed}) and goes downhill on the binary "
        f"cross-entropy until every answer is within {GOAL} of the truth, for {options.epochs} epochs "
        "at most."
    )
    account.say()
    rng = np.random.default_rng(options.seed)
    learned = [learn(gate, rng, options.epochs, account) for gate in GATES]
    _tell_answers(learned, account)
    account.say()
    _tell_outcome(learned, account)
    account.say()
    checked = check_gradients(
        {f"{each.gate} neuron": (each.loss, each.neuron.parameters()) for each in learned}, account
    )
    account.say()
    _write_pictures(learned, Pictures(options, account))
    return checked and all(each.training.reached is (each.gate != IMPOSSIBLE) for each in learned)


def _tell_answers(learned: list[Learned], account: Account) -> None:
    """The truth tables side by side, each with what its neuron answers."""
    columns = [column for each in learned for column in (GATES[each.gate], answers(each.neuron))]
    account.table(
        ["x1", "x2", *(name for each in learned for name in (each.gate, "neuron"))],
        [[f"{x1:g}", f"{x2:g}", *row] for (x1, x2), *row in zip(INPUTS, *columns, strict=True)],
    )


def _tell_outcome(learned: list[Learned], account: Account) -> None:
    for each in learned:
        took = each.training.took
        off = f"the worst answer is off by {error(each.neuron, GATES[each.gate]):.4f}"
        if each.training.reached:
            account.say(f"{each.gate} was learned in {took}: its line is {each.line}.")
        elif each.gate == IMPOSSIBLE:
            account.say(f"{each.gate} was not learned in {took}: {each.right} of 4 right, {off}.")
        else:
            advice = each.training.advice(EPOCHS)
            account.fail(f"{each.gate} was not learned in {took}: {off}, the goal is {GOAL}. {advice}")
    impossible = learned[-1]
    account.say()
    account.say(
        "What it shows: a neuron draws one line, w1*x1 + w2*x2 + b = 0, and answers 1 on one side of it and "
        f"0 on the other. {impossible.gate} asks for"
    )
    account.say("    b < 0,  w1 + b > 0,  w2 + b > 0,  w1 + w2 + b < 0.")
    account.say(
        "Added, the two in the middle say w1 + w2 + 2*b > 0, the two at the ends that it is < 0. No line "
        f"does both: {impossible.gate} is not linearly separable. Its loss is least, log 2 = {log(2):.4f}, "
        f"where every answer is 0.5; here it came to {impossible.loss().data:.4f}. A hidden layer helps: "
        "python -m demos xor."
    )


def _write_pictures(learned: list[Learned], pictures: Pictures) -> None:
    first = learned[0]
    answer = first.neuron([Value(1.0, label="x1"), Value(1.0, label="x2")])
    answer.label = f"{first.gate}(1, 1)"
    first.neuron.zero_grad()
    answer.backward()
    caption = f"how the {first.gate} neuron answers (1, 1), with every gradient of the answer"
    pictures.graph("gates_graph.svg", answer, caption)

    def draw_losses(ax: Any) -> None:
        curves = {each.gate: each.training.losses for each in learned}
        plot_loss(curves, ax, log=True, title="The loss of each gate's neuron while learning")

    def draw_lines(*axes: Any) -> None:
        for each, ax in zip(learned, axes, strict=True):
            title = f"{each.gate}: {each.right} of 4 right"
            plot_decision_boundary(each.side, INPUTS, GATES[each.gate], ax, threshold=0.0, title=title)
        share_legend(*axes)

    pictures.plot("gates_loss.png", draw_losses, "the loss of each neuron in each epoch")
    pictures.plot("gates_boundary.png", draw_lines, "the line each neuron drew", panels=len(learned))
