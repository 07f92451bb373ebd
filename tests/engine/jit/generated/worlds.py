"""A program brought to life: its weights, the function, the arguments of each call.

Two worlds of one program hold the same numbers in Values of their own, so that one can run by the engine and
the other lifted, call after call.
"""

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

import engine
from engine import Value
from tests.engine.jit.generated.blocks import BLOCKS
from tests.engine.jit.generated.description import Call, Program
from tests.engine.jit.generated.results import NESTINGS, PENALTIES, RESULTS

__all__ = ["Arguments", "World"]

Shake = Callable[[float], float]
"""What is done to every number that a world is made of, to see how much depends on its last bits."""


def _unshaken(number: float) -> float:
    return number


_ROUND = (0.0, 1.0, -1.0, 0.5, 2.0)
_HOSTILE = (0.0, -0.0, 1e-320, -1e-170, 1e-17, 40.0, -745.0, 1e17, -1e155, 1e300, math.inf, math.nan)

_TAKES_OTHERS = ("residual", "beside", "formula")


_SETTINGS: dict[str, Any] = {
    "scale": (2.0, -0.5),
    "factors": ([1.0, 2.0], [3.0], []),
    "training": (True, False),
    "act": ("tanh", "sin"),
    "f": (engine.tanh, engine.cos, lambda z: z * z),
    "chosen": ({1, 2}, {2}),
}
"""What can be set between calls."""


class Group:
    """The weights of one name: tables made when a block first asks for them, by name and shape."""

    def __init__(self, name: str, seed: int, frozen: bool, shake: Shake) -> None:
        self.name, self.seed, self.frozen, self.shake = name, seed, frozen, shake
        self.tables: dict[tuple[Any, ...], Any] = {}

    def _numbers(self, key: tuple[Any, ...], count: int) -> list[Value]:
        rng = Random(f"{self.seed} {self.name} {key}")
        return [
            _value(self.shake(rng.gauss(0.0, 0.8)), self.frozen, f"{self.name} {'-'.join(map(str, key))} {i}")
            for i in range(count)
        ]

    def matrix(self, name: str, height: int, width: int) -> list[list[Value]]:
        key = (name, height, width)
        if key not in self.tables:
            numbers = self._numbers(key, height * width)
            self.tables[key] = [numbers[i * width : (i + 1) * width] for i in range(height)]
        return self.tables[key]

    def vector(self, name: str, width: int) -> list[Value]:
        return self.matrix(name, 1, width)[0]

    def scalar(self, name: str) -> Value:
        return self.matrix(name, 1, 1)[0][0]

    def rows(self) -> list[list[Value]]:
        return [row for table in self.tables.values() for row in table]


class Given:
    """What a block finds: the weights of its group, and the arguments other than the rows."""

    def __init__(self, world: "World", group: str, target: Any, label: Any, near: Shake | None) -> None:
        found = world.groups[group]
        self.matrix, self.vector, self.scalar = found.matrix, found.vector, found.scalar
        self.target, self.label, self.near = target, label, near
        self.state, self.kept = world.state, world.kept

    def at(self, x: Any) -> Any:
        """A number to decide by."""
        return x if self.near is None else self.near(x)


