"""Known slips, and the single changes to an expression that undo them.

A slip is named by what would be right: each change is tried in turn, and one that makes the line right at all
points tells what was wrong. The likeliest changes come first.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

__all__ = ["SLIPS", "Change", "Surroundings", "changes", "without_names"]

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


def replaced(root: Any, old: ast.AST, new: ast.AST) -> Any:
    """A tree with one of its nodes replaced; the rest is shared.

    >>> tree = ast.parse("a * b", mode="eval").body
    >>> ast.unparse(replaced(tree, tree.left, ast.Name("c")))
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
    return type(root)(**{name: replaced(value, old, new) for name, value in ast.iter_fields(root)})


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


def _name(text: str) -> ast.expr:
    return ast.Name(text, ast.Load())


def _binary(a: ast.expr, op: ast.operator, b: ast.expr) -> ast.expr:
    return ast.BinOp(a, op, b)


def _power(base: ast.expr, exponent: float) -> ast.expr:
    return _binary(base, ast.Pow(), ast.Constant(exponent))


def _np(name: str, *operands: ast.expr, **options: int | bool) -> ast.expr:
    keywords = [ast.keyword(key, ast.Constant(value)) for key, value in options.items()]
    return ast.Call(ast.Attribute(_name("np"), name, ast.Load()), [*operands], keywords)


