"""What is said of gradients."""

import math

from engine import Value
from engine.autograd.masking import reached
from engine.graph.walks import trace
from viz.graphs.gradients import NOT_REACHED, Gradients


def test_reached_agrees_with_the_engine() -> None:
    x, y = Value(-1.0), Value(0.0)
    root = x.relu().exp() + y * y + (x * 0).sin()
    root.backward()
    graph = trace(root)
    expected = reached(root)
    assert Gradients(graph).reached == [node in expected for node in graph.nodes]


def test_what_an_earlier_pass_left_in_a_leaf_is_shown_without_one_of_this_graph() -> None:
    x = Value(2.0)
    (x * 3.0).backward()
    graph = trace(x.exp())
    assert Gradients(graph).text([0]) == "3.0000"
    assert Gradients(graph).text([1]) == ""


def test_a_frozen_leaf_and_a_nan() -> None:
    x, frozen = Value(math.nan), Value(2.0)
    frozen.requires_grad = False
    root = x * x + frozen
    root.backward()
    graph = trace(root)
    gradients = Gradients(graph)
    assert gradients.text([graph.position[frozen]]) == NOT_REACHED
    assert gradients.text([graph.position[x]]) == "nan"
    assert gradients.missing
