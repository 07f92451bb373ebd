"""Changes of factors and terms: constants, sums and means, factors of the chain rule, terms."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from engine.checks.derivation.slips.table import Surroundings, Swap
from engine.checks.derivation.slips.trees import (
    binary,
    factors,
    named,
    numpy_call,
    parsed,
    power,
    product_of,
    summed,
    times,
    without_names,
)

__all__ = [
    "constants",
    "dropped",
    "functions",
    "missing_factors",
    "missing_sums",
    "missing_terms",
    "other_factors",
    "sums",
]


def constants(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Swap]:
    """Constant factors and powers."""
    yield from _counts(nodes)
    for node in nodes:
        match node:
            case (
                ast.BinOp(left=a, op=ast.Mult(), right=ast.Constant(value=int() | float() as value))
                | ast.BinOp(left=ast.Constant(value=int() | float() as value), op=ast.Mult(), right=a)
                | ast.BinOp(left=a, op=ast.Div(), right=ast.Constant(value=int() | float() as value))
            ):
                shown = f"{value:g}" if isinstance(node.op, ast.Mult) else f"1/{value:g}"
                shown = {"0.5": "1/2", "1/0.5": "2"}.get(shown, shown)
                slip = "factor 2" if shown in ("2", "1/2") else "factor"
                yield slip, f"the factor {shown} is too much", node, a
    for slip, message, factor in _scales(near):
        yield slip, message, expression, times(expression, factor)
    for node in nodes:
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() | float() as exponent)):
                for other in (exponent - 1, exponent + 1):
                    message = f"the power of {ast.unparse(base)} should be {other:g}"
                    yield "wrong power", message, node, base if other == 1 else power(base, other)
            case ast.Name() | ast.Call():
                for exponent in (2, 3):
                    message = f"{ast.unparse(node)} should be to the power of {exponent}"
                    yield "wrong power", message, node, power(node, exponent)
            case ast.BinOp():
                yield "wrong power", f"{ast.unparse(node)} should be squared", node, power(node, 2)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                for other in (value + 1, value - 1, 2 * value, value / 2):
                    yield "factor", f"{other:g} belongs where {value:g} stands", node, ast.Constant(other)


def _scales(near: Surroundings) -> Iterator[tuple[str, str, str]]:
    """Constant factors of the whole: slips, messages, and what the whole is to be multiplied by."""
    yield "factor 2", "a factor of 2 is missing", "2"
    yield "factor 2", "a factor of 2 is too much", "1/2"
    for n, what in near.sizes.items():
        if n != 2:
            yield "sum for mean", f"1/n is missing, with n = {n}, {what}", f"1/{n}"
            yield "mean for sum", f"1/n is too much, with n = {n}, {what}", f"{n}"
            why = f"with n = {n}: the factor of the loss is taken for another"
            yield "factor", f"it is n/2 times the derivative, {why}", f"2/{n}"
            yield "factor", f"it is 2/n times the derivative, {why}", f"{n}/2"
    for shown in ("-2", "-1/2", "4", "1/4", "3", "1/3"):
        yield "factor", f"a factor of {shown} is missing", shown


def _counts(nodes: Sequence[ast.expr]) -> Iterator[Swap]:
    """n - 1 for n, or n for n - 1, as a divisor: of a variance with Bessel's correction, and without."""
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Div(), right=ast.Name() as given):
                right: ast.expr = binary(given, ast.Sub(), ast.Constant(1))
            case ast.BinOp(op=ast.Div(), right=ast.BinOp(ast.Name() as right, ast.Sub(), ast.Constant(1))):
                pass
            case _:
                continue
        message = f"{ast.unparse(right)} belongs where {ast.unparse(node.right)} stands, as a divisor"
        yield "factor", message, node.right, right


def sums(nodes: Sequence[ast.expr]) -> Iterator[Swap]:
    """Sums for means, and axes."""
    for node in nodes:
        match node:
            case ast.Call(ast.Attribute(value=value, attr="sum" | "mean" as name), arguments, options):
                of_numpy = isinstance(value, ast.Name) and value.id in ("np", "numpy")
                other = "mean" if name == "sum" else "sum"
                turned = ast.Call(ast.Attribute(value, other, ast.Load()), arguments, options)
                yield f"{name} for {other}", f"{other} belongs where {name} stands", node, turned
                inner = arguments[0] if of_numpy else value
                for along, keep in product((0, 1), (False, True)):
                    message = f"it should be summed along axis {along}"
                    yield "wrong axis", message, node, summed(inner, along, keep, name)
                yield "extra factor", f"{ast.unparse(node)} should not be summed", node, inner


def missing_sums(expression: ast.expr) -> Iterator[Swap]:
    """Sums that are missing, as those over the samples in the gradient of a bias."""
    for axis, keep in product((1, 0, None), (False, True)):
        where = f"axis {axis}" if axis is not None else "all axes"
        new = summed(expression, axis, keep, "sum")
        yield "not summed", f"the sum along {where} is missing", expression, new


