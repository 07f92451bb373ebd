"""The lessons of the lecture's two exercises, done as a student does them: in the page, with the mouse."""

import math
import re

import pytest

LESSONS = ("tensorflow-playground", "convnetjs")

TRAINED = """() => [...document.querySelectorAll("#panel-training dt, #panel-training dd")].some(
    (each, at, all) => each.textContent.includes("train accuracy")
        && all[at + 1].textContent.startsWith("100"))"""


def trained_to_the_last_point(page) -> None:
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(TRAINED, timeout=300_000)


def test_s_play_tensorflow_playground_lesson_learns_xor(open_page) -> None:
    page = open_page("lesson=tensorflow-playground")
    assert "How many neurons does XOR take?" in page.locator("#lesson").inner_text()
    assert page.locator("#panel-training").get_by_role("button", name="XOR", exact=True).is_visible()
    trained_to_the_last_point(page)


def test_s_play_convnetjs_lesson_parts_points_drawn_with_the_mouse(open_page) -> None:
    page = open_page("lesson=convnetjs", viewport={"width": 1500, "height": 1100})
    assert "What a layer does to the plane" in page.locator("#lesson").inner_text()
    plane = page.locator("canvas.surface")
    plane.scroll_into_view_if_needed()
    side = plane.bounding_box()["width"]

    def draw(colour, radius, count):
        page.get_by_role("button", name=re.compile(colour)).first.click()
        for turn in range(count):
            angle = 2 * math.pi * turn / count
            at = {
                "x": side / 2 + radius * side * math.cos(angle),
                "y": side / 2 + radius * side * math.sin(angle),
            }
            plane.click(position=at)

    draw("blue", 0.08, 4)
    draw("orange", 0.36, 8)
    trained_to_the_last_point(page)
    assert page.get_by_text("Warped").first.is_visible()


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_opened_from_its_dialog(open_page, name) -> None:
    page = open_page("tab=backward")
    page.get_by_role("button", name="Lesson").click()
    titles = page.evaluate("""async () => Object.fromEntries(
        Object.entries((await import("./lessons.js")).LESSONS).map(([name, { title }]) => [name, title]))""")
    assert sorted(titles) == sorted(LESSONS)
    page.get_by_role("dialog").get_by_role("button", name=titles[name]).click()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("heading", name=titles[name]).wait_for()
    assert page.get_by_role("tab", selected=True).inner_text() == "Playground"
