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

_LATER = lazy.by_name(
    {
        "nn.data.batches": "batches",
        "nn.data.split": "split",
        "nn.estimators.classifier": "MLPClassifier",
        "nn.estimators.regressor": "MLPRegressor",
        "nn.init": "INITIALIZERS",
        "nn.losses": (
            "absolute_error binary_cross_entropy binary_cross_entropy_with_logits "
            "categorical_cross_entropy cross_entropy error half_squared_error hinge hinge_embedding huber "
            "kl_divergence LOSSES mse negative_log_likelihood poisson_nll quadratic_cost smooth_l1 "
            "soft_margin squared_error"
        ),
        "nn.losses.class_modules": "CrossEntropyLoss NLLLoss",
        "nn.losses.modules": (
            "BCELoss BCEWithLogitsLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss PoissonNLLLoss "
            "SmoothL1Loss SoftMarginLoss"
        ),
        "nn.losses.reduced": "LossModule",
        "nn.losses.several": "CosineEmbeddingLoss GaussianNLLLoss MarginRankingLoss TripletMarginLoss",
        "nn.losses.penalties": "l1_penalty l2_penalty",
        "nn.metrics.classification": "accuracy classification_report confusion_matrix",
        "nn.metrics.labels": "predicted_classes",
        "nn.modules.activations": "ACTIVATIONS",
        "nn.modules.attention": "MultiheadAttention",
        "nn.modules.dropout": "Dropout Dropout1d Dropout2d",
        "nn.modules.embedding": "Embedding",
        "nn.modules.layers.batch_norms": "BatchNorm1d BatchNorm2d",
        "nn.modules.layers.cells": "GRUCell LSTMCell RNNCell",
        "nn.modules.layers.containers": "ModuleDict ModuleList Parameter ParameterList",
        "nn.modules.layers.conv": "Conv1d Conv2d",
        "nn.modules.layers.linear": "Flatten Identity Linear Unflatten",
        "nn.modules.layers.norms": "GroupNorm InstanceNorm1d InstanceNorm2d LayerNorm RMSNorm",
        "nn.modules.layers.pointwise": (
            "CELU ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish Pointwise "
            "ReLU ReLU6 SELU Sigmoid SiLU Softplus Softshrink Softsign Tanh Tanhshrink "
            "Threshold"
        ),
        "nn.modules.layers.pooling": (
            "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d AvgPool1d AvgPool2d "
            "MaxPool1d MaxPool2d"
        ),
        "nn.modules.layers.recurrent": "GRU LSTM RNN",
        "nn.modules.layers.softmaxes": "GLU LogSoftmax Softmax Softmin",
        "nn.modules.learned_activations": "NoisyReLU PReLU",
        "nn.modules.mlp": "MLP",
        "nn.modules.module": "Module",
        "nn.modules.neuron": "Layer Neuron",
        "nn.modules.perceptron": "Perceptron",
        "nn.modules.sequential": "Activate Sequential",
        "nn.optim": (
            "Adadelta Adagrad Adam Adamax AdamW AMSGrad ASGD LBFGS NAdam Nesterov Optimizer RAdam RMSprop "
            "Rprop SGD"
        ),
        "nn.optim.clipping": "clip_grad_norm_ clip_grad_value_",
        "nn.optim.lr_scheduler": (
            "ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR "
            "ExponentialLR LambdaLR LinearLR LRScheduler MultiplicativeLR MultiStepLR OneCycleLR "
            "PolynomialLR ReduceLROnPlateau SequentialLR StepLR"
        ),
        "nn.report": "gradient_report",
        "nn.training.callbacks": "Recorder TrainingState",
        "nn.training.checkpoint": "load_checkpoint save_checkpoint",
        "nn.training.early_stopping": "EarlyStopping",
        "nn.training.evaluate": "METRICS",
        "nn.training.fit": "fit",
        "nn.training.history": "History",
        "nn.training.predict": "predict predict_proba",
    }
)
"""What nn offers, and the module that has it, imported when first asked for: ``import nn`` is quick."""

_OF_EXTRAS = {"MLPClassifier", "MLPRegressor"}
"""What needs more than the core, so that ``from nn import *`` leaves it out."""

__all__ = sorted(set(_LATER) - _OF_EXTRAS)


_INSTEAD = {
    **dict.fromkeys(("DataLoader", "TensorDataset"), "nn.batches(X, y, 32)"),
    **{
        f"{kind}Pad{axes}d": "nn.functional.pad"
        for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
        for axes in (1, 2)
    },
    "PairwiseDistance": "nn.functional.pairwise_distance",
    "CosineSimilarity": "nn.functional.cosine_similarity",
    "ParameterDict": "a dict, which a module looks into",
    "Buffer": "self.register_buffer(name, numbers)",
    **dict.fromkeys(
        ("Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer"),
        "nn.MultiheadAttention, nn.LayerNorm and nn.Linear",
    ),
}
"""What torch.nn has and nn calls otherwise."""


def __getattr__(name: str) -> Any:
    return lazy.attribute("nn", _LATER, name, f"; take {_INSTEAD[name]}" if name in _INSTEAD else "")


def __dir__() -> list[str]:
    return sorted({*lazy.names("nn"), *_OF_EXTRAS})
