"""Runs benchmarks in processes of their own and writes the tables."""
