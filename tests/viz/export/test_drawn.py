"""What is drawn, and what has been drawn already."""

from types import SimpleNamespace

import pytest

from engine import Value
from viz import draw_dot
from viz.export.drawn import drawn


def test_a_graph_a_network_and_a_picture() -> None:
    x = Value(2.0, label="x")
    assert drawn(x, {}).source == draw_dot(x).source
    assert "-> l0n0" in drawn(SimpleNamespace(w=[x], b=None), {}).source
    dot = draw_dot(x)
    assert drawn(dot, {}) is dot
    with pytest.raises(TypeError, match="depth: options go to draw_dot"):
        drawn(dot, {"depth": 1})
