"""Expressions computed by a reader of their own, to see whether a formula says what was computed."""

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS

_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}
_COMPARISONS: dict[type, Callable[[float, float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
}
_NUMBERS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


def computed(expression: Any, names: Mapping[str, float]) -> float:
    """The number an expression stands for, by the numbers of its names."""

    def go(part: Any) -> Any:
        match part:
            case ast.Constant(value=value):
                return float(value)
            case ast.Name(id=name):
                return names[name] if name in names else _NUMBERS.get(name) or float(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -go(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return _OPERATORS[type(operator)](go(left), go(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return go(body) if go(test) else go(orelse)
            case ast.Compare(left=left, ops=ops, comparators=others):
                ends = [go(left), *map(go, others)]
                pairs = zip(ends, ops, ends[1:], strict=False)
                return all(_COMPARISONS[type(op)](a, b) for a, op, b in pairs)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                numbers = [go(argument) for argument in arguments]
                if OPERATORS[name].arity is None:  # over a sequence; of log_softmax the first
                    return float(np.ravel(FUNCTIONS[name](numbers))[0])
                return float(FUNCTIONS[name](*numbers))
        raise AssertionError(ast.dump(part))

    return go(expression)
