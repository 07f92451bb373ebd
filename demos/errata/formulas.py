"""Slips in the formulas of activation functions: E-2, the logistic function, and E-3, softmax."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from demos.errata.trial import Trial, off_by

__all__ = ["cross_entropy", "logistic", "shares", "squared_error", "trials"]

X, T = np.array([0.5, -1.0, 2.0]), 1.0
"""The inputs of a neuron, and its target."""

CHOSEN = 0
"""The right class of three."""

Result = tuple[float, npt.NDArray[np.float64]]


def logistic(u: float, slip: bool) -> float:
    """1 / (1 + e^-u), or with the slip 1 / (1 + e^u), which falls where it should rise.

    >>> logistic(2.0, slip=False) > 0.5, logistic(2.0, slip=True) > 0.5
    (True, False)
    """
    return float(1 / (1 + np.exp(u if slip else -u)))


def squared_error(w: Sequence[float], slip: bool) -> Result:
    """E-2: the cost ½(y - t)² of a neuron, with the derivative y(1 - y) that belongs to 1 / (1 + e^-u).

    >>> squared_error([0.0, 0.0, 0.0], slip=False)[0]
    0.125
    """
    y = logistic(float(np.dot(w, X)), slip)
    return (y - T) ** 2 / 2, (y - T) * y * (1 - y) * X


def shares(scores: Sequence[float], slip: bool) -> npt.NDArray[np.float64]:
    """e^O_i / Σe^O_j, or with the slip O_i / ΣO_j, which may be negative.

    >>> shares([2.0, -1.0], slip=True).tolist(), shares([2.0, -1.0], slip=False).round(2).tolist()
    ([2.0, -1.0], [0.95, 0.05])
    """
    weights = np.array(scores) if slip else np.exp(scores)
    return weights / weights.sum()


def cross_entropy(scores: Sequence[float], slip: bool) -> Result:
    """E-3: the cost -log of the share of the right class, with the derivative p - t that belongs to softmax.

    >>> round(cross_entropy([1.0, 1.0], slip=False)[0], 6)  # log 2
    0.693147
    """
    p = shares(scores, slip)
    t = np.eye(len(p))[CHOSEN]
    return float(-np.log(p[CHOSEN])), p - t


def trials(rng: np.random.Generator) -> list[Trial]:
    """The trials of E-2 and E-3, for random weights and positive random scores.

    >>> [trial.exposed for trial in trials(np.random.default_rng(0))]
    [True, True]
    """
    w, scores = rng.uniform(-1, 1, 3).tolist(), rng.uniform(0.5, 2, 3).tolist()
    return [
        Trial("E-2", "1 / (1 + e^u)", "1 / (1 + e^-u)",
              off_by(lambda w: squared_error(w, slip=True), w),
              off_by(lambda w: squared_error(w, slip=False), w)),
        Trial("E-3", "O_i / sum O_j", "e^O_i / sum e^O_j",
              off_by(lambda o: cross_entropy(o, slip=True), scores),
              off_by(lambda o: cross_entropy(o, slip=False), scores)),
    ]  # fmt: skip
