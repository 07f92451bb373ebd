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
    "batches": "nn.data.batches",
    "binary_cross_entropy": "nn.losses",
    "binary_cross_entropy_with_logits": "nn.losses",
    "categorical_cross_entropy": "nn.losses",
    "ChainedScheduler": "nn.optim.lr_scheduler",
    "classification_report": "nn.metrics.classification",
    "clip_grad_norm_": "nn.optim.clipping",
    "clip_grad_value_": "nn.optim.clipping",
    "confusion_matrix": "nn.metrics.classification",
    "CosineAnnealingLR": "nn.optim.lr_scheduler",
    "cross_entropy": "nn.losses",
    "Dropout": "nn.modules.dropout",
    "EarlyStopping": "nn.training.early_stopping",
    "Embedding": "nn.modules.embedding",
    "error": "nn.losses",
    "ExponentialLR": "nn.optim.lr_scheduler",
    "fit": "nn.training.fit",
    "gradient_report": "nn.report",
    "half_squared_error": "nn.losses",
    "hinge": "nn.losses",
    "History": "nn.training.history",
    "INITIALIZERS": "nn.init",
    "l1_penalty": "nn.losses.penalties",
    "l2_penalty": "nn.losses.penalties",
    "LambdaLR": "nn.optim.lr_scheduler",
    "Layer": "nn.modules.neuron",
    "LBFGS": "nn.optim",
    "LinearLR": "nn.optim.lr_scheduler",
    "load_checkpoint": "nn.training.checkpoint",
    "LOSSES": "nn.losses",
    "LRScheduler": "nn.optim.lr_scheduler",
    "METRICS": "nn.training.evaluate",
    "MLP": "nn.modules.mlp",
    "Module": "nn.modules.module",
    "mse": "nn.losses",
    "MultiStepLR": "nn.optim.lr_scheduler",
    "NAdam": "nn.optim",
    "Nesterov": "nn.optim",
    "Neuron": "nn.modules.neuron",
    "NoisyReLU": "nn.modules.learned_activations",
    "Optimizer": "nn.optim",
    "Perceptron": "nn.modules.perceptron",
    "predict": "nn.training.predict",
    "predict_proba": "nn.training.predict",
    "predicted_classes": "nn.metrics.labels",
    "PReLU": "nn.modules.learned_activations",
    "quadratic_cost": "nn.losses",
    "Recorder": "nn.training.recorder",
    "RMSprop": "nn.optim",
    "save_checkpoint": "nn.training.checkpoint",
    "Sequential": "nn.modules.sequential",
    "SequentialLR": "nn.optim.lr_scheduler",
    "SGD": "nn.optim",
    "split": "nn.data.split",
    "squared_error": "nn.losses",
    "StepLR": "nn.optim.lr_scheduler",
    "TrainingState": "nn.training.callbacks",
}
"""What nn offers, and the module that has it, imported when first asked for: ``import nn`` is quick."""

__all__ = sorted(_LATER)


def __getattr__(name: str) -> Any:
    return lazy.attribute("nn", _LATER, name)


def __dir__() -> list[str]:
    return lazy.names("nn")
