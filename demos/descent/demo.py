"""Gradient descent: loss surfaces, the update rule, and the batch size.

Four surfaces show where a gradient points and where it is zero. The full rule of a step, with momentum and
weight decay and with separate step sizes, is done by hand and by the optimiser. Then a neuron fits a line
by batch, stochastic and mini-batch gradient descent.
"""

import numpy as np

from demos.descent.batch_sizes import show_batch_sizes
from demos.descent.landscapes import show_landscapes
from demos.descent.update_rule import show_rule
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures

__all__ = ["EPOCHS", "TITLE", "run"]

TITLE = "surfaces, the full rule of a step, and batch, stochastic and mini-batch descent"

EPOCHS = 20


def run(options: Options, account: Account) -> bool:
    """Look at surfaces, check the rule, and compare the kinds of descent.

    Returns:
        Whether the gradients are as they should be, the optimiser keeps the rule, and stochastic
        descent comes near the least cost in as many epochs in which batch descent does not.
    """
    account.heading(f"Descent: {TITLE}")
    pictures = Pictures(options, account)
    rng = np.random.default_rng(options.seed)
    right = show_landscapes(rng, account, pictures)
    right &= show_rule(rng, account, pictures)
    return show_batch_sizes(options.seed, options.epochs, account, pictures) and right
