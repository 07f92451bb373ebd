"""The numbers of an epoch."""

import pytest

from engine import is_grad_enabled
from nn import METRICS, MLP, Dropout, Sequential, accuracy, binary_cross_entropy_with_logits, hinge, mse
from nn.losses import as_loss
from nn.training.evaluate import metric_functions, scores


def worst(targets, predictions):
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
    assert metric([1, 0], [0.3, -0.3]) == right


def test_metric_added_to_the_table_can_be_named(monkeypatch) -> None:
    monkeypatch.setitem(METRICS, "worst", worst)
    assert metric_functions("worst", as_loss(mse)) == {"worst": worst}


def test_functions_of_scikit_learn_are_metrics() -> None:
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    found = scores(MLP(1, [1]), lambda: (0.0, [2.0, 1.0]), [1.0, 4.0], {"r2": sklearn_metrics.r2_score})
    assert found["r2"] == sklearn_metrics.r2_score([1.0, 4.0], [2.0, 1.0]) != 0.0


def test_losses_are_metrics_in_their_own_order() -> None:
    metrics = metric_functions({"cost": binary_cross_entropy_with_logits, "mse": mse}, as_loss(mse))
    found = scores(MLP(1, [1]), lambda: (0.0, [2.0, -1.0]), [1, 0], metrics)
    assert found["cost"] == binary_cross_entropy_with_logits([2.0, -1.0], [1, 0])
    assert found["mse"] == mse([2.0, -1.0], [1, 0])


def test_a_metric_that_names_its_arguments_in_the_other_order_is_refused() -> None:
    for wrong in (
        lambda predictions, targets: 0.0,
        lambda y_pred, y_true: 0.0,
        lambda o, targets: 0.0,
        lambda outputs, t: 0.0,
        lambda y, t: 0.0,
    ):
        with pytest.raises(TypeError, match=r"calls a metric as metric\(y_true, y_pred\).*targets first"):
            metric_functions({"mine": wrong}, as_loss(mse))


def test_unknown_metrics_are_refused() -> None:
    with pytest.raises(ValueError, match="no metric is called 'f1'; there are accuracy, or give a function"):
        metric_functions(["f1"], as_loss(mse))
    with pytest.raises(
        TypeError, match=r"a metric must be a name or a function metric\(y_true, y_pred\), got 3"
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
