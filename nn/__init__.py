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

from typing import Any

from engine import lazy

_LATER: dict[str, str] = {
    "absolute_error": "nn.losses",
    "accuracy": "nn.metrics.classification",
    "Activate": "nn.modules.sequential",
    "ACTIVATIONS": "nn.modules.activations",
    "Adadelta": "nn.optim",
    "Adagrad": "nn.optim",
    "Adam": "nn.optim",
    "Adamax": "nn.optim",
    "AdamW": "nn.optim",
    "AMSGrad": "nn.optim",
    "ASGD": "nn.optim",
    "AvgPool1d": "nn.modules.layers.pooling",
    "AvgPool2d": "nn.modules.layers.pooling",
    "batches": "nn.data.batches",
    "BatchNorm1d": "nn.modules.layers.norms",
    "BatchNorm2d": "nn.modules.layers.norms",
    "BCELoss": "nn.losses.modules",
    "BCEWithLogitsLoss": "nn.losses.modules",
    "binary_cross_entropy": "nn.losses",
    "binary_cross_entropy_with_logits": "nn.losses",
    "categorical_cross_entropy": "nn.losses",
    "CELU": "nn.modules.layers.pointwise",
    "ChainedScheduler": "nn.optim.lr_scheduler",
    "classification_report": "nn.metrics.classification",
    "clip_grad_norm_": "nn.optim.clipping",
    "clip_grad_value_": "nn.optim.clipping",
    "confusion_matrix": "nn.metrics.classification",
    "ConstantLR": "nn.optim.lr_scheduler",
    "Conv1d": "nn.modules.layers.conv",
    "Conv2d": "nn.modules.layers.conv",
    "CosineAnnealingLR": "nn.optim.lr_scheduler",
    "CosineAnnealingWarmRestarts": "nn.optim.lr_scheduler",
    "cross_entropy": "nn.losses",
    "CrossEntropyLoss": "nn.losses.modules",
    "CyclicLR": "nn.optim.lr_scheduler",
    "Dropout": "nn.modules.dropout",
    "EarlyStopping": "nn.training.early_stopping",
    "ELU": "nn.modules.layers.pointwise",
    "Embedding": "nn.modules.embedding",
    "error": "nn.losses",
    "ExponentialLR": "nn.optim.lr_scheduler",
    "fit": "nn.training.fit",
    "Flatten": "nn.modules.layers.linear",
    "GELU": "nn.modules.layers.pointwise",
    "gradient_report": "nn.report",
    "GRU": "nn.modules.layers.recurrent",
    "GRUCell": "nn.modules.layers.cells",
    "half_squared_error": "nn.losses",
    "Hardshrink": "nn.modules.layers.pointwise",
    "Hardsigmoid": "nn.modules.layers.pointwise",
    "Hardswish": "nn.modules.layers.pointwise",
    "Hardtanh": "nn.modules.layers.pointwise",
    "hinge": "nn.losses",
    "History": "nn.training.history",
    "huber": "nn.losses",
    "HuberLoss": "nn.losses.modules",
    "Identity": "nn.modules.layers.linear",
    "INITIALIZERS": "nn.init",
    "l1_penalty": "nn.losses.penalties",
    "L1Loss": "nn.losses.modules",
    "l2_penalty": "nn.losses.penalties",
    "LambdaLR": "nn.optim.lr_scheduler",
    "Layer": "nn.modules.neuron",
    "LayerNorm": "nn.modules.layers.norms",
    "LBFGS": "nn.optim",
    "LeakyReLU": "nn.modules.layers.pointwise",
    "Linear": "nn.modules.layers.linear",
    "LinearLR": "nn.optim.lr_scheduler",
    "load_checkpoint": "nn.training.checkpoint",
    "LogSigmoid": "nn.modules.layers.pointwise",
    "LogSoftmax": "nn.modules.layers.softmaxes",
    "LOSSES": "nn.losses",
    "LossModule": "nn.losses.modules",
    "LRScheduler": "nn.optim.lr_scheduler",
    "LSTM": "nn.modules.layers.recurrent",
    "LSTMCell": "nn.modules.layers.cells",
    "MaxPool1d": "nn.modules.layers.pooling",
    "MaxPool2d": "nn.modules.layers.pooling",
    "METRICS": "nn.training.evaluate",
    "Mish": "nn.modules.layers.pointwise",
    "MLP": "nn.modules.mlp",
    "MLPClassifier": "nn.estimators.classifier",
    "MLPRegressor": "nn.estimators.regressor",
    "Module": "nn.modules.module",
    "ModuleDict": "nn.modules.layers.containers",
    "ModuleList": "nn.modules.layers.containers",
    "mse": "nn.losses",
    "MSELoss": "nn.losses.modules",
    "MultiplicativeLR": "nn.optim.lr_scheduler",
    "MultiStepLR": "nn.optim.lr_scheduler",
    "NAdam": "nn.optim",
    "negative_log_likelihood": "nn.losses",
    "Nesterov": "nn.optim",
    "Neuron": "nn.modules.neuron",
    "NLLLoss": "nn.losses.modules",
    "NoisyReLU": "nn.modules.learned_activations",
    "OneCycleLR": "nn.optim.lr_scheduler",
    "Optimizer": "nn.optim",
    "Parameter": "nn.modules.layers.containers",
    "ParameterList": "nn.modules.layers.containers",
    "Perceptron": "nn.modules.perceptron",
    "Pointwise": "nn.modules.layers.pointwise",
    "PolynomialLR": "nn.optim.lr_scheduler",
    "predict": "nn.training.predict",
    "predict_proba": "nn.training.predict",
    "predicted_classes": "nn.metrics.labels",
    "PReLU": "nn.modules.learned_activations",
    "quadratic_cost": "nn.losses",
    "RAdam": "nn.optim",
    "Recorder": "nn.training.callbacks",
    "ReduceLROnPlateau": "nn.optim.lr_scheduler",
    "ReLU": "nn.modules.layers.pointwise",
    "ReLU6": "nn.modules.layers.pointwise",
    "RMSNorm": "nn.modules.layers.norms",
    "RMSprop": "nn.optim",
    "RNN": "nn.modules.layers.recurrent",
    "RNNCell": "nn.modules.layers.cells",
    "Rprop": "nn.optim",
    "save_checkpoint": "nn.training.checkpoint",
    "SELU": "nn.modules.layers.pointwise",
    "Sequential": "nn.modules.sequential",
    "SequentialLR": "nn.optim.lr_scheduler",
    "SGD": "nn.optim",
    "Sigmoid": "nn.modules.layers.pointwise",
    "SiLU": "nn.modules.layers.pointwise",
    "smooth_l1": "nn.losses",
    "SmoothL1Loss": "nn.losses.modules",
    "Softmax": "nn.modules.layers.softmaxes",
    "Softmin": "nn.modules.layers.softmaxes",
    "Softplus": "nn.modules.layers.pointwise",
    "Softshrink": "nn.modules.layers.pointwise",
    "Softsign": "nn.modules.layers.pointwise",
    "split": "nn.data.split",
    "squared_error": "nn.losses",
    "StepLR": "nn.optim.lr_scheduler",
    "Tanh": "nn.modules.layers.pointwise",
    "Tanhshrink": "nn.modules.layers.pointwise",
    "TrainingState": "nn.training.callbacks",
}
"""What nn offers, and the module that has it, imported when first asked for: ``import nn`` is quick."""

_OF_EXTRAS = {"MLPClassifier", "MLPRegressor"}
"""What needs more than the core, so that ``from nn import *`` leaves it out."""

__all__ = sorted(set(_LATER) - _OF_EXTRAS)


def __getattr__(name: str) -> Any:
    return lazy.attribute("nn", _LATER, name)


def __dir__() -> list[str]:
    return sorted({*lazy.names("nn"), *_OF_EXTRAS})
