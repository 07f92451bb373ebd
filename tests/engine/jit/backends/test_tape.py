"""Tapes: values and gradients are the engine's to the last bit, whatever the numbers."""

import itertools
import math
import random
import struct
import threading

import numpy as np
import pytest

import engine
from engine import Value, custom_op, jit
from engine.jit.backends.tape import TapeProgram, tape_of
from engine.node.backend import compiled_tape
from engine.ops import OPERATORS
from tests.engine.jit.forms import forced
from tests.engine.jit.stages import graph
from tests.engine.jit.test_random_programs import call

pytestmark = pytest.mark.skipif(compiled_tape is None, reason="tapes run in the compiled core")

NASTY = [0.0, -0.0, 1.0, -1.0, 2.0, -0.5, 1e-310, -1e-200, 1e200, 710.0, math.inf, -math.inf, math.nan]


def bits(number: float) -> bytes:
    """The bits of a number; those of one nan are those of another."""
    return b"nan" if number != number else struct.pack("<d", number)


def same(found, expected) -> bool:
    return list(map(bits, found)) == list(map(bits, expected))


def outcome(f, values, *args):
    """What f gives and, of each result, the gradients by values: or the error that it raises."""
    try:
        results = f(*args)
    except (ArithmeticError, ValueError, TypeError, IndexError) as error:
        return type(error), str(error)
    numbers = []
    for result in results if isinstance(results, (list, tuple)) else [results]:
        for value in values:
            value.grad = 0.0
        if result.requires_grad:
            result.backward()
        numbers += [result.data, *(value.grad for value in values)]
    for value in values:
        value.grad = 0.0
    return numbers


def assert_same(lifted, f, values, *args) -> None:
    """Lifted, f gives the bits that it gives by itself."""
    expected, found = outcome(f, values, *args), outcome(lifted, values, *args)
    if isinstance(expected, tuple):
        assert found == expected
    else:
        assert same(found, expected), (found, expected)


def on_its_own(f, captured=()):
    """What a tape gives, without f to stand in where something is not finite."""
    programs = {}

    def run(*xs):
        if len(xs) not in programs:
            trace = graph(lambda *xs: f(*xs), len(xs), captured)
            programs[len(xs)] = trace, tape_of(trace)
        trace, program = programs[len(xs)]
        outputs, gradients, finite = program.tape.run(
            list(trace.captured), np.array([x.data for x in xs]), True
        )
        assert finite is bool(np.isfinite(np.array(gradients)).all())
        inputs = np.flatnonzero(trace.wanted_inputs()).tolist()
        by = [*map(id, trace.captured), *(id(xs[i]) for i in inputs)]
        numbers = []
        for output, gradient in zip(outputs, gradients, strict=True):
            found = dict(zip(by, gradient.tolist(), strict=True))
            numbers += [output, *(found.get(id(x), 0.0) for x in [*xs, *captured])]
        return numbers

    return run


def assert_same_on_its_own(run, f, xs, captured=()) -> None:
    expected = outcome(f, [*xs, *captured], *xs)
    if isinstance(expected, list):
        found = run(*xs)
        assert same(found, expected), (found, expected)


def on_tape(f):
    """f lifted to tapes."""

    def lifted(*args):
        with forced("tape"):
            return function(*args)

    function = jit(f)
    return lifted


# -- rows ----------------------------------------------------------------------------------------------


def operands_of(row):
    """Many operands for a row, most of them nasty."""
    if row.arity == 1:
        return [(x,) for x in NASTY]
    if row.arity == 2:
        return list(itertools.product(NASTY, NASTY))
    rng = random.Random(row.name)
    counts = [row.arity] if row.arity else [2, 4, 6]
    tame = [0.5, -1.5, 2.0, 3.25, 0.0]
    pools = [NASTY, tame, tame] * 12
    drawn = [[rng.choice(pool) for _ in range(n)] for n in counts for pool in pools]
    return [*map(tuple, drawn), *row.points]


