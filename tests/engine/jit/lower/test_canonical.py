"""The canonical form as data: runs of terms, and lines for people."""

import pytest

from engine.jit.lower.canonical import runs_of
from tests.engine.jit.stages import Written

A, B, C = (1.0, None, 0, -1), (1.0, None, 1, -1), (1.0, None, 2, -1)
AB, BC = (1.0, None, 0, 1), (1.0, None, 1, 2)
MINUS = (-1.0, None, 3, -1)
SCALED = (1.0, 2.5, 0, -1)


@pytest.mark.parametrize(
    ("terms", "runs"),
    [
        ([], []),
        ([A], [[A]]),
        ([A, B, C], [[A, B, C]]),
        ([A, AB, B], [[A], [AB], [B]]),  # a short sum keeps its order
        ([AB, BC, MINUS], [[AB, BC], [MINUS]]),
        ([A, SCALED, SCALED], [[A], [SCALED, SCALED]]),
        ([A, AB] * 5, [[A] * 5, [AB] * 5]),  # in a long one all of a kind stand together
    ],
)
def test_runs_are_terms_of_one_kind(terms, runs) -> None:
    assert [run for _, run in runs_of(terms)] == runs


@pytest.mark.parametrize(
    ("term", "kind"), [(A, (False, False, 1.0)), (AB, (True, False, 1.0)), (SCALED, (False, True, 1.0))]
)
def test_a_kind_is_two_factors_a_number_and_the_scale(term, kind) -> None:
    assert runs_of([term])[0][0] == kind


def test_a_program_is_printed_node_by_node() -> None:
    p = Written(batched=True)
    (w,), (x,) = p.captured(1), p.inputs(1)
    s = p.sum((1.0, None, w, x), (-1.0, 2.0, x, -1), k=0.5)
    p.row("tanh", s)
    p.number(3.0)
    p.row("max", *[w] * 9)
    assert str(p.canonical(s)).splitlines() == [
        "6 results became 3 canonical ones, of 3 leaves",
        "  n0 = captured 0",
        "  n1 = input 0 (per sample)",
        "  n2 = n0·n1 - 2·n1 +0.5 (per sample)",
        "  n3 = tanh(n2) (per sample)",
        "  n4 = 3.0",
        "  n5 = max(n0, n0, n0, n0, n0, n0, n0, n0, …)",
    ]


def test_of_a_large_program_the_beginning_is_printed() -> None:
    p = Written()
    p.captured(203)
    lines = str(p.canonical(0)).splitlines()
    assert (len(lines), lines[-1]) == (202, "  … and 3 more")
