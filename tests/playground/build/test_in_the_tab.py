"""The page without a server in a real browser: a site with shared memory, and one file without a network."""

import threading
from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from playground.build.single import build_single
from playground.build.site import build_site
from playground.core import Session
from playground.wire import unpack

FORMULA = "tanh(w*x + b)**2 + exp(-w*b) + log(x)"
VALUES = {"w": 0.7, "x": 1.3, "b": -0.2}
FOREVER = "from engine import Value\nx = Value(1.0)\nwhile True:\n    x * x\n"
CHAIN = """
from engine import Value
x = y = Value(1.0)
for _ in range(100_000):
    y = y + x
y.backward()
gradient = x.grad
del y
loss = x * gradient
"""
PROGRAM = """import nn
model = nn.MLP(2, [2, 1], rng=0)
nn.fit(model, [[0, 1], [1, 0]], [1, -1], optimizer=nn.Adam(model.parameters()), loss="mse", epochs=2)
loss = (model([0.5, -1.0]) - 1.0) ** 2
"""
CLEANING = """
class Cleanup:
    def __del__(self):
        while True:  # an interrupt that reaches Python in here is dropped
            pass
Cleanup()
while True:
    pass
"""
LOADING_MS = 120_000


class Shared(SimpleHTTPRequestHandler):
    """A web server that lets pages share memory with their workers, so that Python can be interrupted."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *about: Any) -> None:
        pass


def begun(browser: Any, address: str, *, offline: bool) -> Any:
    """A page that loads its engine; what it complains of and asks for is noted."""
    context = browser.new_context(offline=offline)
    page = context.new_page()
    page.set_default_timeout(LOADING_MS)
    page.complaints, page.asked = [], []
    page.on("console", lambda told: told.type in ("error", "warning") and page.complaints.append(told.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    return page


@pytest.fixture(scope="module")
def carriers(browser: Any, pyodide: dict[str, bytes], tmp_path_factory: Any) -> Generator[dict[str, Any]]:
    """Both pages, which load at the same time."""
    root = tmp_path_factory.mktemp("built")
    build_site(root / "course" / "week 3", pyodide)  # a site need not stand at the root
    file = build_single(root / "page.html", pyodide)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Shared, directory=root)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}/course/week%203/"
        pages = {
            "site": begun(browser, place, offline=False),
            "single": begun(browser, file.as_uri(), offline=True),
        }
        for page in pages.values():
            page.wait_for_selector("html[data-ready]")
        yield pages
        for page in pages.values():
            page.context.close()
        server.shutdown()


@pytest.fixture(scope="module")
def site(carriers: dict[str, Any]) -> Any:
    return carriers["site"]


@pytest.fixture(scope="module")
def single(carriers: dict[str, Any]) -> Any:
    return carriers["single"]


@pytest.fixture(params=["site", "single"])
def page(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def ask(page: Any, op: str, limit: int = LOADING_MS, **args: Any) -> dict[str, Any]:
    """The engine's answer to an operation, arrays as lists."""
    script = """async ([op, args, limit]) => {
        const { arrays, ...head } = await chainrule.running.call(op, args, limit);
        for (const [name, numbers] of Object.entries(arrays)) head[name] = [...numbers];
        return head;
    }"""
    return page.evaluate(script, [op, args, limit])  # type: ignore[no-any-return]


def open_program(page: Any, text: str, **options: Any) -> dict[str, Any]:
    return ask(page, "backward_open", text=text, language="python", **options)


def test_page_opens_without_complaints(page: Any) -> None:
    assert page.complaints == []
    hello = ask(page, "hello")
    assert (hello["in_tab"], hello["backend"]) == (True, "python")


def test_site_asks_no_other_host(site: Any) -> None:
    own = site.url.split("/")[2]
    assert {address.split("/")[2] for address in site.asked if not address.startswith("blob:")} == {own}


def test_single_file_asks_for_itself_alone(single: Any) -> None:
    asked = [address for address in single.asked if not address.startswith("blob:")]
    assert asked == [single.url.split("#")[0]]


def test_gradients_of_a_formula_are_those_of_the_server(page: Any) -> None:
    question = {"text": FORMULA, "language": "formula", "values": VALUES}
    head, arrays = unpack(Session().call("backward_open", question))
    answer = ask(page, "backward_open", **question)
    assert answer["names"] == head["names"]
    assert len(arrays["grad"]) > len(VALUES)
    for name in ("data", "grad"):
        np.testing.assert_allclose(answer[name], arrays[name], rtol=1e-13)


def test_chain_of_100_000_nodes_is_built_run_backward_and_freed(site: Any) -> None:
    answer = open_program(site, CHAIN)
    assert answer["data"][answer["root"]] == 100_001.0


