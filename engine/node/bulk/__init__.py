"""Many nodes at once: their numbers from and to arrays, one node on many operands, a whole graph as arrays.

What trains many parameters, and what reads whole graphs, goes by these instead of node by node. The compiled
node has its own forms (``compiled/bulk.pxi``), which make no Python object per node: 2 ns each, where a
loop in Python takes 50.
"""

from engine.node.bulk.graphs import Made, adjoints, fused_node, graph_arrays, made_arrays, nodes_made
from engine.node.bulk.numbers import (
    adam_on_values,
    leaf_count,
    read_data,
    read_grad,
    spoil,
    trainable,
    write_data,
    write_grad,
)

__all__ = [
    "Made",
    "adam_on_values",
    "adjoints",
    "fused_node",
    "graph_arrays",
    "leaf_count",
    "made_arrays",
    "nodes_made",
    "read_data",
    "read_grad",
    "spoil",
    "trainable",
    "write_data",
    "write_grad",
]
