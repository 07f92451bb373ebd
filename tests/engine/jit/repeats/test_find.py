"""Where a graph repeats, and what goes from step to step."""

from itertools import pairwise

import pytest

import engine
from engine import Value
from engine.jit.repeats.find import find_repeats, graph_of
from engine.jit.repeats.plan import plan_of
from engine.jit.repeats.recurrence import Step, step_of
from engine.jit.trace.trace import Given, trace
from engine.pytree.arguments import Arguments
from tests.engine.jit.repeats.steps import STEPS


def traced(f, *args):
    arguments = Arguments.of_call(args, {})
    numbers = arguments.numbers()
    return trace(Given(f, arguments, numbers, [False] * len(numbers), False))


def loops_of(f, *args) -> list[Step]:
    found = traced(f, *args)
    graph = graph_of(found)
    steps = [step_of(graph, found, repeat) for repeat in find_repeats(graph)]
    return [step for step in steps if step is not None]


EXPECTED = {  # steps of the loop, results of a step, results that it hands on
    "rnn": (6, 3 * 5, 3),
    "lstm": (6, 12 * 2 + 12 + 9 + 6, 6),
    "pendulum": (5, 46, 2),
    "heat": (6, 20, 4),
    "wave": (6, 35, 5),
}
"""The first step reads numbers where others read results, and stands before the loop; of a wave two do."""


@pytest.mark.parametrize("name", EXPECTED)
def test_steps_begin_where_people_begin_them(name) -> None:
    f, args, _ = STEPS[name]()
    (step,) = loops_of(f, *args)
    steps, period, handed = EXPECTED[name]
    assert step.repeat.period == period
    assert abs(step.repeat.steps - steps) <= 1
    assert len({result for result, _ in step.slots}) == handed


def test_what_is_summed_up_is_left_to_the_end_and_what_is_the_same_is_computed_once() -> None:
    f, args, _ = STEPS["kalman"](steps=12)
    (step,) = loops_of(f, *args)
    assert [step.rows[j].name for j in range(step.repeat.period) if step.left[j]] == ["sub"]
    assert [step.rows[j].name for j in range(step.repeat.period) if step.once[j]] == ["exp", "exp"]


def test_one_loop_stands_behind_another() -> None:
    f, args, _ = STEPS["encoder_decoder"]()
    plan = plan_of(traced(f, *args))
    assert plan is not None
    assert len(plan.steps) == 2
    assert len(plan.results) == 3


w = Value(0.5)

NO_LOOPS = {
    "a sum": lambda xs: sum(w * x for x in xs),
    "a window": lambda xs: engine.sum([engine.sin(a * w) - engine.sin(b * w) for a, b in pairwise(xs)]),
    "three steps": lambda xs: engine.tanh(engine.tanh(engine.tanh(w * xs[0]))),
    "other steps each time": lambda xs: engine.exp(engine.sin(engine.tanh(w * xs[0] + 1.0) ** 2)),
    "numbers": lambda xs: sum(xs) * w,
}


@pytest.mark.parametrize("name", NO_LOOPS)
def test_nothing_goes_round(name) -> None:
    assert loops_of(NO_LOOPS[name], [0.1 * i for i in range(15)]) == []


def test_all_graphs_of_one_function_are_found_alike() -> None:
    """The longer the loop, the more steps, and nothing else changes."""
    found = []
    for steps in (10, 50):
        f, args, _ = STEPS["gru"](steps=steps)
        (step,) = loops_of(f, *args)
        found.append(step)
    assert found[1].repeat.steps - found[0].repeat.steps == 40
    assert found[0].slots == found[1].slots


def test_a_part_of_a_long_graph_tells_its_period() -> None:
    def f(x):
        for _ in range(30_000):
            x = engine.sin(w * x + 0.1)
        return x

    (step,) = loops_of(f, 0.3)
    assert (step.repeat.period, step.slots) == (3, [(2, 1)])
    assert step.repeat.steps >= 29_999
