# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from collections.abc import Iterable
from typing import Any, TypeAlias, overload

from engine import Value
from nn import functional as functional
from nn import init as init
from nn import losses as losses
from nn import optim as optim
from nn import utils as utils
from nn.data.batches import batches as batches
from nn.data.split import split as split
from nn.estimators.classifier import MLPClassifier as MLPClassifier
from nn.estimators.regressor import MLPRegressor as MLPRegressor
from nn.init import INITIALIZERS as INITIALIZERS
from nn.losses import LOSSES as LOSSES
from nn.losses.class_modules import CrossEntropyLoss as CrossEntropyLoss
from nn.losses.class_modules import NLLLoss as NLLLoss
from nn.losses.modules import BCELoss as BCELoss
from nn.losses.modules import BCEWithLogitsLoss as BCEWithLogitsLoss
from nn.losses.modules import HingeEmbeddingLoss as HingeEmbeddingLoss
from nn.losses.modules import HuberLoss as HuberLoss
from nn.losses.modules import KLDivLoss as KLDivLoss
from nn.losses.modules import L1Loss as L1Loss
from nn.losses.modules import MSELoss as MSELoss
from nn.losses.modules import PoissonNLLLoss as PoissonNLLLoss
from nn.losses.modules import SmoothL1Loss as SmoothL1Loss
from nn.losses.modules import SoftMarginLoss as SoftMarginLoss
from nn.losses.penalties import l1_penalty as l1_penalty
from nn.losses.penalties import l2_penalty as l2_penalty
from nn.losses.reduced import LossModule as LossModule
from nn.losses.several import CosineEmbeddingLoss as CosineEmbeddingLoss
from nn.losses.several import GaussianNLLLoss as GaussianNLLLoss
from nn.losses.several import MarginRankingLoss as MarginRankingLoss
from nn.losses.several import TripletMarginLoss as TripletMarginLoss
from nn.metrics.classification import accuracy as accuracy
from nn.metrics.classification import classification_report as classification_report
from nn.metrics.classification import confusion_matrix as confusion_matrix
from nn.metrics.labels import predicted_classes as predicted_classes
from nn.modules.activations import ACTIVATIONS as ACTIVATIONS
from nn.modules.attention import MultiheadAttention as MultiheadAttention
from nn.modules.dropout import Dropout as Dropout
from nn.modules.dropout import Dropout1d as Dropout1d
from nn.modules.dropout import Dropout2d as Dropout2d
from nn.modules.embedding import Embedding as Embedding
from nn.modules.layers.batch_norms import BatchNorm1d as BatchNorm1d
from nn.modules.layers.batch_norms import BatchNorm2d as BatchNorm2d
from nn.modules.layers.cells import GRUCell as GRUCell
from nn.modules.layers.cells import LSTMCell as LSTMCell
from nn.modules.layers.cells import RNNCell as RNNCell
from nn.modules.layers.containers import ModuleDict as ModuleDict
from nn.modules.layers.containers import ModuleList as ModuleList
from nn.modules.layers.containers import Parameter as Parameter
from nn.modules.layers.containers import ParameterList as ParameterList
from nn.modules.layers.conv import Conv1d as Conv1d
from nn.modules.layers.conv import Conv2d as Conv2d
from nn.modules.layers.linear import Flatten as Flatten
from nn.modules.layers.linear import Identity as Identity
from nn.modules.layers.linear import Linear as Linear
from nn.modules.layers.linear import Unflatten as Unflatten
from nn.modules.layers.norms import GroupNorm as GroupNorm
from nn.modules.layers.norms import InstanceNorm1d as InstanceNorm1d
from nn.modules.layers.norms import InstanceNorm2d as InstanceNorm2d
from nn.modules.layers.norms import LayerNorm as LayerNorm
from nn.modules.layers.norms import RMSNorm as RMSNorm
from nn.modules.layers.pointwise import CELU as CELU
from nn.modules.layers.pointwise import ELU as ELU
from nn.modules.layers.pointwise import GELU as GELU
from nn.modules.layers.pointwise import Hardshrink as Hardshrink
from nn.modules.layers.pointwise import Hardsigmoid as Hardsigmoid
from nn.modules.layers.pointwise import Hardswish as Hardswish
from nn.modules.layers.pointwise import Hardtanh as Hardtanh
from nn.modules.layers.pointwise import LeakyReLU as LeakyReLU
from nn.modules.layers.pointwise import LogSigmoid as LogSigmoid
from nn.modules.layers.pointwise import Mish as Mish
from nn.modules.layers.pointwise import Pointwise as Pointwise
from nn.modules.layers.pointwise import ReLU as ReLU
from nn.modules.layers.pointwise import ReLU6 as ReLU6
from nn.modules.layers.pointwise import SELU as SELU
from nn.modules.layers.pointwise import SiLU as SiLU
from nn.modules.layers.pointwise import Sigmoid as Sigmoid
from nn.modules.layers.pointwise import Softplus as Softplus
from nn.modules.layers.pointwise import Softshrink as Softshrink
from nn.modules.layers.pointwise import Softsign as Softsign
from nn.modules.layers.pointwise import Tanh as Tanh
from nn.modules.layers.pointwise import Tanhshrink as Tanhshrink
from nn.modules.layers.pointwise import Threshold as Threshold
from nn.modules.layers.pooling import AdaptiveAvgPool1d as AdaptiveAvgPool1d
from nn.modules.layers.pooling import AdaptiveAvgPool2d as AdaptiveAvgPool2d
from nn.modules.layers.pooling import AdaptiveMaxPool1d as AdaptiveMaxPool1d
from nn.modules.layers.pooling import AdaptiveMaxPool2d as AdaptiveMaxPool2d
from nn.modules.layers.pooling import AvgPool1d as AvgPool1d
from nn.modules.layers.pooling import AvgPool2d as AvgPool2d
from nn.modules.layers.pooling import MaxPool1d as MaxPool1d
from nn.modules.layers.pooling import MaxPool2d as MaxPool2d
from nn.modules.layers.recurrent import GRU as GRU
from nn.modules.layers.recurrent import LSTM as LSTM
from nn.modules.layers.recurrent import RNN as RNN
from nn.modules.layers.softmaxes import GLU as GLU
from nn.modules.layers.softmaxes import LogSoftmax as LogSoftmax
from nn.modules.layers.softmaxes import Softmax as Softmax
from nn.modules.layers.softmaxes import Softmin as Softmin
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
from nn.optim import ASGD as ASGD
from nn.optim import Adadelta as Adadelta
from nn.optim import Adagrad as Adagrad
from nn.optim import Adam as Adam
from nn.optim import AdamW as AdamW
from nn.optim import Adamax as Adamax
from nn.optim import LBFGS as LBFGS
from nn.optim import NAdam as NAdam
from nn.optim import Nesterov as Nesterov
from nn.optim import Optimizer as Optimizer
from nn.optim import RAdam as RAdam
from nn.optim import RMSprop as RMSprop
from nn.optim import Rprop as Rprop
from nn.optim import SGD as SGD
from nn.optim.clipping import clip_grad_norm_ as clip_grad_norm_
from nn.optim.clipping import clip_grad_value_ as clip_grad_value_
from nn.optim.lr_scheduler import ChainedScheduler as ChainedScheduler
from nn.optim.lr_scheduler import ConstantLR as ConstantLR
from nn.optim.lr_scheduler import CosineAnnealingLR as CosineAnnealingLR
from nn.optim.lr_scheduler import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from nn.optim.lr_scheduler import CyclicLR as CyclicLR
from nn.optim.lr_scheduler import ExponentialLR as ExponentialLR
from nn.optim.lr_scheduler import LRScheduler as LRScheduler
from nn.optim.lr_scheduler import LambdaLR as LambdaLR
from nn.optim.lr_scheduler import LinearLR as LinearLR
from nn.optim.lr_scheduler import MultiStepLR as MultiStepLR
from nn.optim.lr_scheduler import MultiplicativeLR as MultiplicativeLR
from nn.optim.lr_scheduler import OneCycleLR as OneCycleLR
from nn.optim.lr_scheduler import PolynomialLR as PolynomialLR
from nn.optim.lr_scheduler import ReduceLROnPlateau as ReduceLROnPlateau
from nn.optim.lr_scheduler import SequentialLR as SequentialLR
from nn.optim.lr_scheduler import StepLR as StepLR
from nn.report import gradient_report as gradient_report
from nn.training.callbacks import Recorder as Recorder
from nn.training.callbacks import TrainingState as TrainingState
from nn.training.checkpoint import load_checkpoint as load_checkpoint
from nn.training.checkpoint import save_checkpoint as save_checkpoint
from nn.training.early_stopping import EarlyStopping as EarlyStopping
from nn.training.evaluate import METRICS as METRICS
from nn.training.fit import fit as fit
from nn.training.history import History as History
from nn.training.predict import predict as predict
from nn.training.predict import predict_proba as predict_proba

