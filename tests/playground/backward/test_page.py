"""The Backward pass tab in a real browser."""

import numpy as np
import pytest

from engine import Value
from playground.backward.operations import scene_of
from playground.core import Session

NEURON = "w = 0.5\nx = -2\nb = 0.25\nz = w*x + b\nL = tanh(z)**2"


def draw(page, text):
    page.fill(".bw textarea", text)
    page.press(".bw textarea", "Control+Enter")
    page.wait_for_selector(".bw .box.inner")
    page.press(".bw textarea", "Escape")


def box(page, name):
    return page.locator(".bw .box", has=page.locator(".title", has_text=name)).first


def grads(page):
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.bw .box')].map((box) =>"
        " [box.querySelector('.title').textContent, box.querySelector('.grad').textContent]))"
    )


def choose(page, name):
    page.select_option(".bw select[aria-label=Examples]", name)
    page.wait_for_selector(".bw .box")
    page.wait_for_function("() => !document.querySelector('.bw').hasAttribute('aria-busy')")


def test_steps_go_forwards_and_back_and_nodes_not_reached_are_blank(open_page):
    page = open_page()
    draw(page, NEURON)
    assert {name for name, grad in grads(page).items() if grad} == {"L"}
    page.keyboard.press("ArrowRight")
    assert {name for name, grad in grads(page).items() if grad} == {"L", "v2"}
    assert "∂L/∂v2 +=" in page.inner_text(".bw .arithmetic")
    assert "running sum" in page.inner_text(".bw .arithmetic")
    page.keyboard.press("ArrowLeft")
    assert {name for name, grad in grads(page).items() if grad} == {"L"}
    page.keyboard.press("End")
    w, x, b = Value(0.5), Value(-2.0), Value(0.25)
    loss = (w * x + b).tanh() ** 2
    loss.backward()
    shown = grads(page)
    for name, leaf in (("w", w), ("x", x), ("b", b)):
        assert float(shown[name].removeprefix("grad ").replace("−", "-")) == pytest.approx(leaf.grad, 1e-3)
    page.keyboard.press("Home")
    assert page.inner_text(".bw .place").startswith("0 /")


def test_run_ends_at_the_end_and_runs_backwards_to_the_start(open_page):
    page = open_page()
    draw(page, "y = tanh(w*x)")
    page.select_option(".bw select[aria-label=Speed]", "fast")
    page.keyboard.press(" ")
    page.wait_for_function("() => /^3 . 3$/.test(document.querySelector('.bw .place').textContent)")
    page.click(".bw button[title='Run backwards']")
    page.wait_for_function("() => /^0 . 3$/.test(document.querySelector('.bw .place').textContent)")


def test_leaf_replays_everything_at_once(open_page):
    page = open_page()
    draw(page, NEURON)
    page.keyboard.press("End")
    page.fill(".bw .leaf-row input[aria-label='w']", "0.125")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.bw .box')].some((box) =>"
        " box.textContent.startsWith('z') && box.textContent.includes('value 0grad'))"
    )
    assert "grad 0" in grads(page)["w"]
    slider = page.locator(".bw .leaf-row input[type=range]").first
    slider.evaluate("(s) => { s.value = 1; s.dispatchEvent(new Event('input')); }")
    page.wait_for_function("() => document.querySelector('.bw .leaf-row input[type=number]').value === '1'")


def test_node_is_explained_with_paths_and_checked(open_page):
    page = open_page()
    draw(page, "x = 2\na = 0.01*x\nL = a*3 + x")
    box(page, "x").click()
    page.wait_for_selector(".bw .paths li >> nth=1")
    assert "97.1 %" in page.inner_text(".bw .paths")
    assert page.locator(".bw .arrow.onpath").count() == 1
    page.click(".bw .paths button >> nth=1")
    assert page.locator(".bw .arrow.narrowest").count() == 1
    assert "narrowest: 0.01" in page.inner_text(".bw .paths")
    page.click(".bw .about button:has-text('Check')")
    page.wait_for_selector(".bw .check-result .ok")
    page.click(".bw .explain summary")
    assert "dL/dx" in page.inner_text(".bw .explain pre")


def test_quiz_hides_gradients_and_names_the_wrong_factor(open_page):
    page = open_page()
    draw(page, "w = 5\nx = 3\na = w*x\nL = a*2")
    box(page, "w").click()
    page.wait_for_selector(".bw .about")
    page.keyboard.press("q")
    assert {name: grad for name, grad in grads(page).items() if grad != "grad ?"} == {"L": "grad 1"}
    assert page.locator(".bw .about").count() == 0  # nor does the text beside it say
    box(page, "w").click()
    page.wait_for_selector(".bw .inspector >> text=The quiz hides")
    row = page.locator(".bw .quiz-row", has_text="∂L/∂w")
    row.locator("input").fill("3")
    row.locator("input").press("Enter")
    page.wait_for_selector(".bw .quiz-row.wrong")
    assert "upstream factor" in row.inner_text()
    row.locator("input").fill("6")
    row.locator("input").press("Enter")
    page.wait_for_selector(".bw .quiz-row.right")
    assert grads(page)["w"] == "grad 6"


