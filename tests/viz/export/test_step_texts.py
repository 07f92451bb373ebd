"""Names and titles of nodes in the pictures of a backward pass."""

from engine import Value
from engine.explanation.sweep import recorded_sweep
from engine.graph.walks import trace
from viz.export.film import film
from viz.export.step_texts import SENTENCES, names_and_titles
from viz.labels import Words


def test_made_up_names_do_not_meet_labels() -> None:
    names, _ = names_and_titles(trace(Value(1.0, label="v1") * Value(2.0)), Words())
    assert len(set(names)) == 3
    assert "v1" in names


def test_a_long_formula_is_left_out() -> None:
    y = Value(1.0, label="a_long_name") * Value(2.0, label="another_long_name")
    _, titles = names_and_titles(trace(y), Words())
    assert titles[-1] == "v1 = * …"


def test_every_sentence_written_can_be_replaced() -> None:
    x = Value(3.0, label="x")
    y = x * x
    y.register_hook(lambda gradient: -gradient)
    graph = trace(y)
    asked = []

    class Listening(Words):
        def __call__(self, text, **filled):
            asked.append(text)
            return super().__call__(text, **filled)

    film(graph, list(recorded_sweep(graph)), "LR", Listening(), None)
    assert {*asked, "Backward pass of {root}"} == {*SENTENCES}
