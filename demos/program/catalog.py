"""The table of demos, in reading order."""

from typing import Any

from demos.applications import digits, iris, logistic_or_network, microgpt, moons, sine, tune
from demos.backpropagation import chain_rule, costs, curse, four_equations, lift, paths
from demos.descent import demo as descent
from demos.descent import optimizers
from demos.errata import demo as errata
from demos.networks import demo as networks
from demos.neurons import activations, gates, xor

__all__ = ["DEMOS", "title"]

DEMOS: dict[str, Any] = {
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
    "microgpt": microgpt,
    "costs": costs,
    "errata": errata,
    "descent": descent,
    "optimizers": optimizers,
}
"""The demos by name.

A demo is a module whose docstring has a title and says what one will see, with ``EPOCHS`` (the most epochs
of training by default, 0 where it trains nothing), one thing to ``TRY``, and ``run(page)``, which returns
whether it reached its goal.
"""


def title(demo: Any) -> str:
    """The first line of a demo's docstring.

    >>> title(DEMOS["xor"])
    'A network with one hidden layer learns XOR, which no single neuron can'
    """
    return (demo.__doc__ or "").partition("\n")[0].rstrip(".")
