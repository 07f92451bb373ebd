"""Learning-rate schedules: the step size as a function of the epoch, under PyTorch's names.

>>> from engine import Value
>>> from nn import SGD, CosineAnnealingLR, LinearLR, SequentialLR
>>> optimizer = SGD([Value(1.0)], lr=0.1)
>>> warm_up = LinearLR(optimizer, start_factor=0.25, total_iters=3)
>>> cosine = CosineAnnealingLR(optimizer, T_max=4)
>>> schedule = SequentialLR(optimizer, [warm_up, cosine], milestones=[3])
>>> step_sizes = []
>>> for epoch in range(8):
...     step_sizes.append(round(optimizer.lr, 4))  # train for an epoch, with optimizer.step()
...     schedule.step()
>>> step_sizes
[0.025, 0.05, 0.075, 0.1, 0.0854, 0.05, 0.0146, 0.0]
"""

from nn.optim.lr_scheduler.combined import ChainedScheduler, SequentialLR
from nn.optim.lr_scheduler.cyclic import CyclicLR, OneCycleLR
from nn.optim.lr_scheduler.lambdas import LambdaLR, MultiplicativeLR
from nn.optim.lr_scheduler.plateau import ReduceLROnPlateau
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.lr_scheduler.schedules import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
