"""The "Backward pass" tab: a formula or a program as a graph, its sweep step by step, and questions about it."""

from playground.backward.operations import OPERATIONS

__all__ = ["OPERATIONS"]
