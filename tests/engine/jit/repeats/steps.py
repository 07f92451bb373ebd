"""Functions that go step by step, as people write them: recurrent networks, equations in time, filters."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import engine
from engine import Value

Case = tuple[Callable[..., Any], tuple[Any, ...], list[Value]]
"""A function, arguments, and the Values that it captured."""


def matrix(rows: int, columns: int, seed: int) -> list[list[Value]]:
    return [
        [Value(x) for x in row]
        for row in np.random.default_rng(seed).normal(0.0, 0.5, (rows, columns)).tolist()
    ]


def vector(n: int, seed: int) -> list[Value]:
    return matrix(1, n, seed)[0]


def samples(*shape: int) -> Any:
    return np.random.default_rng(99).normal(0.0, 0.7, shape).tolist()


def flat(*tables: Any) -> list[Value]:
    return [
        x
        for table in tables
        for row in table
        for x in (flat(row) if isinstance(row, list | tuple) else [row])
    ]


def rnn(steps: int = 7, width: int = 3, inputs: int = 2) -> Case:
    W, U, b = matrix(width, width, 1), matrix(width, inputs, 2), vector(width, 3)

    def f(xs: Any) -> Any:
        h = [Value(0.0)] * width
        for x in xs:
            h = [
                engine.tanh(engine.dot(w, h) + engine.dot(u, x) + c) for w, u, c in zip(W, U, b, strict=True)
            ]
        return engine.sum(h)

    return f, (samples(steps, inputs),), flat(W, U, b)


def rnn_with_losses(steps: int = 7, width: int = 3) -> Case:
    W, u, O = matrix(width, width, 1), vector(width, 2), vector(width, 3)  # noqa: E741

    def f(xs: Any, ys: Any) -> Any:
        h, total = [0.0] * width, 0.0
        for x, y in zip(xs, ys, strict=True):
            h = [
                engine.tanh(sum(a * b for a, b in zip(w, h, strict=True)) + c * x)
                for w, c in zip(W, u, strict=True)
            ]
            total = total + (engine.dot(O, h) - y) ** 2
        return total / steps

    return f, (samples(steps), samples(steps)), flat(W, u, O)


def rnn_on_numbers_it_holds(width: int = 3) -> Case:
    """Each product with a number makes a node of its own of it; some numbers come again, or in every step."""
    xs = [(0.3, 0.5, -0.0, 1.7), (-0.2, 0.3, 0.0, 1.7), (0.3, -0.2, -0.0, 1.7), (0.5, 0.5, 0.0, 1.7)] * 2
    W = matrix(width, width + 4, 1)

    def f(h: Any) -> Any:
        for x in xs:
            h = [engine.tanh(sum(a * b for a, b in zip(w, [*h, *x], strict=True))) for w in W]
        return engine.sum(h)

    return f, (samples(width),), flat(W)


def lstm(steps: int = 7, width: int = 3, inputs: int = 2) -> Case:
    gates = [matrix(width, width + inputs, seed) for seed in range(4)]
    biases = [vector(width, seed) for seed in range(4)]

    def f(xs: Any) -> Any:
        h = c = [Value(0.0)] * width
        for x in xs:
            z = [
                [engine.dot(w, [*h, *x]) + b for w, b in zip(W, bs, strict=True)]
                for W, bs in zip(gates, biases, strict=True)
            ]
            i, forget, o = ([engine.sigmoid(each) for each in row] for row in z[:3])
            g = [engine.tanh(each) for each in z[3]]
            c = [p * q + r * s for p, q, r, s in zip(forget, c, i, g, strict=True)]
            h = [p * engine.tanh(q) for p, q in zip(o, c, strict=True)]
        return engine.sum(h)

    return f, (samples(steps, inputs),), flat(gates, biases)


def stacked(steps: int = 7, width: int = 10, inputs: int = 3) -> Case:
    """Two recurrent layers, of which the second runs a step behind the first, with a wider matrix."""
    layers = [matrix(width, inputs + width, 1), matrix(width, 2 * width, 2)]
    biases = [vector(width, 3), vector(width, 4)]

    def f(xs: Any) -> Any:
        states: list[Any] = [[0.0] * width, [0.0] * width]
        for x in xs:
            for i, (W, b) in enumerate(zip(layers, biases, strict=True)):
                inputs = [*x, *states[i]]
                states[i] = x = [engine.tanh(engine.dot(w, inputs) + c) for w, c in zip(W, b, strict=True)]
        return engine.sum(states[1])

    return f, (samples(steps, inputs),), flat(*layers, biases)


def gru(steps: int = 7, width: int = 3) -> Case:
    Z, R, H = (matrix(width, width + 1, seed) for seed in range(3))

    def f(xs: Any) -> Any:
        h = [Value(0.0)] * width
        for x in xs:
            z = [engine.sigmoid(engine.dot(w, [*h, x])) for w in Z]
            r = [engine.sigmoid(engine.dot(w, [*h, x])) for w in R]
            new = [engine.tanh(engine.dot(w, [*(a * b for a, b in zip(r, h, strict=True)), x])) for w in H]
            h = [(1.0 - a) * b + a * c for a, b, c in zip(z, h, new, strict=True)]
        return engine.sum(h)

    return f, (samples(steps),), flat(Z, R, H)


def pendulum(steps: int = 7) -> Case:
    length = Value(1.3)

    def moved(angle: Any, speed: Any) -> Any:
        return speed, -9.81 / length * engine.sin(angle) - 0.1 * speed

    def f(angle: Any, speed: Any) -> Any:
        dt = 0.05
        for _ in range(steps):
            a, b = moved(angle, speed)
            c, d = moved(angle + dt / 2 * a, speed + dt / 2 * b)
            p, q = moved(angle + dt / 2 * c, speed + dt / 2 * d)
            r, s = moved(angle + dt * p, speed + dt * q)
            angle = angle + dt / 6 * (a + 2 * c + 2 * p + r)
            speed = speed + dt / 6 * (b + 2 * d + 2 * q + s)
        return angle

    return f, (1.0, 0.1), [length]


def n_body(steps: int = 6, bodies: int = 3) -> Case:
    masses = vector(bodies, 5)

    def f(places: Any, speeds: Any) -> Any:
        x, v = [list(each) for each in places], [list(each) for each in speeds]
        for _ in range(steps):
            for i in range(bodies):
                for j in range(bodies):
                    if i != j:
                        d = [p - q for p, q in zip(x[j], x[i], strict=True)]
                        pull = masses[j] ** 2 * (d[0] * d[0] + d[1] * d[1] + 0.1) ** -1.5
                        v[i] = [s + 0.01 * pull * e for s, e in zip(v[i], d, strict=True)]
            x = [[p + 0.01 * s for p, s in zip(a, b, strict=True)] for a, b in zip(x, v, strict=True)]
        return engine.sum([p * p for each in x for p in each])

    return f, (samples(bodies, 2), samples(bodies, 2)), masses


def heat(steps: int = 7, cells: int = 6) -> Case:
    k = Value(0.2)

    def f(u: Any) -> Any:
        u = list(u)
        for _ in range(steps):
            inner = [u[i] + k * (u[i - 1] - 2 * u[i] + u[i + 1]) for i in range(1, cells - 1)]
            u = [u[0], *inner, u[-1]]
        return engine.sum([x * x for x in u])

    return f, (samples(cells),), [k]


def wave(steps: int = 8, cells: int = 5) -> Case:
    c = Value(0.3)

    def f(u: Any) -> Any:
        before, now = list(u), list(u)
        for _ in range(steps):
            after = [
                2 * now[i] - before[i] + c * (now[i - 1] - 2 * now[i] + now[(i + 1) % cells])
                for i in range(cells)
            ]
            before, now = now, after
        return engine.sum([x**2 for x in now])

    return f, (samples(cells),), [c]


def diffusion(steps: int = 6, n: int = 4) -> Case:
    """On a torus, where each cell is like all others."""
    k = Value(0.1)

    def f(u: Any) -> Any:
        u = [list(row) for row in u]
        for _ in range(steps):
            u = [
                [
                    u[i][j]
                    + k * (u[i - 1][j] + u[(i + 1) % n][j] + u[i][j - 1] + u[i][(j + 1) % n] - 4 * u[i][j])
                    for j in range(n)
                ]
                for i in range(n)
            ]
        return engine.sum([x * x for row in u for x in row])

    return f, (samples(n, n),), [k]


def kalman(steps: int = 7) -> Case:
    q, r = Value(0.3), Value(0.5)

    def f(ys: Any) -> Any:
        x, p, likelihood = 0.0, 1.0, 0.0
        for y in ys:
            p = p + engine.exp(q)
            s, error = p + engine.exp(r), y - x
            likelihood = likelihood - 0.5 * (engine.log(s) + error * error / s)
            x, p = x + p / s * error, (1 - p / s) * p
        return likelihood

    return f, (samples(steps),), [q, r]


def hidden_markov(steps: int = 8, states: int = 3) -> Case:
    A, B = matrix(states, states, 1), matrix(states, 4, 2)

    def f(seen: Any) -> Any:
        moves, shows = [engine.log_softmax(row) for row in A], [engine.log_softmax(row) for row in B]
        alpha = [engine.take(row, seen[0]) for row in shows]
        for o in seen[1:]:
            alpha = [
                engine.logsumexp([alpha[i] + moves[i][j] for i in range(states)]) + engine.take(shows[j], o)
                for j in range(states)
            ]
        return engine.logsumexp(alpha)

    return f, ([(3 * i + i // 2) % 4 for i in range(steps)],), flat(A, B)


def forced_oscillation(steps: int = 7) -> Case:
    """Numbers of its own in each step."""
    a = Value(0.7)

    def f(x: Any) -> Any:
        for t in range(steps):
            x = x + 0.1 * (a * engine.sin(x) + math.cos(0.1 * t))
        return x

    return f, (0.3,), [a]


def embeddings(steps: int = 7, width: int = 3) -> Case:
    """Rows are picked before the steps, which read them in turn."""
    table, W = matrix(5, width, 1), matrix(width, width, 2)

    def f(tokens: Any) -> Any:
        xs, h = [engine.take(table, t) for t in tokens], [0.0] * width
        for x in xs:
            h = [engine.tanh(engine.dot(w, h) + c) for w, c in zip(W, x, strict=True)]
        return engine.sum(h)

    return f, ([(3 * i) % 5 for i in range(steps)],), flat(table, W)


def encoder_decoder(steps: int = 7, width: int = 3) -> Case:
    """One loop after another."""
    W, D, O = matrix(width, width + 1, 1), matrix(width, width, 2), vector(width, 3)  # noqa: E741

    def f(xs: Any) -> Any:
        h, found = [0.0] * width, []
        for x in xs:
            h = [engine.tanh(engine.dot(w, [*h, x])) for w in W]
        for _ in range(steps + 2):
            h = [engine.tanh(engine.dot(w, h)) for w in D]
            found.append(engine.dot(O, h))
        return engine.mean([(y - 0.3) ** 2 for y in found])

    return f, (samples(steps),), flat(W, D, O)


def trained_inside(steps: int = 7) -> Case:
    """Descent whose steps are differentiated, from numbers that take gradients."""
    rate, start = Value(0.1), vector(2, 4)

    def f(x: Any) -> Any:
        w = list(start)
        for _ in range(steps):
            error = w[0] * x + w[1] - 0.5
            w = [w[0] - rate * 2.0 * error * x, w[1] - rate * 2.0 * error]
        return w[0] * w[1]

    return f, (0.7,), [rate, *start]


def bidirectional(steps: int = 7, width: int = 2) -> Case:
    """Two loops, of which one begins at the end, and two more on what they found, with their own weights."""
    layers = [
        [(matrix(width, width, seed + k), matrix(width, count, seed + 2 + k)) for k in (0, 1)]
        for seed, count in ((1, 2), (5, 2 * width))
    ]
    O = vector(2 * width, 9)  # noqa: E741

    def along(weights: Any, xs: Any) -> Any:
        h, found = [0.0] * width, []
        for x in xs:
            h = [engine.tanh(engine.dot(w, h) + engine.dot(u, x)) for w, u in zip(*weights, strict=True)]
            found.append(h)
        return found

    def f(xs: Any) -> Any:
        for there, back in layers:
            ways = along(there, xs), along(back, xs[::-1])[::-1]
            xs = [[*a, *b] for a, b in zip(*ways, strict=True)]
        return engine.mean([engine.dot(O, x) ** 2 for x in xs])

    return f, (samples(steps, 2),), flat(layers[0], layers[1], O)


def sequences(steps: int = 7, count: int = 4) -> Case:
    """The same steps for each of several sequences, one after the other."""
    f, (xs,), values = rnn(steps, 2)

    def all_of(several: Any) -> Any:
        return engine.sum([f(each) for each in several])

    return all_of, ([[[x + 0.1 * i for x in row] for row in xs] for i in range(count)],), values


def picks(steps: int = 7) -> Case:
    """Each step picks from a row of its own, and from what it has found."""
    w = Value(0.6)

    def f(xs: Any, chosen: Any) -> Any:
        h = 0.1
        for x, i in zip(xs, chosen, strict=True):
            h = engine.tanh(h * w + engine.take(x, i) * engine.take([h, *x], i))
        return h

    return f, (samples(steps, 3), [(2 * i + i // 3) % 3 for i in range(steps)]), [w]


STEPS: dict[str, Callable[..., Case]] = {
    each.__name__: each
    for each in (
        *(rnn, rnn_with_losses, rnn_on_numbers_it_holds, lstm, stacked, gru, pendulum, n_body, heat),
        *(diffusion, wave, kalman, hidden_markov, forced_oscillation, embeddings, encoder_decoder),
        *(trained_inside, bidirectional, sequences, picks),
    )
}
