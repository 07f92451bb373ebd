"""micrograd's own demo: a full-batch training step on two moons, line by line as in its ``demo.ipynb``.

The notebook holds its samples in a NumPy array, so that its nodes compute with NumPy's numbers. Case ``demo``
does the same; case ``floats`` holds them in lists of Python's floats, which is kinder to micrograd and to
every class that keeps the number it is given.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Scalars, count_nodes
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.micrograd_mlp import multilayer_perceptron

__all__ = ["WORKLOAD", "array_loss", "demo", "model_of", "neuron_by_neuron", "start", "two_moons"]

SEED = 1337  # the notebook's


def two_moons(samples: int, noise: float = 0.1, seed: int = SEED) -> tuple[list[list[float]], list[int]]:
    """Two interleaving half circles in random order, labelled -1 and 1: scikit-learn's ``make_moons``.

    Only ``random.random`` is used, whose numbers Python promises to keep: the same samples everywhere.

    Args:
        samples: how many points, half of them in each moon.
        noise: standard deviation of what is added to coordinates: 12 uniform numbers added up, nearly normal.
        seed: of the noise and the order.

    >>> X, y = two_moons(4, noise=0.0)
    >>> sorted(zip([[round(u, 3), round(v, 3)] for u, v in X], y))
    [([-1.0, 0.0], -1), ([0.0, 0.5], 1), ([1.0, 0.0], -1), ([2.0, 0.5], 1)]
    """
    draw = random.Random(seed).random

    def shaken(coordinate: float) -> float:
        return coordinate + noise * (sum(draw() for _ in range(12)) - 6.0)

    points = []
    for label, count in ((-1, samples // 2), (1, samples - samples // 2)):
        for i in range(count):
            angle = math.pi * i / max(count - 1, 1)
            u, v = math.cos(angle), math.sin(angle)
            point = [u, v] if label < 0 else [1.0 - u, 0.5 - v]
            points.append((draw(), [shaken(point[0]), shaken(point[1])], label))
    points.sort(key=lambda each: each[0])
    return [point for _, point, _ in points], [label for _, _, label in points]


def learning_rate(k: int) -> float:
    """The notebook's rate at step k of 100; later steps keep the last one."""
    return 1.0 - 0.9 * min(k, 100) / 100


def model_of(Value: Callable[[Any], Any]) -> Any:
    """The notebook's model."""
    random.seed(SEED)
    return multilayer_perceptron(Value, 2, [16, 16, 1])


def start() -> list[float]:
    """Its parameters, neuron by neuron.

    >>> len(start())
    337
    """
    return list(map(float, model_of(float).parameters()))


def demo(Value: Callable[[Any], Any], samples: int, arrays: bool) -> tuple[Any, Callable[[], Any]]:
    """The notebook's model and its loss, with the notebook's names."""
    X, y = map(np.array, two_moons(samples)) if arrays else two_moons(samples)
    model = model_of(Value)

    def loss() -> tuple[Any, Callable[[], float]]:
        inputs = [list(map(Value, xrow)) for xrow in X]

        # forward the model to get scores
        scores = list(map(model, inputs))

        # svm "max-margin" loss
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]  # noqa: B905
        data_loss = sum(losses) * (1.0 / len(losses))
        # L2 regularization
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss

        # also get accuracy
        def accuracy() -> float:  # on demand, as it looks at numbers, which a lifted loss may not
            right = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]  # noqa: B905
            return sum(right) / len(right)

        return total_loss, accuracy

    return model, loss


def scalars(library: Scalars, samples: int, arrays: bool, count: bool = True) -> Program:
    """The notebook's loop, a step at a time; counting nodes makes one more graph."""
    model, loss = demo(library.Value, samples, arrays)
    k = 0

    def step() -> float:
        nonlocal k
        # forward
        total_loss, accuracy = loss()
        accuracy()

        # backward
        model.zero_grad()
        total_loss.backward()

        # update (sgd)
        rate = learning_rate(k)
        for p in model.parameters():
            p.data -= rate * p.grad
        k += 1
        return float(total_loss.data)

    def run() -> None:
        step()

    def check() -> Answer:
        value, parameters = step(), model.parameters()
        return {
            "loss": [value],
            "gradients": [float(p.grad) for p in parameters],
            "parameters": [float(p.data) for p in parameters],
        }

    return Program(check, run, count_nodes(loss()[0], library.children) if count else None)


def neuron_by_neuron(parameters: Any) -> list[float]:
    """The numbers of W1, b1, W2, b2, W3, b3 in the order of the model's parameters."""
    W1, b1, W2, b2, W3, b3 = (p.tolist() for p in parameters)
    layers = ((W1, b1), (W2, b2), (W3, b3))
    return [number for W, b in layers for row, bias in zip(W, b, strict=True) for number in (*row, bias)]


def array_loss(library: Any, samples: int) -> tuple[Callable[[list[Any]], Any], list[Any]]:
    """The same loss for a library of arrays, and the weights W1, b1, W2, b2, W3, b3 to start from."""
    rows, labels = two_moons(samples)
    X, y = library.array(rows), library.array([float(label) for label in labels])
    weights = []
    for layer in model_of(float).layers:
        weights.append(library.array([neuron.w for neuron in layer.neurons]))
        weights.append(library.array([neuron.b for neuron in layer.neurons]))

    def loss(parameters: list[Any]) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        h = library.relu(X @ W1.T + b1)
        h = library.relu(h @ W2.T + b2)
        scores = (h @ W3.T + b3).reshape(-1)
        losses = library.relu(1.0 - y * scores)
        return losses.sum() * (1.0 / samples) + 1e-4 * sum((p * p).sum() for p in parameters)

    return loss, weights


def _case(name: str, title: str, samples: int) -> Case:
    return Case(name, title, {"samples": samples, "arrays": name == "demo"})


WORKLOAD = Workload(
    name="moons",
    title="training step of micrograd's demo: MLP 2-16-16-1, full batch, hinge loss and L2",
    cases=(
        _case("demo", "100 samples in a NumPy array, as in the notebook", 100),
        _case("floats", "100 samples in lists of floats", 100),
    ),
    quick=(_case("demo", "4 samples in an array", 4), _case("floats", "4 samples in lists", 4)),
    forms={"scalars": scalars},
)
