"""Checks the saved state of an optimiser against the optimiser that is to go on from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.floats.validate import real
from engine.quoting import brief
from nn.optim.arithmetic import Memory, Vector
from nn.optim.param_groups import ADDED, UNRULED

__all__ = ["checked_state"]


def checked_state(
    optimizer: Any, own_groups: list[dict[str, Any]], own_states: list[Memory], state_dict: Any
) -> tuple[list[dict[str, Any]], list[Memory]]:
    """The groups and the memories of a saved state, as the optimiser is to have them.

    Args:
        optimizer: the optimiser.
        own_groups: its parameter groups.
        own_states: its memory, that of each group.
        state_dict: what :meth:`nn.optim.Optimizer.state_dict` returned.

    Raises:
        ValueError: it is that of another optimiser or of other groups, or a setting is out of range.
        TypeError: a setting is of a wrong type.
    """
    if not isinstance(state_dict, Mapping) or set(state_dict) != {"param_groups", "state"}:
        raise ValueError("an optimiser's state_dict has the entries 'param_groups' and 'state'")
    groups, states = state_dict["param_groups"], state_dict["state"]
    if not len(groups) == len(states) == len(own_groups):
        raise ValueError(
            f"the state_dict has {len(groups)} parameter groups, this optimiser {len(own_groups)}"
        )
    fresh_groups, fresh_states = [], []
    for own, own_state, group, state in zip(own_groups, own_states, groups, states, strict=True):
        _compare(optimizer, "settings", own, group)
        _compare(optimizer, "memory", own_state, state)
        vectors = {name: _remembered(optimizer, name, state[name]) for name in own_state}
        count = len(own["params"])
        for shape in ((len(group["params"]),), *(vector.shape for vector in vectors.values())):
            if shape != (count,):
                given = ", ".join(map(str, shape))
                raise ValueError(f"the state_dict is for {given} parameters, got {count} here")
        if list(group["params"]) != list(range(count)):
            raise ValueError(f"params must be the positions 0 to {count - 1}, got {brief(group['params'])}")
        if "initial_lr" in group:
            real("initial_lr", group["initial_lr"])
        fresh_groups.append(optimizer.check_settings({**own, **group, "params": own["params"]}))
        fresh_states.append(vectors)
    return fresh_groups, fresh_states


def _compare(optimizer: Any, what: str, own: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if set(own).difference(UNRULED, ADDED) != set(given).difference(UNRULED, ADDED):
        raise ValueError(
            f"the state_dict has the {what} {brief(sorted(given))}, but {type(optimizer).__name__} has "
            f"{sorted(own)}; is it that of another kind of optimiser?"
        )


def _remembered(optimizer: Any, name: str, given: Any) -> Vector:
    """Check a vector of a saved memory."""
    vector = np.asarray(given)
    if vector.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be a vector of numbers, got {brief(given)}")
    vector = np.array(vector, dtype=np.float64)
    if name in ("step", *optimizer.never_negative) and (vector < 0.0).any():
        raise ValueError(f"{name} is never negative, got {vector.min()}")
    if name == "step" and not (vector == np.floor(vector)).all():
        raise ValueError(f"step must be counts, got {brief(given)}")
    return vector
