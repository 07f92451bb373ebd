"""Tests of the operators on plain floats."""
