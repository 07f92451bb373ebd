"""The Playground tab in a real browser: what one sees, clicks, draws, drags and saves."""

import json
from urllib.parse import quote

import pytest

from playground.core import Session
from playground.training.operations import bench_of
from playground.wire import unpack

READY = ".neuron"


def tab(open_page, config=None, view=None, **options):
    """The tab, with a configuration in its address."""
    state = {"config": config or {}, "view": {"speed": "step", **(view or {})}}
    page = open_page(f"tab=training&training={quote(json.dumps(state))}", **options)
    page.wait_for_selector(READY)
    return page


def text(page, selector):
    return page.locator(selector).inner_text()


def wait_for(page, condition, *given):
    page.wait_for_function(condition, arg=given[0] if given else None)


def step_of(page):
    return int(text(page, ".status").split("step")[1].replace(",", ""))


def at(page, x, y):
    """The place of a point of the plane on the screen."""
    page.locator(".surface").scroll_into_view_if_needed()
    box = page.locator(".surface").bounding_box()
    return box["x"] + (x + 6) / 12 * box["width"], box["y"] + (6 - y) / 12 * box["height"]


def settled(page):
    """Wait until the engine has answered all that was asked."""
    page.wait_for_timeout(30)
    wait_for(page, "() => document.querySelector('html').dataset.ready")


def saved(page, button):
    with page.expect_download() as download:
        page.click(f".save >> text='{button}'")
    return download.value.path().read_bytes()


def config_of(page):
    wait_for(page, "() => location.hash.includes('training=')")
    return json.loads(page.evaluate("new URLSearchParams(location.hash.slice(1)).get('training')"))["config"]


def test_someone_trains_xor_with_points_they_drew_and_reads_nothing(open_page):
    page = tab(open_page)
    page.click(".presets >> text=Draw XOR yourself")
    wait_for(page, "() => document.querySelector('.data').textContent.includes('0 points')")
    page.locator(".diagnosis .fine", has_text="No points yet").wait_for()
    for x, y in ((-3, 3), (-2, 4), (3, -3), (2, -4)):
        page.mouse.click(*at(page, x, y))
    page.click(".brush >> text=orange")
    for x, y in ((3, 3), (2, 4)):
        page.mouse.click(*at(page, x, y))
    page.keyboard.down("Shift")  # the other class
    page.mouse.click(*at(page, 5, -5))
    page.keyboard.up("Shift")
    page.click(".brush >> text=blue")
    page.keyboard.down("Shift")
    for x, y in ((-3, -3), (-2, -4)):
        page.mouse.click(*at(page, x, y))
    page.keyboard.up("Shift")
    wait_for(page, "() => document.querySelector('.data').textContent.includes('9 points')")
    page.keyboard.down("Control")
    page.mouse.click(*at(page, 5, -5))
    page.keyboard.up("Control")
    wait_for(page, "() => document.querySelector('.data').textContent.includes('8 points')")
    page.click(".play")
    wait_for(page, "() => document.querySelector('.numbers').textContent.includes('100.0 %')")
    page.click(".play")
    drawn = config_of(page)["points"]
    assert sorted(t for _, _, t in drawn) == [0, 0, 0, 0, 1, 1, 1, 1]
    for x, y, t in drawn:
        assert (x * y < 0) == (t == 1)


def test_a_deep_sigmoid_network_is_explained_and_mended_by_one_click(open_page):
    page = tab(open_page)
    page.click(".presets >> text=deep network")
    page.wait_for_selector(".finding >> text=The gradient vanishes")
    assert "relu" in text(page, ".advice >> nth=0")
    assert page.locator(".signal.weak").count() >= 1
    assert page.locator(".badge >> text=weak").count() >= 1
    page.click(".advice button >> text=Use relu")
    wait_for(
        page,
        "() => ![...document.querySelectorAll('.finding')].some((e) => e.textContent.includes('vanishes'))",
    )
    assert {each["activation"] for each in config_of(page)["hidden"]} == {"relu"}


