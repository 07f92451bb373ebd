"""The numbers of an epoch."""

import pytest

from engine import is_grad_enabled
from nn import METRICS, MLP, Dropout, Sequential, accuracy, binary_cross_entropy_with_logits, hinge, mse
from nn.losses import as_loss
from nn.training.evaluate import metric_functions, scores


def worst(predictions, targets):
    return max(abs(y - t) for y, t in zip(predictions, targets, strict=True))


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ("accuracy", ["accuracy"]),
        (["accuracy", worst], ["accuracy", "worst"]),
        (worst, ["worst"]),
        ({"largest": worst, "right": "accuracy"}, ["largest", "right"]),
        ((), []),
        ([Sequential(abs)], ["metric"]),
    ],
)
def test_metrics_have_names(metrics, names) -> None:
    assert list(metric_functions(metrics, as_loss(mse))) == names


@pytest.mark.parametrize(
    ("loss", "right"), [(mse, 0.5), (binary_cross_entropy_with_logits, 1.0), (hinge, 1.0), (max, 0.5)]
)
@pytest.mark.parametrize("metrics", ["accuracy", accuracy])
def test_threshold_of_accuracy_is_0_with_losses_of_signed_outputs(loss, right, metrics) -> None:
    metric = metric_functions(metrics, as_loss(loss))["accuracy"]
    assert metric([0.3, -0.3], [1, 0]) == right


def test_metric_added_to_the_table_can_be_named(monkeypatch) -> None:
    monkeypatch.setitem(METRICS, "worst", worst)
    assert metric_functions("worst", as_loss(mse)) == {"worst": worst}


def test_unknown_metrics_are_refused() -> None:
    with pytest.raises(ValueError, match="no metric is called 'f1'; there are accuracy, or give a function"):
        metric_functions(["f1"], as_loss(mse))
    with pytest.raises(
        TypeError, match="a metric must be a name or a function of predictions and targets, got 3"
    ):
        metric_functions([3], as_loss(mse))


def test_scores_are_those_of_evaluation_without_gradients() -> None:
    seen = []
    model = Sequential(MLP(1, [1], init="ones"), Dropout(0.9, rng=0))

    def forward():
        seen.append(is_grad_enabled())
        outputs = [model([x]) for x in (1.0, 2.0)]
        return mse(outputs, [1.0, 4.0]), outputs

    assert scores(model, forward, [1.0, 4.0], {"worst": worst}) == {"loss": 2.0, "worst": 2.0}
    assert seen == [False]
    assert model.training


def test_loss_may_be_a_bare_number() -> None:
    assert scores(MLP(1, [1]), lambda: (3, []), [1.0], {}) == {"loss": 3.0}
