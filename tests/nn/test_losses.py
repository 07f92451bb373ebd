"""Losses against PyTorch's figures, against formulas of many digits, and at the edges."""

import math

import mpmath
import numpy as np
import pytest

import nn
from engine import Value, gradcheck
from nn import MLP, binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, hinge, mse
from tests.nn.figures import from_torch, read

INPUTS = {
    "mse": (from_torch.LOGITS, from_torch.TARGETS),
    "binary_cross_entropy": (from_torch.PROBABILITIES, from_torch.TARGETS[: len(from_torch.PROBABILITIES)]),
    "binary_cross_entropy_with_logits": (from_torch.LOGITS, from_torch.TARGETS),
    "cross_entropy": (from_torch.CLASS_LOGITS, from_torch.CLASSES),
}
ELEMENTWISE = [mse, binary_cross_entropy, binary_cross_entropy_with_logits, hinge]


def as_values(tree):
    return [as_values(item) for item in tree] if isinstance(tree, list) else Value(tree)


def gradients(tree):
    return [gradients(item) for item in tree] if isinstance(tree, list) else tree.grad


@pytest.mark.parametrize("name", INPUTS)
def test_value_and_gradient_are_those_of_torch(name) -> None:
    predictions, targets = INPUTS[name]
    figures = read("torch")["losses"][name]
    values = as_values(predictions)
    loss = getattr(nn, name)(values, targets)
    loss.backward()
    assert loss.data == pytest.approx(figures["value"], rel=1e-9)
    assert np.array(gradients(values)) == pytest.approx(np.array(figures["gradient"]), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("name", INPUTS)
def test_numbers_alone_give_a_float(name) -> None:
    loss = getattr(nn, name)(*INPUTS[name])
    assert type(loss) is float
    assert loss == getattr(nn, name)(as_values(INPUTS[name][0]), INPUTS[name][1]).data
    assert type(hinge([1.0], [1])) is float


@pytest.mark.parametrize(
    ("loss", "predictions", "targets"),
    [
        (mse, [0.5, -1.0, 2.0], [1.0, 0.0, 2.5]),
        (binary_cross_entropy, [0.2, 0.9, 0.5], [1, 0, 0.25]),
        (binary_cross_entropy_with_logits, [0.5, -1.0, 2.0], [1, 0, 0.25]),
        (hinge, [0.5, -1.0, 2.0], [1, 1, -1]),
        (lambda z, t: cross_entropy(z, t), [0.5, -1.0, 2.0], 1),
        (lambda z, t: cross_entropy([z, z], t), [0.5, -1.0, 2.0], [2, 0]),
    ],
    ids=["mse", "bce", "bce with logits", "hinge", "cross entropy", "cross entropies"],
)
def test_gradient_is_that_of_finite_differences(loss, predictions, targets) -> None:
    assert gradcheck(lambda values: loss(values, targets), predictions)


# -- the factors


def test_mse_is_the_mean_over_all_elements_without_a_half() -> None:
    assert mse([1.0, 2.0], [3.0, 5.0]) == (4.0 + 9.0) / 2
    assert mse([[1.0, 2.0], [0.0, 0.0]], [[3.0, 5.0], [1.0, 2.0]]) == (4.0 + 9.0 + 1.0 + 4.0) / 4
    assert mse(Value(3.0), 1.0).data == 4.0


def test_binary_cross_entropy_is_the_mean_in_natural_logarithms() -> None:
    expected = -(math.log(0.8) + math.log(0.6) + 0.25 * math.log(0.5) + 0.75 * math.log(0.5)) / 3
    assert binary_cross_entropy([0.8, 0.4, 0.5], [1, 0, 0.25]) == pytest.approx(expected, rel=1e-15)


def test_cross_entropy_is_the_mean_over_samples() -> None:
    z = [1.2, 0.9, 0.4]
    single = [-math.log(math.exp(z[t]) / sum(map(math.exp, z))) for t in range(3)]
    assert cross_entropy(z, 1) == pytest.approx(single[1], rel=1e-15)
    assert cross_entropy([z, z], [2, 0]) == pytest.approx((single[2] + single[0]) / 2, rel=1e-15)


def test_hinge_is_the_mean_of_margins_missed() -> None:
    scores = as_values([0.5, -2.0, 3.0, 1.0])
    loss = hinge(scores, [1, -1, -1, 1])
    loss.backward()
    assert loss.data == (0.5 + 0.0 + 4.0 + 0.0) / 4
    assert gradients(scores) == [-0.25, 0.0, 0.25, 0.0]  # at the kink, the last, 0


# -- the edges


@pytest.mark.parametrize(
    ("z", "t"), [(40.0, 1), (-40.0, 0), (700.0, 1), (-1000.0, 1), (1000.0, 0), (3.0, 0.3)]
)
def test_logits_keep_their_digits_in_the_tails(z, t) -> None:
    value = Value(z)
    loss = binary_cross_entropy_with_logits(value, t)
    loss.backward()
    with mpmath.workdps(500):
        p = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
        t = mpmath.mpf(t)
        expected = -(t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p))
        slope = p - t
        assert loss.data == pytest.approx(float(expected), rel=1e-15, abs=0.0)
        assert value.grad == pytest.approx(float(slope), rel=1e-14, abs=0.0)


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
        slopes = [float(shares[0] - 1), float(shares[1]), float(shares[2])]
    # the slopes are exp(z - loss), and a loss of 1000 is known to 1e-13 only
    assert gradients(values) == pytest.approx(slopes, rel=1e-13, abs=0.0)


