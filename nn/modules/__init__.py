"""Neurons, layers, networks and the other modules."""
