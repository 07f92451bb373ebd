"""The table of libraries: names, kind of code they take, environment of their process."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.workload import Case, Form, Workload

__all__ = ["LIBRARIES", "ROOT", "Library", "UnavailableError"]

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: chainrule is measured as it lies beside this package."""


class UnavailableError(Exception):
    """A library is not installed, or not in the form asked for."""


@dataclass(frozen=True)
class Library:
    """One library in one form.

    Args:
        name: as the command line calls it.
        label: as tables call it.
        kind: which form of a workload it takes: ``scalars``, ``lifted``, ``arrays``, ``symbolic`` or
            ``numpy``.
        module: what is imported to see whether it is there; empty for what needs nothing.
        distribution: its name on PyPI.
        adapter: what makes it ready, as ``module.name`` in :mod:`benchmarks.libraries`; or a module
            that needs nothing.
        environment: variables its process is started with.
    """

    name: str
    label: str
    kind: str
    module: str
    distribution: str
    adapter: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def form(self, workload: Workload, case: Case | None = None) -> Form | None:
        """The form of a workload for this library; None if it has none, or not in this case."""
        if case is not None and case.libraries and self.name not in case.libraries:
            return None
        return workload.forms.get(self.name, workload.forms.get(self.kind))

    def load(self) -> Any:
        """Make the adapter; UnavailableError if the library is missing or cannot be imported."""
        self.require()
        try:
            module, dot, name = self.adapter.partition(".")
            if not dot:
                return importlib.import_module(module)
            return getattr(importlib.import_module(f"benchmarks.libraries.{module}"), name)()
        except ImportError as error:
            raise UnavailableError(f"cannot be imported: {error}") from error

    def require(self) -> None:
        """Raise UnavailableError if the library is not installed; do not load it."""
        if self.module and find_spec(self.module) is None:
            raise UnavailableError(f"not installed (pip install {self.distribution})")

    def version(self) -> str:
        """The version; empty if there is none."""
        if self.module == "engine":
            source = (ROOT / "engine" / "__init__.py").read_text(encoding="utf-8")
            found = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
            return found[1] if found else ""
        try:
            return version(self.distribution) if self.distribution else ""
        except PackageNotFoundError:
            return ""


_ENGINE = {"module": "engine", "distribution": "chainrule"}
_SCALARS = {**_ENGINE, "kind": "scalars", "adapter": "scalars.load_chainrule"}
_COMPILED, _PYTHON = ({"CHAINRULE_BACKEND": node} for node in ("cython", "python"))
_JAX = {"JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}

_ROWS = (
    Library("chainrule", "chainrule, compiled", environment=_COMPILED, **_SCALARS),
    Library("chainrule-python", "chainrule, pure Python", environment=_PYTHON, **_SCALARS),
    Library("chainrule-jit", "chainrule, jit", "lifted", adapter="scalars.Lifted", **_ENGINE),
    Library("micrograd", "micrograd", "scalars", "micrograd", "micrograd", "scalars.load_micrograd"),
    Library("microgpt", "a node of microgpt's kind", "scalars", "", "", "scalars.load_microgpt"),
    Library("casadi", "casadi (graph built beforehand)", "symbolic", "casadi", "casadi", "casadi.Symbols"),
    Library("autograd", "autograd (arrays)", "arrays", "autograd", "autograd", "arrays.Autograd"),
    Library("torch", "PyTorch (arrays)", "arrays", "torch", "torch", "arrays.Torch"),
    Library("jax", "jax (arrays, jit)", "arrays", "jax", "jax", "arrays.Jax", _JAX),
    Library("numpy", "NumPy", "numpy", "numpy", "numpy", "numpy"),
)

LIBRARIES = {row.name: row for row in _ROWS}
"""All libraries by name, in the order of the tables."""
