"""A lifted function as one of JAX: JAX's own derivatives of the forward pass are the engine's.

JAX knows nothing of the backward pass that the lifter writes, nor of the engine's partial derivatives. What
JAX compiles takes a second each time, so that much is put into few programs.
"""

import sys
from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, jit, take, vmap
from engine.ops import OPERATORS
from tests.cases import named
from tests.engine.jit.emit.test_support import close
from tests.engine.jit.forms import assert_close, forced, outputs_and_gradients
from tests.engine.jit.generated import agreement
from tests.engine.jit.generated.description import draw_program
from tests.engine.jit.generated.outcomes import SCALES, Outcome, number_of, numbers_in, outcome_of
from tests.engine.jit.programs import PROGRAMS
from tests.engine.jit.repeats.steps import STEPS
from tests.engine.jit.repeats.test_program import leaves, wrapped
from tests.engine.jit.repeats.test_random_steps import Recurrence
from tests.engine.jit.test_random_programs import call
from tests.sampling import samples

jax: Any = pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")

POINTS = (0.3, -0.7, 2.6, -3.4, 0.9, 1.7, 0.0)


@pytest.fixture(autouse=True)
def in_double_precision():
    with jax.enable_x64(True):
        yield


W = [[Value(0.5, label="w0"), Value(-1.0, label="w1")], [Value(2.0, label="w2"), Value(0.25, label="w3")]]
WEIGHTS = [w for row in W for w in row]


@pytest.mark.unmeasured
def test_every_row_by_the_derivatives_of_jax() -> None:
    """All rows of as many operands in one program; where all is finite, JAX has the engine's numbers."""
    points = {1: [(x,) for x in POINTS], 2: [(x, y) for x in POINTS for y in POINTS[:3]]}
    points[3] = [(x, y, z) for x, y in points[2] for z in POINTS[:2]]
    seen = Counter()
    for count, given in points.items():
        rows = [row for row in OPERATORS.values() if (row.arity or 2) == count]

        def each(xs, rows=rows):
            return [call(row, xs) for row in rows]

        lifted = jit(each)
        lifted([0.5, 0.25, 0.75][:count])
        fn, params = lifted.to_jax()

        def of_all(xs, fn=fn, params=params):
            values = jax.numpy.array(fn(params, xs))
            return values, values

        derived = jax.jit(jax.vmap(jax.jacfwd(of_all, has_aux=True)))
        for point, gradient, value in zip(given, *derived(np.array(given)), strict=True):
            for row, found, by in zip(rows, value.tolist(), gradient.tolist(), strict=True):
                xs = [Value(x) for x in point]
                expected = call(row, xs)
                expected.backward()
                right = [expected.data, *(x.grad for x in xs)]
                if np.isfinite(right).all() and (row.name != "clip" or point[1] < point[2]):
                    seen[row.name] += 1
                    assert all(map(close, [found, *by], right)), (row.name, point, [found, *by], right)
    assert min(seen[name] for name in OPERATORS) >= 2, seen


def test_kinks_and_tails_have_the_engines_derivatives() -> None:
    def at_kinks(x, y):
        kinks = engine.relu(x) + engine.elu(x) + engine.clip(y, -1.0, 1.0) + abs(x) + engine.max([y, 1.0, y])
        return kinks + engine.norm([x, 2.0 * x]) * y + engine.sigmoid(-900.0 * y - 1.0)

    f = jit(at_kinks)
    x, y = Value(0.0), Value(1.0)
    f(x, y).backward()
    fn, params = f.to_jax()
    found = jax.jit(jax.grad(fn, argnums=(1, 2)))(params, 0.0, 1.0)
    assert [*map(float, found)] == pytest.approx([x.grad, y.grad], rel=1e-14)


