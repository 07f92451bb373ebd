"""Changes of factors and terms: constants, sums and means, factors of the chain rule, terms."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import product

from engine.checks.derivation.slips.table import Change, Surroundings
from engine.checks.derivation.slips.trees import (
    binary,
    factors,
    named,
    numpy_call,
    parsed,
    power,
    product_of,
    replaced,
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


def constants(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    """Constant factors and powers."""
    yield from _counts(expression, nodes)
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
                yield Change(slip, f"the factor {shown} is too much", replaced(expression, node, a))
    for factor, message in ((2.0, "a factor of 2 is missing"), (0.5, "a factor of 2 is too much")):
        yield Change("factor 2", message, times(expression, factor))
    for size, what in near.sizes.items():
        if size != 2:
            yield Change(
                "sum for mean",
                f"1/n is missing, with n = {size}, {what}",
                times(expression, 1 / size, f"1/{size}"),
            )
            yield Change(
                "mean for sum",
                f"1/n is too much, with n = {size}, {what}",
                times(expression, float(size), str(size)),
            )
            why = f"with n = {size}: the factor of the loss is taken for another"
            for given, right in (("n/2", f"2/{size}"), ("2/n", f"{size}/2")):
                yield Change(
                    "factor", f"it is {given} times the derivative, {why}", times(expression, 0.0, right)
                )
    for factor, shown in (
        (-2.0, "-2"),
        (-0.5, "-1/2"),
        (4.0, "4"),
        (0.25, "1/4"),
        (3.0, "3"),
        (1 / 3, "1/3"),
    ):
        yield Change("factor", f"a factor of {shown} is missing", times(expression, factor, shown))
    for node in nodes:
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() | float() as exponent)):
                for other in (exponent - 1, exponent + 1):
                    new = base if other == 1 else power(base, other)
                    yield Change("wrong power", f"the power of {ast.unparse(base)} should be {other:g}",
                                 replaced(expression, node, new))  # fmt: skip
            case ast.Name() | ast.Call():
                for exponent in (2, 3):
                    yield Change("wrong power", f"{ast.unparse(node)} should be to the power of {exponent}",
                                 replaced(expression, node, power(node, exponent)))  # fmt: skip
            case ast.BinOp():
                yield Change("wrong power", f"{ast.unparse(node)} should be squared",
                             replaced(expression, node, power(node, 2)))  # fmt: skip
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                for other in (value + 1, value - 1, 2 * value, value / 2):
                    yield Change("factor", f"{other:g} belongs where {value:g} stands",
                                 replaced(expression, node, ast.Constant(other)))  # fmt: skip


def _counts(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
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
        yield Change("factor", message, replaced(expression, node.right, right))


def sums(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    """Sums for means, and axes."""
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=value, attr="sum" | "mean" as name),
                args=arguments,
                keywords=options,
            ):
                of_numpy = isinstance(value, ast.Name) and value.id in ("np", "numpy")
                other = "mean" if name == "sum" else "sum"
                slip = "sum for mean" if name == "sum" else "mean for sum"
                turned = ast.Call(ast.Attribute(value, other, ast.Load()), arguments, options)
                yield Change(slip, f"{other} belongs where {name} stands", replaced(expression, node, turned))
                inner = arguments[:1] if of_numpy else [value]
                for along, keep in product((0, 1), (False, True)):
                    whole = summed(inner[0], along, keep, name)
                    yield Change("wrong axis", f"it should be summed along axis {along}",
                                 replaced(expression, node, whole))  # fmt: skip
                yield Change("extra factor", f"{ast.unparse(node)} should not be summed",
                             replaced(expression, node, inner[0]))  # fmt: skip


def missing_sums(expression: ast.expr) -> Iterator[Change]:
    """Sums that are missing, as those over the samples in the gradient of a bias."""
    for axis, keep in product((1, 0, None), (False, True)):
        where = f"axis {axis}" if axis is not None else "all axes"
        yield Change("not summed", f"the sum along {where} is missing", summed(expression, axis, keep, "sum"))


def missing_factors(expression: ast.expr, near: Surroundings, products: bool = True) -> Iterator[Change]:
    """The expression times a factor of the chain rule: activations' derivatives first, then quantities."""
    for output, input_ in near.activations.items():
        texts = [*derivatives(output), f"(1 - {output})"]
        of = f", of d{output}/d{input_}," if input_ else ""
        for text in texts + [f"({input_} > 0)"] * bool(input_):
            yield Change("chain broken", f"the factor {text}{of} is missing",
                         binary(expression, ast.Mult(), parsed(text)))  # fmt: skip
    for name, shape in near.shapes.items():
        for text in (name, f"(1 - {name})"):
            yield Change("chain broken", f"the factor {text} is missing",
                         binary(expression, ast.Mult(), parsed(text)))  # fmt: skip
        if products and shape and name not in near.gradients:
            for left, right in ((None, f"{name}.T"), (f"{name}.T", None), (None, name), (name, None)):
                a, b = parsed(left) if left else expression, parsed(right) if right else expression
                yield Change("chain broken", f"the factor {left or right} is missing",
                             binary(a, ast.MatMult(), b))  # fmt: skip
            for pair in ((expression, parsed(name)), (parsed(name), expression)):
                yield Change("chain broken", f"the factor {name} is missing",
                             numpy_call("outer", *pair))  # fmt: skip

    for name, shown in near.partials.items():
        yield Change(
            "chain broken", f"the factor {shown} is missing", binary(expression, ast.Mult(), named(name))
        )


