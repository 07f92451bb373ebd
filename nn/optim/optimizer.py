"""Optimizer: the base class, which gathers parameters into vectors, steps, saves and loads.

An optimiser's mathematics is written once, over vectors: the numbers and gradients of a group's
parameters are gathered, updated together, and written back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, field
from inspect import Parameter
from typing import Any, ClassVar, Self

import numpy as np

from engine import Value, enable_grad, is_grad_enabled, zero_grad
from engine.floats.validate import non_negative
from engine.node.bulk import read_data, read_grad, trainable, write_data
from nn.checks import Flag, Rules, declare, keep_rules
from nn.declared import Declared
from nn.optim.arithmetic import Closure, Memory, Parameters, Settings, Vector
from nn.optim.param_groups import OfGroups, checked_group, listed_groups
from nn.optim.saved_state import checked_state

__all__ = ["Optimizer", "Standard", "is_as_made"]


class Optimizer:
    """Base class of the optimisers: holds parameters and settings, and updates the parameters.

    A subclass names the vectors it keeps in ``memory``; they start at 0. Those in ``never_negative``, such
    as means of squares, are checked when a state is loaded, and so is ``step``, which holds counts. Its
    ``rules`` say what each setting may be: they are read from the types in the signature, see
    :func:`nn.checks.rules_of`, and those of its base class. It defines :meth:`update`.

    Args:
        params: the parameters, Values, such as ``model.parameters()``; or, for settings of their own, a
            list of groups: ``[{"params": weights}, {"params": biases, "lr": 0.5}]``.
        settings: by name, for groups that do not have their own.

    Attributes:
        param_groups: as in PyTorch, a list of dicts that hold the ``params`` and their settings, which may be
            changed between steps.
        defaults: the settings of groups that do not have their own.
        needs_closure: whether :meth:`step` must be given a closure.
        paper: the settings of the paper that differ from PyTorch's defaults, which are those here; see
            :meth:`as_in_paper`.
        lr: the step size of the first group; setting it sets that of all groups. So do the other settings.

    Raises:
        ValueError: no parameters, one twice, or one that is the result of an operator; a setting that is
            unknown or out of range.
        TypeError: something is not a Value; a setting is of a wrong type.

    >>> class SignDescent(Optimizer):
    ...     def update(self, theta, g, memory, settings):
    ...         return theta - settings["lr"] * np.sign(g)
    >>> w, b = Value(1.0), Value(1.0)
    >>> optimizer = SignDescent([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.25)
    >>> (w * b).backward()
    >>> optimizer.step()
    >>> w.data, b.data
    (0.75, 0.5)
    """

    memory: tuple[str, ...] = ()
    never_negative: tuple[str, ...] = ()
    rules: ClassVar[Rules] = {"lr": non_negative}
    needs_closure: bool = False
    paper: ClassVar[Mapping[str, Any]] = {}
    lr: float = OfGroups("lr")  # type: ignore[assignment]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        declare(cls)
        for name in cls.rules:
            if not hasattr(cls, name):
                setattr(cls, name, OfGroups(name))

    def __init__(self, params: Parameters, **settings: Any) -> None:
        self.defaults = self.check_settings(settings)
        self.param_groups: list[dict[str, Any]] = []
        self._state: list[Memory] = []
        for group in listed_groups(params):
            self.add_param_group(group)
        if not any(group["params"] for group in self.param_groups):
            raise ValueError("an optimiser needs at least one parameter, got only empty groups")

    @classmethod
    def as_in_paper(cls, params: Parameters, **settings: Any) -> Self:
        """The optimiser with its paper's settings, where PyTorch's defaults are others.

        Args:
            params: the parameters, or groups of them.
            settings: others, which come before the paper's.

        >>> from nn import Adadelta
        >>> Adadelta([Value(1.0)]).defaults["rho"], Adadelta.as_in_paper([Value(1.0)]).defaults["rho"]
        (0.9, 0.95)
        """
        return cls(params, **{**cls.paper, **settings})

    def check_settings(self, settings: Settings) -> dict[str, Any]:
        """Check the settings of a group by their rules. Subclasses may extend it.

        Raises:
            ValueError: a setting is out of range.
            TypeError: a setting is of a wrong type.
        """
        return keep_rules(self.rules, settings)

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """The parameters after a step, as a new vector. Subclasses define it.

        Args:
            theta: the parameters of a group.
            g: their gradient.
            memory: the vectors kept between steps, aligned with theta, to be changed or replaced.
            settings: ``lr`` and the like.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    def _update_at_once(self, params: list[Value], memory: Memory, settings: Settings) -> bool:
        """Do a whole step of a group where there is a quicker way to what :meth:`update` gives.

        Args:
            params: the parameters of the group.
            memory: all that is kept of them between steps.
            settings: ``lr`` and the like.

        Returns:
            Whether it was done. Else nothing has changed.
        """
        return False

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with settings of their own.

        Args:
            param_group: a dict with ``params`` and settings; those it does not name are the defaults. It may
                have a ``name``.

        Raises:
            ValueError, TypeError: see :class:`Optimizer`. Nothing has changed then.

        >>> from nn import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.1)
        >>> optimizer.add_param_group({"params": [Value(2.0)], "lr": 0.5})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.1, 0.5]
        """
        taken = (parameter for group in self.param_groups for parameter in group["params"])
        group = self.check_settings(checked_group(param_group, self.defaults, taken))
        self.param_groups.append(group)
        self._state.append({name: np.zeros(len(group["params"])) for name in self.memory})

    def step(self, closure: Closure | None = None) -> Any:
        """Update the parameters by their gradients.

        Frozen parameters (``requires_grad = False``) stay as they are, and so does their memory.

        Args:
            closure: called first, if given: a function that clears the gradients, computes the loss, calls
                its ``backward()`` and returns it.

        Returns:
            What the closure returned; None without one.

        >>> from nn import SGD
        >>> w = Value(1.0)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> w.data
        0.8
        """
        loss = None
        if closure is not None:
            if is_grad_enabled():
                loss = closure()
            else:
                with enable_grad():
                    loss = closure()
        for group, state in zip(self.param_groups, self._state, strict=True):
            self._step(group, state)
        return loss

    def _step(self, group: dict[str, Any], state: Memory) -> None:
        """Update the parameters of a group that are not frozen."""
        climbs = group.get("maximize", False)
        if not climbs and self._update_at_once(group["params"], state, group):
            return
        parameters, memory, places = group["params"], state.copy(), None
        if not trainable(parameters):
            places = [i for i, parameter in enumerate(parameters) if parameter.requires_grad]
            parameters = [parameters[i] for i in places]
            memory = {name: vector[places] for name, vector in state.items()}
        theta, g = np.empty((2, len(parameters)))
        read_data(parameters, theta)
        read_grad(parameters, g)
        with np.errstate(all="ignore"):  # a run that diverges ends in inf and nan, as the engine's does
            theta = self.update(theta, -g if climbs else g, memory, group)
        for name, vector in memory.items():
            if places is not None:
                state[name][places] = vector
            elif vector is not state[name]:
                state[name][:] = vector
        write_data(parameters, np.ascontiguousarray(theta, dtype=np.float64))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to zero, before the next ``backward()``.

        Args:
            set_to_none: changes nothing, for those who know it from PyTorch: no gradient is 0.0 here.

        >>> from nn import SGD
        >>> w = Value(1.0)
        >>> w.grad = 3.0
        >>> SGD([w], lr=0.1).zero_grad()
        >>> w.grad
        0.0
        """
        for group in self.param_groups:
            zero_grad(group["params"])

    def state_dict(self) -> dict[str, Any]:
        """A copy of the settings and of the memory, from which training resumes bit for bit.

        Returns:
            ``{"param_groups": [settings, …], "state": [vectors by name, …]}``, an entry for each group.
            ``params`` are positions: the parameters' own numbers are in the model's ``state_dict()``.

        >>> from nn import Adagrad
        >>> Adagrad([Value(1.0)], lr=0.1).state_dict()["state"]
        [{'step': array([0.]), 'sum': array([0.])}]
        """
        return {
            "param_groups": [
                {**group, "params": list(range(len(group["params"])))} for group in self.param_groups
            ],
            "state": [{name: vector.copy() for name, vector in state.items()} for state in self._state],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore settings and memory from :meth:`state_dict`; if anything is wrong, nothing changes.

        Raises:
            ValueError: it is that of another optimiser or of other groups, or a setting is out of range.
            TypeError: a setting is of a wrong type.

        >>> from nn import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.1)
        >>> optimizer.load_state_dict(SGD([Value(1.0)], lr=0.5).state_dict())
        >>> optimizer.lr
        0.5
        """
        self.param_groups, self._state = checked_state(self, self.param_groups, self._state, state_dict)

    def __repr__(self) -> str:
        groups = "; ".join(map(_group_text, self.param_groups))
        return f"{type(self).__name__}({groups})"


class Standard(Declared, Optimizer):
    """Base of the optimisers whose settings are fields; each of them can climb."""

    before = (Parameter("params", Parameter.POSITIONAL_OR_KEYWORD, annotation="Parameters"),)
    params: InitVar[Parameters]
    maximize: Flag = field(default=False, kw_only=True)


def is_as_made(optimizer: Any) -> bool:
    """Whether an optimiser clears gradients and steps as its class and this one say, once for a gradient.

    >>> from nn import LBFGS, SGD
    >>> is_as_made(SGD([Value(1.0)])), is_as_made(LBFGS([Value(1.0)]))
    (True, False)
    """
    kind = type(optimizer)
    return (
        isinstance(optimizer, Optimizer)
        and kind.step is Optimizer.step
        and kind.zero_grad is Optimizer.zero_grad
        and not optimizer.needs_closure
        and vars(optimizer).keys().isdisjoint(("step", "zero_grad"))
    )


def _group_text(group: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in group.items() if name != "params"}
    if not shown.get("maximize"):
        shown.pop("maximize", None)
    settings = "".join(f", {name}={value!r}" for name, value in shown.items())
    return f"{len(group['params'])} parameters{settings}"
