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
from nn.losses import modules as losses
from nn.modules.dropout import Dropout
from nn.modules.layers import pointwise, pooling, softmaxes
from nn.modules.layers.axes import along_last
from nn.rng import Rng

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "cross_entropy",
    "dropout",
    "elu",
    "gelu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "huber_loss",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "max_pool1d",
    "max_pool2d",
    "mish",
    "mse_loss",
    "nll_loss",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
]


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

mse_loss = _loss_of(losses.MSELoss)
l1_loss = _loss_of(losses.L1Loss)
huber_loss = _loss_of(losses.HuberLoss)
smooth_l1_loss = _loss_of(losses.SmoothL1Loss)
binary_cross_entropy = _loss_of(losses.BCELoss)
binary_cross_entropy_with_logits = _loss_of(losses.BCEWithLogitsLoss)
cross_entropy = _loss_of(losses.CrossEntropyLoss)
nll_loss = _loss_of(losses.NLLLoss)

for _name, _function in list(globals().items()):
    if _name in __all__ and _function.__name__ == "function":  # for help() and messages
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
    module = Dropout(p, rng=rng)
    return (module if training else module.eval())(input)


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
