"""Losses for classification, with an output for each class."""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import index
from typing import Any

from engine import Value, greater, log, logsumexp, mean, sum, take, where
from engine.autograd.trace_mode import checked, is_tracing
from engine.quoting import brief
from nn.data.numbers import items_of, number_of
from nn.losses.pairing import is_share, may_be_logarithm, may_be_probability
from nn.losses.row import row

__all__ = ["categorical_cross_entropy", "cross_entropy", "negative_log_likelihood"]


@row("mean", checks_targets=True, by_class=True)
def cross_entropy(logits: Any, target: Any) -> Any:
    """The cross-entropy -Σ log softmax(z)[t] / n over n samples, natural logarithm.

    Computed as log Σ_j exp(z_j - z_t), which neither overflows nor loses digits where the
    probability of the target is nearly 1. A logit of -inf, as masks give, is a class of probability 0: it
    takes no part, and as the target costs inf (or nan, where ``engine.jit`` lifted it for one sample).

    Args:
        logits: z, a number for each class, before any softmax; or a list of such samples.
        target: t, the index of the right class, counted from 0; or a list with, for each sample, its
            index, or a probability for each class (one-hot or not): then it is -Σ_j t_j·log softmax(z)[j].
            An index may be a Value: so it can be an argument of what ``engine.jit`` lifts.

    Raises:
        ValueError: an index is out of range; probabilities are outside [0, 1] or do not sum to 1; or samples
            and targets differ in length.
        TypeError: an index is not an integer; a sample is not a sequence.

    >>> round(cross_entropy([Value(1.2), Value(0.9), Value(0.4)], 0).data, 6)
    0.783969
    >>> cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 1])
    0.34657359027997264
    >>> cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [[1, 0], [0, 1]])
    0.34657359027997264
    """
    return _mean_over_samples(_from_logits, logits, target, "logits", "binary_cross_entropy_with_logits")


@row("mean", checks_targets=True, by_class=True)
def categorical_cross_entropy(probabilities: Any, target: Any) -> Any:
    """The cross-entropy -Σ log p[t] / n over n samples, of probabilities such as softmax outputs.

    :func:`cross_entropy` has the same value from the outputs before the softmax and loses no digits there:
    take it for training. The probabilities are not made to sum to 1. As the target, one of 0 costs inf.

    Args:
        probabilities: p, a number from 0 to 1 for each class; or a list of such samples.
        target: as in :func:`cross_entropy`.

    Raises:
        ValueError: a probability outside [0, 1]; or as in :func:`cross_entropy`.
        TypeError: as in :func:`cross_entropy`.

    >>> categorical_cross_entropy([Value(0.5), Value(0.3), Value(0.2)], 0).data
    0.6931471805599453
    """
    return _mean_over_samples(
        _from_probabilities, probabilities, target, "probabilities", "binary_cross_entropy"
    )


@row("mean", checks_targets=True, by_class=True)
def negative_log_likelihood(log_probabilities: Any, target: Any) -> Any:
    """The cross-entropy -Σ q[t] / n over n samples, of log-probabilities such as log_softmax outputs.

    PyTorch's NLLLoss. ``negative_log_likelihood(log_softmax(z), t)`` is ``cross_entropy(z, t)``.

    Args:
        log_probabilities: q, the logarithm of a probability for each class; or a list of such samples.
        target: as in :func:`cross_entropy`.

    Raises:
        ValueError: a logarithm is above 0, as of no probability; or as in :func:`cross_entropy`.
        TypeError: as in :func:`cross_entropy`.

    >>> negative_log_likelihood([Value(-0.5), Value(-1.0)], 1).data
    1.0
    """
    return _mean_over_samples(
        _from_logarithms, log_probabilities, target, "log_probabilities", "binary_cross_entropy_with_logits"
    )


def _mean_over_samples(
    loss_of_one: Callable[[list[Any], Any, str], Any], outputs: Any, target: Any, name: str, for_one: str
) -> Any:
    targets = items_of(target, "target")
    if targets is None:
        return _loss_of_one(loss_of_one, _classes(outputs, name, for_one), target, name)
    samples = items_of(outputs, name) or []
    if len(samples) != len(targets):
        raise ValueError(
            f"{name} and targets differ in length: {len(samples)} samples, {len(targets)} targets"
        )
    if not samples:
        raise ValueError("a loss needs at least one sample, got none")
    places = [f"{name}[{i}]" for i in range(len(samples))]
    return mean(
        [
            _loss_of_one(loss_of_one, _classes(sample, place, for_one), t, place)
            for sample, t, place in zip(samples, targets, places, strict=True)
        ]
    )


def _loss_of_one(
    loss: Callable[[list[Any], Any, str], Any], classes: list[Any], target: Any, place: str
) -> Any:
    """The loss of one sample: a Value if one of its outputs is, even if it depends on none of them."""
    result = loss(classes, target, place)
    given = None if isinstance(result, Value) else next((x for x in classes if isinstance(x, Value)), None)
    return result if given is None else where(1.0, result, given)


