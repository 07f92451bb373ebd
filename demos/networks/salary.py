"""Age and years of experience to salary: a training loop of eight lines of matrices, and the same in scalars.

The six people are made up for this demo: the salary, in thousands, rises with experience and levels off.
Each column is scaled to lie between 0 and 1 by dividing it by a round number above its largest.
"""

import inspect

import numpy as np
import numpy.typing as npt

from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from demos.runner.train_to_goal import train
from engine import Value
from nn import MLP, SGD, half_squared_error

__all__ = ["ITERATIONS", "PEOPLE", "SCALES", "SEED", "eight_lines", "network", "scalars", "show", "start"]

ITERATIONS = 1000
SEED = 1

PEOPLE = np.array(
    [[24, 1, 30], [29, 5, 42], [35, 10, 56], [41, 17, 68], [50, 24, 75], [58, 34, 79]], dtype=float
)
"""Age, years of experience, salary."""

SCALES = np.array([100.0, 50.0, 100.0])

Array = npt.NDArray[np.float64]


def start() -> tuple[Array, Array]:
    """The weights to start from: those of ``np.random.seed(1)``, then randn(2, 3) and randn(3, 1).

    >>> W1, W2 = start()
    >>> float(W1[0, 0].round(6)), W2.shape
    (1.624345, (3, 1))
    """
    rng = np.random.RandomState(SEED)  # the same numbers, and the global generator is left alone
    return rng.randn(2, 3), rng.randn(3, 1)


def eight_lines(X: Array, t: Array, W1: Array, W2: Array, iterations: int) -> tuple[Array, Array]:
    """Train a network of sigmoids without biases on all examples at once, with C = ½Σ(y - t)² and step 1.

    >>> W1, W2 = eight_lines(np.ones((1, 2)), np.ones((1, 1)), *start(), 10)
    >>> W1.shape, W2.shape
    ((2, 3), (3, 1))
    """
    for _ in range(iterations):
        h = 1 / (1 + np.exp(-X @ W1))
        y = 1 / (1 + np.exp(-h @ W2))
        dz2 = (y - t) * y * (1 - y)
        dW2 = h.T @ dz2
        dz1 = dz2 @ W2.T * h * (1 - h)
        dW1 = X.T @ dz1
        W2 = W2 - dW2
        W1 = W1 - dW1
    return W1, W2


def network() -> MLP:
    """The same network in scalars, with the same weights to start from.

    >>> network().num_parameters()
    9
    """
    model = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", bias=False)
    for layer, W in zip(model.layers, start(), strict=True):
        for neuron, column in zip(layer.neurons, W.T.tolist(), strict=True):
            for w, number in zip(neuron.w, column, strict=True):
                w.data = number
    return model


def scalars(X: Array, t: Array, iterations: int, account: Account) -> MLP:
    """The network in scalars, trained by the gradients that the engine finds.

    >>> scalars(np.ones((1, 2)), np.ones((1, 1)), 1, Account()).num_parameters()
    9
    """
    model = network()

    def cost() -> Value:
        value: Value = half_squared_error([model(x) for x in X.tolist()], t[:, 0].tolist())
        return value

    optimizer = SGD(model.parameters(), lr=1.0)
    train("the 2-3-1 network", cost, optimizer, epochs=iterations, goal=lambda: False, account=account)
    return model


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Train both, and compare.

    Returns:
        Whether the weights of both are the same.
    """
    account.heading("2-3-1, sigmoid, no biases: age and experience to salary")
    iterations = min(ITERATIONS, options.epochs)
    account.say(
        f"From np.random.seed({SEED}), {iterations} iterations over {len(PEOPLE)} people, step 1. In each:"
    )
    loop = inspect.getsource(eight_lines).split("range(iterations):\n")[1].splitlines()[:-1]
    account.quote("\n".join(line[4:] for line in loop))
    X, t = (PEOPLE / SCALES)[:, :2], (PEOPLE / SCALES)[:, 2:]
    W1, W2 = eight_lines(X, t, *start(), iterations)
    model = scalars(X, t, iterations, account)
    hidden, output = (
        np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T for layer in model.layers
    )
    answers = [SCALES[2] * model(x).data for x in X.tolist()]
    account.table(
        ["age", "experience", "salary", "network"],
        [[f"{age:g}", f"{years:g}", f"{salary:g}", f"{answer:.2f}"]
         for (age, years, salary), answer in zip(PEOPLE, answers, strict=True)],
    )  # fmt: skip
    right = agree("W1 of the matrices and of the engine", hidden, W1, account)
    right &= agree("W2 of the matrices and of the engine", output, W2, account)
    return right
