"""The C file of a lifted function computes what the function computes, wherever a compiler can be found."""

import ctypes
import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, jit, take
from engine.node.backend import compiled_tape
from engine.ops import OPERATORS
from tests.cases import named
from tests.engine.jit.backends.c.compiled import Compiled, needs_compiler
from tests.engine.jit.emit.test_support import NUMBERS, SOME, close
from tests.engine.jit.forms import assert_close, forced, outputs_and_gradients
from tests.engine.jit.generated import agreement
from tests.engine.jit.generated.description import draw_program
from tests.engine.jit.generated.outcomes import SCALES, Outcome, number_of, numbers_in
from tests.engine.jit.programs import PROGRAMS
from tests.engine.jit.repeats.steps import STEPS
from tests.engine.jit.repeats.test_program import leaves, wrapped
from tests.engine.jit.repeats.test_random_steps import Recurrence
from tests.engine.jit.test_random_programs import call
from tests.sampling import samples

GOLDEN = Path(__file__).parents[2] / "golden" / "network.c"


W = [[Value(x) for x in row] for row in np.random.default_rng(0).normal(size=(3, 2)).tolist()]
WEIGHTS = [w for row in W for w in row]
for _i, _w in enumerate(WEIGHTS):
    _w.label = f"w{_i}"


def cost(x):
    return engine.sum([engine.erf(engine.dot(w, x)) + engine.gelu(w[0] * x[1]) for w in W])


def picked(x, i):
    return engine.logsumexp([engine.dot(w, x) for w in W]) - engine.dot(take(W, i), x)


def two_layers(x):
    """With biases, which are rows beside those of the weights."""
    hidden = [engine.tanh(engine.dot(w, x) + bias) for w, bias in zip(W, WEIGHTS, strict=False)]
    return engine.sum([engine.tanh(engine.dot(WEIGHTS[i : i + 3], hidden) + WEIGHTS[i]) for i in range(3)])


def by_hand(x):
    """It decides only between numbers, so that one file is for all ways."""
    hidden = [h if h > 0 else 0.1 * h for h in [engine.dot(w, x) for w in W]]
    return max(hidden) + (1.0 if x[0] > 0 else -1.0) * engine.where(x[0] > x[1], x[0] * W[0][0], x[1])


def several(x):
    return [cost(x), x[0] * W[0][1], engine.norm([w * x[1] for w in WEIGHTS])]


def pendulum(x):
    """An irregular one: steps in time, each of which waits for the one before, pushed by chance."""
    angle, speed = x
    for pushed in np.random.default_rng(4).random(80) < 0.5:
        speed = speed - 0.05 * W[0][0] * engine.sin(angle) + (0.1 * W[1][0] if pushed else 0.0)
        angle = angle + 0.05 * speed
    return angle * angle + engine.maximum(speed, W[1][1])


def flat(x: Any) -> list[float]:
    return [leaf for each in x for leaf in flat(each)] if isinstance(x, list | tuple) else [x]


def in_order(compiled: Compiled, found: Any) -> list[float]:
    """Gradients by parameters as those by WEIGHTS; of a parameter that is not read, 0."""
    by_name = dict(zip(compiled.names, found, strict=True))
    return [by_name.get(w.label, 0.0) for w in WEIGHTS]


@needs_compiler
@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (cost, ([0.5, -1.5],)),
        (by_hand, ([0.5, -1.5],)),
        (picked, ([0.5, -1.5], 2)),
        (several, ([0.5, -1.5],)),
        (pendulum, ([1.0, 0.2],)),
    ],
)
def test_it_computes_value_and_gradient(f, arguments, tmp_path) -> None:
    lifted = jit(f)
    lifted([-0.5, 2.0], *arguments[1:])
    compiled = Compiled(lifted, tmp_path)
    assert ("_part_2(" in compiled.source) is (f is pendulum)  # a long one is cut in pieces
    for shift in (0.0, 0.25):  # with other parameters than those that are written down, too
        for w in WEIGHTS:
            w.data += shift
        xs = [Value(x) for x in arguments[0]]
        expected, gradients = outputs_and_gradients(f, [*WEIGHTS, *xs], xs, *arguments[1:])
        data = [WEIGHTS[int(name[1:])].data for name in compiled.names]
        code, value, by_parameters, by_arguments = compiled([*arguments[0], *arguments[1:]], data)
        assert code == 0
        assert_close(value, expected)
        for found, on, right in zip(by_parameters, by_arguments, gradients, strict=True):
            assert_close(in_order(compiled, found), right[:6])
            assert_close(on[:2], right[6:])
    for w in WEIGHTS:
        w.data -= 0.25


