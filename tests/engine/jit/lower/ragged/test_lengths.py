"""A loss of lists of several lengths runs on the program of the longest, where its graph begins that one."""

import math
import random
import threading
import time
import types
import warnings
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

import engine
from engine import Value, jit, take
from engine.jit import lowering, pipeline
from engine.jit.function import Jitted
from engine.jit.pipeline import Lifted
from engine.node.backend import compiled_tape
from engine.pytree.arguments import Arguments
from tests.engine.jit.forms import assert_agrees, forced
from tests.sampling import share_of


@pytest.fixture(autouse=True)
def _arrays():
    with forced("arrays"):
        yield


def matrix(rows: int, columns: int, seed: int) -> list[list[Value]]:
    return [
        [Value(x) for x in row]
        for row in np.random.default_rng(seed).normal(0.0, 0.6, (rows, columns)).tolist()
    ]


def flat(*tables: list) -> list[Value]:
    return [x for table in tables for row in table for x in row]


def linear(W, x):
    return [sum(w * v for w, v in zip(row, x, strict=True)) for row in W]


ENDS = {
    "times 1/n": lambda losses: sum(losses) * (1.0 / len(losses)),
    "over n": lambda losses: sum(losses) / len(losses),
    "mean": engine.mean,
    "taken away": lambda losses: reduce(lambda total, loss: total - loss, losses, 0.0) * -0.5,
    "sum": lambda losses: -engine.sum([-loss for loss in losses]),
}


def attending(end, E, P, K, U):
    """A causal model of tokens."""

    def f(tokens):
        keys, losses = [], []
        for i, (token, target) in enumerate(pairwise(tokens)):
            x = [a + b for a, b in zip(take(E, token), P[i], strict=True)]
            keys.append(linear(K, x))
            powers = [engine.exp(engine.dot(x, k)) for k in keys]
            total = sum(powers)
            mixed = [sum(p / total * k[j] for p, k in zip(powers, keys, strict=True)) for j in range(len(x))]
            logits = linear(U, mixed)
            losses.append(engine.logsumexp(logits) - take(logits, target))
        return end(losses)

    return f


def recurrent(end, E, P, K, U):
    """A recurrent model of numbers."""

    def f(xs):
        h, losses = [0.1, -0.2, 0.3], []
        for x, target in pairwise(xs):
            h = [engine.tanh(a + w[0] * x) for a, w in zip(linear(K, h), E, strict=False)]
            losses.append((engine.dot(U[0], h) - target) ** 2)
        return end(losses)

    return f


MODELS = {
    "attending": (attending, lambda rng, n: rng.integers(0, 5, n).tolist()),
    "recurrent": (recurrent, lambda rng, n: rng.normal(size=n).tolist()),
}


def weights():
    return matrix(5, 3, 0), matrix(9, 3, 1), matrix(3, 3, 2), matrix(5, 3, 3)


def program_of(lifted):
    return lifted._shown.program


@pytest.mark.parametrize("name", MODELS)
def test_shorter_and_longer_lists_are_the_engines_on_few_programs(name) -> None:
    model, draw = MODELS[name]
    rng = np.random.default_rng(4)
    for end in ENDS.values():
        tables = weights()
        f, values = model(end, *tables), flat(*tables)
        lifted, programs = jit(f, audit=True), []
        for n in (5, 8, 6, 4, 8, 5, 7, 9, 3, 6):
            for value in values:
                value.data *= 0.97
            assert_agrees(f, values, draw(rng, n), lifted=lifted)
            programs.append(program_of(lifted))
        assert lifted.traces == 7
        if name == "recurrent":  # loops do for every length
            continue
        assert len({id(each) for each in programs}) <= 4
        assert programs[2] is programs[3] is programs[6]  # 6, 4 and 7 on that of 8