def test_play_pause_one_batch_one_epoch_reset(open_page):
    page = tab(open_page)
    page.click("text=One batch")
    wait_for(page, "() => document.querySelector('.status').textContent.endsWith('step 1')")
    page.click("text=One epoch")
    wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 1 ')")
    page.click(".play")
    wait_for(page, "() => Number(document.querySelector('.status').textContent.split('step')[1]) > 14")
    page.click(".play")
    settled(page)
    wait_for(page, "() => document.querySelector('.play').textContent === 'Play'")
    page.click("text=Reset")
    wait_for(page, "() => document.querySelector('.status').textContent.endsWith('step 0')")


def test_the_same_address_gives_the_same_numbers(open_page):
    losses = []
    for _ in range(2):
        page = tab(open_page, {"seed": 7, "data": "moons"})
        page.click("text=One epoch")
        wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 1 ')")
        losses.append(text(page, ".numbers"))
    assert losses[0] == losses[1]


def test_layers_and_neurons_by_clicking(open_page):
    page = tab(open_page)
    page.click("[aria-label='Add a neuron to hidden layer 2']")
    wait_for(page, "() => document.querySelectorAll('.neuron').length === 2 + 4 + 3 + 1")
    page.click("[aria-label='Add a hidden layer']")
    wait_for(page, "() => document.querySelectorAll('.neuron').length === 2 + 4 + 3 + 3 + 1")
    page.select_option("[aria-label='Activation of hidden layer 1']", "relu")
    page.select_option("[aria-label='Dropout of hidden layer 2']", "0.3")
    wait_for(page, "() => location.hash.includes('0.3')")
    page.click(".data >> text='x²'")
    wait_for(page, "() => document.querySelectorAll('.neuron').length === 3 + 4 + 3 + 3 + 1")
    assert config_of(page)["hidden"] == [
        {"neurons": 4, "activation": "relu", "dropout": 0},
        {"neurons": 3, "activation": "tanh", "dropout": 0.3},
        {"neurons": 3, "activation": "tanh", "dropout": 0},
    ]


def test_layers_as_text(open_page):
    page = tab(open_page)
    page.fill(".as-text input", "5 relu, 3 sigmoid 0.2")
    page.keyboard.press("Tab")
    wait_for(page, "() => document.querySelectorAll('.neuron').length === 2 + 5 + 3 + 1")
    page.fill(".as-text input", "5 relus")
    page.keyboard.press("Tab")
    page.wait_for_selector(".error:visible")
    assert page.input_value(".as-text input") == "5 relu, 3 sigmoid 0.2"


def test_settings_of_the_optimiser_are_live(open_page):
    page = tab(open_page)
    page.click("text=One epoch")
    page.select_option(".settings label:has-text('Optimiser') select", "Adam")
    wait_for(page, "() => location.hash.includes('Adam')")
    page.fill(".settings label:has-text('betas 2') input", "0.9")
    page.keyboard.press("Tab")
    wait_for(page, "() => location.hash.includes('betas')")
    page.check(".settings label:has-text('amsgrad') input")
    wait_for(page, "() => location.hash.includes('amsgrad%22%3Atrue')")
    page.fill(".settings label:has-text('batch size') input", "5")
    page.keyboard.press("Tab")
    wait_for(page, "() => location.hash.includes('batch_size')")
    page.select_option(".settings label:has-text('L2 penalty') select", "0.01")
    wait_for(page, "() => location.hash.includes('0.01')")
    config = config_of(page)
    assert config["settings"]["betas"] == [0.9, 0.9]
    assert config["settings"]["amsgrad"] is True
    assert (config["batch_size"], config["l2"]) == (5, 0.01)
    page.select_option("label:has-text('Learning rate') select", "0.3")
    wait_for(page, "() => location.hash.includes('%22lr%22%3A0.3')")


def test_a_setting_that_is_refused_says_so_and_stays(open_page):
    page = tab(open_page)
    page.click(".data >> text=Formula")
    page.fill(".data input[type=text]", "y > nonsense(x)")
    page.keyboard.press("Tab")
    page.wait_for_selector(".error:visible")
    assert "unknown function 'nonsense'" in text(page, ".error")
    assert page.input_value(".data input[type=text]") == "y > sin(x)"
    page.fill(".data input[type=text]", "y > x*x - 2")
    page.keyboard.press("Tab")
    wait_for(page, "() => document.querySelector('.error').hidden && location.hash.includes('x*x')")


