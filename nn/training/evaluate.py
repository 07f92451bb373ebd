"""Loss and metrics of a model on samples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import signature
from typing import Any

from engine.quoting import brief
from nn.data.numbers import number_of, numbers_of
from nn.losses import LOSSES, Loss
from nn.metrics.classification import accuracy
from nn.modules.module import Module
from nn.training.predict import in_evaluation_mode

__all__ = ["METRICS", "Metrics", "metric_functions", "scores"]

Metric = Callable[[Any, Any], float]

Metrics = str | Metric | Iterable[str | Metric] | Mapping[str, Metric]
"""Forms of metrics: names in the table or functions, one or several, or functions by name."""

METRICS: dict[str, Metric] = {"accuracy": accuracy}
"""The metrics by name. A function added here can be named in :func:`nn.fit`."""


def metric_functions(metrics: Metrics, loss: Loss) -> dict[str, Metric]:
    """Metric functions by their names in a history.

    Args:
        metrics: names in ``METRICS``, functions called as ``metric(y_true, y_pred)``, or a dict of functions
            by name. The losses of the table are called in their own order.
        loss: the row of the loss that is trained with, which says where ``"accuracy"`` has its threshold.

    Raises:
        ValueError: a name is unknown.
        TypeError: a metric is neither a name nor a function, or names its arguments in the other order.

    >>> from nn.losses import as_loss
    >>> list(metric_functions(["accuracy"], as_loss("hinge")))
    ['accuracy']
    """
    if isinstance(metrics, Mapping):
        named = dict(metrics)
    else:
        listed = [metrics] if isinstance(metrics, str) or callable(metrics) else list(metrics)
        names = [each if isinstance(each, str) else getattr(each, "__name__", "metric") for each in listed]
        named = dict(zip(names, listed, strict=True))
    for name, each in named.items():
        if isinstance(each, str):
            if each not in METRICS:
                known = ", ".join(METRICS)
                raise ValueError(f"no metric is called {brief(each)}; there are {known}, or give a function")
            named[name] = each = METRICS[each]
        if not callable(each):
            raise TypeError(
                f"a metric must be a name or a function metric(y_true, y_pred), got {brief(each)}"
            )
        if each is accuracy:
            named[name] = partial(accuracy, threshold=loss.threshold)
        elif any(each is row or each is getattr(row, "function", row) for row in LOSSES.values()):
            named[name] = partial(_loss_as_metric, each)
        else:
            _refuse_other_order(name, each)
    return named


def _loss_as_metric(loss: Callable[[Any, Any], Any], y_true: Any, y_pred: Any) -> Any:
    return number_of(loss(y_pred, y_true))


_OF_OUTPUTS = re.compile(
    r"o|outs?|outputs?|pred(icted|ictions?|s)?|y_?(pred|hat)|logits|scores|prob(abilitie)?s"
)
_OF_TARGETS = re.compile(r"t|targets?|(y_?)?true|truth|labels?|expected")
"""Names that people give the arguments of a metric."""


def _refuse_other_order(name: str, metric: Metric) -> None:
    """Refuse a function whose arguments are named the other way round."""
    try:
        names = [parameter.name for parameter in signature(metric).parameters.values()][:2]
    except (TypeError, ValueError):  # written in C
        return
    if len(names) == 2 and (_OF_OUTPUTS.fullmatch(names[0]) or _OF_TARGETS.fullmatch(names[1])):
        raise TypeError(
            f"fit calls a metric as metric(y_true, y_pred), as scikit-learn does, but the arguments of "
            f"{brief(name)} are ({', '.join(names)}): put the targets first"
        )


def scores(
    model: Module, forward: Callable[[], tuple[Any, Any]], y: Any, metrics: Mapping[str, Metric]
) -> dict[str, float]:
    """The loss and the metrics of a model on samples, in evaluation mode and without gradients.

    Args:
        model: the model.
        forward: returns the loss of the samples, and its outputs for them.
        y: the targets, for the metrics.
        metrics: functions of targets and outputs, by name.

    >>> from nn import MLP
    >>> scores(MLP(1, [1]), lambda: (0.5, [0.9, 0.2]), [1, 0], {"accuracy": accuracy})
    {'loss': 0.5, 'accuracy': 1.0}
    """
    loss, outputs = in_evaluation_mode(model, forward)
    numbers = numbers_of(outputs)
    return {"loss": number_of(loss)} | {name: float(metric(y, numbers)) for name, metric in metrics.items()}
