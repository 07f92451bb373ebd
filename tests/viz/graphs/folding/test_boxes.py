"""Boxes and arrows."""

import engine
from engine import Value
from engine.graph.walks import trace
from viz.graphs.folding.boxes import MANY_OPERANDS, Picture, assemble
from viz.graphs.folding.grouping import Folding, fold_sums


def plain(root: Value, *, separate: bool = False) -> Picture:
    graph = trace(root)
    return assemble(graph, Folding(list(range(len(graph.nodes)))), separate=separate)


def ends(picture: Picture) -> list[tuple[int, int, int, list[float]]]:
    return [(arrow.tail, arrow.head, arrow.uses, arrow.local_grads) for arrow in picture.arrows]


def test_a_square_has_two_arrows() -> None:
    x = Value(3.0)
    assert ends(plain(x * x)) == [(0, 1, 1, [3.0]), (0, 1, 1, [3.0])]


def test_arrows_carry_local_gradients() -> None:
    a, b = Value(3.0), Value(4.0)
    assert ends(plain(a / b)) == [(0, 2, 1, [0.25]), (1, 2, 1, [-0.1875])]


def test_a_node_built_without_local_gradients_has_arrows_without() -> None:
    assert ends(plain(Value(2.0, (Value(1.0),), "mine"))) == [(0, 1, 1, [])]


def test_one_operand_of_a_long_sum_has_one_arrow() -> None:
    x = Value(1.0)
    count = MANY_OPERANDS + 1
    assert ends(plain(engine.sum([x] * count))) == [(0, 1, count, [1.0] * count)]


def test_arrows_into_a_folded_sum_keep_their_local_gradient() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    graph = trace(a + b + c)
    picture = assemble(graph, fold_sums(graph, list(range(5)), {4}))
    assert ends(picture) == [(0, 3, 1, [1.0]), (1, 3, 1, [1.0]), (2, 3, 1, [1.0])]
    assert picture.boxes[3].kind == "sum"


def test_uses_that_are_not_drawn_are_counted() -> None:
    graph = trace(Value(1.0) * Value(2.0))
    picture = assemble(graph, Folding([-1, 1, 2]))
    assert picture.left_out == [0, 1]
    assert ends(picture) == [(0, 1, 1, [1.0])]


def test_operators_count_where_they_are_nodes_of_their_own() -> None:
    y = Value(1.0).exp()
    assert plain(y).size == 2
    assert plain(y, separate=True).size == 3


def test_strain_is_the_ranks_that_arrows_cross() -> None:
    x = Value(1.0)
    chain = x.exp().exp().exp()
    assert plain(chain).strain == 3
    assert plain(chain * x).strain == 3 + 1 + 4
    assert plain(chain * Value(2.0)).strain == 3 + 1 + 1, "a leaf is drawn beside its first use"
    assert plain(chain, separate=True).strain == 6
