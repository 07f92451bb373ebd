"""A scalar autograd engine: every number remembers how it was made, every gradient can be looked at.

>>> from engine import Value
>>> x = Value(0.5)
>>> y = x.tanh() * 3
>>> y.backward()
>>> round(x.grad, 6)
2.359343
"""

from importlib import import_module
from typing import Any

from engine.derive import gradients
from engine.errors import (
    AnomalyError,
    ChainruleError,
    GradientError,
    GraphError,
    LostGradientWarning,
    TraceError,
)
from engine.functions import FUNCTIONS
from engine.grad_mode import enable_grad, is_grad_enabled, no_grad
from engine.gradcheck import GradcheckReport, gradcheck
from engine.graph import leaves, parents, topological_order, zero_grad
from engine.habits import ENGINE_INSTEAD
from engine.jit import jit, vmap
from engine.node import Value, backend
from engine.transforms import grad, value_and_grad

globals().update(FUNCTIONS)

_LATER: dict[str, str] = {
    "AnomalyReport": "engine.anomaly",
    "custom_op": "engine.custom",
    "derivatives": "engine.expansions",
    "detect_anomaly": "engine.detecting",
    "explain": "engine.explaining",
    "Explanation": "engine.explaining",
    "from_json": "engine.importing",
    "GraphFormatError": "engine.importing",
    "hessian": "engine.higher",
    "hvp": "engine.higher",
    "isfinite": "engine.finite",
    "isinf": "engine.finite",
    "isnan": "engine.finite",
    "jacfwd": "engine.jacobians",
    "jacobian": "engine.jacobians",
    "jacrev": "engine.jacobians",
    "jvp": "engine.higher",
    "load_json": "engine.importing",
    "Path": "engine.routes",
    "Paths": "engine.routes",
    "paths": "engine.routes",
    "Report": "engine.reports",
    "report": "engine.reports",
    "save_json": "engine.exporting",
    "take": "engine.taking",
    "taylor": "engine.expansions",
    "to_json": "engine.exporting",
    "vjp": "engine.higher",
}
"""Tools that are imported when first asked for: name and module. They keep ``import engine`` quick."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        instead = f"; take {ENGINE_INSTEAD[name]}" if name in ENGINE_INSTEAD else ""
        raise AttributeError(f"module 'engine' has no attribute {name!r}{instead}")
    tool = globals()[name] = getattr(import_module(_LATER[name]), name)
    return tool


_BUILTIN_NAMES = {"abs", "max", "min", "pow", "sum"}

__all__ = [
    "AnomalyError",
    "ChainruleError",
    "GradcheckReport",
    "GradientError",
    "GraphError",
    "LostGradientWarning",
    "TraceError",
    "Value",
    "backend",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradients",
    "is_grad_enabled",
    "jit",
    "leaves",
    "no_grad",
    "parents",
    "topological_order",
    "value_and_grad",
    "vmap",
    "zero_grad",
]
# ``from engine import *`` leaves Python's own abs, max, min, pow and sum alone
__all__ += sorted((set(FUNCTIONS) | set(_LATER)) - _BUILTIN_NAMES)