_Values: TypeAlias = Value | Iterable[Value] | Iterable[Iterable[Value]]

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
def binary_cross_entropy_with_logits(logits: _Values, targets: Any, pos_weight: Any = 1.0) -> Value:
    """The binary cross-entropy of sigmoid(z), from z itself: Σ(t·softplus(-z) + (1 - t)·softplus(z)) / N.

    Exact for any finite logit, and with its digits also where sigmoid(z) rounds to 0 or 1.

    Args:
        logits: z, a network's outputs before any sigmoid.
        targets: t, nested alike, between 0 and 1.
        pos_weight: a factor on the terms with t, for where positive samples are rare.

    Raises:
        ValueError: a target is outside [0, 1]; or logits and targets differ in length.

    >>> from engine import Value
    >>> binary_cross_entropy_with_logits([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
@overload
def binary_cross_entropy_with_logits(logits: Any, targets: Any, pos_weight: Any = 1.0) -> Any: ...
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
@overload
def soft_margin(scores: _Values, targets: Any) -> Value:
    """The logistic loss Σ log(1 + exp(-t·s)) / N over all N elements, of targets -1 and +1.

    The same as :func:`binary_cross_entropy_with_logits` with targets 0 and 1. Args and errors are those of
    :func:`hinge`.

    >>> from engine import Value
    >>> soft_margin([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
@overload
def soft_margin(scores: Any, targets: Any) -> Any: ...
@overload
def hinge_embedding(distances: _Values, targets: Any, margin: Any = 1.0) -> Value:
    """Σ h / N: h is the distance of a pair that belongs together, of another max(0, margin - distance).

    Hadsell, Chopra & LeCun 2006, "Dimensionality reduction by learning an invariant mapping", without the
    squares, as PyTorch has it.

    Args:
        distances: d, of pairs.
        targets: t, nested alike: +1 for those that belong together, -1 for others.
        margin: up to which distance others are pushed apart, at least 0.

    Raises:
        ValueError: a target is neither -1 nor +1; the margin is below 0; or the lengths differ.

    >>> from engine import Value
    >>> hinge_embedding([Value(0.5), Value(0.25)], [1, -1]).data  # (0.5 + 0.75) / 2
    0.625
    """
@overload
def hinge_embedding(distances: Any, targets: Any, margin: Any = 1.0) -> Any: ...
@overload
def cross_entropy(logits: _Values, target: Any) -> Value:
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
@overload
def cross_entropy(logits: Any, target: Any) -> Any: ...
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
def negative_log_likelihood(log_probabilities: _Values, target: Any) -> Value:
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
@overload
def negative_log_likelihood(log_probabilities: Any, target: Any) -> Any: ...
@overload
def kl_divergence(log_probabilities: _Values, targets: Any, log_target: Any = False) -> Value:
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
@overload
def kl_divergence(log_probabilities: Any, targets: Any, log_target: Any = False) -> Any: ...
@overload
def poisson_nll(predictions: _Values, targets: Any, log_input: Any = True, full: Any = False, eps: Any = 1e-08) -> Value:
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
@overload
def poisson_nll(predictions: Any, targets: Any, log_input: Any = True, full: Any = False, eps: Any = 1e-08) -> Any: ...
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
def huber(predictions: _Values, targets: Any, delta: Any = 1.0) -> Value:
    """The Huber loss Σ h(t - y) / N: d²/2 where |d| ≤ delta, else delta·(|d| - delta/2).

    Huber 1964, "Robust estimation of a location parameter": outliers pull with delta, not with their
    distance.

    Args:
        predictions: y.
        targets: t, nested alike.
        delta: from which distance on it is straight, above 0.

    Raises:
        ValueError: delta is not above 0, or as of :func:`error`.

    >>> from engine import Value
    >>> huber([Value(1.0), Value(2.0)], [1.5, 5.0]).data  # (0.125 + 2.5) / 2
    1.3125
    """
@overload
def huber(predictions: Any, targets: Any, delta: Any = 1.0) -> Any: ...
@overload
def smooth_l1(predictions: _Values, targets: Any, beta: Any = 1.0) -> Value:
    """The Huber loss over its delta, here beta: d²/(2·beta) where |d| ≤ beta, else |d| - beta/2.

    Girshick 2015, "Fast R-CNN". With beta 0 it is :func:`absolute_error`.

    Args:
        predictions: y.
        targets: t, nested alike.
        beta: from which distance on it is straight, at least 0.

    Raises:
        ValueError: beta is below 0, or as of :func:`error`.

    >>> from engine import Value
    >>> smooth_l1([Value(1.0), Value(2.0)], [1.5, 5.0], beta=0.5).data  # (0.25 + 2.75) / 2
    1.5
    """
@overload
def smooth_l1(predictions: Any, targets: Any, beta: Any = 1.0) -> Any: ...

__all__ = [
    "ACTIVATIONS",
    "AMSGrad",
    "ASGD",
    "Activate",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "CELU",
    "ChainedScheduler",
    "ConstantLR",
    "Conv1d",
    "Conv2d",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "CyclicLR",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "ELU",
    "EarlyStopping",
    "Embedding",
    "ExponentialLR",
    "Flatten",
    "GELU",
    "GLU",
    "GRU",
    "GRUCell",
    "GaussianNLLLoss",
    "GroupNorm",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "History",
    "HuberLoss",
    "INITIALIZERS",
    "Identity",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "KLDivLoss",
    "L1Loss",
    "LBFGS",
    "LOSSES",
    "LRScheduler",
    "LSTM",
    "LSTMCell",
    "LambdaLR",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LinearLR",
    "LogSigmoid",
    "LogSoftmax",
    "LossModule",
    "METRICS",
    "MLP",
    "MSELoss",
    "MarginRankingLoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiStepLR",
    "MultiheadAttention",
    "MultiplicativeLR",
    "NAdam",
    "NLLLoss",
    "Nesterov",
    "Neuron",
    "NoisyReLU",
    "OneCycleLR",
    "Optimizer",
    "PReLU",
    "Parameter",
    "ParameterList",
    "Perceptron",
    "Pointwise",
    "PoissonNLLLoss",
    "PolynomialLR",
    "RAdam",
    "RMSNorm",
    "RMSprop",
    "RNN",
    "RNNCell",
    "ReLU",
    "ReLU6",
    "Recorder",
    "ReduceLROnPlateau",
    "Rprop",
    "SELU",
    "SGD",
    "Sequential",
    "SequentialLR",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "StepLR",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "TrainingState",
    "TripletMarginLoss",
    "Unflatten",
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
    "hinge_embedding",
    "huber",
    "kl_divergence",
    "l1_penalty",
    "l2_penalty",
    "load_checkpoint",
    "mse",
    "negative_log_likelihood",
    "poisson_nll",
    "predict",
    "predict_proba",
    "predicted_classes",
    "quadratic_cost",
    "save_checkpoint",
    "smooth_l1",
    "soft_margin",
    "split",
    "squared_error",
]
