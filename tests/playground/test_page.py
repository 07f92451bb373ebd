"""The shell in a real browser: tabs, keys, colours, lessons, errors and the state in the address."""

import json
from urllib.parse import quote

import pytest


def fragment(page):
    return page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")


def test_tabs_by_keyboard_and_in_the_address(open_page) -> None:
    page = open_page("tab=training")
    assert page.title().startswith("chainrule")
    assert page.locator("#engine").get_attribute("data-state") == "ready"
    assert page.locator("#panel-training").is_visible()
    page.locator("#tab-training").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#panel-backward").wait_for()
    assert not page.locator("#panel-training").is_visible()
    assert fragment(page)["tab"] == "backward"
    page.keyboard.press("2")
    assert page.get_by_role("tab", selected=True).inner_text() == "Playground"


def test_back_leads_to_the_tab_and_the_formula_before_and_loses_nothing(open_page) -> None:
    page = open_page()
    editor = page.locator("#panel-backward textarea").first
    for text in ("a*b", "tanh(a)"):
        editor.fill(text)
        editor.press("Control+Enter")
        page.wait_for_function("(text) => decodeURIComponent(location.hash).includes(text)", arg=text)
    page.locator("main").focus()
    page.keyboard.press("2")
    page.locator(".neuron").first.wait_for()
    page.keyboard.press("e")
    page.locator(".status", has_text="Epoch 1").wait_for()
    page.get_by_label("Activation").first.select_option("relu")
    page.wait_for_function("() => location.hash.includes('relu')")
    page.go_back()
    page.locator("#panel-backward").wait_for()
    assert editor.input_value() == "tanh(a)"
    page.go_back()
    page.wait_for_function("() => document.querySelector('#panel-backward textarea').value === 'a*b'")
    assert "relu" in fragment(page)["training"]  # what was chosen since is kept
    assert json.loads(fragment(page)["backward"])["text"] == "a*b"
    page.go_back()
    page.get_by_role("heading", name="See every gradient come about").wait_for()
    assert editor.input_value() == ""
    for _ in range(3):
        page.go_forward()
    page.locator("#panel-training").wait_for()
    assert page.locator(".neuron").count() == 9
    assert json.loads(fragment(page)["backward"])["text"] == "tanh(a)"


def test_back_leads_to_the_formula_drawn_before_where_the_next_one_is_typed_slowly(open_page) -> None:
    page = open_page()
    editor = page.locator("#panel-backward textarea").first
    editor.fill("a*b")
    editor.press("Control+Enter")
    page.wait_for_function("() => location.hash.includes('a*b')")
    for text in ("tanh(a)", "tanh(a)+1"):
        editor.fill(text)  # drawn by itself after half a second
        page.wait_for_function(
            "(text) => JSON.parse(new URLSearchParams(location.hash).get('backward')).text === text", arg=text
        )
    editor.press("Control+Enter")
    page.go_back()
    page.locator("#panel-backward .leaves .leaf-row >> nth=1").wait_for()
    assert editor.input_value() == json.loads(fragment(page)["backward"])["text"] == "a*b"


def test_no_digit_before_the_point_is_rounded_away(open_page) -> None:
    page = open_page()
    editor = page.locator("#panel-backward textarea").first
    editor.fill("a = 12345\nb = 1\na + b")
    editor.press("Control+Enter")
    page.locator("#panel-backward .canvas").get_by_text("12346").first.wait_for()
    assert [field.input_value() for field in page.locator(".leaves input[type=number]").all()] == [
        "12345",
        "1",
    ]


def test_question_mark_lists_the_keys_and_keys_typed_into_a_field_are_text(open_page) -> None:
    page = open_page()
    assert page.get_by_role("tab", selected=True).inner_text() == "Backward pass"
    page.locator("main").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    assert "List the keys" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.get_by_role("button", name="Lesson").click()
    page.get_by_label("Title").fill("")
    page.get_by_label("Title").type("2?t")
    assert page.get_by_label("Title").input_value() == "2?t"
    assert page.locator("#panel-backward").is_visible()


def test_skip_link_leads_to_the_content_and_keeps_the_address(open_page) -> None:
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert fragment(page)["token"] == page.server.token