def test_what_a_list_does_not_reach_gets_no_gradient_and_is_no_operand() -> None:
    tables = weights()
    lifted = jit(attending(engine.mean, *tables))
    for n in (6, 8, 5):
        result = lifted([0, 4, 3, 2, 0, 1, 2, 3][-n:])
    result.backward()
    reached = {id(node) for node in result._children}
    for i, row in enumerate(tables[1]):
        assert all((id(p) in reached) is (i < 4) and (p.grad != 0.0) is (i < 4) for p in row)


def test_gradients_by_the_numbers_of_a_list() -> None:
    tables = weights()
    f = recurrent(engine.mean, *tables)
    lifted = jit(f)
    for n in (5, 7, 6, 4):
        xs = [Value(0.3 * i - 0.5) for i in range(n)]
        assert_agrees(f, [*flat(*tables), *xs], xs, lifted=lifted)


W = matrix(3, 3, 0)
SCALE = {"k": 1.0}


def crossed(a, b, turned):
    product = a * b
    return (product * (b - a if turned else a - b)) * product  # which comes first from either side


OTHERWISE = {
    "an operator": lambda xs, x, odd: (engine.sin if odd else engine.cos)(W[0][0] * x),
    "its operands": lambda xs, x, odd: crossed(engine.tanh(W[0][0] * x), W[1][1] + x, odd),
    "a number": lambda xs, x, odd: engine.tanh(W[0][0] * x) * (0.5 if odd else 0.25),
    "a sign of zero": lambda xs, x, odd: 1.0 / (engine.exp(W[0][0] * x) + (0.0 if odd else -0.0)),
    "which number of the list": lambda xs, x, odd: engine.tanh(W[0][0] * x) * (xs[0] if odd else xs[1]),
    "which parameter": lambda xs, x, odd: engine.tanh(W[0][odd] * x),
    "a setting": lambda xs, x, odd: engine.tanh(W[0][0] * x) * SCALE["k"],
    "what comes behind": lambda xs, x, odd: engine.exp(
        W[0][0] * x - engine.logsumexp([W[0][1] * y for y in xs])
    ),
    "how many operands": lambda xs, x, odd: engine.max(
        [W[0][0] * x, W[0][1] + x, *([W[1][0] * x] if odd else [])]
    ),
}
"""In what the graphs of lists of even and of odd lengths differ."""


def test_each_length_has_its_own_program_where_its_graph_is_another() -> None:
    for turn, of in enumerate(OTHERWISE.values()):
        for end in share_of((engine.mean, lambda losses: engine.tanh(sum(losses))), turn, 2):

            def f(xs, of=of, end=end):
                return end([engine.exp(of(xs, x, len(xs) % 2)) for x in xs])

            lifted = jit(f)
            for n in (4, 7, 6, 5, 3, 8):
                SCALE["k"] *= 1.5
                assert_agrees(f, flat(W), [0.1 * i - 0.2 for i in range(n)], lifted=lifted)


def test_a_node_of_the_longest_that_is_none_of_its_terms_is_no_term() -> None:
    def f(xs):
        found = [engine.tanh(W[0][0] * x) for x in xs]
        return engine.mean(found if len(xs) == 1 else [y * y for y in found])

    lifted = jit(f)
    for n in (2, 4, 1):
        assert_agrees(f, flat(W), [0.1 * i - 0.2 for i in range(n)], lifted=lifted)


def test_parameters_replaced_frozen_or_not_finite_are_seen() -> None:
    tables = weights()
    f, values = attending(engine.mean, *tables), flat(*tables)
    lifted = jit(f)
    for n in (5, 8, 6):
        lifted([1] * n)
    tables[1][7][0].data = math.inf  # that only the longest reads
    assert_agrees(f, values, [1, 2, 3, 0, 1, 2], lifted=lifted)
    tables[1][7][0].data = 0.1
    tables[0][1] = [Value(0.3), Value(-0.4), Value(0.5)]
    for n in (6, 8, 5):
        assert_agrees(f, flat(*tables), [1, 2, 3, 0, 1, 2, 4, 4][:n], lifted=lifted)
    tables[2][0][0].requires_grad = False
    for n in (6, 8, 7):
        assert_agrees(
            f, [v for v in flat(*tables) if v.requires_grad], [1, 2, 3, 0, 1, 2, 4, 4][:n], lifted=lifted
        )


