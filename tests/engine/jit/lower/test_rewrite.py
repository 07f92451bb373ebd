"""The laws of rewriting, each as a program and the text it comes to."""

import math
import random
from itertools import product

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap
from engine.jit.lower.canonical import CONST, ELEM, LEAF, LIN
from engine.jit.lower.rewrite import canonical_form
from engine.jit.trace.traced_graph import Trace
from engine.ops.op import Op
from engine.pytree.result import Result
from tests.engine.jit.forms import forced
from tests.engine.jit.stages import graph

W, V = Value(2.0), Value(3.0)

LAWS = {
    "chains become one sum": (lambda x: x - W + V - x, "x - w + v - x"),
    "one term and a sum may change places": (lambda x: x + (W * V + x), "w·v + x + x"),
    "a sum on the right is a node": (lambda x: x * W + x - (W - (V + x)), "x·w + x - (w - (v + x))"),
    "so is a sum with a sign": (lambda x: -(x - W), "- (x - w)"),
    "a term with a sign is none": (lambda x: -(x * W) - (-V), "- x·w + v"),
    "a number is multiplied last": (lambda x: x * W / 4.0, "0.25·x·w"),
    "numbers are not made one": (lambda x: 2.0 * x * W / 4.0, "0.25·(2·x)·w"),
    "nor are two that follow each other": (lambda x: 2.0 * (3.0 * x), "2·(3·x)"),
    "a divisor near the end of the range stays one": (lambda x: x / 1e-200, "/(x, 1e-200)"),
    "a number that is added stays where it is": (lambda x: 1.0 + x - 1.0, "x + 1.0 -1"),
    "numbers that follow each other, too": (lambda x: x + 1.0 + 1.5, "x + 1.0 +1.5"),
    "a zero is added to one term": (lambda x: x + 0.0, "x +0"),
    "a zero is not added to two": (lambda x: sum([x, W]), "x + w"),
    "a square is a product": (lambda x: x**2, "x·x"),
    "a mean of one kind is a sum": (lambda x: engine.mean([x, W]), "0.5·x + 0.5·w"),
    "another mean is a share of a sum": (lambda x: engine.mean([x, -W]), "0.5·(x - w)"),
    "a dot is a sum of products": (lambda x: engine.dot([x, W], [V, x]), "x·v + w·x"),
    "numbers alone are what the engine computed": (lambda x: x + Value(2.0).exp() * 0.0 + 1.0, "x +1"),
    "equal work is done once": (lambda x: engine.exp(x) + engine.exp(x), "e + e"),
    "two zeros are two numbers": (lambda x: [x * 0.0, x * -0.0][1] + 0.0 * (x * 0.0), "-0·x + 0·(0·x)"),
}


@pytest.mark.parametrize("name", LAWS)
def test_law(name) -> None:
    f, expected = LAWS[name]
    lifted = jit(f)
    lifted(1.5)
    _, *lines = lifted.stages["canonical form"].splitlines()
    names, last = {}, ""
    for line in lines:
        ref, text = line.strip().split(" = ", 1)
        text = text.removeprefix("+ ")
        for known in sorted(names, key=len, reverse=True):
            text = text.replace(known, names[known])
        if text.startswith(("input", "captured")):
            value = lifted.graph.captured[int(text.split()[1])] if text.startswith("captured") else None
            text = {id(W): "w", id(V): "v"}.get(id(value), "x")
        names[ref] = "e" if text == "exp(x)" else f"({text})" if set(text) & set(" ·") else text
        last = text
    assert last == expected


NASTY = (0.0, -0.0, 5e-324, 1e-310, 1e-200, 1e-17, 0.1, 1.0, -1.0, 1.0 + 2**-52, 3.0, 1e16, 1e17, -1e17)
NASTY += (1e154, 1e200, -1e300, 1.7e308, math.inf, -math.inf, math.nan)

