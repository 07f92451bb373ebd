"""Several classes, an output for each."""

import math

import mpmath
import numpy as np
import pytest

from engine import Value, gradcheck, jit, softmax, topological_order
from engine.autograd.trace_mode import tracing
from nn import CrossEntropyLoss, NLLLoss, categorical_cross_entropy, cross_entropy
from nn.losses import negative_log_likelihood
from tests.nn.losses import as_values, gradients

Z = [1.2, 0.9, 0.4]
P = [math.exp(z) / sum(map(math.exp, Z)) for z in Z]


def test_cross_entropy_is_the_mean_over_samples() -> None:
    assert cross_entropy(Z, 1) == pytest.approx(-math.log(P[1]), rel=1e-15)
    expected = -(math.log(P[2]) + math.log(P[0])) / 2
    assert cross_entropy([Z, Z], [2, 0]) == pytest.approx(expected, rel=1e-15)
    assert categorical_cross_entropy([P, P], [2, 0]) == pytest.approx(expected, rel=1e-15)


def test_gradient_is_softmax_minus_one_hot() -> None:
    values = as_values(Z)
    cross_entropy(values, 1).backward()
    assert gradients(values) == pytest.approx([P[0], P[1] - 1.0, P[2]], rel=1e-14)


def test_probabilities_of_a_softmax_give_the_same_value_and_gradient() -> None:
    values, others = as_values(Z), as_values(Z)
    loss, same = categorical_cross_entropy(softmax(values), 1), cross_entropy(others, 1)
    loss.backward()
    same.backward()
    assert loss.data == pytest.approx(same.data, rel=1e-15)
    assert gradients(values) == pytest.approx(gradients(others), rel=1e-13)


@pytest.mark.parametrize(
    "logits", [[40.0, 0.0, -3.0], [1000.0, 0.0, 5.0], [0.0, 1000.0, 999.0], [2.0, 2.0, 2.0]]
)
def test_cross_entropy_keeps_its_digits_in_the_tails(logits) -> None:
    values = as_values(logits)
    loss = cross_entropy(values, 0)
    loss.backward()
    with mpmath.workdps(1000):
        powers = [mpmath.exp(z) for z in logits]
        shares = [power / sum(powers) for power in powers]
        assert loss.data == pytest.approx(float(-mpmath.log(shares[0])), rel=1e-15, abs=0.0)
        derivatives = [float(shares[0] - 1), float(shares[1]), float(shares[2])]
    # the derivatives are exp(z - loss), and a loss of 1000 is known to 1e-13 only
    assert gradients(values) == pytest.approx(derivatives, rel=1e-13, abs=0.0)


# -- infinite logits, as PyTorch has them


@pytest.mark.parametrize(
    ("logits", "target", "value", "derivatives"),
    [
        ([0.0, -math.inf, 0.0], 0, math.log(2.0), [-0.5, 0.0, 0.5]),
        ([0.0, -math.inf], 0, 0.0, [0.0, 0.0]),
        ([-math.inf, 0.0], 0, math.inf, [-1.0, 1.0]),
        ([-math.inf, 0.0, -math.inf, 0.0], 0, math.inf, [-1.0, 0.5, 0.0, 0.5]),
    ],
)
@pytest.mark.parametrize("form", ["index", "one-hot", "probabilities"])
def test_logit_of_minus_inf_is_a_class_of_probability_0(logits, target, value, derivatives, form) -> None:
    values, count = as_values(logits), len(logits)
    shares = [float(j == target) for j in range(count)]
    if form == "index":
        loss = cross_entropy(values, target)
    else:
        loss = cross_entropy([values], [shares if form == "one-hot" else as_values(shares)])
    loss.backward()
    assert loss.data == pytest.approx(value, rel=1e-15)
    assert gradients(values) == pytest.approx(derivatives, rel=1e-15)


def test_no_class_at_all_is_nan() -> None:
    assert math.isnan(cross_entropy(as_values([-math.inf, -math.inf]), 0).data)


