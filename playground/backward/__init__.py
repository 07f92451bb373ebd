"""The "Backward pass" tab: formulas and programs as graphs, their sweeps step by step, and questions."""

from playground.backward.operations import OPERATIONS

__all__ = ["OPERATIONS"]