def test_colours_follow_the_system_and_the_choice(open_page) -> None:
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme-button").click()  # light
    light = page.evaluate(ground)
    assert dark != light
    page.locator("#theme-button").click()  # dark
    assert page.evaluate(ground) == dark
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_nothing_is_wider_than_the_window(open_page) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    for tab, filled in (("backward", ".bw"), ("training", ".neuron")):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_selector(filled)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("#tabs").bounding_box()["width"] <= width


LESSON = {"tab": "training", "title": "Rates", "text": "First.\nThen <b>second</b>.", "hide": []}


def test_lesson_of_the_address_is_shown_as_text(open_page) -> None:
    page = open_page("lesson=" + quote(json.dumps(LESSON)))
    box = page.get_by_role("region", name="Lesson")
    assert page.locator("#panel-training").is_visible()
    assert box.locator("p").all_inner_texts() == ["First.", "Then <b>second</b>."]
    assert box.locator("b").count() == 0
    box.get_by_role("button", name="End the lesson").click()
    assert not box.is_visible()
    assert "lesson" not in fragment(page)


def test_lesson_hides_the_controls_it_names(open_page) -> None:
    page = open_page()
    page.evaluate("""() => {
        const box = Object.assign(document.createElement("div"), { id: "mine", textContent: "rate" });
        box.dataset.control = "Rate";
        document.querySelector("#panel-backward").append(box);
    }""")
    page.get_by_role("button", name="Lesson").click()
    page.get_by_label("Rate", exact=True).uncheck()
    page.get_by_label("Text").fill("Find the rate.")
    page.get_by_role("button", name="Show").click()
    assert not page.locator("#mine").is_visible()
    assert json.loads(fragment(page)["lesson"])["hide"] == ["Rate"]
    assert "Find the rate." in page.locator("#lesson").inner_text()


BROKEN = ("{", "1", "null", "nonsense", '{"hide": 3}', '{"tab": "none"}', '{"text": {"a": 1}}')


def test_broken_lessons_break_nothing(open_page) -> None:
    page = open_page()
    for broken in BROKEN:
        page.evaluate(
            "text => { location.hash = `tab=backward&lesson=${encodeURIComponent(text)}`; }", broken
        )
        assert page.locator("#panel-backward").is_visible()
    page = open_page("lesson=" + quote('{"tab": "none", "hide": 3}'))
    assert page.locator("#panel-backward").is_visible()


def test_server_that_is_gone_is_said_aloud(open_page) -> None:
    page = open_page(offline=False)
    answer = """async () => (await import("./client.js")).connect().call("hello")"""
    assert page.evaluate(answer)["engine"] == "chainrule"
    page.context.set_offline(True)
    error = page.evaluate(answer)["error"]
    assert error["message"] == "The server does not answer."
    assert "python -m playground" in error["hint"]
    page.complaints[:] = [text for text in page.complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def test_wrong_token_is_said_in_the_page(open_page) -> None:
    page = open_page(ready=False)
    page.wait_for_selector("html[data-ready]")
    page.evaluate("location.hash = '#token=wrong'")
    page.reload()
    page.locator("#toasts").get_by_text("the token is missing or wrong").wait_for()
    assert page.locator("#engine").get_attribute("data-state") == "stopped"
    page.complaints[:] = [text for text in page.complaints if "403" not in text]


def test_arrays_arrive_as_typed_arrays_with_their_shape(open_page, monkeypatch) -> None:
    import numpy as np

    import playground.core

    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.uint8([7, 8]), "loss": float("nan")}
    monkeypatch.setitem(playground.core.OPERATIONS, "arrays", lambda session: arrays)
    page = open_page()
    found = page.evaluate("""async () => {
        const { arrays: { a, b }, loss } = await (await import("./client.js")).connect().call("arrays");
        const kinds = [a.constructor.name, b.constructor.name];
        return [kinds, [...a], a.shape, [...b], b.shape, Number.isNaN(Number(loss))];
    }""")
    assert found == [["Float64Array", "Uint8Array"], [0, 1, 2, 3, 4, 5], [2, 3], [7, 8], [2], True]


