"""Statements of every kind on the native executor: they compute what their NumPy source does."""

import numpy as np
import pytest

from engine.jit.backends.native.places import Untranslated
from engine.jit.backends.native.translator import MOST_CALLS
from engine.jit.emit.expression import NUMPY
from engine.jit.emit.statements import Assign, Procedure, Scatter
from engine.jit.emit.trees import Call, MatMul, Number, Reduce, Samples, Seed
from engine.jit.emit.views import Take
from tests.engine.jit.backends.native.world import World, at, buffer, constant, require_executor

require_executor()

SAMPLES = pytest.mark.parametrize("samples", [1, 3, 2500])


def sum_of(view, *axes):
    return Reduce("add", view, axes)


POSITIONS = buffer("p1", (2,), True, integers=True)

X = at("fixed", 0, 2, 3)
"""Two rows of three cells."""

H, K = at("work", 0, 2, 3), at("work", 6, 2, 3)
"""The same per sample."""

EXACT = {
    "a product": [Assign(at("fixed", 20, 2, 3), X * at("fixed", 6, 2, 3))],
    "over itself": [Assign(H, H * 2.0 - K)],
    "added": [Assign(H, K * 0.5, adds=True)],
    "taken away": [Assign(H, -K, adds=True)],
    "a deeper tree": [Assign(at("work", 20, 2, 3), (H - K) / (1.0 + H * H) + abs(K) * (H > K))],
    "the comparisons": [
        Assign(at("work", 20 + 6 * i, 2, 3), Call(name, (H, K)))
        for i, name in enumerate(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"))
    ],
    "products with comparisons": [
        Assign(at("work", 20, 2, 3), K * (H > 0.0)),
        Assign(at("work", 26, 2, 3), (H < K) * 2.5),
        Assign(at("work", 32, 2, 3), H * (at("fixed", 50, 1) > 0.0)),
    ],
    "a choice": [Assign(at("work", 20, 2, 3), NUMPY.where(H > 0.0, K, -1.5))],
    "a power": [Assign(at("work", 20, 2, 3), H**2.0 + K**-1.0 + H**0.5 + H**3.0)],
    "a broadcast row": [Assign(at("work", 20, 2, 3), H + at("work", 6, 3))],
    "a broadcast column": [Assign(at("work", 20, 2, 3), H * at("work", 6, 2, 1))],
    "what is fixed, per sample": [Assign(at("work", 20, 2, 3), H * X.with_axis(-1) + at("fixed", 50, 1))],
    "another layout": [Assign(at("work", 20, 3, 2), H.transpose(1, 0, 2) - at("work", 40, 3, 2))],
    "a view with gaps": [Assign(at("fixed", 30, 4, strides=(5,)), at("fixed", 0, 4, strides=(3,)) + 1.0)],
    "read repeatedly": [Assign(at("work", 20, 4, 3), at("work", 0, 4, 3, strides=(0, 2)) * 3.0)],
    "turned within its own cells": [Assign(at("fixed", 0, 3, 3), at("fixed", 0, 3, 3).T + 1.0)],
    "shifted within its own cells": [Assign(at("work", 1, 6), at("work", 0, 6) * 2.0)],
    "copied within its own cells": [Assign(at("work", 1, 6), at("work", 0, 6))],
    "turned round within its own cells": [
        Assign(at("fixed", 0, 5), at("fixed", 4, 5, strides=(-1,)) * 2.0),
        Assign(at("fixed", 20, 3), at("fixed", 24, 3, strides=(-2,))),
        Assign(at("fixed", 44, 3, strides=(-2,)), at("fixed", 40, 3)),
    ],
    "a copy": [Assign(at("work", 20, 2, 3), H), Assign(at("fixed", 40, 3, 2), X.T)],
    "a fill": [Assign(at("dwork", 5, 7), Number(0.0)), Assign(at("dfixed", 3, 2, 2), Number(-1.5))],
    "a seed": [Assign(at("dwork", 5, 7), Seed(1) * 2.0), Assign(at("dfixed", 0, 1), Seed(0))],
    "how many samples": [Assign(at("dfixed", 0, 4), Samples() * at("fixed", 0, 4))],
    "what is smaller is computed once": [Assign(at("work", 20, 4, 3), at("work", 0, 4, 3) * (2.0 * Seed(0)))],
    "a sum of the first axis": [Assign(at("work", 20, 3), sum_of(H, 0))],
    "a sum of a middle axis": [Assign(at("work", 20, 2), sum_of(H, 1))],
    "a sum over the samples": [Assign(at("fixed", 40, 2, 3), sum_of(H, -1))],
    "a sum of all cells": [Assign(at("fixed", 40, 1), sum_of(at("fixed", 0, 30), 0))],
    "a sum added": [Assign(at("dfixed", 0, 3), sum_of(at("dfixed", 0, 2, 3), 0), adds=True)],
    "a sum over its own cells": [Assign(at("work", 0, 3), sum_of(H, 0))],
    "a sum of a tree": [Assign(at("work", 20, 3), 2.0 * sum_of(H * K, 0))],
    "a sum of products of rows": [
        Assign(at("work", 40, 3), sum_of(at("work", 0, 9, 3) * at("work", 9, 9, 3), 0))
    ],
    "a sum of products along a middle axis": [
        Assign(at("work", 40, 2, 2), sum_of(at("work", 0, 2, 9, 2) * at("work", 20, 9, 1), 1))
    ],
    "a sum of products with what is repeated": [
        Assign(
            at("work", 40, 4, 3),
            sum_of(at("work", 0, 9, 4, 1) * at("work", 20, 9, 1, 3, strides=(1, 0, 2)), 0),
        ),
        Assign(at("fixed", 40, 20), sum_of(at("fixed", 0, 9, 1) * at("fixed", 9, 9, 20, strides=(1, 1)), 0)),
        Assign(at("fixed", 20, 20), sum_of(at("fixed", 9, 9, 20, strides=(1, 1)) * at("fixed", 0, 9, 1), 0)),
    ],
    "a sum of products over its own cells": [Assign(at("work", 0, 3), sum_of(H * K, 0))],
    "a sum of products of trees": [Assign(at("work", 20, 3), sum_of((H - K) * (2.0 * K), 0))],
    "a repeated sum": [Assign(at("work", 20, 4, 3), sum_of(H, 0))],
    "the largest": [Assign(at("work", 20, 3), Reduce("maximum", at("work", 0, 4, 3), (0,)))],
    "the smallest": [Assign(at("fixed", 50, 3), Reduce("minimum", at("fixed", 0, 4, 3), (0,)))],
    "a product of matrices": [Assign(at("work", 20, 2), MatMul(X, at("work", 0, 3)))],
    "added to a product": [
        Assign(at("dfixed", 0, 2, 3), MatMul(at("work", 0, 2), at("work", 2, 3).T), adds=True)
    ],
    "a product by a vector": [Assign(at("fixed", 40, 2), MatMul(X, at("fixed", 6, 3)))],
    "a vector by a matrix": [Assign(at("fixed", 40, 3), MatMul(at("fixed", 6, 2), X))],
    "a scalar product": [Assign(at("fixed", 40, 1), MatMul(at("fixed", 0, 9), at("fixed", 9, 9)))],
    "cells at positions": [
        Assign(buffer("g1", (4,), False), Take(at("fixed", 0, 1).array, constant("i1", [5, 0, 5, 9]))),
        Assign(at("fixed", 40, 4), buffer("g1", (4,), False)),
    ],
    "cells at positions, per sample": [
        Assign(at("work", 30, 2, 2), Take(H.array, constant("i1", [[5, 0], [5, 9]])))
    ],
    "written at positions": [
        Scatter(
            Take(at("dwork", 0, 1).array, constant("i1", [7, 2, 9])),
            at("dwork", 20, 3) * 2.0,
            adds=False,
            repeats=False,
        )
    ],
    "a number at positions": [
        Scatter(
            Take(at("dfixed", 0, 1).array, constant("i1", [[7, 2], [9, 1]])),
            Number(0.0),
            adds=False,
            repeats=False,
        )
    ],
    "added at positions": [
        Scatter(Take(at("dfixed", 0, 1).array, constant("i1", [7, 2, 9])), at("dfixed", 20, 3), repeats=False)
    ],
    "added at one position more than once": [
        Scatter(Take(at("dwork", 0, 1).array, constant("i1", [[7, 2], [7, 7]])), at("work", 20, 2, 2))
    ],
    "a sum over samples at positions": [
        Scatter(Take(at("dfixed", 0, 1).array, constant("i1", [7, 2, 7])), sum_of(at("work", 20, 3), -1))
    ],
}


@pytest.mark.measured
@SAMPLES
@pytest.mark.parametrize("name", EXACT)
def test_statements_have_the_bits_of_numpy(name, samples) -> None:
    world = World(samples)
    assert world.differences(EXACT[name]) == {}


TWO_ULPS = {
    "sigmoid": [Assign(at("work", 20, 2, 3), Call("sigmoid", (H,)))],
    "silu of a tree": [Assign(at("work", 20, 2, 3), Call("silu", (H + K,)) * 2.0)],
    "waves": [Assign(at("work", 20, 2, 3), Call("sin", (H,)) * Call("cos", (K,)))],
    "sech2": [Assign(at("work", 20, 2, 3), Call("sech2", (H,)))],
    "tanh's partial": [Assign(at("work", 20, 2, 3), K * Call("tanh_partial", (Call("tanh", (H,)), H)))],
    "sigmoid's partial": [Assign(at("work", 20, 2, 3), Call("sigmoid_partial", (Call("sigmoid", (H,)), H)))],
    "log's partial": [Assign(at("work", 20, 2, 3), Call("log_partial", (H,)))],
    "a power's partial": [Assign(at("work", 20, 2, 3), Call("power_partial", (H**2.5, H, Number(2.5))))],
    "a softplus": [Assign(at("work", 20, 2, 3), Call("logaddexp", (Number(0.0), H)))],
    "a root of squares": [Assign(at("fixed", 40, 3), Call("hypot", (at("fixed", 0, 3), at("fixed", 3, 3))))],
}


@SAMPLES
@pytest.mark.parametrize("name", TWO_ULPS)
def test_functions_on_arrays_differ_by_few_units_in_the_last_place(name, samples) -> None:
    world = World(samples)
    assert world.differences(TWO_ULPS[name], 3.0) == {}


SIDE_BY_SIDE = at("work", 0, 3, 5).transpose(1, 0, 2)
"""Five matrices of three rows, which lie side by side."""

LARGE = {
    "a sum over two axes": [Assign(at("fixed", 50, 3), Reduce("add", at("work", 0, 4, 3), (0, 2)))],
    "a sum over samples and cells": [
        Assign(at("fixed", 50, 1), Reduce("add", at("work", 0, 4, 3), (0, 1, 2)))
    ],
    "a sum over axes apart": [Assign(at("fixed", 50, 2), Reduce("add", at("fixed", 0, 3, 2, 4), (0, 2)))],
    "products of stacks": [
        Assign(at("fixed", 40, 2, 2, 3), MatMul(at("fixed", 0, 2, 2, 4), at("fixed", 16, 2, 4, 3)))
    ],
    "products per sample": [Assign(at("work", 40, 3, 2), MatMul(at("fixed", 0, 2, 4), at("work", 0, 3, 4)))],
    "products of turned stacks": [
        Assign(
            at("fixed", 40, 2, 3, 2).transpose(0, 2, 1),
            MatMul(at("fixed", 0, 2, 2, 4), at("fixed", 16, 2, 3, 4).swapaxes(1, 2)),
        )
    ],
    "logsumexp": [Procedure("logsumexp", at("work", 0, 4, 3), at("work", 20, 3), buffer("k1", (5, 3), True))],
    "logsumexp and its gradients": [
        Procedure("logsumexp", at("work", 0, 4, 3), at("work", 20, 3), buffer("k1", (5, 3), True)),
        Assign(
            at("dwork", 0, 4, 3),
            Call(
                "gradients_of_logsumexp",
                (
                    at("work", 0, 4, 3),
                    at("work", 20, 3),
                    at("dwork", 40, 3) * 2.0,
                    buffer("k1", (5, 3), True),
                ),
                size=(4, 3, -1),
            ),
        ),
    ],
    "log_softmax and its gradients, added": [
        Procedure("log_softmax", at("fixed", 0, 4, 3), at("fixed", 20, 3), buffer("k1", (5, 3), False)),
        Assign(
            at("dfixed", 0, 4, 3),
            Call(
                "gradients_of_log_softmax",
                (at("fixed", 0, 4, 3), at("fixed", 20, 3), at("dfixed", 40, 3), buffer("k1", (5, 3), False)),
                size=(4, 3),
            ),
            adds=True,
        ),
    ],
    "a matrix times matrices side by side": [
        Assign(at("work", 20, 2, 5).transpose(1, 0, 2), MatMul(at("fixed", 0, 2, 3), SIDE_BY_SIDE))
    ],
    "a matrix times matrices apart": [
        Assign(at("work", 20, 5, 2), MatMul(at("fixed", 0, 2, 3), at("work", 0, 5, 3)))
    ],
    "a sum of products of matrices side by side": [
        Assign(
            at("dfixed", 0, 2, 3),
            sum_of(MatMul(at("dwork", 0, 2, 5).transpose(1, 0, 2), SIDE_BY_SIDE.swapaxes(-1, -2)), -3),
        )
    ],
    "a sum of products of matrices apart": [
        Assign(
            at("dfixed", 0, 2, 3),
            sum_of(MatMul(at("dwork", 0, 5, 2), SIDE_BY_SIDE.swapaxes(-1, -2)), -3),
        )
    ],
    "norm": [Procedure("norm", at("work", 0, 4, 3), at("work", 20, 3))],
    "prod and its gradients": [
        Procedure("prod", at("work", 0, 4, 3), at("work", 20, 3)),
        Assign(
            at("dwork", 0, 4, 3),
            Call(
                "gradients_of_prod",
                (at("work", 0, 4, 3), at("work", 20, 3), at("dwork", 40, 3)),
                size=(4, 3, -1),
            ),
        ),
    ],
    "shares of the largest": [
        Assign(at("work", 20, 3), Reduce("maximum", at("work", 0, 4, 3), (0,))),
        Assign(
            at("dwork", 0, 4, 3),
            Call("shares_of_extremes", (at("work", 0, 4, 3), at("work", 20, 3), Seed(0)), size=(4, 3, -1)),
        ),
    ],
    "functions of the table": [
        Assign(at("work", 20 + 3 * i, 3), Call(name, (at("work", 0, 3),)))
        for i, name in enumerate(("erf", "erfc", "ndtr"))
    ],
    "more calls than an instruction has": [
        Assign(at("work", 40, 2, 3), sum((H * float(i) - K for i in range(2 * MOST_CALLS)), Number(1.0)))
    ],
}


@pytest.mark.measured
@SAMPLES
@pytest.mark.parametrize("name", LARGE)
def test_sums_and_functions_over_sequences_are_close(name, samples) -> None:
    world = World(samples, ordinary=True)
    expected = world.as_numpy(LARGE[name])
    assert world.natively(LARGE[name])
    for array, memory in world.cells.items():
        np.testing.assert_allclose(memory, expected[array], rtol=2e-14, atol=1e-14)


def test_positions_are_picked_for_each_sample() -> None:
    world = World(3)
    world.cells["work"][10:12] = [[0.0, 1.0, -1.0], [1.0, -2.0, 0.0]]
    table, picked = constant("i1", [[4, 7], [9, 7]]), buffer("p1", (2,), True, integers=True)
    statements = [
        Assign(picked, Call("pick", (table, at("work", 10, 2)))),
        Assign(at("work", 20, 2), Take(at("work", 0, 1).array, picked)),
        Scatter(Take(at("dwork", 0, 1).array, picked), at("dwork", 20, 2)),
    ]
    assert world.differences(statements) == {}
    statements = [
        Assign(picked, Call("pick", (table, at("work", 10, 2)))),
        Assign(at("work", 20, 2), Take(at("fixed", 0, 1).array, picked)),
        Scatter(Take(at("dfixed", 0, 1).array, picked), at("dwork", 20, 2)),
    ]
    assert world.differences(statements) == {}


def test_positions_are_picked_among_fixed_cells() -> None:
    world = World(1)
    world.cells["fixed"][10:12] = [1.0, -2.0]
    table, picked = constant("i1", [[4, 7], [9, 7]]), buffer("p1", (2,), False, integers=True)
    statements = [
        Assign(picked, Call("pick", (table, at("fixed", 10, 2)))),
        Assign(at("fixed", 20, 2), Take(at("fixed", 0, 1).array, picked)),
        Scatter(Take(at("dfixed", 0, 1).array, picked), at("dfixed", 20, 2)),
    ]
    assert world.differences(statements) == {}
    world.cells["fixed"][10] = 2.0
    assert not world.natively(statements)


@pytest.mark.parametrize(
    "statement",
    [
        Assign(at("work", 20, 3), Reduce("logaddexp", H, (0,))),
        Assign(at("work", 20, 2, 3), Call("take_along_axis", (H, K))),
        Assign(at("work", 20, 2, 3), Call("cumsum", (H,), size=(2, 3))),
        Assign(POSITIONS, Call("add", (at("work", 0, 2), Number(1.0)))),
        Assign(POSITIONS, Call("pick", (at("work", 10, 2) * 2.0, at("work", 10, 2)))),
        Assign(POSITIONS, Call("pick", (constant("i1", [[1, 2, 3], [4, 5, 6]]), at("work", 10, 2)))),
    ],
    ids=str,
)
def test_what_has_no_instruction_is_told(statement) -> None:
    with pytest.raises(Untranslated):
        World(2).natively([statement])
