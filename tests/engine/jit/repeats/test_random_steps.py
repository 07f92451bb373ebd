"""Recurrences drawn at random are the engine's, in values and gradients."""

from typing import Any

import numpy as np
import pytest

import engine
from engine import Value
from tests.cases import named
from tests.engine.jit.forms import assert_agrees, forced
from tests.engine.jit.repeats.test_program import ARRAYS, leaves, wrapped
from tests.sampling import samples


class Recurrence:
    """A function that goes step by step, in ways that are drawn.

    States read those of up to three steps before, and at times the first; inputs enter early or late; weights
    are the same or change; one step may differ; results are the last state, some, or all. Several chains run
    one after the other, some of them backwards or on what another found, and all of it for some sequences.
    """

    def __init__(self, seed: int) -> None:
        rng = self.rng = np.random.default_rng(seed)
        self.width, self.steps = int(rng.integers(1, 4)), int(rng.integers(5, 12))
        self.weights: list[Value] = []
        self.chains = [self._chain() for _ in range(rng.integers(1, 4))]
        self.own = bool(rng.random() < 0.4)  # each chain has a form of its own
        self.stacked = bool(rng.random() < 0.5)
        self.output = rng.choice(["last", "each", "some", "sum"])
        self.count = int(rng.choice([0, 0, 2, 5]))  # of sequences, one after the other; 0 for one alone
        shape = (self.count,) if self.count else ()
        self.xs = rng.normal(0.0, 0.6, (*shape, self.steps, self.width)).tolist()

    def weight(self) -> Value:
        self.weights.append(Value(float(self.rng.normal(0.0, 0.5))))
        return self.weights[-1]

    def _chain(self) -> dict[str, Any]:
        rng, n = self.rng, self.width
        of_step = rng.random() < 0.2
        return {
            "W": [
                [[self.weight() for _ in range(n)] for _ in range(n)]
                for _ in range(self.steps if of_step else 1)
            ],
            "v": [self.weight() for _ in range(n)],
            "backwards": rng.random() < 0.4,
            "lag": int(rng.choice([1, 1, 2, 3])),
            "form": int(rng.integers(6)),
            "input": rng.choice(["plain", "early", "none", "late"]),
            "other_at": int(rng.choice([-1, -1, 2, 4])),
            "start": [self.weight() if rng.random() < 0.3 else 0.0 for _ in range(n)],
            "first": rng.random() < 0.2,
            "decays": rng.random() < 0.3,
        }

    def step(self, chain: dict[str, Any], form: int, W: Any, states: list[Any], x: Any, t: int) -> list[Any]:
        h, old, v = states[-1], states[-min(chain["lag"], len(states))], chain["v"]
        found = []
        for i in range(self.width):
            if form == 0:
                y = engine.tanh(engine.dot(W[i], h) + x[i])
            elif form == 1:
                y = engine.sigmoid(sum(a * b for a, b in zip(W[i], h, strict=True)) - v[i] * x[i])
            elif form == 2:
                y = h[i] + 0.1 * (v[i] * engine.sin(h[i - 1]) + x[i])
            elif form == 3:
                y = 0.5 * h[i] * v[i] - old[i] / 3.0 + engine.maximum(x[i], h[i - 1] * 0.2)
            elif form == 4:
                y = engine.logsumexp([a + b for a, b in zip(W[i], h, strict=True)]) - 1.0 + x[i] * v[i]
            else:
                gate = engine.sigmoid(engine.dot(W[i], h))
                y = gate * h[i] + (1.0 - gate) * engine.tanh(x[i] + v[i])
            if chain["lag"] > 1 and form != 3:
                y = y - 0.25 * old[-1 - i]
            if chain["first"]:
                y = y + 0.1 * states[0][i] * x[0]
            if chain["decays"]:
                y = y * 0.9**t
            found.append(y)
        if t == chain["other_at"]:
            found = [engine.cos(y) * v[0] for y in found]
        return found

    def run(self, chain: dict[str, Any], form: int, xs: Any) -> list[list[Any]]:
        xs = xs[::-1] if chain["backwards"] else xs
        if chain["input"] == "early":
            xs = [[engine.tanh(chain["v"][0] * a) for a in x] for x in xs]
        elif chain["input"] == "none":
            xs = [[0.3] * self.width] * len(xs)
        states = [chain["start"]]
        for t, x in enumerate(xs):
            W = chain["W"][t % len(chain["W"])]
            given = [0.2] * self.width if chain["input"] == "late" else x
            states.append(self.step(chain, form, W, states, given, t))
        found = states[1:]
        if chain["input"] == "late":
            found = [[a * b for a, b in zip(h, x, strict=True)] for h, x in zip(found, xs, strict=True)]
        return found[::-1] if chain["backwards"] else found

    def __call__(self, xs: Any) -> Any:
        if not self.count:
            return self.of_one(xs)
        total = 0.0
        for each in xs:
            found = self.of_one(each)
            total = total + (engine.sum(found) if isinstance(found, list) else found * found)
        return total

    def of_one(self, xs: Any) -> Any:
        found = []
        for chain in self.chains:
            found.append(self.run(chain, chain["form"] if self.own else self.chains[0]["form"], xs))
            xs = found[-1] if self.stacked else xs
        if self.output == "last":
            return [engine.sum(states[-1]) for states in found]
        if self.output == "each":
            return engine.mean([y * y for states in found for h in states for y in h])
        if self.output == "some":
            return [states[i][0] * states[-1][-1] for states in found for i in (0, len(states) // 2)]
        return sum(h[0] for states in found for h in states)


@pytest.mark.unmeasured
def test_random_recurrences() -> None:
    loops = 0
    for seed in range(samples(16, 500)):
        f = Recurrence(seed)
        with named(seed), forced(ARRAYS[seed % len(ARRAYS)]):
            lifted = assert_agrees(f, f.weights, f.xs)
            loops += "for t in" in lifted.source
            if seed % 4 == 0:
                given = wrapped(f.xs)
                assert_agrees(f, [*f.weights, *leaves(given)], given, lifted=lifted)
    assert loops > 0.25 * samples(16, 500)
