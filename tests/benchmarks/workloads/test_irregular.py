import math
from types import SimpleNamespace

import pytest

from benchmarks.irregular.inference import numbers
from benchmarks.irregular.motion import heat, pendulum
from benchmarks.irregular.sequences import soft_dtw
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workloads import irregular
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours

QUICK = {case.name: case.options for case in irregular.WORKLOAD.quick}
EACH = pytest.mark.parametrize("options", QUICK.values(), ids=list(QUICK))

FLOATS = SimpleNamespace(
    **{name: getattr(math, name) for name in ("cos", "exp", "log", "sin", "sqrt", "tanh")},
    logsumexp=lambda scores: math.log(sum(map(math.exp, scores))),
    sigmoid=lambda x: 1.0 / (1.0 + math.exp(-x)),
)
"""Python's own functions, which know no gradients."""


@EACH
def test_array_form_is_the_scalar_form(options) -> None:
    expected = irregular.scalars(ours(), **options).check()
    agree(irregular.arrays(Differences(), **options).check(), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", list(irregular.PROGRAMS))
def test_full_program_of_floats_moves_as_the_gradient_says(name) -> None:
    options = irregular.WORKLOAD.case(name, quick=False).options
    answer = irregular.scalars(lifted(), **options).check()
    sizes = {key: size for key, size in options.items() if key != "program"}
    x, function = irregular.start(name, **sizes), irregular.PROGRAMS[name].scalars
    h, direction = 1e-6, [math.cos(i) for i in range(len(x))]

    def along(t: float) -> float:
        return function(FLOATS, [a + t * b for a, b in zip(x, direction, strict=True)], **sizes)

    assert answer["loss"] == pytest.approx([along(0.0)], rel=1e-9)
    moved = sum(a * b for a, b in zip(answer["gradients"], direction, strict=True))
    assert (along(h) - along(-h)) / (2 * h) == pytest.approx(moved, rel=1e-6, abs=1e-7)


@EACH
def test_lifted_program_is_the_eager_one(options) -> None:
    agree(irregular.scalars(lifted(), **options).check(), irregular.scalars(ours(), **options).check())


@EACH
@pytest.mark.parametrize("peer", ["casadi", "jax"])
def test_peer_computes_the_same(options, peer) -> None:
    pytest.importorskip(peer)
    library = LIBRARIES[peer]
    found = library.form(irregular.WORKLOAD)(library.load(), **options).check()
    agree(found, irregular.scalars(ours(), **options).check())


@EACH
def test_second_run_finds_the_same(options) -> None:
    program = irregular.scalars(lifted(), **options)
    first = program.check()
    program.run()
    assert program.check() == first


def test_even_ring_stays_even() -> None:
    assert heat(FLOATS, [1.0, 1.0, 1.0, 0.2], 3, 5) == pytest.approx(3.0)


def test_pendulum_loses_energy() -> None:
    assert pendulum(FLOATS, [0.5, 0.0], 2000) < 0.5**2


def test_sequences_of_one_are_as_far_apart_as_their_numbers() -> None:
    (other,) = numbers(1, seed=4, low=-2.0, high=2.0)
    assert soft_dtw(FLOATS, [other + 3.0], 1) == pytest.approx(9.0)


def test_full_programs_have_thousands_of_nodes() -> None:
    for case in irregular.WORKLOAD.cases:
        if case.name != "arm":
            assert irregular.scalars(ours(), **case.options).nodes > 3000