@pytest.mark.parametrize("name", OPERATORS)
def test_a_row_is_the_engine_s(name) -> None:
    """Alone; among others, so that what is infinite meets what is 0; and with what follows."""
    row = OPERATORS[name]

    def alone(*xs):
        return call(row, xs)

    def among(*xs):
        y = call(row, xs)
        return [y * xs[0], 0.0 * y + xs[-1].exp()]

    def below_a_choice(*xs):
        y = call(row, xs)
        return engine.maximum(engine.where(engine.greater(xs[0], 0.0), y, 1.0), y.relu()) + y * y

    for f in (alone, among, below_a_choice):
        run, lifted = on_its_own(f), on_tape(f)
        for i, point in enumerate(operands_of(row)):
            xs = [Value(x) for x in point]
            assert_same_on_its_own(run, f, xs)
            if i % 7 == 0:
                assert_same(lifted, f, xs, *xs)


BAKED = {
    "a square": lambda x: x**2,
    "a cube": lambda x: x**3,
    "a root": lambda x: x**0.5,
    "one over": lambda x: x**-1,
    "a power of 0": lambda x: x**0,
    "leaky": lambda x: engine.leaky_relu(x, 0.2),
    "elu": lambda x: engine.elu(x, 1.5),
    "a clip": lambda x: engine.clip(x, -0.75, 1.0),
    "a gaussian": lambda x: engine.gaussian(x, 2.0),
    "a step": lambda x: engine.step(x, 0.5),
    "a rest": lambda x: x % 3.0,
    "by 0": lambda x: x / 0.0,
    "0 by": lambda x: 0.0 / x,
    "times 0": lambda x: 0.0 * x.log(),
    "times a Value of 0": lambda x: Value(0.0) * x.log(),
    "plus constants of constants": lambda x: x + (Value(2.0) * 3.0).exp() * engine.sqrt(Value(2.0)),
    "products with 0": lambda x: engine.prod([x, 0.0, x.log()]) + engine.dot([x, 0.0], [0.0, x.sqrt()]),
    "stopped": lambda x: engine.stop_gradient(x.sqrt()) * x,
    "detached": lambda x: x.sqrt().detach() * x,
    "a choice": lambda x: engine.where(engine.greater(x, 0.0), x.log(), x),
    "one operand twice": lambda x: x * x + x / x + engine.hypot(x, x) + engine.sum([x, x, x]),
    "itself": lambda x: x,
    "nothing of it": lambda x: Value(2.0) * 3.0,
    "a derivative": lambda x: engine.grad(lambda z: engine.sqrt(z) ** 2 + engine.relu(z) * x)(x),
}


@pytest.mark.parametrize("name", BAKED)
def test_numbers_in_a_row_are_the_engine_s(name) -> None:
    f = BAKED[name]
    lifted, run = on_tape(f), on_its_own(f)
    for number in [*NASTY, 0.75, 3.0]:
        x = Value(number)
        assert_same(lifted, f, [x], x)
        if name not in ("detached", "a derivative"):  # while it is traced, they have another graph
            assert_same_on_its_own(run, f, [x])


def test_what_is_taken_is_the_engine_s() -> None:
    def f(i, *xs):
        return engine.take([x.log() for x in xs], i) * xs[0]

    lifted = on_tape(f)
    for i in (0, 1, 2, -1, -3, 3, -4, 0.5):
        xs = [Value(x) for x in (2.0, 0.0, 0.5)]
        if i in (-4, 3, 0.5):  # out of range, or not an integer
            with pytest.raises((IndexError, TypeError)):
                lifted(i, *xs)
        else:
            assert_same(lifted, f, xs, i, *xs)


# -- whole programs ------------------------------------------------------------------------------------


def program_of(seed: int):
    """A random program on three numbers and two captured Values, of all rows; and its captured Values."""
    rng = random.Random(seed)
    weights = [Value(0.75), Value(-1.25)]
    rows = [OPERATORS[name] for name in OPERATORS]
    steps = []
    for k in range(rng.randrange(3, 40)):
        row = rng.choice(rows)
        count = row.arity or 2 * rng.randrange(1, 4)
        steps.append((row, [rng.randrange(5 + k + 2) for _ in range(count)]))
    outputs = [rng.randrange(len(steps)) for _ in range(rng.choice([1, 1, 1, 3]))]
    late = rng.random() < 0.3

    def f(*xs):
        found = [*xs, *weights, 0.0, 1.5]
        for row, places in steps:
            found.append(call(row, [_value(found[i % len(found)]) for i in places]))
        results = [found[7 + i] + 0.0 * found[-1] for i in outputs]
        if late and results[0] > 0.5:
            results[0] = results[0] * found[0]
        return results

    return f, weights, late