@pytest.mark.parametrize("name", PROGRAMS)
def test_regular_programs(name) -> None:
    """Matrix products, gathers, batches: value and gradient by all parameters."""
    rng = np.random.default_rng(3)
    arguments = {
        "network_for_one_sample": (rng.normal(size=(7, 2)), rng.normal(size=7)),
        "loop_over_samples": (rng.normal(size=(12, 2)), rng.normal(size=12)),
        "attention": (rng.normal(size=(4, 4)),),
        "causal_attention": (rng.normal(size=(4, 4)),),
        "formula": (0.7, 1.2),
        "lookup": (np.array([0, 4, 4, 1, -1]), rng.normal(size=5)),
        "recurrent_network": STEPS["rnn_with_losses"](steps=10)[1],
        "lstm": (rng.normal(size=(2, 10, 2)),),
    }[name]
    lifted = PROGRAMS[name]()
    fn, params = lifted.to_jax()
    engine.zero_grad(fn.parameters)
    expected = lifted(*arguments)
    expected.backward()
    value, gradient = jax.jit(jax.value_and_grad(fn))(params, *arguments)
    np.testing.assert_allclose(value, expected.data, rtol=1e-12)
    np.testing.assert_allclose(gradient, [w.grad for w in fn.parameters], rtol=1e-11, atol=1e-13)


def test_what_goes_step_by_step() -> None:
    """A loop of the program at hand is a scan; of a wave a step reads the one before that before it."""
    for name in ("kalman", "wave", "picks"):
        f, args, values = STEPS[name]()
        with named(name), forced("arrays"):
            lifted = jit(f)
            lifted(*args)
            assert "for t in range(" in lifted.source
            fn, params = lifted.to_jax()
            assert "scan[" in str(jax.make_jaxpr(fn)(params, *args))
            assert {*fn.parameters} == {*values}
            (expected,), (right,) = outputs_and_gradients(f, fn.parameters, *args)
            value, gradient = jax.jit(jax.value_and_grad(fn))(params, *args)
            np.testing.assert_allclose(value, expected, rtol=1e-12)
            np.testing.assert_allclose(gradient, right, rtol=1e-11, atol=1e-13)


@pytest.mark.unmeasured
def test_random_recurrences() -> None:
    """Such as :mod:`tests.engine.jit.repeats.test_random_steps` draws them, by parameters and arguments."""
    for seed in range(samples(1, 30)):
        f = Recurrence(seed)
        given = wrapped(f.xs)
        with named(seed), forced("arrays"):
            lifted = jit(f)
            lifted(f.xs)
            fn, params = lifted.to_jax()

            def weighted(params, xs, fn=fn):
                found = jax.numpy.array(jax.tree.leaves(fn(params, xs)))
                return found @ np.arange(1.0, len(found) + 1.0), found

            expected, gradients = outputs_and_gradients(f, [*fn.parameters, *leaves(given)], given)
            derived = jax.jit(jax.value_and_grad(weighted, argnums=(0, 1), has_aux=True))
            (_, found), (by_parameters, by_xs) = derived(params, np.array(f.xs))
            right = np.arange(1.0, len(expected) + 1.0) @ np.array(gradients)
            assert_close(found, expected)
            assert_close([*by_parameters, *by_xs.ravel()], right)


