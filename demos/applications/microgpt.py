"""A small GPT, written number by number, learns to invent first names.

You will see what a language model is, whole and in scalars: embeddings, attention, a feed-forward part and a
softmax over letters, in the manner of Karpathy's microgpt. It reads a list of names letter by letter, and in
the end writes names of its own.
"""

import math
import random
from functools import partial
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from demos.runner.page import Page
from engine import Value, jit, no_grad, softmax, take, topological_order, zero_grad
from nn import Adam, LambdaLR, batches
from nn.training.progress import progress_line
from viz import plot_loss

EPOCHS = 12
TRY = "`python -m demos microgpt --epochs 2`: after a second it knows where vowels go, and little else."
GOAL = 2.35  # the loss on names held out that is to be reached; one that knows nothing has log 27 = 3.30
NAMES = files("demos.data").joinpath("names.txt").read_text(encoding="utf-8").split()
LETTERS = sorted(set("".join(NAMES)))
END = len(LETTERS)  # the token before and after each name
BLOCK = max(map(len, NAMES)) + 1  # the most tokens that are read
EMBEDDING, HEADS, BATCH, SAMPLES = 16, 4, 32, 20

State = dict[str, list[list[Value]]]


def new_state(rng: random.Random) -> State:
    """The parameters: matrices of Values, a row per neuron or token."""

    def matrix(rows: int, columns: int, std: float = 0.08) -> list[list[Value]]:
        return [[Value(rng.gauss(0, std)) for _ in range(columns)] for _ in range(rows)]

    n = EMBEDDING
    state = {"token": matrix(END + 1, n), "position": matrix(BLOCK, n), "logits": matrix(END + 1, n)}
    state |= {name: matrix(n, n) for name in ("query", "key", "value", "mix")}
    return state | {"up": matrix(4 * n, n), "down": matrix(n, 4 * n)}


def parameters_of(state: State) -> list[Value]:
    """All parameters in one list."""
    return [p for matrix in state.values() for row in matrix for p in row]


