"""What of a graph is drawn: boxes that each stand for many nodes, so that any graph fits a screen."""
