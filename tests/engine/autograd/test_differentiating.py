"""The block that every transform runs its function in."""

import math
import threading

import numpy as np
import pytest

import engine
from engine import Value
from engine.autograd.differentiating import differentiating, is_differentiating, is_variable, variables_around
from tests.engine.transforms_table import TRANSFORMS


def watched(seen):
    """A function for every transform, which notes whether it runs in a block."""

    def f(x):
        seen.append(is_differentiating())
        return x * x * x

    return f


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_every_transform_runs_its_function_in_the_block(transform) -> None:
    seen: list[bool] = []
    transform(watched(seen), 2.0)
    assert seen[0]
    assert not is_differentiating()


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_an_error_ends_the_block(transform) -> None:
    def fails(x):
        raise ZeroDivisionError("in f")

    with pytest.raises(Exception, match="in f"):
        transform(fails, 2.0)
    assert not is_differentiating()


def test_a_plain_call_of_a_function_is_no_transform() -> None:
    seen: list[bool] = []
    watched(seen)(Value(2.0)).backward()
    assert seen == [False]


def test_variables_are_those_of_all_blocks() -> None:
    x, y, z = (Value(1.0) for _ in range(3))
    with differentiating([x]), differentiating([y]):
        assert variables_around() == {x, y}
        assert [is_variable(each) for each in (x, y, z)] == [True, True, False]
    assert variables_around() == set()


def test_another_thread_is_in_no_block() -> None:
    found = []
    with differentiating():
        thread = threading.Thread(target=lambda: found.append(is_differentiating()))
        thread.start()
        thread.join()
    assert found == [False]


def _tried(p, take, default=1.0):
    try:
        return take(p)
    except TypeError:
        return default


def _into_floats(p):
    floats = np.zeros(2)
    floats[0] = p
    return float(floats[0])


SWALLOWED = {
    "math": lambda p: _tried(p, math.exp) * p,
    "an array of floats": lambda p: _tried(p, _into_floats) * p,
    "in a list": lambda p: sum([p, *(_tried(p, math.sqrt) for _ in range(3))]),
    "by another error": lambda p: {}[_tried(p, math.exp)],
}

TAKEN_BY = {
    "grad": lambda f: engine.grad(f)(0.5),
    "jacobian": lambda f: engine.jacobian(f)(0.5),
    "jvp": lambda f: engine.jvp(f, (0.5,), (1.0,)),
    "hvp": lambda f: engine.hvp(f, (0.5,), (1.0,)),
    "derivatives": lambda f: engine.derivatives(f, 0.5, 2),
    "grad of grad": lambda f: engine.grad(engine.grad(f))(0.5),
    "jit": lambda f: engine.jit(f)(0.5),
    "jit of grad": lambda f: engine.jit(engine.grad(f))(0.5),
    "gradcheck": lambda f: engine.gradcheck(f, 0.5),
}


@pytest.mark.parametrize("f", SWALLOWED.values(), ids=SWALLOWED)
@pytest.mark.parametrize("transform", TAKEN_BY.values(), ids=TAKEN_BY)
def test_a_refusal_that_was_swallowed_is_raised_at_the_end(transform, f) -> None:
    with pytest.raises(TypeError, match=r"(?s)out of a Value.*test_differentiating.py.*caught or ignored"):
        transform(f)


def test_a_refusal_that_was_swallowed_in_an_inner_transform_is_raised_by_the_outer() -> None:
    with pytest.raises(TypeError, match="caught or ignored before"):
        engine.grad(lambda p: _tried(p, engine.grad(math.exp)) * p)(0.5)


def test_what_loses_no_gradient_may_be_tried() -> None:
    assert engine.grad(lambda p: _tried(p.detach(), math.exp, 7.0) * p)(0.5) == 7.0
    assert engine.grad(lambda p: _tried(p.data, math.exp) * p)(0.0) == 1.0
    assert _tried(Value(0.5), math.exp) == 1.0


def test_an_error_of_ones_own_made_of_a_refusal_is_left_alone() -> None:
    def f(p):
        try:
            return math.exp(p)
        except TypeError as error:
            raise KeyError("mine") from error

    with pytest.raises(KeyError, match="mine"):
        engine.grad(f)(0.5)


def test_c_code_that_takes_no_notice_of_an_error_ends_in_the_error() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    with pytest.raises(TypeError, match=r"(?s)brentq.*out of a Value.*test_differentiating.py"):
        engine.grad(lambda p: p * optimize.brentq(lambda t: t * t - p, 0.0, 5.0))(2.0)


def test_ufunc_at_on_an_array_of_floats_is_a_type_error() -> None:
    def f(p):
        np.add.at(np.zeros(2), [0, 1], p)
        return p

    with pytest.raises(TypeError, match="cannot hold Values"):
        engine.grad(f)(2.0)
