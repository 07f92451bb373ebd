"""The variants of gradient descent, raced down one surface.

You will see a table of the variants, from momentum (1964) to AMSGrad (2018), read from their classes; all of
them on their way down one valley from the same place; how Nesterov looks ahead; and what it helps to know the
curvature too.
"""

from typing import NamedTuple

import numpy as np

from demos.descent.race import START, ravine, show_race, steps_of
from demos.descent.variants import MOMENTUM, OTHERS, SECOND_ORDER, VARIANTS, defaults, year
from demos.runner.page import Page
from engine import Value
from nn import LBFGS, SGD, Nesterov, Neuron, mse

EPOCHS = 0
TRY = "write down before you look which variant you expect to win, and why another does."
STEPS, LR = 40, 0.1  # of Nesterov's method
SAMPLES, INPUTS, ITERATIONS = 12, 3, 50  # of the fit by L-BFGS
ENOUGH = 1e-4  # how far off a parameter found by L-BFGS may be

Points = list[list[float]]


def run(page: Page) -> bool:
    """List the variants, race them, check Nesterov's, and try a second-order method."""
    page.table(["variant", "year", "class", "defaults"],
               [[each.name, str(year(each) or ""), each.kind.__name__, defaults(each)]
                for each in (*VARIANTS, *OTHERS)])  # fmt: skip
    right = [show_race(page), show_nesterov(page), show_second_order(page)]
    return all(right)


def nesterov_by_hand() -> tuple[Points, Points]:
    """The method as it is written: the weights after each step, and the points w + μv ahead of them."""
    w, v = list(START), [0.0, 0.0]
    weights, ahead = [], [w]
    for _ in range(STEPS):
        values = [Value(number) for number in ahead[-1]]
        ravine(*values).backward()
        v = [MOMENTUM * speed - LR * value.grad for speed, value in zip(v, values, strict=True)]
        w = [number + speed for number, speed in zip(w, v, strict=True)]
        weights.append(w)
        ahead.append([number + MOMENTUM * speed for number, speed in zip(w, v, strict=True)])
    return weights, ahead[1:]


def show_nesterov(page: Page) -> bool:
    """Nesterov's method by hand, by its own class and by SGD."""
    page.say("""
        ## Nesterov looks ahead

        Its gradient is taken where the momentum is about to lead:

            v = μv - η∇C(w + μv),   w = w + v
    """)
    weights, ahead = nesterov_by_hand()
    first, second = ([Value(number) for number in START] for _ in range(2))
    right = page.claim(f"`nn.Nesterov` and a loop that does what is written here take {STEPS} equal steps.",
                       steps_of(first, Nesterov(first, lr=LR, momentum=MOMENTUM), STEPS), weights)
    sgd = SGD(second, lr=LR, momentum=MOMENTUM, nesterov=True)
    return right & page.claim("`nn.SGD(nesterov=True)` does too; its parameters are the points w + μv.",
                              steps_of(second, sgd, STEPS), ahead)


class Contest(NamedTuple):
    """How often the loss was computed; how far a parameter is off by L-BFGS, and by gradient descent."""

    calls: int
    second_order: float
    first_order: float


def contest(seed: int) -> Contest:
    """Fit a linear neuron by L-BFGS, then by gradient descent with as many gradients, to least squares."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(SAMPLES, INPUTS)), rng.normal(size=SAMPLES)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(SAMPLES)]), y, rcond=None)[0]
    second, first = (Neuron(INPUTS, activation="linear", init="zeros") for _ in range(2))
    calls = 0

    def closure(neuron: Neuron = second) -> Value:
        nonlocal calls
        calls += 1
        neuron.zero_grad()
        loss: Value = mse([neuron(x) for x in X.tolist()], y.tolist())
        loss.backward()
        return loss

    LBFGS(second.parameters(), max_iter=ITERATIONS, tolerance_change=0.0).step(closure)
    allowed, optimizer = calls, SGD(first.parameters(), lr=0.1)
    for _ in range(allowed):
        closure(first)
        optimizer.step()
    off = [float(np.abs([p.data for p in neuron.parameters()] - best).max()) for neuron in (second, first)]
    return Contest(allowed, *off)


def show_second_order(page: Page) -> bool:
    """L-BFGS on a very small data set, all of it in every step."""
    page.say("## L-BFGS: the curvature too")
    outcome = contest(page.seed)
    page.say(f"""
        L-BFGS ({year(SECOND_ORDER)}) estimates the curvature from the gradients it has seen. It fits a
        linear neuron with {INPUTS} inputs to {SAMPLES} samples and calls the loss {outcome.calls} times;
        its worst parameter is then off by {outcome.second_order:.1e} from the one that linear algebra
        gives. After as many steps of gradient descent the worst is off by {outcome.first_order:.1e}. That
        is for few parameters, and data that can all be looked at for every step.
    """)
    return outcome.second_order <= ENOUGH or page.fail(
        f"L-BFGS is off by {outcome.second_order:.1e}, which is more than {ENOUGH:g}.")
