"""Lists of parameters, and parameter groups: parameters with settings of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import Value
from engine.quoting import brief, typed

__all__ = ["ADDED", "UNRULED", "OfGroups", "checked_group", "listed_groups", "listed_values"]

UNRULED = ("name", "initial_lr")
"""Entries of a group beside settings: a name, and the ``lr`` before a schedule changed it."""

ADDED = ("maximize",)
"""Settings that older saved states lack: those of the optimiser stay."""


class OfGroups:
    """A setting of the first group, as an attribute; setting it sets that of all groups."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, kind: type | None = None) -> Any:
        if optimizer is None:
            return self
        for place in (*vars(optimizer).get("param_groups", ())[:1], vars(optimizer)):
            if self.name in place:
                return place[self.name]
        raise AttributeError(f"{type(optimizer).__name__} has no setting {self.name}")

    def __set__(self, optimizer: Any, value: Any) -> None:
        groups = vars(optimizer).get("param_groups", ())
        if not groups or self.name not in groups[0]:
            vars(optimizer)[self.name] = value  # an attribute of a class of the user's, as any other
            return
        checked = [optimizer.check_settings({**group, self.name: value}) for group in groups]
        for group, settings in zip(groups, checked, strict=True):
            group[self.name] = settings[self.name]


def listed_values(name: str, given: Any) -> list[Value]:
    """Check a list or other iterable of Values, and return it as a list.

    Raises:
        TypeError: it is not a list, or holds something that is not a Value.

    >>> listed_values("params", [Value(1.0)])
    [Value(data=1.0, grad=0.0)]
    """
    items = _listed(name, given)
    for i, item in enumerate(items):
        if not isinstance(item, Value):
            raise TypeError(f"{name}[{i}] must be a Value, got {typed(item)}")
    return items


def listed_groups(params: Any) -> list[Any]:
    """The groups an optimiser was given; parameters alone are one group.

    Raises:
        TypeError: it is not a list, or it mixes groups and parameters.
        ValueError: it is empty.

    >>> listed_groups([Value(1.0)])
    [{'params': [Value(data=1.0, grad=0.0)]}]
    """
    items = _ordered(params)
    if not items:
        raise ValueError("an optimiser needs at least one parameter, got none")
    if not any(isinstance(item, Mapping) for item in items):
        return [{"params": items}]
    for i, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise TypeError(f"params must be parameters or groups, not both; params[{i}] is {brief(item)}")
    return items


def checked_group(group: Any, defaults: Mapping[str, Any], taken: Iterable[Value]) -> dict[str, Any]:
    """Check a group, list its parameters, and fill in the defaults.

    Args:
        group: a dict with ``params``, a Value or an iterable of them, and settings.
        defaults: all settings.
        taken: the parameters that are in other groups.

    Raises:
        TypeError: it is not a dict, or a parameter is not a Value.
        ValueError: it has no ``params`` or an unknown setting; a parameter is there twice, or taken, or the
            result of an operator.

    >>> checked_group({"params": Value(1.0), "lr": 0.5}, {"lr": 0.1, "momentum": 0.9}, [])
    {'params': [Value(data=1.0, grad=0.0)], 'lr': 0.5, 'momentum': 0.9}
    """
    if not isinstance(group, Mapping):
        raise TypeError(f"a group must be a dict, such as {{'params': …, 'lr': 0.1}}, got {brief(group)}")
    if "params" not in group:
        raise ValueError(f"a group needs the entry 'params', got only {sorted(group)}")
    unknown = [name for name in group if name not in ("params", *UNRULED, *defaults)]
    if unknown:
        raise ValueError(
            f"no setting is called {brief(unknown[0])}; there are {', '.join(map(repr, defaults))}"
        )
    parameters = _leaves(group["params"])
    if not set(parameters).isdisjoint(taken):
        raise ValueError("a parameter is in two groups; it would take two steps at once")
    return {"params": parameters, **defaults, **{name: group[name] for name in group if name != "params"}}


def _ordered(params: Any) -> list[Any]:
    if isinstance(params, (set, frozenset)):
        raise TypeError("params must have an order, as a saved state finds them by position; got a set")
    return _listed("params", params)


def _leaves(params: Any) -> list[Value]:
    parameters = listed_values("params", [params] if isinstance(params, Value) else _ordered(params))
    for i, parameter in enumerate(parameters):
        if parameter._children:
            message = "is the result of an operator, only leaves can be trained"
            raise ValueError(f"params[{i}] {message}: {brief(parameter)}")
    if len(set(parameters)) != len(parameters):
        raise ValueError("params holds a parameter twice; it would take two steps at once")
    return parameters


def _listed(name: str, given: Any) -> list[Any]:
    """The items of a list, tuple, generator or other iterable; of a Value, a dict or a model a TypeError."""
    one = isinstance(given, (Value, dict, str)) or hasattr(given, "parameters")
    if one or not hasattr(given, "__iter__"):
        raise TypeError(f"{name} must be a list of Values, such as model.parameters(), got {brief(given)}")
    return list(given)
