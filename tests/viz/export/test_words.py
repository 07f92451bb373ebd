"""Words of the pictures, and their replacements."""

import pytest

from engine import Value
from viz.export.words import SENTENCES, Words


def test_replacements_are_filled_in_and_braces_in_names_are_not() -> None:
    say = Words({"a hook makes {after} of {before}": "{before} wird {after}"})
    assert say("a hook makes {after} of {before}", before="{after}", after=2) == "{after} wird 2"
    assert "data" in SENTENCES


def test_a_node_has_a_name_before_its_label_has() -> None:
    x = Value(1.0, label="x")
    say = Words({x: "this one", "x": "another"})
    assert (say.name("x", x), say.name("x"), say.name("y")) == ("this one", "another", "y")


def test_a_replacement_is_a_text() -> None:
    with pytest.raises(TypeError, match="must be a text, got None"):
        Words({"x": None})
