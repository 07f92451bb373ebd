"""Losses from distributions: the Kullback-Leibler divergence, and the likelihood of counts."""

from __future__ import annotations

import math
from typing import Any

from engine import exp, greater, log, maximum, mean, sum, where
from engine.autograd.trace_mode import checked
from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.data.numbers import items_of, number_of
from nn.losses.pairing import is_count, is_share, may_be_logarithm, pairs_of
from nn.losses.row import row

__all__ = ["kl_divergence", "poisson_nll"]


@row("mean", checks_targets=True, by_class=True)
def kl_divergence(log_probabilities: Any, targets: Any, log_target: bool = False) -> Any:
    """The Kullback-Leibler divergence Σ t·(log t - q) / n over n samples, of log-probabilities q.

    Kullback & Leibler 1951, "On information and sufficiency": 0 where the two distributions are the same.
    A term whose target is 0 counts as 0. PyTorch's ``kl_div(q, t, reduction="batchmean")``.

    Args:
        log_probabilities: q, log-probabilities such as log_softmax outputs, of one sample or of a list of
            samples.
        targets: t, probabilities, nested alike.
        log_target: whether the targets are logarithms of probabilities.

    Raises:
        ValueError: a prediction is above 0, as of no probability; a target is outside [0, 1]; or predictions
            and targets differ in length.

    >>> from engine import Value
    >>> kl_divergence([Value(-0.5), Value(-1.0)], [0.0, 1.0]).data
    1.0
    """
    samples = items_of(log_probabilities) or []
    count = len(samples) if samples and items_of(samples[0]) is not None else 1
    terms = []
    for q, t in pairs_of(log_probabilities, targets):
        if not checked(q, may_be_logarithm):
            advice = "for probabilities p take their logarithms, for outputs before the softmax log_softmax"
            raise ValueError(f"log_probabilities must be at most 0, got {brief(number_of(q))}; {advice}")
        if log_target:
            terms.append(exp(t) * where(exp(t), t - q, 0.0))
            continue
        if not checked(t, is_share):
            advice = "for logarithms of probabilities give log_target=True"
            raise ValueError(f"targets must be probabilities, got {brief(number_of(t))}; {advice}")
        terms.append(where(t, t * (log(t) - q), 0.0))
    return sum(terms) / count if count > 1 else sum(terms)


@row("mean", checks_targets=True)
def poisson_nll(
    predictions: Any, targets: Any, log_input: bool = True, full: bool = False, eps: float = 1e-8
) -> Any:
    """The negative log-likelihood Σ(exp(z) - t·z) / N of counts t, Poisson distributed of mean exp(z).

    Args:
        predictions: z, the logarithm of the mean; or with ``log_input=False`` y, the mean itself, and the
            loss is Σ(y - t·log(y + eps)) / N.
        targets: t, nested alike, at least 0.
        log_input: see above.
        full: whether to add log t!, by Stirling's formula where t is above 1. It changes no gradient.
        eps: keeps the logarithm of a mean of 0 finite.

    Raises:
        ValueError: a target is below 0; or predictions and targets differ in length.

    >>> from engine import Value
    >>> poisson_nll([Value(0.0)], [3.0]).data, poisson_nll([2.0], [0.0], log_input=False)
    (1.0, 2.0)
    """
    eps = non_negative("eps", eps)
    terms = []
    for y, t in pairs_of(predictions, targets):
        if not checked(t, is_count):
            raise ValueError(f"targets must be counts, at least 0, got {brief(number_of(t))}")
        term = exp(y) - t * y if log_input else y - t * log(y + eps)
        terms.append(term + _log_factorial(t) if full else term)
    return mean(terms)


def _log_factorial(t: Any) -> Any:
    """log t! by Stirling's formula, and 0 up to 1."""
    above = maximum(t, 1.0)  # so that there is no logarithm of 0
    return where(greater(t, 1.0), t * log(above) - t + 0.5 * log(math.tau * above), 0.0)