ROUNDED = {
    "one and back": lambda x, y: (1.0 + x) - 1.0,
    "one and back, other numbers": lambda x, y: (x + 3.0) + y - 3.0,
    "the rounding of a sum": lambda x, y: ((x + y) - x) - y,
    "the rounding of a difference": lambda x, y: x - ((x - y) + y),
    "Knuth's sum": lambda x, y: (lambda s, b: (x - (s - b)) + (y - b))(x + y, (x + y) - x),
    "a sum within brackets": lambda x, y: x + (y + (x - y)),
    "differences of neighbours": lambda x, y: (x - y) + (0.3 - 0.1 * x) - (x - y),
    "added and taken away": lambda x, y: x - y + 0.3 - x + y,
    "signs of sums": lambda x, y: -(x - y) + -(x + y),
    "numbers multiplied": lambda x, y: 1e200 * (1e-200 * x),
    "numbers that underflow": lambda x, y: (1e-200 * x) * 1e-200 * 1e200 * 1e200,
    "numbers that overflow": lambda x, y: (1e200 * x) * 1e200 / 1e200 * y,
    "a number times a product": lambda x, y: 1e200 * x * y,
    "a product times a number": lambda x, y: x * y * 1e200,
    "a number in the right factor": lambda x, y: x * (1e200 * y),
    "products of numbers and signs": lambda x, y: (-1e-200 * x) * (-1e200 * y),
    "three factors": lambda x, y: x * x * y,
    "three factors, the other way": lambda x, y: x * (x * y),
    "four factors": lambda x, y: (x * y) * (x * y),
    "division by a small number": lambda x, y: x / 1e-310 + y,
    "division by a large number": lambda x, y: x / 1e308 * 1e308,
    "division by a number twice": lambda x, y: x / 1e200 / 1e-200,
    "division by nothing": lambda x, y: x / 0.0 + y / -0.0,
    "a zero in front": lambda x, y: engine.atan2(0.0 + x, y),
    "a zero behind": lambda x, y: engine.atan2(x + 0.0, y) + engine.atan2(x - 0.0, y),
    "nothing less": lambda x, y: engine.atan2(0.0 - x, y) + engine.atan2(-0.0 - x, y) + engine.atan2(-x, y),
    "times zero": lambda x, y: engine.atan2(x * 0.0, -1.0) - engine.atan2(x * -0.0, -1.0),
    "a sum of one": lambda x, y: engine.atan2(engine.sum([x]), y) + engine.atan2(sum([x]), y),
    "a dot of one": lambda x, y: engine.atan2(engine.dot([x], [y]), -1.0),
    "a root": lambda x, y: engine.atan2(x**0.5, y),
    "a square": lambda x, y: x**2 * y,
    "powers": lambda x, y: x**3 + y**-1 + x**0.5 + y**-0.5 + x**2.5 + y**-3,
    "a mean": lambda x, y: engine.mean([x, y]),
    "a mean of differences": lambda x, y: engine.mean([x, -y, 0.3]),
    "a mean of means": lambda x, y: engine.mean([engine.mean([x, y, x]), engine.mean([y, 0.25, x])]) - y,
    "a mean of products": lambda x, y: engine.mean([x * y, y + y, x * 0.5]),
    "a sum with numbers": lambda x, y: engine.sum([1.0, x, -1.0, y, 0.25, -y]),
    "a sum of numbers first": lambda x, y: engine.sum([1e16, 1.0, -1e16, x]) + y,
    "a dot with numbers": lambda x, y: engine.dot([x, 1e200, y, 2.0], [3.0, y, 1e-200, 1e-3]),
    "a product of many": lambda x, y: engine.prod([x, y, 1e-200, x, 1e200]),
    "a product of two": lambda x, y: engine.prod([x, y]),
    "a logarithm of a softmax": lambda x, y: engine.log_softmax([x, y, 0.5])[0],
    "a sum of exponentials": lambda x, y: engine.logsumexp([x, y, 0.5]),
}


def rounded(found: float, expected: float) -> bool:
    if math.isnan(expected) or math.isnan(found):
        return math.isnan(expected) and math.isnan(found)
    if expected == found:
        return True
    return math.isfinite(expected) and abs(found - expected) <= 16.0 * math.ulp(expected)


@pytest.mark.parametrize("form", ["arrays", "scalars"])
@pytest.mark.parametrize("name", ROUNDED)
def test_a_lifted_result_is_that_of_the_program_as_written(name, form) -> None:
    """To a few roundings of the result itself, at every pair of nasty numbers, and the gradients likewise."""
    f = ROUNDED[name]
    x, y = Value(0.0), Value(0.0)
    with forced(form):
        lifted = jit(f)
        for x.data, y.data in product(NASTY, NASTY):
            results = []
            for each in (f, lifted):
                x.grad = y.grad = 0.0
                result = each(x, y)
                result.backward()
                results.append((result.data, x.grad, y.grad))
            for found, expected in zip(results[1], results[0], strict=True):
                assert rounded(found, expected), (x.data, y.data, results)


