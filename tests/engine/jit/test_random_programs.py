"""Programs drawn by hypothesis, lifted: whatever the form, values and gradients are the engine's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Value, jit, no_grad, vmap
from engine.ops import OPERATORS
from tests.engine.jit.forms import FORMS, assert_agrees, assert_close, forced, in_turn, outputs_and_gradients
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, Program, programs
from tests.sampling import samples as sampled

pytestmark = pytest.mark.unmeasured

NAMES = [*SMOOTH, *SMOOTH, *EVERYTHING]


def loop(program: Program, repeats: int, outputs: int):
    """The program as a function that runs it several times over, with numbers that it captured."""
    count = len(program.inputs)
    scales = [[Value(0.5 + 0.25 * ((i + j) % 5)) for j in range(count)] for i in range(repeats)]

    def f(xs):
        results = []
        for row in scales:
            results.append(program.run(engine, [w * x for w, x in zip(row, xs, strict=True)]))
        total = engine.mean(results)
        if outputs == 1:
            return total
        return {"total": total, "parts": (results[0], [total * xs[0], results[-1] - total][: outputs - 2])}

    return f, [w for row in scales for w in row]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=sampled(25, 500))
@given(programs(NAMES, 15), st.sampled_from([1, 1, 4]), st.sampled_from([1, 1, 2, 4]))
def test_lifted_programs_are_the_engines(form, program, repeats, outputs) -> None:
    f, weights = loop(program, repeats, outputs)
    xs = [Value(x) for x in program.inputs]
    with forced(form):
        lifted = assert_agrees(f, [*weights, *xs], xs)
        moved = [Value(0.75 * x.data + 0.1) for x in xs]  # other numbers, by the same program
        assert_agrees(f, [*weights, *moved], moved, lifted=lifted)
        for w in weights:
            w.data *= -0.5
        assert_agrees(f, [*weights, *xs], xs, lifted=lifted)
    assert lifted.traces == 1


@settings(max_examples=sampled(8, 200))
@given(programs(NAMES, 10), st.integers(5, 8), st.integers(0, 2), st.booleans())
def test_repeated_steps_are_the_engines(program, steps, kept, fed) -> None:
    """A program run step by step on what its last runs gave, and on a number of each step, in every form."""
    count = len(program.inputs)
    scales, start = [Value(0.5 + 0.2 * i) for i in range(count)], [Value(0.3 - 0.1 * i) for i in range(count)]
    numbers = [0.1 * (t % 4) - 0.1 for t in range(steps)]

    def f(start, numbers):
        state, found = list(start), []
        for t in range(steps):
            x = numbers[t] if fed else 0.1
            y = program.run(engine, [w * s + x for w, s in zip(scales, state, strict=True)])
            state = [engine.tanh(y), *state[:-1]]
            found.append(state[0])
        return [engine.mean(found), state[-1], found[steps // 2]][: kept + 1]

    for form in FORMS:
        with forced(form):
            assert_agrees(f, [*scales, *start], start, numbers)
    rows = [[0.2 * i + 0.1 * j for j in range(count)] for i in range(3)]
    by_engine = outputs_and_gradients(
        lambda: engine.mean([engine.sum(f(row, numbers)) for row in rows]), scales
    )
    lifted = jit(lambda row: engine.sum(f(row, numbers)), batch=True)
    for found, expected in zip(outputs_and_gradients(lifted, scales, rows), by_engine, strict=True):
        assert_close(found, expected)


@settings(max_examples=sampled(25, 500))
@given(programs(NAMES, 12), st.sampled_from([1, 3]), st.integers(1, 5))
def test_programs_on_batches_are_means_over_the_samples(program, repeats, samples) -> None:
    f, weights = loop(program, repeats, 1)
    shifts = np.linspace(-0.5, 0.5, samples)[:, None]
    X = np.array(program.inputs) + shifts

    def eager(X):
        return engine.mean([f([Value(x) for x in row]) for row in X.tolist()])

    assert_agrees(eager, weights, X, lifted=jit(lambda xs: f(list(xs)), batch=True))
    with no_grad():  # otherwise captured Values ask for Values
        found = vmap(lambda xs: f(list(xs)))(X)
    assert_close(found, [f([Value(x) for x in row]).data for row in X.tolist()])


@settings(max_examples=sampled(20, 200))
@given(programs(list(SMOOTH), 6))
def test_lifted_derivatives_are_the_engines(program) -> None:
    derivative = engine.grad(lambda xs: program.run(engine, xs))
    expected = derivative(list(program.inputs))
    for form in FORMS[:2]:
        with forced(form):
            found = jit(derivative)(list(program.inputs))
        assert_close([float(each) for each in found], expected, rel=1e-11)


@pytest.mark.parametrize(("name", "form"), in_turn(EVERYTHING))
def test_every_step_alone_is_the_engines(name, form) -> None:
    """So that a step which is wrong is named."""
    points = ((0.7, -1.3), (-0.4, 0.9), (1.0, 1.0), (0.0, 0.0), (2.0, 0.0))
    lifted = None
    for point in points:
        xs = [Value(x) for x in point]

        def f(a, b):
            return EVERYTHING[name](engine, a, b, 1.5)

        with forced(form):
            lifted = assert_agrees(f, xs, *xs, lifted=lifted)


# -- each row of the table --------------------------------------------------------------------------------


def call(row, xs):
    """A row's function on operands in a line."""
    function = getattr(engine, row.name)
    if row.name == "dot":
        half = len(xs) // 2
        return function(xs[:half], xs[half:])
    if row.name == "log_softmax":
        return function(xs)[0]
    return function(*xs) if row.arity is not None else function(xs)


