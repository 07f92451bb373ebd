"""Rosenblatt's perceptron, with its own learning rule in place of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine import Value, dot, greater, greater_equal
from engine.floats.validate import integer, non_negative
from nn.data.dataset import read_pair
from nn.data.numbers import number_of
from nn.init import Init, initial_weights
from nn.modules.inputs import Inputs
from nn.modules.module import Module
from nn.rng import Rng, numpy_generator

__all__ = ["Perceptron", "PerceptronRun"]


@dataclass(frozen=True)
class PerceptronRun:
    """The result of training a perceptron.

    Attributes:
        errors: the number of misclassified samples in each epoch, each of which changed the weights.
        converged: whether the last epoch was without errors.
    """

    errors: list[int]
    converged: bool

    @property
    def epochs(self) -> int:
        """The number of epochs, the one without errors included."""
        return len(self.errors)

    def __str__(self) -> str:
        count = f"{self.epochs} epoch{'' if self.epochs == 1 else 's'}"
        errors = ", ".join(map(str, self.errors[-10:]))
        shown = f"errors in each: {errors}" if self.epochs <= 10 else f"errors in the last 10: {errors}"
        if self.converged:
            return f"converged in {count}; {shown}"
        return (
            f"did not converge in {count}; {shown}. It cannot where the classes are not linearly separable; "
            "where they are, it does with epochs enough"
        )


class Perceptron(Module):
    """y = sign(w·x + b): +1 where z = w·x + b is above 0, else -1; with a threshold θ, +1 where z ≥ θ.

    Rosenblatt 1958, "The perceptron: a probabilistic model for information storage and organization in the
    brain". Its gradient is 0 everywhere, so it has a learning rule of its own: see :meth:`fit`.

    Args:
        nin: the number of inputs.
        threshold: θ, for +1 where w·x + b ≥ θ; None for +1 where w·x + b > 0.
        init: the initial weights, as in :class:`nn.Neuron`; zeros by default.
        rng: as in :class:`nn.Neuron`; only needed where ``init`` is random.
        bias: whether it has a bias, which starts at 0 and is learned.

    Attributes:
        w: the weights, Values.
        b: the bias, a Value; None without one.
        threshold: as given.

    >>> AND = Perceptron(2)
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> print(AND.fit(X, [0, 0, 0, 1], epochs=20))
    converged in 6 epochs; errors in each: 1, 3, 3, 2, 1, 0
    >>> [AND(x).data for x in X]
    [-1.0, -1.0, -1.0, 1.0]
    >>> Perceptron(2).fit(X, [0, 1, 1, 0], epochs=20).converged  # XOR
    False
    """

    activation = "sign"

    def __init__(
        self,
        nin: int,
        *,
        threshold: float | None = None,
        init: Init = "zeros",
        rng: Rng = None,
        bias: bool = True,
    ) -> None:
        weights = initial_weights(init, rng, integer("nin", nin), 1)[0]
        self.w = [Value(weight) for weight in weights.tolist()]
        self.b = Value(0.0) if bias else None
        self.threshold = None if threshold is None else number_of(threshold)
        self.label_parameters()

    def __call__(self, x: Any) -> Value:
        """+1 or -1, as a Value.

        Args and errors are those of a neuron's call.
        """
        inputs = Inputs.of(x)
        if len(inputs) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, got {len(inputs)}")
        z = dot(self.w, inputs)
        if self.b is not None:
            z = z + self.b
        fires = greater(z, 0.0) if self.threshold is None else greater_equal(z, self.threshold)
        return 2.0 * fires - 1.0

    def fit(
        self, X: Sequence[Any], y: Sequence[Any], epochs: int = 100, *, lr: float = 1.0, rng: Rng = None
    ) -> PerceptronRun:
        """Train by the perceptron rule: for each misclassified sample, w ← w + lr·t·x and b ← b + lr·t.

        t is the target, +1 or -1. The training ends after the first epoch without mistakes. If the classes
        are linearly separable it comes, in any order of the samples (Novikoff 1962: starting from zeros,
        after at most (R/γ)² mistakes, R the length of the longest sample and γ the margin, both with a 1
        appended for the bias). Otherwise it never comes, and the result says so. Without a bias the boundary
        is w·x = θ, and corrections must be small beside θ.

        Args:
            X: samples, each of ``nin`` numbers.
            y: the target of each, -1 and +1, or 0 and 1, where 0 stands for -1.
            epochs: the largest number of passes through the samples.
            lr: the size of a correction. Starting from zeros, with threshold None, the answers are the
                same for all.
            rng: None goes through the samples in their order; a seed or generator shuffles them each epoch.

        Returns:
            The number of mistakes in each epoch, and whether it converged.

        Raises:
            ValueError: a target is another number, -1 and 0 are mixed, or X and y differ in length.

        >>> run = Perceptron(1).fit([[0.0], [1.0]], [-1, 1])
        >>> run.converged, run.errors
        (True, [1, 1, 0])
        """
        epochs, step = integer("epochs", epochs), non_negative("lr", lr)
        X, y = read_pair(X, y)
        samples = [([number_of(each) for each in Inputs.of(x)], t) for x, t in zip(X, _signs(y), strict=True)]
        generator = None if rng is None else numpy_generator(rng)
        errors: list[int] = []
        while len(errors) < epochs and 0 not in errors:
            order = range(len(samples)) if generator is None else generator.permutation(len(samples)).tolist()
            errors.append(sum(self._learn(*samples[i], step) for i in order))
        return PerceptronRun(errors, errors[-1] == 0)

    def _learn(self, x: list[float], target: float, step: float) -> bool:
        """Correct the weights if the sample is misclassified; returns whether it was."""
        if self(x).data == target:
            return False
        for w, each in zip(self.w, x, strict=True):
            w.data += step * target * each
        if self.b is not None:
            self.b.data += step * target
        return True

    def __repr__(self) -> str:
        threshold = "" if self.threshold is None else f", threshold={self.threshold:g}"
        return f"Perceptron({len(self.w)}{threshold})"


def _signs(y: Sequence[Any]) -> list[float]:
    numbers = [number_of(target) for target in y]
    kinds = set(numbers)
    if not (kinds <= {-1.0, 1.0} or kinds <= {0.0, 1.0}):
        raise ValueError(f"a perceptron's targets must be -1 and +1, or 0 and 1, got {sorted(kinds)}")
    return [1.0 if number > 0.0 else -1.0 for number in numbers]
