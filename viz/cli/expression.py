"""Parse formulas given as text and compute them with the engine's operators.

The text is parsed by Python's own parser into a tree, of which a short list of forms is accepted:
names, numbers, ``+ - * / ** %``, signs, comparisons, calls of the table's functions, lists and the items of
lists. Nothing is ever executed as Python; every operation is one of the engine's, so ``9**9**9`` is inf
and ``1/0`` too. Trees are walked with a stack, however deep they are.
"""

from __future__ import annotations

import ast
import math
import unicodedata
import warnings
from collections.abc import Mapping, MutableMapping
from difflib import get_close_matches
from typing import Any

from engine import Value
from engine.formulas.repairs import meant, repair
from engine.node.functions import FUNCTIONS

__all__ = ["CONSTANTS", "ExpressionError", "evaluate", "is_name", "names_in"]

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}

_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.Mod: "mod",
    ast.FloorDiv: "floor_divide",
}
_COMPARISONS: dict[
    type[ast.AST], tuple[str, bool]
] = {  # the function, and whether the operands change places
    ast.Gt: ("greater", False),
    ast.GtE: ("greater_equal", False),
    ast.Lt: ("greater", True),
    ast.LtE: ("greater_equal", True),
    ast.Eq: ("equal", False),
}


class ExpressionError(ValueError):
    """A formula that cannot be read or computed; the message says which part of it."""


class _UnreadableError(ExpressionError):
    """A formula that is none of the language; perhaps it is known what was meant."""


def is_name(text: str) -> bool:
    """Whether a text can be the name of a variable.

    >>> is_name("w1"), is_name("1w"), is_name("lambda")
    (True, False, False)
    """
    try:
        tree = _parse(text)
    except ExpressionError:
        return False
    return isinstance(tree, ast.Name) and text.isidentifier()


def names_in(text: str) -> list[str]:
    """The names in a formula, in order, but for those of the functions that it calls.

    Raises:
        ExpressionError: the text cannot be parsed.

    >>> names_in("tanh(w*x + b) - w")
    ['w', 'x', 'b']
    """
    nodes = list(ast.walk(_parse(text)))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    names.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(node.id for node in names))


def evaluate(
    text: str, variables: Mapping[str, Any], parts: MutableMapping[Value, str] | None = None
) -> Value:
    """Compute a formula; the result is a node made of its variables.

    Args:
        text: such as ``"tanh(w*x + b)"``.
        variables: Values or numbers by name, which come before ``pi``, ``e`` and ``tau``.
        parts: gets the part of the text that each result was computed from.

    Raises:
        ExpressionError: the text is not a formula, or it has an unknown name or function, or a function has
            the wrong operands. Where it is known what was meant (``2x``, ``x^2``, ``a if c else b``), the
            message has the formula as it can be read.

    >>> w = Value(0.5)
    >>> y = evaluate("tanh(w*x - 1) + max([w, 2])", {"w": w, "x": 2.0})
    >>> y.backward()
    >>> y.data, w.grad
    (2.0, 2.0)
    >>> evaluate("__import__('os')", {})
    Traceback (most recent call last):
    viz.cli.expression.ExpressionError: unknown function '__import__'; there are ...
    """
    known = {unicodedata.normalize("NFKC", name): value for name, value in variables.items()}
    try:
        return _evaluated(text, known, parts)
    except _UnreadableError as error:
        better = repair(text, FUNCTIONS, known)
        if better is None:
            raise ExpressionError(str(error)) from None
        raise ExpressionError(f"{_shortened(text.strip())} cannot be read; {better}") from None


def _evaluated(text: str, known: Mapping[str, Any], parts: MutableMapping[Value, str] | None) -> Value:
    results: list[Any] = []
    waiting: list[tuple[ast.AST, bool]] = [(_parse(text), False)]
    while waiting:
        node, ready = waiting.pop()
        operands = _operands(node, text)
        if not ready:
            waiting.append((node, True))
            waiting.extend((operand, False) for operand in reversed(operands))
            continue
        arguments = [results.pop() for _ in operands][::-1]
        try:
            result = _result(node, arguments, known)
        except (TypeError, ValueError, IndexError) as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(f"{_quoted(node, text)}: {error}") from error
        results.append(result)
        if parts is not None and isinstance(result, Value):
            parts.setdefault(result, _part(node, text))
    (result,) = results
    if isinstance(result, list):
        raise _UnreadableError(
            f"the result is a list of {len(result)}; take one of them, as in softmax([a, b])[0]"
        )
    return result if isinstance(result, Value) else Value(result)


def _parse(text: str) -> ast.AST:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parser's remarks on style
            return ast.parse(text.strip(), mode="eval").body
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply to be read") from None
    except SyntaxError as error:
        where = f" at character {error.offset}" if error.offset else ""
        raise _UnreadableError(f"this is not an expression: {error.msg}{where}") from None
    except ValueError as error:
        raise ExpressionError(f"this is not an expression: {error}") from None


def _operands(node: ast.AST, text: str) -> list[ast.expr]:
    """The operands of a node, which are computed first; an error for any other form of node."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return []
        case ast.Name():
            return []
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return [operand]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return [left, right]
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return items
        case ast.Subscript(value=value, slice=index):
            return [value, index]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                raise _UnreadableError(f"unknown function {name!r}; {_known_functions(name)}")
            return arguments
    raise _UnreadableError(
        f"{_quoted(node, text)} is not allowed in an expression, which holds names, numbers, + - * / ** %, "
        "comparisons, calls of the engine's functions and lists"
    )


def _result(node: ast.AST, arguments: list[Any], known: Mapping[str, Any]) -> Any:
    """The result of a node of the tree, given those of its operands."""
    match node:
        case ast.Constant(value=value):
            return _number(value)
        case ast.Name(id=name):
            if name in known:
                return known[name]
            if name in CONSTANTS:
                return CONSTANTS[name]
            if name in FUNCTIONS:
                raise ExpressionError(f"{name!r} is a function: write {name}(…)")
            better = meant(name, FUNCTIONS, [*known, *CONSTANTS])
            advice = f"; did you mean {better}?" if better else ""
            raise ExpressionError(f"no value for {name!r}; give one as {name}=1.5{advice}")
        case ast.BinOp(op=op):
            return FUNCTIONS[_BINARY[type(op)]](*arguments)
        case ast.UnaryOp(op=ast.USub()) if isinstance(arguments[0], float):
            return -arguments[0]
        case ast.UnaryOp(op=op):
            return FUNCTIONS["neg"](*arguments) if isinstance(op, ast.USub) else arguments[0]
        case ast.Compare(ops=[op]):
            name, swap = _COMPARISONS[type(op)]
            return FUNCTIONS[name](*(arguments[::-1] if swap else arguments))
        case ast.Subscript():
            return _item(*arguments)
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](*arguments)
    return arguments  # a list


def _known_functions(name: str) -> str:
    close = get_close_matches(name, FUNCTIONS, n=3)
    return f"did you mean {' or '.join(close)}?" if close else "there are " + ", ".join(sorted(FUNCTIONS))


def _number(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _item(items: Any, index: Any) -> Any:
    if not isinstance(items, list):
        raise TypeError("only a list has items")
    if not isinstance(index, float) or not index.is_integer():
        raise TypeError(f"the index of a list must be an integer, got {index}")
    return items[int(index)]


def _part(node: ast.AST, text: str) -> str:
    return ast.get_source_segment(text.strip(), node) or text


def _quoted(node: ast.AST, text: str) -> str:
    return _shortened(_part(node, text))


def _shortened(part: str) -> str:
    return repr(part if len(part) <= 60 else part[:59] + "…")
