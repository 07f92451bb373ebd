"""NumPy itself: what hand-written array code is measured with, and what importing it costs."""

from importlib import import_module
from typing import Any

__all__ = ["load"]


def load() -> Any:
    """The module."""
    return import_module("numpy")
