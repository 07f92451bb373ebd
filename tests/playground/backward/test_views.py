"""Whatever one opens, the view stays within two screens."""

import math
import random
import re

import pytest

import nn
from engine import Value
from engine.graph.walks import trace
from playground.backward.views import View
from viz.graphs.folding.extent import fits_screens


def pendulum(steps):
    angle, speed, g = Value(1.0, label="angle"), Value(0.0, label="speed"), Value(9.81, label="g")
    for _ in range(steps):
        speed = speed - 0.01 * g * angle.sin()
        angle = angle + 0.01 * speed
    return angle


def recurrent(steps, units):
    numbers = random.Random(0)
    weights = [[Value(numbers.uniform(-1, 1)) for _ in range(units)] for _ in range(units)]
    inputs = [Value(numbers.uniform(-1, 1)) for _ in range(units)]
    state = [Value(0.0)] * units
    for t in range(steps):
        x = Value(math.sin(t / 5))
        state = [
            sum((w * s for w, s in zip(row, state, strict=True)), u * x).tanh()
            for u, row in zip(inputs, weights, strict=True)
        ]
    return sum(state)


def network(samples):
    model, loss = nn.MLP(2, [16, 16, 1], rng=0), Value(0.0)
    for i in range(samples):
        loss = loss + model([i / samples, 1 - i / samples]) ** 2
    return loss


def chain(length):
    x = Value(0.3)
    for _ in range(length):
        x = (x * 1.01 + 0.3).sin()
    return x


ROOTS = {
    "pendulum": lambda: pendulum(200),
    "recurrent": lambda: recurrent(30, 6),
    "one sample": lambda: network(1),
    "fifty samples": lambda: network(50),
    "chain": lambda: chain(120),
}


@pytest.mark.parametrize("name", ROOTS)
def test_view_stays_within_two_screens_whatever_is_opened(name) -> None:
    graph, numbers = trace(ROOTS[name]()), random.Random(1)
    for _ in range(2):
        view = View(graph)
        for _ in range(10):
            assert fits_screens(view.picture), (view.opened, view.within)
            folded = [k for k, box in enumerate(view.picture.boxes) if box.kind != "node"]
            if not folded:
                break
            before = [set(box.members) for box in view.picture.boxes]
            chosen = numbers.choice(folded)
            view.open(chosen)
            after = [set(box.members) for box in view.picture.boxes]
            assert before[chosen] not in after  # it is open
            assert set().union(*after) >= before[chosen]  # and all that it held is there


def test_steps_of_a_recurrent_network_are_found_and_opened_one_inside_the_other() -> None:
    view = View(trace(recurrent(30, 6)))
    opened = []
    for _ in range(4):
        steps = [box for box in view.picture.boxes if box.name.startswith("step")]
        opened.append(min(steps[1:-1], key=lambda box: len(box.members)).name)
        view.open(next(k for k, box in enumerate(view.picture.boxes) if box.name == opened[-1]))
        assert fits_screens(view.picture)
    assert opened[0] == "steps 2-28"  # of 29
    first, last = map(int, re.findall(r"\d+", f"{opened[-1]} {opened[-1]}")[:4:3])
    assert last - first < 7  # one of the parts, or of the parts of these
