"""Views, trees and statements: the line of NumPy that each is, and that the data say the same as the line."""

import numpy as np
import pytest

import engine
from engine import Value, jit
from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.forward import Program
from engine.jit.emit.statements import Assign, Procedure, Scatter, kind_of, trees_of
from engine.jit.emit.support import pick, view
from engine.jit.emit.trees import SAMPLES, Call, MatMul, Name, Number, Reduce, Samples, Seed, broadcast
from engine.jit.emit.views import CELLS, GRADIENTS, Array, Take, View
from tests.engine.jit.emit.test_backward import PROGRAMS as PENALTIES
from tests.engine.jit.forms import forced

FIXED, WORK = CELLS
WIDTH = 3  # samples

A = View.cells(FIXED, 4, (2, 3), (3, 1)).named("a")
B = View.cells(FIXED, 20, (3,), (1,)).named("b")
C = View.cells(FIXED, 24, (2,), (1,)).named("c")
S = View.cells(FIXED, 30, (1,), (1,)).named("s")
X = View.cells(WORK, 1, (2, 3), (3, 1)).named("x")
Y = View.cells(WORK, 7, (2,), (1,)).named("y")
INDEX = View.whole(Array("i1", shape=(2,), numbers=np.array([3, 1]), integers=True))
PLACES = View.whole(Array("p1", samples=True, shape=(2,), integers=True))
G = View.whole(Array("g1", samples=True, shape=(2,)))

