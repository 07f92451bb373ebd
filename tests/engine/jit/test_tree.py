"""Arguments and results taken apart and put together."""

import numpy as np
import pytest

import engine
from engine import jit, vmap
from engine.jit.tree import equal_statics
from tests.engine.jit.forms import FORMS, forced

NAN = float("nan")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, True),
        (1.0, 2.0, False),
        (NAN, float("nan"), True),
        (None, None, True),
        ("a", "b", False),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0]), True),
        (np.array([1.0, NAN]), np.array([1.0, NAN]), True),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), False),
        (np.array([1.0, 2.0]), np.array([1.0]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array([1, 2]), None, False),
    ],
)
def test_what_is_no_value_is_compared_as_it_is(a, b, expected) -> None:
    assert equal_statics(a, b) is expected


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_plain_numbers_in_results_gain_the_axis_of_samples(form) -> None:
    with forced(form):
        squares, same = vmap(lambda x: (x * x, np.array([1.0, 2.0])))([1.0, 2.0, 3.0])
    assert squares.tolist() == [1.0, 4.0, 9.0]
    assert same.tolist() == [[1.0, 2.0]] * 3


@pytest.mark.parametrize("lift", [jit, vmap, lambda f: jit(f, batch=True)])
@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lambda numbers: (each for each in numbers), "generator"),
        (iter, "list_iterator"),
        (lambda numbers: iter(tuple(numbers)), "tuple_iterator"),
        (lambda numbers: map(float, numbers), "map"),
        (lambda numbers: filter(None, numbers), "filter"),
        (lambda numbers: zip(numbers, numbers, strict=True), "zip"),
        (enumerate, "enumerate"),
        (lambda numbers: dict(enumerate(numbers)).values(), "dict_values"),
        (lambda numbers: dict(enumerate(numbers)).items(), "dict_items"),
    ],
)
def test_what_a_program_cannot_read_anew_is_refused(lift, made, kind) -> None:
    lifted = lift(lambda x, y: x)
    advice = r"pass list\(\.\.\.\) of it"
    for place, nest in (("0", lambda x: x), (r"0\[0\]", lambda x: [x])):
        with pytest.raises(TypeError, match=rf"^argument {place} is of type {kind}, .*{advice}"):
            lifted(nest(made([1.0, 2.0])), [1.0, 2.0])


def test_numbers_shown_by_a_dict_are_not_frozen() -> None:
    lifted, shown = jit(lambda x, numbers: x * sum(numbers)), {"a": 1.0}
    with pytest.raises(TypeError, match="dict_values"):
        lifted(2.0, shown.values())
    for number in (1.0, 5.0):
        shown["a"] = number
        assert lifted(2.0, list(shown.values())).data == 2.0 * number


@pytest.mark.parametrize("lift", [engine.jit, lambda f: engine.jit(f, batch=True), engine.vmap])
def test_masked_arrays_are_refused(lift) -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    for given in (masked, [masked, masked]):
        with pytest.raises(ValueError, match="is a masked array"):
            lift(lambda x: engine.sum(x) if isinstance(x, np.ndarray) else x)(given)
    lift(lambda x: engine.sum(x) if isinstance(x, np.ndarray) else x)(np.ma.masked_array([1.0, 2.0]))
