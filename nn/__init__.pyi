# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from collections.abc import Iterable
from typing import Any, TypeAlias, overload

from engine import Value
from nn.data.batches import batches as batches
from nn.data.split import split as split
from nn.init import INITIALIZERS as INITIALIZERS
from nn.losses import LOSSES as LOSSES
from nn.losses.penalties import l1_penalty as l1_penalty
from nn.losses.penalties import l2_penalty as l2_penalty
from nn.metrics.classification import accuracy as accuracy
from nn.metrics.classification import classification_report as classification_report
from nn.metrics.classification import confusion_matrix as confusion_matrix
from nn.metrics.labels import predicted_classes as predicted_classes
from nn.modules.activations import ACTIVATIONS as ACTIVATIONS
from nn.modules.dropout import Dropout as Dropout
from nn.modules.embedding import Embedding as Embedding
from nn.modules.learned_activations import NoisyReLU as NoisyReLU
from nn.modules.learned_activations import PReLU as PReLU
from nn.modules.mlp import MLP as MLP
from nn.modules.module import Module as Module
from nn.modules.neuron import Layer as Layer
from nn.modules.neuron import Neuron as Neuron
from nn.modules.perceptron import Perceptron as Perceptron
from nn.modules.sequential import Activate as Activate
from nn.modules.sequential import Sequential as Sequential
from nn.optim import AMSGrad as AMSGrad
from nn.optim import Adadelta as Adadelta
from nn.optim import Adagrad as Adagrad
from nn.optim import Adam as Adam
from nn.optim import AdamW as AdamW
from nn.optim import Adamax as Adamax
from nn.optim import LBFGS as LBFGS
from nn.optim import NAdam as NAdam
from nn.optim import Nesterov as Nesterov
from nn.optim import Optimizer as Optimizer
from nn.optim import RMSprop as RMSprop
from nn.optim import SGD as SGD
from nn.optim.clipping import clip_grad_norm_ as clip_grad_norm_
from nn.optim.clipping import clip_grad_value_ as clip_grad_value_
from nn.optim.lr_scheduler import ChainedScheduler as ChainedScheduler
from nn.optim.lr_scheduler import CosineAnnealingLR as CosineAnnealingLR
from nn.optim.lr_scheduler import ExponentialLR as ExponentialLR
from nn.optim.lr_scheduler import LRScheduler as LRScheduler
from nn.optim.lr_scheduler import LambdaLR as LambdaLR
from nn.optim.lr_scheduler import LinearLR as LinearLR
from nn.optim.lr_scheduler import MultiStepLR as MultiStepLR
from nn.optim.lr_scheduler import SequentialLR as SequentialLR
from nn.optim.lr_scheduler import StepLR as StepLR
from nn.report import gradient_report as gradient_report
from nn.training.callbacks import TrainingState as TrainingState
from nn.training.checkpoint import load_checkpoint as load_checkpoint
from nn.training.checkpoint import save_checkpoint as save_checkpoint
from nn.training.early_stopping import EarlyStopping as EarlyStopping
from nn.training.evaluate import METRICS as METRICS
from nn.training.fit import fit as fit
from nn.training.history import History as History
from nn.training.predict import predict as predict
from nn.training.predict import predict_proba as predict_proba
from nn.training.recorder import Recorder as Recorder

_Values: TypeAlias = Value | Iterable[Value] | Iterable[Iterable[Value]]

@overload
def error(predictions: _Values, targets: Any) -> Value:
    """The mean error Σ(t - y) / N over all N elements, with its sign.

    Errors of opposite sign cancel, and it falls without end as predictions grow: look at it, do not train
    with it.

    Args:
        predictions: y.
        targets: t, nested alike.

    Raises:
        ValueError: predictions and targets differ in length, or are empty.

    >>> from engine import Value
    >>> error([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    1.0
    """
@overload
def error(predictions: Any, targets: Any) -> Any: ...
@overload
def absolute_error(predictions: _Values, targets: Any) -> Value:
    """The mean absolute error Σ|t - y| / N over all N elements (MAE, L1); its derivative at 0 is 0.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> absolute_error([Value(1.0), Value(2.0)], [2.0, -1.0]).data
    2.0
    """
@overload
def absolute_error(predictions: Any, targets: Any) -> Any: ...
@overload
def squared_error(predictions: _Values, targets: Any) -> Value:
    """The sum of squared errors Σ(t - y)², with no factor; of a single pair, (t - y)².

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> squared_error([Value(1.0), Value(2.0)], [2.0, 4.0]).data
    5.0
    """
