"""A scalar autograd engine: every number remembers how it was made, every gradient can be looked at.

>>> from engine import Value
>>> x = Value(0.5)
>>> y = x.tanh() * 3
>>> y.backward()
>>> round(x.grad, 6)
2.359343
"""

from typing import Any
from warnings import warn

from engine import lazy
from engine.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from engine.errors import (
    AnomalyError,
    ChainruleError,
    GradientError,
    GraphError,
    LostGradientWarning,
    TraceError,
)
from engine.jit import jit, vmap
from engine.node.backend import Value, backend
from engine.node.functions import FUNCTIONS
from engine.node.habits import ENGINE_INSTEAD

__version__ = "0.1.0"

globals().update(FUNCTIONS)

_LATER: dict[str, str] = {
    "AnomalyReport": "engine.diagnostics.anomaly",
    "check_derivation": "engine.checks.derivation.check",
    "consumers": "engine.graph.walks",
    "custom_op": "engine.custom",
    "DerivationError": "engine.checks.derivation.written.reading",
    "DerivationReport": "engine.checks.derivation.check",
    "derivatives": "engine.transforms.taylor",
    "detect_anomaly": "engine.diagnostics.detect_anomaly",
    "elementwise_grad": "engine.transforms.products",
    "explain": "engine.explanation.explain",
    "Explanation": "engine.explanation.explain",
    "from_json": "engine.graph.read_json",
    "GraphFormatError": "engine.graph.read_json",
    "grad": "engine.transforms.grad",
    "GradcheckReport": "engine.checks.gradcheck",
    "gradcheck": "engine.checks.gradcheck",
    "get_num_threads": "engine.jit.backends.threads",
    "gradients": "engine.transforms.reverse",
    "hessian": "engine.transforms.hessian",
    "hvp": "engine.transforms.hessian",
    "isfinite": "engine.ops.finite",
    "isinf": "engine.ops.finite",
    "isnan": "engine.ops.finite",
    "jacfwd": "engine.transforms.jacobian",
    "jacobian": "engine.transforms.jacobian",
    "jacrev": "engine.transforms.jacobian",
    "jvp": "engine.transforms.products",
    "leaves": "engine.graph.walks",
    "linearize": "engine.transforms.products",
    "load_json": "engine.graph.read_json",
    "Path": "engine.explanation.paths",
    "Paths": "engine.explanation.paths",
    "paths": "engine.explanation.paths",
    "Report": "engine.diagnostics.report",
    "report": "engine.diagnostics.report",
    "save_json": "engine.graph.write_json",
    "set_num_threads": "engine.jit.backends.threads",
    "take": "engine.node.take",
    "taylor": "engine.transforms.taylor",
    "to_json": "engine.graph.write_json",
    "topological_order": "engine.graph.walks",
    "value_and_grad": "engine.transforms.grad",
    "vjp": "engine.transforms.products",
    "zero_grad": "engine.graph.walks",
}
"""Tools that are imported when first asked for: name and module. They keep ``import engine`` quick."""


_RENAMED = {"parents": "consumers"}
"""Names of release 0.1, which are kept for one release, and those of today."""


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        warn(f"engine.{name} is now engine.{_RENAMED[name]}", DeprecationWarning, stacklevel=2)
        name = _RENAMED[name]
    advice = f"; take {ENGINE_INSTEAD[name]}" if name in ENGINE_INSTEAD else ""
    return lazy.attribute("engine", _LATER, name, advice)


def __dir__() -> list[str]:
    """What ``__all__`` lists, whether it was imported already or not; and what every module has."""
    return sorted({*lazy.names("engine"), *_BUILTIN_NAMES})


_BUILTIN_NAMES = {"abs", "max", "min", "pow", "sum"}

__all__ = [
    "AnomalyError",
    "ChainruleError",
    "GradientError",
    "GraphError",
    "LostGradientWarning",
    "TraceError",
    "Value",
    "backend",
    "enable_grad",
    "is_grad_enabled",
    "jit",
    "no_grad",
    "vmap",
]
# ``from engine import *`` leaves Python's own abs, max, min, pow and sum alone
__all__ += sorted((set(FUNCTIONS) | set(_LATER)) - _BUILTIN_NAMES)
