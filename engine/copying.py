"""The old place of ``engine.node.copying``, by which pickles of release 0.1 name what restores their nodes."""

from engine.node.copying import _restore_graph, _restore_leaf

__all__ = ["_restore_graph", "_restore_leaf"]