@pytest.mark.parametrize("lifted", [False, True])
@pytest.mark.parametrize("target", [0, [1.0, 0.0], [0.75, 0.25]])
def test_a_network_that_diverged_has_no_loss(target, lifted) -> None:
    loss_of = (jit if lifted else lambda f: f)(lambda z: cross_entropy([z], [target]))
    loss_of(as_values([0.5, 0.25]))  # lifted where all is finite
    values = as_values([math.inf, 0.0])
    loss = loss_of(values)
    loss.backward()
    assert math.isnan(loss.data)
    assert math.isnan(gradients(values)[0])


@pytest.mark.parametrize("loss", [cross_entropy, categorical_cross_entropy, negative_log_likelihood])
@pytest.mark.parametrize("batch", [False, True])
def test_a_lifted_loss_refuses_an_index_of_no_class(loss, batch) -> None:
    w = as_values([-0.3, -0.5, -0.2] if loss is negative_log_likelihood else [0.3, 0.5, 0.2])
    lifted = jit(lambda x, t: loss([each * x for each in w], t), batch=batch)
    given = (lambda t: ([1.0, 1.0], [0.0, t])) if batch else (lambda t: (1.0, t))
    for late in (False, True):
        for wrong in (-1.0, 3.0):
            with pytest.raises(ValueError, match="must be from 0 to 2"):
                lifted(*given(wrong))
        if not late:
            expected = [loss([each.data for each in w], t) for t in range(3)]
            for t in (0, 1, 2, 1):
                found = lifted(*given(float(t))).data
                right = (expected[0] + expected[t]) / 2 if batch else expected[t]
                assert found == pytest.approx(right, rel=1e-14)


@pytest.mark.parametrize("form", [0, [1.0, 0.0]])
def test_probability_of_0_costs_everything(form) -> None:
    p = as_values([0.0, 1.0])
    loss = categorical_cross_entropy([p], [form])
    loss.backward()
    assert loss.data == math.inf
    assert gradients(p) == [-math.inf, 0.0]


def test_certain_and_right_costs_nothing() -> None:
    assert categorical_cross_entropy([0.0, 1.0], 1) == 0.0
    assert categorical_cross_entropy([[0.0, 1.0]], as_values([[0.0, 1.0]])).data == 0.0
    assert math.isnan(categorical_cross_entropy([math.nan, 1.0], 0))


# -- targets as probabilities


@pytest.mark.parametrize("shares", [[0.2, 0.5, 0.3], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
@pytest.mark.parametrize("wrap", [list, np.array, tuple, as_values])
def test_target_with_a_probability_for_each_class(shares, wrap) -> None:
    values, expected = as_values(Z), -np.dot(shares, np.log(P))
    loss = cross_entropy([values], [wrap(shares)])
    loss.backward()
    assert loss.data == pytest.approx(expected, rel=1e-14)
    assert gradients(values) == pytest.approx((np.array(P) - shares).tolist(), rel=1e-12)
    from_probabilities = categorical_cross_entropy([as_values(P)], [wrap(shares)])
    assert from_probabilities.data == pytest.approx(expected, rel=1e-14)


def test_one_hot_targets_are_those_of_the_index_bit_for_bit() -> None:
    samples, one_hot = [Z, [40.0, 0.0, -3.0]], np.eye(3)[[1, 0]]
    assert cross_entropy(samples, one_hot) == cross_entropy(samples, [1, 0])
    assert categorical_cross_entropy([[1.0]], [[1]]) == 0.0
    values, others = as_values([40.0, 0.0, -3.0]), as_values([40.0, 0.0, -3.0])
    cross_entropy([values], [[1, 0, 0]]).backward()
    cross_entropy(others, 0).backward()
    assert gradients(values) == gradients(others)
    assert gradients(values)[0] != 0.0  # of the order of 1e-18, which p - 1 would lose


def test_gradients_are_those_of_finite_differences() -> None:
    assert gradcheck(lambda z: cross_entropy([z, z], [2, 0]), Z)
    assert gradcheck(lambda z: cross_entropy([z], [[0.2, 0.5, 0.3]]), Z)
    assert gradcheck(lambda p: categorical_cross_entropy([p], [[0.2, 0.5, 0.3]]), P)


@pytest.mark.parametrize("loss", [cross_entropy, categorical_cross_entropy])
@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([0.5, 0.5], r"target of \w+\[0\] must have 3 probabilities, got 2"),
        (
            [0.5, 0.6, 0.0],
            r"target of \w+\[0\] must be probabilities that sum to 1, got \[0\.5, 0\.6, 0\.0\]",
        ),
        ([0, 0, 0], "sum to 1"),
        ([1, 1, 0], "sum to 1"),
        ([2, -1, 0], "sum to 1"),
        ([math.nan, 0.5, 0.5], "sum to 1"),
    ],
)
def test_other_probabilities_are_refused(loss, shares, message) -> None:
    with pytest.raises(ValueError, match=message):
        loss([[0.2, 0.3, 0.5]], [shares])


