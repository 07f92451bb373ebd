"""The plot of ratios."""

from xml.etree import ElementTree

import pytest

from benchmarks.harness.markdown import markdown
from benchmarks.harness.plot import drawn, ratios
from tests.benchmarks.samples import report

SVG = "{http://www.w3.org/2000/svg}"


def test_all_ratios_have_one_direction() -> None:
    rows = {
        title.partition(":")[0]: {name: round(ratio, 3) for name, ratio in found.items()}
        for title, found in ratios(markdown(report()))
    }
    assert rows["moons"] == {"chainrule": 1.0, "micrograd": 150.0, "jax": 0.1}
    assert rows["moons-jit"] == {"chainrule-jit": 1.0, "chainrule": 200.0, "numpy": 0.667}
    assert "memory" not in rows  # bytes are no times


def test_a_mark_stands_at_its_ratio() -> None:
    root = ElementTree.fromstring(drawn([("a & b", {"chainrule": 1.0, "micrograd": 100.0, "jax": 0.1})]))
    at = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("id") in ("chainrule", "micrograd", "jax"):
            (mark,) = group.iter(f"{SVG}use")
            at[group.get("id")] = float(mark.get("x"))
    assert at["jax"] < at["chainrule"] < at["micrograd"]
    assert (at["micrograd"] - at["chainrule"]) / (at["chainrule"] - at["jax"]) == pytest.approx(2.0, rel=1e-6)
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"a & b", "micrograd", "jax (arrays, jit)", "chainrule, compiled"} <= set(words)


def test_nothing_measured_is_an_empty_plot() -> None:
    assert ElementTree.fromstring(drawn([])).tag == f"{SVG}svg"
