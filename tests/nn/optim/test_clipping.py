"""Clipping gradients, against PyTorch's figures and NumPy's norms."""

import math

import numpy as np
import pytest

from engine import Value
from nn import MLP, Neuron, clip_grad_norm_, clip_grad_value_
from tests.nn.figures import from_torch, read


def values(gradients) -> list[Value]:
    items = [Value(1.0) for _ in gradients]
    for item, gradient in zip(items, gradients, strict=True):
        item.grad = gradient
    return items


@pytest.mark.parametrize(
    ("case", "figures"), list(zip(from_torch.CLIPPINGS, read("torch")["clipping"], strict=True)), ids=str
)
def test_results_are_those_of_torch(case, figures) -> None:
    name, settings = case
    items = values(from_torch.GRADIENTS)
    norm = {"clip_grad_norm_": clip_grad_norm_, "clip_grad_value_": clip_grad_value_}[name](items, **settings)
    assert norm == (figures["norm"] and pytest.approx(figures["norm"], rel=1e-14))
    # torch divides by the norm + 1e-6
    assert [item.grad for item in items] == pytest.approx(figures["gradients"], rel=3e-7)


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0, math.inf])
def test_norm_is_that_of_numpy_and_ends_at_the_limit(p) -> None:
    gradients = np.random.default_rng(0).normal(size=20)
    items = values(gradients)
    before = float(np.linalg.norm(gradients, p))
    assert clip_grad_norm_(items, 0.25, p) == pytest.approx(before, rel=1e-14)
    after = np.array([item.grad for item in items])
    assert np.linalg.norm(after, p) == pytest.approx(0.25, rel=1e-14)
    assert after == pytest.approx(gradients * 0.25 / before, rel=1e-14)


@pytest.mark.parametrize("limit", [5.0, 5.1, math.inf])
def test_smaller_gradients_stay_bit_for_bit(limit) -> None:
    items = values([3.0, -4.0])
    assert clip_grad_norm_(items, limit) == 5.0
    assert [item.grad for item in items] == [3.0, -4.0]


def test_limit_zero_clears_the_gradients() -> None:
    items = values([3.0, -4.0])
    assert clip_grad_norm_(items, 0) == 5.0
    assert [item.grad for item in items] == [0.0, 0.0]
    assert clip_grad_norm_(items, 0) == 0.0


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_squares_neither_overflow_nor_vanish(scale) -> None:
    items = values([3.0 * scale, -4.0 * scale])
    assert clip_grad_norm_(items, scale) == pytest.approx(5.0 * scale, rel=1e-14)
    assert [item.grad for item in items] == pytest.approx([0.6 * scale, -0.8 * scale], rel=1e-14)


def test_norm_that_is_not_finite_shows_in_the_gradients() -> None:
    items = values([math.inf, 1.0])
    assert clip_grad_norm_(items, 1.0) == math.inf
    assert math.isnan(items[0].grad)
    assert items[1].grad == 0.0
    items = values([math.nan, 1.0])
    assert math.isnan(clip_grad_norm_(items, 1.0))
    assert all(math.isnan(item.grad) for item in items)


@pytest.mark.parametrize("wrong", [math.inf, math.nan, -math.inf])
def test_norm_that_is_not_finite_is_an_error_where_it_is_asked_for(wrong) -> None:
    items = values([wrong, 1.0])
    with pytest.raises(RuntimeError, match=r"the gradients have norm (inf|nan) and cannot be clipped"):
        clip_grad_norm_(items, 1.0, error_if_nonfinite=True)
    assert items[1].grad == 1.0
    assert clip_grad_norm_(values([2.0]), 1.0, error_if_nonfinite=True) == 2.0


def test_values_are_moved_to_the_nearer_bound() -> None:
    items = values([-3.0, -1.0, 0.5, 7.0, math.inf, -math.inf, math.nan])
    assert clip_grad_value_(items, 1) is None
    assert [item.grad for item in items[:6]] == [-1.0, -1.0, 0.5, 1.0, 1.0, -1.0]
    assert math.isnan(items[6].grad)


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_any_iterable_or_one_value_will_do_and_each_counts_once(clip) -> None:
    a, b = values([3.0, 4.0])
    assert clip([a, b, a, a], 10.0) in (5.0, None)
    clip((item for item in (a, b)), 0.1)
    assert 0.0 < a.grad <= b.grad <= 0.1
    one = values([2.0])[0]
    clip(one, 0.5)
    assert one.grad == 0.5
    assert clip([], 1.0) in (0.0, None)


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
@pytest.mark.parametrize(
    ("parameters", "limit", "error", "message"),
    [
        (Neuron(1), 1.0, TypeError, r"parameters must be a list of Values, such as model\.parameters\(\)"),
        (3.0, 1.0, TypeError, "parameters must be a list of Values"),
        ([Value(1.0), 3.0], 1.0, TypeError, r"parameters\[1\] must be a Value, got 3\.0 of type float"),
        ([], "1", TypeError, "must be a number, got '1' of type str"),
        ([], True, TypeError, "must be a number, got True"),
        ([], -1.0, ValueError, r"must be at least 0, got -1\.0"),
        ([], math.nan, ValueError, "must be at least 0, got nan"),
    ],
)
def test_wrong_arguments_are_refused(clip, parameters, limit, error, message) -> None:
    with pytest.raises(error, match=message):
        clip(parameters, limit)


@pytest.mark.parametrize("p", [0, 0.0, -1.0, math.nan])
def test_wrong_norms_are_refused(p) -> None:
    with pytest.raises(ValueError, match="norm_type must be"):
        clip_grad_norm_(values([1.0]), 1.0, p)


def test_gradients_of_a_network_are_clipped() -> None:
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    (100.0 * (model([0.5, -1.0]) - 7.0) ** 2).backward()
    before = np.array([p.grad for p in model.parameters()])
    norm = clip_grad_norm_(model.parameters(), 1.0)
    after = np.array([p.grad for p in model.parameters()])
    assert norm == pytest.approx(np.sqrt(before @ before), rel=1e-14)
    assert after * norm == pytest.approx(before, rel=1e-13)
