"""Translates functions on Python floats into C, for the compiled node's kernels.

The functions of ``engine.floats`` are written in a small part of Python: arithmetic, comparisons, ``if``, and
calls of each other and of ``math``. That part means the same in C, but that Python raises where C has an
infinity or nan. ``engine.floats`` catches that and returns what C has, so a ``try`` becomes its body.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
import sys
import textwrap
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any

__all__ = ["HELPERS", "OF_OPERATORS", "FunctionWriter", "literal"]

_LIBM = {"abs": "fabs", "float": ""}
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}

OF_OPERATORS: dict[Callable[..., Any], str] = {
    operator.add: "{x[0]} + {x[1]}",
    operator.sub: "{x[0]} - {x[1]}",
    operator.mul: "{x[0]} * {x[1]}",
    operator.neg: "-{x[0]}",
}
"""Python's operators in C."""

HELPERS = {
    "f_pair": "typedef struct { double first, second; } f_pair;",
    "f_mod_of_python": """\
static inline double f_mod_of_python(double a, double b)
{
    double rest = fmod(a, b);
    if (rest != 0.0) {
        if ((b < 0.0) != (rest < 0.0))
            rest += b;
    } else {
        rest = copysign(0.0, b);
    }
    return rest;
}
""",
    "f_floor_divide_of_python": """\
static inline double f_floor_divide_of_python(double a, double b)
{
    double rest = fmod(a, b), whole = (a - rest) / b, below;
    if (rest != 0.0 && (b < 0.0) != (rest < 0.0))
        whole -= 1.0;
    if (whole == 0.0)
        return copysign(0.0, a / b);
    below = floor(whole);
    return whole - below > 0.5 ? below + 1.0 : below;
}
""",
}
"""What the functions need beside the C library."""


def literal(number: float) -> str:
    """A float as C text, to the last bit.

    >>> literal(0.5), literal(-2.0), literal(math.inf)
    ('0x1.0000000000000p-1', '(-0x1.0000000000000p+1)', 'INFINITY')
    """
    number = float(number)
    if number != number:
        return "NAN"
    text = "INFINITY" if math.isinf(number) else abs(number).hex()
    return f"(-{text})" if math.copysign(1.0, number) < 0.0 else text


