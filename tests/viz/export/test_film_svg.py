"""The animation: every frame in its time, by the style sheet."""

import re

import pytest

from engine import Value
from engine.explanation.sweep import recorded_sweep
from engine.graph.walks import trace
from tests.viz.pictures import SVG, parsed, texts
from viz.export.film import film
from viz.export.film_svg import animated_svg, frame_svg
from viz.labels import Words


@pytest.fixture(scope="module")
def made():
    x = Value(3.0, label="x")
    graph = trace((x * x).tanh())
    return film(graph, list(recorded_sweep(graph)), "LR", Words(), None)


def visible_at(svg, share):
    """The texts that a browser shows at a share of the animation's time."""
    root, style = parsed(svg), re.search(r"<style>(.*?)</style>", svg, re.DOTALL)[1]
    found = []
    for child in root:
        if child.tag == f"{SVG}g":
            keys = re.search(rf"@keyframes {child.get('class')}\{{(.*?\}})\}}", style)[1]
            shown = False
            for at, state in re.findall(r"([\d.]+)%\{visibility:(\w+)\}", keys):
                if float(at) / 100 <= share + 1e-4:
                    shown = state == "visible"
            found += texts(child) if shown else []
        elif child.tag == f"{SVG}text":
            found.append((child.text or "").strip())
    return sorted(found)


def test_at_any_time_the_animation_shows_one_frame(made) -> None:
    frames = len(made.captions)
    svg = animated_svg(made, "title", 1.0)
    for k in range(frames):
        expected = sorted(texts(parsed(frame_svg(made, k, "title"))))
        assert visible_at(svg, k / (frames + 2)) == visible_at(svg, (k + 0.9) / (frames + 2)) == expected


def test_without_motion_it_shows_the_last_frame(made) -> None:
    svg = animated_svg(made, "title", 1.0)
    style = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)[1]
    assert "prefers-reduced-motion:reduce" in style
    hidden = set(re.findall(r"\.(chainrule-steps-\d+-\d+)\{visibility:hidden;", style))
    root = parsed(svg)
    for child in list(root):
        if child.get("class") in hidden:
            root.remove(child)
    last = frame_svg(made, len(made.captions) - 1, "title")
    assert sorted(texts(root)) == sorted(texts(parsed(last)))


def test_it_needs_no_script_and_loads_nothing(made) -> None:
    svg = animated_svg(made, "a <b> & c", 1.0)
    assert not re.search(r"<script|href=|url\(|@import|\son\w+=", svg)
    assert svg.count("http") == 1  # the namespace
    assert "<title>a &lt;b&gt; &amp; c</title>" in svg
