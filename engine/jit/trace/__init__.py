"""Runs a function once on Values and reads off the graph it left."""
