"""Sequences: soft dynamic time warping, and two recurrent networks."""

from __future__ import annotations

from typing import Any

from benchmarks.irregular.inference import numbers

__all__ = [
    "gru",
    "gru_of_arrays",
    "lstm",
    "lstm_of_arrays",
    "soft_dtw",
    "soft_dtw_of_arrays",
]

FAR = 1e3
"""A distance whose negative exponential is nothing."""


def _other(count: int) -> list[float]:
    return numbers(count, seed=4, low=-2.0, high=2.0)


def soft_dtw(m: Any, x: Any, count: int) -> Any:
    """How far a sequence is from another, warped; the least of three ways is soft (Cuturi & Blondel 2017).

    Args:
        m: where ``logsumexp`` of a list is taken from.
        x: a sequence.
        count: its length, and that of the other.
    """
    above: list[Any] = []
    for xi in x:
        row: list[Any] = []
        for j, yj in enumerate(_other(count)):
            ways = [*row[-1:], *above[max(j - 1, 0) : j + 1]]
            distance = (xi - yj) * (xi - yj)
            if len(ways) == 1:
                distance = distance + ways[0]
            elif ways:
                distance = distance - m.logsumexp([-way for way in ways])
            row.append(distance)
        above = row
    return above[-1]


def soft_dtw_of_arrays(library: Any, x: Any, count: int) -> Any:
    """The same by diagonals, which are computed at once; what lies outside is far."""
    np = library.numpy
    other = _other(count)
    diagonals = [[d - i if 0 <= d - i < count else -1 for i in range(count)] for d in range(2 * count - 1)]
    y = library.array([[other[j] if j >= 0 else 0.0 for j in row] for row in diagonals])
    inside = library.array([[float(j >= 0) for j in row] for row in diagonals])
    distances = inside * (x - y) ** 2
    edge = library.array([FAR])

    def step(state: Any, distance: Any) -> Any:
        last, before = state
        a, b, c = last[:-1], last[1:], before[:-1]
        least = np.minimum(np.minimum(a, b), c)
        ways = np.exp(least - a) + np.exp(least - b) + np.exp(least - c)
        return (np.concatenate([edge, distance + least - np.log(ways)]), last), None

    beyond = [FAR] * count
    state = (library.array([FAR, *beyond]), library.array([0.0, *beyond]))
    (last, _), _ = library.scan(step, state, distances, unroll=4)
    return last[-1]


def _inputs(inputs: int, steps: int) -> list[list[float]]:
    flat = numbers(inputs * steps, seed=6, low=-2.0, high=2.0)
    return [flat[i : i + inputs] for i in range(0, inputs * steps, inputs)]


def _gates(x: Any, gates: int, hidden: int, inputs: int) -> list[list[list[Any]]]:
    """The rows of weights, by gate."""
    width = hidden + inputs
    rows = [list(x[i : i + width]) for i in range(0, gates * hidden * width, width)]
    return [rows[i : i + hidden] for i in range(0, gates * hidden, hidden)]


def _products(rows: list[list[Any]], v: list[Any]) -> list[Any]:
    return [sum(w * each for w, each in zip(row, v, strict=True)) for row in rows]


def gru(m: Any, x: Any, hidden: int, inputs: int, steps: int) -> Any:
    """A gated recurrent unit without biases: Σ h² at the end.

    Args:
        m: where ``sigmoid`` and ``tanh`` are taken from.
        x: weights by gate (update, reset, candidate), row by row, those of the state before the input's.
        hidden: width of the state.
        inputs: numbers in a step.
        steps: how many.
    """
    update, reset, candidate = _gates(x, 3, hidden, inputs)
    h: list[Any] = [0.0] * hidden
    for each in _inputs(inputs, steps):
        z = [m.sigmoid(total) for total in _products(update, [*h, *each])]
        r = [m.sigmoid(total) for total in _products(reset, [*h, *each])]
        kept = [a * b for a, b in zip(r, h, strict=True)]
        c = [m.tanh(total) for total in _products(candidate, [*kept, *each])]
        h = [(1 - a) * b + a * new for a, b, new in zip(z, h, c, strict=True)]
    return sum(each * each for each in h)


def _sigmoid(np: Any, x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def gru_of_arrays(library: Any, x: Any, hidden: int, inputs: int, steps: int) -> Any:
    """The same on matrices, the inputs' products before the loop."""
    np = library.numpy
    W = x.reshape(3 * hidden, hidden + inputs)
    both, last = W[: 2 * hidden, :hidden], W[2 * hidden :, :hidden]
    added = library.array(_inputs(inputs, steps)) @ W[:, hidden:].T

    def step(h: Any, a: Any) -> Any:
        gates = _sigmoid(np, both @ h + a[: 2 * hidden])
        z, r = gates[:hidden], gates[hidden:]
        return (1.0 - z) * h + z * np.tanh(last @ (r * h) + a[2 * hidden :]), None

    h, _ = library.scan(step, np.zeros(hidden), added, unroll=2)
    return (h * h).sum()


def lstm(m: Any, x: Any, hidden: int, inputs: int, steps: int) -> Any:
    """A long short-term memory without biases: Σ h² at the end.

    Args:
        m: where ``sigmoid`` and ``tanh`` are taken from.
        x: weights by gate (input, forget, output, candidate), row by row, the state's before the input's.
        hidden: width of the state.
        inputs: numbers in a step.
        steps: how many.
    """
    gates = _gates(x, 4, hidden, inputs)
    h: list[Any] = [0.0] * hidden
    c: list[Any] = [0.0] * hidden
    for each in _inputs(inputs, steps):
        i, f, o = ([m.sigmoid(total) for total in _products(gate, [*h, *each])] for gate in gates[:3])
        g = [m.tanh(total) for total in _products(gates[3], [*h, *each])]
        c = [a * old + b * new for a, old, b, new in zip(f, c, i, g, strict=True)]
        h = [a * m.tanh(cell) for a, cell in zip(o, c, strict=True)]
    return sum(each * each for each in h)


def lstm_of_arrays(library: Any, x: Any, hidden: int, inputs: int, steps: int) -> Any:
    """The same on matrices, the inputs' products before the loop."""
    np = library.numpy
    W = x.reshape(4 * hidden, hidden + inputs)
    U = W[:, :hidden]
    added = library.array(_inputs(inputs, steps)) @ W[:, hidden:].T

    def step(state: Any, a: Any) -> Any:
        h, c = state
        total = U @ h + a
        gates, g = _sigmoid(np, total[: 3 * hidden]), np.tanh(total[3 * hidden :])
        i, f, o = gates.reshape(3, hidden)
        c = f * c + i * g
        return (o * np.tanh(c), c), None

    nothing = np.zeros(hidden)
    (h, _), _ = library.scan(step, (nothing, nothing), added, unroll=4)
    return (h * h).sum()
