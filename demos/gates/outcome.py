"""Prints how training a sigmoid neuron on each gate went."""

from demos.data.truth_tables import BITS, GATES, INPUTS, TABLES, answers, error
from demos.gates.learned import Learned
from demos.runner.account import Account
from engine import log

__all__ = ["IMPOSSIBLE", "show_answers", "show_outcome"]

IMPOSSIBLE = "XOR"


def show_answers(learned: list[Learned], account: Account) -> None:
    """Print the truth tables side by side, each with its neuron's answers, and that of NOT below.

    Args:
        learned: one for each gate.
        account: receives the text.
    """
    of_two = [each for each in learned if each.gate in GATES]
    of_one = [each for each in learned if each.gate not in GATES]
    for inputs, some in ((INPUTS, of_two), (BITS, of_one)):
        columns = [c for each in some for c in (TABLES[each.gate], answers(each.neuron, inputs))]
        names = [f"x{i}" for i, _ in enumerate(inputs[0], start=1)]
        account.table(
            [*names, *(name for each in some for name in (each.gate, "neuron"))],
            [[*(f"{bit:g}" for bit in x), *row] for x, *row in zip(inputs, *columns, strict=True)],
        )


def show_outcome(learned: list[Learned], goal: float, usual: int, account: Account) -> None:
    """Print which gates were learned, and why one was not.

    Args:
        learned: one for each gate.
        goal: how far off an answer may be.
        usual: the number of epochs that is enough from most starts.
        account: receives the text.
    """
    for each in learned:
        took = each.training.took
        off = f"the worst answer is off by {error(each.neuron, TABLES[each.gate]):.4f}"
        if each.training.reached:
            account.line(f"{each.gate} was learned in {took}: its line is {each.line}.")
        elif each.gate == IMPOSSIBLE:
            account.line(f"{each.gate} was not learned in {took}: {each.right} of 4 right, {off}.")
        else:
            advice = each.training.advice(usual)
            account.fail(f"{each.gate} was not learned in {took}: {off}, the goal is {goal}. {advice}")
    impossible = next(each for each in learned if each.gate == IMPOSSIBLE)
    account.say(
        "What it shows: a neuron draws one line, w1*x1 + w2*x2 + b = 0, and answers 1 on one side of it and "
        f"0 on the other. {impossible.gate} asks for"
    )
    account.quote("    b < 0,  w1 + b > 0,  w2 + b > 0,  w1 + w2 + b < 0.")
    account.say(
        "Added, the two in the middle say w1 + w2 + 2*b > 0, the two at the ends that it is < 0. No line "
        f"does both: {impossible.gate} is not linearly separable. Its loss is least, log 2 = {log(2):.4f}, "
        f"where every answer is 0.5; here it came to {impossible.training.losses[-1]:.4f}. A hidden layer "
        "helps: python -m demos xor."
    )
