"""The old place of ``engine.node.copying``, which pickles of release 0.1 name."""

from engine.node.copying import _restore_graph, _restore_leaf

__all__ = ["_restore_graph", "_restore_leaf"]