@pytest.mark.parametrize(("name", "form"), in_turn(OPERATORS))
def test_every_row_lifts_at_its_own_points(name, form) -> None:
    row = OPERATORS[name]
    for point in row.points:
        values = [Value(x) for x in point]

        def f(*xs):
            return call(row, xs)

        with forced(form):
            assert_agrees(f, values, *values)


@pytest.mark.parametrize("name", OPERATORS)
def test_every_row_lifts_in_a_loop_over_its_points(name) -> None:
    row = OPERATORS[name]
    table = [[Value(x) for x in point] for point in row.points]
    flat = [x for point in table for x in point]

    def f(table):
        return [call(row, point) * (i + 1.0) for i, point in enumerate(table)]

    with forced("arrays"):
        assert_agrees(f, flat, table)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if row.arity and row.points])
def test_every_row_maps_over_its_points(name) -> None:
    row = OPERATORS[name]
    X = np.array(row.points)
    found = vmap(lambda *xs: call(row, xs))(*X.T)
    assert_close(found, [float(call(row, [Value(x) for x in point])) for point in row.points])


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 1e-200, 700.0, -750.0, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize(
    ("name", "form"), in_turn([name for name, row in OPERATORS.items() if row.arity == 1])
)
def test_edges_of_a_row_are_the_engines(name, form) -> None:
    """Also where the row is infinite or nan, and the slopes."""
    row = OPERATORS[name]
    lifted = None
    for number in SPECIAL:
        x = Value(number)
        with forced(form):
            lifted = assert_agrees(lambda x: call(row, (x,)) + 0.0 * x, [x], x, lifted=lifted)


@pytest.mark.parametrize("form", FORMS)
def test_an_adjoint_of_zero_contributes_zero(form) -> None:
    with forced(form):
        f = jit(lambda x: engine.where(engine.greater(x, 0.0), engine.log(x), 0.0) + 0.0 * engine.sqrt(x))
        for number, slope in ((0.0, 0.0), (2.0, 0.5), (0.0, 0.0)):
            x = Value(number)
            f(x).backward()
            assert x.grad == slope