@pytest.mark.unmeasured
def test_generated_programs_are_the_engines(monkeypatch) -> None:
    """Programs as :mod:`tests.engine.jit.test_generated_programs` draws them, of ordinary numbers."""

    def by_engine(world: Any, arguments: Any, number: int) -> Outcome:
        engine.zero_grad(world.parameters)
        results, made = [], []
        for rows, target, label in arguments.samples:
            given = [[Value(x) for x in row] for row in rows], Value(target)
            made += [*(x for row in given[0] for x in row), given[1]]
            results.append(world.loss(*given, label))
        return outcome_of(world, results, made, together=True)

    def by_jax(f: Any, result: Any, world: Any, arguments: Any) -> Outcome:
        fn, _ = f.to_jax()
        data = np.array([w.data for w in fn.parameters])
        by_label = {w.label: w for w in world.parameters}
        args, _ = arguments.laid_out(arguments.values()[0])
        pairs = zip(SCALES * 99, numbers_in(result), strict=False)
        scales = [scale for scale, x in pairs if isinstance(x, Value)]

        def numbers(params: Any, *given: Any) -> Any:
            both = zip(flat(fn(params, *given, *args[2:])), numbers_in(result), strict=True)
            return jax.numpy.array([x for x, own in both if isinstance(own, Value)], float)

        def derived(params: Any, *given: Any) -> Any:
            values, back = jax.vjp(numbers, params, *given)
            return values, back(jax.numpy.array(scales, float))

        given = [np.asarray(x, float) for x in args[:2]]
        values, (by_parameters, *by_arguments) = jax.jit(derived)(data, *given)
        gradients = dict.fromkeys(by_label, 0.0)
        gradients.update((w.label, g) for w, g in zip(fn.parameters, by_parameters.tolist(), strict=True))
        feed = iter(values.tolist())
        found = [next(feed) if isinstance(x, Value) else number_of(x) for x in numbers_in(result)]
        count = len(arguments.samples) if arguments.many else 1
        inputs = np.concatenate([np.reshape(x, (count, -1)) for x in by_arguments], axis=1).ravel()
        return Outcome(found, list(gradients.values()), inputs.tolist())

    monkeypatch.setattr(agreement, "outcome_for_file", by_engine)
    monkeypatch.setattr(agreement, "file_outcome", by_jax)
    drawn = (draw_program(seed) for seed in range(10_000))
    chosen = (program for program in drawn if program.form == "file" and program.numbers == "common")
    outcomes = Counter(agreement.check(program) for program in islice(chosen, samples(4, 100)))
    assert outcomes["lifted"] >= 0.6 * outcomes.total()


def flat(x: Any) -> list[Any]:
    """The numbers in a result, as ``numbers_in`` has those of one with Values."""
    if isinstance(x, dict):
        return [number for item in x.values() for number in flat(item)]
    if isinstance(x, (list, tuple, np.ndarray)) or getattr(x, "ndim", 0):
        return [number for item in x for number in flat(item)]
    return [] if x is None or isinstance(x, (str, bool)) else [x]


def test_arguments_are_nested_as_they_were() -> None:
    w, frozen = Value(2.0, label="w"), Value(3.0)
    frozen.requires_grad = False

    @jit
    def f(rows, named, *, scale, how):
        total = sum(a * b for row in rows for a, b in zip(row, named["b"], strict=True)) * w * frozen
        return {"sum": total * scale, "pair": (named["a"] * w, np.array([w * scale, scale])), "how": how}

    f([[1.0, 2.0], [3.0, 4.0]], {"a": 1.0, "b": [5.0, 6.0]}, scale=0.5, how="twice")
    fn, params = f.to_jax()
    assert fn.parameters == (w,)
    assert params.tolist() == [2.0]
    assert fn.__name__.endswith("f")
    rows, named = np.array([[1.0, 0.0], [0.0, 1.0]]), {"a": 2.0, "b": np.array([1.0, 10.0])}
    found = fn(np.array([4.0]), rows, named, scale=2.0, how="twice")
    assert float(found["sum"]) == 11.0 * 4.0 * 3.0 * 2.0
    assert float(found["pair"][0]) == 8.0
    assert found["pair"][1].tolist() == [8.0, 2.0]
    assert found["how"] == "twice"
    for wrong, message in (
        (lambda: fn(params, rows.T[:1], named, scale=2.0, how="twice"), r"argument 0 has the shape \(1, 2\)"),
        (lambda: fn(params, rows, {"b": [1.0, 2.0]}, scale=2.0, how="twice"), "nested otherwise"),
        (lambda: fn(params, rows, named, scale=2.0, how="once"), "argument how is 'once'"),
        (lambda: fn(params, rows, named, scale=2.0), "for other arguments: 2 by position, how=, scale="),
        (lambda: fn(params, rows, scale=2.0, how="twice"), "lifted for other arguments"),
    ):
        with pytest.raises(TypeError, match=message):
            wrong()
    with pytest.raises(ValueError, match=r"1 parameters in a vector, got shape \(2,\)"):
        fn([1.0, 2.0], rows, named, scale=2.0, how="twice")