def test_levels_open_from_the_loss_to_scalars_arithmetic_and_line(open_page):
    session = Session()
    page = open_page(session=session)
    choose(page, "xor")
    levels = page.locator(".bw .segments button")
    assert levels.all_inner_texts() == ["loss", "layers", "neurons", "scalars", "arithmetic", "line"]
    levels.nth(0).click()
    page.wait_for_function("() => document.querySelectorAll('.bw .box').length === 1")
    box(page, "loss").click()
    page.wait_for_function("() => document.querySelectorAll('.bw .box').length > 3")
    page.keyboard.press("0")
    box(page, "layer 0").click()
    page.wait_for_selector(".bw .box:has-text('layer 0 neuron 1')")
    page.keyboard.press("0")
    box(page, "layer 0 neuron 1").click()
    page.wait_for_selector(".bw .box.leaf:has-text('0·1 w0')")
    page.keyboard.press("0")
    box(page, "loss").click()
    page.wait_for_selector(".bw .about")
    levels.nth(4).click()
    page.wait_for_selector(".bw .derivative")
    levels.nth(5).click()
    page.wait_for_selector(".bw .band:not([hidden])")
    assert "loss" in page.inner_text(".bw .about h3")
    assert len(scene_of(session).graph.nodes) == 84


def test_warnings_lead_to_the_line_of_the_text(open_page):
    page = open_page()
    draw(page, "p = 0\nq = 2\ng = p*log(p)\nL = g + q")
    page.locator(".bw .warnings li", has_text="arose forward in log").locator(
        "button", has_text="line 3"
    ).click()
    assert page.locator(".bw .band").is_visible()


def test_errors_stand_beside_the_text_with_their_line(open_page):
    page = open_page()
    page.fill(".bw textarea", "x = 1\ny = nosuch(x)")
    page.press(".bw textarea", "Control+Enter")
    page.wait_for_selector(".bw .error:not([hidden])")
    assert "Line 2" in page.inner_text(".bw .error")


def test_table_stands_for_the_graph_and_the_live_region_tells_the_arithmetic(open_page):
    page = open_page()
    draw(page, "y = tanh(w*x)")
    page.keyboard.press("v")
    assert page.locator(".bw .nodes tbody tr").count() == 4
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('live').textContent.includes('times')")
    assert page.locator(".bw .nodes tbody td:nth-child(5)").all_inner_texts().count("") == 2


def test_graph_is_walked_and_chosen_by_keys_alone(open_page):
    page = open_page()
    draw(page, "y = tanh(w*x)")
    page.keyboard.press("g")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(".bw .about h3:has-text('y')")
    assert page.locator(".bw .box.chosen .title").text_content() == "y"
    before = page.get_attribute(".bw .world", "transform")
    page.keyboard.press("+")
    assert page.get_attribute(".bw .world", "transform") != before


def test_phone_does_not_scroll_sideways(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    assert page.locator(".bw .card").count() >= 8
    choose(page, "neuron")
    page.keyboard.press("q")
    page.wait_for_selector(".bw .quiz-row")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_labels_never_become_markup(open_page):
    w = Value(3.0, label="<img src=x onerror=alert(1)>")
    loss = w * w
    loss.label = "</text><script>x</script>"
    page = open_page(session=Session(given={"loss": loss}))
    page.wait_for_selector(".bw .box.inner")
    box(page, "<img").click()
    page.wait_for_selector(".bw .about")
    assert page.locator(".bw img, .bw script").count() == 0


def test_program_in_the_address_is_drawn_again(open_page):
    page = open_page()
    draw(page, NEURON)
    page.reload()
    page.wait_for_selector(".bw .box.inner")
    assert page.input_value(".bw textarea") == NEURON
    assert np.isfinite(float(page.inner_text(".bw .place").split("/")[1]))


def test_statement_of_the_lifted_program_leads_to_its_cells_and_their_paths(open_page):
    page = open_page()
    choose(page, "xor")
    page.click(".bw .statement:has-text('dW1 = dz1 @')")
    assert page.locator(".bw .cell").count() == 6
    page.wait_for_selector(".bw .box.onpath >> nth=5")  # opened down to scalars
    assert page.locator(".bw .box.onpath").count() == 6
    page.click(".bw .cell button >> nth=2")
    page.wait_for_selector(".bw .paths li")
    assert "0·1 w0" in page.inner_text(".bw .about h3")


def test_an_edge_that_passes_nothing_on_says_0(open_page):
    page = open_page()
    choose(page, "kinks")
    labels = page.locator(".bw .local").all_text_contents()
    assert "" not in labels
    assert labels.count("0") == 2  # relu at 0, and the smaller operand of max


def test_a_large_folded_box_says_the_range_of_all_its_gradients(open_page):
    session = Session()
    page = open_page(session=session)
    choose(page, "digits")
    page.click(".bw [aria-label=Level] >> text=loss")
    page.wait_for_function("() => document.querySelectorAll('.bw .box').length === 1")
    page.wait_for_function("() => document.querySelector('.bw .place').textContent.endsWith(' 58,826')")
    page.keyboard.press("End")
    said = page.locator(".bw .box").get_attribute("aria-label").replace("−", "-")
    low, high = said.partition("gradient ")[2].partition(",")[0].split(" … ")
    gradients = scene_of(session).gradients
    assert (float(low), float(high)) == pytest.approx((gradients.min(), gradients.max()), 1e-3)
    assert grads(page) == {"loss": "grad −8.5 … 8.7"}


def test_ranges_and_labels_fit_where_they_stand(open_page):
    page = open_page()
    choose(page, "xor")
    page.keyboard.press("End")
    assert not [grad for grad in grads(page).values() if grad.endswith("…")]
    places = page.evaluate(
        "() => [...document.querySelectorAll('.bw .local')].filter((each) => each.textContent)"
        ".map((each) => `${each.getAttribute('x')} ${each.getAttribute('y')}`)"
    )
    assert len(set(places)) == len(places)
    fields = page.locator(".bw .leaf-row input[type=number]")
    assert fields.evaluate_all("(all) => all.every((each) => each.scrollWidth <= each.clientWidth)")
