"""Paths of the chain rule that a gradient lacks, or counts twice."""

from __future__ import annotations

import ast
from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from engine.checks.derivation.compare import as_array, fitted
from engine.checks.derivation.forward import Forward
from engine.checks.derivation.slips.table import Change
from engine.pytree.maps import flatten
from engine.transforms.reverse import gradients

__all__ = ["path_at_fault"]


def path_at_fault(
    by: str, expression: ast.expr, runs: Sequence[tuple[Forward, Any]], arguments: Container[str]
) -> Change | None:
    """The quantity through which a path leads that is missing, or that counts twice.

    Args:
        by: the quantity of the gradient.
        expression: of the line.
        runs: runs of f, each with what the line gives.
        arguments: the names of those of f.
    """
    first = runs[0][0]
    for name in first.values:
        if name == by or name in first.loss_names or name in arguments:
            continue
        kinds = {_fault(by, name, mine, forward) for forward, mine in runs}
        if len(kinds) == 1 and (kind := kinds.pop()):
            way = f"the path from {by} through {name} to {(first.loss_names or ['the loss'])[0]}"
            message = f"{way} is missing" if kind == "missing path" else f"{way} counts twice"
            if kind == "only":
                kind, message = "missing path", f"only {way} is there, and there are others"
            return Change(kind, message, expression)
    return None


def _fault(by: str, through: str, mine: Any, forward: Forward) -> str:
    nodes = flatten(forward.values[through])
    weights = flatten(forward.adjoint(through))
    root = sum((x * float(d) for x, d in zip(nodes, weights, strict=True)), 0.0)
    share = np.array(gradients(root, flatten(forward.values[by])), dtype=float)
    right = as_array(forward.adjoint(by)).ravel()
    shaped = fitted(as_array(mine), as_array(forward.adjoint(by)))
    if shaped is None or not share.any():
        return ""
    own = shaped.ravel()
    size = 1e-6 * max(float(np.abs(right).max()), float(np.abs(share).max()))
    if np.allclose(right - own, share, rtol=1e-6, atol=size):
        return "missing path"
    if np.allclose(own - right, share, rtol=1e-6, atol=size):
        return "extra path"
    return "only" if np.allclose(own, share, rtol=1e-6, atol=size) else ""
