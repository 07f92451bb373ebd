"""From a traced graph to groups, sums and layouts of arrays."""
