"""Lowers a traced graph to groups of nodes that are arrays, and gives them cells."""