# -- what goes wrong


@pytest.mark.parametrize("loss", [cross_entropy, categorical_cross_entropy])
@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        ([[0.5, 0.5]], [0, 1], r"\w+ and targets differ in length: 1 samples, 2 targets"),
        ([[0.5, 0.5]] * 3, [0, 1], "3 samples, 2 targets"),
        (Value(1.0), [0], "0 samples, 1 targets"),
        ([], [], "at least one sample, got none"),
        ([[[0.1, 0.9], [0.5, 0.5]]], [[0, 1]], r"got \[0\.1, 0\.9\] among them.* the steps of a sequence as"),
        ([[0.5, 0.5]], [[[0.1], [0.9]]], r"for each, got \[.*\]; outputs come first, then targets"),
        ([[0.5, 0.5]], [[1]], r"2 probabilities, got 1; the index of a class is a number, not \[1\]"),
    ],
)
def test_samples_and_targets_must_agree(loss, outputs, targets, message) -> None:
    with pytest.raises(ValueError, match=message):
        loss(outputs, targets)


def test_modules_refuse_what_the_functions_refuse() -> None:
    for kind, settings in ((CrossEntropyLoss, {"label_smoothing": 0.1}), (NLLLoss, {"weight": [1.0, 2.0]})):
        for reduction in ("mean", "sum", "none"):
            for loss in (kind(reduction=reduction), kind(reduction=reduction, **settings)):
                for outputs, targets in (([], []), (np.zeros((0, 2)), np.zeros(0, int))):
                    with pytest.raises(ValueError, match="at least one sample, got none"):
                        loss(outputs, targets)
                with pytest.raises(ValueError, match="there are two axes, samples and classes"):
                    loss(np.full((2, 2, 2), -0.7), [[0, 1], [1, 0]])


@pytest.mark.parametrize("target", [3, -1, 100])
def test_target_that_is_no_class_is_refused(target) -> None:
    with pytest.raises(ValueError, match=rf"the target of logits\[1\] must be from 0 to 2, got {target}"):
        cross_entropy([[1.0, 2.0, 3.0]] * 2, [0, target])
    with pytest.raises(ValueError, match=rf"the target of logits must be from 0 to 2, got {target}"):
        cross_entropy([1.0, 2.0, 3.0], target)


@pytest.mark.parametrize("target", [1.0, "1", None])
def test_target_that_is_no_index_is_refused(target) -> None:
    with pytest.raises(TypeError, match="must be the index of a class, got"):
        cross_entropy([1.0, 2.0], target)


def test_index_of_numpy_is_taken() -> None:
    assert (
        cross_entropy([0.0, 0.0], np.int64(1))
        == cross_entropy(np.zeros((1, 2)), np.array([1]))
        == math.log(2.0)
    )


@pytest.mark.parametrize("outputs", [Value(1.0), 1.0])
def test_single_output_is_no_sample_of_classes(outputs) -> None:
    with pytest.raises(TypeError, match="for a single output use binary_cross_entropy_with_logits"):
        cross_entropy(outputs, 0)
    with pytest.raises(
        TypeError, match=r"probabilities must be .*for a single output use binary_cross_entropy;"
    ):
        categorical_cross_entropy(outputs, 0)
    with pytest.raises(TypeError, match=r"logits\[0\] must be a sequence"):
        cross_entropy([outputs, outputs], [0, 0])


def test_one_sample_with_probabilities_is_told_to_stand_in_a_list() -> None:
    with pytest.raises(
        TypeError, match=r"stands in a list, as the sample does: \(\[model\(x\)\], \[\[0, 1\]\]\)"
    ):
        cross_entropy(Z, [0, 1, 0])


