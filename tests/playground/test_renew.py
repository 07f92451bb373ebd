"""What a person is in the midst of goes on when an answer arrives: typing, pressing, moving a slider."""

import json
from urllib.parse import parse_qs, quote

from playground.training.config import MOST_NEURONS

# Answers wait between hold() and release(): what happens meanwhile happens in this order on any machine.
LATER = """() => {
    const { running } = chainrule, call = running.call;
    let held = null, go = null;
    globalThis.hold = () => { held = new Promise((done) => { go = done; }); };
    globalThis.release = () => { held = null; go(); };
    running.call = async (...question) => {
        const answer = await call.apply(running, question);
        await held;
        return answer;
    };
}"""


def tab(open_page, config):
    page = open_page(f"tab=training&training={quote(json.dumps({'config': config}))}")
    page.wait_for_selector(".neuron")
    page.locator(".diagnosis li").first.wait_for()
    page.evaluate(LATER)
    return page


def config_of(page):
    return json.loads(parse_qs(page.evaluate("location.hash.slice(1)"))["training"][0])["config"]


def answered(page, penalty):
    """Let an answer arrive now: that to another penalty, which was asked for a while ago."""
    page.evaluate("release()")
    page.wait_for_function("(l2) => location.hash.includes(`%22l2%22%3A${l2}`)", arg=penalty)


def asked(page, penalty):
    page.evaluate("hold()")
    page.get_by_label("L2 penalty").select_option(str(penalty))
    return penalty


def test_what_is_typed_while_an_answer_arrives_is_kept(open_page):
    page = tab(open_page, {"data": "formula"})
    for name, first, then, wanted in (
        ("batch size", "", "5", "5"),  # the answer arrives when all is selected,
        ("batch size", "1", "2", "12"),  # or after the first key
        ("Target of x and y", "y > ", "x", "y > x"),
        ("Hidden layers as text", "3 relu", ", 2 tanh", "3 relu, 2 tanh"),
        ("Table of points", "1, 1, a\n", "2, 2, b", "1, 1, a\n2, 2, b"),
    ):
        if name == "Table of points":
            page.click("summary >> text=CSV")
        penalty = asked(page, 0.01 if config_of(page).get("l2") != 0.01 else 0.1)
        field = page.get_by_label(name)
        field.focus()
        page.keyboard.press("ControlOrMeta+a")
        if first:
            page.keyboard.type(first)
        answered(page, penalty)
        page.keyboard.type(then)
        assert field.input_value() == wanted, name
        page.keyboard.press("Tab")
    page.wait_for_function("() => location.hash.includes('hidden')")
    config = config_of(page)
    assert (config["batch_size"], config["formula"]) == (12, "y > x")
    assert [layer["neurons"] for layer in config["hidden"]] == [3, 2]


def test_a_button_that_is_pressed_while_an_answer_arrives_is_clicked(open_page):
    page = tab(open_page, {"data": "points", "kind": "binary", "points": [[1, 1, 0], [-1, -1, 1]]})
    for pressed, done in (
        (
            "[aria-label='Add a neuron to hidden layer 1']",
            "document.querySelectorAll('[data-key^=node1]').length === 5",
        ),
        ("[aria-label='Add a hidden layer']", "document.querySelector('[data-key=act3]')"),
        (".toggle >> text=gradients", "document.querySelector('.toggle .on').textContent === 'gradients'"),
        (".brush >> text=orange", "document.querySelector('.brush.on').textContent.includes('orange')"),
        (".data .chip >> text='x²'", "document.querySelectorAll('[data-key^=node0]').length === 3"),
        ("[data-key='node1.0']", "document.querySelector('.inspector input')"),
        (".data >> text=Clear", "document.querySelector('.data').textContent.includes('0 points')"),
    ):
        page.locator(pressed).scroll_into_view_if_needed()
        penalty = asked(page, 0.01 if config_of(page).get("l2") != 0.01 else 0.1)
        page.hover(pressed)
        page.mouse.down()
        answered(page, penalty)
        page.mouse.up()
        page.wait_for_function(f"() => {done}")


def test_a_slider_that_is_moved_while_an_answer_arrives_stays_in_the_hand(open_page):
    page = tab(open_page, {})
    slider = page.locator(".data label", has_text="Noise").locator("input")
    slider.scroll_into_view_if_needed()
    penalty = asked(page, 0.01)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    moved = page.locator(".data label", has_text="Noise").inner_text()
    answered(page, penalty)
    assert page.locator(".data label", has_text="Noise").inner_text() == moved != "Noise 0 %"
    page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.wait_for_function("() => location.hash.includes('%22noise%22%3A0.5')")


