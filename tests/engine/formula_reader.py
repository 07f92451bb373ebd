"""Formulas computed by a reader of their own, to see whether they say what was computed."""

import math
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS

_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NUMBERS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


def computed(formula: Any, names: Mapping[str, float]) -> float:
    """The number a formula stands for, by the numbers of its names."""
    if formula.kind == "number":
        return float(formula.parts[0])
    if formula.kind == "name":
        (name,) = formula.parts
        return names[name] if name in names else _NUMBERS[name]
    operands = formula.operands
    if formula.kind == "where":
        return computed(operands[1] if computed(operands[0], names) else operands[2], names)
    numbers = [computed(each, names) for each in operands]
    if formula.kind == "neg":
        return -numbers[0]
    if formula.kind == "compare":
        signs = formula.parts[1::2]
        return all(_COMPARISONS[sign](*numbers[i : i + 2]) for i, sign in enumerate(signs))
    if formula.kind == "call":
        name = formula.parts[0]
        if OPERATORS[name].arity is None:  # over a sequence; of log_softmax the first
            return float(np.ravel(FUNCTIONS[name](numbers))[0])
        return float(FUNCTIONS[name](*numbers))
    return float(_OPERATORS[formula.kind](*numbers))
