"""The workloads, a file each. Adding one is a file here and a line below."""

from benchmarks.workloads import chain, fan, imports, ladder, memory, moons, transformer, xor

__all__ = ["WORKLOADS"]

WORKLOADS = {
    module.WORKLOAD.name: module.WORKLOAD
    for module in (moons, transformer, xor, chain, fan, ladder, memory, imports)
}
"""All workloads by name, in the order in which they run."""
