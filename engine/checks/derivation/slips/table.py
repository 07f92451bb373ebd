"""The slips that have a name; what a change of an expression is, and what it may use."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["SLIPS", "Change", "Surroundings", "Swap"]

SLIPS = {
    "gradient for weight": "the gradient of a weight stands where the weight itself belongs",
    "derivative of the output": "the derivative of an activation is taken of its output, not of its input",
    "output for input": "a derivative that is written in the output, such as y(1 - y), is taken of the input",
    "wrong variable": "another quantity belongs there",
    "transposed matrix": "a matrix is transposed, or should be",
    "wrong order": "the factors of a matrix product stand in the wrong order",
    "wrong product": "element by element and matrix product are mixed up",
    "sign": "the sign is wrong",
    "factor 2": "a factor of 2 is missing or too much",
    "factor": "a constant factor is missing or too much",
    "wrong power": "a power is missing or wrong",
    "sum for mean": "a mean is differentiated as if it were a sum: 1/n is missing",
    "mean for sum": "a sum is differentiated as if it were a mean: 1/n is too much",
    "wrong axis": "it is summed along the wrong axis",
    "not summed": "the sum over the samples is missing",
    "missing exponential": "an exponential is missing",
    "chain broken": "a factor of the chain rule is missing",
    "extra factor": "a factor is too much",
    "missing bias": "the bias is missing",
    "missing gradient": "a gradient that is asked for is not there",
    "missing term": "a term of a sum is missing",
    "missing path": "the derivative is a sum over paths, and one of them is missing",
    "extra path": "a path counts twice, or does not lead there",
    "extra term": "a term is too much",
    "wrong function": "another function belongs there",
    "wrong gradient": "it is the gradient of another quantity",
    "wrong shape": "the shape is not that of what is differentiated by",
    "undefined": "it has no finite value where the derivative has one",
}
"""The slips that have a name, and what they mean."""


class Change(NamedTuple):
    """A change of an expression.

    Attributes:
        slip: the name of the slip that it undoes.
        message: what is wrong, for this expression.
        expression: what would be right.
    """

    slip: str
    message: str
    expression: ast.expr


Swap = tuple[str, str, ast.expr, ast.expr]
"""A change of one node: the slip, the message, the node, and what belongs in its place."""


@dataclass
class Surroundings:
    """What an expression may use.

    Attributes:
        shapes: by name the shape of what may stand in it.
        gradients: by the name of a line the quantity whose gradient it is.
        activations: by the name of an output the input that it is a function of, element by element; empty
            where it has no name.
        exponentials: the outputs that are e to the power of their input.
        partials: names that stand for the derivative of one quantity by another, and how that is written.
        biases: names that are added to something.
        sizes: lengths of axes, with a text that says of what.
        functions: names of functions that may be called with one operand.
    """

    shapes: Mapping[str, tuple[int, ...]]
    gradients: Mapping[str, str] = field(default_factory=dict)
    activations: Mapping[str, str] = field(default_factory=dict)
    exponentials: Collection[str] = ()
    partials: Mapping[str, str] = field(default_factory=dict)
    biases: Collection[str] = ()
    sizes: Mapping[int, str] = field(default_factory=dict)
    functions: Collection[str] = ()
