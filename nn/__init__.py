"""Neurons, layers and networks on the scalar engine, and what trains them.

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

from nn.activations import ACTIVATIONS
from nn.batches import batches
from nn.callbacks import TrainingState
from nn.checkpoint import load_checkpoint, save_checkpoint
from nn.classes import predicted_classes
from nn.clipping import clip_grad_norm_, clip_grad_value_
from nn.dropout import Dropout
from nn.early_stopping import EarlyStopping
from nn.embedding import Embedding
from nn.fitting import fit
from nn.history import History
from nn.init import INITIALIZERS
from nn.layer import Layer
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
from nn.metrics import accuracy, classification_report, confusion_matrix
from nn.mlp import MLP
from nn.module import Module
from nn.neuron import Neuron
from nn.noisy_relu import NoisyReLU
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
from nn.penalties import l1_penalty, l2_penalty
from nn.perceptron import Perceptron
from nn.prediction import predict, predict_proba
from nn.prelu import PReLU
from nn.recording import Recorder
from nn.reporting import gradient_report
from nn.scoring import METRICS
from nn.sequential import Activate, Sequential
from nn.splitting import split

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
