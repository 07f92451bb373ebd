"""The table of demos, in reading order."""

from typing import Protocol

from demos import (
    chain_rule,
    costs,
    curse,
    digits,
    four_equations,
    iris,
    lift,
    logistic_or_network,
    moons,
    paths,
    sine,
)
from demos.activations import demo as activations
from demos.descent import demo as descent
from demos.errata import demo as errata
from demos.gates import demo as gates
from demos.networks import demo as networks
from demos.optimizers import demo as optimizers
from demos.runner.account import Account
from demos.runner.options import Options
from demos.tune import demo as tune
from demos.xor import demo as xor

__all__ = ["DEMOS", "Demo"]


class Demo(Protocol):
    """The interface of a demo: a module whose docstring is its help.

    Attributes:
        TITLE: one line saying what it shows.
        EPOCHS: the most epochs of training by default; 0 where it trains nothing.
    """

    __doc__: str | None
    TITLE: str
    EPOCHS: int

    def run(self, options: Options, account: Account) -> bool:
        """Run the demo.

        Args:
            options: the choices of this run.
            account: receives the text.

        Returns:
            Whether it reached its goal.
        """


DEMOS: dict[str, Demo] = {
    "gates": gates,
    "xor": xor,
    "networks": networks,
    "activations": activations,
    "chain_rule": chain_rule,
    "four_equations": four_equations,
    "lift": lift,
    "paths": paths,
    "curse": curse,
    "sine": sine,
    "logistic_or_network": logistic_or_network,
    "moons": moons,
    "iris": iris,
    "digits": digits,
    "tune": tune,
    "costs": costs,
    "errata": errata,
    "descent": descent,
    "optimizers": optimizers,
}
"""The demos by name. A new one is a module or a folder of ``demos``, and a line here."""
