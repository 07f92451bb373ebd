"""Functions under PyTorch's names, for ``import nn.functional as F``: the modules and losses, called at once.

``F.relu(x)`` is ``nn.ReLU()(x)``, ``F.cross_entropy(z, t, label_smoothing=0.1)`` is
``nn.CrossEntropyLoss(label_smoothing=0.1)(z, t)``: of a number, of nested lists, of batches of them.

>>> relu([-1.0, 2.0]), softmax([0.0, 0.0], dim=-1)
([0.0, 2.0], [0.5, 0.5])
>>> mse_loss([1.0, 2.0], [1.0, 4.0], reduction="sum")
4.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import dot
from nn.losses import class_modules, several
from nn.losses import modules as losses
from nn.modules.attention import scaled_dot_product_attention as scaled_dot_product_attention
from nn.modules.dropout import Dropout, Dropout1d, Dropout2d
from nn.modules.embedding import Embedding
from nn.modules.layers import conv, norms, pointwise, pooling, softmaxes
from nn.modules.layers.axes import along_last, listed, shape_of
from nn.modules.learned_activations import PReLU
from nn.modules.module import Module
from nn.rng import Rng
from nn.vectors import cosine_similarity as cosine_similarity
from nn.vectors import normalize as normalize
from nn.vectors import one_hot as one_hot
from nn.vectors import pad as pad
from nn.vectors import pairwise_distance as pairwise_distance


def _of(kind: Callable[..., Any]) -> Callable[..., Any]:
    """The function that makes a module of its settings and calls it with the input."""

    def function(input: Any, *settings: Any, **named: Any) -> Any:
        return kind(*settings, **named)(input)

    return _named(function, kind, "input")


def _loss_of(kind: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a loss, of predictions and targets."""

    def function(input: Any, target: Any, *settings: Any, **named: Any) -> Any:
        return kind(*settings, **named)(input, target)

    return _named(function, kind, "input, target")


def _loss_of_three(kind: Callable[..., Any], given: str) -> Callable[..., Any]:
    """The same for a loss of three inputs."""

    def function(first: Any, second: Any, third: Any, *settings: Any, **named: Any) -> Any:
        return kind(*settings, **named)(first, second, third)

    return _named(function, kind, given)


def _named(function: Callable[..., Any], kind: Any, given: str) -> Callable[..., Any]:
    function.__doc__ = f"``nn.{kind.__name__}(…)({given})``, with its settings behind the input."
    return function


relu = _of(pointwise.ReLU)
leaky_relu = _of(pointwise.LeakyReLU)
elu = _of(pointwise.ELU)
selu = _of(pointwise.SELU)
celu = _of(pointwise.CELU)
silu = _of(pointwise.SiLU)
mish = _of(pointwise.Mish)
gelu = _of(pointwise.GELU)
softplus = _of(pointwise.Softplus)
sigmoid = _of(pointwise.Sigmoid)
logsigmoid = _of(pointwise.LogSigmoid)
tanh = _of(pointwise.Tanh)
softsign = _of(pointwise.Softsign)
tanhshrink = _of(pointwise.Tanhshrink)
softshrink = _of(pointwise.Softshrink)
hardshrink = _of(pointwise.Hardshrink)
hardtanh = _of(pointwise.Hardtanh)
hardsigmoid = _of(pointwise.Hardsigmoid)
hardswish = _of(pointwise.Hardswish)
relu6 = _of(pointwise.ReLU6)
softmax = _of(softmaxes.Softmax)
log_softmax = _of(softmaxes.LogSoftmax)
softmin = _of(softmaxes.Softmin)
max_pool1d = _of(pooling.MaxPool1d)
max_pool2d = _of(pooling.MaxPool2d)
avg_pool1d = _of(pooling.AvgPool1d)
avg_pool2d = _of(pooling.AvgPool2d)
adaptive_avg_pool1d = _of(pooling.AdaptiveAvgPool1d)
adaptive_avg_pool2d = _of(pooling.AdaptiveAvgPool2d)
adaptive_max_pool1d = _of(pooling.AdaptiveMaxPool1d)
adaptive_max_pool2d = _of(pooling.AdaptiveMaxPool2d)
threshold = _of(pointwise.Threshold)
glu = _of(softmaxes.GLU)

