"""The lectures' networks, written by hand and checked."""
