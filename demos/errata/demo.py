"""Seven slips of the lectures, and the check that exposes each of them.

You will see derivations with a slip, as the lectures have them, put to engine.check_derivation: it names the
line, what is wrong in it, and a point that shows it. Two slips are about words, and are measured: where a
gradient points, and which random numbers are normal.
"""

from functools import partial
from math import erf, sqrt

import numpy as np

from demos.errata import random_numbers, saddle
from demos.errata.slips import SLIPS
from demos.runner.page import Page

EPOCHS = 0

TRY = "`python -m demos exercise`, ten derivations with blanks: how many slips does it find in yours?"


def run(page: Page) -> bool:
    """Check every slip and its right form."""
    rng = np.random.default_rng(page.seed)
    page.say(f"""
        A wrong gradient does not look wrong, and training with it may even work. Each derivation is computed
        line by line at random numbers (seed {page.seed}) and compared with the engine's derivative.
    """)
    found = [_derivation(page, i, rng) for i in range(4)]
    found += [_direction(page), _random_numbers(page)]
    found += [_derivation(page, i, rng) for i in range(4, len(SLIPS))]
    page.say("""
        In a notebook or a program of yours: `engine.check_derivation(f, {"dw": "(y - t)*y*(1 - y)*x"}, …)`.
    """)
    return all(found)


def _derivation(page: Page, i: int, rng: np.random.Generator) -> bool:
    slip = SLIPS[i]
    if not i or SLIPS[i - 1].name != slip.name:
        page.say(f"## {slip.name}")
    page.say(slip.says)
    page.code(f"{slip.given}\n\n{slip.written}")
    report, right = slip.checked(False, rng), slip.checked(True, rng)
    if report or not right:
        return page.fail(
            f"NOT SO: {slip.name}: the check does not part the slip from the right form:\n{report}\n{right}"
        )
    page.say("The check says:")
    page.code(report.summary())
    page.say("The right form passes.")
    return True


def _direction(page: Page) -> bool:
    shares = saddle.less_steep()
    start, end = saddle.STARTS[0], saddle.descend(saddle.STARTS[0])[-1]
    other = saddle.descend(saddle.STARTS[1])[-1]
    page.say(f"""
        ## E-5

        “The gradient points to the global minimum.” It points where the rise is steepest, at one point. On
        the saddle z = x² − y², at {start}, the way to the lowest point of the square falls
        {shares["to the minimum"]:.0%} less steeply than the steepest way, which is against the gradient. One
        way down leads from {start} to ({end[0]:.2f}, {end[1]:.2f}), out of the square, and falls without
        end; another ends at ({abs(other[0]):.2f}, {other[1]:.2f}), where the gradient is next to nothing,
        and no minimum is near.
    """)
    caption = "E-5: the gradient knows nothing of a minimum"
    page.plot("errata_saddle.png", caption, saddle.draw, size=(6.5, 5))
    off = shares["against the gradient"]
    return page.claim("", off, 0.0, within=1e-7) and shares["to the minimum"] > 0.01


def _random_numbers(page: Page) -> bool:
    drawn = random_numbers.samples(page.seed)
    page.say("""
        ## E-6

        “numpy.random.rand is normally distributed.” It is uniform on [0, 1); randn is normal.
    """)
    rows = [[name, *random_numbers.statistics(numbers)] for name, numbers in drawn.items()]
    rows += [
        ["uniform", 1 / 2, sqrt(1 / 12), 0.0, 1.0, sqrt(1 / 3), 9 / 5],
        ["normal", 0.0, 1.0, "-inf", "inf", erf(sqrt(1 / 2)), 3.0],
    ]
    page.table(["", "mean", "deviation", "least", "largest", "within a deviation", "kurtosis"], rows)
    page.plot("errata_random.png", "E-6: rand is uniform, randn is normal",
              partial(random_numbers.draw, seed=page.seed))  # fmt: skip
    uniform, normal = (random_numbers.from_normal(drawn[name]) for name in ("rand", "randn"))
    if not uniform > random_numbers.ALLOWED >= normal:
        return page.fail(
            f"NOT SO: the distances from a normal distribution are {uniform:.3f} of rand and {normal:.3f} of "
            f"randn, and {random_numbers.ALLOWED:.3f} is allowed."
        )
    return True
