"""The changes to an expression that undo a slip, the likeliest first: names, matrices, signs.

A slip is named by what would be right: each change is tried in turn, and one that makes the line right at all
points says what was wrong. A :data:`~engine.checks.derivation.slips.table.Swap` is a change of one node.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from engine.checks.derivation.slips.factors import (
    constants,
    dropped,
    functions,
    missing_factors,
    missing_sums,
    missing_terms,
    other_factors,
    sums,
)
from engine.checks.derivation.slips.table import Change, Surroundings, Swap
from engine.checks.derivation.slips.trees import (
    binary,
    matrix_factors,
    named,
    operands,
    replaced,
    transposed,
    without_names,
)

__all__ = ["changes"]


def changes(expression: ast.expr, near: Surroundings) -> Iterator[Change]:
    """The changes to try, the likeliest first."""
    for slip, message, old, new in _swaps(expression, near):
        yield Change(slip, message, replaced(expression, old, new))


def _swaps(expression: ast.expr, near: Surroundings) -> Iterator[Swap]:
    nodes = [*operands(expression)]
    yield from _names(expression, nodes, near)
    yield from sums(nodes)
    yield from _matrices(expression, nodes)
    yield from _signs(expression, nodes)
    yield from missing_sums(expression)
    yield from constants(expression, nodes, near)
    yield from missing_factors(expression, near)
    yield from dropped(nodes)
    yield from other_factors(expression, nodes, near)
    yield from missing_terms(expression, near)
    yield from functions(expression, nodes, near)
    for node in nodes:
        if node is not expression and not isinstance(node, ast.Constant):
            yield from missing_factors(node, near, products=False)


def _names(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Swap]:
    used = [node for node in nodes if isinstance(node, ast.Name)]
    inputs = {v: k for k, v in near.activations.items() if v}
    swaps: list[tuple[int, Swap]] = []
    for node in used:
        for other, shape in near.shapes.items():
            if other == node.id or (near.shapes.get(node.id) not in (shape, shape[::-1])):
                continue
            slip, message, rank = "wrong variable", f"{other} belongs where {node.id} stands", 2
            if near.gradients.get(node.id) == other:
                slip, rank = "gradient for weight", 0
                message = f"{node.id}, the gradient, stands where {other} itself belongs"
            elif near.activations.get(node.id) == other:
                slip, rank = "derivative of the output", 1
                message = (
                    f"the derivative is taken of the output {node.id}, and is defined of the input {other}"
                )
            new = named(other)
            swaps.append((rank, (slip, message, node, new)))
            if near.shapes[node.id] != shape or len(shape) > 1:
                swaps.append((rank, (slip, message, node, transposed(new))))
            everywhere = without_names(expression, node.id, new)
            if other in near.exponentials and near.activations.get(other) == node.id:
                slip, message = "missing exponential", f"{other}, the exponential of {node.id}, belongs there"
                swaps.append((-1, (slip, message, expression, everywhere)))
                continue
            if inputs.get(node.id) == other:
                slip = "output for input"
                message = f"it is written in the output {other}, and is taken of the input {node.id}"
            if inputs.get(node.id) == other or sum(each.id == node.id for each in used) > 1:
                swaps.append((rank, (slip, message, expression, everywhere)))
    yield from (swap for _, swap in sorted(swaps, key=lambda pair: pair[0]))


def _matrices(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Swap]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "T":
            whose = ast.unparse(node.value)
            yield "transposed matrix", f"{whose} is transposed, and should not be", node, node.value
    for node in nodes:
        if isinstance(node, (ast.Name, ast.Attribute)) and getattr(node, "attr", "") != "T":
            message = f"{ast.unparse(node)} should be transposed"
            yield "transposed matrix", message, node, transposed(node)
    for node in nodes:
        if (pair := matrix_factors(node)) is None:
            continue
        (a, b), at, text = pair, ast.MatMult(), ast.unparse(node)
        turned = ((b, a), (transposed(b), a), (b, transposed(a)), (transposed(b), transposed(a)))
        for left, right in turned:
            message = f"the factors of {text} stand in the wrong order"
            yield "wrong order", message, node, binary(left, at, right)
        for left, right in ((transposed(a), b), (a, transposed(b)), (transposed(a), transposed(b))):
            yield "transposed matrix", f"a transpose is wrong in {text}", node, binary(left, at, right)
        yield "wrong product", f"{text} should be element by element", node, binary(a, ast.Mult(), b)
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Mult(), right=b):
                message = f"{ast.unparse(node)} should be a matrix product"
                for left, right in (
                    (a, b), (b, a), (transposed(a), b), (a, transposed(b)), (transposed(b), a),
                    (b, transposed(a)),
                ):  # fmt: skip
                    yield "wrong product", message, node, binary(left, ast.MatMult(), right)
    if not isinstance(expression, ast.Constant):
        yield "transposed matrix", "it is the transpose of the gradient", expression, transposed(expression)


def _signs(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Swap]:
    for node in nodes:  # t - y for y - t, the usual slip, before 1 - y, which is seldom meant
        match node:
            case ast.BinOp(left=a, op=ast.Sub(), right=b) if not _has_constant(node):
                turned = binary(b, ast.Sub(), a)
                message = f"{ast.unparse(turned)} belongs where {ast.unparse(node)} stands"
                yield "sign", message, node, turned
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b):
                other = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
                message = f"the sign of {ast.unparse(b)} is wrong in {ast.unparse(node)}"
                yield "sign", message, node, binary(a, other, b)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield "sign", f"the minus before {ast.unparse(operand)} is too much", node, operand
            case ast.Call(args=[operand]) if not isinstance(operand, ast.UnaryOp):
                message = f"a minus is missing before {ast.unparse(operand)}"
                yield "sign", message, operand, ast.UnaryOp(ast.USub(), operand)
    yield "sign", "the sign of the whole is wrong", expression, ast.UnaryOp(ast.USub(), expression)


def _has_constant(node: ast.BinOp) -> bool:
    return isinstance(node.left, ast.Constant) or isinstance(node.right, ast.Constant)
