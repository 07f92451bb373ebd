"""Functions that go step by step are lifted as loops, and are the engine's own, in values and gradients."""

from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, jit, no_grad, vmap
from engine.node.backend import compiled_tape
from tests.engine.jit.forms import assert_agrees, assert_close, forced, outputs_and_gradients
from tests.engine.jit.repeats.steps import STEPS, flat, matrix
from tests.sampling import share_of

ARRAYS = ("numpy", "arrays") if compiled_tape is not None else ("numpy",)


def leaves(x: Any) -> list[Any]:
    return [leaf for each in x for leaf in leaves(each)] if isinstance(x, list | tuple) else [x]


def wrapped(x: Any) -> Any:
    """Numbers as Values; integers as they are."""
    if isinstance(x, list | tuple):
        return [wrapped(each) for each in x]
    return Value(x) if isinstance(x, float) else x


def moved(x: Any, i: int) -> Any:
    if isinstance(x, list | tuple):
        return [moved(each, i) for each in x]
    return x + 0.1 * i * (1.0 + 0.3 * np.sin(7.0 * x + i)) if isinstance(x, float) else x


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", STEPS)
def test_loops_are_the_engines(name) -> None:
    f, args, values = STEPS[name]()
    given = [wrapped(each) for each in args]
    by_arguments = [each for each in leaves(given) if isinstance(each, Value)]
    for form in ARRAYS:
        with forced(form):
            lifted = assert_agrees(f, values, *args)
            assert "for t in range(" in lifted.source
            assert "for t in reversed(range(" in lifted.source
            for value in values:
                value.data = 0.8 * value.data + 0.05
            assert_agrees(f, values, *args, lifted=lifted)
            assert_agrees(f, [*values, *by_arguments], *given, lifted=lifted)


@pytest.mark.parametrize("name", STEPS)
def test_batches_of_loops_are_the_engines(name) -> None:
    f, args, values = STEPS[name]()
    columns = [[moved(each, i) for i in range(4)] for each in args]
    given = [wrapped(column) for column in columns]
    by_arguments = [each for each in leaves(given) if isinstance(each, Value)]

    def mean(*columns):
        return engine.mean([f(*row) for row in zip(*columns, strict=True)])

    for form in share_of(ARRAYS, [*STEPS].index(name), len(ARRAYS)):
        with forced(form):
            lifted = jit(f, batch=True)
            for wanted, columns_ in ((values, columns), ([*values, *by_arguments], given)):
                expected = outputs_and_gradients(mean, wanted, *columns_)
                found = outputs_and_gradients(lifted, wanted, *columns_)
                for each, right in zip(found, expected, strict=True):
                    assert_close(each, right)
            assert "for t in range(" in lifted.source
            with no_grad():
                assert_close(vmap(f)(*columns), [f(*row).data for row in zip(*columns, strict=True)])


def test_several_outputs_and_decisions() -> None:
    """Outputs from the middle of a loop and its end, and a decision in each step."""
    w = Value(0.6)

    def f(x, y):
        found = []
        for t in range(9):
            x = engine.tanh(w * x + y) if x > -5.0 else -x
            if t in (3, 6):
                found.append(x)
        return [*found, x, w + 1.0, x - y]

    for form in ARRAYS:
        with forced(form):
            a, b = Value(0.3), Value(0.2)
            lifted = assert_agrees(f, [w, a, b], a, b)
            assert "for t in" in lifted.source
            lifted = jit(lambda x, y: engine.sum(f(x, y)), batch=True)
            found = outputs_and_gradients(lifted, [w], [0.3, -6.0, 0.1], [0.2, 0.1, 0.3])
            expected = outputs_and_gradients(
                lambda: engine.mean([engine.sum(f(*row)) for row in ((0.3, 0.2), (-6.0, 0.1), (0.1, 0.3))]),
                [w],
            )
            for each, right in zip(found, expected, strict=True):
                assert_close(each, right)


def test_programs_elsewhere_are_those_of_loops() -> None:
    f, args, values = STEPS["lstm"]()
    with forced("arrays"):
        lifted = jit(f)
        y = lifted(*args)
    y.backward()
    namespace: dict[str, Any] = {}
    source = lifted.to_numpy_source()
    assert "for t in range(" in source
    exec(source, namespace)  # noqa: S102 - written by the lifter
    value, (by_parameters, _) = namespace["value_and_grad"](*args)
    assert value == pytest.approx(y.data, rel=1e-12)
    assert_close(sorted(by_parameters), sorted(each.grad for each in values))
    assert "value_and_grad" in lifted.to_c_source()
    assert "times" in lifted.stages["canonical form"]
    assert "times" in lifted.stages["layout"]


def test_the_text_does_not_grow_with_the_steps() -> None:
    lengths = {}
    for steps in (8, 80):
        f, args, _ = STEPS["gru"](steps=steps)
        with forced("numpy"):
            lifted = jit(f)
            lifted(*args)
            lengths[steps] = len(lifted.source.splitlines())
    assert lengths[8] == lengths[80]


def test_a_list_too_short_for_a_loop_takes_none_from_longer_ones() -> None:
    w, (xs,) = Value(0.6), (leaves(STEPS["kalman"](steps=12)[1]),)

    def f(xs):
        h, total = 0.0, Value(0.0)
        for x in xs:
            h = engine.tanh(w * h + x)
            total = total + h * h
        return total

    with forced("arrays"):
        lifted = jit(f)
        for steps in (3, 4, 12):
            assert_agrees(f, [w], xs[:steps], lifted=lifted)
        assert "for t in range(" in lifted.source


@pytest.mark.parametrize(
    "f",
    [
        lambda xs, w: sum((engine.tanh(w * x) - 0.1) ** 2 for x in xs),
        lambda xs, w: engine.mean([w * x for x in xs]),
        lambda xs, w: sum(engine.sin(a * w) * engine.cos(b * w) for a, b in zip(xs[1:], xs, strict=False)),
    ],
)
def test_sums_over_samples_are_no_loops(f) -> None:
    with forced("numpy"):
        lifted = jit(f)
        lifted([0.1 * i for i in range(20)], 0.5)
        assert "for t in" not in lifted.source


def test_sequences_side_by_side_run_together() -> None:
    """A step of one loop is a step of each of three sequences, and one matrix product for all."""
    f, (xs,), values = STEPS["rnn"]()

    def all_of(sequences):
        return engine.sum([f(each) for each in sequences])

    with forced("numpy"):
        lifted = assert_agrees(all_of, values, [xs, moved(xs, 1), moved(xs, 2)])
        assert lifted.source.count("for t in range(6)") == 1
        body = lifted.source.split("for t in range(6):")[1].split("def ")[0]
        assert body.count(" @ ") == 1


def test_a_number_is_fed_once_to_all_rows_of_a_product() -> None:
    f, args, values = STEPS["rnn_on_numbers_it_holds"]()
    with forced("numpy"):
        lifted = assert_agrees(f, values, *args)
    body = lifted.source.split("for t in range(")[1].split("def ")[0]
    assert body.count(" @ ") == 1
    assert "take" not in body


def test_a_few_layers_with_weights_of_their_own_are_no_loop() -> None:
    """To copy the weights of each would take longer than to run one line after the other."""
    layers = [matrix(3, 3, seed) for seed in range(6)]

    def f(h):
        for W in layers:
            h = [engine.tanh(engine.dot(w, h)) for w in W]
        return engine.sum(h)

    with forced("numpy"):
        lifted = assert_agrees(f, flat(layers), [0.1, 0.2, 0.3])
        assert "for t in" not in lifted.source
