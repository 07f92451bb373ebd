"""Numbers and names in pictures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viz.pictures import groups
from viz.labels import LONGEST, number, plain, record_field, visible
from viz.rendering.graphviz import dot_to_svg


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0.0, "0.0000"),
        (-0.0, "-0.0000"),
        (1.0, "1.0000"),
        (-1 / 3, "-0.3333"),
        (0.001, "0.0010"),
        (0.0009, "9.000e-04"),
        (-4.248e-18, "-4.248e-18"),
        (999_999.0, "999999.0000"),
        (1e6, "1.000e+06"),
        (1e308, "1.000e+308"),
        (5e-324, "4.941e-324"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_numbers_show_their_size(x, shown) -> None:
    assert number(x) == shown


def test_control_characters_become_visible() -> None:
    assert visible("a\nb\tc\0d\x7f") == "a␊b␉c␀d␡"


@pytest.mark.parametrize("character", ["\ud800", "\ufffe", "\x85", "\u202e"])
def test_what_xml_cannot_hold_or_turns_text_around_is_replaced(character) -> None:
    assert visible(f"a{character}b") == "a\ufffdb"


def test_long_names_are_cut() -> None:
    assert visible("x" * 1000) == "x" * (LONGEST - 1) + "…"
    assert visible("x" * LONGEST) == "x" * LONGEST


def test_names_need_not_be_text() -> None:
    assert visible(3) == "3"


@pytest.mark.parametrize("name", ["&lt;", "&amp;", "&#65;", "&", "\\N", "\\", '\\"'])
def test_what_graphviz_would_replace_is_shown_as_it_is(name) -> None:
    label = record_field(name).replace('"', '\\"')
    assert groups(dot_to_svg(f'digraph {{ a [shape=record label="{label}"] }}'), "node") == [[name]]
    label = plain(name).replace('"', '\\"')
    assert groups(dot_to_svg(f'digraph {{ a [label="{label}"] }}'), "node") == [[name]]


SPECIAL = st.text(alphabet=st.sampled_from('{}|<>\\"& nlrNGELT;:#-/0a[]=\n\t'), min_size=1, max_size=30)


@given(SPECIAL | st.text(min_size=1, max_size=30))
def test_every_name_is_shown_as_it_is_in_a_record(name) -> None:
    label = f"{{ {record_field(name)} | end }}".replace('"', '\\"')
    (shown,) = groups(dot_to_svg(f'digraph {{ a [shape=record label="{label}"] }}'), "node")
    assert shown[-1] == "end"
    assert "".join(shown[:-1]).split() == visible(name).split()


@given(SPECIAL)
def test_every_text_is_shown_as_it_is_on_an_edge(text) -> None:
    import graphviz

    dot = graphviz.Digraph()
    dot.edge("a", "b", label=plain(text))
    shown = groups(dot_to_svg(dot.source), "edge")[0]
    assert "".join(shown).split() == visible(text).split()
