"""Statements are put into those that read their results, and no number changes."""

from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest

import engine
from engine import Value
from engine.jit.emit.fusion.laws import fuse
from engine.jit.emit.statements import Assign, Loop, Procedure, Scatter
from engine.jit.emit.trees import Call, MatMul, Number, Reduce
from engine.jit.emit.views import CELLS, GRADIENTS, Take, View
from tests.engine.jit.backends.native.world import World, constant
from tests.engine.jit.forms import assert_agrees, forced


def cell(name: str, start: int, *shape: int, strides=None) -> View:
    array = {each.name: each for each in (*CELLS, *GRADIENTS)}["fixed"]
    found = View.cells(
        array,
        start,
        shape,
        strides or tuple(np.array(np.empty(shape)).strides[i] // 8 for i in range(len(shape))),
    )
    return found.named(name)


A, B, C = cell("a", 0, 4), cell("b", 4, 4), cell("c", 8, 4)
T, U, OUT = cell("t", 20, 4), cell("u", 24, 4), cell("out", 56, 4)
M, X = cell("m", 40, 4, 4), cell("x", 12, 4)
ROWS, TURNED, PART = cell("rows", 20, 2, 2), cell("turned", 20, 2, 2, strides=(1, 2)), cell("part", 20, 2)
TURNED2 = cell("c2", 8, 2, 2)
LARGE = cell("large", 28, 3, 4)
WIDE = cell("wide", 40, 3, 4)


class Turned:
    """Names views after where they start."""

    def cells(self, array, start, shape, strides):
        shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides, strict=True))
        return View.cells(array, start, shape, strides).named(f"turned{start}")


def fused(statements, asked=(56, 57, 58, 59, 28)) -> list[str]:
    lists = SimpleNamespace(statements=list(statements), views=Turned())
    lists.parts = (lists.statements,)
    lists.outputs, lists.watched = [(0, each) for each in asked], []
    lists.layout = SimpleNamespace(captured_cells=0, batched=False, input_start=0, inputs=0)
    fuse(lists)
    return lists.statements


