"""How many parameters a 3-5-2 network has, by the formula and by counting."""

from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from nn import MLP

__all__ = ["by_formula", "show"]


def by_formula(i: int, h: int, o: int) -> int:
    """The number of weights and biases of a network with one hidden layer.

    Args:
        i: inputs.
        h: hidden neurons.
        o: outputs.

    >>> by_formula(3, 5, 2)
    32
    """
    return (i * h + h * o) + (h + o)


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Count the parameters of a 3-5-2 network.

    Returns:
        Whether there are as many as the formula says.
    """
    i, h, o = 3, 5, 2
    account.heading(f"{i}-{h}-{o}: how many parameters?")
    model = MLP(i, [h, o], activation="sigmoid", rng=options.seed)
    weights = sum(len(neuron.w) for layer in model.layers for neuron in layer.neurons)
    expected, counted = by_formula(i, h, o), model.num_parameters()
    account.say(f"By the formula: ({i}*{h} + {h}*{o}) + ({h} + {o}) = {expected}.")
    account.say(f"Counted: {weights} weights and {counted - weights} biases are {counted} parameters.")
    pictures.graph("networks_352.svg", model, f"the network of {counted} parameters: a line for each weight")
    if counted != expected:
        account.fail(f"The network has {counted} parameters, the formula says {expected}.")
    return counted == expected
