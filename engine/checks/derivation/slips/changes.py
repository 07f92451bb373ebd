"""The changes to an expression that undo a slip, the likeliest first: names, matrices, signs.

A slip is named by what would be right: each change is tried in turn, and one that makes the line right at all
points says what was wrong.
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
from engine.checks.derivation.slips.table import Change, Surroundings
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
    nodes = [*operands(expression)]
    yield from _names(expression, nodes, near)
    yield from sums(expression, nodes)
    yield from _matrices(expression, nodes)
    yield from _signs(expression, nodes)
    yield from missing_sums(expression)
    yield from constants(expression, nodes, near)
    yield from missing_factors(expression, near)
    yield from dropped(expression, nodes)
    yield from other_factors(expression, nodes, near)
    yield from missing_terms(expression, near)
    yield from functions(expression, nodes, near)
    for node in nodes:
        if node is not expression and not isinstance(node, ast.Constant):
            for change in missing_factors(node, near, products=False):
                yield change._replace(expression=replaced(expression, node, change.expression))


def _names(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    used = [node for node in nodes if isinstance(node, ast.Name)]
    inputs = {v: k for k, v in near.activations.items() if v}
    swaps: list[tuple[int, Change]] = []
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
            swaps.append((rank, Change(slip, message, replaced(expression, node, new))))
            if near.shapes[node.id] != shape or len(shape) > 1:
                swaps.append((rank, Change(slip, message, replaced(expression, node, transposed(new)))))
            if other in near.exponentials and near.activations.get(other) == node.id:
                slip, message = "missing exponential", f"{other}, the exponential of {node.id}, belongs there"
                swaps.append((-1, Change(slip, message, without_names(expression, node.id, new))))
                continue
            if inputs.get(node.id) == other or sum(each.id == node.id for each in used) > 1:
                if inputs.get(node.id) == other:
                    slip = "output for input"
                    message = f"it is written in the output {other}, and is taken of the input {node.id}"
                swaps.append((rank, Change(slip, message, without_names(expression, node.id, new))))
    yield from (change for _, change in sorted(swaps, key=lambda pair: pair[0]))


def _matrices(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "T":
            whose = ast.unparse(node.value)
            yield Change("transposed matrix", f"{whose} is transposed, and should not be",
                         replaced(expression, node, node.value))  # fmt: skip
    for node in nodes:
        if isinstance(node, (ast.Name, ast.Attribute)) and getattr(node, "attr", "") != "T":
            yield Change("transposed matrix", f"{ast.unparse(node)} should be transposed",
                         replaced(expression, node, transposed(node)))  # fmt: skip
    products = [node for node in nodes if matrix_factors(node) is not None]
    for node in products:
        a, b = matrix_factors(node) or (node, node)
        at = ast.MatMult()
        for left, right in (
            (b, a),
            (transposed(b), a),
            (b, transposed(a)),
            (transposed(b), transposed(a)),
        ):
            yield Change("wrong order", f"the factors of {ast.unparse(node)} stand in the wrong order",
                         replaced(expression, node, binary(left, at, right)))  # fmt: skip
        for left, right in ((transposed(a), b), (a, transposed(b)), (transposed(a), transposed(b))):
            yield Change("transposed matrix", f"a transpose is wrong in {ast.unparse(node)}",
                         replaced(expression, node, binary(left, at, right)))  # fmt: skip
        yield Change("wrong product", f"{ast.unparse(node)} should be element by element",
                     replaced(expression, node, binary(a, ast.Mult(), b)))  # fmt: skip
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for a, b in (
                (node.left, node.right), (node.right, node.left), (transposed(node.left), node.right),
                (node.left, transposed(node.right)), (transposed(node.right), node.left),
                (node.right, transposed(node.left)),
            ):  # fmt: skip
                yield Change("wrong product", f"{ast.unparse(node)} should be a matrix product",
                             replaced(expression, node, binary(a, ast.MatMult(), b)))  # fmt: skip
    if not isinstance(expression, ast.Constant):
        yield Change("transposed matrix", "it is the transpose of the gradient", transposed(expression))


def _signs(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    for node in nodes:  # t - y for y - t, the usual slip, before 1 - y, which is seldom meant
        match node:
            case ast.BinOp(left=a, op=ast.Sub(), right=b) if not _has_constant(node):
                turned = binary(b, ast.Sub(), a)
                yield Change("sign", f"{ast.unparse(turned)} belongs where {ast.unparse(node)} stands",
                             replaced(expression, node, turned))  # fmt: skip
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b):
                other = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
                yield Change("sign", f"the sign of {ast.unparse(b)} is wrong in {ast.unparse(node)}",
                             replaced(expression, node, binary(a, other, b)))  # fmt: skip
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield Change("sign", f"the minus before {ast.unparse(operand)} is too much",
                             replaced(expression, node, operand))  # fmt: skip
            case ast.Call(args=[operand]) if not isinstance(operand, ast.UnaryOp):
                yield Change("sign", f"a minus is missing before {ast.unparse(operand)}",
                             replaced(expression, operand, ast.UnaryOp(ast.USub(), operand)))  # fmt: skip
    yield Change("sign", "the sign of the whole is wrong", ast.UnaryOp(ast.USub(), expression))


def _has_constant(node: ast.BinOp) -> bool:
    return isinstance(node.left, ast.Constant) or isinstance(node.right, ast.Constant)
