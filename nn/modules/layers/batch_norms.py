"""BatchNorm: normalisation of each feature over the samples of a batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from engine import Value, mean, sqrt, var
from engine.autograd.trace_mode import is_tracing
from engine.errors import TraceError
from engine.floats.validate import integer, non_negative
from nn.checks import flag, up_to_one
from nn.data.numbers import number_of
from nn.modules.layers.axes import flattened, listed, nested, shape_of
from nn.modules.module import Module

__all__ = ["BatchNorm1d", "BatchNorm2d"]


class _BatchNorm(Module):
    """Base of the batch normalisations, of batches of different shapes."""

    running_mean: Any
    running_var: Any
    num_batches_tracked: Any
    axes: ClassVar[tuple[int, ...]]
    """How many axes a batch may have."""
    form: ClassVar[str]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features = integer("num_features", num_features)
        self.eps = non_negative("eps", eps)
        self.momentum = None if momentum is None else up_to_one("momentum", momentum)
        self.affine = flag("affine", affine)
        self.track_running_stats = flag("track_running_stats", track_running_stats)
        self.weight = [Value(1.0) for _ in range(self.num_features)] if self.affine else None
        self.bias = [Value(0.0) for _ in range(self.num_features)] if self.affine else None
        tracked = self.track_running_stats
        self.register_buffer("running_mean", [0.0] * self.num_features if tracked else None)
        self.register_buffer("running_var", [1.0] * self.num_features if tracked else None)
        self.register_buffer("num_batches_tracked", 0.0 if tracked else None)
        self.label_parameters()

    @property
    def needs_batch(self) -> bool:
        """Whether statistics are those of the batch: while training, and where none are kept."""
        return self.training or not self.track_running_stats

    def __call__(self, x: Any) -> Any:
        """The normalised numbers, nested as the input.

        Args:
            x: a batch; in evaluation mode also one sample.

        Raises:
            ValueError: it has another shape, or, while training, a feature has only one number.
            TraceError: it is lifted while training and keeps running statistics.
        """
        x = listed("input", x)
        shape = shape_of("input", x)
        of_batch = self.needs_batch
        if is_tracing() and self.training and self.track_running_stats:
            raise TraceError(
                f"{self!r} brings its running statistics up to date while training, which a lifted program "
                "cannot; call eval(), give track_running_stats=False, or take LayerNorm"
            )
        single = not of_batch and len(shape) == min(self.axes) - 1
        x, shape = ([x], (1, *shape)) if single else (x, shape)
        if len(shape) not in self.axes or shape[1] != self.num_features:
            raise ValueError(
                f"{self!r} takes a batch of shape {self.form.format(self.num_features)}, got {shape}"
                + ("; while training it needs a list of samples" if of_batch else "")
            )
        columns = [[number for sample in x for number in flattened(sample[j])] for j in range(shape[1])]
        functions = self._of_batch(columns) if of_batch else self._of_running()
        result = [
            [nested([f(y) for y in flattened(part)], shape[2:]) if shape[2:] else f(part)
             for f, part in zip(functions, sample, strict=True)]
            for sample in x
        ]  # fmt: skip
        return result[0] if single else result

    def _of_batch(self, columns: list[list[Any]]) -> list[Callable[[Any], Any]]:
        """For each feature the function that normalises by the batch."""
        count = len(columns[0])
        if count < 2:
            raise ValueError(
                f"{self!r} needs more than one number of each feature while training, got a batch of one; "
                "choose a batch_size that leaves no last batch of one; eval() uses the running statistics"
            )
        statistics = [(mean(column), var(column)) for column in columns]
        if self.training and self.track_running_stats:
            self._track(statistics, count / (count - 1))
        return [
            self._function(j, center, 1.0 / sqrt(v + self.eps)) for j, (center, v) in enumerate(statistics)
        ]

    def _of_running(self) -> list[Callable[[Any], Any]]:
        pairs = zip(self.running_mean, self.running_var, strict=True)
        return [self._function(j, m, 1.0 / math.sqrt(v + self.eps)) for j, (m, v) in enumerate(pairs)]

    def _function(self, j: int, center: Any, scale: Any) -> Callable[[Any], Any]:
        if self.weight is None or self.bias is None:
            return lambda x: (x - center) * scale
        factor, bias = scale * self.weight[j], self.bias[j]
        return lambda x: (x - center) * factor + bias

    def _track(self, statistics: list[tuple[Any, Any]], correction: float) -> None:
        self.num_batches_tracked += 1.0
        new = 1.0 / self.num_batches_tracked if self.momentum is None else self.momentum
        means = [number_of(center) for center, _ in statistics]
        variances = [number_of(v) * correction for _, v in statistics]
        for name, numbers in (("running_mean", means), ("running_var", variances)):
            before = getattr(self, name)
            after = [(1.0 - new) * old + new * each for old, each in zip(before, numbers, strict=True)]
            setattr(self, name, after)

    def __repr__(self) -> str:
        settings = f"momentum={self.momentum}, affine={self.affine}"
        tracked = f"track_running_stats={self.track_running_stats}"
        return f"{type(self).__name__}({self.num_features}, eps={self.eps:g}, {settings}, {tracked})"


class BatchNorm1d(_BatchNorm):
    """(x - mean) / √(var + eps) · weight + bias, of each feature over the samples of a batch.

    Ioffe & Szegedy 2015, "Batch normalization". While training, mean and variance are those of the batch, so
    the model is called with a list of samples; running means of them are kept, the variance's with Bessel's
    correction, and used in evaluation mode (``model.eval()``), where a single sample will do. :func:`nn.fit`
    calls a model that contains one with whole batches.

    The running statistics are numbers, not parameters: they are in ``state_dict()`` and in saved files. While
    training they are brought up to date in each call, which a program lifted by ``engine.jit`` cannot do:
    there give ``track_running_stats=False``, or take :class:`LayerNorm`.

    Args:
        num_features: the length of the axis of features, the one behind the samples.
        eps: added to the variance, at least 0.
        momentum: how much of the running statistics is new in each batch, from 0 to 1; None is the plain mean
            of all batches.
        affine: whether there is a weight and a bias for each feature.
        track_running_stats: False takes those of the batch in evaluation mode too.

    Attributes:
        weight, bias: lists of Values, at first 1 and 0; None without.
        running_mean, running_var: lists of floats, at first 0 and 1; None where they are not tracked.
        num_batches_tracked: how many batches they are of.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    A batch has shape (samples, features) or (samples, features, length).

    >>> norm = BatchNorm1d(2)
    >>> [[round(y.data, 3) for y in sample] for sample in norm([[1.0, 5.0], [3.0, 9.0]])]
    [[-1.0, -1.0], [1.0, 1.0]]
    >>> norm.running_mean, norm.num_batches_tracked
    ([0.2, 0.7000000000000001], 1.0)
    >>> [round(y.data, 3) for y in norm.eval()([1.0, 5.0])]
    [0.763, 3.298]
    """

    axes = (2, 3)
    form = "(samples, {0}) or (samples, {0}, length)"


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of the channels of images: shape (samples, channels, height, width).

    Arguments and attributes are those of :class:`BatchNorm1d`.

    >>> BatchNorm2d(3).eval()([[[1.0]], [[2.0]], [[3.0]]])[2][0][0].data < 3.0
    True
    """

    axes = (4,)
    form = "(samples, {}, height, width)"
