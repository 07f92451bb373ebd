"""The file that a lifted function writes computes the same, where there is NumPy and nothing else."""

import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, jit, take
from tests.engine.jit.emit.test_support import ROWS, close, points
from tests.engine.jit.forms import assert_close, forced, outputs_and_gradients
from tests.engine.jit.test_random_programs import call

W = [[Value(x) for x in row] for row in np.random.default_rng(0).normal(size=(3, 2)).tolist()]
WEIGHTS = [w for row in W for w in row]

RUN = """
import json, sys
sys.path[:] = [path for path in sys.path if path] + [{numpy!r}]
import program
for name in ("engine", "nn"):
    assert name not in sys.modules
arguments = json.loads({arguments!r})
value, (parameters, inputs) = program.value_and_grad(*arguments)
print(json.dumps([value, list(parameters), program.NAMES, inputs.ravel().tolist()]))
"""


def run(folder: Path, source: str, *arguments):
    """The file in a process of its own, isolated from this checkout."""
    (folder / "program.py").write_text(source, encoding="utf-8")
    code = RUN.format(numpy=str(Path(np.__file__).parents[1]), arguments=json.dumps(arguments))
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-B", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}){code}"],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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


@pytest.mark.parametrize(
    ("f", "arguments"),
    [(f, ([0.5, -1.5],)) for f in (cost, by_hand, two_layers)] + [(picked, ([0.5, -1.5], 2))],
)
def test_the_file_computes_value_and_gradient(f, arguments, tmp_path) -> None:
    for i, w in enumerate(WEIGHTS):
        w.label = f"w{i}"
    lifted = jit(f)
    lifted([-0.5, 2.0], *arguments[1:])
    value, parameters, names, inputs = run(tmp_path, lifted.to_numpy_source(), *arguments)
    xs = [Value(x) for x in arguments[0]]
    expected, (gradient,) = outputs_and_gradients(f, [*WEIGHTS, *xs], xs, *arguments[1:])
    assert_close([value], expected)
    by_name = dict(zip(names, parameters, strict=True))
    assert_close([by_name[f"w{i}"] for i in range(6)], gradient[:6])
    assert_close(inputs[:2], gradient[6:])


def test_the_file_computes_means_over_samples(tmp_path) -> None:
    for i, w in enumerate(WEIGHTS):
        w.label = f"w{i}"
    X = np.random.default_rng(2).normal(size=(4, 2)).tolist()
    lifted = jit(lambda x: cost(list(x)), batch=True)
    lifted(X)
    value, parameters, names, _ = run(tmp_path, lifted.to_numpy_source(), X)
    expected, (gradient,) = outputs_and_gradients(lambda: engine.mean([cost(x) for x in X]), WEIGHTS)
    assert_close([value], expected)
    by_name = dict(zip(names, parameters, strict=True))
    assert_close([by_name[f"w{i}"] for i in range(6)], gradient)


def test_parameters_that_are_not_numbers_are_written_down(tmp_path) -> None:
    w = Value(1.0)
    v = Value(0.5)  # so that w is not the first
    lifted = jit(lambda x: v * 0.0 + engine.maximum(w * x, float("-inf")) + w)
    lifted(1.0)
    for number in (float("nan"), float("inf"), 3.0):
        w.data = number
        value, *_ = run(tmp_path, lifted.to_numpy_source(), 2.0)
        assert value == pytest.approx(3.0 * number, nan_ok=True)


@pytest.mark.parametrize("name", ROWS)
def test_the_file_keeps_the_tails_of_every_row(name) -> None:
    """Without the engine behind it: where all is finite there, the file has it to 1e-12; nothing raises."""
    row = ROWS[name]
    values = [Value(0.5) for _ in points(row)[0]]
    lifted = jit(lambda *xs: call(row, xs))
    with forced("arrays"):
        lifted(*[0.5] * len(values))
    namespace: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), namespace)  # noqa: S102  # written by the lifter
    for point in points(row):
        value, (_, gradient) = namespace["value_and_grad"](*point)
        engine.zero_grad(values)
        for each, number in zip(values, point, strict=True):
            each.data = number
        expected = call(row, values)
        expected.backward()
        for found, right in zip([value, *gradient], [expected.data, *(v.grad for v in values)], strict=True):
            if math.isfinite(right) and math.isfinite(found):
                assert close(float(found), right), (point, found, right)
            elif all(map(math.isfinite, point)):
                assert not math.isfinite(found), (point, found, right)


