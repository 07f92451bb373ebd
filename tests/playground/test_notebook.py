"""The page in notebooks: the widget's messages, and the same page in a frame without an origin."""

import base64
import sys
import types
from pathlib import Path

import pytest

from engine import Value
from nn import MLP
from playground import explore, notebook, train
from playground.core import Session
from playground.wire import unpack

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def model():
    return MLP(2, [3, 1], activation="tanh", rng=0)


def test_a_question_gets_its_answer_in_a_buffer() -> None:
    sent = []
    notebook.answer(Session(), {"id": 7, "op": "hello", "args": {}}, lambda *args: sent.append(args))
    ((message, buffers),) = sent
    assert message == {"id": 7}
    assert unpack(buffers[0])[0]["engine"] == "chainrule"


@pytest.mark.parametrize("message", [None, 3, {}, {"id": 1, "op": 2}])
def test_what_is_no_question_is_not_answered(message) -> None:
    notebook.answer(Session(), message, lambda *args: pytest.fail("answered"))


def test_a_terminal_opens_the_browser(monkeypatch, capsys) -> None:
    opened = []
    monkeypatch.setattr(notebook.webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    server = explore(Value(2.0) * 3)
    try:
        assert opened == [server.address]
        assert server.address in capsys.readouterr().out
        assert sorted(server.session.given) == ["loss"]
    finally:
        server.shutdown()
        server.server_close()


def test_a_program_waits_until_interrupted(monkeypatch) -> None:
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(notebook.webbrowser, "open", lambda address: None)
    monkeypatch.setattr(notebook.time, "sleep", interrupt)
    monkeypatch.delattr(sys, "ps1", raising=False)
    assert train(model(), X, Y) is None


def test_a_notebook_without_anywidget_says_what_to_install(monkeypatch) -> None:
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"chainrule\[playground\]"):
        explore(Value(1.0))


def test_data_that_do_not_fit_are_refused_in_the_cell() -> None:
    with pytest.raises(ValueError, match="the model takes 2 inputs"):
        train(model(), [[1.0]], [0])


HOST = """<!doctype html><body><script type="module">
const listeners = [];
const bytes = (data) => Uint8Array.from(atob(data), (each) => each.charCodeAt(0)).buffer;
const model = {
  send: (message) => window.ask(message).then((data) =>
    listeners.forEach((each) => each({ id: message.id }, [new DataView(bytes(data))]))),
  on: (_, listener) => listeners.push(listener),
  off: () => {},
};
const module = new Blob([await window.source()], { type: "text/javascript" });
const widget = await import(URL.createObjectURL(module));
widget.default.render({ model, el: document.body });
</script>"""


@pytest.mark.parametrize(
    ("given", "tab", "dark"),
    [({"model": 0, "X": X, "y": Y}, "Playground", False), ({}, "Backward pass", True)],
)
def test_the_same_page_opens_in_a_widget(browser, given, tab, dark, tmp_path: Path) -> None:
    """The widget's module in a page that stands for the notebook, over the messages of anywidget."""
    session = Session(given={**given, "model": model()} if given else {})
    context = browser.new_context(viewport={"width": 1000, "height": 820})
    page = context.new_page()
    page.set_default_timeout(120_000)
    complaints = []
    page.on("console", lambda told: told.type == "error" and complaints.append(told.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def ask(message):
        sent = []
        notebook.answer(session, message, lambda *args: sent.append(args))
        return base64.b64encode(bytes(sent[0][1][0])).decode()

    page.expose_function("ask", ask)
    page.expose_function("source", lambda: notebook._module(760))
    host = tmp_path / "notebook.html"
    body = '<body data-jp-theme-light="false">' if dark else "<body>"  # as JupyterLab says it
    host.write_text(HOST.replace("<body>", body), encoding="utf-8")
    page.goto(host.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    assert frame.get_by_role("tab", selected=True).inner_text() == tab
    assert frame.locator("html").get_attribute("data-theme") == ("dark" if dark else None)
    frame.get_by_role("tab", name="Playground").click()
    frame.get_by_role("button", name="Play").first.wait_for()
    context.close()
    assert complaints == []


def test_the_widget_answers_what_its_page_asks(monkeypatch) -> None:
    pytest.importorskip("anywidget", reason="no anywidget here")
    page = notebook.widget(Session(), height=500)
    sent = []
    monkeypatch.setattr(type(page), "send", lambda self, message, buffers: sent.append((message, buffers)))
    page._handle_custom_msg({"id": 3, "op": "hello", "args": {}}, [])
    assert [message for message, _ in sent] == [{"id": 3}]
    assert unpack(sent[0][1][0])[0]["engine"] == "chainrule"
    assert "const HEIGHT = 500;" in str(page._esm)
