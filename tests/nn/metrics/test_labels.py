"""Which class an output and a target mean."""

import math

import numpy as np
import pytest

from engine import Value
from nn import Perceptron, predicted_classes
from nn.metrics.labels import number_of_classes, target_classes


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