def _value(x):
    return x if isinstance(x, Value) else Value(x)


@pytest.mark.parametrize("seed", range(150))
def test_programs_of_all_rows_are_the_engine_s(seed) -> None:
    f, weights, late = program_of(seed)
    rng = random.Random(-seed)
    lifted, run = on_tape(f), on_its_own(f, weights)
    for pool in ([0.5, -0.75, 1.5, 2.25], NASTY, NASTY, [0.5, 1.0, 2.0, -3.0]):
        xs = [Value(rng.choice(pool)) for _ in range(3)]
        for w in weights:
            w.data = rng.choice(pool)
        assert_same(lifted, f, [*xs, *weights], *xs)
        if not late:
            assert_same_on_its_own(run, f, xs, weights)


def test_sums_are_added_up_in_the_order_of_each_output() -> None:
    """As the sweep of each would, which meets what they share in another order."""
    w = Value(0.1)

    def f(x):
        a, b, c = x * w, x / w, x - w
        return [(a + b) + c * 0.3, (c + a) * (b + c), b * b - a]

    for number in (0.3, 1.7, -2.9, 1e-3):
        x = Value(number)
        assert_same(on_tape(f), f, [x, w], x)


def test_only_what_is_wanted_has_a_gradient() -> None:
    w, fixed = Value(0.5), Value(2.0).requires_grad_(False)
    trace = graph(lambda x, y: x * y * w + fixed * y, 2, settled=False)
    trace.settle(trace.places_of([w, fixed]), [False, True])
    values, (gradient,), _ = tape_of(trace).tape.run(list(trace.captured), np.array([3.0, 4.0]), True)
    assert (values, gradient.tolist()) == ([14.0], [12.0, 3.5])


def test_a_plain_number_that_was_captured_has_no_tape() -> None:
    """Whether it is 0, hence masks, may change from call to call."""
    x = Value(3.0)
    zero = (x * 0.0)._children[1]
    trace = graph(lambda x: x.log() * zero, 1, [zero])
    assert tape_of(trace) is None
    assert jit(lambda x: x.log() * zero)(1.0).data == 0.0


def test_a_deep_chain_needs_no_stack() -> None:
    def f(x):
        y = x
        for _ in range(50_000):
            y = y.sin() + x
        return y

    x = Value(0.3)
    assert_same(on_tape(f), f, [x], x)


def test_what_an_infinite_gradient_becomes_is_decided_by_what_it_is_multiplied_by() -> None:
    """Within a larger graph; so there f itself runs."""
    f = on_tape(lambda x: x * x * x * 1e200)
    for factor, number in ((1e-300, 1e100), (0.0, 1e200), (1e-3, 1e60)):
        x = Value(number)
        expected = outcome(lambda x, by: by * (x * x * x * 1e200), [x], x, factor)
        assert same(outcome(lambda x, by: by * f(x), [x], x, factor), expected)


def test_results_are_copies() -> None:
    f = on_tape(lambda x: x * x)
    x, y = Value(3.0), Value(5.0)
    first, second = f(x), f(y)
    first.backward()
    second.backward()
    assert (x.grad, y.grad) == (6.0, 10.0)


def test_decisions_by_what_is_computed_are_guards() -> None:
    def f(x, y):
        z = x * y
        if z > 1.0:
            z = z.log()
        return z * int(y * 2.0) if z != 0.0 else y

    lifted = on_tape(f)
    for point in itertools.product([0.5, 2.0, -1.0, math.nan], [0.5, 1.0, 3.0]):
        xs = [Value(number) for number in point]
        assert_same(lifted, f, xs, *xs)


LIMIT = Value(1.0)

DECISIONS = {
    "less": lambda x, y: x if x * y < 1.0 else y,
    "at most": lambda x, y: x if x * y >= 1 else y,
    "equal": lambda x, y: x if x * y == 0 else y,
    "unequal": lambda x, y: x if x * y != 1.0 else y,
    "more than an argument": lambda x, y: x * x if x * y > y else y,
    "than a Value": lambda x, y: x * x if x * y >= LIMIT else y,
    "two computed": lambda x, y: x * x if x * x > y * y else y,
    "true": lambda x, y: x * x if x * y else y,
    "pinned": lambda x, y: x * (x * y).data,
    "an integer": lambda x, y: x * int(x * y) if -3 < x * y < 3 else y,
    "rounded": lambda x, y: x * round(x * y) if -3 < x * y < 3 else y,
    "a large integer": lambda x, y: x if x * y < 2**70 else y,
}