def test_keys_are_taken_in_any_order_as_jax_sorts_them() -> None:
    w = Value(2.0)
    lifted = jit(lambda d: w * d["q"] + d["p"] ** 2)
    lifted({"q": 1.0, "p": 2.0})
    fn, params = lifted.to_jax()
    for each in ({"q": 3.0, "p": 5.0}, {"p": 5.0, "q": 3.0}):
        assert float(fn(params, each)) == float(jax.jit(fn)(params, each)) == 31.0


def test_it_is_as_pure_as_any_function_of_jax() -> None:
    """It can be mapped, differentiated twice, and computes in single precision; batches are of any size."""

    def cost(x, t):
        return (engine.sum([engine.tanh(engine.dot(row, x)) for row in W]) - t) ** 2

    one, batch = jit(cost), jit(cost, batch=True)
    X, y = np.random.default_rng(0).normal(size=(5, 2)), np.arange(5.0)
    one(X[0], 0.5)
    batch(X[:3], y[:3])
    (fn, params), (mean, _) = one.to_jax(), batch.to_jax()
    expected = [cost(x, t).data for x, t in zip(X.tolist(), y.tolist(), strict=True)]

    def all_of_it(params):
        of_each = jax.vmap(fn, in_axes=(None, 0, 0))(params, X, y)
        return of_each, mean(params, X, y), jax.hessian(fn, argnums=1)(params, X[0], 0.5)

    found, whole, hessian = jax.jit(all_of_it)(params)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(whole, np.mean(expected), rtol=1e-12)
    np.testing.assert_allclose(hessian, engine.hessian(lambda x: cost(x, 0.5))(X[0].tolist()), rtol=1e-10)
    single = jax.jit(fn)(params.astype("float32"), X[0].astype("float32"), np.float32(y[0]))
    assert single.dtype == "float32"
    assert np.isclose(single, expected[0], rtol=1e-5)
    with pytest.raises(TypeError, match=r"lifted for \(samples, 2\)"):
        mean(params, X[0], y)
    with pytest.raises(TypeError, match=r"different numbers of samples: \[4, 5\]"):
        mean(params, X, y[:4])


def test_a_wrong_index_gives_nan() -> None:
    f = jit(lambda i: take(WEIGHTS, i) * 2.0)
    f(1)
    fn, params = f.to_jax()
    found = jax.jit(jax.vmap(fn, in_axes=(None, 0)))(params, np.array([0, -1, 3, 4, -5, 0.5, np.nan, np.inf]))
    assert found[:3].tolist() == [1.0, 0.5, 0.5]
    assert np.isnan(found[3:]).all()


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: WEIGHTS[0] * x if x == 1.0 else x, "decides by numbers"),
        (engine.custom_op(lambda x: 2.0 * x, lambda x: 2.0, name="twice"), "custom operators: twice"),
    ],
)
def test_what_cannot_be_written_is_refused(f, message) -> None:
    lifted = jit(lambda x: f(x))
    lifted(1.0)
    with pytest.raises(engine.TraceError, match=f"cannot be written as JAX, because .*{message}"):
        lifted.to_jax()


def test_a_function_that_maps_is_lifted_otherwise() -> None:
    mapped = vmap(lambda x: x * x)
    mapped(np.arange(3.0))
    for write in (mapped.to_jax, mapped.to_c_source):
        with pytest.raises(TypeError, match=r"lift the function of one sample by engine\.jit"):
            write()


def test_without_jax_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    lifted = jit(lambda x: x * x)
    lifted(1.0)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[jax\]'"):
        lifted.to_jax()
