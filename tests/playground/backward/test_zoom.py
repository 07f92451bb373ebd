"""From the loss to scalars with the wheel, and a large graph, which is seen before its backward pass."""

import pytest

import playground.backward.operations
from playground.backward.operations import scene_of
from playground.core import Session

CHOSEN = ".bw select[aria-label=Examples]"


def boxes(page):
    return page.locator(".bw .box").count()


def test_wheel_opens_what_it_zooms_into_and_folds_it_again(open_page):
    page = open_page()
    page.select_option(CHOSEN, "xor")
    layer = page.locator(".bw .box.folded", has_text="layer 0")
    layer.wait_for()
    before = boxes(page)
    place = layer.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    for _ in range(14):
        page.mouse.wheel(0, -120)
    page.wait_for_selector(".bw .crumbs .opened >> text=layer 0")
    page.wait_for_function("(before) => document.querySelectorAll('.bw .box').length > before", arg=before)
    for _ in range(300):  # a wheel that turns opens or folds one in a third of a second
        page.mouse.wheel(0, 120)
        page.wait_for_timeout(20)
        if not page.locator(".bw .crumbs .opened").count():
            break
    page.wait_for_function("() => !document.querySelector('.bw .crumbs .opened')")


def test_graph_is_dragged_and_what_was_dragged_is_not_chosen(open_page):
    page = open_page()
    page.select_option(CHOSEN, "chain")
    page.locator(".bw .box", has_text="exp").wait_for()
    world = page.locator(".bw .world")
    before = world.get_attribute("transform")
    place = page.locator(".bw .box").first.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 80, place["y"] + 50, steps=4)
    page.mouse.up()
    assert world.get_attribute("transform") != before
    assert page.locator(".bw .about").count() == 0


def test_large_graph_is_drawn_before_its_backward_pass_has_run(open_page, monkeypatch):
    monkeypatch.setattr(playground.backward.operations, "LARGE", 50)
    session = Session()
    page = open_page(session=session)
    page.evaluate("""() => {
        const engine = chainrule.running, call = engine.call.bind(engine);
        engine.call = async (op, args) => {
            if (op === "backward_numbers") await new Promise((go) => (globalThis.go = go));
            return call(op, args);
        };
    }""")
    page.select_option(CHOSEN, "xor")
    page.locator(".bw .box", has_text="layer 0").wait_for()
    page.locator(".bw .arithmetic", has_text="The backward pass is running").wait_for()
    assert page.inner_text(".bw .place") == "0 / 0"
    assert "drawn as" in page.locator("#live").text_content()
    page.evaluate("go()")
    page.locator("#live", has_text="steps").wait_for()
    page.keyboard.press("Escape")
    page.locator(".bw .segments").get_by_text("scalars").click()
    page.locator(".bw .box", has_text="0·1 w0").wait_for()
    page.locator(".bw .canvas").press("End")
    shown = page.locator(".bw .leaf-row", has_text="0·1 w0").locator(".gradient").inner_text()
    scene = scene_of(session)
    wanted = scene.graph.nodes[scene.names.index("layers.0.neurons.1.w.0")].grad
    assert float(shown.replace("−", "-")) == pytest.approx(wanted, rel=1e-3)