@pytest.mark.parametrize("name", ROUNDED)
def test_mapped_results_are_those_of_the_program_as_written(name) -> None:
    f = ROUNDED[name]
    pairs = np.array(list(product(NASTY, NASTY)))
    for (x, y), found in zip(pairs.tolist(), vmap(f)(*pairs.T).tolist(), strict=True):
        expected = float(f(Value(x), Value(y)).data)
        assert rounded(found, expected), (x, y, found, expected)


def _row(arithmetic, count):
    return Op(
        name="",
        operands=("a", "b", "c")[:count],
        forward=lambda *xs: arithmetic(None, *xs),
        partials=(lambda m, y, *xs: 1.0,) * count,
        numpy="",
        text="",
        arithmetic=arithmetic,
    )


def twice(x):
    return x + x


def and_less(x, y):
    return (x + y) - x


ARITHMETIC = {
    "a sum and a product": (lambda m, a, b, c: a + b * c, 2),
    "a difference of products": (lambda m, a, b, c: a * b - c * a, 2),
    "a number before": (lambda m, a, b, c: 2.0 * a - (3.0 - b), 2),
    "a product of sums": (lambda m, a, b, c: (a + b) * (b - c), 1),
    "a quotient by a number": (lambda m, a, b, c: (a - b) / 4.0 + c, 2),
    "signs": (lambda m, a, b, c: -(a + b) + +c, 2),
    "a square": (lambda m, a, b, c: a * a, 1),
    "a product twice": (lambda m, a, b, c: twice(a * b), 2),
    "a sum twice": (lambda m, a, b, c: twice(a + b), 3),
    "a sum that was added to": (lambda m, a, b, c: and_less(a + b, c), 4),
    "a product of numbers and more": (lambda m, a, b, c: (a - a + 2.0) * 3.0 * b, 1),
}


def evaluated(canonical, xs) -> float:
    """The first output, by the terms of sums alone."""
    assert {node.kind for node in canonical.nodes} <= {LEAF, CONST, LIN}
    return values_of(canonical)[canonical.outputs[0]]


def values_of(canonical) -> list[float]:
    """The values of all nodes."""
    values: list[float] = []
    for node in canonical.nodes:
        if node.kind == LEAF:
            values.append(node.number.value.data)
        elif node.kind == CONST:
            values.append(node.number)
        elif node.row is not None:
            given = [values[x] for x in node.operands]
            values.append(node.row.forward(given) if node.row.arity is None else node.row.forward(*given))
        else:
            total = sum(
                scale * (1.0 if const is None else const) * values[a] * (values[b] if b >= 0 else 1.0)
                for scale, const, a, b in node.terms
            )
            values.append(total + (node.k or 0.0))
    return values


@pytest.mark.parametrize("name", ARITHMETIC)
def test_the_arithmetic_of_a_row_becomes_sums_of_products(name) -> None:
    """Whatever a row computes in + - * /: no node of an operator is left, and the numbers are right."""
    rule, terms = ARITHMETIC[name]
    xs = [Value(2.0), Value(-3.0), Value(5.0)]
    result = xs[0]._apply(_row(rule, 3), tuple(xs))
    trace = Trace(Result(result), xs, False)
    trace.settle([], [True] * 3)
    canonical = canonical_form(trace)
    assert evaluated(canonical, xs) == result.data
    assert len(canonical.nodes[-1].terms) == terms


def test_numbers_among_the_operands_of_a_row_are_numbers() -> None:
    x = Value(2.0)
    result = x._apply(_row(lambda m, a, b, c: c - a * b, 3), (3.0, 5.0, x))
    trace = Trace(Result(result), [x], False)
    trace.settle([], [True])
    canonical = canonical_form(trace)
    assert evaluated(canonical, [x]) == result.data == -13.0
    assert (canonical.nodes[-1].terms, canonical.nodes[-1].k) == (((1.0, None, 0, -1),), -15.0)


@pytest.mark.parametrize(
    "square", [lambda x, y: (-x) ** 2, lambda x, y: (x - y) ** 2, lambda x, y: (x * y) ** 2]
)
def test_a_square_of_what_nobody_else_uses(square) -> None:
    trace = graph(square, 2)
    assert evaluated(canonical_form(trace), trace.inputs) == square(*trace.inputs).data


