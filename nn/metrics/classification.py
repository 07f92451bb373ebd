"""Accuracy, confusion matrix and classification report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nn.data.dataset import read_sequence
from nn.metrics.labels import (
    NO_CLASS,
    Classes,
    as_predicted,
    as_true,
    number_of_classes,
    refuse_no_class,
    refuse_outputs,
)

__all__ = ["accuracy", "classification_report", "confusion_matrix"]


def accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> float:
    """The fraction of samples whose class is predicted correctly; nan where an output is nan.

    Args:
        y_true: for each sample its class; with single outputs 0 and 1, or -1 and +1; or one-hot. It comes
            first, as in scikit-learn; in a loss, as in PyTorch, the outputs do.
        y_pred: for each sample its outputs, see :func:`nn.predicted_classes`: of several the largest
            counts, a single one is class 1 above the threshold; integers are classes.
        threshold: for single outputs: 0.5 for probabilities, 0 for logits and scores.

    Raises:
        ValueError: they differ in length, or are empty; something in y_true is not a class, as where the two
            are swapped; or is above 1 where y_pred are single outputs.

    >>> accuracy([1, 2], [[0.1, 0.7, 0.2], [2.0, -1.0, 0.0]])
    0.5
    >>> accuracy([1, 0, 1], [0.9, 0.2, 0.4]), accuracy([1, -1], [3.0, -0.1], threshold=0.0)
    (0.6666666666666666, 1.0)
    """
    true, predicted = _classes(y_true, y_pred, threshold)
    if (predicted == NO_CLASS).any():
        return math.nan
    return int(np.count_nonzero(predicted == true)) / len(true)


def confusion_matrix(
    y_true: Any, y_pred: Any, classes: int | None = None, *, threshold: float = 0.5
) -> npt.NDArray[np.int64]:
    """Counts of how often each class (row) was predicted as each class (column).

    Args:
        y_true, y_pred, threshold: as in :func:`accuracy`.
        classes: their number; by default that of the outputs, or of the classes found, at least 2.

    Returns:
        Counts, an array of shape (classes, classes).

    Raises:
        ValueError: as in :func:`accuracy`; or a class is not below ``classes``, or an output is nan.

    >>> confusion_matrix([1, 0, 1, 1], [0.9, 0.2, 0.4, 0.8])
    array([[1, 0],
           [1, 2]])
    """
    outputs = read_sequence("y_pred", y_pred)
    true, predicted = _classes(y_true, outputs, threshold)
    refuse_no_class("y_pred", predicted)
    last = int(max(predicted.max(), true.max()))
    count = max(last + 1, number_of_classes(outputs[0]) or 2) if classes is None else classes
    if last >= count:
        raise ValueError(f"classes={classes}, but there is a class {last}, counted from 0")
    matrix = np.zeros((count, count), dtype=np.int64)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


def classification_report(
    y_true: Any, y_pred: Any, names: Sequence[str] | None = None, *, threshold: float = 0.5
) -> str:
    """A text table of precision, recall, F1 and number of samples by class, with the accuracy below it.

    Precision is the share of the predictions of a class that are right, recall the share of its samples that
    are found, F1 their harmonic mean; ``-`` stands where the denominator is 0.

    Args:
        y_true, y_pred, threshold: as in :func:`accuracy`.
        names: of the classes; by default their numbers.

    Raises:
        ValueError: as in :func:`accuracy`; or the number of names is not that of the classes.

    >>> print(classification_report([1, 0, 1, 1], [0.9, 0.2, 0.4, 0.8], ["no", "yes"]))
    class  precision  recall    F1  samples
    no         0.500   1.000 0.667        1
    yes        1.000   0.667 0.800        3
    accuracy 0.750 (3 of 4)
    """
    matrix = confusion_matrix(
        y_true, y_pred, None if names is None else max(len(names), 2), threshold=threshold
    )
    names = [str(i) for i in range(len(matrix))] if names is None else list(names)
    if len(names) != len(matrix):
        raise ValueError(f"there are {len(matrix)} classes, got {len(names)} names")
    width = max(5, *map(len, names))
    lines = [f"{'class':<{width}}  precision  recall    F1  samples"]
    for i, name in enumerate(names):
        hits, found, there = matrix[i, i], matrix[:, i].sum(), matrix[i].sum()
        rates = [_rate(hits, found), _rate(hits, there), _rate(2 * hits, found + there)]
        precision, recall, f1 = rates
        lines.append(f"{name:<{width}} {precision:>10} {recall:>7} {f1:>5} {there:>8}")
    right, total = int(np.trace(matrix)), int(matrix.sum())
    return "\n".join([*lines, f"accuracy {right / total:.3f} ({right} of {total})"])


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _classes(y_true: Any, y_pred: Any, threshold: float) -> tuple[Classes, Classes]:
    """The true and the predicted class of each sample."""
    targets, outputs = read_sequence("y_true", y_true), read_sequence("y_pred", y_pred)
    refuse_outputs(targets, outputs)
    true, predicted = as_true(targets), as_predicted(outputs, threshold)
    if len(predicted) != len(true):
        raise ValueError(f"y_true and y_pred differ in length: {len(true)} and {len(predicted)}")
    if not len(true):
        raise ValueError("a metric needs at least one prediction, got none")
    decided = number_of_classes(outputs[0])
    if decided is not None and true.max() >= decided:
        raise ValueError(
            f"the outputs in y_pred decide between {decided} classes, counted from 0, but there is a class "
            f"{true.max()} in y_true; a model has an output for each class, or one for two (where y_pred are "
            "classes themselves, they must be integers)"
        )
    return true, predicted
