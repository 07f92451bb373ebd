"""Accuracy, confusion matrix and the table by class; scikit-learn's figures where it is installed."""

import math

import numpy as np
import pytest

from engine import Value
from nn import MLP, SGD, accuracy, classification_report, confusion_matrix, fit, predicted_classes
from nn.metrics.labels import target_classes

TRUE = [0, 0, 0, 1, 1, 2, 2, 2, 2, 1]
PREDICTED = [0, 0, 1, 1, 2, 2, 2, 0, 2, 1]
MATRIX = [[2, 1, 0], [0, 2, 1], [1, 0, 3]]
OUTPUTS = np.eye(3)[PREDICTED] * 4.0 - 1.0


@pytest.mark.parametrize("predictions", [PREDICTED, np.array(PREDICTED), OUTPUTS, OUTPUTS.tolist()])
@pytest.mark.parametrize("targets", [TRUE, np.array(TRUE), np.eye(3)[TRUE], np.array(TRUE, dtype=float)])
def test_outputs_and_targets_in_every_form(predictions, targets) -> None:
    assert accuracy(targets, predictions) == 0.7
    matrix = confusion_matrix(targets, predictions)
    assert matrix.tolist() == MATRIX
    assert matrix.dtype == np.int64


@pytest.mark.parametrize(
    ("predictions", "targets", "threshold"),
    [
        ([0.9, 0.2, 0.4, 0.6], [1, 0, 1, 1], 0.5),
        ([2.0, -1.0, -0.1, 0.1], [1, 0, 1, 1], 0.0),
        ([2.0, -1.0, -0.1, 0.1], [1, -1, 1, 1], 0.0),
        ([Value(2.0), -1.0, -0.1, 0.1], [1, -1, 1, 1], 0.0),
        ([[2.0], [-1.0], [-0.1], [0.1]], [[1], [-1], [1], [1]], 0.0),
        ([1, -1, -1, 1], [1, -1, 1, 1], 0.5),
    ],
)
def test_single_outputs_against_both_conventions_of_two_classes(predictions, targets, threshold) -> None:
    assert accuracy(targets, predictions, threshold) == 0.75
    assert confusion_matrix(targets, predictions, threshold=threshold).tolist() == [[1, 0], [1, 2]]


def test_everything_right_and_everything_wrong() -> None:
    assert accuracy([1, 0], [0.9, 0.1]) == 1.0
    assert accuracy([0, 1], [0.9, 0.1]) == 0.0


@pytest.mark.parametrize(
    ("predictions", "targets", "classes", "shape"),
    [
        ([0.9], [1], None, 2),
        ([0], [0], None, 2),
        ([[0.1, 0.9, 0.0]], [0], None, 3),  # as many as outputs, though the last was not met
        ([0, 1], [0, 1], 5, 5),
        ([4, 0], [0, 1], None, 5),
    ],
)
def test_matrix_has_a_row_for_each_class(predictions, targets, classes, shape) -> None:
    assert confusion_matrix(targets, predictions, classes).shape == (shape, shape)


def test_predictions_of_a_generator() -> None:
    assert confusion_matrix(TRUE, (p for p in PREDICTED)).tolist() == MATRIX


def test_figures_of_scikit_learn() -> None:
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    true, predicted = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    assert accuracy(true, predicted) == sklearn_metrics.accuracy_score(true, predicted)
    matrix = sklearn_metrics.confusion_matrix(true, predicted)
    assert confusion_matrix(true, predicted).tolist() == matrix.tolist()
    table = sklearn_metrics.precision_recall_fscore_support(true, predicted)
    for line, *row in zip(
        classification_report(true, predicted).splitlines()[1:-1], range(4), *table, strict=True
    ):
        assert line.split() == [str(row[0]), *(f"{number:.3f}" for number in row[1:4]), str(row[4])]


