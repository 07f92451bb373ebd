# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from nn.data.batches import batches as batches
from nn.data.split import split as split
from nn.init import INITIALIZERS as INITIALIZERS
from nn.losses import LOSSES as LOSSES
from nn.losses import absolute_error as absolute_error
from nn.losses import binary_cross_entropy as binary_cross_entropy
from nn.losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from nn.losses import categorical_cross_entropy as categorical_cross_entropy
from nn.losses import cross_entropy as cross_entropy
from nn.losses import error as error
from nn.losses import half_squared_error as half_squared_error
from nn.losses import hinge as hinge
from nn.losses import mse as mse
from nn.losses import quadratic_cost as quadratic_cost
from nn.losses import squared_error as squared_error
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
