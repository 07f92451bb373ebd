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
from nn.init import INITIALIZERS
from nn.layer import Layer
from nn.losses import binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, hinge, mse
from nn.mlp import MLP
from nn.module import Module
from nn.neuron import Neuron
from nn.optim import SGD, Adam, Optimizer

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "MLP",
    "SGD",
    "Adam",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "hinge",
    "mse",
]
