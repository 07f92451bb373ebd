"""NumPy, for hand-written baselines and import times."""

from importlib import import_module
from typing import Any

__all__ = ["load"]


def load() -> Any:
    """The module."""
    return import_module("numpy")