@pytest.mark.parametrize(("p", "t", "value", "slope"), [(0.0, 0, 0.0, 1.0), (1.0, 1, 0.0, -1.0)])
def test_certain_and_right_costs_nothing(p, t, value, slope) -> None:
    probability = Value(p)
    loss = binary_cross_entropy([probability], [t])
    loss.backward()
    assert (loss.data, probability.grad) == (value, slope)


@pytest.mark.parametrize(("p", "t", "slope"), [(0.0, 1, -math.inf), (1.0, 0, math.inf)])
def test_certain_and_wrong_costs_everything(p, t, slope) -> None:
    probability = Value(p)
    loss = binary_cross_entropy([probability], [t])
    loss.backward()
    assert (loss.data, probability.grad) == (math.inf, slope)


def test_small_probability_keeps_its_digits() -> None:
    assert binary_cross_entropy([1e-20], [0]) == 1e-20


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_nan_shows_up_in_the_result(loss) -> None:
    assert math.isnan(loss([Value(math.nan)], [1]).data)


# -- how predictions meet targets


@pytest.mark.parametrize(
    ("predictions", "targets"),
    [
        ([0.5, 0.25], (1, 0)),
        ([0.5, 0.25], np.array([1, 0])),
        ([0.5, 0.25], np.array([[1], [0]])),
        ([[0.5], [0.25]], [1, 0]),
        (np.array([0.5, 0.25]), [True, False]),
        (np.array([Value(0.5), Value(0.25)], dtype=object), [1.0, 0.0]),
        ((p for p in (0.5, 0.25)), range(1, -1, -1)),
        ([Value(0.5), 0.25], [np.float32(1.0), np.int64(0)]),
    ],
)
def test_sequences_of_any_kind_pair_up(predictions, targets) -> None:
    loss = mse(predictions, targets)
    assert (loss.data if isinstance(loss, Value) else loss) == (0.25 + 0.0625) / 2


def test_outputs_of_a_model_go_straight_in() -> None:
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    model = MLP(2, [3, 1], activation="tanh", rng=0)  # relu would stand at its kink for x = (0, 0)
    for loss in (mse, binary_cross_entropy_with_logits):
        assert gradcheck(lambda loss=loss: loss([model(x) for x in X], y), wrt=model.parameters())
    model = MLP(2, [3, 2], activation="tanh", rng=0)
    assert gradcheck(lambda: cross_entropy([model(x) for x in X], y), wrt=model.parameters())


@pytest.mark.parametrize("loss", ELEMENTWISE)
@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [
        ([0.5, 0.5, 0.5], [1, 1], r"predictions and targets differ in length: 3 and 2"),
        ([0.5], [1, 1], r"1 and 2"),
        (0.5, [1, 1], r"1 and 2"),
        ([0.5, 0.5], 1, r"2 and 1"),
        (
            [[0.5, 0.5], [0.5]],
            [[1, 1], [1, 1]],
            r"predictions\[1\] and targets\[1\] differ in length: 1 and 2",
        ),
        ([[0.5, 0.5]], [1, 1], r"1 and 2"),
        ([], [], "at least one prediction, got none"),
        ([[]], [[]], "at least one prediction, got none"),
    ],
)
def test_lengths_must_agree(loss, predictions, targets, message) -> None:
    with pytest.raises(ValueError, match=message):
        loss(predictions, targets)


@pytest.mark.parametrize(
    ("logits", "targets", "message"),
    [
        ([[1.0, 2.0]], [0, 1], "logits and targets differ in length: 1 samples and 2 targets"),
        ([[1.0, 2.0]] * 3, [0, 1], "3 samples and 2 targets"),
        (Value(1.0), [0], "0 samples and 1 targets"),
        ([], [], "at least one sample, got none"),
    ],
)
def test_samples_and_targets_must_agree(logits, targets, message) -> None:
    with pytest.raises(ValueError, match=message):
        cross_entropy(logits, targets)


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


@pytest.mark.parametrize("logits", [Value(1.0), 2.0])
def test_single_output_is_no_sample_of_classes(logits) -> None:
    with pytest.raises(TypeError, match="for a single output use binary_cross_entropy_with_logits"):
        cross_entropy(logits, 0)
    with pytest.raises(TypeError, match=r"logits\[0\] must be a sequence"):
        cross_entropy([logits, logits], [0, 0])


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits])
@pytest.mark.parametrize("target", [-1, 1.5, math.nan])
def test_binary_targets_lie_between_0_and_1(loss, target) -> None:
    with pytest.raises(ValueError, match=f"binary targets must lie between 0 and 1, got {float(target)}"):
        loss([0.5], [target])


@pytest.mark.parametrize("p", [-0.01, 1.01, math.inf])
def test_probabilities_lie_between_0_and_1(p) -> None:
    with pytest.raises(ValueError, match=f"probabilities must lie between 0 and 1, got {p}.*_with_logits"):
        binary_cross_entropy([Value(p)], [1])


@pytest.mark.parametrize("target", [0, 0.5, 2, math.nan])
def test_hinge_targets_are_signs(target) -> None:
    with pytest.raises(ValueError, match=r"hinge targets must be -1 or \+1"):
        hinge([0.5], [target])


@pytest.mark.parametrize("loss", ELEMENTWISE)
@pytest.mark.parametrize("wrong", ["a", None])
def test_target_that_is_no_number_is_a_type_error(loss, wrong) -> None:
    with pytest.raises(TypeError):
        loss([Value(0.5)], [wrong])


def test_targets_may_be_values() -> None:
    p, t = Value(0.25), Value(0.75)
    binary_cross_entropy([p], [t]).backward()
    assert p.grad == pytest.approx(0.25 / 0.75 - 0.75 / 0.25, rel=1e-14)
    assert t.grad == pytest.approx(math.log(0.75) - math.log(0.25), rel=1e-14)
