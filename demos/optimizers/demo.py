"""The variants of gradient descent: a table, Nesterov's method, a race, and L-BFGS.

A table of the variants is read from their classes. Nesterov's method is done by hand and by the optimiser.
Then all variants start at one point of one surface, and L-BFGS fits a very small data set.
"""

from demos.optimizers.lbfgs import INPUTS, ITERATIONS, SAMPLES, contest
from demos.optimizers.nesterov import STEPS, by_hand, by_nesterov, by_sgd
from demos.optimizers.race import show_race
from demos.optimizers.variants import OTHERS, SECOND_ORDER, VARIANTS, defaults, year
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures

__all__ = ["ENOUGH", "EPOCHS", "TITLE", "run"]

TITLE = "the variants of gradient descent, raced down one surface"

EPOCHS = 0

CLASS, WIDTH = 8, 62
"""The widths of columns of text, which is read from the left."""

ENOUGH = 1e-4
"""How far off a parameter found by L-BFGS may be."""


def run(options: Options, account: Account) -> bool:
    """List the variants, check Nesterov's, race them all, and try a second-order method.

    Returns:
        Whether Nesterov's method is as written, all variants arrive, and L-BFGS finds the best there is.
    """
    account.heading(f"Optimizers: {TITLE}")
    account.say("Asked: which variants of gradient descent are there, from when, and with which defaults?")
    rows = [
        [each.name, year(each) or "", f"{each.kind.__name__:<{CLASS}}", f"{defaults(each):<{WIDTH}}"]
        for each in (*VARIANTS, *OTHERS)
    ]
    account.table(["variant", "year", f"{'class':<{CLASS}}", f"{'defaults':<{WIDTH}}"], rows)
    right = _look_ahead(account)
    right &= show_race(account, Pictures(options, account))
    return _second_order(options.seed, account) and right


def _look_ahead(account: Account) -> bool:
    account.say(
        "Asked: what does Nesterov's method do? It takes the gradient where its momentum is about to lead: "
        f"v = μv - η∇C(w + μv), then w = w + v. It takes {STEPS} steps by a loop that does what is written "
        "here, by nn.Nesterov, and by nn.SGD(nesterov=True), whose parameters are the points w + μv."
    )
    weights, ahead = by_hand()
    right = agree("w of the loop and of Nesterov", by_nesterov(), weights, account)
    right &= agree("w + μv of the loop and the parameters of SGD", by_sgd(), ahead, account)
    return right


def _second_order(seed: int, account: Account) -> bool:
    account.doing = "fitting with L-BFGS"
    try:
        outcome = contest(seed)
    except ImportError as missing:
        account.warn(f"L-BFGS is skipped: {missing}")
        return True
    account.say(
        f"Asked: does it help to know the curvature too? L-BFGS ({year(SECOND_ORDER)}; "
        f"{defaults(SECOND_ORDER)}) fits a linear neuron with {INPUTS} inputs to {SAMPLES} samples, with up "
        f"to {ITERATIONS} iterations, and calls the loss {outcome.calls} times. Its worst parameter is "
        f"off by {outcome.second_order:.1e} from the one that linear algebra gives; after as many steps of "
        f"gradient descent the worst is off by {outcome.first_order:.1e}."
    )
    if outcome.second_order > ENOUGH:
        account.fail(f"L-BFGS is off by {outcome.second_order:.1e}, which is more than {ENOUGH:g}.")
        return False
    account.say(
        "What it shows: where all data can be looked at for every step, and the parameters are few, a method "
        "that estimates the curvature from the gradients it has seen needs far fewer of them."
    )
    return True
