"""A program lifted and by the engine, call after call: whether values and every gradient agree."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import engine
from engine import TraceError, jit, vmap
from engine.jit.backends import blocks
from engine.jit.pipeline import Lifted
from engine.node.backend import compiled_tape
from tests.engine.jit.generated.description import Program
from tests.engine.jit.generated.outcomes import Outcome, arrays_in, each_call, number_of, outcome_of
from tests.engine.jit.generated.standalone import file_outcome, outcome_for_file
from tests.engine.jit.generated.worlds import Arguments, World

__all__ = ["TOLERANCE", "DifferenceError", "check"]

TOLERANCE = 1e-12
"""Of a figure, relative to the largest that the engine's own passes meet on the way to it.

The lifter adds sums up in another order, so that it may differ by the rounding of some hundred operations
(1e-14), magnified by what the norms and quotients of these programs divide by. A program that magnifies
rounding more (an exponential of a large number, say) is told by shaking it: see ``_noise``.
"""

_REFUSED = (
    "decides by numbers",
    "cannot be written as NumPy, because it changes 'kept'",
    "whether they are the same one",
)
"""Why a program may be refused: a file goes one way and keeps nothing; which Values of a caller's are one is
not to be seen."""

_SMALLEST = 1e-307  # below which floats lose digits
_SHAKE = 1e-15
_AS_MUCH_AS = 64.0  # of what shaking changes
_NEAR, _SIDES = 1e-13, 8  # of an edge, and how many ways to go there are tried
_MOST_NOISE = (
    1e-9  # of the largest figure: more is no rounding but a step from one side of a kink to the other
)


class DifferenceError(AssertionError):
    """Values or gradients differ, or the lifted function raised what f itself does not raise.

    Attributes:
        kind: in a word or two, so that a smaller program fails in the same way.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


