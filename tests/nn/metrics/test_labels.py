"""Which class an output and a target mean."""

import math

import numpy as np
import pytest

from engine import Value
from nn import Perceptron, predicted_classes
from nn.metrics.labels import NO_CLASS, as_predicted, number_of_classes, target_classes


@pytest.mark.parametrize(
    ("outputs", "classes"),
    [
        ([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0]], [1, 0]),
        ([[Value(0.1), Value(0.7)]], [1]),
        (np.array([[0.1, 0.7], [0.7, 0.1]]), [1, 0]),
        ([[1.0, 1.0]], [0]),  # of equal ones the first
        ([0.4, 0.5, 0.6], [0, 0, 1]),
        ([[0.4], [Value(0.6)]], [0, 1]),
        (np.array([0.4, 0.6]), [0, 1]),
        ([2, 0, np.int64(1), True, -1], [2, 0, 1, 1, 0]),
        (np.array([2, 0, 1]), [2, 0, 1]),
        (np.array([[2], [0]]), [2, 0]),
        ([Perceptron(1, init=1.0)([x]) for x in (-1.0, 1.0)], [0, 1]),
        ([], []),
    ],
)
def test_class_of_an_output(outputs, classes) -> None:
    assert predicted_classes(outputs) == classes


@pytest.mark.parametrize(("threshold", "classes"), [(0.5, [0, 0, 1]), (0.0, [0, 1, 1]), (2.0, [0, 0, 0])])
def test_threshold_decides_for_single_outputs(threshold, classes) -> None:
    assert predicted_classes([-0.4, 0.4, 1.4], threshold) == classes


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        ([2, 0.0, -1, 1.0, True], [2, 0, 0, 1, 1]),
        (np.array([[1], [0]]), [1, 0]),
        ([[0, 1, 0], [1, 0, 0]], [1, 0]),
        (np.eye(3), [0, 1, 2]),
        ([Value(1.0)], [1]),
        ([], []),
    ],
)
def test_class_of_a_target(targets, classes) -> None:
    assert target_classes(targets) == classes


@pytest.mark.parametrize("wrong", [0.5, -2, math.nan, math.inf])
def test_target_that_is_no_class_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match="a target must be the index of a class, or -1 or"):
        target_classes([0, wrong])


@pytest.mark.parametrize(
    ("output", "count"), [([1.0, 2.0, 3.0], 3), (0.5, 2), ([0.5], 2), (Value(0.5), 2), (1, None), ([1], None)]
)
def test_number_of_classes(output, count) -> None:
    assert number_of_classes(output) == count


def test_sample_without_outputs_is_refused() -> None:
    with pytest.raises(ValueError, match="a sample needs at least one output, got none"):
        predicted_classes([[]])


NUMBERS = np.random.default_rng(0).normal(size=(40, 3)).round(1)
TABLES = {
    "floats": NUMBERS[:, 0],
    "floats and nan": np.where(NUMBERS[:, 0] > 0.5, math.nan, NUMBERS[:, 0]),
    "integers": NUMBERS[:, 0].astype(int) * 2 - 1,
    "singles": NUMBERS[:, 0].astype(np.float32),
    "columns of one": NUMBERS[:, :1],
    "rows": NUMBERS,
    "rows with nan": np.where(NUMBERS > 1.0, math.nan, NUMBERS),
    "rows of integers": NUMBERS.astype(int),
    "booleans": NUMBERS[:, 0] > 0.0,
    "infinities": np.array([math.inf, -math.inf, 1.0]),
}


@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("name", TABLES)
def test_all_at_once_are_the_classes_one_by_one(name, threshold, as_list) -> None:
    outputs = TABLES[name].tolist() if as_list else TABLES[name]
    one_by_one = [as_predicted([output], threshold)[0] for output in TABLES[name].tolist()]
    slowly = as_predicted([*TABLES[name].tolist(), Value(0.0)], threshold)[:-1].tolist()
    at_once = as_predicted(outputs, threshold).tolist()
    assert at_once == one_by_one == slowly
    if "nan" in name:
        unknown = np.isnan(TABLES[name]).reshape(len(at_once), -1).any(axis=1)
        assert [found == NO_CLASS for found in at_once] == unknown.tolist()
    else:
        assert predicted_classes(outputs, threshold) == at_once


@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize(
    "targets",
    [np.arange(-1, 5), np.arange(-1.0, 5.0), np.eye(3), np.eye(3, dtype=int), np.array([[1.0], [-1.0]])],
)
def test_all_targets_at_once_are_those_one_by_one(targets, as_list) -> None:
    given = targets.tolist() if as_list else targets
    slowly = target_classes([*targets.tolist(), Value(0.0)])[:-1]
    assert target_classes(given) == slowly


def test_a_huge_class_is_itself() -> None:
    assert target_classes([2.0**70, 1.0]) == [2**70, 1]
    assert target_classes([2**70, 1]) == [2**70, 1]
