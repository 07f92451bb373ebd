"""What a program gives in one run."""

from __future__ import annotations

from typing import Any

__all__ = ["OTHERWISE", "Ran", "if_finite"]

Ran = tuple[list[float] | None, list[Any]]
"""Outputs and for each its gradient by what is wanted; None for the outputs if anything is not finite."""

OTHERWISE: Ran = (None, [None])
"""What a program gives where the function decides otherwise than the program was traced with."""


def if_finite(outputs: list[float], gradients: list[Any], total: float) -> Ran:
    """What ran; None for the outputs where the sum of all is infinite or nan."""
    return (outputs, gradients) if total - total == 0.0 else (None, [])
