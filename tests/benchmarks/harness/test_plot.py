"""The plot of ratios."""

import re
from xml.etree import ElementTree

from benchmarks.harness.plot import AXIS, LEFT, drawn, ratios
from tests.benchmarks.samples import report

SVG = "{http://www.w3.org/2000/svg}"


def test_all_ratios_have_one_direction() -> None:
    rows = {
        title.partition(":")[0]: {name: round(ratio, 3) for name, ratio in found.items()}
        for title, found in ratios(report())
    }
    assert rows["moons"] == {"chainrule": 1.0, "micrograd": 150.0, "jax": 0.1}
    assert rows["moons-jit"] == {"chainrule-jit": 1.0, "chainrule": 200.0, "numpy": 0.667}
    assert "memory" not in rows  # bytes are no times


def test_a_mark_stands_at_its_ratio_and_everything_within_the_picture() -> None:
    root = ElementTree.fromstring(drawn([("a & b", {"chainrule": 1.0, "micrograd": 100.0, "jax": 0.1})]))
    at = {}
    for mark in root.iter(f"{SVG}path"):
        title = mark.findtext(f"{SVG}title", "")
        if ": " in title:
            at[title] = float(re.search(r"\(([\d.]+)", mark.get("transform"))[1])
    assert at == {
        "chainrule, compiled: 1": round(LEFT + AXIS / 3, 1),
        "micrograd: 100": LEFT + AXIS,
        "jax (arrays, jit): 0.1": LEFT,
    }
    assert max(float(each.get("y")) for each in root.iter(f"{SVG}text")) < float(root.get("height"))


def test_nothing_measured_is_an_empty_plot() -> None:
    assert ElementTree.fromstring(drawn([])).tag == f"{SVG}svg"
