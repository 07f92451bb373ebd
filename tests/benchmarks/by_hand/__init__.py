"""Tests of the NumPy written by hand."""
