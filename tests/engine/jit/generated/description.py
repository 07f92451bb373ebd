"""A whole program as data, drawn from a seed. What it holds can be left out or made smaller bit by bit."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.engine.jit.generated.blocks import ACTIVATIONS, STYLES
from tests.engine.jit.generated.choices import CHOICES
from tests.engine.jit.generated.expressions import draw_expression
from tests.engine.jit.generated.results import DECIDED, NESTINGS, PENALTIES, RESULTS

__all__ = [
    "BEFORE",
    "FORMS",
    "GIVEN",
    "MODES",
    "NUMBERS",
    "Call",
    "Program",
    "Result",
    "Step",
    "draw_program",
]

MODES = ("plain", "batch", "map", "derivative", "mapped derivative")
"""jit, jit with batch=True, vmap, jit of a gradient, vmap of one."""

FORMS = ("arrays", "numpy", "scalars", "tape", "eager", "file", "chosen")
"""What a program runs as: arrays on the native executor, or as NumPy, lines of floats, a tape, f itself, the
file of its own, or whatever is quickest. Those of batches are always arrays."""

GIVEN = ("numbers", "arrays", "Values", "frozen Values", "arrays of Values", "mixed")
"""What the arguments are made of. Mixed: the rows are Values, the target a number."""

NUMBERS = ("common", "round", "hostile")
"""What the numbers of the arguments are like: round ones meet kinks, hostile ones the ends of floats.

Hostile ones are given as Values, as floats of Python raise errors there, and to no file, which has no
function to fall back to where something is not finite.
"""

BEFORE = ("nothing", "step", "step", "jump", "negate", "set", "zero", "replace", "thaw", "freeze")
"""What happens between calls: a step down, other parameters, those of other sign, and other settings; their
gradients are forgotten, some are replaced by other Values, or take gradients from now on, or none."""

GROUPS = "ABC"


@dataclass(frozen=True)
class Step:
    """One block: its name, the group of its weights, which rows before it are the others, its options."""

    block: str
    group: str
    others: int
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """One number that is returned: what of, by how many steps back, and penalties (kind, group, scale)."""

    kind: str
    group: str
    back: int
    penalties: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True)
class Call:
    """One call: its numbers, how many rows or samples, what happens to the parameters before it, and how
    backward runs: from the results' sum with weights, or from each in turn."""

    seed: int
    length: int
    before: str
    together: bool


@dataclass(frozen=True)
class Program:
    """Everything about a program."""

    seed: int
    mode: str
    form: str
    width: int
    numbers: str
    given: str
    layout: str
    holder: str
    frozen: str
    steps: tuple[Step, ...]
    results: tuple[Result, ...]
    nesting: str
    calls: tuple[Call, ...]
    outside: tuple[tuple[str, str, float], ...] = ()


_OPTIONS: dict[str, Any] = {
    "dense": lambda rng: {
        "width": rng.randint(1, 3),
        "style": rng.choice(sorted(STYLES)),
        "activation": rng.choice(sorted(ACTIVATIONS)),
        "bias": rng.random() < 0.7,
    },
    "tied": lambda rng: {"width": rng.randint(1, 3), "activation": rng.choice(sorted(ACTIVATIONS))},
    "convolution": lambda rng: {
        "size": rng.randint(1, 3),
        "stride": rng.randint(1, 2),
        "channels": rng.randint(1, 2),
        "activation": rng.choice(sorted(ACTIVATIONS)),
    },
    "convolution_2d": lambda rng: {"height": rng.randint(1, 2), "width": rng.randint(1, 2)},
    "pool": lambda rng: {
        "size": rng.randint(1, 3),
        "kind": rng.choice(["max", "mean", "logsumexp", "maximum"]),
    },
    "layer_norm": lambda rng: {"style": rng.choice(["power", "root"]), "affine": rng.random() < 0.5},
    "batch_norm": lambda rng: {"style": rng.choice(["power", "root"])},
    "rms_norm": lambda rng: {},
    "softmax": lambda rng: {"by_hand": rng.random() < 0.5},
    "recurrent": lambda rng: {"width": rng.randint(1, 2), "cell": rng.choice(["simple", "gru", "lstm"])},
    "attention": lambda rng: {
        "width": rng.randint(1, 3),
        "causal": rng.random() < 0.5,
        "by_hand": rng.random() < 0.5,
    },
    "neighbours": lambda rng: {
        "kind": rng.choice(["sum", "mean", "dot", "max", "logsumexp", "prod", "softmax", "numbers"]),
        "widest": rng.randint(2, 4),
    },
    "gate": lambda rng: {"highway": rng.random() < 0.5},
    "residual": lambda rng: {},
    "beside": lambda rng: {},
    "formula": lambda rng: {
        "expression": draw_expression(rng, "aaabwwt", rng.randint(1, 7)),
        "shared": rng.random() < 0.5,
    },
    "scan": lambda rng: {"expression": ("tanh", draw_expression(rng, "abbw", rng.randint(1, 4)))},
    "transposed": lambda rng: {},
    "mirrored": lambda rng: {},
    "averaged": lambda rng: {"last": rng.random() < 0.5},
    "embedded": lambda rng: {},
    "distances": lambda rng: {},
    "choice": lambda rng: {"kind": rng.choice(sorted(CHOICES))},
}
"""How the options of each block are drawn."""

