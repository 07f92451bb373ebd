"""Statements of the forward pass, of each kind of group: as they are written, and what they compute."""

import numpy as np
import pytest

from engine.jit.emit.forward import Program, write_groups
from engine.jit.emit.source import OnNumPy, cells_of, compiled, source_of
from engine.jit.lower.groups import FIXED
from tests.engine.jit.stages import Written

ONE = (1.0, None)


def forward_of(p: Written, *outputs: int) -> tuple[Program, list[str]]:
    program = Program(p.layout(*outputs), list(outputs))
    write_groups(program, program.layout.groups)
    return program, [str(each) for each in (*program.fixed, *program.forward)]


def computed(program: Program, leaves: np.ndarray) -> list[float]:
    """The outputs of a program on fixed cells, whose leaves hold these numbers."""
    fixed = np.zeros(program.layout.sizes[FIXED])
    cells = cells_of(program.layout, fixed, fixed.copy(), 1)
    fixed[: len(leaves)] = leaves
    OnNumPy(compiled(source_of(program))["bind"], program, cells).run(0, 0)
    return [fixed.item(place[1]) if isinstance(place, tuple) else place for place in program.outputs]


STATEMENTS = {
    "a row": (lambda p, x: [p.row("exp", each) for each in x], ["np.exp(x1, out=v1)"]),
    "a row with a number": (
        lambda p, x: [p.row("maximum", each, p.number(0.5)) for each in x],
        ["np.maximum(x1, 0.5, out=v1)"],
    ),
    "a function of ours": (lambda p, x: [p.row("silu", each) for each in x], ["v1[...] = silu(x1)"]),
    "a sum of two": (lambda p, x: [p.sum((*ONE, x[0], -1), (*ONE, x[1], -1))], ["np.add(x1, x2, out=v1)"]),
    "a difference": (
        lambda p, x: [p.sum((*ONE, x[0], -1), (-1.0, None, x[1], -1))],
        ["np.subtract(x1, x2, out=v1)"],
    ),
    "a negative first": (
        lambda p, x: [p.sum((-1.0, None, x[0], -1), (*ONE, x[1], -1))],
        ["np.subtract(x2, x1, out=v1)"],
    ),
    "a number last": (
        lambda p, x: [p.sum((*ONE, x[0], -1), (*ONE, x[1], x[2]), k=0.5)],
        ["np.add(x1 + x2 * x3, 0.5, out=v1)"],
    ),
    "a factor": (lambda p, x: [p.sum((1.0, 2.5, x[0], -1))], ["np.multiply(2.5, x1, out=v1)"]),
    "a sum of many": (
        lambda p, x: [p.sum(*((*ONE, each, -1) for each in x))],
        ["v1[...] = np.add.reduce(x1)"],
    ),
    "a mean": (
        lambda p, x: [p.sum(*((0.25, None, each, -1) for each in x))],
        ["np.multiply(0.25, np.add.reduce(x1), out=v1)"],
    ),
    "a scalar product": (lambda p, x: [p.dot(x, x)], ["v1[...] = np.dot(x1, x1)"]),
    "the largest": (lambda p, x: [p.row("max", *x)], ["np.maximum.reduce(x1, axis=0, out=v1)"]),
    "the norm": (lambda p, x: [p.row("norm", *x)], ["norm(x1, v1)"]),
    "logsumexp": (lambda p, x: [p.row("logsumexp", *x)], ["logsumexp(x1, v1, k1)"]),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(name) -> None:
    """On four inputs; and the numbers are those of the rows and of Python."""
    write, statements = STATEMENTS[name]
    p = Written()
    x = p.inputs(4)
    outputs = write(p, x)
    program, lines = forward_of(p, *outputs)
    assert lines == statements
    numbers = np.array([0.5, -1.5, 2.0, 0.25])
    values = dict(zip(x, numbers.tolist(), strict=True))
    for ref, node in enumerate(p.nodes):
        if node.row is not None:
            xs = [values[each] if each in values else p.nodes[each].number for each in node.operands]
            values[ref] = node.row.forward(xs) if node.row.arity is None else node.row.forward(*xs)
        elif node.terms:
            terms = [
                scale * (1.0 if const is None else const) * values[a] * (values[b] if b >= 0 else 1.0)
                for scale, const, a, b in node.terms
            ]
            values[ref] = sum(terms) + (node.k or 0.0)
    np.testing.assert_allclose(computed(program, numbers), [values[ref] for ref in outputs], rtol=1e-14)


def test_take_picks_from_its_table() -> None:
    p = Written()
    x = p.inputs(4)
    program, lines = forward_of(p, p.row("take", *x))
    assert lines == ["p1[...] = pick(i1, x1)", "v1[...] = np.take(fixed, p1)"]
    assert computed(program, np.array([5.0, 6.0, 7.0, 1.0])) == [6.0]
    assert computed(program, np.array([5.0, 6.0, 7.0, -1.0])) == [7.0]


def test_an_output_that_is_a_number_has_no_statement() -> None:
    p = Written()
    program, lines = forward_of(p, p.number(2.5))
    assert (lines, program.outputs) == ([], [2.5])


def test_an_operator_over_a_sum_reads_it_by_its_name() -> None:
    p = Written()
    x = p.inputs(2)
    _, lines = forward_of(p, p.row("exp", p.sum((*ONE, x[0], -1), (*ONE, x[1], -1))))
    assert lines == ["np.add(x1, x2, out=v1)", "np.exp(v1, out=v2)"]


def test_statements_are_counted_by_kind() -> None:
    p = Written()
    w, x = [p.captured(2) for _ in range(2)], [p.inputs(2) for _ in range(3)]
    sums = [p.dot(row, each) for row in w for each in x]
    program, _ = forward_of(p, p.row("max", *[p.row("tanh", s) for s in sums]))
    assert program.counts() == {"matmul": 1, "gather": 0, "scatter": 0, "sum": 1, "elementwise": 1}
    assert str(program) == "3 statements: 1 matmul, 0 gather, 0 scatter, 1 sum, 1 elementwise"
