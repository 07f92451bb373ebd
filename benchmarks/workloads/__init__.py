"""The workloads, a file for each or for some of one kind; to add one, write it and list it below."""

from benchmarks.workloads import (
    compiling,
    documents,
    expression,
    higher,
    imports,
    insight,
    irregular,
    memory,
    moons,
    moons_lifted,
    one_call,
    training,
    transformer,
    xor,
)

__all__ = ["WORKLOADS"]

_ROWS = (
    *(moons.WORKLOAD, transformer.EAGER, xor.WORKLOAD, memory.WORKLOAD, imports.WORKLOAD),
    *(moons_lifted.LOOP, moons_lifted.BATCH, training.FIT, training.LOOPS),
    *(transformer.LIFTED, transformer.BATCH, documents.WORKLOAD),
    *(expression.WORKLOAD, irregular.WORKLOAD),
    *(compiling.WORKLOAD, one_call.WORKLOAD, higher.CURVATURE, higher.ORDERS, insight.WORKLOAD),
)

WORKLOADS = {workload.name: workload for workload in _ROWS}
"""All workloads by name, in the order in which they run."""
