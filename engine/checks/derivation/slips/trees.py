"""Trees of expressions: parts replaced, and small ones made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

__all__ = [
    "binary",
    "factors",
    "matrix_factors",
    "named",
    "numpy_call",
    "operands",
    "parsed",
    "power",
    "product_of",
    "replaced",
    "summed",
    "times",
    "transposed",
    "without_names",
]


def replaced(root: Any, old: ast.AST, new: ast.AST) -> Any:
    """A tree with one of its nodes replaced; the rest is shared, and a transpose of a transpose is none.

    >>> tree = ast.parse("a.T * b", mode="eval").body
    >>> ast.unparse(replaced(tree, tree.left.value, transposed(ast.Name("c"))))
    'c * b'
    """
    if root is old:
        return new
    if isinstance(root, list):
        return [replaced(item, old, new) for item in root]
    if not isinstance(root, ast.AST) or isinstance(
        root, (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)
    ):
        return root
    made = type(root)(**{name: replaced(value, old, new) for name, value in ast.iter_fields(root)})
    match made:
        case ast.Attribute(value=ast.Attribute(value=inner, attr="T"), attr="T"):
            return inner
    return made


def without_names(root: Any, old: str, new: ast.expr) -> Any:
    """A tree with a name replaced wherever it stands."""
    if isinstance(root, ast.Name):
        return new if root.id == old else root
    if isinstance(root, list):
        return [without_names(item, old, new) for item in root]
    if not isinstance(root, ast.AST):
        return root
    return type(root)(**{name: without_names(value, old, new) for name, value in ast.iter_fields(root)})


def parsed(text: str) -> ast.expr:
    """The tree of a small text."""
    return ast.parse(text, mode="eval").body


def named(text: str) -> ast.expr:
    """The tree of a name."""
    return ast.Name(text, ast.Load())


def binary(a: ast.expr, op: ast.operator, b: ast.expr) -> ast.expr:
    """The tree of an operator between two others."""
    return ast.BinOp(a, op, b)


def power(base: ast.expr, exponent: float) -> ast.expr:
    """The tree of a power."""
    return binary(base, ast.Pow(), ast.Constant(exponent))


def numpy_call(name: str, *operands: ast.expr, **options: int | bool) -> ast.expr:
    """The tree of a call of a function of NumPy."""
    keywords = [ast.keyword(key, ast.Constant(value)) for key, value in options.items()]
    return ast.Call(ast.Attribute(named("np"), name, ast.Load()), [*operands], keywords)


def transposed(node: ast.expr) -> ast.expr:
    """The tree of a transpose; of a transpose what it is of."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def operands(expression: ast.expr) -> Iterator[ast.expr]:
    """The nodes that stand for numbers: no names of functions and modules, no indices and options."""
    waiting: list[ast.expr] = [expression]
    while waiting:
        node = waiting.pop(0)
        yield node
        match node:
            case ast.Call(func=ast.Attribute(value=value), args=arguments):
                of_module = isinstance(value, ast.Name) and value.id in ("np", "numpy", "math", "engine")
                waiting += arguments if of_module else [value, *arguments]
            case ast.Call(args=arguments):
                waiting += arguments
            case ast.Subscript(value=value) | ast.Attribute(value=value):
                waiting.append(value)
            case _:
                waiting += [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


def matrix_factors(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The factors of a matrix product, however it is written."""
    match node:
        case ast.BinOp(left=a, op=ast.MatMult(), right=b):
            return a, b
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="dot" | "matmul"), args=[a, b]
        ):
            return a, b
        case ast.Call(func=ast.Attribute(value=a, attr="dot"), args=[b]):
            return a, b
    return None


def factors(node: ast.expr) -> list[ast.expr]:
    """The factors of a product, one below the other."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*factors(node.left), *factors(node.right)]
    return [node]


def product_of(factors: Sequence[ast.expr]) -> ast.expr:
    """The tree of a product."""
    return reduce(lambda product, factor: binary(product, ast.Mult(), factor), factors)


def times(expression: ast.expr, factor: str) -> ast.expr:
    """A tree times a constant, which is written as a whole number or a fraction."""
    top, _, bottom = factor.partition("/")
    scaled = expression if top == "1" and bottom else binary(parsed(top), ast.Mult(), expression)
    return binary(scaled, ast.Div(), parsed(bottom)) if bottom else scaled


def summed(value: ast.expr, axis: int | None, keep: bool, name: str) -> ast.expr:
    """The tree of a sum along an axis, or of all."""
    options: dict[str, int | bool] = {} if axis is None else {"axis": axis}
    return numpy_call(name, value, **options, **({"keepdims": True} if keep else {}))
