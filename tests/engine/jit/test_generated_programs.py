"""Realistic programs, drawn from seeds: lifted, they give the engine's values and every gradient of it.

A program that fails is made as small as it gets and printed as code. To look at one:

    python -m tests.engine.jit.test_generated_programs SEED
"""

import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.jit.backends.array_program import Wanted
from engine.jit.pipeline import Lifted
from engine.jit.trace.guards import Guard
from tests.engine.jit.generated.agreement import DifferenceError, check
from tests.engine.jit.generated.blocks import ACTIVATIONS, BLOCKS, STYLES
from tests.engine.jit.generated.choices import CHOICES
from tests.engine.jit.generated.description import (
    BEFORE,
    FORMS,
    GIVEN,
    MODES,
    Call,
    Program,
    Step,
    draw_program,
)
from tests.engine.jit.generated.results import PENALTIES, RESULTS
from tests.engine.jit.generated.showing import shown
from tests.engine.jit.generated.shrinking import shrink
from tests.sampling import THOROUGH, samples

pytestmark = pytest.mark.unmeasured

ON_COMPILED, CHUNK = 80, 20
FIRST = 0 if engine.backend == "cython" or THOROUGH else ON_COMPILED
"""Each node gets programs of its own; a thorough run gives both all."""

PROGRAMS = samples(CHUNK if FIRST else ON_COMPILED, 10_000)


def failure(program: Program) -> DifferenceError | None:
    """How a program fails, if it does."""
    try:
        check(program)
    except DifferenceError as error:
        return error
    return None


def report(program: Program, first: DifferenceError) -> str:
    """The smallest program that fails in the same way, as code."""

    def fails(smaller: Program) -> bool:
        try:
            found = failure(smaller)
        except Exception:  # without what was left out it is no program at all
            return False
        return found is not None and found.kind == first.kind

    small = shrink(program, fails)
    return f"{shown(small)}\n{failure(small)}\n(from seed {program.seed}: {first})\n"


@pytest.mark.parametrize("start", range(FIRST, FIRST + PROGRAMS, CHUNK))
def test_lifted_programs_are_the_engines(start) -> None:
    outcomes, reports = Counter(), []
    for seed in range(start, start + CHUNK):
        program = draw_program(seed)
        try:
            outcomes[check(program)] += 1
        except DifferenceError as error:
            reports.append(report(program, error))
    assert not reports, "\n" + "\n".join(reports)
    assert outcomes["lifted"] >= 0.8 * CHUNK, outcomes


# -- the generator is what it claims to be ------------------------------------------------------------------


def test_programs_are_of_every_kind() -> None:
    drawn = [draw_program(seed) for seed in range(3_000)]
    steps = [step for program in drawn for step in program.steps]
    results = [result for program in drawn for result in program.results]
    penalties = [penalty for result in results for penalty in result.penalties]
    for names, wanted, least in (
        ([program.mode for program in drawn], MODES, 50),
        ([program.form for program in drawn], FORMS, 200),
        ([program.given for program in drawn], GIVEN, 100),
        ([step.block for step in steps], BLOCKS, 20),
        ([step.options.get("style") for step in steps if step.block == "dense"], STYLES, 40),
        ([step.options.get("activation") for step in steps], ACTIVATIONS, 40),
        ([result.kind for result in results], RESULTS, 60),
        ([kind for kind, _, _ in penalties], PENALTIES, 60),
        ([len(program.results) for program in drawn], (1, 2, 3), 200),
        ([len(program.calls) for program in drawn], (1, 2, 3), 200),
        (
            [call.before for program in drawn for call in program.calls],
            BEFORE,
            100,
        ),
        ([step.options.get("kind") for step in steps if step.block == "choice"], CHOICES, 4),
    ):
        count = Counter(names)
        assert [name for name in wanted if count[name] < least] == []


def test_a_seed_gives_the_same_program_always() -> None:
    assert draw_program(17) == draw_program(17)
    assert draw_program(17) != draw_program(18)


@pytest.mark.parametrize("slip", [1.0 + 1e-9, -1.0] if THOROUGH else [-1.0 if FIRST else 1.0 + 1e-9])
def test_a_wrong_gradient_is_found_and_shrunk(monkeypatch, slip) -> None:
    """All gradients of array programs are off: the smallest program has one layer at most."""
    wanted = Wanted.of
    monkeypatch.setattr(Wanted, "of", lambda self, *gradients: slip * wanted(self, *gradients))
    drawn = (replace(draw_program(seed), form="arrays", mode="plain") for seed in range(100))
    program = next(program for program in drawn if len(program.steps) > 2 and failure(program) is not None)
    text = report(program, failure(program))
    assert len(text.splitlines()) < 12
    assert "def f(rows, target, label):" in text
    assert f"seed {program.seed}" in text


def test_a_wrong_value_is_found(monkeypatch) -> None:
    run = Lifted.run
    monkeypatch.setattr(
        Lifted, "run", lambda self, *args: ([1.0001 * x for x in run(self, *args)[0]], run(self, *args)[1])
    )
    program = next(
        program
        for program in map(draw_program, range(2_000))
        if (program.mode, program.form) == ("plain", "scalars") and program.results[0].kind == "squared"
    )
    assert failure(program).kind == "value"


@pytest.mark.parametrize("mode", ["plain", "batch", "map"])
def test_a_frozen_decision_is_found(monkeypatch, mode) -> None:
    """Guards that hold always, as if there were none."""
    monkeypatch.setattr(Guard, "holds", lambda self, given: True)
    monkeypatch.setattr(Guard, "holds_on", lambda self, columns, count: np.ones(count, bool))
    monkeypatch.setattr(Guard, "holds_for_all", lambda self, columns: True)
    step, call = Step("choice", "A", 1, {"kind": "if by the label"}), Call(0, 3, "nothing", together=True)
    drawn = next(p for p in map(draw_program, range(999)) if p.mode == mode and p.form == "arrays")
    for number in range(9):
        calls = tuple(replace(call, seed=seed) for seed in range(number, number + 3))
        program = replace(drawn, steps=(step,), calls=calls, numbers="common", nesting="list")
        if failure(program) is not None:
            break
    assert failure(program) is not None


if __name__ == "__main__":
    for number in sys.argv[1:]:
        wanted = draw_program(int(number))
        found = failure(wanted)
        print(shown(wanted) if found is None else report(wanted, found))