@pytest.mark.parametrize("name", DECISIONS)
def test_each_kind_of_decision_is_looked_at(name) -> None:
    """For numbers on either side of it, and for nan; by a program each, or the function itself."""
    f = DECISIONS[name]
    lifted = on_tape(f)
    for limit in (1.0, 0.0):
        LIMIT.data = limit
        for point in itertools.product([0.5, 2.0, -1.0, math.nan], [0.0, -0.0, 0.5, 1.0]):
            xs = [Value(number) for number in point]
            assert_same(lifted, f, xs, *xs)


def test_what_an_operator_by_hand_raises_is_raised() -> None:
    half = custom_op(lambda x: _positive(x) / 2.0, lambda x: 0.5, name="half")
    f = jit(lambda x: half(x) * x)
    assert f(4.0).data == 8.0
    assert f._shown.kind == "tape"
    with pytest.raises(ValueError, match="not positive"):
        f(-1.0)
    assert f(4.0).data == 8.0


def _positive(x: float) -> float:
    if x <= 0.0:
        raise ValueError("not positive")
    return x


def test_a_function_may_call_itself_by_an_operator() -> None:
    again = custom_op(lambda x: float(f(x - 1.0)) if x > 1.0 else 1.0, lambda x: 0.0, name="again")
    with forced("tape"):
        f = jit(lambda x: x * again(x))
        assert [f(x).data for x in (1.0, 2.0, 5.0)] == [1.0, 2.0, 120.0]


@pytest.mark.unmeasured
def test_threads_do_not_meet_on_a_tape() -> None:
    w = Value(0.5)

    def f(x):
        y = x
        for _ in range(2_000):
            y = y * w + x.sin()
        return y

    expected = {i: outcome(f, [w], Value(float(i))) for i in range(8)}
    lifted = jit(f)
    with forced("tape"):
        lifted(1.0)
    wrong = []

    def run(i):
        for _ in range(5):
            x = Value(float(i))
            y = lifted(x)
            if not same([y.data, y._local_grads[0]], expected[i]):
                wrong.append(i)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# -- what it knows of itself ---------------------------------------------------------------------------------


def test_its_work_is_counted() -> None:
    def f(x, y):
        return engine.norm([x * y + 2.0 * x, x.sin(), y.sqrt()])

    work = TapeProgram(graph(f, 2)).work
    assert (work.edges, work.functions, work.tables) == (11, 1, 1)  # a root takes no longer than a quotient


DEPTHS = {
    "a sum of products": (lambda x, y: x * y + x * x - y + 2.0 * x, 1),
    "a product of a sum": (lambda x, y: (x + y) * x, 2),
    "functions": (lambda x, y: (x.sin().exp() + y).tanh(), 4),
    "a long sum": (lambda x, y: sum([x] * 50, y), 1),
    "a quotient": (lambda x, y: (x / y) / 2.0, 2),
}


@pytest.mark.parametrize("name", DEPTHS)
def test_its_depth_is_at_most_that_of_arrays(name) -> None:
    f, depth = DEPTHS[name]
    assert TapeProgram(graph(f, 2)).work.depth == depth


def test_its_text_is_that_of_lines_on_floats() -> None:
    program = TapeProgram(graph(lambda x, y: x * y, 2))
    assert program.source.startswith("def forward(captured, inputs):\n    x0, x1, = inputs\n    v2 = x0 * x1")


@pytest.mark.parametrize(
    ("values", "numbers", "error"),
    [([], [1.0], ValueError), ([Value(1.0)], [], ValueError), ([1.0], [1.0], TypeError)],
)
def test_it_takes_what_it_was_made_for(values, numbers, error) -> None:
    w = Value(1.0)
    tape = TapeProgram(graph(lambda x: x * w, 1, [w]))
    with pytest.raises(error):
        tape.run(values, np.array(numbers), True)
