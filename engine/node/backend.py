"""The node in use: the compiled one where it was built, else the reference in pure Python.

The environment variable ``CHAINRULE_BACKEND``, ``cython`` or ``python``, forces one. A build that does not
fit the sources beside it is passed over with a warning, never used; where there is none, a person is told.

>>> backend in ("cython", "python")
True
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from engine.node import copying
from engine.node.build_check import REBUILD, StaleBuildError, say_none_is_built
from engine.quoting import brief

__all__ = [
    "PLAIN",
    "Executor",
    "Value",
    "apply",
    "backend",
    "compiled_lanes",
    "compiled_tape",
    "offered",
    "or_compiled",
    "quick_arrays",
    "quick_caller",
    "quick_functions",
    "quick_program",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_VARIABLE = "CHAINRULE_BACKEND"
_MODULES = {"cython": "engine.node.compiled._value", "python": "engine.node.value"}


def _build() -> ModuleType:
    """The compiled node of this folder; an editable installation may offer another checkout's."""
    name = _MODULES["cython"]
    spec = find_spec(name)
    if spec is not None and spec.origin is not None:
        here = os.path.join(os.path.dirname(os.path.realpath(__file__)), "compiled")
        there = os.path.dirname(os.path.realpath(spec.origin))
        if here != there:
            raise ModuleNotFoundError(f"no build in {here}, only one in {there}", name=name)
    return import_module(name)


def _choose() -> tuple[str, ModuleType]:
    """The name of the node to use, and its module."""
    forced = os.environ.get(_VARIABLE, "")
    if forced and forced not in _MODULES:
        raise ImportError(f"{_VARIABLE} must be 'cython' or 'python', got {brief(forced)}")
    if forced != "python":
        try:
            return "cython", _build()
        except ImportError as error:
            if forced:
                raise ImportError(
                    f"{_VARIABLE}=cython, but the compiled node cannot be used ({error}); "
                    f"build it with a C compiler at hand: {REBUILD}"
                ) from error
            absent = isinstance(error, ModuleNotFoundError) and error.name == _MODULES["cython"]
            if not absent:
                hint = "" if isinstance(error, StaleBuildError) else f"; rebuild it: {REBUILD}"
                warnings.warn(
                    f"the compiled node is passed over, the slower one in Python runs: {error}{hint}",
                    RuntimeWarning,
                    stacklevel=2,
                )
            else:
                say_none_is_built()
    return "python", import_module(_MODULES["python"])


backend, _module = _choose()
"""Which node runs: ``'cython'`` or ``'python'``."""

if TYPE_CHECKING:  # both have the interface of the reference
    from engine.node.value import Value, apply
else:
    Value, apply = _module.Value, _module.apply

Executor: Any = getattr(_module, "Executor", None)
"""Runs lists of array instructions in the compiled core; None on the reference. See ``executor.pxi``."""

quick_functions: Callable[[dict[str, Any]], dict[str, Any]] = getattr(_module, "functions", dict)
"""The functions of the rows, as the compiled node calls them, without a detour through Python."""

compiled_tape: Any = getattr(_module, "Tape", None)
"""The compiled node's class of traced graphs that run without nodes; None without a compiled node."""

compiled_lanes: Any = getattr(_module, "Lanes", None)
"""Memory in which such a graph runs on several samples at a time, likewise."""

quick_arrays: Any = getattr(_module, "QuickArrays", None)
"""An array program as it runs it, likewise."""

quick_program: Any = getattr(_module, "Quick", None)
"""Runs a program with all that a call of a lifted function looks at, likewise. See ``jit/quick.py``."""

quick_caller: Any = getattr(_module, "Caller", None)
"""The base of lifted functions that asks it, likewise."""


def or_compiled(function: Function) -> Function:
    """The compiled node's function of the same name where that node runs, else the function itself."""
    compiled = getattr(_module, function.__name__, function)
    compiled.__doc__ = function.__doc__
    return compiled


PLAIN: dict[str, Callable[..., Any]] = {}
"""The forms in Python of what the compiled node offers too, by name; they do for either node."""


def offered(function: Function) -> Function:
    """The compiled node's form of a function where that node runs; the plain one is kept beside it."""
    PLAIN[function.__name__] = function
    return or_compiled(function)


copying.node_class = Value
