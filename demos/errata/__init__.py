"""Slips in the lectures that a gradient check exposes."""
