"""K inputs, N hidden neurons, M outputs, all sigmoid: the textbook's sums for both kinds of weights."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from demos.networks.sigmoid_network import by_engine, sigmoid_network
from demos.runner.account import Account
from demos.runner.compare import agree
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import no_grad
from nn import MLP

__all__ = ["K", "M", "N", "T", "X", "by_sums", "show"]

K, N, M = 3, 4, 2

X, T = [1.0, -0.5, 0.25], [1.0, 0.0]


def by_sums(model: MLP, x: Sequence[float], t: Sequence[float]) -> tuple[npt.NDArray[np.float64], ...]:
    """The gradients of E = ½Σ(y_j - t_j)² by the hidden weights w_ki and the output weights w'_ij, as sums.

    Returns:
        Two arrays, a row per neuron, as the weights stand in the layers.

    >>> [dw.shape for dw in by_sums(sigmoid_network([K, N, M], seed=0), X, T)]
    [(4, 3), (2, 4)]
    """
    with no_grad():
        h = [neuron(x).data for neuron in model.layers[0].neurons]
        y = [neuron(h).data for neuron in model.layers[1].neurons]
    w_out = [[w.data for w in neuron.w] for neuron in model.layers[1].neurons]
    of_output = [[(y[j] - t[j]) * y[j] * (1 - y[j]) * h[i] for i in range(len(h))] for j in range(len(y))]
    of_hidden = [
        [
            sum((y[j] - t[j]) * y[j] * (1 - y[j]) * w_out[j][i] for j in range(len(y)))
            * h[i]
            * (1 - h[i])
            * x[k]
            for k in range(len(x))
        ]
        for i in range(len(h))
    ]
    return np.array(of_hidden), np.array(of_output)


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Compare the sums with the engine.

    Returns:
        Whether they agree.
    """
    account.heading(f"{K}-{N}-{M}, all sigmoid: a sum for each weight")
    model = sigmoid_network([K, N, M], options.seed)
    hidden, output = by_sums(model, X, T)
    engine = by_engine(model, X, T).dW
    account.say("By an output weight: dE/dw'_ij = (y_j - t_j) * y_j * (1 - y_j) * h_i.")
    right = agree("That and the engine", output, engine[1], account)
    account.say(
        "By a hidden weight: dE/dw_ki = sum over j of [(y_j - t_j) * y_j * (1 - y_j) * w'_ij] "
        "* h_i * (1 - h_i) * x_k."
    )
    right &= agree("That and the engine", hidden, engine[0], account)
    return right
