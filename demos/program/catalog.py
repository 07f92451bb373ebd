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
)
from demos.activations import demo as activations
from demos.applications import microgpt, sine
from demos.descent import demo as descent
from demos.errata import demo as errata
from demos.gates import demo as gates
from demos.networks import demo as networks
from demos.neurons import xor
from demos.optimizers import demo as optimizers
from demos.runner.old import Old
from demos.runner.page import Page
from demos.tune import demo as tune

__all__ = ["DEMOS", "Demo", "title"]


class Demo(Protocol):
    """The interface of a demo: a module whose docstring is its title and says what one will see.

    Attributes:
        EPOCHS: the most epochs of training by default; 0 where it trains nothing.
        TRY: one thing to try.
    """

    __doc__: str | None
    EPOCHS: int
    TRY: str

    def run(self, page: Page) -> bool:
        """Run the demo.

        Args:
            page: the choices of this run; receives what is printed and drawn.

        Returns:
            Whether it reached its goal.
        """


def title(demo: Demo) -> str:
    """The first line of a demo's docstring.

    >>> title(DEMOS["xor"])
    'A network with one hidden layer learns XOR, which no single neuron can'
    """
    return (demo.__doc__ or "").partition("\n")[0].rstrip(".")


DEMOS: dict[str, Demo] = {
    "gates": Old(gates),
    "xor": xor,
    "networks": Old(networks),
    "activations": Old(activations),
    "chain_rule": Old(chain_rule),
    "four_equations": Old(four_equations),
    "lift": Old(lift),
    "paths": Old(paths),
    "curse": Old(curse),
    "sine": sine,
    "logistic_or_network": Old(logistic_or_network),
    "moons": Old(moons),
    "iris": Old(iris),
    "digits": Old(digits),
    "microgpt": microgpt,
    "tune": Old(tune),
    "costs": Old(costs),
    "errata": errata,
    "descent": Old(descent),
    "optimizers": Old(optimizers),
}
"""The demos by name. A new one is a module or a folder of ``demos``, and a line here."""