def test_a_file_is_of_the_length_of_the_last_call() -> None:
    tables = weights()
    lifted = jit(recurrent(engine.mean, *tables))
    for n in (5, 8, 6):
        y = lifted([0.1 * i for i in range(n)])
    space: dict = {}
    exec(str(lifted.to_numpy_source()), space)  # noqa: S102
    assert space["value_and_grad"]([0.1 * i for i in range(6)])[0] == pytest.approx(y.data, rel=1e-13)
    assert "dot" in lifted.source


def test_weights_that_lose_their_digits_are_not_multiplied() -> None:
    def f(xs):
        return engine.sum([engine.exp(x * 600.0) * 1e-170 * 1e-170 for x in xs])

    with forced("arrays" if compiled_tape is not None else "numpy"):
        lifted = jit(f, audit=False)
        for n in (4, 3):
            assert lifted([1.1] * n).data == pytest.approx(float(f([1.1] * n)), rel=1e-12, abs=0.0)


def test_a_shorter_list_takes_one_run_and_its_audits_are_those_of_all_lengths() -> None:
    tables = weights()
    model, runs = attending(engine.mean, *tables), []

    def f(tokens):
        runs.append(len(tokens))
        return model(tokens)

    lifted = jit(f)
    for n in (5, 9, 5):
        lifted([1] * n)
    for n in (7, 4, 8, 6, 3):
        del runs[:]
        tables[0][1][0].data += 0.25
        tokens = [1, 2, 3, 0, 1, 2, 4, 4][:n]
        found = lifted(tokens)
        assert runs == [n]
        found.backward()
        got = [value.grad for value in flat(*tables)]
        for value in flat(*tables):
            value.grad = 0.0
        model(tokens).backward()
        np.testing.assert_allclose(got, [value.grad for value in flat(*tables)], rtol=1e-11, atol=1e-14)
        for value in flat(*tables):
            value.grad = 0.0
    del runs[:]
    for n in (7, 4, 8, 6, 3, 9, 5) * 15:
        lifted([1] * n)
    assert len(runs) == 2  # in the calls 10 and 100
    assert lifted.traces == 7


@pytest.mark.unmeasured
@pytest.mark.parametrize("order", [(9, 5, 8), (9, 5, 4, 8), (9, 4, 7, 8), (5, 9, 8)])
def test_a_parameter_that_only_the_longer_reads_may_be_replaced(order) -> None:
    tables = weights()
    f = attending(engine.mean, *tables)
    lifted = jit(f, audit=False)
    for n in order:
        lifted([1] * n)
    for row in (6, 5, 2):
        tables[1][row][0] = Value(0.9)
        for n in (8, 5, 8):
            assert_agrees(f, flat(*tables), [1, 2, 3, 0, 1, 2, 4, 4][:n], lifted=lifted)


def attending_alone(xs, scale=None):
    terms, seen = [], []
    for x in xs:
        seen.append(engine.tanh(ALONE[0] * x) * (2.0 if scale is None else scale.k) + 1e-3 * engine.exp(x))
        terms.append(engine.logsumexp([each * ALONE[1] for each in seen]))
    return engine.mean(terms)


ALONE = [Value(0.3), Value(0.7)]


def line(n: int) -> list[float]:
    return [0.1 * i for i in range(n)]


def test_an_object_that_the_longer_were_not_given_is_looked_at() -> None:
    lifted, scale = jit(attending_alone, audit=False), types.SimpleNamespace(k=2.0)
    for n in (9, 5):
        lifted(line(n))
    for scale.k in (2.0, 3.0):
        assert lifted(line(7), scale).data == pytest.approx(attending_alone(line(7), scale).data, rel=1e-12)