CASES = {
    "a product that is repeated": (
        [Assign(T, MatMul(M, A)), Assign(LARGE, T)],
        ["np.matmul(m, a, out=t)", "large[...] = t"],
    ),
    "a sum that is repeated": (
        [Assign(T, Reduce("add", M, (0,))), Assign(LARGE, T)],
        ["np.add.reduce(m, axis=0, out=t)", "large[...] = t"],
    ),
    "into its reader": ([Assign(T, A * B), Assign(OUT, T + C)], ["np.add(a * b, c, out=out)"]),
    "through several": (
        [Assign(T, A * B), Assign(U, T + C), Assign(OUT, 2.0 * U)],
        ["np.multiply(2.0, a * b + c, out=out)"],
    ),
    "into what writes over it": (
        [Assign(T, MatMul(M, A)), Assign(T, T + B), Assign(OUT, T * 1.5), Assign(U, T), Assign(T, U)],
        ["np.add(m @ a, b, out=t)", "np.multiply(t, 1.5, out=out)", "t[...] = t"],
    ),
    "added to": (
        [Assign(OUT, MatMul(M, A)), Assign(OUT, B, adds=True), Assign(OUT, -C, adds=True)],
        ["np.subtract(m @ a + b, c, out=out)"],
    ),
    "a copy into all who read it": (
        [Assign(T, A), Assign(U, T * B), Assign(OUT, MatMul(M, T)), Assign(OUT, U * U, adds=True)],
        ["np.multiply(a, b, out=u)", "np.add(m @ a, u * u, out=out)"],
    ),
    "written where it is copied to": (
        [Assign(T, A * B), Assign(WIDE, 3.0 * T), Assign(OUT, T)],
        ["np.multiply(a, b, out=turned56)", "np.multiply(3.0, turned56, out=wide)"],
    ),
    "where it is copied to it is read before": (
        [Assign(T, A * B), Assign(WIDE, T * OUT), Assign(OUT, T)],
        ["np.multiply(a, b, out=t)", "np.multiply(t, out, out=wide)", "out[...] = t"],
    ),
    "where it is copied to another is written": (
        [Assign(OUT, T), Assign(T, A * B), Assign(WIDE, 3.0 * T), Assign(OUT, T)],
        ["out[...] = t", "np.multiply(a, b, out=t)", "np.multiply(3.0, t, out=wide)", "out[...] = t"],
    ),
    "it is written in part": (
        [Assign(PART, cell("a2", 0, 2) * 2.0), Assign(OUT, T)],
        ["np.multiply(a2, 2.0, out=part)", "out[...] = t"],
    ),
    "it is written later": (
        [Assign(T, A * B), Assign(OUT, T), Assign(WIDE, 2.0 * T), Assign(T, C)],
        ["np.multiply(a, b, out=t)", "out[...] = t", "np.multiply(2.0, t, out=wide)", "t[...] = c"],
    ),
    "only the place of the copy is written later": (
        [Assign(T, A * B), Assign(LARGE, 2.0 * T), Assign(OUT, T), Assign(OUT, OUT * T)],
        ["np.multiply(a, b, out=t)", "np.multiply(2.0, t, out=large)", "np.multiply(t, t, out=out)"],
    ),
    "what is read twice stays": (
        [Assign(T, A * B), Assign(OUT, T + T * C), Assign(LARGE, T)],
        ["np.multiply(a, b, out=t)", "np.add(t, t * c, out=out)", "large[...] = t"],
    ),
    "what is read in another order": (
        [Assign(ROWS, cell("p", 0, 2, 2) * cell("r", 4, 2)), Assign(cell("q", 56, 2, 2), TURNED + 1.0)],
        ["np.add(turned0 * turned4, 1.0, out=q)"],
    ),
    "a product in another order than it is read": (
        [
            Assign(ROWS, MatMul(cell("p", 0, 2, 2), cell("r", 4, 2, 2))),
            Assign(cell("q", 56, 2, 2), TURNED * TURNED2),
        ],
        ["np.multiply(p @ r, turned8, out=turned56)"],
    ),
    "added to in another order": (
        [Assign(ROWS, cell("p", 0, 2, 2)), Assign(TURNED, cell("r", 4, 2, 2), adds=True), Assign(OUT, T)],
        ["np.add(turned0, r, out=turned56)"],
    ),
    "sums are in the order in which they are": (
        [
            Assign(ROWS, Reduce("add", cell("p", 0, 3, 2, 2), (0,))),
            Assign(cell("q", 56, 2, 2), Reduce("add", cell("r", 4, 3, 2, 2), (0,)) * TURNED),
        ],
        ["np.add.reduce(p, axis=0, out=rows)", "np.multiply(np.add.reduce(r, axis=0), turned, out=q)"],
    ),
    "what is read in part stays": (
        [Assign(T, A * B), Assign(cell("q", 56, 2), PART + 1.0)],
        ["np.multiply(a, b, out=t)", "np.add(part, 1.0, out=q)"],
    ),
    "what it read is written in between": (
        [Assign(T, A * B), Assign(A, C * C), Assign(OUT, T + A)],
        ["np.multiply(a, b, out=t)", "np.add(t, c * c, out=out)"],
    ),
    "read at positions": (
        [Assign(T, A * B), Assign(OUT, Take(CELLS[0], constant("i1", [20, 21, 22, 23])))],
        ["np.multiply(a, b, out=t)", 'np.take(fixed, i1, out=out, mode="clip")'],
    ),
    "written at positions in between": (
        [
            Assign(T, A * B),
            Scatter(Take(CELLS[0], constant("i1", [22])), Number(0.0), adds=False, repeats=False),
            Assign(OUT, T + C),
        ],
        ["np.multiply(a, b, out=t)", "fixed[i1] = 0.0", "np.add(t, c, out=out)"],
    ),
    "matrices stay": (
        [Assign(T, A * B), Assign(OUT, MatMul(M, T))],
        ["np.multiply(a, b, out=t)", "np.matmul(m, t, out=out)"],
    ),
    "a smaller one does not change a sum": (
        [Assign(cell("w", 28, 3, 4), A), Assign(OUT, Reduce("add", cell("w", 28, 3, 4), (0,)))],
        ["w[...] = a", "np.add.reduce(w, axis=0, out=out)"],
    ),
    "nor what a product sums over": (
        [Assign(WIDE, cell("row", 0, 1, 4)), Assign(OUT, MatMul(cell("x3", 12, 3), WIDE))],
        ["wide[...] = row", "np.matmul(x3, wide, out=out)"],
    ),
    "functions of ours are given arrays": (
        [
            Assign(cell("t1", 20, 1), MatMul(A, B)),
            Assign(cell("o1", 56, 1), Call("sigmoid", (cell("t1", 20, 1) * 0.5,))),
        ],
        ["t1[...] = np.dot(a, b)", "o1[...] = sigmoid(t1 * 0.5)"],
    ),
    "what is asked for stays": (
        [Assign(OUT, A * B), Assign(LARGE, OUT + C)],
        ["np.multiply(a, b, out=out)", "np.add(out, c, out=large)"],
    ),
    "procedures read views": (
        [Assign(T, A * B), Procedure("prod", T, cell("q", 56, 1))],
        ["np.multiply(a, b, out=t)", "prod(t, q)"],
    ),
    "a line is not too long": (
        [Assign(T, sum((A * float(i) for i in range(2, 6)), B)), Assign(OUT, T * T * A - C * C)],
        2,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_statements_are_put_into_those_that_read_them(name) -> None:
    statements, expected = CASES[name]
    found = fused(statements)
    if isinstance(expected, int):
        assert len(found) == expected
    else:
        assert [str(each).partition("  #")[0] for each in found] == expected
    before, after = World(1), World(1)
    before, after = before.as_numpy(statements), after.as_numpy(found)
    for start, stop in ((56, 60), (28, 40)):
        np.testing.assert_array_equal(before["fixed"][start:stop], after["fixed"][start:stop])


def test_in_a_loop_only_what_belongs_to_one_step_is_put_elsewhere() -> None:
    def steps(name: str, start: int) -> View:
        return cell(name, start, 3, 2, strides=(10, 1))

    t, u, out = (steps(*each).of_step() for each in (("t", 0), ("u", 2), ("out", 4)))
    later = steps("t", 0).of_step(1)
    alone = Loop(2, (Assign(t, u * 2.0), Assign(out, t + 1.0)))
    (loop,) = fused([alone], (4, 5, 14, 15))
    assert str(loop).splitlines()[1:] == ["    np.add(u[t] * 2.0, 1.0, out=out[t])"]
    handed = Loop(2, (Assign(later, u * 2.0), Assign(out, t + 1.0)))
    read_behind = [alone, Assign(cell("z", 50, 2), cell("t0", 0, 2) * 3.0)]
    for statements in ([handed], read_behind):
        assert [str(each) for each in fused(statements, (4, 5, 14, 15, 50))] == [
            str(each) for each in statements
        ]


@pytest.mark.parametrize("form", ["arrays", "numpy"])
def test_a_gradient_that_is_the_same_for_all_rows_meets_a_matrix(form) -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(4, 3)).tolist()

    def loss(X, W, along):
        columns = list(zip(*W, strict=True))
        Y = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in X]
        sums = [sum(line) for line in (Y if along else zip(*Y, strict=True))]
        return engine.logsumexp(sums) + sum(engine.tanh(x) * x for x in sums)

    for along in (False, True):
        for rows in (1, 4, 5):
            X = rng.normal(size=(rows, 4)).tolist()
            W = [[Value(x) for x in row] for row in weights]
            with forced(form):
                assert_agrees(lambda X, W=W, along=along: loss(X, W, along), [*chain(*W)], X)
                X = [[Value(x) for x in row] for row in X]
                assert_agrees(lambda W, X=X, along=along: loss(X, W, along), [*chain(*X)], weights)


@pytest.mark.parametrize("form", ["arrays", "numpy"])
def test_a_gate_by_a_norm(form) -> None:
    weights = [Value(x) for x in (0.5, -0.3, 0.2)]

    def gated(t):
        gate = engine.sigmoid(1.0 / engine.sqrt(engine.dot(weights, weights) + 0.1))
        return engine.sum([engine.tanh(w * gate) for w in weights]) * t

    with forced(form), engine.no_grad():
        assert_agrees(gated, [], 0.5)
        found = engine.vmap(gated)([0.5, 2.0])
        assert found.tolist() == pytest.approx([gated(0.5).data, gated(2.0).data], rel=1e-13)
