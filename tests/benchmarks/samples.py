"""A report made by hand, for the tests of what is written about it."""

from benchmarks.harness.results import Report, Result
from benchmarks.workloads import WORKLOADS

MACHINE = {
    "cpu_model_name": "Z80",
    "cpu_count": 2,
    "load_avg_1min": 0.1,
    "system": "CP/M",
    "python_implementation": "cpython",
    "python_version": "3.11.0",
}


def measured(workload: str, case: str, library: str, nodes: int | None = 1000, **medians: float) -> Result:
    """Figures with a sample on either side of the median."""
    chosen = WORKLOADS[workload]
    samples = {name.replace("_", " "): [0.9 * x, x, 1.1 * x] for name, x in medians.items()}
    return Result(chosen, chosen.case(case, quick=False), library, nodes, samples, 10, 1e-16)


def report() -> Report:
    """Something of every kind of figure."""
    return Report(
        MACHINE,
        versions={"chainrule": "0.1.0", "micrograd": "0.1.0", "microgpt": "", "numpy": "2.0"},
        missing={"torch": "not installed"},
        results=[
            measured("moons", "demo", "chainrule", step=0.01),
            measured("moons", "demo", "micrograd", step=1.5),
            measured("moons", "demo", "jax", None, step=0.001),
            measured("memory", "node", "chainrule", as_built=93.0, with_gradients=93.0),
            measured("memory", "node", "micrograd", as_built=760.0, with_gradients=800.0),
            measured("import", "engine", "chainrule", None, **{"import": 0.02, "modules": 60.0}),
            measured("moons-jit", "100", "chainrule-jit", None, step=3e-5),
            measured("moons-jit", "100", "chainrule", step=0.006),
            measured("moons-jit", "100", "numpy", None, step=2e-5),
            measured("import", "engine", "numpy", None, **{"import": 0.08, "modules": 140.0}),
        ],
    )