@pytest.mark.parametrize("p", [-0.01, 1.01, math.inf])
def test_probabilities_lie_between_0_and_1(p) -> None:
    with pytest.raises(
        ValueError, match=rf"probabilities\[0\] must lie between 0 and 1, got {p}.*cross_entropy"
    ):
        categorical_cross_entropy([[Value(p), 0.5]], [1])


# -- a class index that is a Value, as the arguments of a lifted loss are


@pytest.mark.parametrize("loss", [cross_entropy, categorical_cross_entropy])
@pytest.mark.parametrize("target", [0, 1, 2])
def test_an_index_may_be_a_value(loss, target) -> None:
    outputs = P if loss is categorical_cross_entropy else Z
    plain, given, traced = as_values(outputs), as_values(outputs), as_values(outputs)
    expected, same = loss(plain, target), loss(given, Value(target))
    with tracing():
        picked = loss(traced, Value(target))
    assert same.data == expected.data == pytest.approx(picked.data, rel=1e-14)
    for each in (expected, same, picked):
        each.backward()
    assert gradients(given) == gradients(plain) == pytest.approx(gradients(traced), rel=1e-13)


def test_while_a_loss_is_traced_its_graph_is_the_same_for_every_class() -> None:
    shapes = []
    for target in range(3):
        with tracing():
            loss = cross_entropy([as_values(Z), as_values(Z)], [Value(target), Value(2 - target)])
        shapes.append([(node._op, len(node._children)) for node in topological_order(loss)])
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize(("target", "error"), [(3, ValueError), (-1, ValueError), (0.5, TypeError)])
def test_a_value_that_is_no_index_is_refused(target, error) -> None:
    with pytest.raises(error, match="the target of logits must be"):
        cross_entropy(as_values(Z), Value(target))
    if target != -1:
        with pytest.raises((IndexError, TypeError)), tracing():
            cross_entropy(as_values(Z), Value(target))


def test_while_a_loss_is_traced_shares_are_not_checked() -> None:
    with tracing():
        loss = cross_entropy([as_values(Z)], [as_values([2.0, 3.0, 4.0])])
    assert math.isfinite(loss.data)


@pytest.mark.parametrize("target", [[1.0, 1e-7], [1.0 - 1e-7, 0.0], [1.0, 0.0], [0.0, 1.0]])
def test_probabilities_that_sum_to_one_but_for_rounding_are_taken_as_they_are(target) -> None:
    logits = [0.25, 5.0]
    found = cross_entropy([logits], [target])
    expected = math.log(math.exp(0.25) + math.exp(5.0)) - target[0] * 0.25 - target[1] * 5.0
    assert (found.data if isinstance(found, Value) else found) == pytest.approx(expected, rel=1e-13)


def test_a_sample_without_classes_is_named_itself() -> None:
    for loss, outputs, target in (
        (cross_entropy, [[]], [0]),
        (cross_entropy, [], 0),
        (negative_log_likelihood, [[]], [[]]),
        (CrossEntropyLoss(), [], 1),
    ):
        with pytest.raises(ValueError, match="must have a number for each class, got none"):
            loss(outputs, target)


@pytest.mark.parametrize("logit", [math.nan, math.inf])
def test_nan_of_a_sample_of_weight_0_shows_up_lifted_too(logit) -> None:
    loss = CrossEntropyLoss(weight=[0.0, 1.0])
    for call in (loss, jit(lambda z, t: loss(z, t))):
        logits = [as_values([logit, 0.0]), as_values([0.0, 1.0])]
        found = call(logits, [0, 1])
        assert math.isnan(found.data)
        found.backward()
        assert logits[0][0].grad == 0.0


@pytest.mark.parametrize("logit", [math.nan, math.inf])
def test_of_an_ignored_sample_no_nan_shows_up(logit) -> None:
    loss = CrossEntropyLoss(ignore_index=1)
    expected = math.log(1.0 + math.e)  # of [0, 1] and class 0, as in PyTorch
    for call in (loss, jit(lambda z, t: loss(z, t), audit=False)):
        logits = [as_values([logit, 0.0]), as_values([0.0, 1.0])]
        found = call(logits, [1, 0])
        assert found.data == pytest.approx(expected, rel=1e-14)
        found.backward()
        assert logits[0][0].grad == 0.0
        assert logits[1][0].grad == pytest.approx(1.0 / (1.0 + math.e) - 1.0, rel=1e-13)