def test_a_length_of_which_a_tape_was_chosen_lends_no_program(monkeypatch) -> None:
    other = "scalars" if compiled_tape is None else "tape"
    monkeypatch.setattr(Lifted, "_quickest", lambda self, _: (self.make_arrays(), (other, {}))[1])
    lifted = jit(attending_alone)
    for n in (9, 5, 7):
        assert lifted(line(n)).data == pytest.approx(attending_alone(line(n)).data, rel=1e-12)


@pytest.mark.skipif(compiled_tape is None, reason="there are no tapes")
def test_a_length_that_made_arrays_for_others_and_is_quicker_as_a_tape_runs_by_itself(monkeypatch) -> None:
    def quickest(self, batched):
        self.make_arrays()
        return "tape" if len(self.trace.inputs) < 7 else "arrays", {}

    monkeypatch.setattr(Lifted, "_quickest", quickest)
    tables = weights()
    f, values, rng = attending(engine.mean, *tables), flat(*tables), np.random.default_rng(2)
    lifted = jit(f, audit=True)
    for n in (9, 5, 8, 5, 6, 9, 4):
        assert_agrees(f, values, rng.integers(0, 5, n).tolist(), lifted=lifted)
        assert (lifted._shown.kind == "tape") is (n == 5)  # those that came later run on that of 9


def test_a_call_that_waits_for_another_thread_leaves_no_weights_in_its_cells(monkeypatch) -> None:
    """While it waits, the other puts a program with weights of its own on the quick way."""
    lifted, inside = jit(attending_alone), threading.Event()
    for n in (9, 5, 7, 7):
        lifted(line(n))
    again = Jitted._again

    def waiting_again(self, recent, args, options):
        if threading.current_thread() is first:
            inside.set()
            time.sleep(0.1)  # the second has left the quick way by then, or fails to show the fault
        return again(self, recent, args, options)

    def second_call() -> None:
        inside.wait()
        lifted([1e4, *line(4)])  # not finite

    monkeypatch.setattr(Jitted, "_again", waiting_again)
    first = threading.Thread(target=lambda: lifted._called((line(7),), {}))
    second = threading.Thread(target=second_call)
    first.start()
    second.start()
    first.join()
    second.join()
    assert lifted(line(7)).data == pytest.approx(attending_alone(line(7)).data, rel=1e-12)


def scaled_anew(xs, w, kept):
    factor = random.SystemRandom().random() if len(xs) == 4 else 1.0  # by what no program sees
    return sum([engine.tanh(w * x) for x in xs]) * factor


def made_once(xs, w, kept):
    if len(xs) == 4 and not kept:
        kept.append(w * 2.0)
    double = kept[0] if len(xs) == 4 else w * 2.0
    return engine.mean([engine.tanh(double * x) for x in xs])


def frozen(xs, w, kept):
    if not kept:
        kept.append(Value(0.5))
    return engine.mean([engine.tanh(w * x) * (kept[0] if len(xs) == 4 else 0.5) for x in xs])


def decided(xs, w, kept):
    if len(xs) == 4 and xs[0] > 0.0:
        return engine.mean([w * x for x in xs])
    return engine.mean([engine.tanh(w * x) for x in xs])


@pytest.mark.parametrize("f", [scaled_anew, made_once, frozen, decided])
def test_one_run_is_not_believed_where_the_shorter_list_makes_another_graph(f) -> None:
    w, kept = Value(0.7), []

    def of_list(xs):
        return f(xs, w, kept)

    lifted = jit(of_list)
    for n in (5, 9, 6, 9, 7):
        lifted([-0.1 * i - 0.1 for i in range(n)])
    for x in (-0.3, 0.3):
        w.data += 0.5
        xs = [x, 0.2, -0.4, 0.5]
        w.grad = 0.0
        if f is scaled_anew:
            with pytest.raises(engine.TraceError):
                lifted(xs)
            continue
        lifted(xs).backward()
        got, w.grad = w.grad, 0.0
        expected = of_list(xs)
        expected.backward()
        assert lifted(xs).data == pytest.approx(expected.data, rel=1e-12)
        assert got == pytest.approx(w.grad, rel=1e-12)


