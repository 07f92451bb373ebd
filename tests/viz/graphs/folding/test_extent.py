"""The size of a picture, estimated, against the layout."""

import pytest

import engine
from engine import Value
from engine.graph.walks import trace
from tests.viz.pictures import parsed
from viz import draw_dot
from viz.graphs.folding.extent import extent
from viz.graphs.folding.fold import fold


def chain(count: int) -> Value:
    x = Value(0.3)
    for k in range(count):
        x = [x.sin, x.exp, x.tanh][(k * k) % 3]()
    return x


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize(
    "root", [chain(3), chain(12), engine.sum([Value(float(i)).exp() for i in range(12)])]
)
def test_the_estimate_is_of_the_size_of_the_layout(root, rankdir) -> None:
    root.backward()
    svg = parsed(draw_dot(root, rankdir=rankdir, fold="operators").pipe(encoding="utf-8"))
    real = [float(svg.get(side).removesuffix("pt")) for side in ("width", "height")]
    estimate = extent(fold(trace(root), level="operators"), rankdir)
    larger = real.index(max(real))
    assert estimate[larger] == pytest.approx(real[larger], rel=0.4)