FAKE_WORKERS = """async () => {
    const { WorkerEngine } = await import("./client.js");
    const workers = [], states = [];
    const packed = (head) => {
        const text = new TextEncoder().encode(JSON.stringify({ ...head, arrays: {} }));
        const buffer = new ArrayBuffer(4 + text.length);
        new DataView(buffer).setUint32(0, text.length, true);
        new Uint8Array(buffer, 4).set(text);
        return buffer;
    };
    const worker = () => {
        const made = { asked: [], terminate() {}, postMessage({ id, op, args }) {
            if (!op) return;
            made.asked.push([op, args]);
            if (op === "deadly") setTimeout(() => made.onerror({ message: "out of memory" }));
            const buffer = packed({ of: workers.indexOf(made) });
            if (op !== "deadly") setTimeout(() => made.onmessage({ data: { id, buffer } }));
        } };
        workers.push(made);
        return made;
    };
    const engine = new WorkerEngine({ worker, start: async () => ({}) });
    engine.onstate = (state, text) => states.push([state, text ?? ""]);
    await engine.start();
    await engine.call("backward_open", { text: "a*b" });
    const dead = engine.call("deadly"), waiting = engine.call("backward_node", { node: 1 });
    return { dead: await dead, waiting: await waiting, again: workers[1].asked, states };
}"""


def test_worker_that_dies_is_replaced_and_nothing_is_lost(open_page) -> None:
    found = open_page().evaluate(FAKE_WORKERS)
    assert found["dead"]["error"]["message"] == "The engine stopped: out of memory"
    assert "The program is kept" in found["dead"]["error"]["hint"]
    assert found["waiting"]["of"] == 1  # what waited is asked of the new worker, after what was open
    assert [op for op, _ in found["again"]] == ["hello", "backward_open", "backward_node"]
    assert found["again"][1][1] == {"text": "a*b"}
    states = [state for state, _ in found["states"]]
    assert states == ["starting", "ready", "restarting", "restarted"]


def test_motion_is_reduced_for_whom_it_disturbs(open_page) -> None:
    page = open_page("tab=training", reduced_motion="reduce")
    page.wait_for_selector(".neuron")
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter((each) => {
        const { animationDuration, animationName, transitionDuration } = getComputedStyle(each);
        const animated = animationName !== "none" && parseFloat(animationDuration) > 0.01;
        return animated || parseFloat(transitionDuration) > 0.01;
    }).map((each) => each.className)""")
    assert moving == []


@pytest.mark.parametrize("duplicated", [False, True])
def test_two_pages_of_one_server_train_networks_of_their_own(open_page, duplicated) -> None:
    page = open_page("tab=training", viewport={"width": 1280, "height": 800})
    page.wait_for_selector(".neuron >> nth=8")
    other = page.context.new_page()
    if duplicated:  # a browser copies what the tab has stored
        name = page.evaluate("sessionStorage.page")
        other.add_init_script(f"sessionStorage.page = '{name}'")
    other.goto(page.url)
    other.wait_for_selector(".neuron >> nth=8")
    other.click("[aria-label='Add a hidden layer']")
    other.wait_for_selector(".neuron >> nth=10")
    page.click("text=One epoch")
    page.locator(".status", has_text="Epoch 1").wait_for()
    assert page.locator(".neuron").count() == 9
    page.reload()  # and the page that is loaded again is still the first
    page.locator(".status", has_text="Epoch 1").wait_for()


def test_addresses_edited_by_hand_break_nothing(open_page) -> None:
    page = open_page()
    for state in ("{broken", '{"config": {"hidden": "x"}}'):
        page.goto("about:blank")
        page.goto(f"{page.server.address}&tab=training&training={quote(state)}")
        page.wait_for_selector(".neuron >> nth=8")
        assert page.locator(".training .error").is_visible() == ("hidden" in state)


def test_back_to_the_beginning_while_a_formula_is_opened_stays_there(open_page) -> None:
    page = open_page()
    editor = page.locator("#panel-backward textarea").first
    editor.fill("a*b")
    editor.press("Control+Enter")
    page.wait_for_function("() => location.hash.includes('a*b')")
    page.evaluate(
        """() => {
            const engine = chainrule.running, call = engine.call.bind(engine);
            engine.call = async (op, ...rest) => {
                const answer = await call(op, ...rest);
                if (op === "backward_open") await new Promise((go) => (window.go = go));
                return answer;
            };
        }"""
    )
    editor.fill("tanh(a)")
    editor.press("Control+Enter")
    page.wait_for_function("() => window.go")
    page.go_back()
    beginning = page.get_by_role("heading", name="See every gradient come about")
    beginning.wait_for()
    page.evaluate("() => { window.go(); return new Promise((over) => setTimeout(over, 200)); }")
    assert beginning.is_visible()
    assert "tanh" not in page.url
