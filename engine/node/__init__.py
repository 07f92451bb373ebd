"""Value, the node of every graph: in Python, and compiled."""