def missing_factors(expression: ast.expr, near: Surroundings, products: bool = True) -> Iterator[Swap]:
    """The expression times a factor of the chain rule: activations' derivatives first, then quantities."""

    def missing(factor: str, new: ast.expr) -> Swap:
        return "chain broken", f"the factor {factor} is missing", expression, new

    def times_text(text: str) -> ast.expr:
        return binary(expression, ast.Mult(), parsed(text))

    for output, input_ in near.activations.items():
        of = f", of d{output}/d{input_}," if input_ else ""
        for text in (*derivatives(output), f"(1 - {output})", *[f"({input_} > 0)"] * bool(input_)):
            yield missing(f"{text}{of}", times_text(text))
    for name, shape in near.shapes.items():
        yield missing(name, times_text(name))
        yield missing(f"(1 - {name})", times_text(f"(1 - {name})"))
        if products and shape and name not in near.gradients:
            for text in (f"{name}.T", name):
                yield missing(text, binary(expression, ast.MatMult(), parsed(text)))
                yield missing(text, binary(parsed(text), ast.MatMult(), expression))
            yield missing(name, numpy_call("outer", expression, parsed(name)))
            yield missing(name, numpy_call("outer", parsed(name), expression))
    for name, shown in near.partials.items():
        yield missing(shown, binary(expression, ast.Mult(), named(name)))


def derivatives(output: str) -> tuple[str, ...]:
    """The derivatives of sigmoid, tanh and relu, in their output."""
    return f"{output}*(1 - {output})", f"(1 - {output}**2)", f"({output} > 0)"


def other_factors(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Swap]:
    """Pairs of factors that are too much, factors that should be the derivative of something, 1/x."""
    known = [text for output, given in near.activations.items() if given for text in derivatives(output)]
    another = "the derivative of another activation"
    for node in nodes:
        parts = factors(node)
        for i, k in combinations(range(len(parts)), 2):
            rest = [factor for j, factor in enumerate(parts) if j not in (i, k)]
            gone = ast.unparse(product_of([parts[i], parts[k]]))
            if rest:
                yield "extra factor", f"the factor {gone} is too much", node, product_of(rest)
            for text in known:
                why = f"{text} belongs where {gone} stands: {another}"
                yield "wrong function", why, node, product_of([*rest, parsed(text)])
    for node in nodes:
        if isinstance(node, ast.Constant):
            continue
        given = ast.unparse(node)
        for output in near.activations:
            for text in derivatives(output):
                yield "wrong function", f"{text} belongs where {given} stands: {another}", node, parsed(text)
        for name, shown in near.partials.items():
            yield "wrong function", f"the derivative {shown} belongs where {given} stands", node, named(name)
    for name in near.shapes:
        new = binary(expression, ast.Div(), parsed(name))
        yield "chain broken", f"the factor 1/{name} is missing", expression, new


def dropped(nodes: Sequence[ast.expr]) -> Iterator[Swap]:
    """Factors and terms that are too much."""
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Mult(), right=b):
                for kept, gone in ((a, b), (b, a)):
                    is_two = isinstance(gone, ast.Constant) and gone.value in (2, 0.5)
                    slip = "factor 2" if is_two else "extra factor"
                    yield slip, f"the factor {ast.unparse(gone)} is too much", node, kept
            case ast.BinOp(left=a, op=ast.Div(), right=b):
                slip = "factor 2" if isinstance(b, ast.Constant) and b.value == 2 else "extra factor"
                yield slip, f"the divisor {ast.unparse(b)} is too much", node, a
                message = f"it should be multiplied by {ast.unparse(b)}, not divided"
                yield "wrong power", message, node, binary(a, ast.Mult(), b)
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b):
                for kept, gone in ((a, b), (b, a)):
                    yield "extra term", f"the term {ast.unparse(gone)} is too much", node, kept


def missing_terms(expression: ast.expr, near: Surroundings) -> Iterator[Swap]:
    """Terms that are missing."""
    for name in near.shapes:
        what = "bias" if name in near.biases else "term"
        for op, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            message = f"the {what} {sign}{name} is missing"
            yield f"missing {what}", message, expression, binary(expression, op, named(name))


def functions(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Swap]:
    """Functions that are others, or missing."""
    for node in nodes:
        match node:
            case ast.Name(id=name):
                new = without_names(expression, name, numpy_call("exp", node))
                yield "missing exponential", f"exp({name}) belongs where {name} stands", expression, new
            case ast.Call(func=ast.Name() | ast.Attribute() as function, args=[operand]):
                mine = ast.unparse(function)
                for name in near.functions:
                    if name != mine:
                        call = ast.Call(named(name), [operand], [])
                        yield "wrong function", f"{name} belongs where {mine} stands", node, call
                yield "extra factor", f"{mine} is too much", node, operand
