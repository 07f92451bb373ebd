"""Runs array programs on the native executor of the compiled core."""