def test_program_is_typed_explained_checked_and_asked_about(site: Any) -> None:
    site.get_by_label("Language").select_option("python")
    site.locator(".bw textarea").fill(PROGRAM)
    site.keyboard.press("Control+Enter")
    site.locator(".bw .box", has_text="loss").wait_for()
    site.locator(".bw .segments").get_by_text("scalars").click()
    site.locator(".bw .box[aria-label^='layers.0.neurons.1.w.0']").press("Enter")
    inspector = site.locator(".bw .inspector")
    inspector.get_by_role("heading", name="1 path to loss").wait_for()
    inspector.get_by_text("The chain rule written out").click()
    assert "∂loss/∂" in inspector.locator("pre").inner_text()
    site.locator(".bw .canvas").press("c")
    inspector.locator(".check-result .ok").wait_for()
    site.locator(".bw .canvas").press("q")
    rows = site.locator(".bw .quiz-row")
    answer = open_program(site, PROGRAM)
    asked = rows.first.locator("input").get_attribute("aria-label").removeprefix("Gradient of ")
    rows.first.locator("input").fill(repr(answer["grad"][answer["names"].index(asked)]))
    site.keyboard.press("Enter")
    rows.first.get_by_text("Right:").wait_for()
    site.locator(".bw .canvas").press("q")
    assert site.complaints == []


LIFTED = """
import random
import sys
import engine, nn
from engine import Value, jit
if FORCED:
    lifted = sys.modules["engine.jit.pipeline"].Lifted
    lifted._quickest = lambda self, batched: (self.make_arrays(), ("arrays", {}))[1]
draw = random.Random(0).uniform
def same(f, calls):
    lifted = jit(f, audit=False)
    for args in calls:
        found, expected = lifted(args), f(args)
        assert abs(found.data - expected.data) <= 1e-9 * max(1.0, abs(expected.data))
mlp, lstm = nn.MLP(2, [8, 8, 1], rng=0), nn.LSTM(1, 4, rng=0)
weights = [[Value(draw(-1, 1)) for _ in range(3)] for _ in range(12)]
points = [[draw(-1, 1) for _ in range(2)] for _ in range(40)]
def layer(xs):
    sums = [engine.dot(row, xs) for row in weights]
    return engine.sum([engine.where(z > 0, z, 0.01 * z) for z in sums])
def attention(xs):
    keys, terms = [], []
    for x in xs:
        keys.append([engine.tanh(w * x) for w in weights[0]])
        terms.append(engine.logsumexp([engine.dot(keys[-1], key) for key in keys]))
    return engine.mean(terms)
same(lambda xs: engine.mean([(mlp(x) - 1.0) ** 2 for x in xs]), [points] * 2)
same(lambda xs: engine.sum(lstm([[x] for x in xs])[0][-1]), [[0.1 * i for i in range(30)]] * 2)
same(layer, [[draw(-2, 2) for _ in range(3)] for _ in range(30)])
same(attention, [[0.1 * i for i in range(n)] for n in (12, 7, 5, 9, 12)])
loss = jit(lambda x: (mlp(x) - 1.0) ** 2, batch=True)(points) * 1.0
"""


@pytest.mark.parametrize("forced", [False, True])
def test_lifted_programs_are_right_where_numpy_counts_in_32_bits(site: Any, forced: bool) -> None:
    answer = open_program(site, LIFTED.replace("FORCED", str(forced)))
    assert "error" not in answer, answer["error"]


def test_error_of_a_program_names_its_line(page: Any) -> None:
    answer = open_program(page, "from engine import Value\nx = Value(1.0)\n(x / 0)[1]\n")
    assert answer["error"]["line"] == 3
    assert "TypeError" in answer["error"]["message"]


def test_endless_program_is_interrupted_and_the_session_lives_on(site: Any) -> None:
    ask(site, "backward_open", text="a*b", language="formula")
    worker = site.evaluate_handle("chainrule.running.worker")
    for program in (FOREVER, CLEANING):
        answer = open_program(site, program, limit=500)
        assert "Stopped after 0.5 s" in answer["error"]["message"]
        assert len(ask(site, "backward_set", values={})["data"]) == 3
    site.evaluate("chainrule.running.interrupt[0] = 2")  # an interrupt that came when all was done
    assert len(ask(site, "backward_set", values={})["data"]) == 3
    assert site.evaluate("worker => worker === chainrule.running.worker", worker)
    site.complaints.clear()  # Python says what it dropped


def test_endless_program_ends_its_worker_and_what_was_open_is_open_again(single: Any) -> None:
    before = ask(single, "backward_open", text="a*b", language="formula", values={"a": 2.0, "b": 3.0})
    worker = single.evaluate_handle("chainrule.running.worker")
    answer = open_program(single, FOREVER, limit=500)
    assert "Stopped after 0.5 s" in answer["error"]["message"]
    assert "program is kept" in answer["error"]["hint"]
    again = ask(single, "backward_set", values={})
    assert (again["data"], again["grad"]) == (before["data"], before["grad"])
    assert not single.evaluate("worker => worker === chainrule.running.worker", worker)
