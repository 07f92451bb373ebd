"""What the forms of a program cost: counted in what was measured, and that it was measured at all."""

import engine
from engine import jit
from engine.jit.backends.tape import tape_of
from engine.jit.costs import Costs, costs_here, has_few_functions, least_array_cost, scalar_cost, tape_cost
from engine.node.backend import compiled_tape
from tests.engine.jit.stages import graph

ONES = Costs(*[1.0] * len(Costs._fields))


def test_they_are_measured_once() -> None:
    here = costs_here()
    assert here is costs_here()
    tape, python = here[4:8], here[8:]
    assert min(here[:4]) > 0.0
    assert [min(tape) > 0.0, max(python) > 0.0] == ([False, True] if compiled_tape is None else [True, False])
    assert str(here).count(" ns") == len(Costs._fields)


def test_they_are_measured_where_nothing_is_recorded() -> None:
    with engine.no_grad():
        assert costs_here.__wrapped__().statement > 0.0


def test_lines_cost_by_operands_and_outputs() -> None:
    one, two = graph(lambda x: x * x, 1), graph(lambda x: [x * x, x + x], 1)
    assert (scalar_cost(one, ONES), scalar_cost(two, ONES)) == (2.0, 8.0)


def test_a_tape_costs_by_operands_functions_and_outputs() -> None:
    if compiled_tape is None:
        return
    tape = tape_of(graph(lambda x: [x.sin() * x, engine.norm([x, x, x])], 1))
    assert tape_cost(tape, ONES) == 1 + 1.5 * 6 + 1 + 1
    assert least_array_cost(tape, ONES) == 1 + 3 * 2 + 1


def test_few_functions_are_fewer_than_operands_side_by_side() -> None:
    if compiled_tape is None:
        return

    def f(x):
        for _ in range(8):
            x = x * x + x
        return x.sin() * x

    assert has_few_functions(tape_of(graph(f, 1)), ONES)  # 35 operands, 8 at a time
    assert not has_few_functions(tape_of(graph(lambda x: f(x).sin(), 1)), ONES._replace(function=3.0))


def test_the_choice_is_printed() -> None:
    f = jit(lambda x: x * x)
    f(1.0)
    assert "(chosen)" in f.stages["choice"]
    assert "as measured here: arrays" in f.stages["choice"]
