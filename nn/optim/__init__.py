"""Optimisers: from gradients to better parameters. The semantics are PyTorch's."""

from nn.optim.adam import Adam
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