class FunctionWriter:
    """Writes functions and what they call, each once, in the order in which C must see them.

    >>> def half(x: float) -> float:
    ...     return 0.5 * x if x > 0.0 else x
    >>> writer = FunctionWriter()
    >>> writer.name(math.tanh)
    'tanh'
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def name(self, function: Callable[..., Any]) -> str:
        """The C name of a Python function, which is written if it has not been."""
        if isinstance(function, BuiltinFunctionType) or function in (float, abs):
            return _LIBM.get(function.__name__, function.__name__)
        assert isinstance(function, FunctionType)
        name = f"f_{function.__name__.lstrip('_')}"
        if name not in self.texts:
            self.texts[name] = ""  # its place is behind what it calls
            text = _Body(self, function, name).text
            del self.texts[name]
            self.texts[name] = text
        return name

    def call(self, function: Callable[..., Any], arguments: list[str]) -> str:
        """A call of a function, with the defaults of the arguments that are left out."""
        missing = _count(function) - len(arguments)
        known = getattr(function, "__defaults__", None) or ()
        defaults = known[-missing:] if missing > 0 else ()
        return f"{self.name(function)}({', '.join([*arguments, *map(literal, defaults)])})"


def _count(function: Callable[..., Any]) -> int:
    """How many arguments a function takes; 0 where only C knows."""
    return function.__code__.co_argcount if isinstance(function, FunctionType) else 0


class _Body:
    """One function on its way to C."""

    def __init__(self, writer: FunctionWriter, function: FunctionType, name: str) -> None:
        self.writer = writer
        self.module = vars(sys.modules[function.__module__])
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(definition, ast.FunctionDef)
        self.arguments = [each.arg for each in definition.args.args]
        self.variables: dict[str, None] = {}
        self.lines: list[str] = []
        returns_pair = "tuple" in ast.unparse(definition.returns or ast.Constant(None))
        self.block(definition.body, 1)
        parameters = ", ".join(f"double {each}" for each in self.arguments)
        kind = "f_pair" if returns_pair else "double"
        declared = [f"    double {', '.join(self.variables)};"] if self.variables else []
        self.text = f"static inline {kind} {name}({parameters})\n{{\n" + "\n".join(
            [*declared, *self.lines, "}", ""]
        )

    def block(self, body: list[ast.stmt], depth: int) -> None:
        for statement in body:
            self.statement(statement, depth)

    def statement(self, node: ast.stmt, depth: int) -> None:
        indent = "    " * depth
        match node:
            case ast.Expr(value=ast.Constant()):  # the docstring
                pass
            case ast.Return(value=ast.Tuple(elts=[left, right])):
                self.lines.append(f"{indent}return (f_pair){{{self.of(left)}, {self.of(right)}}};")
            case ast.Return(value=ast.Call() as call) if self.returns_pair(call):
                self.lines.append(f"{indent}return {self.of(call)};")
            case ast.Return(value=value) if value is not None:
                self.lines.append(f"{indent}return {self.of(value)};")
            case ast.If(test=test, body=body, orelse=other):
                self.lines.append(f"{indent}if ({self.of(test)}) {{")
                self.block(body, depth + 1)
                if other:
                    self.lines.append(f"{indent}}} else {{")
                    self.block(other, depth + 1)
                self.lines.append(f"{indent}}}")
            case ast.Try(body=body):
                self.block(body, depth)
            case ast.Assign(targets=[ast.Name(id=name)], value=single):
                self.assign(name, self.of(single), indent)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=by):
                self.lines.append(f"{indent}{name} {_BINARY[type(op)]}= {self.of(by)};")
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id=a), ast.Name(id=b)])], value=ast.Tuple(elts=[u, v])
            ):
                first, second = self.of(u), self.of(v)
                self.lines.append(f"{indent}const double new_{a} = {first}, new_{b} = {second};")
                self.assign(a, f"new_{a}", indent)
                self.assign(b, f"new_{b}", indent)
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=a), ast.Name(id=b)])], value=pair):
                self.lines.append(f"{indent}const f_pair {a}_{b} = {self.of(pair)};")
                self.assign(a, f"{a}_{b}.first", indent)
                self.assign(b, f"{a}_{b}.second", indent)
            case _:
                raise ValueError(f"no C for: {ast.unparse(node)}")

    def assign(self, name: str, text: str, indent: str) -> None:
        if name not in self.arguments:
            self.variables[name] = None
        self.lines.append(f"{indent}{name} = {text};")

    def of(self, node: ast.expr) -> str:
        """An expression as C text."""
        match node:
            case ast.Name(id=name) if name in self.arguments or name in self.variables:
                return name
            case ast.Name() | ast.Attribute() | ast.Constant():
                return literal(self.known(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self.of(operand)})"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!({self.of(operand)})"
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return f"f_mod_of_python({self.of(left)}, {self.of(right)})"
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=ast.Constant(value=1.0)):
                return f"floor({self.of(left)})"
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                return f"f_floor_divide_of_python({self.of(left)}, {self.of(right)})"
            case ast.BinOp(left=left, op=op, right=right):
                return f"({self.of(left)} {_BINARY[type(op)]} {self.of(right)})"
            case ast.Compare(left=left, ops=ops, comparators=rights):
                terms = [left, *rights]
                each = [
                    f"{self.of(a)} {_COMPARE[type(op)]} {self.of(b)}"
                    for a, op, b in zip(terms, ops, rights, strict=False)
                ]
                return f"({' && '.join(each)})"
            case ast.BoolOp(op=op, values=values):
                word = " && " if isinstance(op, ast.And) else " || "
                return f"({word.join(self.of(value) for value in values)})"
            case ast.IfExp(test=test, body=body, orelse=other):
                return f"({self.of(test)} ? {self.of(body)} : {self.of(other)})"
            case ast.Call(func=function, args=arguments):
                return self.writer.call(self.known(function), self.arguments_of(arguments))
        raise ValueError(f"no C for: {ast.unparse(node)}")

    def arguments_of(self, arguments: list[ast.expr]) -> list[str]:
        texts: list[str] = []
        for each in arguments:
            if isinstance(each, ast.Starred):
                texts.extend(map(literal, self.known(each.value)))
            else:
                texts.append(self.of(each))
        return texts

    def returns_pair(self, call: ast.Call) -> bool:
        function = self.known(call.func)
        return "tuple" in str(getattr(function, "__annotations__", {}).get("return", ""))

    def known(self, node: ast.expr) -> Any:
        """What a name of the module stands for: a number, a tuple of numbers, a function."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                builtins: dict[str, Any] = {"abs": abs, "float": float}
                return self.module[name] if name in self.module else builtins[name]
            case ast.Attribute(value=value, attr=name):
                return getattr(self.known(value), name)
        raise ValueError(f"no C for: {ast.unparse(node)}")
