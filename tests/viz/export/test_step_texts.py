"""Names and titles of nodes in the pictures of a backward pass."""

from engine import Value
from engine.graph.walks import trace
from viz.export.step_texts import names_and_titles
from viz.export.words import Words


def test_made_up_names_do_not_meet_labels() -> None:
    names, _ = names_and_titles(trace(Value(1.0, label="v1") * Value(2.0)), Words())
    assert len(set(names)) == 3
    assert "v1" in names


def test_a_long_formula_is_left_out() -> None:
    y = Value(1.0, label="a_long_name") * Value(2.0, label="another_long_name")
    _, titles = names_and_titles(trace(y), Words())
    assert titles[-1] == "v1 = * …"
