"""A program written for micrograd: run with its classes it made micrograd.json, with ours it must agree.

To make the table again: ``pip install micrograd==0.1.0``, then ``python -m tests.nn.figures.from_micrograd``.
"""

import importlib
import math
import random
from importlib.metadata import version
from typing import Any

from tests.nn.figures import write


def points(count: int = 20) -> tuple[list[list[float]], list[int]]:
    """Two half circles that reach into each other, and their classes, -1 and 1."""
    angles = [math.pi * i / (count // 2 - 1) for i in range(count // 2)]
    upper = [[math.cos(angle), math.sin(angle)] for angle in angles]
    lower = [[1.0 - math.cos(angle), 0.5 - math.sin(angle)] for angle in angles]
    return upper + lower, [-1] * len(upper) + [1] * len(lower)


def program(engine: Any, nn: Any) -> dict[str, Any]:
    """The training loop of micrograd's demo notebook on a few points, as written there."""
    Value = engine.Value
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    figures: dict[str, Any] = {
        "text": repr(model),
        "count": len(model.parameters()),
        "initial": [p.data for p in model.parameters()],
        "losses": [],
    }
    X, y = points()
    for k in range(12):
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss

        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        figures["losses"].append(total_loss.data)
    figures["trained"] = [p.data for p in model.parameters()]
    figures["scores"] = [model(x).data for x in X]

    neuron, layer = nn.Neuron(3), nn.Layer(2, 3, nonlin=False)
    out = neuron([1.0, -2.0, Value(3.0)])
    out.backward()
    figures["neuron"] = [out.data, *(w.data for w in neuron.w), *(w.grad for w in neuron.w), neuron.b.grad]
    figures["layer"] = [out.data for out in layer([0.5, -1.5])]
    figures["texts"] = [repr(neuron), repr(layer), str(len(layer.neurons)), str(len(model.layers))]
    return figures


if __name__ == "__main__":
    engine, nn = importlib.import_module("micrograd.engine"), importlib.import_module("micrograd.nn")
    write("micrograd", version("micrograd"), program(engine, nn))