@pytest.mark.parametrize(
    ("decides", "shown"),
    [
        (lambda x: W[0][0] * x * len([1 for each in (x, 2 * x) if each > 0.5]), " > 0.5"),
        (lambda x: W[0][0] * x if x == 1.0 else x, " == 1.0"),
        (lambda x: x * float(x), "float()"),
        (lambda x: [x, -x, x * x][(W[0][0] < 100.0) + 1], " < 100.0"),
    ],
)
def test_a_function_that_decides_by_numbers_is_not_written(decides, shown) -> None:
    """The file would go the way of the last call, whatever its numbers."""
    lifted = jit(decides)
    lifted(1.0)
    with pytest.raises(engine.TraceError, match="decides by numbers") as error:
        lifted.to_numpy_source()
    assert shown in str(error.value)
    assert "test_standalone.py" in str(error.value)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: engine.where(engine.greater(x, 0.0), engine.log(x), 1.0),  # masked: the engine itself has 0
        lambda x: engine.cbrt(x) ** 3,
        lambda x: engine.sqrt(x) ** 2,
        lambda x: engine.relu(engine.log(x)),
    ],
)
def test_where_zero_meets_infinity_the_file_has_nan_and_no_number(tmp_path, f) -> None:
    lifted = jit(lambda x: f(x) + 3.0 * x)
    lifted(1.0)
    _, _, _, by_x = run(tmp_path, lifted.to_numpy_source(), 0.0)
    assert np.isnan(by_x).all()


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (1.5, TypeError, r"take\(\) needs integers as indices, got 1\.5"),
        (3.0, IndexError, r"take\(\) index 3 is out of range for a sequence of 3"),
    ],
)
def test_the_file_refuses_a_wrong_index_as_the_engine_does(tmp_path, index, error, message) -> None:
    lifted = jit(lambda i: engine.take([WEIGHTS[0], WEIGHTS[1], WEIGHTS[2]], i) * 2.0)
    with forced("arrays"):
        lifted(1)
    namespace: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), namespace)  # noqa: S102  # written by the lifter
    assert namespace["value_and_grad"](1.0)[0] == 2.0 * WEIGHTS[1].data
    with pytest.raises(error, match=message):
        namespace["value_and_grad"](index)


@pytest.mark.parametrize("f", [lambda x: sum([2.0, 3.0]), lambda x: [1.0, 2.0], lambda x: None])
def test_a_function_without_a_value_is_refused(f) -> None:
    lifted = jit(f)
    lifted(3.0)
    with pytest.raises(engine.TraceError, match="cannot be written as NumPy, because it returns no Value"):
        lifted.to_numpy_source()


def by_keys(d):
    return WEIGHTS[0] * d["p"] + WEIGHTS[1] * d["q"] ** 2


def split(x, y):
    return WEIGHTS[0] * x[0] * x[1] + x[2] * y


def ragged(rows):
    return sum((WEIGHTS[i] * x for i, row in enumerate(rows) for x in row), Value(0.0))


