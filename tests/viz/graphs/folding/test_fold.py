"""Folding until a graph fits."""

import pytest

import engine
from engine import Value
from engine.graph.walks import trace
from viz.graphs.folding.boxes import Picture
from viz.graphs.folding.extent import ARROWS_PER_NODE, STRAIN_PER_NODE
from viz.graphs.folding.fold import FOLDS, fold


def batch(samples: int, *, names: bool = False) -> Value:
    w = [Value(0.1 * k, label=f"layers.0.neurons.{k}.w.0" if names else "") for k in range(3)]
    v = [Value(0.1 * k, label=f"layers.1.neurons.0.w.{k}" if names else "") for k in range(3)]
    total = Value(0.0)
    for i in range(samples):
        hidden = [(each * Value(float(i))).tanh() for each in w]
        total = total + engine.dot(v, hidden).exp()
    return total


def notes(picture: Picture) -> str:
    return "; ".join(picture.notes)


def test_what_fits_is_not_folded() -> None:
    picture = fold(trace(batch(3)))
    assert (picture.separate, picture.notes) == (True, [])


@pytest.mark.parametrize(
    ("max_nodes", "note"),
    [
        (175, ""),
        (174, "folded: operators"),
        (102, "folded: operators, sums"),
        (95, "folded: operators, sums, what is alike"),
    ],
)
def test_the_less_may_be_drawn_the_more_is_folded(max_nodes, note) -> None:
    graph = trace(batch(8))
    assert len(graph.nodes) == 103, "and 72 operators"
    picture = fold(graph, max_nodes=max_nodes)
    assert notes(picture) == note
    assert picture.size <= max_nodes


def test_neurons_and_layers_come_before_what_is_alike() -> None:
    graph = trace(batch(8, names=True))
    assert notes(fold(graph, max_nodes=60)) == "folded: operators, sums, neurons"
    assert notes(fold(graph, level="neurons")) == "folded: operators, sums, neurons"
    assert notes(fold(graph, level="layers")) == "folded: operators, sums, layers"
    assert [len(fold(graph, level=level).boxes) for level in ("neurons", "layers")] == [9, 5]


@pytest.mark.parametrize("level", [name for name in FOLDS if name not in ("auto", "neurons", "layers")])
def test_every_level_can_be_asked_for(level) -> None:
    picture = fold(trace(batch(2)), level=level)
    assert picture.separate is (level == "none")
    assert ("sums" in notes(picture)) is (level in ("sums", "alike", "steps"))


@pytest.mark.parametrize("level", ["neurons", "layers"])
def test_parts_without_names_are_a_clear_error(level) -> None:
    with pytest.raises(ValueError, match=rf"fold='{level}' needs the names of the parameters: groups=dict"):
        fold(trace(batch(2)), level=level)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fold must be one of auto, none, .*; got 'all'"):
        fold(trace(Value(1.0)), level="all")


def test_what_cannot_be_folded_is_drawn_from_the_root_down() -> None:
    graph = trace(bipartite(12))
    picture = fold(graph, level="none", max_nodes=10)
    assert notes(picture) == "the part nearest to the root"
    assert graph.roots[0] in [box.result for box in picture.boxes]
    assert sum(picture.left_out) > 0


def test_a_chain_of_one_operator_is_its_first_and_last_step_and_what_is_between() -> None:
    x = Value(0.5)
    for _ in range(100):
        x = x.sin()
    picture = fold(trace(x), max_nodes=10)
    assert notes(picture) == "folded: operators, sums, repeated steps"


def test_around_a_focus_the_nearest_part_is_around_the_focus() -> None:
    x = Value(0.5)
    for _ in range(100):
        x = x.sin()
    picture = fold(trace(x), max_nodes=11, focus=50)
    assert [box.result for box in picture.boxes] == list(range(45, 56))


def test_the_focus_is_never_merged() -> None:
    terms = [Value(float(i)) for i in range(20)]
    graph = trace(engine.sum([term.exp() for term in terms]))
    focus = graph.position[terms[3]]
    picture = fold(graph, max_nodes=10, focus=focus)
    assert [box.members for box in picture.boxes if focus in box.members] == [[focus]]


def ladder(rungs: int) -> Value:
    x = Value(0.5)
    y = x
    for _ in range(rungs):
        y = (y * x).sin()
    return y


def bipartite(count: int) -> Value:
    x = [Value(float(i)) for i in range(count)]
    return engine.sum([engine.logsumexp(x) * float(i) for i in range(count)])


@pytest.mark.parametrize("root", [ladder(150), ladder(2000), bipartite(40), bipartite(80)])
@pytest.mark.parametrize("max_nodes", [1, 7, 100, 1500])
def test_what_is_laid_out_is_bounded_in_nodes_arrows_and_crossings(root, max_nodes) -> None:
    picture = fold(trace(root), max_nodes=max_nodes)
    assert 1 <= picture.size <= max_nodes
    assert len(picture.arrows) <= ARROWS_PER_NODE * max_nodes + 2
    assert picture.strain <= STRAIN_PER_NODE * max_nodes


def test_without_a_bound_everything_is_drawn() -> None:
    picture = fold(trace(ladder(1000)), max_nodes=None)
    assert (len(picture.boxes), picture.notes) == (2001, [])


def test_a_level_asked_for_is_bounded_too() -> None:
    picture = fold(trace(ladder(1000)), level="none", max_nodes=50)
    assert picture.separate
    assert picture.size <= 50
    assert notes(picture) == "the part nearest to the root"