def test_a_table_is_pasted(open_page):
    page = tab(open_page)
    page.click("summary >> text=CSV")
    page.fill(".csv textarea", "x,y,what\n1,1,<b>cat</b>\n-1,-1,dog\n100,2,cow\n")
    page.click("text=Use it")
    page.wait_for_selector(".data >> text=3 points")
    assert "<b>cat</b> is A" in text(page, ".lesson")
    assert page.locator(".lesson b").count() == 0
    assert "x was scaled" in text(page, ".lesson")
    assert page.locator(".brush").count() == 4


def test_a_file_is_dropped(open_page):
    page = tab(open_page)
    for name, content, said in (
        ("points.csv", "x,y,what\n1,1,cat\n-1,-1,dog\n", ".data >> text=2 points"),
        ("notes.txt", "nothing of use", ".error:visible"),
    ):
        page.evaluate(
            """([name, content]) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([content], name));
                const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
                document.querySelector(".surface").dispatchEvent(drop);
            }""",
            [name, content],
        )
        page.wait_for_selector(said)
    assert page.locator(".data >> text=2 points").count() == 1  # what cannot be read changes nothing


def test_hover_enlarges_a_neuron_and_shows_numbers(open_page):
    page = tab(open_page)
    before = page.evaluate("document.querySelector('.surface').toDataURL()")
    page.hover("[data-key='node1.2']")
    wait_for(page, "(before) => document.querySelector('.surface').toDataURL() !== before", before)
    assert "Hidden layer 1, neuron 3" in text(page, ".inspector")
    assert page.locator(".inspector .cell").count() == 3
    assert "Hidden layer 1, neuron 3" in text(page, ".legend")


def test_a_weight_is_edited_and_a_neuron_switched_off(open_page):
    page = tab(open_page)
    page.click("[data-key='node2.0']")
    field = page.locator(".inspector .cell input").nth(1)
    field.fill("2.5")
    field.press("Tab")
    page.click("[data-key='node1.0']")
    page.click("[data-key='node2.0']")
    wait_for(page, "() => document.querySelectorAll('.inspector .cell input')[1].value === '2.5'")
    before = text(page, ".numbers")
    page.click("text=Switch off")
    page.wait_for_selector(".neuron.off")
    assert text(page, ".numbers") != before
    program = saved(page, "NumPy program").decode()
    assert "2.5" in program.split("W2 = ")[1].splitlines()[0]
    assert "on2 = np.array([0.0, 1.0])" in program
    page.click("text=Switch on")
    wait_for(page, "() => !document.querySelector('.neuron.off')")


def test_a_connection_shows_its_weight_and_gradient(open_page):
    page = tab(open_page)
    page.evaluate("document.querySelectorAll('.hit')[0].dispatchEvent(new PointerEvent('pointerenter'))")
    assert "Hidden layer 1, neuron 1 ← x: weight" in text(page, ".inspector")
    widths = (
        "() => Array.from(document.querySelectorAll('.edge'), (e) => e.getAttribute('stroke-width')).join()"
    )
    before = page.evaluate(widths)
    page.click(".toggle >> text=gradients")
    wait_for(page, f"(before) => ({widths})() !== before", before)
    page.evaluate("document.querySelectorAll('.hit')[1].dispatchEvent(new MouseEvent('click'))")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "w y, value"


def test_history_is_scrubbed_and_gone_back_to(open_page):
    page = tab(open_page)
    for _ in range(4):
        page.click("text=One batch")
    for _ in range(2):
        page.click("text=One epoch")
    wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 2 ')")
    page.locator(".history input").fill("4")
    page.wait_for_selector(".past >> text=As it was at step 4.")
    assert step_of(page) == 4
    then = page.locator(".diagnosis .number").all_inner_texts()
    page.click("text=Back to now")
    wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 2 ')")
    numbers = "Array.from(document.querySelectorAll('.diagnosis .number'), each => each.innerText)"
    wait_for(page, f"was => {numbers}.join() !== was", ",".join(then))  # gradients of that step were shown
    page.locator(".history input").fill("4")
    page.click("text=Go on from here")
    wait_for(page, "() => !document.querySelector('.past').textContent")
    page.click("text=One batch")
    wait_for(page, "() => document.querySelector('.status').textContent.endsWith('step 5')")


