"""The Playground tab: a network trained on points of the plane, looked at while it learns."""

from playground.training.operations import OPERATIONS

__all__ = ["OPERATIONS"]
