"""Accuracy, confusion matrix and classification report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nn.data.dataset import read_sequence
from nn.metrics.labels import Classes, as_predicted, as_true, number_of_classes

__all__ = ["accuracy", "classification_report", "confusion_matrix"]


def accuracy(predictions: Any, targets: Any, threshold: float = 0.5) -> float:
    """The fraction of samples whose class is predicted correctly.

    Args:
        predictions: for each sample its outputs, see :func:`nn.predicted_classes`: of several the largest
            counts, a single one is class 1 above the threshold; integers are classes.
        targets: for each sample its class; with single outputs 0 and 1, or -1 and +1; or one-hot.
        threshold: for single outputs: 0.5 for probabilities, 0 for logits and scores.

    Raises:
        ValueError: predictions and targets differ in length, or are empty; a target is not a class, or
            is above 1 where the predictions are single outputs.

    >>> accuracy([[0.1, 0.7, 0.2], [2.0, -1.0, 0.0]], [1, 2])
    0.5
    >>> accuracy([0.9, 0.2, 0.4], [1, 0, 1]), accuracy([3.0, -0.1], [1, -1], threshold=0.0)
    (0.6666666666666666, 1.0)
    """
    predicted, true = _classes(predictions, targets, threshold)
    return int(np.count_nonzero(predicted == true)) / len(true)


def confusion_matrix(
    predictions: Any, targets: Any, classes: int | None = None, *, threshold: float = 0.5
) -> npt.NDArray[np.int64]:
    """Counts of how often each class (row) was predicted as each class (column).

    Args:
        predictions, targets, threshold: as in :func:`accuracy`. The order is that of the losses; in
            scikit-learn's ``confusion_matrix(y_true, y_pred)`` it is the other way round.
        classes: their number; by default that of the outputs, or of the classes found, at least 2.

    Returns:
        Counts, an array of shape (classes, classes).

    Raises:
        ValueError: as in :func:`accuracy`; or a class is not below ``classes``.

    >>> confusion_matrix([0.9, 0.2, 0.4, 0.8], [1, 0, 1, 1])
    array([[1, 0],
           [1, 2]])
    """
    outputs = read_sequence("predictions", predictions)
    predicted, true = _classes(outputs, targets, threshold)
    last = int(max(predicted.max(), true.max()))
    count = max(last + 1, number_of_classes(outputs[0]) or 2) if classes is None else classes
    if last >= count:
        raise ValueError(f"classes={classes}, but there is a class {last}, counted from 0")
    matrix = np.zeros((count, count), dtype=np.int64)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


def classification_report(
    predictions: Any, targets: Any, names: Sequence[str] | None = None, *, threshold: float = 0.5
) -> str:
    """A text table of precision, recall, F1 and number of samples by class, with the accuracy below it.

    Precision is the share of the predictions of a class that are right, recall the share of its samples that
    are found, F1 their harmonic mean; ``-`` stands where the denominator is 0.

    Args:
        predictions, targets, threshold: as in :func:`accuracy`.
        names: of the classes; by default their numbers.

    Raises:
        ValueError: as in :func:`accuracy`; or the number of names is not that of the classes.

    >>> print(classification_report([0.9, 0.2, 0.4, 0.8], [1, 0, 1, 1], ["no", "yes"]))
    class  precision  recall    F1  samples
    no         0.500   1.000 0.667        1
    yes        1.000   0.667 0.800        3
    accuracy 0.750 (3 of 4)
    """
    matrix = confusion_matrix(
        predictions, targets, None if names is None else max(len(names), 2), threshold=threshold
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


def _classes(predictions: Any, targets: Any, threshold: float) -> tuple[Classes, Classes]:
    """The predicted and the true class of each sample."""
    outputs = read_sequence("predictions", predictions)
    predicted, true = as_predicted(outputs, threshold), as_true(targets)
    if len(predicted) != len(true):
        raise ValueError(f"predictions and targets differ in length: {len(predicted)} and {len(true)}")
    if not len(true):
        raise ValueError("a metric needs at least one prediction, got none")
    decided = number_of_classes(outputs[0])
    if decided is not None and true.max() >= decided:
        raise ValueError(
            f"the outputs decide between {decided} classes, counted from 0, but there is a target "
            f"{true.max()}; a model has an output for each class, or one for two (where the predictions are "
            "classes themselves, they must be integers)"
        )
    return predicted, true
