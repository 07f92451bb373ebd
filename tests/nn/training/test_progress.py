"""The line that shows how far a training is."""

import io
import os
import sys
import time
from functools import partial
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest

from nn.training.progress import progress_line


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(params=["with tqdm", "without tqdm"])
def tqdm(request, monkeypatch):
    if request.param == "with tqdm":
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)


def run(show=None, total=2, done=0, title=""):
    with progress_line(total, done, show, title) as advance:
        for epoch in range(done, total):
            advance(f"loss {epoch}.5")


@pytest.mark.usefixtures("tqdm")
@pytest.mark.parametrize(
    ("stream", "show", "shown"),
    [
        (Terminal, None, True),
        (Terminal, False, False),
        (Terminal, True, True),
        (io.StringIO, None, False),
        (io.StringIO, True, True),
    ],
)
def test_line_is_shown_on_a_terminal_or_as_asked(monkeypatch, stream, show, shown) -> None:
    monkeypatch.setattr(sys, "stderr", stream())
    run(show)
    assert (sys.stderr.getvalue() != "") is shown


@pytest.mark.usefixtures("tqdm")
def test_no_stderr_at_all_is_no_terminal(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    run()


def test_plain_line_is_written_over_and_cleared(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_line(10, 8) as advance:
        advance("loss 0.25")
        advance("loss 1")
    assert sys.stderr.getvalue() == (
        "\repoch 9/10  loss 0.25\repoch 10/10  loss 1  \r" + " " * len("epoch 10/10  loss 1") + "\r"
    )


def test_tqdm_is_told_of_each_epoch(monkeypatch) -> None:
    told = []

    class Bar:
        def __init__(self, **options):
            told.append((options["total"], options["initial"], options["desc"]))

        def set_postfix_str(self, note, refresh):
            told.append(note)

        def update(self):
            told.append("update")

        def close(self):
            told.append("close")

    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace(tqdm=Bar))
    run(show=True, total=3, done=1, title="moons")
    assert told == [(3, 1, "moons"), "loss 1.5", "update", "loss 2.5", "update", "close"]


def test_tqdm_counts_the_epochs_done_before(monkeypatch) -> None:
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    run(total=10, done=9)
    assert "9/10" in sys.stderr.getvalue()


@pytest.mark.usefixtures("tqdm")
class Notebook:
    """IPython in a kernel, and what it was told to display, as text and as HTML."""

    kernel = object()

    def __init__(self, monkeypatch) -> None:
        self.shown: list[dict[str, str]] = []
        ipython = SimpleNamespace(get_ipython=lambda: self)
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=self.display))

    def display(self, data, raw, display_id):
        assert raw is display_id is True
        self.shown.append(data)
        return SimpleNamespace(update=lambda data, raw: self.shown.append(data))


def test_in_a_notebook_it_is_html_that_stays(monkeypatch, capsys) -> None:
    clock = iter([0.0, 0.0, 0.05, 1.0, 1.0, 60.0, 60.0, 90.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    notebook = Notebook(monkeypatch)

    def interrupted() -> None:
        with progress_line(5, 1, title="<moons>") as advance:
            advance("loss 1")  # too soon to be shown
            advance("loss <b>")
            advance("loss 2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    texts = [each["text/plain"] for each in notebook.shown]
    assert texts == [
        "<moons>: 1/5 epochs in 0 ms   ",
        "<moons>: 3/5 epochs in 1.0 s, 1.0 s to go   loss <b>",
        "<moons>: 4/5 epochs in 1 min 0 s, 20.0 s to go   loss 2",
        "<moons>: 4/5 epochs in 1 min 30 s, 30.0 s to go   loss 2",
    ]
    for data in notebook.shown:
        html = fromstring(data["text/html"])
        assert html.find("progress").get("max") == "5"
        assert "".join(html.itertext()) == data["text/plain"]
    assert capsys.readouterr() == ("", "")


def test_in_a_notebook_nothing_is_shown_that_is_not_wanted(monkeypatch) -> None:
    notebook = Notebook(monkeypatch)
    run(show=False)
    assert notebook.shown == []
    run()
    assert len(notebook.shown) >= 2


def test_title_stands_before_the_bar(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    run(title="moons")
    assert "\rmoons: " in sys.stderr.getvalue()


def test_note_stands_after_the_bar(monkeypatch) -> None:
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(tqdm, "tqdm", partial(tqdm.tqdm, mininterval=0, miniters=1))  # draw at every step
    monkeypatch.setattr(sys, "stderr", Terminal())
    run()
    assert "2/2" in sys.stderr.getvalue()
    assert "loss 1.5" in sys.stderr.getvalue()


@pytest.mark.parametrize(("size", "given"), [((0, 0), (80, 24)), ((100, 0), (100, 24)), (None, (None, None))])
def test_terminal_that_says_it_has_no_columns_has_the_usual(monkeypatch, size, given) -> None:
    made = []
    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace(tqdm=lambda **options: made.append(options)))

    def get_terminal_size(number):
        if size is None:
            raise OSError
        return os.terminal_size(size)

    monkeypatch.setattr(os, "get_terminal_size", get_terminal_size)
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(fileno=lambda: 2))
    with pytest.raises(AttributeError), progress_line(2, show=True):  # the stand-in is no bar
        pass
    assert [(each["ncols"], each["nrows"]) for each in made] == [given]


@pytest.mark.usefixtures("tqdm")
def test_line_is_closed_after_an_error(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ZeroDivisionError), progress_line(2):
        raise ZeroDivisionError
    assert sys.stderr.getvalue().endswith("\r")
