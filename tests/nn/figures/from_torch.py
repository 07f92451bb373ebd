"""Figures of PyTorch, in float64: the steps of its optimisers, its losses, a network of nn.Linear.

To make torch.json again: ``pip install torch==2.13.0``, then ``python -m tests.nn.figures.from_torch``.
"""

import importlib
import math
from typing import Any

from tests.nn.figures import write

START = [0.5, -1.25, 3.0]
STEPS = 8
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.7, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": [0.5, 0.75], "eps": 0.01}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.4}),
]
"""Optimisers with their settings; what is not said is the default."""

LOGITS = [0.3, -2.0, 5.5, -30.0, 400.0, -400.0, 0.0]
PROBABILITIES = [0.3, 0.001, 0.999, 0.5, 1e-9, 1.0 - 1e-9]
TARGETS = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.25]
CLASS_LOGITS = [[1.2, 0.9, 0.4], [-3.0, 7.0, 2.0], [500.0, 0.0, -500.0], [0.1, 0.1, 0.1]]
CLASSES = [0, 2, 1, 1]

NETWORK = [2, 3, 2]
SAMPLES = [[0.5, -1.0], [2.0, 0.25]]


def gradients(step: int) -> list[float]:
    """The made-up gradients of a step."""
    return [math.sin(1.0 + step), 2.0 * math.cos(2.0 * step), 0.01 * (step - 3.0)]


def weights(layer: int) -> tuple[list[list[float]], list[float]]:
    """The made-up weights and biases of a layer of the network."""
    nin, nout = NETWORK[layer], NETWORK[layer + 1]
    rows = [[math.sin(1.0 + layer + 3.0 * i + j) for j in range(nin)] for i in range(nout)]
    return rows, [0.1 * math.cos(layer + i) for i in range(nout)]


def optimizer_figures(torch: Any) -> list[list[list[float]]]:
    """For each of OPTIMIZERS the parameters after each step."""
    runs = []
    for name, settings in OPTIMIZERS:
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, name)([theta], **settings)
        run = []
        for step in range(STEPS):
            theta.grad = torch.tensor(gradients(step), dtype=torch.float64)
            optimizer.step()
            run.append(theta.tolist())
        runs.append(run)
    return runs


def loss_figures(torch: Any) -> dict[str, Any]:
    """For each loss its value, and its gradient by the predictions."""
    functional = torch.nn.functional
    count = len(PROBABILITIES)
    cases = {
        "mse": (functional.mse_loss, LOGITS, TARGETS),
        "binary_cross_entropy": (functional.binary_cross_entropy, PROBABILITIES, TARGETS[:count]),
        "binary_cross_entropy_with_logits": (functional.binary_cross_entropy_with_logits, LOGITS, TARGETS),
        "cross_entropy": (functional.cross_entropy, CLASS_LOGITS, CLASSES),
    }
    figures = {}
    for name, (function, predictions, targets) in cases.items():
        given = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
        dtype = torch.int64 if name == "cross_entropy" else torch.float64
        loss = function(given, torch.tensor(targets, dtype=dtype))
        loss.backward()
        figures[name] = {"value": loss.item(), "gradient": given.grad.tolist()}
    return figures


def network_figures(torch: Any, activation: str) -> dict[str, Any]:
    """Outputs of a network of nn.Linear and the gradients of the sum of their squares."""
    layers = []
    for layer in range(len(NETWORK) - 1):
        linear = torch.nn.Linear(NETWORK[layer], NETWORK[layer + 1], dtype=torch.float64)
        rows, biases = weights(layer)
        linear.weight.data = torch.tensor(rows, dtype=torch.float64)
        linear.bias.data = torch.tensor(biases, dtype=torch.float64)
        layers.append(linear)
    hidden = getattr(torch.nn.functional, activation)(layers[0](torch.tensor(SAMPLES, dtype=torch.float64)))
    outputs = layers[1](hidden)
    (outputs**2).sum().backward()
    return {
        "outputs": outputs.tolist(),
        "gradients": [[linear.weight.grad.tolist(), linear.bias.grad.tolist()] for linear in layers],
    }


if __name__ == "__main__":
    torch = importlib.import_module("torch")
    networks = {
        name: network_figures(torch, name) for name in ("relu", "tanh", "sigmoid", "gelu", "silu", "elu")
    }
    figures = {"optimizers": optimizer_figures(torch), "losses": loss_figures(torch), "networks": networks}
    write("torch", torch.__version__, figures)
