"""The Backward pass tab: a graph stepped through forwards and backwards, with the arithmetic shown."""

from collections.abc import Callable
from typing import Any

OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {}
"""The operations of this tab by name."""

__all__ = ["OPERATIONS"]