class World:
    """A program's weights and its function of rows, target and label.

    Args:
        near: what is done to computed numbers where Python decides by them; None for nothing.

    Attributes:
        groups: the weights by name.
        state: what the function reads beside its arguments.
        kept: what it keeps of its calls.
    """

    def __init__(self, program: Program, shake: Shake = _unshaken, near: Shake | None = None) -> None:
        self.program, self.shake, self.near = program, shake, near
        self.state: dict[str, Any] = {name: choices[0] for name, choices in _SETTINGS.items()}
        self.kept: list[Any] = []
        self.groups = {name: Group(name, program.seed, name in program.frozen, shake) for name in "ABC"}

    def loss(self, rows: Any, target: Any, label: Any) -> Any:
        """The program itself."""
        found = [rows]
        for i, step in enumerate(self.program.steps):
            given = Given(self, step.group, target, label, self.near if i else None)
            others = (found[-step.others % len(found)],) if step.block in _TAKES_OTHERS else ()
            found.append(BLOCKS[step.block](found[-1], given, *others, **step.options))
        numbers = []
        for result in self.program.results:
            given = Given(self, result.group, target, label, self.near)
            number = RESULTS[result.kind](found[-1 - result.back % len(found)], given)
            numbers.append(sum(self.penalties(result.penalties), number))
        return numbers[0] if self.program.nesting == "bare" else NESTINGS[self.program.nesting](numbers)

    def penalties(self, kinds: Any) -> list[Any]:
        """Penalties on the parameters of groups."""
        found = []
        for kind, name, scale in kinds:
            weights = [w for row in self.groups[name].rows() for w in row]
            if weights:
                found.append(scale * PENALTIES[kind](weights))
        return found

    def function(self) -> Callable[..., Any]:
        """The program for arguments laid out as the description says."""
        layout = self.program.layout
        if layout == "dict":
            return lambda given: self.loss(given["rows"], given["target"], given["label"])
        if layout == "tuple":
            return lambda pair, label: self.loss(*pair, label)
        return self.loss

    # -- the parameters ---------------------------------------------------------------------------

    @property
    def parameters(self) -> list[Value]:
        """All there are by now."""
        return [w for group in self.groups.values() for row in group.rows() for w in row]

    def make_weights(self, arguments: "Arguments") -> None:
        """Have all weights made that a call asks for, once for one sample."""
        rows, target, label = arguments.samples[0]
        self.loss([list(map(Value, row)) for row in rows], Value(target), label)

    def move(self, before: str, gradients: list[float], seed: int) -> None:
        """What happens to the parameters before a call."""
        rng = Random(seed)
        parameters = self.parameters
        if before == "step":
            for w, slope in zip(parameters, gradients, strict=True):
                w.data -= 0.1 * slope / (1.0 + abs(slope))
        elif before == "jump":
            for w in parameters:
                w.data = self.shake(rng.gauss(0.0, 1.5))
        elif before == "negate":
            for w in parameters:
                w.data = -w.data
        elif before == "set":
            for name, choices in _SETTINGS.items():
                self.state[name] = rng.choice(choices)
        elif before == "zero":
            engine.zero_grad(parameters)
        elif before in ("thaw", "freeze"):
            for group in self.groups.values():
                for row in group.rows():
                    for w in row:
                        w.requires_grad = before == "thaw"
                group.frozen = before == "freeze"
        elif before == "replace" and parameters:
            rows = [row for group in self.groups.values() for row in group.rows()]
            row = rng.choice(rows)
            i = rng.randrange(len(row))
            row[i] = _value(self.shake(rng.gauss(0.0, 0.8)), not row[i].requires_grad, row[i].label)


class Arguments:
    """The numbers of one call and what they are given as.

    Attributes:
        samples: (rows, target, label) for each, where the program takes one sample of many.
    """

    def __init__(self, program: Program, call: Call, shake: Shake = _unshaken) -> None:
        rng = Random(call.seed)
        self.program = program
        self.many = program.mode in ("batch", "map", "mapped derivative")
        count, height = (call.length, 2) if self.many else (1, call.length)
        self.samples = []
        for _ in range(count):
            rows = [[_number(rng, program.numbers) for _ in range(program.width)] for _ in range(height)]
            rows = [list(map(shake, row)) for row in rows]
            self.samples.append((rows, shake(rng.choice([0.5, 1.0, -1.0, 0.25])), rng.randint(0, 1)))

    @property
    def largest(self) -> float:
        """The largest of the numbers."""
        numbers = [
            abs(x) for rows, target, _ in self.samples for x in (*(x for row in rows for x in row), target)
        ]
        return max(x for x in numbers if math.isfinite(x))

    def values(self) -> tuple[list[Any], list[Value]]:
        """Rows, targets and labels as they are given to one world, and the Values among them.

        The outermost level is the samples where there are many.
        """
        given = self.program.given
        kind = {"Values": (True, True), "arrays of Values": (True, True), "mixed": (True, False)}
        kind["frozen Values"] = kind["Values"]
        as_rows, as_target = kind.get(given, (False, False))
        made: list[Value] = []

        def one(x: float, wanted: bool) -> Any:
            if wanted:
                made.append(_value(x, given == "frozen Values"))
                return made[-1]
            return x

        rows = [[[one(x, as_rows) for x in row] for row in sample[0]] for sample in self.samples]
        targets = [one(sample[1], as_target) for sample in self.samples]
        labels = [sample[2] for sample in self.samples]
        return [rows, targets, labels], made

    def laid_out(self, parts: list[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The parts as arguments of the lifted function."""
        given = self.program.given
        if not self.many:
            parts = [part[0] for part in parts]
        if given == "arrays":
            parts = [np.array(parts[0]), *(np.array(part) if self.many else part for part in parts[1:])]
        elif given == "arrays of Values":
            parts = [np.array(parts[0], dtype=object), *parts[1:]]
        rows, target, label = parts
        return {
            "positional": ((rows, target, label), {}),
            "dict": (({"rows": rows, "target": target, "label": label},), {}),
            "tuple": (((rows, target), label), {}),
            "keywords": ((rows,), {"label": label, "target": target}),
        }[self.program.layout]


def _number(rng: Random, kind: str) -> float:
    if kind == "common" or (kind == "hostile" and rng.random() < 0.6):
        return rng.gauss(0.0, 1.0)
    return rng.choice(_ROUND if kind == "round" else _HOSTILE)


def _value(number: float, frozen: bool, label: str = "") -> Value:
    value = Value(number, label=label)
    if frozen:
        value.requires_grad = False
    return value
