"""Gradient descent: surfaces, the full rule of a step, and the batch size.

You will see where a gradient points and where it is zero, what momentum and weight decay add to a step, and
why many small steps by few samples get further than few steps by all of them.
"""

import numpy as np

from demos.descent.batch_sizes import show_batch_sizes
from demos.descent.surfaces import show_surfaces
from demos.descent.update_rule import show_rule
from demos.runner.page import Page

EPOCHS = 20
TRY = "`python -m demos descent --epochs 200`: with time, batch descent arrives too."


def run(page: Page) -> bool:
    """Look at surfaces, check the rule, and compare the kinds of descent."""
    rng = np.random.default_rng(page.seed)
    right = [show_surfaces(page, rng), show_rule(page, rng), show_batch_sizes(page)]
    return all(right)
