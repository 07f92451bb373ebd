"""What all optimisers share: gathering parameters into NumPy vectors, stepping, saving.

An optimiser's mathematics is written once, over vectors: the numbers and gradients of its parameters
are gathered, updated together, and written back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value, zero_grad

__all__ = ["Memory", "Optimizer", "Settings", "Vector", "checked"]

Vector = npt.NDArray[np.float64]

Memory = dict[str, Vector]
"""What is remembered of past steps: vectors by name, a component for each parameter."""

Settings = Mapping[str, Any]
"""The numbers that rule a step, by name."""


class Optimizer:
    """The base of the optimisers: holds parameters and settings, and changes the parameters step by step.

    A subclass names the vectors it remembers in ``memory``; they start at 0. It defines :meth:`update`.

    Args:
        params: the parameters, Values, such as ``model.parameters()``.
        settings: the numbers that rule a step, by name; ``lr`` among them.

    Attributes:
        param_groups: as in PyTorch, a list of dicts that hold the ``params`` and their settings, which may be
            changed between steps. There is one group.

    Raises:
        ValueError: no parameters, one twice, or one that is the result of an operator.
        TypeError: something is not a Value.

    >>> class SignDescent(Optimizer):
    ...     def update(self, theta, g, memory, settings):
    ...         return theta - settings["lr"] * np.sign(g)
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> SignDescent([w], lr=0.25).step()
    >>> w.data
    0.75
    """

    memory: tuple[str, ...] = ()

    def __init__(self, params: Iterable[Value], **settings: Any) -> None:
        group = {"params": _checked_parameters(params), **settings}
        self.param_groups: list[dict[str, Any]] = [group]
        self._state: list[Memory] = [{name: np.zeros(len(group["params"])) for name in self.memory}]

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """The parameters after a step, as a new vector. For subclasses to define.

        Args:
            theta: the parameters.
            g: their gradient.
            memory: what is remembered, aligned with theta; a new vector is put in the old one's place.
            settings: ``lr`` and the like.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    def step(self) -> None:
        """Change the parameters once, by the gradients they have now.

        Frozen parameters (``requires_grad = False``) stay as they are, with what is remembered of them.

        >>> from nn import SGD
        >>> w = Value(1.0)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> w.data
        0.8
        """
        for group, state in zip(self.param_groups, self._state, strict=True):
            places = [i for i, parameter in enumerate(group["params"]) if parameter.requires_grad]
            parameters = [group["params"][i] for i in places]
            theta = np.array([parameter.data for parameter in parameters])
            g = np.array([parameter.grad for parameter in parameters])
            moving = np.array(places, dtype=int)
            memory = {name: vector[moving] for name, vector in state.items()}
            with np.errstate(all="ignore"):  # a run that diverges ends in inf and nan, as the engine's does
                theta = self.update(theta, g, memory, group)
            for name, vector in memory.items():
                state[name][moving] = vector
            for parameter, number in zip(parameters, theta.tolist(), strict=True):
                parameter.data = number

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zero, as is due before the next ``backward()``.

        >>> from nn import SGD
        >>> w = Value(1.0)
        >>> w.grad = 3.0
        >>> SGD([w], lr=0.1).zero_grad()
        >>> w.grad
        0.0
        """
        for group in self.param_groups:
            zero_grad(group["params"])

    @property
    def lr(self) -> float:
        """The step size. May be set between steps."""
        return self.param_groups[0]["lr"]  # type: ignore[no-any-return]

    @lr.setter
    def lr(self, lr: float) -> None:
        number = checked("lr", lr)
        for group in self.param_groups:
            group["lr"] = number

    def state_dict(self) -> dict[str, Any]:
        """A copy of the settings and of what is remembered, from which training goes on bit for bit.

        Returns:
            ``{"param_groups": [settings, …], "state": [vectors by name, …]}``, an entry for each group.
            ``params`` are positions: the parameters' own numbers are in the model's ``state_dict()``.

        >>> from nn import SGD
        >>> SGD([Value(1.0)], lr=0.1, momentum=0.9).state_dict()["state"]
        [{'momentum_buffer': array([0.])}]
        """
        return {
            "param_groups": [
                {**group, "params": list(range(len(group["params"])))} for group in self.param_groups
            ],
            "state": [{name: vector.copy() for name, vector in state.items()} for state in self._state],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over settings and memory from :meth:`state_dict`; where anything is wrong, nothing changes.

        Raises:
            ValueError: it is that of another kind of optimiser, or of another number of parameters.

        >>> from nn import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.1)
        >>> optimizer.load_state_dict(SGD([Value(1.0)], lr=0.5).state_dict())
        >>> optimizer.lr
        0.5
        """
        if not isinstance(state_dict, Mapping) or set(state_dict) != {"param_groups", "state"}:
            raise ValueError("an optimiser's state_dict has the entries 'param_groups' and 'state'")
        groups, states = state_dict["param_groups"], state_dict["state"]
        if not len(groups) == len(states) == len(self.param_groups):
            raise ValueError(
                f"the state_dict has {len(groups)} parameter groups, this optimiser {len(self.param_groups)}"
            )
        fresh_groups, fresh_states = [], []
        for own, own_state, group, state in zip(self.param_groups, self._state, groups, states, strict=True):
            self._compare("settings", own, group)
            self._compare("memory", own_state, state)
            vectors = {name: np.array(state[name], dtype=np.float64) for name in own_state}
            for length in (len(group["params"]), *(vector.size for vector in vectors.values())):
                if length != len(own["params"]):
                    raise ValueError(
                        f"the state_dict is for {length} parameters, got {len(own['params'])} here"
                    )
            fresh_groups.append({**group, "params": own["params"]})
            fresh_states.append(vectors)
        self.param_groups, self._state = fresh_groups, fresh_states

    def _compare(self, what: str, own: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        if set(own) != set(given):
            raise ValueError(
                f"the state_dict has the {what} {sorted(given)}, but {type(self).__name__} has "
                f"{sorted(own)}; is it that of another kind of optimiser?"
            )

    def __repr__(self) -> str:
        group = self.param_groups[0]
        settings = "".join(f", {name}={value!r}" for name, value in group.items() if name != "params")
        return f"{type(self).__name__}({len(group['params'])} parameters{settings})"


def checked(name: str, value: Any, below: float = math.inf) -> float:
    """A setting as a float: at least 0, and below a limit.

    Raises:
        TypeError: it is no number.
        ValueError: it is out of range, or nan.

    >>> checked("lr", 1)
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise TypeError(f"{name} must be a number, got {value!r} of type {type(value).__name__}")
    if not 0.0 <= value < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ValueError(f"{name} must be at least 0 and {limit}, got {value!r}")
    return float(value)


def _checked_parameters(params: Iterable[Value]) -> list[Value]:
    if isinstance(params, Value) or hasattr(params, "parameters") or not hasattr(params, "__iter__"):
        raise TypeError(f"params must be a list of Values, such as model.parameters(), got {params!r}")
    parameters = list(params)
    if not parameters:
        raise ValueError("an optimiser needs at least one parameter, got none")
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(
                f"params[{i}] must be a Value, got {parameter!r} of type {type(parameter).__name__}"
            )
        if parameter._children:
            raise ValueError(
                f"params[{i}] is the result of an operator, only leaves can be trained: {parameter!r}"
            )
    if len(set(parameters)) != len(parameters):
        raise ValueError("params holds a parameter twice; it would take two steps at once")
    return parameters
