"""Rosenblatt's perceptron, which learns from mistakes without gradients, on every function of two bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from demos.data.truth_tables import INPUTS, TABLES, answers, inputs_of
from demos.gates.learned import COLUMNS, draw_line, equation
from demos.gates.outcome import IMPOSSIBLE
from demos.runner.account import Account
from demos.runner.pictures import Pictures, share_legend
from engine import Value, dot
from nn import Perceptron

__all__ = ["PATIENCE", "Attempt", "attempt", "learnable", "show_perceptrons"]

PATIENCE = 100
"""The most epochs; those that can be learned here take far fewer."""


@dataclass(frozen=True)
class Attempt:
    """A perceptron trained on a gate.

    Attributes:
        perceptron: as it is now.
        mistakes: in each epoch.
        converged: whether the last epoch was without any.
        right: how many of its answers are.
    """

    perceptron: Perceptron
    mistakes: list[int]
    converged: bool
    right: int

    def side(self, x: Sequence[float]) -> Value:
        """The sum whose sign is the answer: 0 on the line."""
        w = self.perceptron.w
        side: Value = dot(w, x[: len(w)]) + self.perceptron.b
        return side


def attempt(targets: Sequence[int], epochs: int = PATIENCE) -> Attempt:
    """Train a perceptron on a truth table, from zero weights.

    >>> attempt([0, 0, 0, 1]).converged, attempt([0, 1, 1, 0]).converged
    (True, False)
    """
    inputs = inputs_of(targets)
    perceptron = Perceptron(len(inputs[0]))
    run = perceptron.fit(inputs, targets, epochs)
    signs = [2 * target - 1 for target in targets]
    right = sum(answer == sign for answer, sign in zip(answers(perceptron, inputs), signs, strict=True))
    return Attempt(perceptron, run.errors, run.converged, right)


def learnable() -> dict[tuple[int, ...], bool]:
    """Train a perceptron on every function of two bits: which of them it learned.

    >>> sum(learnable().values())
    14
    """
    return {targets: attempt(targets).converged for targets in product((0, 1), repeat=len(INPUTS))}


def show_perceptrons(account: Account, pictures: Pictures) -> bool:
    """Train a perceptron on each gate and on every function of two bits; print and draw the outcome.

    Args:
        account: receives the text.
        pictures: receives the pictures.

    Returns:
        Whether all gates were learned but XOR.
    """
    account.say(
        "Asked: can Rosenblatt's perceptron, y = sign(w1*x1 + w2*x2 + b), +1 for a sum above 0 and -1 "
        "otherwise, learn them too? It has no gradient to follow. Where an answer is wrong, the target t, +1 "
        "or -1, times the input is added to the weights and t to the bias, until an epoch is without "
        f"mistakes, for {PATIENCE} epochs at most."
    )
    attempts = {gate: attempt(targets) for gate, targets in TABLES.items()}
    rows = [
        [
            gate,
            f"{each.right} of {len(TABLES[gate])}",
            len(each.mistakes) if each.converged else "never",
            sum(each.mistakes),
            equation([parameter.data for parameter in each.perceptron.parameters()]),
        ]
        for gate, each in attempts.items()
    ]
    account.table(["gate", "right", "converged in epoch", "mistakes", "line"], rows)
    functions = learnable()
    never = ", ".join("".join(map(str, targets)) for targets, learned in functions.items() if not learned)
    account.say(
        f"What it shows: the rule converges if a line parts the ones from the zeros, and only then. Of all "
        f"{len(functions)} functions of two bits it learned {sum(functions.values())}; it never stopped "
        f"making mistakes on those whose answers to 00, 01, 10, 11 are {never}: "
        f"{IMPOSSIBLE} and its opposite."
    )

    def draw(*axes: Any) -> None:
        for (gate, each), ax in zip(attempts.items(), axes, strict=True):
            draw_line(gate, each.side, each.right, ax)
        share_legend(*axes)

    caption = "the line each perceptron drew"
    pictures.plot("gates_perceptron.png", draw, caption, panels=len(attempts), columns=COLUMNS)
    return all(each.converged is (gate != IMPOSSIBLE) for gate, each in attempts.items())