def _transposed(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def changes(expression: ast.expr, near: Surroundings) -> Iterator[Change]:
    """The changes to try, the likeliest first."""
    nodes = [*_operands(expression)]
    yield from _names(expression, nodes, near)
    yield from _matrices(expression, nodes)
    yield from _signs(expression, nodes)
    yield from _sums(expression, nodes)
    yield from _constants(expression, nodes, near)
    yield from _missing_factors(expression, near)
    yield from _dropped(expression, nodes)
    yield from _other_factors(expression, nodes, near)
    yield from _missing_terms(expression, near)
    yield from _functions(expression, nodes, near)
    for node in nodes:
        if node is not expression and not isinstance(node, ast.Constant):
            for change in _missing_factors(node, near, products=False):
                yield change._replace(expression=replaced(expression, node, change.expression))


def _operands(expression: ast.expr) -> Iterator[ast.expr]:
    """The nodes that stand for numbers: no names of functions and modules, no indices and options."""
    waiting: list[ast.expr] = [expression]
    while waiting:
        node = waiting.pop(0)
        yield node
        match node:
            case ast.Call(func=ast.Attribute(value=value), args=arguments):
                inner = (
                    []
                    if isinstance(value, ast.Name) and value.id in ("np", "numpy", "math", "engine")
                    else [value]
                )
                waiting += [*inner, *arguments]
            case ast.Call(args=arguments):
                waiting += arguments
            case ast.Subscript(value=value) | ast.Attribute(value=value):
                waiting.append(value)
            case _:
                waiting += [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


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
            new = _name(other)
            swaps.append((rank, Change(slip, message, replaced(expression, node, new))))
            if near.shapes[node.id] != shape or len(shape) > 1:
                swaps.append((rank, Change(slip, message, replaced(expression, node, _transposed(new)))))
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
                         replaced(expression, node, _transposed(node)))  # fmt: skip
    products = [node for node in nodes if _product(node) is not None]
    for node in products:
        a, b = _product(node) or (node, node)
        at = ast.MatMult()
        for left, right in (
            (b, a),
            (_transposed(b), a),
            (b, _transposed(a)),
            (_transposed(b), _transposed(a)),
        ):
            yield Change("wrong order", f"the factors of {ast.unparse(node)} stand in the wrong order",
                         replaced(expression, node, _binary(left, at, right)))  # fmt: skip
        for left, right in ((_transposed(a), b), (a, _transposed(b)), (_transposed(a), _transposed(b))):
            yield Change("transposed matrix", f"a transpose is wrong in {ast.unparse(node)}",
                         replaced(expression, node, _binary(left, at, right)))  # fmt: skip
        yield Change("wrong product", f"{ast.unparse(node)} should be element by element",
                     replaced(expression, node, _binary(a, ast.Mult(), b)))  # fmt: skip
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for a, b in (
                (node.left, node.right), (node.right, node.left), (_transposed(node.left), node.right),
                (node.left, _transposed(node.right)), (_transposed(node.right), node.left),
                (node.right, _transposed(node.left)),
            ):  # fmt: skip
                yield Change("wrong product", f"{ast.unparse(node)} should be a matrix product",
                             replaced(expression, node, _binary(a, ast.MatMult(), b)))  # fmt: skip
    if not isinstance(expression, ast.Constant):
        yield Change("transposed matrix", "it is the transpose of the gradient", _transposed(expression))


def _product(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
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


def _signs(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    for node in nodes:
        match node:
            case ast.BinOp(left=a, op=ast.Add(), right=b):
                yield Change("sign", f"the sign of {ast.unparse(b)} is wrong in {ast.unparse(node)}",
                             replaced(expression, node, _binary(a, ast.Sub(), b)))  # fmt: skip
            case ast.BinOp(left=a, op=ast.Sub(), right=b):
                yield Change("sign", f"the sign of {ast.unparse(b)} is wrong in {ast.unparse(node)}",
                             replaced(expression, node, _binary(a, ast.Add(), b)))  # fmt: skip
                yield Change("sign", f"{ast.unparse(node)} has the wrong sign",
                             replaced(expression, node, _binary(b, ast.Sub(), a)))  # fmt: skip
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield Change("sign", f"the minus before {ast.unparse(operand)} is too much",
                             replaced(expression, node, operand))  # fmt: skip
            case ast.Call(args=[operand]) if not isinstance(operand, ast.UnaryOp):
                yield Change("sign", f"a minus is missing before {ast.unparse(operand)}",
                             replaced(expression, operand, ast.UnaryOp(ast.USub(), operand)))  # fmt: skip
    yield Change("sign", "the sign of the whole is wrong", ast.UnaryOp(ast.USub(), expression))


def _constants(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
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
        yield Change("factor 2", message, _times(expression, factor))
    for size, what in near.sizes.items():
        if size != 2:
            yield Change(
                "sum for mean",
                f"1/n is missing, with n = {size}, {what}",
                _times(expression, 1 / size, f"1/{size}"),
            )
            yield Change(
                "mean for sum",
                f"1/n is too much, with n = {size}, {what}",
                _times(expression, float(size), str(size)),
            )
            why = f"with n = {size}, {what}: the factor of the loss is taken for another"
            for given, right in (("n/2", f"2/{size}"), ("2/n", f"{size}/2")):
                yield Change(
                    "factor", f"it is {given} times the derivative, {why}", _times(expression, 0.0, right)
                )
    for factor, shown in (
        (-2.0, "-2"),
        (-0.5, "-1/2"),
        (4.0, "4"),
        (0.25, "1/4"),
        (3.0, "3"),
        (1 / 3, "1/3"),
    ):
        yield Change("factor", f"a factor of {shown} is missing", _times(expression, factor, shown))
    for node in nodes:
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() | float() as power)):
                for other in (power - 1, power + 1):
                    new = base if other == 1 else _power(base, other)
                    yield Change("wrong power", f"the power of {ast.unparse(base)} should be {other:g}",
                                 replaced(expression, node, new))  # fmt: skip
            case ast.Name() | ast.Call():
                for power in (2, 3):
                    yield Change("wrong power", f"{ast.unparse(node)} should be to the power of {power}",
                                 replaced(expression, node, _power(node, power)))  # fmt: skip
            case ast.BinOp():
                yield Change("wrong power", f"{ast.unparse(node)} should be squared",
                             replaced(expression, node, _power(node, 2)))  # fmt: skip
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                for other in (value + 1, value - 1, 2 * value, value / 2):
                    yield Change("factor", f"{other:g} belongs where {value:g} stands",
                                 replaced(expression, node, ast.Constant(other)))  # fmt: skip


def _times(expression: ast.expr, factor: float, shown: str = "") -> ast.expr:
    if factor == 0.5:
        return _binary(expression, ast.Div(), ast.Constant(2))
    top, _, bottom = (shown or f"{factor:g}").partition("/")
    if bottom and top == "1":
        return _binary(expression, ast.Div(), ast.Constant(int(bottom)))
    scaled = _binary(
        ast.Constant(int(top)) if not top.startswith("-") else parsed(top), ast.Mult(), expression
    )
    return _binary(scaled, ast.Div(), ast.Constant(int(bottom))) if bottom else scaled


def _sums(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=value, attr="sum" | "mean" as name),
                args=arguments,
                keywords=options,
            ):
                whole = isinstance(value, ast.Name) and value.id in ("np", "numpy")
                other = "mean" if name == "sum" else "sum"
                slip = "sum for mean" if name == "sum" else "mean for sum"
                turned = ast.Call(ast.Attribute(value, other, ast.Load()), arguments, options)
                yield Change(slip, f"{other} belongs where {name} stands", replaced(expression, node, turned))
                inner = arguments[:1] if whole else [value]
                for along, keep in product((0, 1), (False, True)):
                    summed = _summed(inner[0], along, keep, name)
                    yield Change("wrong axis", f"it should be summed along axis {along}",
                                 replaced(expression, node, summed))  # fmt: skip
                yield Change("extra factor", f"{ast.unparse(node)} should not be summed",
                             replaced(expression, node, inner[0]))  # fmt: skip
    for axis, keep in product((1, 0, None), (False, True)):
        where = f"axis {axis}" if axis is not None else "all axes"
        yield Change(
            "not summed", f"the sum along {where} is missing", _summed(expression, axis, keep, "sum")
        )


def _summed(value: ast.expr, axis: int | None, keep: bool, name: str) -> ast.expr:
    options: dict[str, int | bool] = {} if axis is None else {"axis": axis}
    return _np(name, value, **options, **({"keepdims": True} if keep else {}))


def _missing_factors(expression: ast.expr, near: Surroundings, products: bool = True) -> Iterator[Change]:
    """The expression times a factor of the chain rule: activations' derivatives first, then quantities."""
    for output, input_ in near.activations.items():
        texts = [f"{output}*(1 - {output})", f"(1 - {output}**2)", f"({output} > 0)", f"(1 - {output})"]
        of = f", of d{output}/d{input_}," if input_ else ""
        for text in texts + [f"({input_} > 0)"] * bool(input_):
            yield Change("chain broken", f"the factor {text}{of} is missing",
                         _binary(expression, ast.Mult(), parsed(text)))  # fmt: skip
    for name, shape in near.shapes.items():
        for text in (name, f"(1 - {name})"):
            yield Change("chain broken", f"the factor {text} is missing",
                         _binary(expression, ast.Mult(), parsed(text)))  # fmt: skip
        if products and shape and name not in near.gradients:
            for left, right in ((None, f"{name}.T"), (f"{name}.T", None), (None, name), (name, None)):
                a, b = parsed(left) if left else expression, parsed(right) if right else expression
                yield Change("chain broken", f"the factor {left or right} is missing",
                             _binary(a, ast.MatMult(), b))  # fmt: skip
            for pair in ((expression, parsed(name)), (parsed(name), expression)):
                yield Change("chain broken", f"the factor {name} is missing",
                             _np("outer", *pair))  # fmt: skip

    for name, shown in near.partials.items():
        yield Change(
            "chain broken", f"the factor {shown} is missing", _binary(expression, ast.Mult(), _name(name))
        )


def _factors(node: ast.expr) -> list[ast.expr]:
    """The factors of a product, one below the other."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _product_of(factors: Sequence[ast.expr]) -> ast.expr:
    product = factors[0]
    for factor in factors[1:]:
        product = _binary(product, ast.Mult(), factor)
    return product


def _other_factors(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    """Pairs of factors that are too much, factors that should be the derivative of something, 1/x."""
    for node in nodes:
        factors = _factors(node)
        if len(factors) == 1:
            continue
        for i in range(len(factors)):
            for k in range(i + 1, len(factors)):
                rest = [factor for j, factor in enumerate(factors) if j not in (i, k)]
                gone = ast.unparse(_product_of([factors[i], factors[k]]))
                if rest:
                    yield Change("extra factor", f"the factor {gone} is too much",
                                 replaced(expression, node, _product_of(rest)))  # fmt: skip
    for node in nodes:
        if isinstance(node, ast.Constant):
            continue
        for output in near.activations:
            for text in (f"{output}*(1 - {output})", f"(1 - {output}**2)", f"({output} > 0)"):
                why = f"{text} belongs where {ast.unparse(node)} stands: the derivative of another activation"
                yield Change("wrong function", why, replaced(expression, node, parsed(text)))
        for name, shown in near.partials.items():
            yield Change("wrong function", f"the derivative {shown} belongs where {ast.unparse(node)} stands",
                         replaced(expression, node, _name(name)))  # fmt: skip
    for name in near.shapes:
        yield Change("chain broken", f"the factor 1/{name} is missing",
                     _binary(expression, ast.Div(), parsed(name)))  # fmt: skip


def _dropped(expression: ast.expr, nodes: Sequence[ast.expr]) -> Iterator[Change]:
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
                             replaced(expression, node, _binary(a, ast.Mult(), b)))  # fmt: skip
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b):
                for kept, gone in ((a, b), (b, a)):
                    yield Change("extra term", f"the term {ast.unparse(gone)} is too much",
                                 replaced(expression, node, kept))  # fmt: skip


def _missing_terms(expression: ast.expr, near: Surroundings) -> Iterator[Change]:
    for name in near.shapes:
        slip = "missing bias" if name in near.biases else "missing term"
        what = "the bias" if name in near.biases else "the term"
        for op, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            yield Change(slip, f"{what} {sign}{name} is missing", _binary(expression, op, _name(name)))


def _functions(expression: ast.expr, nodes: Sequence[ast.expr], near: Surroundings) -> Iterator[Change]:
    for node in nodes:
        if isinstance(node, ast.Name):
            call = _np("exp", node)
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
                    call = ast.Call(_name(name), node.args, [])
                    yield Change("wrong function", f"{name} belongs where {mine} stands",
                                 replaced(expression, node, call))  # fmt: skip
            yield Change("extra factor", f"{mine} is too much", replaced(expression, node, node.args[0]))
