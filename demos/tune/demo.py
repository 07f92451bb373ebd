"""A hyperparameter sweep: each choice changed by itself, to see what helps and what does harm.

From one set of choices (layers and units, activation, initialisation, step size, loss, batch size, momentum,
epochs) each is changed while the others stay. The networks learn to tell a ring of points from the one around
it, and are compared on points held out to choose by. The best value of each choice is tried together with the
others', too. What is chosen in the end is tried on points that nothing was chosen by.
"""

from typing import Any

from demos.data.points2d import right
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from demos.tune.sweep import SWEEP, Choices, Tried, best_of_each, deal, sweep, text_of, try_out
from viz import plot_loss

__all__ = ["EPOCHS", "GOAL", "TITLE", "run"]

TITLE = "the choices a person makes before training, in one sweep"

EPOCHS = 20

GOAL = 0.9
"""The fraction of the points held out to the end that the network is to get right."""


def run(options: Options, account: Account) -> bool:
    """Try all values of all choices, take the best of each, and try these together.

    Returns:
        Whether the network that was chosen is right often enough about points that nothing was chosen by.
    """
    account.heading(f"Tune: {TITLE}")
    parts, start = deal(options.seed), Choices(epochs=options.epochs)
    taught, chosen_by, last = (len(y) for _, y in parts)
    account.say(
        f"Asked: which choices make a network tell a ring of points from the one around it (seed "
        f"{options.seed})? From {described(start)} one choice at a time is changed. Each network "
        f"is trained on {taught} points and compared with the others on {chosen_by} by the "
        f"cross-entropy, whatever its own loss; {last} are "
        "held out to the end."
    )
    tried = sweep(parts, options.seed, options.epochs, account)
    best = best_of_each(tried)
    account.table(
        ["choice", "value", "training loss", "held out: cost", "accuracy", ""],
        [[each.changed, each.value, each.history["loss"][-1], each.cost, right(each.model, parts[1]),
          " ".join([_mark(each, best, "best"), _mark(each, start, "start")]).strip()] for each in tried],
    )  # fmt: skip
    first = next(each for each in tried if each.choices == start)
    single = min(tried, key=lambda each: each.cost)
    together = try_out("epochs", best, parts, options.seed, account)
    names = {"start": first, "best single change": single, "best of each together": together}
    account.table(
        ["network", "cost", "accuracy", "held out to the end: accuracy"],
        [
            [name, each.cost, right(each.model, parts[1]), right(each.model, parts[2])]
            for name, each in names.items()
        ],
    )
    chosen = min(names.values(), key=lambda each: each.cost)
    score = right(chosen.model, parts[2])
    outcome = f"of the points held out to the end it got {score:.0%} right, the goal is {GOAL:.0%}"
    account.say(f"Chosen, by its cost, was the network with {described(chosen.choices)}.")
    if score >= GOAL:
        account.say(f"It learned the rings: {outcome}.")
    else:
        account.fail(
            f"The network that was chosen did not learn the rings: {outcome}. Try --epochs {EPOCHS}."
        )
    _show_lesson(tried, account)
    _write_pictures(tried, Pictures(options, account))
    return score >= GOAL


def described(choices: Choices) -> str:
    """Choices in words.

    >>> described(Choices())[:31]
    'layers 8, activation tanh, init'
    """
    return ", ".join(f"{name} {text_of(getattr(choices, name))}" for name in SWEEP)


def _mark(each: Tried, choices: Choices, mark: str) -> str:
    return mark if each.value == text_of(getattr(choices, each.changed)) else ""


def spread(tried: list[Tried], name: str) -> float:
    """The largest cost of one choice's values, relative to the smallest."""
    costs = [each.cost for each in tried if each.changed == name]
    return max(costs) / min(costs)


def _show_lesson(tried: list[Tried], account: Account) -> None:
    most, least = (pick(SWEEP, key=lambda name: spread(tried, name)) for pick in (max, min))
    worst = max(tried, key=lambda each: each.cost)
    account.say(
        f"What it shows: choices are not of equal weight. Here the worst value of {most} cost "
        f"{spread(tried, most):.1f} times what its best one did, of {least} {spread(tried, least):.1f} "
        f"times; the worst network of all had {worst.changed} {worst.value}. The best of each need not "
        f"be the best "
        "together, for choices depend on one another: larger steps need fewer epochs, momentum acts like "
        "larger steps. And what was chosen by some points looks good on them: only points that nothing was "
        "chosen by tell how good it is."
    )


def _write_pictures(tried: list[Tried], pictures: Pictures) -> None:
    names = list(SWEEP)
    for part, some in enumerate((names[:4], names[4:]), start=1):

        def draw(*axes: Any, some: list[str] = some) -> None:
            for name, ax in zip(some, axes, strict=True):
                curves = {each.value: each.history["val_cost"] for each in tried if each.changed == name}
                plot_loss(
                    curves, ax, log=True, title=name, ylabel="" if ax is not axes[0] else "held-out cost"
                )
                for line, marker in zip(ax.lines, "os^Dv", strict=False):  # where each training ended
                    line.set(marker=marker, markevery=[-1])
                ax.legend()

        caption = f"the cost on points held out, epoch by epoch, for each value of {', '.join(some)}"
        pictures.plot(f"tune_{part}.png", draw, caption, panels=len(some), size=(14.0, 3.8))
