"""The callable that jit returns, as an object: as a method, copied, pickled."""

import copy
import pickle

import pytest

import engine
from engine import Value


class Model:
    """A parameter and two lifted methods."""

    def __init__(self, w: float) -> None:
        self.w = Value(w)

    @engine.jit
    def times(self, x):
        return self.w * x

    @engine.vmap
    def each(self, x):
        return self.w * x


@engine.jit
def square(x):
    return x * x


def duplicated(model):
    return pickle.loads(pickle.dumps(model))  # noqa: S301  # written here


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, duplicated])
def test_a_method_of_a_copy_is_about_the_copy(copied) -> None:
    model = Model(2.0)
    assert model.times(3.0).data == 6.0
    other = copied(model)
    other.w = Value(10.0)
    assert (model.times(3.0).data, other.times(3.0).data) == (6.0, 30.0)
    assert model.times(3.0).data == 6.0


def test_a_deep_copy_has_gradients_of_its_own() -> None:
    model = Model(2.0)
    model.times(3.0)
    other = copy.deepcopy(model)
    other.times(3.0).backward()
    assert (model.w.grad, other.w.grad) == (0.0, 3.0)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, duplicated])
def test_a_function_is_copied_as_functions_are(copied) -> None:
    square(3.0)
    assert copied(square) is square


def test_programs_of_a_method_are_kept_with_its_object() -> None:
    model = Model(2.0)
    for x in (1.0, 2.0):
        model.times(x)
    assert model.times is model.times
    assert model.times.traces == 1


def test_a_method_can_be_replaced_on_one_object() -> None:
    model = Model(2.0)
    model.times = lambda x: -x
    assert model.times(3.0) == -3.0
    del model.times
    assert model.times(3.0).data == 6.0


def test_a_mapped_method_maps() -> None:
    assert Model(2.0).each([1.0, 2.0]).tolist() == [2.0, 4.0]