def linear(x: list[Any], w: list[list[Value]]) -> list[Any]:
    """W x."""
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def rmsnorm(x: list[Any]) -> list[Any]:
    """x, scaled to mean square 1."""
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def gpt(state: State, token: Any, position: int, keys: list[Any], values: list[Any]) -> list[Any]:
    """The logits of the next token; keys and values of the tokens before stand in the two lists."""
    embedded = zip(take(state["token"], token), state["position"][position], strict=True)
    x = rmsnorm([of_token + of_position for of_token, of_position in embedded])
    # 1. attention: look back, at each token before as much as its key fits the query
    before, x = x, rmsnorm(x)
    query = linear(x, state["query"])
    keys.append(linear(x, state["key"]))
    values.append(linear(x, state["value"]))
    seen: list[Any] = []
    for start in range(0, EMBEDDING, EMBEDDING // HEADS):
        head = range(start, start + EMBEDDING // HEADS)
        weights = softmax([sum(query[j] * key[j] for j in head) / len(head) ** 0.5 for key in keys])
        seen += [sum(w * value[j] for w, value in zip(weights, values, strict=True)) for j in head]
    x = [a + b for a, b in zip(linear(seen, state["mix"]), before, strict=True)]
    # 2. think: a hidden layer of relus
    before, x = x, rmsnorm(x)
    x = linear([h.relu() for h in linear(x, state["up"])], state["down"])
    return linear([a + b for a, b in zip(x, before, strict=True)], state["logits"])


def encoded(names: list[str]) -> tuple[Any, Any]:
    """The tokens of names, padded to one length so that one program serves all; and how much each counts.

    >>> tokens, weights = encoded(["abba"])
    >>> tokens[0, :7].tolist(), weights[0, :6].tolist()
    ([26, 0, 1, 1, 0, 26, 26], [0.2, 0.2, 0.2, 0.2, 0.2, 0.0])
    """
    tokens = np.full((len(names), BLOCK + 1), END)
    weights = np.zeros((len(names), BLOCK))
    for i, name in enumerate(names):
        tokens[i, 1 : len(name) + 1] = [LETTERS.index(letter) for letter in name]
        weights[i, : len(name) + 1] = 1 / (len(name) + 1)
    return tokens, weights


def loss_of(state: State, tokens: Any, weights: Any) -> Value:
    """The mean of -log(probability) of each letter of a name, and of its end."""
    keys, values, loss = [], [], 0.0
    for position, (token, target) in enumerate(pairwise(tokens)):
        shares = softmax(gpt(state, token, position, keys, values))
        loss -= weights[position] * take(shares, target).log()
    return loss


def sample(state: State, rng: random.Random, temperature: float = 0.5) -> str:
    """A name, letter by letter: each is drawn with the probabilities that the network gives it."""
    keys, values, name, token = [], [], "", END
    with no_grad():
        for position in range(BLOCK):
            logits = gpt(state, token, position, keys, values)
            shares = softmax([logit / temperature for logit in logits])
            (token,) = rng.choices(range(END + 1), [float(share) for share in shares])
            if token == END:
                break
            name += LETTERS[token]
    return name


def train(state: State, names: list[str], unseen: list[str], page: Page) -> dict[str, list[float]]:
    """Train in batches of names; the losses of each epoch, of the names and of those held out."""
    lifted = jit(partial(loss_of, state), batch=True)
    optimizer = Adam(parameters_of(state), lr=0.01, betas=(0.85, 0.99))
    schedule = LambdaLR(optimizer, lambda epoch: 1 - epoch / page.epochs)
    losses: dict[str, list[float]] = {"trained with": [], "held out": []}
    with progress_line(page.epochs, show=page.progress) as advance:
        for _ in range(page.epochs):
            costs = []
            for batch, _y in batches(names, names, BATCH, rng=page.seed + len(losses["held out"])):
                optimizer.zero_grad()
                loss = lifted(*encoded(batch))
                loss.backward()
                optimizer.step()
                costs.append(loss.data)
            schedule.step()
            with no_grad():
                losses["held out"].append(lifted(*encoded(unseen)).data)
            losses["trained with"].append(sum(costs) / len(costs))
            advance(f"loss {losses['held out'][-1]:.3f}")
    return losses


def run(page: Page) -> bool:
    """Train it, check its gradients, and let it write names."""
    rng = random.Random(page.seed)
    state = new_state(rng)
    names = rng.sample(NAMES, len(NAMES))
    unseen, names = names[: len(names) // 10], names[len(names) // 10 :]
    size = len(topological_order(loss_of(state, *(each[0].tolist() for each in encoded(names)))))
    page.say(f"""
        {len(NAMES)} first names are in the file `demos/data/names.txt`, such as {", ".join(names[:4])}; a
        tenth of them is held out. The network has {len(parameters_of(state)):,} parameters, each a `Value` in
        nested lists (seed {page.seed}). It is asked for the next letter after every beginning of a name, and
        its loss is the mean of -log(probability of the right one): log {END + 1} = {math.log(END + 1):.2f}
        for one that knows nothing.

        The loss of one name is a graph of {size:,} nodes. `engine.jit` traces it once and
        finds the matrix products among them; from then on NumPy runs these for {BATCH} names at a time.
    """)
    checked = compare(state, unseen[:1], page)
    losses = train(state, names, unseen, page)
    shown = sorted({*range(0, page.epochs, -(-page.epochs // 6)), page.epochs - 1})
    page.table(["epoch", *losses], [[i + 1, *(losses[name][i] for name in losses)] for i in shown])
    draw = partial(plot_loss, losses, title="MicroGPT: the loss while learning")
    page.plot("microgpt_loss.png", "the loss of names trained with, and of names held out", draw)
    made = [sample(state, rng) for _ in range(SAMPLES)]
    page.say("Names that it writes, letter by letter:")
    page.code("\n".join("".join(f"{name:<12}" for name in made[i::4]).rstrip() for i in range(4)))
    page.say(f"""
        {len(set(made) - set(NAMES))} of the {SAMPLES} are not in the file. Nobody told it about vowels, or
        how names end; it found what lowers its surprise, by one gradient for each of its parameters.
    """)
    end = losses["held out"][-1]
    return checked and (end < GOAL or page.fail(
        f"On names held out the loss is {end:.4f}, the goal is {GOAL}. Try --epochs {EPOCHS}."
    ))  # fmt: skip


def compare(state: State, names: list[str], page: Page) -> bool:
    """The lifted loss against the scalars it was lifted from, and these against finite differences."""
    tokens, weights = encoded(names)
    parameters = parameters_of(state)

    def scalars() -> Value:
        rows = zip(tokens.tolist(), weights.tolist(), strict=True)
        return sum(loss_of(state, *row) for row in rows) / len(names)

    found = []
    for loss in (jit(partial(loss_of, state), batch=True)(tokens, weights), scalars()):
        zero_grad(parameters)
        loss.backward()
        found.append([loss.data, *(p.grad for p in parameters)])
    right = page.claim("Lifted or not, the loss and all gradients are the same, to rounding.", *found)
    some = [matrix[0][0] for matrix in state.values()]
    return page.gradcheck("a parameter of each matrix", scalars, some) and right
