"""Loss and gradient of a one-layer character transformer in scalars, of the shape of Karpathy's microgpt.

Token and position embedding, rmsnorm, causal attention, an MLP with relu, logits over 27 characters, and the
mean cross-entropy of each next character of one name. It is written as everybody writes it, with
``sum(w * x …)``, but in the case ``dot``, which uses the library's dot, softmax and logsumexp where it has
them. All numbers are small: no softmax needs a shift.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from operator import getitem
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import (
    Lifted,
    Scalars,
    plain_dot,
    plain_logsumexp,
    plain_softmax,
)
from benchmarks.numpy_baselines.transformer import loss_and_gradient
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.programs import flat, gradient_program, program_of_loss

__all__ = [
    "BATCH",
    "CONTEXT",
    "EAGER",
    "LIFTED",
    "PLAIN",
    "SHAPES",
    "array_loss",
    "encode",
    "loss_of_tokens",
    "model_and_parameters",
    "names",
    "weights",
]

PLAIN = SimpleNamespace(dot=plain_dot, softmax=plain_softmax, logsumexp=plain_logsumexp)
"""What everybody writes."""

WIDTH, HEADS, CONTEXT, CHARACTERS = 16, 4, 16, 27
HEAD = WIDTH // HEADS
END = 0  # the token before the first and after the last letter; a is 1, b is 2, …
SHAPES = {
    "tokens": (CHARACTERS, WIDTH),
    "positions": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "output": (WIDTH, WIDTH),
    "widen": (4 * WIDTH, WIDTH),
    "narrow": (WIDTH, 4 * WIDTH),
    "logits": (CHARACTERS, WIDTH),
}
"""The matrices of the model: rows, columns."""


def weights() -> dict[str, list[list[float]]]:
    """The matrices to start from: 12 uniform numbers added up, nearly normal, of standard deviation 0.08."""
    draw = random.Random(42).random
    return {
        name: [[0.08 * (sum(draw() for _ in range(12)) - 6.0) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def encode(name: str) -> list[int]:
    """The tokens of a name, with END at both ends.

    >>> encode("abc")
    [0, 1, 2, 3, 0]
    """
    return [END, *(ord(letter) - ord("a") + 1 for letter in name), END]


def names(count: int, shortest: int, longest: int) -> list[str]:
    """Made-up names of so many letters, consonants and vowels in turns; the same everywhere.

    >>> names(3, 3, 12)
    ['syfavekuf', 'maxocyturyby', 'hojosocij']
    """
    draw = random.Random(27).random  # only its numbers are promised to stay the same

    def one_of(letters: str) -> str:
        return letters[int(draw() * len(letters))]

    found = []
    for _ in range(count):
        length = shortest + int(draw() * (longest - shortest + 1))
        found.append("".join(one_of("aeiouy" if i % 2 else "bcdfghjklmnpqrstvwxz") for i in range(length)))
    return found


def loss_of_tokens(
    library: Any,
    model: dict[str, list[list[Any]]],
    take: Callable[[Sequence[Any], Any], Any] = getitem,
) -> Callable[[Sequence[Any]], Any]:
    """The loss as a function of the tokens, at least two and at most one more than CONTEXT.

    Args:
        library: what ``dot``, ``softmax`` and ``logsumexp`` are taken from.
        model: matrices of number objects.
        take: picks from a sequence by a token.
    """
    dot, softmax, logsumexp = library.dot, library.softmax, library.logsumexp

    def linear(x: list[Any], matrix: list[list[Any]]) -> list[Any]:
        return [dot(row, x) for row in matrix]

    def rmsnorm(x: list[Any]) -> list[Any]:
        scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def attention(x: list[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
        q = linear(x, model["query"])
        keys.append(linear(x, model["key"]))
        values.append(linear(x, model["value"]))
        mixed = []
        for h in range(0, WIDTH, HEAD):
            shares = softmax([dot(q[h : h + HEAD], k[h : h + HEAD]) / HEAD**0.5 for k in keys])
            mixed += [dot(shares, [v[j] for v in values]) for j in range(h, h + HEAD)]
        return linear(mixed, model["output"])

    def loss(tokens: Sequence[Any]) -> Any:
        keys: list[list[Any]] = []
        values: list[list[Any]] = []
        losses = []
        for position, (token, target) in enumerate(pairwise(tokens)):
            letter, place = take(model["tokens"], token), model["positions"][position]
            x = [t + p for t, p in zip(letter, place, strict=True)]
            x = rmsnorm(x)
            x = [a + b for a, b in zip(attention(rmsnorm(x), keys, values), x, strict=True)]
            hidden = [h.relu() for h in linear(rmsnorm(x), model["widen"])]
            x = [a + b for a, b in zip(linear(hidden, model["narrow"]), x, strict=True)]
            logits = linear(x, model["logits"])
            losses.append(logsumexp(logits) - take(logits, target))
        return sum(losses) * (1.0 / len(losses))

    return loss


def model_and_parameters(Value: Callable[[Any], Any]) -> tuple[dict[str, list[list[Any]]], list[Any]]:
    """The matrices of number objects, and the same objects in one list."""
    model = {name: [[Value(w) for w in row] for row in matrix] for name, matrix in weights().items()}
    return model, [p for matrix in model.values() for row in matrix for p in row]


def array_loss(library: Any, name: str) -> Callable[[list[Any]], Any]:
    """The loss on one name as an array programmer writes it: all positions and heads at once, masked."""
    tokens = np.array(encode(name))
    sources, targets, count = tokens[:-1], tokens[1:], len(tokens) - 1
    rows, np_like = np.arange(count), library.numpy
    mask = library.array(np.where(np.tri(count) > 0, 0.0, -1e30).tolist())

    def rmsnorm(x: Any) -> Any:
        return x * ((x * x).sum(axis=-1, keepdims=True) / WIDTH + 1e-5) ** -0.5

    def heads(x: Any) -> Any:
        return x.reshape(-1, HEADS, HEAD).swapaxes(0, 1)

    def loss(parameters: list[Any]) -> Any:
        E, P, Q, K, V, W, A, B, L = parameters  # tokens, positions, …, in the order of SHAPES
        x = rmsnorm(E[sources] + P[:count])
        n = rmsnorm(x)
        q, k, v = heads(n @ Q.T), heads(n @ K.T), heads(n @ V.T)
        powers = np_like.exp(q @ k.swapaxes(1, 2) / HEAD**0.5 + mask)
        mixed = (powers / powers.sum(axis=-1, keepdims=True)) @ v
        x = mixed.swapaxes(0, 1).reshape(count, WIDTH) @ W.T + x
        x = library.relu(rmsnorm(x) @ A.T) @ B.T + x
        logits = x @ L.T
        return (np_like.log(np_like.exp(logits).sum(axis=-1)) - logits[rows, targets]).sum() * (1.0 / count)

    return loss


def scalars(library: Scalars | Lifted, name: str, plain: bool = True) -> Program:
    """The loss on number objects, as it is or under ``jit``."""
    model, parameters = model_and_parameters(library.Value)
    loss = loss_of_tokens(PLAIN if plain else library.functions or PLAIN, model)
    loss = library.lift(partial(loss, encode(name)))
    return program_of_loss(library, loss, parameters)


def in_batch(library: Scalars, count: int, letters: int) -> Program:
    """The mean loss over documents of one length, a graph for each call."""
    model, parameters = model_and_parameters(library.Value)
    loss, documents = loss_of_tokens(PLAIN, model), list(map(encode, names(count, letters, letters)))

    def mean() -> Any:
        return sum([loss(tokens) for tokens in documents]) * (1.0 / count)

    return program_of_loss(library, mean, parameters)


def lifted_in_batch(library: Lifted, count: int, letters: int) -> Program:
    """The loss of one document under ``jit(batch=True)``, its tokens being inputs."""
    model, parameters = model_and_parameters(library.Value)
    loss = library.lift(loss_of_tokens(PLAIN, model, library.engine.take), batch=True)
    documents = np.array([encode(name) for name in names(count, letters, letters)])
    return program_of_loss(library, lambda: loss(documents), parameters)


def arrays(library: Any, name: str) -> Program:
    """The same loss on arrays."""
    both = library.value_and_gradients(array_loss(library, name))
    start = [library.array(matrix) for matrix in weights().values()]
    return gradient_program(lambda: both(start))


def by_hand(library: Any, name: str) -> Program:
    """The gradient worked out on paper."""
    both = loss_and_gradient(np.array(flat(list(weights().values()))), SHAPES)
    tokens = encode(name)
    return gradient_program(lambda: both(tokens))


def _eager(name: str) -> tuple[Case, Case]:
    return (
        Case("plain", "plain sums of products", {"name": name, "plain": True}),
        Case("dot", "dot and softmax of the library where it has them", {"name": name, "plain": False}),
    )


def _lifted(name: str) -> tuple[Case]:
    return (Case(name, f"one document of {len(name)} letter{'s' * (len(name) > 1)}", {"name": name}),)


TITLE = "a one-layer character transformer: width 16, 4 heads, context 16"

EAGER = Workload(
    name="transformer",
    title=f"loss and gradient of {TITLE}",
    cases=_eager("amelia"),
    quick=_eager("a"),
    forms={"scalars": scalars},
)

LIFTED = Workload(
    name="transformer-jit",
    title=f"the same lifted: {TITLE}",
    cases=_lifted("amelia"),
    quick=_lifted("a"),
    forms={"scalars": scalars, "lifted": scalars, "arrays": arrays, "numpy": by_hand},
    baseline="numpy",
)


def _batch(count: int, letters: int) -> tuple[Case]:
    libraries = frozenset(["chainrule", "chainrule-python", "chainrule-jit", "microgpt"])
    title = f"{count} documents of {letters} letters"
    return (Case(str(count), title, {"count": count, "letters": letters}, libraries),)


BATCH = Workload(
    name="transformer-batch",
    title=f"the same, written for one document and lifted over many: {TITLE}",
    cases=_batch(16, 6),
    quick=_batch(2, 1),
    forms={"scalars": in_batch, "lifted": lifted_in_batch},
)
