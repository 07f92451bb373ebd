"""Programs and their stages are texts, shown line by line."""

import copy
import pickle
from xml.etree import ElementTree

from engine import Value, jit, vmap
from engine.display.texts import Stages, Text


def printed(thing) -> str:
    """What IPython prints of an object."""
    written: list[str] = []
    thing._repr_pretty_(type("Printer", (), {"text": staticmethod(written.append)}), False)
    return "".join(written)


def test_a_text_is_a_str_that_shows_its_lines() -> None:
    text = Text("if a < b:\n    c")
    assert text == "if a < b:\n    c"
    assert pickle.loads(pickle.dumps(text)) == copy.deepcopy(text) == text  # noqa: S301  # made here
    assert printed(text) == str(text)
    assert ElementTree.fromstring(text._repr_html_()).text == text


def test_stages_print_one_below_the_other_and_open_with_a_click() -> None:
    stages = Stages({"trace": "3 nodes", "none": "", "source": "\n".join(f"v{i} < 1" for i in range(30))})
    assert str(stages).startswith("-- trace\n3 nodes\n")
    assert printed(stages) == str(stages)
    found = ElementTree.fromstring(f"<root>{stages._repr_html_()}</root>")
    assert [each.text for each in found.iter("summary")] == ["trace: 3 nodes", "source: 30 lines"]


def test_a_lifted_function_shows_its_stages_once_it_has_some() -> None:
    @jit
    def f(x, y):
        return (x * y).tanh() + x

    assert "Call it once" in f._repr_html_()
    f(Value(1.0), Value(2.0))
    assert printed(f) == repr(f) == f"<engine.jit of {f.__qualname__}, 1 program>"
    html = f._repr_html_()
    for stage in f.stages:
        assert f">{stage}: " in html
    assert "<lambda>" not in html
    assert isinstance(f.source, Text)
    mapped = vmap(lambda x: x * 2)
    mapped([1.0, 2.0])
    assert repr(mapped).startswith("<engine.vmap of ")
    assert "&lt;lambda&gt;" in mapped._repr_html_()