def test_table_where_there_is_nothing_to_divide_by() -> None:
    assert classification_report([0, 1, 1], [0, 0, 2], ["ant", "bee", "cricket"]) == (
        "class    precision  recall    F1  samples\n"
        "ant          0.500   1.000 0.667        1\n"
        "bee              -   0.000 0.000        2\n"
        "cricket      0.000       - 0.000        0\n"
        "accuracy 0.333 (1 of 3)"
    )


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, classification_report])
@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [
        ([0.5], [1, 0], "y_true and y_pred differ in length: 2 and 1"),
        ([], [], "at least one prediction, got none"),
        ([0.1, 2.0], [1, 2], "decide between 2 classes, counted from 0, but there is a class 2"),
        ([[0.1, 0.9]], [2], "decide between 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused(metric, predictions, targets, message) -> None:
    with pytest.raises(ValueError, match=message):
        metric(targets, predictions)


def test_too_few_classes_or_names_are_refused() -> None:
    with pytest.raises(ValueError, match="classes=2, but there is a class 2, counted from 0"):
        confusion_matrix([1, 1], [0, 2], classes=2)
    with pytest.raises(ValueError, match="there are 2 classes, got 1 names"):
        classification_report([0], [0.1], ["only"])


SWAPPED = {
    "probabilities": ([0.9, 0.2], [1, 0]),
    "logits": (np.array([2.5, -3.5]), np.array([1, 0])),
    "Values": ([Value(1.0), Value(0.0)], [1, 0]),
    "rows of Values": ([[Value(1.0), Value(0.0)]], [0]),
    "scores": ([[2.0, -1.0], [0.0, 1.5]], [0, 1]),
    "softmax": ([[0.9, 0.1], [0.3, 0.7]], [0, 1]),
    "softmax, one-hot": (np.array([[0.9, 0.1], [0.3, 0.7]]), np.eye(2)),
    "scores, one-hot": (np.array([[2.0, -1.0], [0.0, 1.5]]), np.eye(2)),
}


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, classification_report])
def test_outputs_in_the_place_of_the_true_classes_are_refused(metric) -> None:
    for outputs, classes in SWAPPED.values():
        with pytest.raises(ValueError, match=r"y_true holds .*, an output of a model.*\(y_true, y_pred\)"):
            metric(outputs, classes)
        metric(classes, outputs)


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, classification_report])
def test_names_of_classes_are_refused_with_the_way_out(metric) -> None:
    for names in (["a", "b"], np.array(["a", "b"])):
        for arguments, place in (((names, [0, 1]), "y_true"), (([0, 1], names), "y_pred")):
            with pytest.raises(TypeError, match=rf"{place} holds the name 'a'.*return_inverse=True"):
                metric(*arguments)


def test_soft_targets_are_the_largest_of_their_probabilities() -> None:
    assert accuracy([[0.9, 0.1], [0.2, 0.8]], [[2.0, 1.0], [3.0, 1.0]]) == 0.5


def test_nan_predicts_no_class() -> None:
    def classes(_, outputs):
        return predicted_classes(outputs)

    rows = [[0.1, 0.9], [math.nan, 1.0]]
    for y_pred in ([0.9, math.nan], [[0.9], [math.nan]], rows, [Value(0.9), Value(math.nan)]):
        for given in (y_pred, np.array(y_pred)):
            assert math.isnan(accuracy([1, 0], given))
            for metric in (confusion_matrix, classification_report, classes):
                with pytest.raises(ValueError, match=r"\[1\] is nan or holds nan, as 1 of 2 do: nan "):
                    metric([1, 0], given)
    with pytest.raises(ValueError, match="a target must be a class, got"):
        target_classes([[0, 1], [math.nan, 1]])
    model = MLP(1, [2], rng=0)
    model.layers[0].neurons[0].b.data = math.nan
    options = {"loss": "cross_entropy", "optimizer": SGD, "metrics": "accuracy", "epochs": 2}
    diverged = fit(model, [[1.0], [2.0]], [0, 1], **options)
    assert np.isnan(diverged["accuracy"]).all()
