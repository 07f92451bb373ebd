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

_LATER = lazy.by_name(
    {
        "engine.checks.derivation.check": "check_derivation DerivationReport",
        "engine.checks.derivation.written.reading": "DerivationError",
        "engine.checks.gradcheck": "gradcheck GradcheckReport",
        "engine.custom": "custom_op",
        "engine.diagnostics.anomaly": "AnomalyReport",
        "engine.diagnostics.detect_anomaly": "detect_anomaly",
        "engine.diagnostics.report": "Report report",
        "engine.explanation.explain": "explain Explanation",
        "engine.explanation.paths": "Path Paths paths",
        "engine.graph.read_json": "from_json GraphFormatError load_json",
        "engine.graph.walks": "consumers leaves topological_order zero_grad",
        "engine.graph.write_json": "save_json to_json",
        "engine.jit.backends.threads": "get_num_threads set_num_threads",
        "engine.node.take": "take",
        "engine.ops.finite": "isfinite isinf isnan",
        "engine.transforms.grad": "grad value_and_grad",
        "engine.transforms.hessian": "hessian hvp",
        "engine.transforms.jacobian": "jacfwd jacobian jacrev",
        "engine.transforms.products": "elementwise_grad jvp linearize vjp",
        "engine.transforms.reverse": "gradients",
        "engine.transforms.taylor": "derivatives taylor",
    }
)
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