def test_changes_asked_for_before_an_answer_all_count(open_page):
    layer = {"activation": "tanh", "dropout": 0}
    page = tab(open_page, {"hidden": [{"neurons": MOST_NEURONS - 2, **layer}, {"neurons": 7, **layer}]})
    page.evaluate("hold()")
    for _ in range(3):
        page.click("[aria-label='Add a neuron to hidden layer 1']")  # the third is one too many
        page.click("[aria-label='Remove a neuron of hidden layer 2']")
    page.select_option(".settings label:has-text('Optimiser') select", "Adam")
    page.evaluate("release()")
    page.wait_for_function("() => location.hash.includes('Adam')")
    config = config_of(page)
    assert [layer["neurons"] for layer in config["hidden"]] == [MOST_NEURONS, 4]
    page.evaluate("hold()")
    page.get_by_label("betas 1").fill("0.5")
    page.get_by_label("betas 2").fill("0.6")
    page.get_by_role("checkbox", name="amsgrad").check()
    page.evaluate("release()")
    page.wait_for_function("() => location.hash.includes('amsgrad%22%3Atrue')")
    assert config_of(page)["settings"]["betas"] == [0.5, 0.6]


def test_what_is_refused_takes_back_itself_alone(open_page):
    page = tab(open_page, {"data": "formula"})
    page.evaluate("hold()")
    page.get_by_label("Target of x and y").fill("y > nonsense(x)")
    page.get_by_label("L2 penalty").select_option("0.01")
    page.get_by_label("batch size").fill("5")
    page.get_by_label("batch size").press("Enter")
    page.evaluate("release()")
    page.wait_for_function("() => location.hash.includes('batch_size')")
    config = config_of(page)
    assert (config["l2"], config["batch_size"]) == (0.01, 5)
    assert "formula" not in config
    assert page.get_by_label("Target of x and y").input_value() == "y > sin(x)"


def test_a_rule_is_taken_back_by_an_empty_field_and_what_is_no_number_is_not_taken(open_page):
    page = tab(open_page, {"stop_epochs": 2})
    page.get_by_label("after epochs").fill("")
    page.get_by_label("after epochs").press("Enter")
    page.wait_for_function("() => !location.hash.includes('stop_epochs')")
    for typed in ("", "-3", "2.5"):
        page.get_by_label("batch size").fill(typed)
        page.get_by_label("batch size").press("Enter")
        assert page.get_by_label("batch size").input_value() == "10"


def test_a_leaf_moved_while_another_text_is_opened_is_not_taken_for_one_of_the_other(open_page):
    page = open_page()
    page.fill(".bw textarea", "a*b + c")
    page.press(".bw textarea", "Control+Enter")
    page.locator(".leaf-row >> nth=2").wait_for()
    page.evaluate(LATER)
    values = "[...document.querySelectorAll('.bw .leaf-row input[type=number]')].map((each) => each.value)"
    for text, leaves in (("p*q + r*s", 4), ("p*q + (", 4)):  # the second is refused: the graph stays
        page.evaluate("hold()")
        page.fill(".bw textarea", text)
        page.press(".bw textarea", "Control+Enter")
        page.locator(".leaf-row input[type=number]").first.fill("7")
        page.evaluate("release()")
        page.wait_for_function("() => !document.querySelector('.bw').hasAttribute('aria-busy')")
        page.wait_for_function(
            "(count) => document.querySelectorAll('.bw .leaf-row').length === count", arg=leaves
        )
        assert (page.evaluate(values)[0] == "7") == ("(" in text)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.bw .box')].find((each) =>"
        " each.querySelector('.title').textContent === 'p').textContent.includes('value 7')"
    )


def test_what_is_said_of_a_node_is_brought_up_to_date_in_place(open_page):
    page = open_page()
    page.fill(".bw textarea", "w = 2\nx = 3\nL = w*x*x")
    page.press(".bw textarea", "Control+Enter")
    page.locator(".bw .box", has=page.locator(".title", has_text="w")).first.click()
    page.click(".bw .explain summary")
    page.evaluate(LATER)
    page.evaluate("hold()")
    page.locator(".leaf-row input[aria-label=x]").fill("5")
    page.hover(".bw .about button:has-text('Check')")
    page.mouse.down()
    page.evaluate("release()")
    page.locator(".bw .facts", has_text="25").wait_for()
    page.mouse.up()
    page.locator(".bw .check-result .ok").wait_for()
    assert page.locator(".bw .explain pre").is_visible()
