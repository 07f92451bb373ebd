"""Seven slips of the lectures, each exposed by a gradient check that the right form passes.

Who computes a gradient by hand can check it: nudge each weight, and compare. The slips are replayed in
code of their own, and so are the right forms; the check fails on the former and passes on the latter.
"""

from math import erf, sqrt

import numpy as np

from demos.errata import formulas, network, random_numbers, saddle
from demos.errata.trial import CLOSE, Trial, finding
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures

__all__ = ["EPOCHS", "TITLE", "run", "trials"]

TITLE = "seven slips of the lectures, and the check that exposes each of them"

EPOCHS = 0


def trials(seed: int) -> list[Trial]:
    """The trials of all slips, in order.

    >>> [trial.name for trial in trials(0)]
    ['E-1', 'E-2', 'E-3', 'E-4', 'E-5', 'E-6', 'E-7', 'E-7']
    """
    rng = np.random.default_rng(seed)
    found = [*network.trials(rng), *formulas.trials(rng), saddle.trial(), random_numbers.trial(seed)]
    return sorted(found, key=lambda trial: trial.name)


def run(options: Options, account: Account) -> bool:
    """Check every slip and its right form.

    Returns:
        Whether all slips were exposed and all right forms passed.
    """
    account.heading(f"Errata: {TITLE}")
    account.say(
        "Asked: would a check have found the slips? E-1 to E-4 and E-7 are gradients computed by hand, at "
        f"random weights (seed {options.seed}), and the gradient check allows an error of {CLOSE:.0e}. For "
        "E-5 it is measured how much less steep the way named is than the steepest one, for E-6 how far a "
        "sample is from a normal distribution."
    )
    account.doing = "putting the slips to the check"
    found = trials(options.seed)
    account.table(
        ["slip", "as it was written", "off by", "right", "off by", "allowed"],
        [[trial.name, trial.slip, f"{trial.slip_off:.1%}", trial.right, f"{trial.right_off:.0e}",
          f"{trial.allowed:.0e}"] for trial in found],
    )  # fmt: skip
    _show_more(options, account)
    pictures = Pictures(options, account)
    pictures.plot(
        "errata_saddle.png", saddle.draw, "E-5: the gradient knows nothing of a minimum", size=(6.5, 5)
    )
    caption = "E-6: rand is uniform, randn is normal"
    pictures.plot("errata_random.png", lambda ax: random_numbers.draw(ax, options.seed), caption)
    missed = [trial for trial in found if not trial.exposed]
    for trial in missed:
        account.fail(
            f"{trial.name}: the check did not distinguish {trial.slip!r}, off by {trial.slip_off:.1e}, from "
            f"{trial.right!r}, off by {trial.right_off:.1e}; allowed is {trial.allowed:.0e}."
        )
    return not missed


def _show_more(options: Options, account: Account) -> None:
    w = network.random_weights(np.random.default_rng(options.seed), 2)
    account.say(
        f"What the engine's check says of E-1: {finding(lambda w: network.hidden_error(w, slip=True), w)}; "
        f"and of the right form: {finding(lambda w: network.hidden_error(w, slip=False), w)}."
    )
    account.say(
        "E-1 and E-4 are easy to overlook, as all shapes fit and the cost may fall all the same. So is E-7: "
        "with two outputs 1/n happens to be 1/2, and only with three is its first part found out."
    )
    scores = (2.0, -1.0, 0.5)
    slip, right = (
        ", ".join(f"{p:.2f}" for p in formulas.shares(scores, slip=wrong)) for wrong in (True, False)
    )
    account.say(f"E-3 makes of the scores {scores} the shares {slip}; softmax makes {right}.")
    ends = [saddle.descend(start)[-1] for start in saddle.STARTS]
    first, second = (
        f"{start} to ({x:.3f}, {y:.3f})" for start, (x, y) in zip(saddle.STARTS, ends, strict=True)
    )
    account.say(
        f"E-5: one way down the saddle goes from {first}, out of the square that is looked at, and falls "
        f"without end; one goes from {second}, where the gradient is next to nothing, and no minimum is near."
    )
    account.table(
        ["E-6", "mean", "deviation", "least", "largest", "within a deviation", "kurtosis"],
        [[name, *random_numbers.statistics(numbers)]
         for name, numbers in random_numbers.samples(options.seed).items()]
        + [["uniform", 1 / 2, sqrt(1 / 12), 0.0, 1.0, sqrt(1 / 3), 9 / 5],
           ["normal", 0.0, 1.0, "-inf", "inf", erf(sqrt(1 / 2)), 3.0]],
    )  # fmt: skip
    account.say(
        "What it shows: a wrong gradient does not look wrong, and training with it may even work. To nudge "
        "each weight and compare takes a few lines and tells at once."
    )
