"""Checks of derivations: a backward pass written by hand, compared with the engine's, line by line."""
