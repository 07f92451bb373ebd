"""The workloads, a file each; to add one, write a file and list it below."""

from benchmarks.workloads import (
    compiling,
    curvature,
    documents,
    expression,
    fit,
    growth,
    imports,
    insight,
    irregular,
    loops,
    memory,
    moons,
    moons_batch,
    moons_jit,
    one_call,
    orders,
    transformer,
    transformer_jit,
    xor,
)

__all__ = ["WORKLOADS"]

_ROWS = (
    *(moons.WORKLOAD, transformer.WORKLOAD, xor.WORKLOAD, growth.CHAIN, growth.FAN),
    *(memory.WORKLOAD, imports.WORKLOAD, moons_jit.WORKLOAD, moons_batch.WORKLOAD, fit.WORKLOAD),
    loops.WORKLOAD,
    *(transformer_jit.WORKLOAD, documents.WORKLOAD, expression.WORKLOAD, irregular.WORKLOAD),
    *(compiling.WORKLOAD, one_call.WORKLOAD, curvature.WORKLOAD, orders.WORKLOAD, insight.WORKLOAD),
)

WORKLOADS = {workload.name: workload for workload in _ROWS}
"""All workloads by name, in the order in which they run."""
