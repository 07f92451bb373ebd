"""Names for the numbers of a buffer, which is a float or nested lists of floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["numbered", "refilled"]


def numbered(name: str, numbers: Any) -> list[tuple[str, float]]:
    """Pairs of dotted name and number; of None nothing.

    >>> numbered("bn.mean", [0.5, 1.5]), numbered("bn.count", 3)
    ([('bn.mean.0', 0.5), ('bn.mean.1', 1.5)], [('bn.count', 3.0)])
    """
    if numbers is None:
        return []
    if isinstance(numbers, (list, tuple)):
        return [pair for i, each in enumerate(numbers) for pair in numbered(f"{name}.{i}", each)]
    return [(name, float(numbers))]


def refilled(name: str, numbers: Any, found: Mapping[str, float]) -> Any:
    """The numbers of these names, nested as those that were there.

    >>> refilled("mean", [0.5, 1.5], {"mean.0": 2.0, "mean.1": 3.0})
    [2.0, 3.0]
    """
    if numbers is None:
        return None
    if isinstance(numbers, (list, tuple)):
        return [refilled(f"{name}.{i}", each, found) for i, each in enumerate(numbers)]
    return found[name]
