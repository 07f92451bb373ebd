"""The workloads, a file each; to add one, write a file and list it below."""

from benchmarks.workloads import (
    chain,
    compiling,
    curvature,
    documents,
    expression,
    fan,
    fit,
    imports,
    insight,
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

WORKLOADS = {
    module.WORKLOAD.name: module.WORKLOAD
    for module in (
        *(moons, transformer, xor, chain, fan, memory, imports),
        *(moons_jit, moons_batch, fit, transformer_jit, documents, expression, compiling, one_call),
        *(curvature, orders, insight),
    )
}
"""All workloads by name, in the order in which they run."""