mse_loss = _loss_of(losses.MSELoss)
l1_loss = _loss_of(losses.L1Loss)
huber_loss = _loss_of(losses.HuberLoss)
smooth_l1_loss = _loss_of(losses.SmoothL1Loss)
binary_cross_entropy = _loss_of(losses.BCELoss)
binary_cross_entropy_with_logits = _loss_of(losses.BCEWithLogitsLoss)
cross_entropy = _loss_of(class_modules.CrossEntropyLoss)
nll_loss = _loss_of(class_modules.NLLLoss)
kl_div = _loss_of(losses.KLDivLoss)
poisson_nll_loss = _loss_of(losses.PoissonNLLLoss)
soft_margin_loss = _loss_of(losses.SoftMarginLoss)
hinge_embedding_loss = _loss_of(losses.HingeEmbeddingLoss)

margin_ranking_loss = _loss_of_three(several.MarginRankingLoss, "x1, x2, target")
cosine_embedding_loss = _loss_of_three(several.CosineEmbeddingLoss, "x1, x2, target")
triplet_margin_loss = _loss_of_three(several.TripletMarginLoss, "anchor, positive, negative")
gaussian_nll_loss = _loss_of_three(several.GaussianNLLLoss, "input, target, var")

for _name, _function in list(globals().items()):
    if getattr(_function, "__name__", "") == "function":  # for help() and messages
        _function.__name__ = _function.__qualname__ = _name


def dropout(input: Any, p: float = 0.5, training: bool = True, *, rng: Rng = None) -> Any:
    """Set numbers to 0 with probability p and scale the others up, as :class:`nn.Dropout`.

    Args:
        input: a number or nested lists.
        p: the probability of 0.
        training: whether to; in a module ``self.training``.
        rng: a seed, a generator, or None for Python's ``random`` module.

    >>> dropout([1.0, 2.0], 0.5, training=False)
    [1.0, 2.0]
    """
    return Dropout(p, rng=rng).train(training)(input)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, *, rng: Rng = None) -> Any:
    """Set whole channels of sequences to 0, as :class:`nn.Dropout1d`; arguments are those of :func:`dropout`.

    >>> dropout1d([[1.0, 2.0]], 1.0)
    [[0.0, 0.0]]
    """
    return Dropout1d(p, rng=rng).train(training)(input)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, *, rng: Rng = None) -> Any:
    """Set whole channels of images to 0, as :class:`nn.Dropout2d`; arguments are those of :func:`dropout`.

    >>> dropout2d([[[1.0, 2.0]]], training=False)
    [[[1.0, 2.0]]]
    """
    return Dropout2d(p, rng=rng).train(training)(input)


def embedding(input: Any, weight: Any) -> Any:
    """The rows of a table at indices, nested as these are, as :class:`nn.Embedding`.

    Args:
        input: an index, or nested lists of them.
        weight: the rows.

    Raises:
        IndexError, TypeError: an index is out of range, or not an integer.

    >>> embedding([1, 0], [[1.0, 2.0], [3.0, 4.0]])
    [[3.0, 4.0], [1.0, 2.0]]
    """
    rows = listed("weight", weight)
    return _with(Embedding(len(rows), len(rows[0]), init=0.0), weight=rows)(input)


