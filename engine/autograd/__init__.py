"""The backward sweep, hooks, and whether operators record the graph."""
