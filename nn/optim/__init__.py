"""Optimisers, with PyTorch's names, arguments and semantics.

================  ====  =================================================================  ===================
variant           year  class and defaults                                                 in PyTorch
================  ====  =================================================================  ===================
gradient descent  1847  SGD(lr=0.001, momentum=0.0)                                        the same
momentum          1964  SGD(momentum=0.9)                                                  the same
L-BFGS            1989  LBFGS(lr=1.0, max_iter=20, history_size=100)                       line_search_fn=None
ASGD              1992  ASGD(lr=0.01, lambd=0.0001, alpha=0.75, t0=1000000.0)              the same
Rprop             1993  Rprop(lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-06, 50.0))          the same
AdaGrad           2011  Adagrad(lr=0.01, eps=1e-10)                                        the same
RMSprop           2012  RMSprop(lr=0.01, alpha=0.99, eps=1e-08)                            the same
Adadelta          2012  Adadelta(lr=1.0, rho=0.9, eps=1e-06)                               the same
Nesterov          2013  Nesterov(lr=0.001, momentum=0.9)                                   has none
Nesterov          2013  SGD(momentum=0.9, nesterov=True)                                   the same
Adam              2014  Adam(lr=0.001, betas=(0.9, 0.999), eps=1e-08)                      the same
AdaMax            2015  Adamax(lr=0.002, betas=(0.9, 0.999), eps=1e-08)                    the same
Nadam             2015  NAdam(lr=0.002, betas=(0.9, 0.999), eps=1e-08)                     the same
AMSGrad           2018  AMSGrad(lr=0.001, betas=(0.9, 0.999), eps=1e-08)                   Adam(amsgrad=True)
AdamW             2019  AdamW(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)  the same
RAdam             2020  RAdam(lr=0.001, betas=(0.9, 0.999), eps=1e-08)                     the same
================  ====  =================================================================  ===================

The defaults are PyTorch's. Where a paper has others, ``as_in_paper`` takes them: RMSprop.as_in_paper(params)
has alpha 0.9, Adadelta.as_in_paper(params) rho 0.95. ``maximize=True`` climbs.

A training step is ``zero_grad()``, ``loss.backward()``, ``step()``. Nesterov and LBFGS compute the loss
themselves, at points of their choice, and are given a function that does it: ``step(closure)``; the others
take one too. Groups of parameters may have settings of their own, see :class:`Optimizer`. How the step size
changes in the course of training is in :mod:`nn.optim.lr_scheduler`.

>>> from engine import Value
>>> w, b = Value(1.0), Value(2.0)
>>> optimizer = SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.1)
>>> optimizer.zero_grad()
>>> (w * b).backward()
>>> optimizer.step()
>>> w.data, b.data
(0.8, 1.5)
"""

from nn.optim import lr_scheduler
from nn.optim.adaptive.adam import Adam, AdamW, AMSGrad
from nn.optim.adaptive.adam_variants import Adamax, NAdam, RAdam
from nn.optim.adaptive.rprop import Rprop
from nn.optim.adaptive.squares import Adadelta, Adagrad, RMSprop
from nn.optim.lbfgs import LBFGS
from nn.optim.nesterov import Nesterov
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import ASGD, SGD

__all__ = [
    "ASGD",
    "SGD",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
]