@pytest.fixture
def large(monkeypatch) -> list[str]:
    """Every graph is a large one; which programs were made of arrays, forward and backward."""
    made: list[str] = []
    build = lowering.build_program
    monkeypatch.setattr(pipeline, "_LARGE", 0)
    monkeypatch.setattr(lowering, "build_program", lambda *args: (made.append("one"), build(*args))[1])
    return made


@pytest.mark.parametrize("name", MODELS)
def test_a_large_function_of_lists_is_compiled_once_for_all_when_a_length_comes_again(name, large) -> None:
    model, draw = MODELS[name]
    for order in ([5, 9, 7, 5], [9, 5, 7, 9], [5, 7, 9, 5]):
        tables, rng = weights(), np.random.default_rng(3)
        f = model(ENDS["mean"], *tables)
        lifted = jit(f)
        del large[:]
        for i, n in enumerate([*order, 9, 7, 5, 8]):
            for value in flat(*tables):
                value.data += 0.01  # what was true of the last call is true no more
            assert_agrees(f, flat(*tables), draw(rng, n), lifted=lifted)
            assert name == "recurrent" or len(large) == (i >= 3), (order, i)  # that one has loops
        assert lifted.traces == 4
        for n in (5, 9, 8):
            lifted(draw(rng, n))
            assert "def bind" in lifted.stages["source"]
        assert {each.kind for each in lifted._programs.latest()} == {"arrays"}


def test_a_large_function_that_was_called_once_shows_its_program_when_it_is_asked(large) -> None:
    tables = weights()
    lifted = jit(attending(engine.mean, *tables))
    first = lifted([1, 2, 3, 0])
    assert not large
    assert lifted._programs.last.kind == "traced"
    assert first._op == "jit"
    assert set(first._children) <= set(flat(*tables))
    assert "def bind" in lifted.source
    assert len(large) == 1
    assert_agrees(lifted.lifts, flat(*tables), [1, 2, 3, 0], lifted=lifted)


def test_what_a_large_function_gave_is_the_answer_of_no_other_call(large) -> None:
    tables = weights()
    f = attending(engine.mean, *tables)
    lifted = jit(f)
    arguments = Arguments.of_call(([1, 2, 3, 0],), {})
    next(lifted._programs.fitting(arguments, arguments.numbers()))  # and is interrupted
    assert lifted._programs.last.kind == "traced"
    assert_agrees(f, flat(*tables), [3, 1, 0, 2], lifted=lifted)