def _classes(sample: Any, place: str, for_one: str) -> list[Any]:
    classes = items_of(sample, place)
    if classes is None:
        raise TypeError(
            f"{place} must be a sequence with a number for each class, got {brief(sample)}; "
            f"for a single output use {for_one}; a target with a probability for each class "
            "stands in a list, as the sample does: ([model(x)], [[0, 1]])"
        )
    if not classes:
        raise ValueError(f"{place} must have a number for each class, got none")
    if items_of(classes[0]) is not None:
        raise ValueError(
            f"{place} must be a number for each class, got {brief(classes[0])} among them; there are two "
            "axes, samples and classes: give the steps of a sequence as samples, with a target for each"
        )
    return classes


def _from_logits(z: list[Any], target: Any, place: str) -> Any:
    shares = _shares(target, len(z), place)
    if isinstance(shares, Value):  # known when the lifted program runs
        right = take(z, shares)
        return logsumexp([each - right for each in z])
    if isinstance(shares, int):
        right = z[shares]
        if not is_tracing() and number_of(right) == -math.inf:  # differences from it would be inf - inf
            return logsumexp(z) - right
        # A right logit of inf makes each difference -inf, and would cost nothing: it is nan.
        finite = not is_tracing() and math.isfinite(number_of(right))
        zero = 0.0 if finite else where(greater(math.inf, right), 0.0, math.nan)
        return logsumexp([zero, *(each - right for j, each in enumerate(z) if j != shares)])
    expected = sum(_weighted(shares, z))
    if not is_tracing() and number_of(expected) == -math.inf:
        return logsumexp(z) - expected
    return logsumexp([each - expected for each in z])


def _from_probabilities(p: list[Any], target: Any, place: str) -> Any:
    _check_each(p, may_be_probability, f"{place} must lie between 0 and 1")
    shares = _shares(target, len(p), place)
    if isinstance(shares, (int, Value)):
        return -log(take(p, shares))
    return -sum(_weighted(shares, [log(each) for each in p]))


def _from_logarithms(q: list[Any], target: Any, place: str) -> Any:
    _check_each(q, may_be_logarithm, f"{place} must be logarithms of probabilities, at most 0")
    shares = _shares(target, len(q), place)
    if isinstance(shares, (int, Value)):
        return -take(q, shares)
    return -sum(_weighted(shares, q))


def _check_each(numbers: list[Any], may_be: Callable[[Any], Any], must: str) -> None:
    for each in numbers:
        if not checked(each, may_be):
            advice = "for outputs before the softmax use cross_entropy"
            raise ValueError(f"{must}, got {brief(number_of(each))}; {advice}")


def _weighted(shares: list[Any], numbers: list[Any]) -> list[Any]:
    """The products share·number, which are 0 where the share is 0, even if the number is infinite."""
    return [where(share, share * number, 0.0) for share, number in zip(shares, numbers, strict=True)]


def _shares(target: Any, classes: int, place: str) -> int | Value | list[Any]:
    """The index of the right class; or a probability for each class, where they are not one-hot.

    While a loss is traced, targets that are Values stay Values, and are checked at each call of the program.
    """
    shares = items_of(target, f"the target of {place}")
    if shares is not None:
        return _checked_shares(shares, classes, place)
    if isinstance(target, Value):
        if is_tracing():
            if not checked(target, lambda chosen: (chosen >= 0.0) & (chosen < classes)):
                raise ValueError(
                    f"the target of {place} must be from 0 to {classes - 1}, got {brief(number_of(target))}"
                )
            return target
        target = int(target.data) if target.data.is_integer() else target.data
    try:
        chosen = index(target)
    except TypeError:
        raise TypeError(f"the target of {place} must be the index of a class, got {brief(target)}") from None
    if not 0 <= chosen < classes:
        raise ValueError(f"the target of {place} must be from 0 to {classes - 1}, got {chosen}")
    return chosen


def _checked_shares(shares: list[Any], classes: int, place: str) -> int | list[Any]:
    if any(items_of(share) is not None for share in shares):
        raise ValueError(
            f"the target of {place} must be the index of a class, or a probability for each, got "
            f"{brief(shares)}; outputs come first, then targets"
        )
    if len(shares) != classes:
        index = f"; the index of a class is a number, not [{brief(shares[0])}]" if len(shares) == 1 else ""
        raise ValueError(f"the target of {place} must have {classes} probabilities, got {len(shares)}{index}")
    if is_tracing() and any(isinstance(share, Value) for share in shares):
        for share in shares:
            if not checked(share, is_share):
                raise ValueError(
                    f"the target of {place} must be probabilities, got {brief(number_of(share))} among them"
                )
        return shares
    numbers = [number_of(share) for share in shares]
    if any(not 0.0 <= number <= 1.0 for number in numbers) or abs(math.fsum(numbers) - 1.0) > 1e-6:
        raise ValueError(f"the target of {place} must be probabilities that sum to 1, got {brief(numbers)}")
    one_hot = 1.0 in numbers and numbers.count(0.0) == classes - 1
    if one_hot and not any(isinstance(share, Value) for share in shares):
        return numbers.index(1.0)
    return shares