_LIKELY = ["dense", "dense", "formula", "formula", "formula"]

_RARE = 0.12  # of the steps are choices


def draw_program(seed: int) -> Program:
    """The program of a seed."""
    rng = Random(seed)
    mode = rng.choice([*["plain"] * 8, *["batch"] * 8, "map", "derivative", "mapped derivative"])
    form = rng.choice(["arrays", "arrays", "scalars", "eager", "file", "chosen"])
    if form == "arrays":
        form = ("arrays", "tape", "numpy")[seed % 3]
    choices = {"file": 0.01}.get(form, _RARE)  # which goes one way only
    derivative = "derivative" in mode
    steps = tuple(_step(rng, choices) for _ in range(rng.randint(1, 2 if derivative else 4)))
    count = 1 if derivative else rng.choice([1, 1, 2, 3])
    nestings = ["bare"] if derivative else [*(["bare"] if count == 1 else []), *sorted(NESTINGS)]
    given = rng.choice(GIVEN)
    layout = rng.choice(["positional", "positional", "dict", "tuple", "keywords"])
    if form == "file":
        mode, given, layout = {"map": "batch"}.get(mode, mode), "numbers", "positional"
    if "map" in mode:
        given = rng.choice(["numbers", "arrays"])
    if derivative:  # by the rows; that of a number is a number, which remembers nothing
        given, layout = given if "map" in mode else rng.choice(["Values", "arrays of Values"]), "positional"
        form = "arrays" if form == "file" else form
    numbers = rng.choices(NUMBERS, (7, 1, 2))[0]
    if numbers == "hostile" and (form == "file" or ("Values" not in given and given != "mixed")):
        numbers = "common"
    return Program(
        seed=seed,
        mode=mode,
        form=form,
        width=rng.randint(1, 4),
        numbers=numbers,
        given=given,
        layout=layout,
        holder=rng.choice(["closure", "closure", "bound method", "method"]),
        frozen="".join(group for group in GROUPS if rng.random() < 0.25),
        steps=steps,
        results=tuple(_result(rng, i, len(steps), form) for i in range(count)),
        nesting=rng.choice(nestings),
        calls=tuple(_call(rng, i) for i in range(rng.choice([1, 2, 3, 3]))),
        outside=() if form == "file" else _penalties(rng),
    )


def _step(rng: Random, rare: float) -> Step:
    name = rng.choice(_LIKELY) if rng.random() < 0.4 else rng.choice(sorted(set(_OPTIONS) - {"choice"}))
    if rng.random() < rare:
        name = "choice"
    return Step(name, rng.choice(GROUPS), rng.randint(1, 3), _OPTIONS[name](rng))


def _result(rng: Random, i: int, steps: int, form: str) -> Result:
    kinds = sorted(set(RESULTS) - set(DECIDED if form == "file" else ()))
    if i == 0:  # one of them takes the rows
        kinds = [kind for kind in kinds if "parameter" not in kind and kind not in ("number", *DECIDED)]
    back = 0 if i == 0 else rng.randint(0, steps)
    return Result(rng.choice(kinds), rng.choice(GROUPS), back, _penalties(rng))


def _penalties(rng: Random) -> tuple[tuple[str, str, float], ...]:
    return tuple(
        (rng.choice(sorted(PENALTIES)), rng.choice(GROUPS), rng.choice([0.01, 0.5, 1.0]))
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2]))
    )


def _call(rng: Random, i: int) -> Call:
    before = "nothing" if i == 0 else rng.choice(BEFORE)
    return Call(rng.randrange(10**6), rng.choice([1, 2, 3, 3]), before, rng.random() < 0.5)
