"""The same work by hand in NumPy."""
