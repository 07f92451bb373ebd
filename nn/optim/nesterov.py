"""Nesterov's accelerated gradient, with the gradient ahead of the parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value
from engine.autograd.context_decorator import and_put_back
from engine.node.bulk import read_data, trainable, write_data
from nn.checks import NonNegative, settings_among
from nn.optim.arithmetic import Closure, Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["Nesterov"]


class Nesterov(Optimizer):
    """Nesterov's accelerated gradient as in Sutskever et al. (2013): with the gradient at w + momentum·v.

    v ← momentum·v - lr·∇C(w + momentum·v), then w ← w + v, where v starts at 0. The loss must be computed at
    that point, ahead of the parameters, so :meth:`step` is given a closure that computes it.

    ``SGD(nesterov=True)`` is the same method seen from ahead: its parameters are the points w + momentum·v of
    this one, as long as ``lr`` and ``momentum`` stay the same, and it goes without a closure. That is
    PyTorch's form; PyTorch has no class for this one.

    Args:
        params: the parameters, or groups of them.
        lr: the step size, at least 0. The paper chooses it anew for each task.
        momentum: how much of the last step is kept, at least 0.
        weight_decay: λ of the penalty ½λ·w², whose gradient too is that at w + momentum·v.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Nesterov([w], lr=0.1, momentum=0.9)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = w * w
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(2):
    ...     loss = optimizer.step(closure)
    >>> round(w.data, 12)
    0.496
    """

    memory = ("velocity",)
    needs_closure = True

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-3,
        momentum: NonNegative = 0.9,
        weight_decay: NonNegative = 0.0,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def step(self, closure: Closure | None = None) -> Any:
        """Update the parameters by the gradients ahead of them.

        Args:
            closure: a function that clears the gradients, computes the loss, calls its ``backward()`` and
                returns it. During the call the parameters are at w + momentum·v.

        Returns:
            What the closure returned: the loss there.

        Raises:
            TypeError: there is no closure.
        """
        if closure is None:
            raise TypeError(
                "Nesterov takes the gradient at w + momentum·v and needs a closure that computes it there: "
                "step(closure); SGD(params, lr, momentum, nesterov=True) does without"
            )
        return super().step(lambda: self._ahead(closure))

    def _ahead(self, closure: Closure) -> Any:
        """Call the closure with the parameters moved ahead, and put them back."""
        here, there = [], []
        for group, state in zip(self.param_groups, self._state, strict=True):
            parameters, ahead = group["params"], group["momentum"] * state["velocity"]
            if not trainable(parameters):
                places = [i for i, parameter in enumerate(parameters) if parameter.requires_grad]
                parameters, ahead = [parameters[i] for i in places], ahead[places]
            numbers = np.empty(len(parameters))
            read_data(parameters, numbers)
            here.append((parameters, numbers))
            there.append((parameters, numbers + ahead))

        def move(places: list[tuple[list[Value], Vector]]) -> None:
            for parameters, numbers in places:
                write_data(parameters, numbers)

        def closure_there() -> Any:
            move(there)
            return closure()

        return and_put_back(closure_there, lambda: move(here))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        v = settings["momentum"] * memory["velocity"]
        _, g = decayed(theta + v, g, settings)
        memory["velocity"] = v = v - settings["lr"] * g
        return np.asarray(theta + v)
