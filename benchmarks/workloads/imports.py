"""Import beyond NumPy's own: time and number of modules, each in a new interpreter."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from benchmarks.libraries.table import ROOT
from benchmarks.workload import Answer, Case, Figure, Form, Program, Workload

__all__ = ["WORKLOAD"]

# importlib would be loaded by importlib.import_module, so the module's name is written into the program.
PROGRAM = """
import sys, time
{first}
modules, start = len(sys.modules), time.perf_counter()
import {module}
print(time.perf_counter() - start, len(sys.modules) - modules)
"""

_ROWS = {
    "numpy": ("numpy", "numpy", "numpy"),
    "chainrule": ("engine", "nn", "viz"),
    "chainrule-python": ("engine", "nn", "viz"),
    "micrograd": ("micrograd.engine", "micrograd.nn", ""),
    "autograd": ("autograd", "", ""),
    "casadi": ("casadi", "", ""),
    "torch": ("torch", "torch.nn", ""),
    "jax": ("jax", "", ""),
}
MODULES = {
    case: {library: row[i] for library, row in _ROWS.items() if row[i]}
    for i, case in enumerate(("engine", "nn", "viz"))
}
"""What is imported, by case and library."""


def _form(name: str) -> Form:
    """The form of one library; NumPy is imported first unless it is measured itself."""

    def form(library: Any, case: str, warm: bool = False) -> Program:
        module = MODULES[case][name]
        source = PROGRAM.format(first="" if module == "numpy" else "import numpy", module=module)

        def run() -> dict[str, float]:
            done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=ROOT)
            if done.returncode:
                raise RuntimeError(f"no {module}: {done.stderr.strip().splitlines()[-1]}")
            seconds, count = done.stdout.split()
            return {"import": float(seconds), "modules": float(count)}

        def check() -> Answer:
            if not warm:
                run()  # Python compiles modules the first time
            return {}

        return Program(check, run)

    return form


TITLES = {"engine": "the engine, or the library itself", "nn": "networks", "viz": "pictures"}


def _cases(warm: bool) -> tuple[Case, ...]:
    return tuple(
        Case(name, TITLES[name], {"case": name, "warm": warm}, libraries=frozenset(modules))
        for name, modules in MODULES.items()
    )


WORKLOAD = Workload(
    name="import",
    title="import in a new interpreter, beyond NumPy's own",
    cases=_cases(warm=False),
    quick=_cases(warm=True),
    forms={name: _form(name) for name in MODULES["engine"]},
    figures=(Figure("import"), Figure("modules", "")),
    baseline="numpy",
)
