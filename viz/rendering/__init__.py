"""Layout of graphs by Graphviz, and SVG, PNG or PDF from it."""
