"""Likelihoods: a Kalman filter, a hidden Markov model, a Gaussian process."""

from __future__ import annotations

import math
import random
from typing import Any

__all__ = [
    "gaussian_process",
    "gaussian_process_of_arrays",
    "hmm",
    "hmm_of_arrays",
    "kalman",
    "loop",
    "numbers",
]

SYMBOLS = 4
"""How many symbols the hidden Markov model shows."""


def numbers(count: int, seed: int, low: float = -1.0, high: float = 1.0) -> list[float]:
    """Uniform numbers, the same everywhere.

    >>> numbers(0, seed=1)
    []
    """
    draw = random.Random(seed).random
    return [low + (high - low) * draw() for _ in range(count)]


def loop(m: Any, step: Any, state: tuple[Any, ...], rows: list[float], unroll: int = 1) -> tuple[Any, ...]:
    """The state after ``state = step(state, row)`` for each row, by ``m.scan`` where there is one.

    >>> loop(math, lambda state, row: (state[0] + row,), (1.0,), [2.0, 3.0])
    (6.0,)
    """
    if hasattr(m, "scan"):
        begin = tuple(map(m.array, state))
        return m.scan(lambda now, row: (step(now, row), None), begin, m.array(rows), unroll=unroll)[0]  # type: ignore[no-any-return]
    for row in rows:
        state = step(state, row)
    return state


def kalman(m: Any, x: Any, steps: int) -> Any:
    """Minus the log likelihood of noisy positions of something that moves evenly, without constants.

    Args:
        m: where ``log`` is taken from.
        x: variance of the position's noise, of the measurement's, and what part of the speed is kept.
        steps: how many positions.
    """
    q, r, a = x

    def step(state: Any, z: Any) -> Any:
        m0, m1, P00, P01, P11, total = state
        m0, m1 = m0 + a * m1, a * m1
        n00 = P00 + 2 * a * P01 + a * a * P11 + q
        n01, n11 = a * (P01 + a * P11), a * a * P11 + q
        s = n00 + r
        k0, k1, e = n00 / s, n01 / s, z - m0
        total = total + m.log(s) + e * e / s
        return m0 + k0 * e, m1 + k1 * e, (1 - k0) * n00, (1 - k0) * n01, n11 - k1 * n01, total

    start = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0)
    return loop(m, step, start, numbers(steps, seed=1), unroll=4)[-1]


def _seen(steps: int) -> list[int]:
    return [int(number) for number in numbers(steps, seed=2, low=0.0, high=float(SYMBOLS))]


def hmm(m: Any, x: Any, states: int, steps: int) -> Any:
    """Minus the log likelihood of symbols under a hidden Markov model, by the forward algorithm.

    Args:
        m: where ``logsumexp`` of a list is taken from.
        x: scores of the transitions, row by row, and of the symbols of each state; a row is normalised.
        states: how many.
        steps: how many symbols.
    """

    def normalised(row: Any) -> list[Any]:
        total = m.logsumexp(row)
        return [each - total for each in row]

    square = states * states
    A = [normalised(list(x[i : i + states])) for i in range(0, square, states)]
    B = [normalised(list(x[i : i + SYMBOLS])) for i in range(square, square + states * SYMBOLS, SYMBOLS)]
    first, *later = _seen(steps)
    alpha = [row[first] - math.log(states) for row in B]
    for symbol in later:
        alpha = [
            m.logsumexp([alpha[i] + A[i][j] for i in range(states)]) + B[j][symbol] for j in range(states)
        ]
    return -m.logsumexp(alpha)


def hmm_of_arrays(library: Any, x: Any, states: int, steps: int) -> Any:
    """The same with a matrix of transitions."""
    np = library.numpy

    def logsumexp(scores: Any) -> Any:  # of the columns
        largest = scores.max(0)
        return np.log(np.exp(scores - largest).sum(0)) + largest

    A, B = x[: states * states].reshape(states, states), x[states * states :].reshape(states, SYMBOLS)
    A, B = (A.T - logsumexp(A.T)).T, (B.T - logsumexp(B.T)).T
    first, *later = _seen(steps)

    def step(alpha: Any, shown: Any) -> Any:
        return logsumexp(alpha[:, None] + A) + shown, None

    start = B[:, first] - math.log(states)
    alpha, _ = library.scan(step, start, B.T[np.array(later)], unroll=4)
    return -logsumexp(alpha)


def _points(count: int) -> tuple[list[float], list[float]]:
    places = numbers(count, seed=3, low=0.0, high=5.0)
    return places, [math.sin(place) for place in places]


def gaussian_process(m: Any, x: Any, count: int) -> Any:
    """Minus the log marginal likelihood of a Gaussian process without constants, by Cholesky's method.

    Args:
        m: where ``exp``, ``log`` and ``sqrt`` are taken from.
        x: length scale, amplitude, noise.
        count: how many points are known.
    """
    length, amplitude, noise = x
    places, heights = _points(count)
    variance = amplitude * amplitude

    def kernel(i: int, j: int) -> Any:
        if i == j:
            return variance + noise * noise
        return variance * m.exp(-0.5 * (places[i] - places[j]) ** 2 / (length * length))

    L: list[list[Any]] = []
    for i in range(count):
        L.append([])
        for j in range(i + 1):
            rest = kernel(i, j)
            for k in range(j):
                rest = rest - L[i][k] * L[j][k]
            L[i].append(m.sqrt(rest) if i == j else rest / L[j][j])
    z: list[Any] = []
    for i in range(count):
        rest = heights[i]
        for k in range(i):
            rest = rest - L[i][k] * z[k]
        z.append(rest / L[i][i])
    return 0.5 * sum(each * each for each in z) + sum(m.log(L[i][i]) for i in range(count))


def gaussian_process_of_arrays(library: Any, x: Any, count: int) -> Any:
    """The same with the library's own Cholesky decomposition."""
    np, (length, amplitude, noise) = library.numpy, x
    places, heights = map(library.array, _points(count))
    apart = places[:, None] - places
    K = amplitude * amplitude * np.exp(-0.5 * apart**2 / (length * length)) + noise * noise * np.eye(count)
    L = np.linalg.cholesky(K)
    z = library.solve_triangular(L, heights)
    return 0.5 * (z * z).sum() + np.log(np.diagonal(L)).sum()
