"""Compares programs with their functions now and then, and says what is wrong."""
