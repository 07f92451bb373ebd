"""What the forms of a program cost: counted in what was measured, and that it was measured at all."""

import engine
from engine import jit
from engine.jit.backends.tape import tape_of
from engine.jit.costs import (
    Costs,
    _calls,
    costs_here,
    has_few_functions,
    least_array_cost,
    scalar_cost,
    tape_cost,
)
from engine.jit.emit.statements import Assign, Loop, Procedure, Scatter
from engine.jit.emit.trees import Call, Number, Reduce
from engine.jit.emit.views import Take
from engine.node.backend import compiled_tape
from tests.engine.jit.backends.native.world import at, constant
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
        assert costs_here.__wrapped__().call > 0.0


def test_calls_are_the_functions_in_statements() -> None:
    a, b, out = at("fixed", 0, 3), at("fixed", 3, 3), at("fixed", 6, 3)
    scores, kept = at("fixed", 9, 2, 3), at("fixed", 15, 5, 3)
    index = constant("i1", [5, 0, 7])
    cases = [
        (Assign(out, a), 1),
        (Assign(out, Number(0.0)), 1),
        (Assign(out, a * b), 1),
        (Assign(out, a * b + a), 2),
        (Assign(out, Reduce("add", scores * 2.0, (0,))), 2),
        (Assign(out, Take(a.array, index) * b), 2),
        (Scatter(Take(a.array, index), a * b), 2),
        (Procedure("logsumexp", scores, out, kept), 8),
        (Assign(scores, Call("gradients_of_logsumexp", (scores, out, b, kept), size=(2, 3, -1))), 8),
        (Loop(7, (Assign(out, a * b + a), Assign(a, out))), 21),
    ]
    for statement, count in cases:
        assert _calls([statement]) == count, str(statement)
    assert _calls([statement for statement, _ in cases]) == sum(count for _, count in cases)


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
