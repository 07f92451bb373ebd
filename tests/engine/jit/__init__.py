"""Tests of engine.jit, laid out as its files are."""
