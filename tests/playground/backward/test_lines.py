"""In which line each node was made: the same whichever way the interpreter offers."""

import sys

import pytest

from engine.graph.walks import trace
from playground.backward.programs import from_program

PROGRAM = """from engine import Value
import nn
w = Value(2.0)
def f(x):
    y = x * w
    return y.tanh()
def several(x):
    yield x - 3
    yield x - 5
a = f(w) + f(
    w / w)
b = [v ** 2 for v in several(a)]
try:
    f(w) + "x"
except TypeError:
    c = w.exp()
k = max((x.sin() for x in [w, a]), key=lambda v: v.log().data)
model = nn.MLP(2, [1], rng=0)
o = model([w, a])
loss = sum([a, *b, c, k, o])
"""
LINES = {"tanh": {6}, "/": {11}, "-": {8, 9}, "**2": {12}, "exp": {16}, "sin": {17}, "dot": {19}, "*": {5}}


@pytest.mark.parametrize("way", ["monitoring", "observer"])
def test_node_has_the_line_in_which_it_was_made(way, monkeypatch) -> None:
    if way == "observer" and sys.version_info >= (3, 12):
        monkeypatch.setattr(sys.monitoring, "get_tool", lambda number: "another")
    elif way == "monitoring" and sys.version_info < (3, 12):
        pytest.skip("sys.monitoring comes with Python 3.12")
    made = from_program(PROGRAM)
    found: dict[str, set[int]] = {}
    for node in trace(made.root).nodes:
        found.setdefault(node._op, set()).add(made.lines.of(node))
    assert found[""] == {0}
    assert {op: found[op] for op in LINES} == LINES
    if sys.version_info >= (3, 12):
        assert way == "observer" or sys.monitoring.get_tool(3) is None
