"""Array programs bound to the native executor, and those that run as NumPy all the same."""

import gc
import weakref

import numpy as np
import pytest

import engine
from engine import Value, jit, take
from engine.jit.backends import blocks
from engine.jit.backends.native import program as native
from engine.jit.backends.native.places import Untranslated
from engine.jit.backends.native.program import Native
from engine.jit.emit.source import OnNumPy
from tests.engine.jit import programs
from tests.engine.jit.backends.native.world import require_executor
from tests.engine.jit.forms import forced

require_executor()


def bound_of(lifted, width: int = 1):
    """The program of the last call, as it is bound to cells."""
    return lifted._shown.executable.blocks._kept[width].program


@pytest.mark.parametrize(
    "name", ["network_for_one_sample", "loop_over_samples", "attention", "formula", "lookup"]
)
def test_programs_have_the_outcome_of_their_numpy_source(name, monkeypatch) -> None:
    found = {}
    for runs in (Native, OnNumPy):
        with forced("arrays" if runs is Native else "numpy"):
            lifted = getattr(programs, name)()
            executable = lifted._shown.executable
            assert {type(bound.program) for bound in executable.blocks._kept.values()} == {runs}
            found[runs] = [
                each.copy()
                for bound in executable.blocks._kept.values()
                for each in (executable.fixed, executable.dfixed, bound.work, bound.dwork)
            ]
    for a, b in zip(*found.values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14, atol=1e-15)


def test_where_a_statement_has_no_instruction_all_run_as_numpy(monkeypatch) -> None:
    def refuse(*args):
        raise Untranslated("nothing")

    monkeypatch.setattr(native, "Native", refuse)
    x = Value(2.0)
    with forced("arrays"):
        lifted = jit(lambda x: engine.exp(x) * x)
        lifted(x).backward()
    assert isinstance(bound_of(lifted), OnNumPy)
    assert x.grad == pytest.approx(3.0 * np.exp(2.0), rel=1e-15)


def test_where_there_is_no_compiled_core_all_run_as_numpy(monkeypatch) -> None:
    monkeypatch.setattr(native, "Executor", None)
    with forced("arrays"):
        lifted = jit(lambda x: engine.exp(x) * x)
        assert lifted(Value(2.0)).data == pytest.approx(2.0 * np.exp(2.0), rel=1e-15)
    assert isinstance(bound_of(lifted), OnNumPy)


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [(3.0, IndexError, "index 3 is out of range for a sequence of 3"), (0.5, TypeError, "got 0.5")],
)
def test_an_index_out_of_range_is_told_as_numpy_tells_it(index, error, message) -> None:
    xs, weight = [Value(float(i)) for i in range(3)], Value(1.0)
    with forced("arrays"):
        lifted = jit(lambda i: take(xs, i) * weight)
        assert lifted(1.0).data == 1.0
        with pytest.raises(error, match=message):
            lifted(index)
        assert lifted(2.0).data == 2.0


def test_each_of_several_outputs_has_its_gradients() -> None:
    x, y = Value(0.5), Value(2.0)
    with forced("arrays"):
        a, b = jit(lambda x, y: (x * y, engine.exp(x) - y))(x, y)
    a.backward()
    assert (x.grad, y.grad) == (2.0, 0.5)
    x.grad = y.grad = 0.0
    b.backward()
    assert (x.grad, y.grad) == (pytest.approx(np.exp(0.5), rel=1e-15), -1.0)


@pytest.mark.parametrize("count", [1, 2, 63, 1000])
def test_means_over_samples_are_summed_by_the_core(count) -> None:
    w = Value(0.5)
    xs = np.random.default_rng(1).normal(size=count)
    lifted = jit(lambda x: engine.tanh(w * x) + w, batch=True)
    result = lifted(xs)
    result.backward()
    assert isinstance(bound_of(lifted, count), Native)
    assert result.data == pytest.approx(np.tanh(0.5 * xs).mean() + 0.5, rel=1e-14)
    assert w.grad == pytest.approx((xs / np.cosh(0.5 * xs) ** 2).mean() + 1.0, rel=1e-13)


def test_blocks_of_samples_are_bound_each_to_cells_of_its_width(monkeypatch) -> None:
    monkeypatch.setattr(blocks, "_NARROWEST", 16)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1)
    monkeypatch.setattr(blocks, "get_num_threads", lambda: 1)
    w = Value(0.5)
    xs = np.random.default_rng(2).normal(size=50)
    lifted = jit(lambda x: (w * x) ** 2, batch=True)
    lifted(xs).backward()
    assert {2, 16} <= set(lifted._shown.executable.blocks._kept)  # and one for the sample of an audit
    assert w.grad == pytest.approx(2.0 * 0.5 * (xs**2).mean(), rel=1e-14)


def test_what_overflows_warns_of_nothing_and_is_run_as_written() -> None:
    """The suite turns warnings into errors."""
    x = Value(800.0)
    for batch, given in ((False, x), (True, np.array([800.0, -800.0]))):
        with forced("arrays"):
            result = jit(lambda x: engine.exp(x) * engine.exp(x), batch=batch)(given)
        assert result.data == np.inf


def test_a_program_is_freed_with_the_last_reference_to_it() -> None:
    w = Value(0.5)
    xs = [Value(1.0), Value(2.0)]
    for f, given in ((lambda x: engine.tanh(w * x), 0.5), (lambda i: take(xs, i) * w, 1.0)):
        with forced("arrays"):
            lifted = jit(f)
            lifted(given)
        executable = lifted._shown.executable
        assert isinstance(executable.blocks._kept[1].program, Native)
        gone = weakref.ref(executable.blocks._kept[1].program)
        gc.collect()
        gc.disable()
        try:
            executable.blocks._kept.clear()
            executable._single = None
            assert gone() is None
        finally:
            gc.enable()
