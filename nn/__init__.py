"""Neural networks on the scalar engine: modules, losses, optimisers, training and metrics.

>>> from nn import MLP, SGD, mse
>>> model = MLP(2, [4, 1], rng=0)
>>> optimizer = SGD(model.parameters(), lr=0.05)
>>> def loss():
...     return mse([model([0.0, 1.0]), model([1.0, 1.0])], [1.0, 0.0])
>>> before = loss()
>>> before.backward()
>>> optimizer.step()
>>> loss() < before
True
"""

from nn.data.batches import batches
from nn.data.split import split
from nn.init import INITIALIZERS
from nn.losses import (
    LOSSES,
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    error,
    half_squared_error,
    hinge,
    mse,
    quadratic_cost,
    squared_error,
)
from nn.losses.penalties import l1_penalty, l2_penalty
from nn.metrics.classification import accuracy, classification_report, confusion_matrix
from nn.metrics.labels import predicted_classes
from nn.modules.activations import ACTIVATIONS
from nn.modules.dropout import Dropout
from nn.modules.embedding import Embedding
from nn.modules.learned_activations import NoisyReLU, PReLU
from nn.modules.mlp import MLP
from nn.modules.module import Module
from nn.modules.neuron import Layer, Neuron
from nn.modules.perceptron import Perceptron
from nn.modules.sequential import Activate, Sequential
from nn.optim import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    NAdam,
    Nesterov,
    Optimizer,
    RMSprop,
)
from nn.optim.clipping import clip_grad_norm_, clip_grad_value_
from nn.optim.lr_scheduler import (
    ChainedScheduler,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    SequentialLR,
    StepLR,
)
from nn.report import gradient_report
from nn.training.callbacks import TrainingState
from nn.training.checkpoint import load_checkpoint, save_checkpoint
from nn.training.early_stopping import EarlyStopping
from nn.training.evaluate import METRICS
from nn.training.fit import fit
from nn.training.history import History
from nn.training.predict import predict, predict_proba
from nn.training.recorder import Recorder

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LBFGS",
    "LOSSES",
    "METRICS",
    "MLP",
    "SGD",
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
    "LRScheduler",
    "LambdaLR",
    "Layer",
    "LinearLR",
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