@pytest.mark.parametrize("frozen", [False, True])  # what is frozen leaves the call to Python
@pytest.mark.parametrize("steps", [1, 2])  # of the second call, and of another length's on its way
def test_a_large_function_that_is_interrupted_as_it_is_compiled_is_lifted_anew(
    steps, frozen, large, monkeypatch
) -> None:
    tables = weights()
    tables[0][0][0].requires_grad = not frozen
    f = attending(engine.mean, *tables)
    lifted, make_runnable, runs = jit(f, audit=False), Lifted._make_runnable, []

    def interrupted(self) -> None:
        runs.append(self)
        if len(runs) == steps:
            raise KeyboardInterrupt
        make_runnable(self)

    lifted([1, 2, 3, 0, 2])
    lifted([2, 1, 0])
    monkeypatch.setattr(Lifted, "_make_runnable", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lifted([1, 2, 3, 0, 1])
    for given in ([3, 1, 0, 2, 2], [0, 2, 1], [1, 1, 2, 0, 3], [3, 2, 0]):
        assert_agrees(f, flat(*tables), given, lifted=lifted)


def test_a_large_function_that_asks_for_types_is_audited_in_its_first_call(large) -> None:
    w, v = Value(0.5), Value(2.0)
    lifted = jit(lambda xs: engine.mean([(w if isinstance(x, float) else v) * x for x in xs]))
    with pytest.raises(engine.TraceError, match="asks for their type"):
        lifted([1, 2, 3])


@pytest.mark.parametrize("number", [1e200, math.inf, math.nan])
def test_a_large_function_answers_by_itself_where_numbers_are_not_finite(number, large) -> None:
    w = Value(0.5)

    def f(xs):
        return engine.mean([(w * x) ** 2 for x in xs])

    lifted = jit(f)
    for xs in ([1.0, number, 2.0], [1.0, 2.0, 3.0], [1.0, number, 2.0]):
        assert_agrees(f, [w], xs, lifted=lifted)


def test_large_gradients_of_a_large_function_are_added_to_no_infinity(large) -> None:
    w, v = Value(1e-10), Value(2e-10)
    lifted = jit(lambda xs: w * xs[0] + v * xs[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = lifted([1.5e308, 1.5e308])
    assert lifted._programs.last.kind == "traced"
    assert found._local_grads == (1.5e308, 1.5e308)


def test_a_large_function_without_gradients_answers_by_itself_too(large) -> None:
    tables = weights()
    f = attending(engine.mean, *tables)
    lifted = jit(f)
    with engine.no_grad():
        for _ in range(3):
            found = lifted([1, 2, 3])
            assert not found._children
            assert found.data == pytest.approx(f([1, 2, 3]).data, rel=1e-12)
    assert_agrees(f, flat(*tables), [1, 2, 3], lifted=lifted)


def test_a_program_that_takes_the_place_of_another_is_audited_though_its_lists_are_known() -> None:
    runs, model = [], attending(engine.mean, *weights())
    lifted = jit(lambda tokens: (runs.append(len(tokens)), model(tokens))[1])
    lifted([1] * 5)
    lifted([1] * 9)
    for n, own in ((5, [5]), (5, []), (9, []), (5, [])):
        del runs[:]
        lifted([2] * n)
        assert runs == own


@pytest.mark.skipif(compiled_tape is None, reason="arguments are recognised by the compiled node")
def test_arguments_of_lengths_that_came_before_are_not_taken_apart(monkeypatch) -> None:
    w = Value(0.7)

    def f(xs, ys):
        return engine.mean([engine.tanh(w * x) for x in xs]) + sum(w * y for y in ys)

    lifted = jit(f, audit=False)
    lengths = [(5, 3), (9, 3), (5, 2), (4, 3)]
    for m, n in lengths * 2:
        lifted(line(m), (*line(n),))
    with monkeypatch.context() as patch:
        patch.setattr(Arguments, "of_call", None)
        for m, n in lengths[::-1] * 2:
            w.data += 0.1
            found = lifted(line(m), (*line(n),))
            assert found.data == pytest.approx(f(line(m), line(n)).data, rel=1e-12)
            assert len(lifted.graph.inputs) == m + n
    assert lifted((*line(5),), line(3)).data == pytest.approx(f(line(5), line(3)).data, rel=1e-12)
    assert lifted([w] * 5, (*line(3),)).data == pytest.approx(f([w] * 5, line(3)).data, rel=1e-12)
    lifted.clear_cache()
    assert lifted.traces == 0
    lifted(line(5), (*line(3),))
    assert lifted.traces == 1


def test_what_depends_on_none_of_its_leaves_has_every_length() -> None:
    for f in (lambda rows: Value(3.0), lambda rows: engine.grad(lambda r: r[0] * 2.0)(rows)[0]):
        lifted = jit(f)
        for rows in ([2.0], [0.0, -1.0], [0.0, -1.0, 3.0]):
            assert float(lifted(rows)) == float(f(rows))


def _score(x, w, v):
    return engine.tanh(w * x) * v


def _in_turn(xs, W, act=engine.tanh, skip=lambda i, n: False):
    state, losses = W[0] * 0.0, []
    for i, x in enumerate(xs):
        state = act(W[1] * state + W[2] * x)
        if not skip(i, len(xs)):
            losses.append((state - W[3] * x) ** 2)
    return sum(losses) / len(losses)


def _positions(xs, W):
    ends = W[: min(len(xs), 5)]
    return engine.mean([_score(x, ends[min(i, len(ends) - 1)], W[5]) for i, x in enumerate(xs)])


OTHER_AT_SOME_LENGTH = {
    "a branch on the length": lambda xs, W: _in_turn(xs, W, engine.sin if len(xs) == 6 else engine.tanh),
    "from some length on": lambda xs, W: _in_turn(xs, W, engine.sin if len(xs) > 6 else engine.tanh),
    "even and odd": lambda xs, W: _in_turn(xs, W[len(xs) % 2 :]),
    "a cutoff": lambda xs, W: _in_turn(xs[:6], W),
    "the last ones": lambda xs, W: _in_turn(xs[-6:], W),
    "a window": lambda xs, W: _in_turn(xs, W, skip=lambda i, n: i < n - 3),
    "the last one counts twice": lambda xs, W: _in_turn(xs, W) + _score(xs[-1], W[4], W[5]),
    "the first one is special": lambda xs, W: _in_turn([xs[0] * W[4], *xs[1:]], W),
    "the last one is special": lambda xs, W: _in_turn([*xs[:-1], xs[-1] * W[4]], W),
    "the last one is left out": lambda xs, W: _in_turn(xs, W, skip=lambda i, n: 1 < i == n - 1),
    "positions that end": _positions,
    "positions from the end": lambda xs, W: sum(
        _score(x, W[(len(xs) - i) % 6], W[5]) for i, x in enumerate(xs)
    ),
    "a factor of the length": lambda xs, W: _in_turn([x * (1.0 / len(xs)) for x in xs], W),
    "another weight at one length": lambda xs, W: _in_turn(xs, W) * (0.5 if len(xs) == 6 else 1.0),
    "the same number, another function": lambda xs, W: _in_turn(
        [engine.relu(x + 9.0) - 9.0 if len(xs) == 6 else x + 9.0 - 9.0 for x in xs], W
    ),
    "no gradient at one length": lambda xs, W: _in_turn(
        xs, [*W[:3], engine.stop_gradient(W[3]) if len(xs) == 6 else W[3], *W[4:]]
    ),
    "the sum of another order": lambda xs, W: engine.mean(
        [_score(x, W[0], W[1]) for x in (xs if len(xs) != 6 else xs[::-1])]
    ),
    "a cap of the total": lambda xs, W: engine.minimum(_in_turn(xs, W), W[0] * W[0] + 0.1 * len(xs)),
    "a penalty": lambda xs, W: _in_turn(xs, W) + 0.01 * sum(w * w for w in W),
}


@pytest.mark.parametrize("at_once", [False, True])
def test_a_length_at_which_the_function_is_another_is_computed_as_that(at_once, monkeypatch) -> None:
    if at_once:  # the longest is compiled as soon as one comes again
        monkeypatch.setattr(pipeline, "_LARGE", 0)
    for audit in (False, None):
        for name, g in OTHER_AT_SOME_LENGTH.items():
            draw, W = np.random.default_rng(len(name)), [Value(0.3 * i - 0.7) for i in range(7)]

            def f(xs, g=g, W=W):
                return g(xs, W)

            lifted = jit(f, audit=audit)
            for n in (5, 9, 5, 9, 8, 6, 4, 6, 7, 3, 10, 6, 2, 7, 10):
                for w in W:
                    w.data += 0.05 * draw.normal()
                assert_agrees(f, W, draw.normal(size=n).tolist(), lifted=lifted)
