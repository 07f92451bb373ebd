"""The lectures' networks, written by hand and compared with the engine."""