VIEWS = {
    "cells": View.cells(FIXED, 3, (4,), (1,)),
    "a matrix": A,
    "repeated rows": View.cells(FIXED, 3, (2, 4), (0, 1)),
    "backwards": View.cells(FIXED, 9, (4,), (-1,)),
    "per sample": X,
    "strided per sample": View.cells(WORK, 0, (3, 2), (1, 3)),
    "turned": A.T,
    "turned per sample": Y.T,
    "axes changed": X.swapaxes(-1, -2),
    "in another order": X.transpose(1, 0, 2),
    "reshaped": A.reshape(3, 2).named("t"),
    "reshaped per sample": X.reshape(3, 2).transpose(1, 0, 2).named("t1"),
    "a column": B.with_axis(1),
    "spread": A.with_axis(-1).named("a_"),
    "an item": X.item(1),
    "a buffer": G,
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_what_its_text_says(name) -> None:
    """Read by first number, sizes and strides, it has the numbers of the NumPy array of its text."""
    each = VIEWS[name]
    names = {"np": np, "view": view, "samples": WIDTH, "fixed": np.arange(40.0)}
    names |= {
        "work": np.arange(40.0 * WIDTH).reshape(40, WIDTH),
        "g1": np.arange(2.0 * WIDTH).reshape(2, WIDTH),
    }
    chain = [each]
    while chain[-1].source is not None:
        chain.append(chain[-1].source)
    for link in reversed(chain):
        if link.is_name and link.source is not None:
            exec(link.definition, names)  # noqa: S102  # written by the view
    expected = eval(each.text, names)  # noqa: S307  # written by the view
    start, shape, strides = each.place(WIDTH)
    memory = names[each.array.name].ravel()
    found = np.lib.stride_tricks.as_strided(memory[start:], shape, [8 * stride for stride in strides])
    assert np.array_equal(found, expected)


def test_only_what_lies_in_one_piece_is_reshaped() -> None:
    with pytest.raises(RuntimeError, match=r"a\.T does not lie in one piece"):
        A.T.reshape(6)


LINES = {
    "a copy": (Assign(B, A.item(0)), "b[...] = a[0]", "elementwise"),
    "a fill": (Assign(B, Number(0.5)), "b[...] = 0.5", "elementwise"),
    "cells cleared": (
        Assign(View.cells(FIXED, 2, (3,), (1,)), Number(0.0)),
        "fixed[2:5] = 0.0",
        "elementwise",
    ),
    "a ufunc": (Assign(A, A + B), "np.add(a, b, out=a)", "elementwise"),
    "a deeper tree": (Assign(A, 2.0 * Seed(0) * A), "np.multiply(2.0 * seeds[0], a, out=a)", "elementwise"),
    "a function of ours": (Assign(A, Call("silu", (A,))), "a[...] = silu(a)", "elementwise"),
    "a comparison": (Assign(A, A > 0.0), "a[...] = (a > 0.0)", "elementwise"),
    "added": (Assign(A, A * B, adds=True), "np.add(a, a * b, out=a)", "elementwise"),
    "taken away": (Assign(A, -(A * B), adds=True), "np.subtract(a, a * b, out=a)", "elementwise"),
    "a sum": (Assign(B, Reduce("add", A, (0,))), "np.add.reduce(a, axis=0, out=b)", "sum"),
    "over samples": (Assign(B, Reduce("add", X, (0, -1))), "np.add.reduce(x, axis=(0, -1), out=b)", "sum"),
    "a sum that is repeated": (Assign(A, Reduce("add", A, (0,))), "a[...] = np.add.reduce(a, axis=0)", "sum"),
    "a sum of a line": (Assign(S, Reduce("add", B, (0,))), "s[...] = np.add.reduce(b)", "sum"),
    "a sum added": (
        Assign(B, Reduce("add", A, (0,)), adds=True),
        "np.add(b, np.add.reduce(a, axis=0), out=b)",
        "sum",
    ),
    "the largest": (Assign(B, Reduce("maximum", A, (0,))), "np.maximum.reduce(a, axis=0, out=b)", "sum"),
    "a product": (
        Assign(Y, MatMul(A, X.item(0)), says=True),
        "np.matmul(a, x[0], out=y)  # a @ x[0]",
        "matmul",
    ),
    "products added": (Assign(Y, MatMul(A, X.item(0)), adds=True), "np.add(y, a @ x[0], out=y)", "matmul"),
    "several": (Assign(X, MatMul(X, X)), "np.matmul(x, x, out=x)", "matmul"),
    "a scalar product": (Assign(S, MatMul(B, B)), "s[...] = np.dot(b, b)", "matmul"),
    "gathered": (Assign(G, Take(WORK, INDEX)), 'np.take(work, i1, axis=0, out=g1, mode="clip")', "gather"),
    "picked": (Assign(PLACES, Call("pick", (INDEX, Y))), "p1[...] = pick(i1, y)", "gather"),
    "taken": (Assign(Y, Take(FIXED, PLACES)), "y[...] = np.take(fixed, p1)", "gather"),
    "taken per sample": (Assign(Y, Take(WORK, PLACES)), "y[...] = work[p1, np.arange(samples)]", "gather"),
    "put": (Scatter(Take(GRADIENTS[0], INDEX), C, adds=False, repeats=False), "dfixed[i1] = c", "scatter"),
    "added at": (Scatter(Take(GRADIENTS[0], INDEX), C, repeats=False), "dfixed[i1] += c", "scatter"),
    "added at some twice": (Scatter(Take(GRADIENTS[0], INDEX), C), "np.add.at(dfixed, i1, c)", "scatter"),
    "one number added": (
        Scatter(Take(GRADIENTS[0], INDEX), Seed(0)),
        "np.add.at(dfixed, i1, seeds[0])",
        "scatter",
    ),
    "a smaller one added": (
        Scatter(Take(GRADIENTS[0], INDEX), S),
        "np.add.at(dfixed, i1, np.broadcast_to(s, (2,)))",
        "scatter",
    ),
    "added per sample": (
        Scatter(Take(GRADIENTS[1], PLACES), Y),
        "np.add.at(dwork, (p1, np.arange(samples)), y)",
        "scatter",
    ),
    "a procedure": (Procedure("norm", A, B), "norm(a, b)", "elementwise"),
    "one that keeps": (Procedure("logsumexp", X, Y, G), "logsumexp(x, y, g1)", "elementwise"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_statement_is_a_line_of_a_kind(name) -> None:
    statement, line, kind = LINES[name]
    assert (str(statement), kind_of(statement)) == (line, kind)


@pytest.mark.parametrize(
    ("tree", "shape"),
    [
        (Number(2.0) * Samples(), ()),
        (A + B, (2, 3)),
        (A.with_axis(-1) * X, (2, 3, SAMPLES)),
        (Reduce("add", X, (0, -1)), (3,)),
        (MatMul(A, B), (2,)),
        (MatMul(B, A.T), (2,)),
        (MatMul(B, B), ()),
        (MatMul(A, X), (2, 2, SAMPLES)),
        (Take(FIXED, INDEX), (2,)),
        (Take(WORK, INDEX), (2, SAMPLES)),
        (Take(WORK, PLACES), (2, SAMPLES)),
    ],
)
def test_shapes(tree, shape) -> None:
    assert tree.shape == shape


def test_shapes_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(RuntimeError, match="do not go together"):
        broadcast((2, 3), (2,))


def test_a_tree_names_its_parts() -> None:
    tree = (A * 2.0) + Call("exp", (B,))
    assert [each.text for each in tree.walk()] == [
        "a * 2.0 + np.exp(b)",
        "a * 2.0",
        "a",
        "2.0",
        "np.exp(b)",
        "b",
    ]
    assert Name("v1").text == "v1"


def test_names_are_defined_by_what_they_are_made_of() -> None:
    a = View.cells(FIXED, 0, (2, 3), (3, 1)).named("a")
    turned = a.reshape(3, 2).transpose(1, 0).named("t")
    other = View.cells(FIXED, 0, (3,), (1,)).named("ab")
    assert [each.definition for each in (a, turned, other, G.array)] == [
        "a = fixed[0:6].reshape(2, 3)",
        "t = a.reshape(3, 2).transpose(1, 0)",
        "ab = fixed[0:3]",
        "g1 = np.empty((2, samples))",
    ]


# -- whole programs -----------------------------------------------------------------------------------------


def shapes_are_those_of_numpy(program: Program, width: int) -> int:
    """Run a program line by line, and compare the shape of every tree with that of its text. How many."""
    sizes = program.layout.sizes
    names = {"np": np, "view": view, "pick": pick, "samples": width, "seeds": [1.0] * 9, **ARRAY_FUNCTIONS}
    names |= {"fixed": np.full(sizes[0], 0.5), "dfixed": np.zeros(sizes[0]), **program.views.constants}
    names |= {"work": np.full((sizes[1], width), 0.5), "dwork": np.zeros((sizes[1], width))}
    for each in program.views.definitions:
        exec(each.definition, names)  # noqa: S102  # written by the views
    seen = 0
    for statement in program.statements:
        for tree in trees_of([statement]):
            expected = np.shape(eval(tree.text, names))  # noqa: S307  # written by the lifter
            found = tuple(width if size == SAMPLES else size for size in tree.shape)
            assert found == expected, (str(statement), tree.text)
            if isinstance(tree, View):
                start, shape, strides = tree.place(width)
                memory = names[tree.array.name]
                seen_as = np.lib.stride_tricks.as_strided(
                    memory.ravel()[start:], shape, [memory.itemsize * k for k in strides]
                )
                assert np.array_equal(seen_as, eval(tree.text, names), equal_nan=True), tree.text  # noqa: S307
            seen += 1
        if isinstance(statement, Assign):
            assert broadcast(statement.target.shape, statement.value.shape) == statement.target.shape
        exec(str(statement), names)  # noqa: S102  # written by the lifter
    return seen


W = [Value(0.1 * i - 0.25, label=f"w{i}") for i in range(6)]

FUNCTIONS = {
    **PENALTIES,
    "rows": lambda x: engine.silu(W[0] * x) + engine.where(x > 0.1, W[1] * x, engine.erf(x)) + engine.abs(x),
    "sequences": lambda x: engine.logsumexp([w * x for w in W]) + engine.norm(W) * engine.max([x, *W]),
    "sequences without a short form": lambda x: engine.sum(
        [engine.prod([x, W[i], W[j]]) + engine.mean([x * W[i], W[j]]) for i in range(3) for j in range(3)]
    ),
    "powers": lambda x: x**2 + W[0] ** 3 + x**0.5 + (2.0 + W[1]) ** x,
    "a table": lambda x: engine.take([W[0], x, W[2]], engine.stop_gradient(0.0 * x + 1.0)) * x,
    "two layers": lambda x: engine.dot(
        W[:3], [engine.tanh(engine.dot(W[3:5], [x, x * x]) + w) for w in (W[5], W[0], W[1])]
    ),
}


@pytest.mark.unmeasured
@pytest.mark.measured
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_tree_of_a_program_has_the_shape_that_numpy_finds(name, batch) -> None:
    f = FUNCTIONS[name]
    for function in (f, lambda X: engine.sum([f(x) for x in X])) if not batch else (f,):
        argument = 0.5 if function is f else [0.5, 1.0, 0.25]
        with forced("arrays"):
            lifted = jit(function, batch=batch)
            lifted([0.5, 1.0, 0.25] if batch else argument)
        with np.errstate(all="ignore"):
            assert shapes_are_those_of_numpy(lifted._shown.program, 5) > 0
