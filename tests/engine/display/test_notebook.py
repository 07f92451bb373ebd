"""mimebundle: text always, and what whoever can draw adds to it."""

import importlib.metadata

import pytest

from engine import Value
from engine.display.notebook import GROUP, mimebundle


class Painter:
    """An entry point that draws."""

    def __init__(self, bundle: dict[str, str]) -> None:
        self.bundle = bundle

    def load(self):
        return lambda thing: {kind: text.format(thing) for kind, text in self.bundle.items()}


@pytest.fixture
def painters(monkeypatch):
    """The painters that are installed: none at first."""
    installed: list[Painter] = []

    def entry_points(group: str) -> list[Painter]:
        assert group == GROUP == "chainrule.display"
        return installed

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    return installed


def test_without_a_painter_there_is_text(painters) -> None:
    assert mimebundle(Value(3.0)) == {"text/plain": "Value(data=3.0, grad=0.0)"}
    assert mimebundle(["anything"]) == {"text/plain": "['anything']"}


def test_a_painter_adds_its_pictures(painters) -> None:
    painters.append(Painter({"image/svg+xml": "<svg>{0.data}</svg>"}))
    assert mimebundle(Value(3.0)) == {
        "text/plain": "Value(data=3.0, grad=0.0)",
        "image/svg+xml": "<svg>3.0</svg>",
    }


def test_several_painters_add_up_and_the_last_wins(painters) -> None:
    painters += [Painter({"image/png": "a", "text/html": "b"}), Painter({"text/html": "c"})]
    assert mimebundle(Value(3.0))["text/html"] == "c"
    assert mimebundle(Value(3.0))["image/png"] == "a"


def test_a_value_shows_itself_in_a_notebook(painters) -> None:
    painters.append(Painter({"image/svg+xml": "<svg/>"}))
    x = Value(3.0, label="x")
    for bundle in (x._repr_mimebundle_(), x._repr_mimebundle_(include=None, exclude=None)):
        assert bundle == mimebundle(x)
        assert bundle["text/plain"] == repr(x)
        assert bundle["image/svg+xml"] == "<svg/>"
