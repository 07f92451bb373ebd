"""What a notebook shows."""

from types import SimpleNamespace

import pytest

from engine import Value
from tests.viz.pictures import groups, parsed, texts
from viz import RenderError, draw_dot, mimebundle
from viz.rendering import digraph


def test_a_value_shows_its_graph_and_its_text() -> None:
    y = Value(2.0, label="x").exp()
    shown = mimebundle(y)
    assert shown["text/plain"] == repr(y)
    assert len(groups(shown["image/svg+xml"], "node")) == 3


def test_a_large_graph_shows_its_part_quickly() -> None:
    x = y = Value(0.5)
    for _ in range(5000):
        y = (y * x).sin()
    assert any(text.startswith("showing ") for text in texts(parsed(mimebundle(y)["image/svg+xml"])))


def test_neuron_layer_and_mlp_show_themselves() -> None:
    neuron = SimpleNamespace(w=[Value(1.0)], b=Value(0.0))
    layer = SimpleNamespace(neurons=[neuron])
    for model in (neuron, layer, SimpleNamespace(layers=[layer, layer])):
        assert "<svg" in mimebundle(model)["image/svg+xml"]


def test_what_was_drawn_shows_itself() -> None:
    assert set(mimebundle(draw_dot(Value(1.0)))) == {"image/svg+xml", "text/plain"}


@pytest.mark.parametrize("obj", [None, 3, "text", [Value(1.0)]])
def test_all_else_is_text(obj) -> None:
    assert mimebundle(obj) == {"text/plain": repr(obj)}


def test_only_what_is_wanted_is_made() -> None:
    y = Value(2.0).exp()
    assert set(mimebundle(y, include=["text/plain"])) == {"text/plain"}
    assert set(mimebundle(y, exclude=["text/plain"])) == {"image/svg+xml"}
    assert mimebundle(y, include=[]) == {}


@pytest.mark.parametrize("error", [RenderError("no Graphviz found"), MemoryError("full")])
def test_text_is_shown_where_nothing_can_be_drawn(monkeypatch, error) -> None:
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(digraph, "dot_to_svg", fail)
    assert mimebundle(Value(2.0)) == {"text/plain": f"Value(data=2.0, grad=0.0)\n(no picture: {error})"}