def test_a_rule_stops_the_training_and_says_so(open_page):
    page = tab(open_page, {"stop_epochs": 2}, {"speed": "epoch"})
    page.click(".play")
    page.wait_for_selector(".stopped >> text=Stopped after 2 epochs.")
    wait_for(page, "() => document.querySelector('.play').textContent === 'Play'")


def test_three_classes_heights_and_curves(open_page):
    page = tab(open_page)
    for data, neurons in (("Three clouds", 3), ("Hills", 1), ("Sine", 1)):
        page.click(f".data >> text={data}")
        wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 0 ')")
        page.click("text=One epoch")
        wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 1 ')")
        assert page.locator("[data-key^='node3']").count() == neurons
        assert page.locator(".confusion td").count() == (9 if neurons == 3 else 0)
    for name in ("test data", "discrete"):
        page.get_by_label(name, exact=True).check()


def test_warped_space_and_race(open_page):
    page = tab(open_page)
    page.click("summary >> text=Warped space")
    page.wait_for_selector("text=Across: neuron 1")
    page.select_option(".extra select[aria-label='Layer']", "0")
    page.wait_for_selector("text=principal components of 4 neurons")
    page.select_option(".extra select[aria-label='Coordinates']", "1,3")
    page.wait_for_selector("text=Across: neuron 2")
    page.click("summary >> text=Race")
    page.click("text=Start the race")
    page.wait_for_selector(".racers figure:nth-child(5)")
    wait_for(page, "() => document.querySelector('.racers .first')")
    page.click("text=Stop the race")
    page.wait_for_selector("text=on the plane that fits the paths best")


def test_everything_is_saved_and_opened_again(open_page):
    page = tab(open_page)
    page.click("text=One epoch")
    wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 1 ')")
    assert saved(page, "PNG").startswith(b"\x89PNG")
    assert b"<svg" in saved(page, "SVG")
    for button, form in (("chainrule program", "program"), ("NumPy program", "numpy")):
        export, _ = unpack(page.server.session.call("export", {"form": form}))
        assert saved(page, button).decode() == export["text"]  # which runs: see test_training.py
    kept = saved(page, "JSON")
    before = text(page, ".numbers")
    page.click("text=Reset")
    wait_for(page, "(before) => document.querySelector('.numbers').innerText !== before", before)
    page.set_input_files(".file input", {"name": "a.json", "mimeType": "application/json", "buffer": kept})
    wait_for(page, "(before) => document.querySelector('.numbers').innerText === before", before)


def test_by_keyboard_alone(open_page):
    page = tab(open_page, {"data": "points", "points": [], "ratio": 1})
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.className") == "surface"
    for key in ("ArrowLeft", "ArrowUp", " ", "ArrowRight", "ArrowRight", "Shift+Enter"):
        page.keyboard.press(key)
    page.wait_for_selector(".data >> text=2 points")
    page.keyboard.press("e")
    wait_for(page, "() => document.querySelector('.status').textContent.startsWith('Epoch 1 ')")
    page.keyboard.press("p")
    wait_for(page, "() => Number(document.querySelector('.status').textContent.split('step')[1]) > 3")
    page.keyboard.press("p")
    page.keyboard.press("r")
    wait_for(page, "() => document.querySelector('.status').textContent.endsWith('step 0')")
    page.focus("[data-key='node1.0']")
    assert "Hidden layer 1, neuron 1" in text(page, ".inspector")
    page.keyboard.press("Enter")
    assert page.locator(".inspector input").count() == 3


