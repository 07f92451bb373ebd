"""The tables of a report as text, and what their columns mean."""

from __future__ import annotations

from engine.diagnostics.entries import LayerReport, OperatorReport

__all__ = ["LEGEND", "MOST_OPERATORS", "layer_rows", "operator_rows"]

MOST_OPERATORS = 12
"""Operators that are printed, those of most nodes first."""

LEGEND = {
    "layer": "as the dotted names of the parameters have it",
    "parameters": "how many there are",
    "gradient": "size of the gradients (sizes are roots of mean squares)",
    "weight": "size of the parameters themselves",
    "update/weight": "size of the next step over that of the parameters; about 1e-3 is usual",
    "signal": "size of the gradient at the layer's outputs",
    "factor": "the signal of the layer before over this one's: below 1 it shrinks on its way back",
    "local_grad": "size of the activations' local gradients",
    "dead": "share of units whose local gradient is 0 at every sample",
    "saturated": "share of S-shaped activations with a local gradient below 5 % of the steepest",
    "operator": "all nodes of one operator",
    "nodes": "how many there are",
    "flat": "share of local gradients that are exactly 0",
    "not finite": "nodes whose number, local gradient or gradient is inf or nan",
}
"""What the columns of the tables mean."""


def layer_rows(layers: list[LayerReport]) -> list[list[str]]:
    """The table of the layers, its head first."""
    size_names = ["gradient", "weight", "update/weight", "signal", "factor", "local_grad"]
    rows = [["layer", "parameters", *size_names, "dead", "saturated"]]
    for each in layers:
        sizes = (each.gradient, each.weight, each.update_ratio, each.signal, each.factor, each.local_grad)
        rows.append(
            [each.name, str(each.parameters), *map(_cell, sizes), _share(each.dead), _share(each.saturated)]
        )
    return rows


def operator_rows(operators: list[OperatorReport]) -> list[list[str]]:
    """The table of the operators, its head first."""
    rows = [["operator", "nodes", "gradient", "flat", "saturated", "not finite"]]
    for each in operators[:MOST_OPERATORS]:
        row = [_cell(each.gradient), _share(each.flat), _share(each.saturated), str(each.not_finite or "")]
        rows.append([each.op or "leaf", str(each.nodes), *row])
    return rows


def _cell(x: float) -> str:
    return "" if x != x else f"{x:.3g}"


def _share(x: float) -> str:
    return "" if x != x else f"{100 * x:.0f} %"
