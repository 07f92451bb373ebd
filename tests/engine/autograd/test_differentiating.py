"""The block that every transform runs its function in."""

import threading

import pytest

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