def test_a_quotient_of_what_is_computed_stays_an_operator() -> None:
    xs = [Value(2.0), Value(-3.0)]
    result = xs[0]._apply(_row(lambda m, a, b: a / (a + b), 2), tuple(xs))
    trace = Trace(Result([result]), xs, False)
    trace.settle([], [True] * 2)
    assert canonical_form(trace).nodes[-1].kind == ELEM


def test_an_operand_may_be_the_value_of_a_row() -> None:
    """Also where it is a sum that others read too."""
    xs = [Value(2.0), Value(-3.0)]
    both = xs[0] + xs[1]
    result = both._apply(_row(lambda m, a: a, 1), (both,)) * both - both
    trace = Trace(Result(result), xs, False)
    trace.settle([], [True] * 2)
    assert evaluated(canonical_form(trace), xs) == result.data


def test_rows_with_numbers_on_either_side() -> None:
    """What divides by what is computed stays an operator."""
    sums = [lambda m, a: 1.0 + a * 2.0, lambda m, a: 3.0 - 2.0 * a, lambda m, a: a / 4.0 - 1.0]
    for value in (*sums, lambda m, a: 1.0 / a + a):
        x = Value(-2.0)
        result = x._apply(_row(value, 1), (x,))
        assert result.data == value(None, -2.0)
        trace = Trace(Result(result), [x], False)
        trace.settle([], [True])
        canonical = canonical_form(trace)
        if value in sums:
            assert evaluated(canonical, [x]) == result.data
        else:
            assert canonical.nodes[-1].kind == ELEM


MADE = {
    "+": lambda a, b, many: a + b,
    "-": lambda a, b, many: a - b,
    "*": lambda a, b, many: a * b,
    "negative": lambda a, b, many: -a,
    "scaled": lambda a, b, many: a / 4.0,
    "square": lambda a, b, many: a**2,
    "quotient": lambda a, b, many: a / (b * b + 1.0),
    "function": lambda a, b, many: engine.tanh(a),
    "sequence": lambda a, b, many: engine.max(many),
    "sum": lambda a, b, many: engine.sum(many),
    "mean": lambda a, b, many: engine.mean(many[:3]),
    "dot": lambda a, b, many: engine.dot(many[:3], many[3:]),
    "chain": lambda a, b, many: sum(x * y for x, y in zip(many[:3], many[3:], strict=True)),
}


def tangled(draw, xs):
    """Results of sums of every kind, of which some are read once, some again and again."""
    pool = [*xs, 2.0, 0.0, -1.5]
    for _ in range(draw.randrange(5, 90)):
        a, b, *many = draw.choices(pool[-12:] + pool[:6], k=8)
        result = MADE[draw.choice([*MADE])](a, b, many)
        large = isinstance(result, Value) and abs(result.data) > 1e3
        pool.append(engine.tanh(result) if large else result)
    return [x for x in pool[-5:] if isinstance(x, Value)] or [xs[0] + 1.0]


@pytest.mark.unmeasured
@pytest.mark.parametrize("batched", [False, True])
def test_tangled_sums_are_computed_as_the_engine_does(batched) -> None:
    for seed in range(150):
        draw = random.Random(seed)
        w, inputs = [Value(draw.gauss(0.0, 1.0)) for _ in range(3)], [Value(0.7), Value(-0.4)]
        results = tangled(draw, [*w, *inputs])
        trace = Trace(Result(results), inputs, batched)
        trace.settle(trace.places_of(w), [True, False])
        canonical = canonical_form(trace)
        for ref, node in enumerate(canonical.nodes):
            below = [canonical.nodes[x] for x in node.refs]
            assert all(x < ref for x in node.refs)
            assert node.level == max((each.level + 1 for each in below), default=0)
            if below:
                assert node.batched == any(each.batched for each in below)
                assert node.wanted == any(each.wanted for each in below)
        values = values_of(canonical)
        found = [values[ref] for ref in canonical.outputs]
        np.testing.assert_allclose(found, [x.data for x in results], rtol=1e-10, atol=1e-12)
        distinct = {repr((n.kind, n.row, n.operands, n.terms, n.k, n.number)) for n in canonical.nodes}
        assert len(distinct) == len(canonical.nodes)  # equal work is done once