@pytest.mark.unmeasured
@needs_compiler
@pytest.mark.parametrize("name", ["rnn_with_losses", "kalman", "wave", "encoder_decoder"])
def test_it_computes_what_goes_step_by_step(name, tmp_path) -> None:
    """The loop of the program at hand is one in C; of a wave a step reads the one before that before it."""
    f, args, values = STEPS[name]()
    for i, value in enumerate(values):
        value.label = f"v{i}"
    with forced("arrays"):
        lifted = jit(f)
        lifted(*args)
        assert compiled_tape is None or "for t in range(" in lifted.source
        compiled = Compiled(lifted, tmp_path)
    assert "for (int t = 0; t <= " in compiled.source
    assert "; t >= 0; t--) {" in compiled.source
    (expected,), (gradients,) = outputs_and_gradients(f, values, *args)
    order = [int(each[1:]) for each in compiled.names]
    code, found, by_parameters, _ = compiled(np.ravel(flat(args)), [values[i].data for i in order])
    assert code == 0
    assert_close(found, [expected])
    assert_close(by_parameters[0], [gradients[i] for i in order])


@needs_compiler
def test_random_recurrences(tmp_path) -> None:
    """Such as :mod:`tests.engine.jit.repeats.test_random_steps` draws them, by parameters and arguments."""
    for seed in range(samples(2, 60)):
        f = Recurrence(seed)
        for i, value in enumerate(f.weights):
            value.label = str(i)
        given = wrapped(f.xs)
        with named(seed), forced("arrays"):
            lifted = jit(f)
            lifted(f.xs)
            (tmp_path / str(seed)).mkdir()
            compiled = Compiled(lifted, tmp_path / str(seed))
            values = [f.weights[int(name)] for name in compiled.names]
            expected, gradients = outputs_and_gradients(f, [*values, *leaves(given)], given)
            _, found, *by = compiled(np.ravel(f.xs))
            assert_close(found, expected)
            assert_close(np.concatenate(by, axis=1), gradients)


@needs_compiler
def test_it_computes_means_over_samples(tmp_path) -> None:
    X = np.random.default_rng(2).normal(size=(5, 2))
    lifted = jit(lambda x: several(list(x)), batch=True)
    lifted(X)
    compiled = Compiled(lifted, tmp_path)
    code, value, by_parameters, by_arguments = compiled(X, samples=5)
    xs = [[Value(x) for x in row] for row in X.tolist()]
    flat = [x for row in xs for x in row]
    each = [several(row) for row in xs]
    assert code == 0
    for i, column in enumerate(zip(*each, strict=True)):
        (mean,), (gradient,) = outputs_and_gradients(
            lambda column=column: engine.mean(column), [*WEIGHTS, *flat]
        )
        assert_close([value[i]], [mean])
        assert_close(in_order(compiled, by_parameters[i]), gradient[:6])
        assert_close(by_arguments[i], gradient[6:])
    assert compiled(X[:0], samples=0).code == 1  # no mean of nothing
    library, nothing = compiled.library[f"{compiled.name}_value_and_grad"], ctypes.c_void_p()
    out, work = np.zeros(3), np.zeros(compiled.sizes["WORKSPACE"])
    given = [ctypes.c_void_p(each.ctypes.data) for each in (compiled.parameters, X, out, work)]
    assert library(*given[:2], ctypes.c_size_t(5), given[2], nothing, nothing, given[3]) == 0
    assert out.tolist() == value.tolist()


@needs_compiler
def test_every_row_at_its_tails(tmp_path) -> None:
    """All rows in one program, each an output: where the engine has finite numbers, the same to 1e-12."""
    rows = [row for row in OPERATORS.values() if row.arity != 3]
    numbers = {1: [(x, 0.5) for x in NUMBERS], 2: [(x, y) for x in SOME for y in SOME]}
    for count, points in numbers.items():
        chosen = [row for row in rows if (row.arity or 2) == count]

        def each(a, b, chosen=chosen, count=count):
            return [call(row, [a, b][:count]) for row in chosen]

        lifted = jit(each)
        lifted(0.5, 0.25)
        (tmp_path / str(count)).mkdir()
        compiled = Compiled(lifted, tmp_path / str(count))
        for point in points:
            _, value, _, by_arguments = compiled(point)
            for row, found, gradient in zip(chosen, value, by_arguments, strict=True):
                xs = [Value(x) for x in point]
                expected = call(row, xs[:count])
                expected.backward()
                for mine, own in zip([found, *gradient], [expected.data, *(x.grad for x in xs)], strict=True):
                    if math.isfinite(mine):
                        assert close(float(mine), own), (row.name, point, value, own)
                    elif all(map(math.isfinite, [*point, expected.data])):
                        assert not math.isfinite(own) or math.isnan(mine), (row.name, point, mine, own)


@needs_compiler
def test_it_says_that_numbers_are_not_finite_and_that_there_is_no_such_index(tmp_path) -> None:
    lifted = jit(lambda x, i: engine.log(x) * W[0][0] + take(WEIGHTS, i))
    lifted(1.0, 2)
    compiled = Compiled(lifted, tmp_path)
    assert [compiled(x).code for x in ([1.0, 0], [0.0, 0], [-1.0, 0], [1.0, -6])] == [0, 1, 1, 0]
    assert [compiled([1.0, i]).code for i in (6, -7, 1.5, math.nan, math.inf, 1e300)] == [2] * 6


