"""The block that every transform runs its function in."""

import threading

import numpy as np
import pytest

import engine
from engine import Value
from engine.differentiating import differentiating, is_differentiating, is_variable, variables_around


def watched(seen):
    """A function for every transform, which notes whether it runs in a block."""

    def f(x):
        seen.append(is_differentiating())
        return x * x * x

    return f


RUNS = {
    "grad": lambda f: engine.grad(f)(2.0),
    "value_and_grad": lambda f: engine.value_and_grad(f)(2.0),
    "jacobian": lambda f: engine.jacobian(f)(2.0),
    "jacfwd": lambda f: engine.jacfwd(f)(2.0),
    "jacrev": lambda f: engine.jacrev(f)(2.0),
    "hessian": lambda f: engine.hessian(f)(2.0),
    "hvp": lambda f: engine.hvp(f, (2.0,), (1.0,)),
    "jvp": lambda f: engine.jvp(f, (2.0,), (1.0,)),
    "vjp": lambda f: engine.vjp(f, 2.0),
    "derivatives": lambda f: engine.derivatives(f, 2.0, 3),
    "taylor": lambda f: engine.taylor(f, 2.0, 3),
    "jit": lambda f: engine.jit(f)(2.0),
    "jit, batched": lambda f: engine.jit(f, batch=True)([1.0, 2.0]),
    "vmap": lambda f: engine.vmap(f)(np.arange(1.0, 4.0)),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_every_transform_runs_its_function_in_the_block(run) -> None:
    seen: list[bool] = []
    run(watched(seen))
    assert seen
    assert all(seen)
    assert not is_differentiating()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_an_error_ends_the_block(run) -> None:
    def fails(x):
        raise ZeroDivisionError("in f")

    with pytest.raises(Exception, match="in f"):
        run(fails)
    assert not is_differentiating()


def test_gradcheck_runs_its_function_in_the_block() -> None:
    seen: list[bool] = []
    engine.gradcheck(watched(seen), 2.0)
    assert seen[0]
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
