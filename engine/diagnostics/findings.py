"""The findings of a report: sentences that say what is wrong with gradients, where, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

__all__ = ["EXPLODING", "VANISHING", "findings"]

VANISHING, EXPLODING = 1e-3, 1e3
"""What is left of the signal from the last layer to the first: below the one it vanishes, above the other it
explodes."""

MOSTLY = 0.5
"""The share of dead units, or of saturated nodes, from which on it is a warning."""

SLOW, FAST = 1e-6, 0.1
"""Ratios of update to weight below which a layer hardly moves and above which it jumps; 1e-3 is usual."""

Layer = Any
"""An entry of a report: see ``report.py``, which stands on this file."""


def findings(layers: Sequence[Layer], operators: Sequence[Any] = ()) -> list[str]:
    """The findings, as sentences.

    Args:
        layers: entries as ``LayerReport`` has them, the first layer first.
        operators: entries as ``OperatorReport`` has them.

    >>> findings([])
    []
    """
    return [*_not_finite(layers, operators), *_through(layers), *_within(layers)]


def _not_finite(layers: Sequence[Layer], operators: Sequence[Any]) -> list[str]:
    bad = [layer.name for layer in layers if not math.isfinite(layer.gradient)]
    ops = [f"{each.not_finite} of {each.op or 'leaves'}" for each in operators if each.not_finite]
    lines = []
    if bad:
        lines.append(f"Gradients are infinite or nan in {', '.join(bad)}.")
    if ops:
        lines.append(f"Nodes with numbers or gradients that are infinite or nan: {', '.join(ops)}.")
    return lines


def _through(layers: Sequence[Layer]) -> list[str]:
    """The signal on its way back from the last layer to the first."""
    passed = [layer for layer in layers if layer.signal == layer.signal and math.isfinite(layer.signal)]
    if len(passed) < 2 or not passed[-1].signal:
        return []
    first, last = passed[0], passed[-1]
    total = first.signal / last.signal
    if not total:
        return []  # reported as layers without gradients
    if VANISHING <= total <= EXPLODING:
        return []
    each = total ** (1 / (len(passed) - 1))
    verb, does = ("vanishes", "shrinks") if total < 1 else ("explodes", "grows")
    lines = [
        f"The gradient {verb}: from {last.name} back to {first.name} it {does} to {total:.3g} of its size, "
        f"×{each:.3g} a layer."
    ]
    worst = min(passed[1:], key=lambda layer: layer.factor if total < 1 else -layer.factor)
    return [*lines, f"Most of it in {worst.name}: {_cause(worst)}."]


def _cause(layer: Layer) -> str:
    if layer.local_grad != layer.local_grad:
        return f"×{layer.factor:.3g} by its weights"
    what = " and ".join(layer.activations)
    return (
        f"×{layer.factor:.3g} = ×{layer.local_grad:.3g} by the local gradients of {what} · "
        f"×{layer.gain:.3g} by its weights"
    )


def _within(layers: Sequence[Layer]) -> list[str]:
    lines = []
    for layer in layers:
        what = " and ".join(layer.activations)
        if layer.dead >= MOSTLY:
            dead = f"{layer.dead:.0%} of its {layer.units} units are dead"
            lines.append(f"{layer.name}: {dead}, the local gradient of {what} being 0 at every sample.")
        elif layer.gradient == 0.0:
            lines.append(f"{layer.name}: all gradients are exactly 0.")
        if layer.saturated >= MOSTLY:
            lines.append(f"{layer.name}: {layer.saturated:.0%} of {what} is saturated.")
        if layer.update_ratio > FAST or 0.0 < layer.update_ratio < SLOW:
            lines.append(
                f"{layer.name}: a step changes the weights by {layer.update_ratio:.2g} of their size."
            )
    return lines
