"""Which cells a statement uses: never too few, and not one by one where a loop comes by."""

from random import Random

from engine.jit.emit.fusion.uses import meet, use_of, uses_of
from engine.jit.emit.statements import Assign
from engine.jit.emit.views import CELLS, Take, View
from tests.engine.jit.backends.native.world import constant


def uses_at(cells):
    target = View.cells(CELLS[0], 100_000, (len(cells),), (1,))
    found = uses_of(Assign(target, Take(CELLS[0], constant("i1", cells))), 0, 1)
    return [use for use in found if use.array == CELLS[0].name and not use.writes]


def drawn(rng: Random) -> list[int]:
    """Positions that come again so many cells further, or any."""
    if rng.random() < 0.3:
        return rng.sample(range(400), rng.randint(1, 60))
    step = rng.randint(2, 20)
    firsts = rng.sample(range(step), rng.randint(1, min(step, 5)))
    found = [first + step * i for i in range(rng.randint(1, 40)) for first in firsts]
    return found[rng.randint(0, 2) :] or found


def test_what_shares_a_cell_meets() -> None:
    rng = Random(0)
    for _ in range(1_000):
        cells, others = drawn(rng), drawn(rng)
        start, count, stride = rng.randint(0, 300), rng.randint(1, 30), rng.randint(1, 20)
        view = [use_of(View.cells(CELLS[0], start, (count,), (stride,)))]
        seen = set(range(start, start + count * stride, stride))
        for uses, positions in ((view, seen), (uses_at(others), set(others))):
            if positions & set(cells):
                assert any(meet(a, b) for a in uses_at(cells) for b in uses), (cells, positions)


def test_those_of_all_steps_are_few_and_as_exact_as_those_of_a_view() -> None:
    every = [first + 46 * i for i in range(500) for first in (5, 9, 10)]
    uses = uses_at(every)
    assert len(uses) == 2
    for first, shared in ((4, False), (5, True), (6, False), (9, True), (10, True), (11, False)):
        view = use_of(View.cells(CELLS[0], first, (500,), (46,)))
        assert any(meet(use, view) for use in uses) is shared, first


def test_many_that_do_not_come_again_are_taken_together() -> None:
    (use,) = uses_at([i * i for i in range(50)])
    assert (use.low, use.high) == (0, 49 * 49)