def prelu(input: Any, weight: Any) -> Any:
    """x where positive, else x times the leak, a number or a list of one, as :class:`nn.PReLU`.

    >>> prelu([-2.0, 2.0], 0.5)
    [-1.0, 2.0]
    """
    leaks = listed("weight", weight)
    return _with(PReLU(), weight=leaks if isinstance(leaks, list) else [leaks])(input)


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """(x - mean) / √(var + eps) · weight + bias over the last axes, as :class:`nn.LayerNorm`.

    >>> [round(y, 3) for y in layer_norm([1.0, 5.0], (2,), weight=[1.0, 2.0])]
    [-1.0, 2.0]
    """
    return _with(norms.LayerNorm(normalized_shape, eps, False), weight=weight, bias=bias)(input)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """x / √(mean(x²) + eps) · weight over the last axes, as :class:`nn.RMSNorm`.

    >>> [round(y, 4) for y in rms_norm([3.0, 4.0], (2,))]
    [0.8485, 1.1314]
    """
    return _with(norms.RMSNorm(normalized_shape, eps, False), weight=weight)(input)


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalisation of groups of channels, of a list of samples as in PyTorch; see :class:`nn.GroupNorm`.

    >>> [[round(y, 3) for y in sample] for sample in group_norm([[1.0, 5.0], [0.0, 20.0]], 1)]
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    shape = shape_of("input", listed("input", input))
    if len(shape) < 2:
        raise ValueError(f"group_norm takes a list of samples, got shape {shape}")
    module = norms.GroupNorm(num_groups, shape[1], eps, False, axes=len(shape) - 2)
    return _with(module, weight=weight, bias=bias)(input)


def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The convolution of a sample, or of samples, with these kernels, as :class:`nn.Conv1d`.

    Args:
        input: a list of channels; or a list of such samples.
        weight: nested lists of shape (outputs, inputs / groups, kernel).
        bias: a number for each channel of the output; None for none.
        stride, padding, dilation, groups: as in :class:`nn.Conv1d`.

    Raises:
        ValueError: a shape does not go with the others.

    >>> [y.data for y in conv1d([[0.0, 0.0, 1.0, 1.0]], [[[-1.0, 1.0]]])[0]]
    [0.0, 1.0, 0.0]
    """
    return _convolved(conv.Conv1d, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The convolution of images with kernels, as :class:`nn.Conv2d`; arguments are those of :func:`conv1d`.

    >>> conv2d([[[1.0, 1.0], [1.0, 1.0]]], [[[[0.25, 0.25], [0.25, 0.25]]]], bias=[1.0])[0][0][0].data
    2.0
    """
    return _convolved(conv.Conv2d, input, weight, bias, stride, padding, dilation, groups)


def _convolved(kind: Any, input: Any, weight: Any, bias: Any, *settings: Any) -> Any:
    kernels, biases = listed("weight", weight), None if bias is None else listed("bias", bias)
    shape, groups = shape_of("weight", kernels), settings[-1]
    if len(shape) != kind.axes + 2 or (biases is not None and len(biases) != shape[0]):
        given = "none" if biases is None else len(biases)
        raise ValueError(
            f"weight must have {kind.axes + 2} axes, and bias its first; got {shape} and {given}"
        )
    module = kind(shape[1] * groups, shape[0], shape[2:], *settings, False, init=0.0)
    return _with(module, weight=kernels, bias=biases)(input)


def _with(module: Module, **given: Any) -> Module:
    """A module with these parameters in place of its own."""
    for name, numbers in given.items():
        setattr(module, name, None if numbers is None else listed(name, numbers))
    return module


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """input @ weight.T + bias, of one sample or of nested lists of them.

    Args:
        input: numbers and Values, as many as a row of weights has.
        weight: a list of rows.
        bias: a number for each row; None for none.

    Raises:
        ValueError: the lengths differ.

    >>> [y.data for y in linear([1.0, 2.0], [[3.0, 4.0], [0.0, 1.0]], [0.5, 0.5])]
    [11.5, 2.5]
    """
    biases = [0.0] * len(weight) if bias is None else bias
    if len(biases) != len(weight):
        raise ValueError(f"linear needs a bias for each of {len(weight)} rows, got {len(biases)}")
    return along_last(lambda x: [dot(row, x) + b for row, b in zip(weight, biases, strict=True)], input)


_HERE = (__name__, "nn.modules.attention", "nn.vectors")
__all__ = [
    name
    for name, each in list(globals().items())
    if name[0] != "_" and getattr(each, "__module__", "") in _HERE
]