@needs_compiler
def test_many_threads_may_call_it_at_once(tmp_path) -> None:
    lifted = jit(pendulum)
    lifted([1.0, 0.2])
    compiled = Compiled(lifted, tmp_path)
    starts = np.random.default_rng(1).normal(size=(200, 2))
    alone = [compiled(x) for x in starts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(compiled, starts))
    for a, b in zip(alone, together, strict=True):
        assert a.value == b.value
        assert (a.by_parameters == b.by_parameters).all()


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: WEIGHTS[0] * x if x == 1.0 else x, "decides by numbers"),
        (lambda x: WEIGHTS[0] * x if WEIGHTS[0] != 9.0 else x, "decides by numbers"),
        (lambda x: None, "returns no Value"),
        (engine.custom_op(lambda x: 2.0 * x, lambda x: 2.0, name="twice"), "custom operators: twice"),
    ],
)
def test_what_cannot_be_written_is_refused(f, message) -> None:
    lifted = jit(lambda x: f(x))
    lifted(1.0)
    with pytest.raises(engine.TraceError, match=f"cannot be written as C, because .*{message}"):
        lifted.to_c_source()


@needs_compiler
def test_generated_programs_are_the_engines(monkeypatch, tmp_path) -> None:
    """Programs as :mod:`tests.engine.jit.test_generated_programs` draws them, written as C."""
    ran = []

    def outcome(f: Any, result: Any, world: Any, arguments: Any) -> Outcome:
        folder = tmp_path / str(len(ran))
        folder.mkdir(exist_ok=True)
        compiled = Compiled(f, folder)
        ran.append(compiled)
        by_label = {w.label: w.data for w in world.parameters}
        args, _ = arguments.laid_out(arguments.values()[0])
        many = world.program.mode == "batch"
        given = np.concatenate([_rows(x, many) for x in args if not isinstance(x, str)], axis=1)
        data = [by_label[name] for name in compiled.names]
        _, values, by_parameters, by_arguments = compiled(given, data, len(given) if many else None)
        found, gradients = [], dict.fromkeys(by_label, 0.0)
        inputs = np.zeros((len(arguments.samples), sum(map(len, arguments.samples[0][0])) + 1))
        feed = zip(values, by_parameters, by_arguments, strict=True)
        for scale, x in zip(SCALES * 99, numbers_in(result), strict=False):
            if not isinstance(x, Value):
                found.append(number_of(x))
                continue
            value, by_parameter, by_argument = next(feed)
            found.append(float(value))
            for name, gradient in zip(compiled.names, by_parameter.tolist(), strict=True):
                gradients[name] += scale * gradient
            inputs += scale * by_argument.reshape(len(inputs), -1)[:, :-1]
        return Outcome(found, list(gradients.values()), np.ravel(inputs).tolist())

    monkeypatch.setattr(agreement, "file_outcome", outcome)
    monkeypatch.setattr(agreement, "_REFUSED", (*agreement._REFUSED, "returns no Value"))
    drawn = (draw_program(seed) for seed in range(10_000))
    of_files = (program for program in drawn if program.form == "file")
    outcomes = Counter(agreement.check(program) for program in islice(of_files, samples(3, 300)))
    assert outcomes["lifted"] >= 0.6 * outcomes.total()
    assert ran


def _rows(argument: Any, many: bool) -> np.ndarray[Any, Any]:
    """The numbers of an argument, a row for each sample."""

    def flat(x: Any) -> list[float]:
        if isinstance(x, dict):
            x = list(x.values())
        if isinstance(x, (list, tuple, np.ndarray)):
            return [number for item in x for number in flat(item)]
        return [float(x)]

    return np.array([flat(each) for each in argument] if many else [flat(argument)])


def test_the_file_of_a_network_reads_as_it_did() -> None:
    """``python -m tests.engine.jit.backends.c.test_source`` writes it anew."""
    assert PROGRAMS["loop_over_samples"]().to_c_source() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(PROGRAMS["loop_over_samples"]().to_c_source(), encoding="utf-8")


@needs_compiler
def test_without_arguments_and_with_constants(tmp_path) -> None:
    a, b = WEIGHTS[:2]
    functions = [
        (lambda: a * b + engine.sin(a), ()),
        (lambda x: [engine.dot([a, 2.0, x], [b, x, 3.0]), engine.maximum(a * x, 1.5)], (0.5,)),
        (lambda x: engine.sum([engine.tanh(engine.dot(w, [x, x * x]) + 0.5) for w in W]), (0.5,)),
        (two_layers, ([0.5, -1.5],)),
        (lambda x, i: take([a, 2.0, x, b], i) * take([1.0, 2.0, 3.0, 4.0], i) + a, (0.5, 1)),
        (lambda x: [a * x, Value(3.0)], (0.5,)),
    ]
    for i, (f, arguments) in enumerate(functions):
        (tmp_path / str(i)).mkdir()
        lifted = jit(f)
        lifted(*arguments)
        compiled = Compiled(lifted, tmp_path / str(i))
        code, value, by_parameters, _ = compiled([x for given in arguments for x in np.ravel(given)])
        expected, gradients = outputs_and_gradients(f, WEIGHTS, *arguments)
        assert code == 0
        assert_close(value, expected)
        for found, right in zip(by_parameters, gradients, strict=True):
            assert_close(in_order(compiled, found), right)
