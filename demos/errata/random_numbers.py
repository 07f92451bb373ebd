"""E-6: numpy.random.rand is not normally distributed; it is uniform on [0, 1). randn is normal."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ALLOWED", "COUNT", "distance", "draw", "from_normal", "samples", "statistics"]

COUNT = 10_000

ALLOWED = math.sqrt(-math.log(1e-4 / 2) / 2 / COUNT)
"""The distance from the true distribution that a sample stays below but for one time in 10,000: the critical
value of the test of Kolmogorov and Smirnov, √(-½ log(α/2) / n)."""

Array = npt.NDArray[np.float64]


def samples(seed: int) -> dict[str, Array]:
    """Samples of both functions.

    >>> {name: numbers.shape for name, numbers in samples(0).items()}
    {'rand': (10000,), 'randn': (10000,)}
    """
    rng = np.random.RandomState(seed)  # has the functions of numpy.random, and leaves its state alone
    return {"rand": rng.rand(COUNT), "randn": rng.randn(COUNT)}


def normal(x: float) -> float:
    """The share of a normal distribution below x.

    >>> normal(0.0)
    0.5
    """
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def distance(numbers: Array, distribution: Callable[[float], float]) -> float:
    """The Kolmogorov–Smirnov distance of a sample from a distribution.

    >>> distance(np.array([0.25, 0.75]), lambda x: x)
    0.25
    """
    expected = np.array([distribution(x) for x in np.sort(numbers).tolist()])
    n = len(expected)
    above, below = np.arange(1, n + 1) / n - expected, expected - np.arange(n) / n
    return float(max(above.max(), below.max()))


def from_normal(numbers: Array) -> float:
    """The distance of a sample from the normal distribution of its mean and deviation.

    >>> from_normal(samples(0)["randn"]) < ALLOWED < from_normal(samples(0)["rand"])
    True
    """
    return distance((numbers - numbers.mean()) / numbers.std(), normal)


def statistics(numbers: Array) -> list[float]:
    """Mean, standard deviation, smallest, largest, share within a deviation of the mean, kurtosis.

    >>> statistics(np.array([-1.0, 1.0]))
    [0.0, 1.0, -1.0, 1.0, 1.0, 1.0]
    """
    mean, deviation = numbers.mean(), numbers.std()
    within = np.mean(np.abs(numbers - mean) <= deviation)
    kurtosis = np.mean(((numbers - mean) / deviation) ** 4)
    return [float(x) for x in (mean, deviation, numbers.min(), numbers.max(), within, kurtosis)]


def draw(ax: Any, seed: int) -> None:
    """The histograms of both, with bins that begin at 0 and end at 1."""
    edges = np.arange(-32, 33) / 8
    for (name, numbers), colour, style in zip(
        samples(seed).items(), ("#0072b2", "#d55e00"), ("-", "--"), strict=True
    ):
        ax.stairs(
            np.histogram(numbers, edges)[0], edges, label=name, edgecolor=colour, linestyle=style, lw=1.8
        )
    ax.set(title=f"{COUNT:,} numbers from rand and from randn", xlabel="number", ylabel="how many")
    ax.grid(alpha=0.3)
    ax.legend()
