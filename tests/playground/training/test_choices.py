"""The choices of the Playground tab that change what is trained, by hand in a real browser."""

import json
from urllib.parse import parse_qs


def config_of(page):
    fragment = page.evaluate("location.hash.slice(1)")
    return json.loads(parse_qs(fragment)["training"][0])["config"]


def loss(page):
    return page.locator(".numbers").inner_text()


def changed(page, before):
    page.wait_for_function("(before) => document.querySelector('.numbers').innerText !== before", arg=before)
    return loss(page)


def test_a_target_is_typed_as_classes_and_as_a_height(open_page):
    page = open_page("tab=training")
    page.click(".data >> text=Formula")
    target = page.get_by_label("Target of x and y")
    target.fill("y > sin(x)")
    target.press("Tab")
    page.wait_for_selector(".confusion td")
    page.click("text=One epoch")
    page.locator(".status", has_text="Epoch 1").wait_for()
    target.fill("x*y/9")
    target.press("Tab")
    page.wait_for_function("() => !document.querySelector('.confusion td')")
    assert "output" in page.locator(".legend").inner_text()
    target.fill("x*(y")
    target.press("Tab")
    page.wait_for_selector(".training .error:not([hidden])")
    assert config_of(page)["formula"] == "x*y/9"  # what is refused changes nothing


def test_noise_points_first_weights_and_seed_begin_anew_and_stand_in_the_address(open_page):
    page = open_page("tab=training")
    page.wait_for_selector(".neuron")
    before = loss(page)
    for label, value in (("Noise", "0.5"), ("Points", "300"), ("Trained with", "0.8")):
        slider = page.locator(".data label", has_text=label).locator("input")
        slider.fill(value)
        slider.dispatch_event("change")
        before = changed(page, before)
    page.get_by_label("first weights").select_option("he_normal")
    before = changed(page, before)
    page.get_by_label("seed").fill("5")
    page.get_by_label("seed").press("Tab")
    changed(page, before)
    page.get_by_label("L1 penalty").select_option("0.003")
    page.wait_for_function("() => location.hash.includes('l1')")
    wanted = {"noise": 0.5, "count": 300, "ratio": 0.8, "init": "he_normal", "seed": 5, "l1": 0.003}
    assert {name: config_of(page)[name] for name in wanted} == wanted
    kept = loss(page)
    page.reload()
    page.wait_for_selector(".neuron")
    assert loss(page) == kept


def test_views_of_the_loss_and_the_plane_change_what_is_seen_and_nothing_else(open_page):
    page = open_page("tab=training")
    page.click("text=One epoch")
    page.locator(".status", has_text="Epoch 1").wait_for()
    numbers = loss(page)
    for label, canvas in (("log", ".curves"), ("discrete", ".surface"), ("test data", ".surface")):
        seen = page.evaluate("(canvas) => document.querySelector(canvas).toDataURL()", canvas)
        page.get_by_label(label, exact=True).check()
        page.wait_for_function(
            "([canvas, seen]) => document.querySelector(canvas).toDataURL() !== seen", arg=[canvas, seen]
        )
    assert loss(page) == numbers
    keys = page.locator(".training").inner_text()
    for said in ("positive", "negative", "thicker is larger", "probability of blue", "train", "test"):
        assert said in keys  # a word for every colour
