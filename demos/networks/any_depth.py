"""Any number of hidden layers: the general algorithm in matrices, forward and backward."""

from collections.abc import Sequence

import numpy as np

from demos.networks.sigmoid_network import Gradients, by_engine, matrices, sigmoid_network
from demos.runner.account import Account
from demos.runner.compare import EXACT, largest_difference
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from nn import MLP

__all__ = ["DEPTHS", "T", "X", "by_matrices", "show"]

DEPTHS = (1, 2, 3, 5, 8)
WIDTH = 4

X, T = [1.0, -0.5, 0.25], [1.0, 0.0]


def by_matrices(model: MLP, x: Sequence[float], t: Sequence[float]) -> Gradients:
    """The gradients by the textbook: forward through the layers, and backward by its four equations.

    >>> by_matrices(sigmoid_network([2, 3, 1], seed=0), [0.5, -1.0], [1.0]).dW[0].shape
    (3, 2)
    """
    W, b = matrices(model)
    h = [np.array(x)]
    for weights, biases in zip(W, b, strict=True):
        h.append(1 / (1 + np.exp(-(weights @ h[-1] + biases))))
    dz, dW = [], []
    dh = h[-1] - np.array(t)
    for weights, before, after in zip(reversed(W), reversed(h[:-1]), reversed(h[1:]), strict=True):
        dz.insert(0, dh * after * (1 - after))  # (1), (2): dz = dh ⊗ σ'(z), where σ' = σ (1 - σ)
        dW.insert(0, np.outer(dz[0], before))  # (4): dW = dz hᵀ
        dh = weights.T @ dz[0]  # dh = Wᵀ dz
    return Gradients(dz=dz, db=dz, dW=dW)  # (3): z moves one to one with b


def show(options: Options, account: Account, pictures: Pictures) -> bool:
    """Compare the algorithm with the engine for networks of several depths.

    Returns:
        Whether they agree.
    """
    account.heading("L hidden layers: the general algorithm")
    account.say("Forward, h = s(W h_before + b), layer by layer; then backward, from dh = y - t:")
    account.quote("    dz = dh * s'(z),   db = dz,   dW = dz h_before^T,   dh_before = W^T dz.")
    rows, worst = [], 0.0
    for depth in DEPTHS:
        model = sigmoid_network([len(X), *[WIDTH] * depth, len(T)], options.seed)
        ours, engine = by_matrices(model, X, T), by_engine(model, X, T)
        found, expected = (
            np.concatenate([each.ravel() for each in (*side.dW, *side.db)]) for side in (ours, engine)
        )
        difference = largest_difference(found, expected)
        worst = max(worst, difference)
        rows.append([depth, len(found), f"{np.abs(expected).max():.1e}", f"{difference:.1e}"])
    account.table(["hidden layers", "gradients", "largest", "algorithm and engine apart by"], rows)
    if not worst <= EXACT:
        account.fail(f"The general algorithm and the engine are apart by {worst:.1e}.")
    return worst <= EXACT
