"""Parameter, ModuleList and the like: PyTorch registers them, here they are Values, lists and dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import Value
from engine.quoting import typed
from nn.data.numbers import number_of
from nn.modules.layers.axes import listed
from nn.modules.module import Module

__all__ = ["ModuleDict", "ModuleList", "Parameter", "ParameterList"]


def Parameter(data: Any, requires_grad: bool = True) -> Any:
    """A parameter of these numbers: a Value, or nested lists of Values, for an attribute of a module.

    Args:
        data: a number, or nested lists or arrays of them.
        requires_grad: False freezes it.

    Raises:
        TypeError: something is not a number.

    >>> Parameter(0.5), len(Parameter([[1.0, 2.0], [3.0, 4.0]]))
    (Value(data=0.5, grad=0.0), 2)
    """
    return _parameter(listed("data", data), bool(requires_grad))


def _parameter(data: Any, requires_grad: bool) -> Any:
    if isinstance(data, list):
        return [_parameter(each, requires_grad) for each in data]
    made = Value(number_of(data))
    made.requires_grad = requires_grad
    return made


def ParameterList(values: Iterable[Any] = ()) -> list[Any]:
    """A list of parameters, or of nested lists of them, for an attribute of a module.

    >>> ParameterList([Parameter(1.0)])
    [Value(data=1.0, grad=0.0)]
    """
    return [each if isinstance(each, (Value, list)) else Parameter(each) for each in values]


def ModuleList(modules: Iterable[Module] = ()) -> list[Module]:
    """A list of modules, for an attribute of a module; a plain list is as good.

    Raises:
        TypeError: an item is not a Module.

    >>> from nn import Linear
    >>> ModuleList([Linear(1, 2)])
    [Linear(in_features=1, out_features=2, bias=True)]
    """
    found = list(modules)
    for i, module in enumerate(found):
        _check_module(f"modules[{i}]", module)
    return found


def ModuleDict(modules: Mapping[str, Module] | None = None) -> dict[str, Module]:
    """A dict of modules by name, for an attribute of a module; a plain dict is as good.

    Raises:
        TypeError: a value is not a Module.

    >>> from nn import ReLU
    >>> ModuleDict({"act": ReLU()})
    {'act': ReLU()}
    """
    found = dict(modules or {})
    for name, module in found.items():
        _check_module(f"modules[{name!r}]", module)
    return found


def _check_module(place: str, module: Any) -> None:
    if not isinstance(module, Module):
        raise TypeError(f"{place} must be a Module, got {typed(module)}")