OTHERWISE: dict[str, Any] = {  # a function, whether of samples, arguments, others of the file, and wrong ones
    "a number for all": (
        cost,
        False,
        ([0.5, 1.0],),
        ([Fraction(1, 4), 2],),
        [([0.5],), (0.5,), ([[0.5, 1.0]],), (), (["0.5", "1"],), ([None, 1.0],)],
    ),
    "a column for all": (
        cost,
        True,
        ([[0.5, 1.0]],),
        ([[0.25, 2.0]],),
        [([[0.5]],), ([0.5, 1.0],), (np.zeros((0, 2)),)],
    ),
    "keys": (
        by_keys,
        False,
        ({"p": 1.0, "q": 2.0},),
        ({"q": 3.0, "p": 0.5},),
        [({"p": 1.0, "r": 2.0},), ([1.0, 2.0],)],
    ),
    "columns": (
        split,
        True,
        ([[1.0, 2.0, 3.0]] * 2, [4.0, 5.0]),
        (np.arange(6.0).reshape(2, 3), np.arange(2.0)),
        [([4.0, 5.0], [[1.0, 2.0, 3.0]] * 2), ([[1.0, 2.0, 3.0]] * 2, [4.0])],
    ),
    "rows": (
        ragged,
        False,
        ([[1.0], [2.0, 3.0]],),
        (([4.0], [5.0, 6.0]),),
        [([[1.0, 2.0], [3.0]],), ([1.0, 2.0, 3.0],)],
    ),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_the_file_takes_arguments_nested_as_they_were_and_refuses_others(name) -> None:
    """NumPy would repeat one number for all, and take other columns."""
    f, batched, args, others, wrong = OTHERWISE[name]
    lifted = jit(f, batch=batched)
    lifted(*args)
    namespace: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), namespace)  # noqa: S102  # written by the lifter
    with engine.no_grad():
        assert_close([namespace["value_and_grad"](*others)[0]], [lifted(*others).data])
    for each in wrong:
        with pytest.raises((ValueError, TypeError)):
            namespace["value_and_grad"](*each)
    with pytest.raises(ValueError, match=r"parameters has the shape \(\), not \(\d+,\)"):
        namespace["value_and_grad"](*args, parameters=0.5)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"parameters": 2.0}, "an argument called parameters"),
        ({"x": {(1, 2): 2.0}}, "has the key"),
        ({"x": {1: 2.0, 2: {"a"}}}, "with a set among the numbers"),
    ],
)
def test_what_a_file_cannot_have_is_refused(named, message) -> None:
    def first(x):
        return x if isinstance(x, Value) else next(iter(x.values()))

    lifted = jit(lambda **given: sum(map(first, given.values())))
    lifted(**named)
    with pytest.raises(engine.TraceError, match=message):
        lifted.to_numpy_source()


def test_the_file_takes_by_name_what_the_function_was_given_so() -> None:
    lifted = jit(lambda x, scale, mode: WEIGHTS[0] * x**2 * scale if mode == "a" else x)
    expected = lifted(x=2.0, scale=3.0, mode="a").data
    namespace: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), namespace)  # noqa: S102  # written by the lifter
    assert_close([namespace["value_and_grad"](x=2.0, scale=3.0)[0]], [expected])
    with pytest.raises(TypeError):
        namespace["value_and_grad"](2.0, 3.0)
    assert "by position first, then scale=, x=" in lifted.to_c_source()


@pytest.mark.parametrize("mode", ["a", "it's", True, None, np.bool_(True)])
def test_the_file_refuses_another_text_or_flag_among_the_numbers_and_a_masked_array(mode) -> None:
    lifted = jit(lambda d: (WEIGHTS[0] if d["mode"] == mode else -WEIGHTS[0]) * d["x"][0])
    expected = lifted({"x": [2.0], "mode": mode}).data
    file: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), file)  # noqa: S102
    assert file["value_and_grad"]({"x": [2.0], "mode": mode})[0] == expected
    with pytest.raises(ValueError, match=r"argument 0\['mode'\] is 'other': this is the program for "):
        file["value_and_grad"]({"x": [2.0], "mode": "other"})
    with pytest.raises(ValueError, match=r"argument 0\['x'\] is a masked array"):
        file["value_and_grad"]({"x": np.ma.masked_array([2.0], [True]), "mode": mode})


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_the_file_refuses_another_mask_among_the_numbers(kind) -> None:
    def f(d):
        rows = zip(WEIGHTS, d["x"], d["mask"], strict=False)
        return engine.sum([w * x if m else -w * x for w, x, m in rows])

    lifted = jit(f)
    given = {"x": [1.0, 2.0], "mask": kind([True, False])}
    expected = lifted(given).data
    file: dict[str, Any] = {}
    exec(lifted.to_numpy_source(), file)  # noqa: S102
    assert file["value_and_grad"](given)[0] == expected
    with pytest.raises(ValueError, match="this is the program for"):
        file["value_and_grad"]({"x": [1.0, 2.0], "mask": kind([False, True])})