def derivatives(output: str) -> tuple[str, ...]:
    """The derivatives of sigmoid, tanh and relu, in their output."""
    return f"{output}*(1 - {output})", f"(1 - {output}**2)", f"({output} > 0)"


def other_factors(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    """Pairs of factors that are too much, factors that should be the derivative of something, 1/x."""
    known = [text for output, given in near.activations.items() if given for text in derivatives(output)]
    for node in nodes:
        parts = factors(node)
        if len(parts) == 1:
            continue
        for i in range(len(parts)):
            for k in range(i + 1, len(parts)):
                rest = [factor for j, factor in enumerate(parts) if j not in (i, k)]
                gone = ast.unparse(product_of([parts[i], parts[k]]))
                if rest:
                    yield Change("extra factor", f"the factor {gone} is too much",
                                 replaced(expression, node, product_of(rest)))  # fmt: skip
                for text in known:
                    whole = product_of([*rest, parsed(text)])
                    why = f"{text} belongs where {gone} stands: the derivative of another activation"
                    yield Change("wrong function", why, replaced(expression, node, whole))
    for node in nodes:
        if isinstance(node, ast.Constant):
            continue
        for output in near.activations:
            for text in derivatives(output):
                why = f"{text} belongs where {ast.unparse(node)} stands: the derivative of another activation"
                yield Change("wrong function", why, replaced(expression, node, parsed(text)))
        for name, shown in near.partials.items():
            yield Change("wrong function", f"the derivative {shown} belongs where {ast.unparse(node)} stands",
                         replaced(expression, node, named(name)))  # fmt: skip
    for name in near.shapes:
        yield Change("chain broken", f"the factor 1/{name} is missing",
                     binary(expression, ast.Div(), parsed(name)))  # fmt: skip


def dropped(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    """Factors and terms that are too much."""
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Mult(), right=b):
                for kept, gone in ((a, b), (b, a)):
                    slip = (
                        "factor 2"
                        if isinstance(gone, ast.Constant) and gone.value in (2, 0.5)
                        else "extra factor"
                    )
                    yield Change(slip, f"the factor {ast.unparse(gone)} is too much",
                                 replaced(expression, node, kept))  # fmt: skip
            case ast.BinOp(left=a, op=ast.Div(), right=b):
                slip = "factor 2" if isinstance(b, ast.Constant) and b.value == 2 else "extra factor"
                yield Change(slip, f"the divisor {ast.unparse(b)} is too much", replaced(expression, node, a))
                yield Change("wrong power", f"it should be multiplied by {ast.unparse(b)}, not divided",
                             replaced(expression, node, binary(a, ast.Mult(), b)))  # fmt: skip
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b):
                for kept, gone in ((a, b), (b, a)):
                    yield Change("extra term", f"the term {ast.unparse(gone)} is too much",
                                 replaced(expression, node, kept))  # fmt: skip


def missing_terms(expression: ast.expr, near: Surroundings) -> Iterator[Change]:
    """Terms that are missing."""
    for name in near.shapes:
        slip = "missing bias" if name in near.biases else "missing term"
        what = "the bias" if name in near.biases else "the term"
        for op, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            yield Change(slip, f"{what} {sign}{name} is missing", binary(expression, op, named(name)))


def functions(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    """Functions that are others, or missing."""
    for node in nodes:
        if isinstance(node, ast.Name):
            call = numpy_call("exp", node)
            yield Change("missing exponential", f"exp({node.id}) belongs where {node.id} stands",
                         without_names(expression, node.id, call))  # fmt: skip
        if (
            isinstance(node, ast.Call)
            and len(node.args) == 1
            and isinstance(node.func, (ast.Name, ast.Attribute))
        ):
            mine = ast.unparse(node.func)
            for name in near.functions:
                if name != mine:
                    call = ast.Call(named(name), node.args, [])
                    yield Change("wrong function", f"{name} belongs where {mine} stands",
                                 replaced(expression, node, call))  # fmt: skip
            yield Change("extra factor", f"{mine} is too much", replaced(expression, node, node.args[0]))