def test_nothing_is_without_a_name_for_a_screen_reader(open_page):
    page = tab(open_page)
    nameless = page.evaluate(
        """() => Array.from(document.getElementById('panel-training')
            .querySelectorAll('button, input, select, textarea, [role=img]'))
        .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim() || each.title
            || each.closest('label')?.textContent.trim()))
        .map((each) => each.outerHTML)"""
    )
    assert nameless == []
    label = page.get_attribute("[data-key='node1.0']", "aria-label")
    assert label.startswith("hidden layer 1, neuron 1")


def test_a_phone_shows_it_without_scrolling_sideways(open_page):
    page = tab(open_page, viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".presets >> text=Draw XOR yourself")
    wait_for(page, "() => document.querySelector('.data').textContent.includes('0 points')")
    page.touchscreen.tap(*at(page, 2, 2))
    page.wait_for_selector(".data >> text=1 points")


def test_a_preset_clicked_while_it_trains_goes_on(open_page):
    page = tab(open_page, {"hidden": [{"neurons": 4, "activation": "tanh", "dropout": 0}] * 4})
    page.click(".play")
    wait_for(page, "() => document.querySelector('.status').textContent.match(/step [1-9]/)")
    page.click(".presets >> text=Fit a curve")
    wait_for(page, "() => document.querySelector('.status').textContent.match(/Epoch [3-9]\\d/)")
    assert page.locator(".play").get_attribute("aria-label") == "Pause"
    page.click(".play")


def test_a_pause_shows_what_the_engine_has(open_page):
    session = Session()
    page = tab(open_page, view={"speed": "epoch"}, session=session)
    for _ in range(4):
        page.click(".play")
        page.wait_for_timeout(170)
        page.click(".play")
        page.wait_for_timeout(300)
        for _ in range(600):
            if step_of(page) == bench_of(session).trainer.step:
                break
            page.wait_for_timeout(50)
        assert step_of(page) == bench_of(session).trainer.step > 0


def test_one_epoch_is_a_whole_one_where_steps_are_slow(open_page, monkeypatch):
    monkeypatch.setattr("playground.training.operations.LONGEST_MS", 0.0)  # one step an answer
    page = tab(open_page)
    page.click("text=One epoch")
    page.locator(".status", has_text="Epoch 1 · step 10").wait_for()
    page.click("text=One batch")
    page.locator(".status", has_text="Epoch 1 · step 11").wait_for()
    page.click("text=One epoch")  # the rest of the second
    page.locator(".status", has_text="Epoch 2 · step 20").wait_for()


def test_the_rest_of_an_epoch_is_left_when_something_else_is_asked_for(open_page, monkeypatch):
    monkeypatch.setattr("playground.training.operations.LONGEST_MS", 0.0)
    page = tab(open_page, {"batch_size": 1})
    for name, then in {"Reset": "reset", "One batch": "train", "Add a hidden layer": "configure"}.items():
        page.evaluate(
            """(name) => {
                const { running } = chainrule, call = Object.getPrototypeOf(running).call;
                const press = (label) => document.querySelector(`[aria-label='${label}']`).click();
                globalThis.asked = [];
                globalThis.answered = 0;
                running.call = async (op, args) => {
                    if (["train", "reset", "configure"].includes(op)) asked.push(op);
                    if (asked.join() === "train") press(name);  // while the first step is taken
                    const answer = await call.call(running, op, args);
                    answered += ["train", "reset", "configure"].includes(op);
                    return answer;
                };
                press("One epoch");
            }""",
            name,
        )
        page.wait_for_function("() => answered === 2")
        page.evaluate("() => new Promise(setTimeout)")  # what comes next has been asked for then
        assert page.evaluate("asked") == ["train", then]


def test_training_has_its_share_of_the_time_where_pictures_are_slow(open_page):
    page = open_page("tab=training")
    assert page.evaluate("""async () => {
        const { Pace } = await import("./training/pace.js");
        return [20, 1000, 5000].map((period) => {
            const pace = new Pace(false);
            for (let i = 0; i < 9; i++) pace.drawn(i * period);
            return [pace.budget, pace.share];
        });
    }""") == [[pytest.approx(10 * 1.1**8), 7], [350, 350], [500, 500]]
