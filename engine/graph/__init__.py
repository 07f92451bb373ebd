"""Walks over a graph, names of its nodes, and graphs as JSON."""