@overload
def squared_error(predictions: Any, targets: Any) -> Any: ...
@overload
def mse(predictions: _Values, targets: Any) -> Value:
    """The mean squared error Σ(t - y)² / N over all N elements, without a factor ½, as PyTorch's.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
@overload
def mse(predictions: Any, targets: Any) -> Any: ...
@overload
def half_squared_error(predictions: _Values, targets: Any) -> Value:
    """E = ½·Σ(t - y)², a sum over all elements: its derivative by y is y - t, which the ½ is there for.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> y = Value(3.0)
    >>> half_squared_error([y], [1.0]).backward()
    >>> y.grad
    2.0
    """
@overload
def half_squared_error(predictions: Any, targets: Any) -> Any: ...
@overload
def quadratic_cost(predictions: _Values, targets: Any) -> Value:
    """C = Σ‖t - y‖² / (2n): half the squared distance of outputs to targets, as the mean over n samples.

    The outermost sequence holds the samples; a network of several outputs gives a list for each. The
    quadratic cost of Nielsen, "Neural networks and deep learning", equation 6.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> y = [[Value(1.0), Value(2.0)], [Value(0.0), Value(0.0)]]
    >>> quadratic_cost(y, [[1.0, 4.0], [0.0, 2.0]]).data  # (4 + 4) / (2·2)
    2.0
    >>> quadratic_cost([1.0, 2.0], [1.0, 4.0])
    1.0
    """
@overload
def quadratic_cost(predictions: Any, targets: Any) -> Any: ...
@overload
def binary_cross_entropy(probabilities: _Values, targets: Any) -> Value:
    """The binary cross-entropy -Σ(t·log p + (1 - t)·log(1 - p)) / N over all N elements, natural logarithm.

    A term whose factor is 0 counts as 0, also where its logarithm is infinite. For a network's raw
    outputs take :func:`binary_cross_entropy_with_logits`, which loses no digits near 0 and 1.

    Args:
        probabilities: p, between 0 and 1, such as sigmoid outputs.
        targets: t, nested alike, between 0 and 1.

    Raises:
        ValueError: a probability or target is outside [0, 1]; or predictions and targets differ in length.

    >>> from engine import Value
    >>> round(binary_cross_entropy([Value(0.8), Value(0.4)], [1, 0]).data, 6)
    0.366985
    """
@overload
def binary_cross_entropy(probabilities: Any, targets: Any) -> Any: ...
@overload
def binary_cross_entropy_with_logits(logits: _Values, targets: Any) -> Value:
    """The binary cross-entropy of sigmoid(z), from z itself: Σ(t·softplus(-z) + (1 - t)·softplus(z)) / N.

    Exact for any finite logit, and with its digits also where sigmoid(z) rounds to 0 or 1.

    Args:
        logits: z, a network's outputs before any sigmoid.
        targets: t, nested alike, between 0 and 1.

    Raises:
        ValueError: a target is outside [0, 1]; or logits and targets differ in length.

    >>> from engine import Value
    >>> binary_cross_entropy_with_logits([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
@overload
def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Any: ...
@overload
def categorical_cross_entropy(probabilities: _Values, target: Any) -> Value:
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
@overload
def categorical_cross_entropy(probabilities: Any, target: Any) -> Any: ...
@overload
def cross_entropy(logits: _Values, target: Any) -> Value:
    """The cross-entropy -Σ log softmax(z)[t] / n over n samples, natural logarithm.

    Computed as log Σ_j exp(z_j - z_t), which neither overflows nor loses digits where the
    probability of the target is nearly 1. A logit of -inf, as masks give, is a class of probability 0: it
    takes no part, and as the target costs inf.

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
@overload
def cross_entropy(logits: Any, target: Any) -> Any: ...
@overload
def hinge(scores: _Values, targets: Any) -> Value:
    """The hinge loss Σ max(0, 1 - t·s) / N over all N elements; its derivative at the kink is 0.

    Args:
        scores: s, a network's outputs; their sign is the class.
        targets: t, nested alike, each -1 or +1.

    Raises:
        ValueError: a target is neither -1 nor +1; or scores and targets differ in length.

    >>> from engine import Value
    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).data
    0.25
    """
@overload
def hinge(scores: Any, targets: Any) -> Any: ...

__all__ = [
    "ACTIVATIONS",
    "AMSGrad",
    "Activate",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "ChainedScheduler",
    "CosineAnnealingLR",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "ExponentialLR",
    "History",
    "INITIALIZERS",
    "LBFGS",
    "LOSSES",
    "LRScheduler",
    "LambdaLR",
    "Layer",
    "LinearLR",
    "METRICS",
    "MLP",
    "Module",
    "MultiStepLR",
    "NAdam",
    "Nesterov",
    "Neuron",
    "NoisyReLU",
    "Optimizer",
    "PReLU",
    "Perceptron",
    "RMSprop",
    "Recorder",
    "SGD",
    "Sequential",
    "SequentialLR",
    "StepLR",
    "TrainingState",
    "absolute_error",
    "accuracy",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_cross_entropy",
    "classification_report",
    "clip_grad_norm_",
    "clip_grad_value_",
    "confusion_matrix",
    "cross_entropy",
    "error",
    "fit",
    "gradient_report",
    "half_squared_error",
    "hinge",
    "l1_penalty",
    "l2_penalty",
    "load_checkpoint",
    "mse",
    "predict",
    "predict_proba",
    "predicted_classes",
    "quadratic_cost",
    "save_checkpoint",
    "split",
    "squared_error",
]
