"""Tools for one gradient: paths, explain, report and JSON on micrograd's demo loss.

The variable is the first weight, whose gradient comes along 1,600 paths or so. ``backward()`` of the same
graph goes first, to compare with. No other library has such tools.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.libraries.scalars import Scalars, count_nodes
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads.moons import demo
from benchmarks.workloads.programs import timed

__all__ = ["WORKLOAD"]

TOOLS = {
    "backward": "backward(), for comparison",
    "paths": "the 10 largest paths, printed",
    "explain": "the chain rule written out",
    "report": "the gradients of all nodes at a glance, printed",
    "to_json": "the graph as JSON",
}


def _gradient_and_run(tool: str, root: Any, variable: Any) -> tuple[Callable[[], float], Callable[[], Any]]:
    """Functions that give the gradient of the variable, and that are timed."""
    import engine

    if tool == "paths":
        return lambda: engine.paths(root, variable).gradient, lambda: str(engine.paths(root, variable))
    if tool == "explain":
        return lambda: engine.explain(root, variable).gradient, lambda: str(engine.explain(root, variable))
    if tool == "report":
        return lambda: engine.report(root).gradients[variable], lambda: str(engine.report(root))

    def after(other: Any) -> float:
        engine.zero_grad(variable)
        other.backward()
        return float(variable.grad)

    if tool == "to_json":
        return lambda: after(root), lambda: engine.to_json(root)
    return lambda: after(root), root.backward


def tools(library: Scalars, tool: str, samples: int) -> Program:
    """One tool on one graph, again and again."""
    model, loss = demo(library.Value, samples, arrays=False)
    root = loss()[0]
    gradient, run = _gradient_and_run(tool, root, model.parameters()[0])

    return timed(run, lambda _: {"gradient": [gradient()]}, count_nodes(root, library.children))


def _cases(samples: int) -> tuple[Case, ...]:
    options = {tool: {"tool": tool, "samples": samples} for tool in TOOLS}
    return tuple(Case(tool, title, options[tool]) for tool, title in TOOLS.items())


WORKLOAD = Workload(
    name="insight",
    title="looking into the gradient of one weight of micrograd's demo",
    cases=_cases(100),
    quick=_cases(4),
    forms={"chainrule": tools, "chainrule-python": tools},
)
