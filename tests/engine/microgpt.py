"""A tiny GPT made of nodes in the style of microgpt: children and local gradients as arguments.

The class ``Value`` is the tests' reference: nothing of it comes from the engine, and its backward pass
recurses. The GPT takes the class of its nodes as an argument, and so runs on either.
"""

import random
from typing import Any

from benchmarks.libraries.microgpt import Value

__all__ = ["Value", "backward", "new_model"]


def backward(root: Any) -> None:
    """The chain rule over any nodes that have ``_children`` and ``_local_grads``."""
    order: list = []
    seen = set()

    def visit(node: Any) -> None:
        if node not in seen:
            seen.add(node)
            for child in node._children:
                visit(child)
            order.append(node)

    visit(root)
    root.grad = 1
    for node in reversed(order):
        for child, local_grad in zip(node._children, node._local_grads, strict=True):
            child.grad += local_grad * node.grad


# -- a program that knows no more of a node than this -------------------------------------------------

EMBEDDING, HEADS, VOCABULARY, POSITIONS = 4, 2, 5, 4
HEAD = EMBEDDING // HEADS
TOKENS = [4, 0, 2, 1, 3]


def new_model(value: type, seed: int) -> dict[str, list[list[Any]]]:
    """The weights of a one-layer GPT, as matrices of nodes."""
    generator = random.Random(seed)

    def matrix(rows: int, columns: int) -> list[list[Any]]:
        return [[value(generator.gauss(0.0, 0.3)) for _ in range(columns)] for _ in range(rows)]

    return {
        "token": matrix(VOCABULARY, EMBEDDING),
        "position": matrix(POSITIONS, EMBEDDING),
        **{name: matrix(EMBEDDING, EMBEDDING) for name in ("query", "key", "value", "out")},
        "up": matrix(2 * EMBEDDING, EMBEDDING),
        "down": matrix(EMBEDDING, 2 * EMBEDDING),
        "logits": matrix(VOCABULARY, EMBEDDING),
    }


def linear(x: list, w: list[list]) -> list:
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def softmax(logits: list) -> list:
    largest = max(logit.data for logit in logits)
    powers = [(logit - largest).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def rmsnorm(x: list) -> list:
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def logits_of(model: dict, token: int, position: int, keys: list, values: list) -> list:
    """The scores of the next token; keys and values of the tokens before are kept in the two lists."""
    x = [t + p for t, p in zip(model["token"][token], model["position"][position], strict=True)]
    x = rmsnorm(x)
    residual, x = x, rmsnorm(x)
    query = linear(x, model["query"])
    keys.append(linear(x, model["key"]))
    values.append(linear(x, model["value"]))
    mixed = []
    for start in range(0, EMBEDDING, HEAD):
        part = slice(start, start + HEAD)
        scores = [sum(q * k for q, k in zip(query[part], key[part], strict=True)) / HEAD**0.5 for key in keys]
        weights = softmax(scores)
        mixed += [
            sum(w * value[i] for w, value in zip(weights, values, strict=True))
            for i in range(start, start + HEAD)
        ]
    x = [a + b for a, b in zip(linear(mixed, model["out"]), residual, strict=True)]
    residual, x = x, rmsnorm(x)
    x = linear([h.relu() for h in linear(x, model["up"])], model["down"])
    x = [a + b for a, b in zip(x, residual, strict=True)]
    return linear(x, model["logits"])


def loss_of(model: dict) -> Any:
    """The mean of -log(probability) of each next token."""
    keys: list = []
    values: list = []
    losses = []
    for position in range(POSITIONS):
        logits = logits_of(model, TOKENS[position], position, keys, values)
        losses.append(-softmax(logits)[TOKENS[position + 1]].log())
    return (1 / len(losses)) * sum(losses)


def train(value: type, steps: int, seed: int = 42) -> tuple[list[float], list[float], list[list[float]]]:
    """Train with Adam, as microgpt does: losses, final parameters, and the gradients of every step."""
    model = new_model(value, seed)
    parameters = [p for matrix in model.values() for row in matrix for p in row]
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)
    losses, gradients = [], []
    for step in range(steps):
        loss = loss_of(model)
        loss.backward()
        losses.append(loss.data)
        gradients.append([p.grad for p in parameters])
        for i, p in enumerate(parameters):
            m[i] = 0.85 * m[i] + 0.15 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            m_hat, v_hat = m[i] / (1 - 0.85 ** (step + 1)), v[i] / (1 - 0.99 ** (step + 1))
            p.data -= 0.01 * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0
    return losses, [p.data for p in parameters], gradients
