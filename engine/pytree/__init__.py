"""Nested arguments and results: numbers within lists, tuples, dicts and arrays (JAX calls them pytrees)."""