def check(program: Program) -> str:
    """Run a program both ways.

    Returns:
        "lifted"; "refused" where it may be; "no program" where f itself raises, as
        Python's floats do that overflow.

    Raises:
        DifferenceError: they differ.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():  # NumPy's own product of plain numbers
        warnings.filterwarnings("ignore", "(?s).* runs as written, on Values: right, and slow")
        return _check(program)


def _check(program: Program) -> str:
    try:
        expected = list(each_call(World(program), _by_engine))
    except (OverflowError, ValueError):
        return "no program"
    number = 0
    with _forced(program.form):
        lifted = _Lifted(program)
        try:
            for number, found in enumerate(each_call(lifted.world, lifted, expected)):
                _compare_or_edge(program, number, found, expected)
        except TraceError as error:
            if not any(why in str(error) for why in _REFUSED):
                raise DifferenceError("refused", f"call {number}: {error}") from error
            return "refused"
    return "lifted"


@contextmanager
def _forced(form: str) -> Iterator[None]:
    """Programs made in this block take this form. For batches there are arrays only, and without the
    compiled core lines of floats in the place of a tape."""
    with pytest.MonkeyPatch.context() as patch:
        if form == "numpy":
            patch.setattr(blocks, "bind_natively", lambda *args: None)
        if form != "chosen":
            tape = "scalars" if compiled_tape is None else "tape"
            kind = {"file": "arrays", "numpy": "arrays", "tape": tape}.get(form, form)
            patch.setattr(
                Lifted,
                "_quickest",
                lambda self, batched: ("arrays" if batched and kind != "eager" else kind, {}),
            )
        yield


def _derived(f: Callable[..., Any], program: Program) -> Callable[..., Any]:
    return engine.grad(f) if "derivative" in program.mode else f


def _by_engine(world: World, arguments: Arguments, number: int) -> Outcome:
    """A call by the engine, sample by sample where there are many."""
    program = world.program
    if program.form == "file":
        return outcome_for_file(world, arguments, number)
    parts, made = arguments.values()
    if not arguments.many:
        args, named = arguments.laid_out(parts)
        results = [_derived(world.function(), program)(*args, **named)]
    else:
        results = [_derived(world.loss, program)(*sample) for sample in zip(*parts, strict=True)]
    return outcome_of(world, results, made, program.calls[number].together)


class _Lifted:
    """The same calls of the function lifted, in a world of its own."""

    def __init__(self, program: Program) -> None:
        self.world = World(program)
        self.f = _held(_derived(self.world.function(), program), program)

    def __call__(self, world: World, arguments: Arguments, number: int) -> Outcome:
        parts, made = arguments.values()
        args, named = arguments.laid_out(parts)
        try:
            if "map" in world.program.mode:  # recording, captured Values would ask for Values
                with engine.no_grad():
                    return Outcome(arrays_in(self.f(*args, **named)))
            result = self.f(*args, **named)
            if world.program.form == "file":
                return file_outcome(self.f, result, world, arguments)
            return outcome_of(world, [result], made, world.program.calls[number].together)
        except TraceError:
            raise
        except Exception as error:
            raise DifferenceError("crash", f"call {number}: {type(error).__name__}: {error}") from error


def _held(f: Callable[..., Any], program: Program) -> Callable[..., Any]:
    """The function lifted, where the description wants it: as a closure, or as a method."""

    class Model:
        def __init__(self) -> None:
            self.f = f

        def forward(self, *args: Any, **named: Any) -> Any:
            return self.f(*args, **named)

    def lift(f: Callable[..., Any]) -> Any:
        return vmap(f) if "map" in program.mode else jit(f, batch=program.mode == "batch")

    if program.holder == "closure":
        return lift(f)
    if program.holder == "bound method":
        return lift(Model().forward)
    Model.forward = lift(Model.forward)  # type: ignore[method-assign]
    return Model().forward


# -- comparing ------------------------------------------------------------------------------------------


def _compare_or_edge(program: Program, number: int, found: Outcome, expected: list[Outcome]) -> None:
    """The same, where a computed number that Python decides by may be rounded to the other side.

    A call that comes close to that must be as in a world where it is a little larger, or smaller.
    """
    try:
        _compare(program, number, found, expected[number])
    except DifferenceError:
        for seed in range(_SIDES):
            rng = Random(seed)

            def near(x: Any, rng: Random = rng) -> Any:
                return x + rng.choice([-_NEAR, _NEAR]) * max(1.0, abs(number_of(x)))

            try:
                other = list(each_call(World(program, near=near), _by_engine, expected))
                return _compare(program, number, found, other[number])
            except (DifferenceError, OverflowError, ValueError):
                continue
        raise


def _compare(program: Program, number: int, found: Outcome, expected: Outcome) -> None:
    """Raise where a figure of a call is not what it should be."""
    for what, mine in found.figures().items():
        right = expected.figures()[what]
        if len(mine) != len(right):
            raise DifferenceError(what, f"call {number}: {len(mine)} numbers where there are {len(right)}")
        largest = expected.largest_value if "value" in what else expected.largest_slope
        hostile = program.numbers == "hostile"  # where the largest figure says nothing about the others
        sizes = [min(largest, max(1.0, abs(x))) if hostile else largest for x in right]
        wrong = [i for i, x in enumerate(mine) if not _close(x, right[i], TOLERANCE * sizes[i])]
        if wrong:
            most = _MOST_NOISE * max(largest, _SHAKE * expected.largest_value)  # of gradients that cancel out
            noise = [x if hostile else min(x, most) for x in _noise(program, number, what)]
            wrong = [i for i in wrong if not _close(mine[i], right[i], _AS_MUCH_AS * noise[i])]
        if wrong:
            raise DifferenceError(what, f"call {number}: got {mine}, expected {right}")


def _close(x: float, right: float, within: float) -> bool:
    return abs(x - right) <= within + _SMALLEST or x == right or (x != x and right != right)


def _noise(program: Program, number: int, what: str) -> list[float]:
    """How much each figure changes by the engine where the last bits of all numbers change."""
    first = list(each_call(World(program), _by_engine))
    noise = [0.0] * len(first[number].figures()[what])
    for seed in range(4):
        rng = Random(seed)

        def shake(number: float, rng: Random = rng) -> float:
            return number * (1.0 + rng.choice([-_SHAKE, _SHAKE]))

        shaken = list(each_call(World(_shaken(program, shake), shake), _by_engine, first))
        for i, (x, right) in enumerate(
            zip(shaken[number].figures()[what], first[number].figures()[what], strict=True)
        ):
            noise[i] = max(noise[i], abs(x - right))
    return noise


def _shaken(program: Program, shake: Callable[[float], float]) -> Program:
    """The program with other last bits in its constants."""

    def walk(expression: Any) -> Any:
        if isinstance(expression, float):
            return shake(expression)
        return tuple(map(walk, expression)) if isinstance(expression, tuple) else expression

    steps = [
        replace(step, options={**step.options, "expression": walk(step.options["expression"])})
        if "expression" in step.options
        else step
        for step in program.steps
    ]
    return replace(program, steps=tuple(steps))
