"""One neuron learns AND, OR, NAND, NOR and NOT, and fails on XOR.

Each neuron, y = sigmoid(w1*x1 + w2*x2 + b), starts from random weights and goes downhill on the binary
cross-entropy until each of its answers is within 0.1 of the truth. Then perceptrons try the same by their own
rule. Written are the graph of one answer, the losses in each epoch, and the lines all of them drew.
"""

from collections.abc import Callable

import numpy as np

from demos.data.truth_tables import TABLES, error, inputs_of
from demos.gates.learned import Learned, draw_neurons
from demos.gates.outcome import IMPOSSIBLE, show_answers, show_outcome
from demos.gates.perceptrons import show_perceptrons
from demos.runner.account import Account
from demos.runner.compare import check_gradients
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from demos.runner.train_to_goal import train
from engine import Value
from nn import SGD, Neuron, binary_cross_entropy

__all__ = ["EPOCHS", "GOAL", "TITLE", "learn", "loss_of", "run"]

TITLE = "one neuron learns AND, OR, NAND, NOR and NOT, and fails on XOR"

EPOCHS = 200

GOAL = 0.1
"""How far off an answer may be."""


def loss_of(neuron: Neuron, gate: str) -> Value:
    """The binary cross-entropy of a neuron over the truth table of a gate.

    >>> round(loss_of(Neuron(2, activation="sigmoid", init="zeros"), "AND").data, 6)  # log 2
    0.693147
    """
    targets = TABLES[gate]
    loss: Value = binary_cross_entropy([neuron(x) for x in inputs_of(targets)], targets)
    return loss


def learn(gate: str, rng: np.random.Generator, epochs: int, account: Account) -> Learned:
    """Train a neuron on a gate from random weights.

    >>> learn("OR", np.random.default_rng(0), EPOCHS, Account()).right
    4
    """
    targets = TABLES[gate]
    neuron = Neuron(len(inputs_of(targets)[0]), activation="sigmoid", rng=rng)
    training = train(
        f"the {gate} neuron",
        lambda: loss_of(neuron, gate),
        SGD(neuron.parameters(), lr=0.5, momentum=0.9),
        epochs=epochs,
        goal=lambda: error(neuron, targets) < GOAL,
        account=account,
    )
    return Learned(gate, neuron, training)


def run(options: Options, account: Account) -> bool:
    """Train, check and show a neuron for each gate.

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
    rng = np.random.default_rng(options.seed)
    learned = [learn(gate, rng, options.epochs, account) for gate in TABLES]
    show_answers(learned, account)
    show_outcome(learned, GOAL, EPOCHS, account)
    checked = check_gradients(
        {f"{each.gate} neuron": (_loss_now(each), each.neuron.parameters()) for each in learned}, account
    )
    pictures = Pictures(options, account)
    draw_neurons(learned, pictures)
    checked &= show_perceptrons(account, pictures)
    return checked and all(each.training.reached is (each.gate != IMPOSSIBLE) for each in learned)


def _loss_now(each: Learned) -> Callable[[], Value]:
    return lambda: loss_of(each.neuron, each.gate)
