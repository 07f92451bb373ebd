"""Two inputs, five neurons, two outputs, sigmoids throughout: the cost over 5,000 iterations."""

from itertools import pairwise

from demos.data.truth_tables import GATES, INPUTS
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from demos.runner.train_to_goal import Training, train
from engine import Value
from nn import MLP, SGD, half_squared_error
from viz import plot_loss

__all__ = ["ALPHA", "ITERATIONS", "cost_of", "learn", "show"]

ITERATIONS = 5000
ALPHA = 0.01

TARGETS = list(zip(GATES["AND"], GATES["OR"], strict=True))
"""What the two outputs are to say of two bits."""


def cost_of(model: MLP) -> Value:
    """C = ½Σ(ŷ - y)² over both outputs and all four examples.

    >>> cost_of(MLP(2, [5, 2], output_activation="sigmoid", init="zeros")).data  # every answer is 0.5
    1.0
    """
    cost: Value = half_squared_error([model(x) for x in INPUTS], TARGETS)
    return cost


def learn(seed: int, iterations: int, account: Account) -> tuple[MLP, Training]:
    """A network trained from the random weights of a seed, and its costs.

    >>> model, training = learn(0, 3, Account())
    >>> training.losses[0] > training.losses[1] > training.losses[2]
    True
    """
    model = MLP(2, [5, 2], activation="sigmoid", output_activation="sigmoid", rng=seed)
    optimizer = SGD(model.parameters(), lr=ALPHA)
    return model, train("the 2-5-2 network", lambda: cost_of(model), optimizer,
                        epochs=iterations, goal=lambda: False, account=account)  # fmt: skip


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Train the network and plot its cost.

    Returns:
        Whether the cost fell in every iteration.
    """
    account.heading("2-5-2, sigmoid everywhere: the cost against training iterations")
    model, training = learn(options.seed, min(ITERATIONS, options.epochs), account)
    costs = [*training.losses, cost_of(model).data]
    falling = all(after < before for before, after in pairwise(costs))
    account.say(
        f"The outputs are to say x1 AND x2, and x1 OR x2. With C = 1/2 * sum((y_hat - y)**2) and alpha = "
        f"{ALPHA}, {training.epochs} iterations over all four examples brought C from {costs[0]:.4f} to "
        f"{costs[-1]:.4f}; it fell in {'every one of them' if falling else 'not all of them'}."
    )
    account.table(
        ["x1", "x2", "AND", "output 1", "OR", "output 2"],
        [[f"{x[0]:g}", f"{x[1]:g}", y[0], first.data, y[1], second.data]
         for x, y in zip(INPUTS, TARGETS, strict=True) for first, second in [model(x)]],
    )  # fmt: skip

    def draw(ax: object) -> None:
        plot_loss(
            training.losses, ax, title="2-5-2: the cost while learning", xlabel="iteration", ylabel="cost"
        )

    pictures.plot("networks_252_cost.png", draw, "the cost of the 2-5-2 network in each iteration")
    if not falling:
        account.fail("The cost of the 2-5-2 network did not fall in every iteration.")
    return falling
