"""Ten faults of training, each seeded on purpose: the tools find it and call it by its name."""

import math

import numpy as np
import pytest

import engine
import nn
from engine import AnomalyError, GradientError, Value, custom_op, detect_anomaly, paths, report

SAMPLES = np.random.default_rng(0).normal(size=(8, 2)).tolist()


def anomaly_of(compute):
    """The anomaly that stops a computation."""
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        compute()
    return caught.value.anomaly


def warnings_of(model) -> str:
    """What the report of a model's loss warns of, as one text."""
    loss = nn.mse([model(x) for x in SAMPLES], [1.0] * len(SAMPLES))
    return "\n".join(report(loss).warnings)


def test_logarithm_of_zero_in_a_loss() -> None:
    logits = [Value(900.0), Value(0.0, label="the true class")]

    def cross_entropy():
        probabilities = engine.softmax(logits)
        return -probabilities[1].log()

    anomaly = anomaly_of(cross_entropy)
    assert (anomaly.operator, anomaly.kind, anomaly.phase) == ("log", "-inf", "forward")
    assert anomaly.operands[0].value == 0.0
    assert anomaly.place.source == "return -probabilities[1].log()"
    assert "log_softmax" in str(anomaly)
    with detect_anomaly():  # what the message advises
        loss = nn.cross_entropy([logits], [1])
        loss.backward()
    assert (loss.data, logits[1].grad) == (900.0, -1.0)


def test_zero_times_infinity() -> None:
    x, weight = Value(0.0, label="x"), Value(0.0, label="weight")
    with detect_anomaly(mode="report") as found:
        penalty = 1 / x
        total = weight * penalty
    first, second = found.anomalies
    assert (first.operator, first.kind, first.place.source) == ("div", "inf", "penalty = 1 / x")
    assert (second.operator, second.kind, second.place.source) == ("mul", "nan", "total = weight * penalty")
    assert [operand.value for operand in second.operands] == [0.0, math.inf]
    assert "0 · inf is nan" in str(second)
    assert math.isnan(total.data)


def test_root_at_zero() -> None:
    prediction, target = Value(0.7, label="prediction"), 0.7
    with detect_anomaly():
        loss = ((prediction - target) ** 2).sqrt()  # the number is sound, its gradient is not
    anomaly = anomaly_of(loss.backward)
    assert (anomaly.operator, anomaly.kind, anomaly.phase) == ("sqrt", "inf", "backward")
    assert anomaly.operands[0].local_gradient == math.inf
    assert anomaly.place.source.startswith("loss = ((prediction - target) ** 2).sqrt()")
    assert prediction.grad == 0.0


def test_overflow_of_the_exponential() -> None:
    scores = [Value(10.0), Value(720.0, label="score 1")]

    def partition():
        return engine.sum([score.exp() for score in scores])

    anomaly = anomaly_of(partition)
    assert (anomaly.operator, anomaly.kind, anomaly.operands[0].label) == ("exp", "inf", "score 1")
    assert "logsumexp" in str(anomaly)
    with detect_anomaly():
        assert engine.logsumexp(scores).data == 720.0


def test_dead_relus() -> None:
    model = nn.MLP(2, [4, 4, 1], rng=1)
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0
    assert "layers.0: 100% of its 4 units are dead, the local gradient of ReLU being 0" in warnings_of(model)
    assert "dead" not in warnings_of(nn.MLP(2, [4, 4, 1], rng=1))


def test_a_saturated_layer_of_sigmoids() -> None:
    model = nn.MLP(2, [4, 4, 1], activation="sigmoid", rng=1)
    for neuron in model.layers[1].neurons:
        neuron.b.data = 50.0
    warnings = warnings_of(model)
    assert "layers.1: 100% of sigmoid is saturated" in warnings
    assert "layers.0: " not in warnings
    assert "The gradient vanishes" in warnings
    assert "Most of it in layers.1" in warnings
    assert "saturated" not in warnings_of(nn.MLP(2, [4, 4, 1], activation="sigmoid", rng=1))


def test_an_exploding_recurrent_product() -> None:
    def unrolled(weights):
        state = Value(0.1)
        for weight in weights:
            state = weight * state
        return state

    steps = [Value(3.0, label=f"steps.{i}.w") for i in range(20)]
    assert "The gradient explodes: from steps.19 back to steps.0" in report(unrolled(steps)).warnings[0]
    assert "×3 a layer" in report(unrolled(steps)).warnings[0]

    shared = Value(3.0, label="w")  # one weight for all steps: the paths tell it
    found = paths(unrolled([shared] * 20), shared, k=1)
    assert found.count == 20
    assert [path.product for path in found] == [pytest.approx(0.1 * 3.0**19)]

    anomaly = anomaly_of(lambda: unrolled([shared] * 700))
    assert (anomaly.operator, anomaly.kind, anomaly.place.source) == ("mul", "inf", "state = weight * state")
    assert anomaly.operands[0].label == "w"
    assert "see which factor has run away" in str(anomaly)


def test_division_by_a_norm_that_vanishes() -> None:
    vector = [Value(0.0, label="v0"), Value(0.0, label="v1")]

    def normalised():
        norm = engine.dot(vector, vector) ** 0.5
        return [x / norm for x in vector]

    anomaly = anomaly_of(normalised)
    assert (anomaly.operator, anomaly.kind, anomaly.place.source) == (
        "div",
        "nan",
        "return [x / norm for x in vector]",
    )
    assert [operand.value for operand in anomaly.operands] == [0.0, 0.0]
    assert "norm" in str(anomaly)
    with detect_anomaly():  # what the message advises
        norm = engine.hypot(*vector)
        norm = engine.where(norm > 0, norm, 1.0)
        engine.sum([x / norm for x in vector]).backward()
    assert [x.grad for x in vector] == [1.0, 1.0]


def test_nan_in_the_data() -> None:
    samples = [[0.5, 0.1], [0.2, math.nan], [0.3, 0.4]]
    model = nn.MLP(2, [3, 1], rng=1)

    def loss():
        predictions = [model(x) for x in samples]
        return nn.mse(predictions, [0.0, 1.0, 0.0])

    anomaly = anomaly_of(loss)
    assert (anomaly.origin, anomaly.kind, anomaly.phase) == ("operand", "nan", "forward")
    assert anomaly.operands[anomaly.position].label == "x.1"
    assert anomaly.place.source == "predictions = [model(x) for x in samples]"
    assert "came in with the data" in str(anomaly)


def test_a_wrong_sign_in_a_custom_operator() -> None:
    swish = custom_op(
        lambda x: x / (1 + engine.exp(-x)),
        lambda x: -engine.sigmoid(x) * (1 + x * (1 - engine.sigmoid(x))),
        name="swish",
    )
    with pytest.raises(GradientError) as caught:
        swish.check(0.5)
    text = str(caught.value)
    assert text.startswith("custom operator swish at x=0.5")
    assert text.endswith("<- wrong sign")
