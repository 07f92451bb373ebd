"""Tools for one gradient: paths, explain, report and JSON on micrograd's demo loss.

The variable is the first weight, whose gradient comes along 1,600 paths or so. ``backward()`` of the same
graph goes first, to compare with. No other library has such tools.
"""

from __future__ import annotations

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


def tools(library: Scalars, tool: str, samples: int) -> Program:
    """One tool on one graph, again and again."""
    import engine

    model, loss = demo(library.Value, samples, arrays=False)
    root, variable = loss()[0], model.parameters()[0]

    def run() -> Any:
        if tool in ("backward", "to_json"):
            return root.backward() if tool == "backward" else engine.to_json(root)
        found = engine.report(root) if tool == "report" else getattr(engine, tool)(root, variable)
        return found, str(found)

    def gradient(done: Any) -> float:
        if isinstance(done, tuple):
            return float(done[0].gradients[variable] if tool == "report" else done[0].gradient)
        engine.zero_grad(variable)
        root.backward()
        return float(variable.grad)

    return timed(run, lambda done: {"gradient": [gradient(done)]}, count_nodes(root, library.children))


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
