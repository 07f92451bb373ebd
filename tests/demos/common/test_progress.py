"""A bar on a terminal, with its note; nothing in a pipe, in quiet, or without tqdm."""

import io
import sys
from functools import partial

import pytest

from demos.common.progress import progress


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch, stream: io.StringIO, **options: bool) -> str:
    """What goes to stderr while two of three steps are made."""
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(3, "counting", **options) as advance:
        advance("at one")
        advance("at two")
    return stream.getvalue()


def test_terminal_shows_a_bar_and_clears_it(monkeypatch) -> None:
    pytest.importorskip("tqdm")
    text = shown(monkeypatch, Terminal())
    assert "counting:   0%" in text
    assert "/3" in text
    assert text.endswith("\r")  # the line is free for what comes next


def test_note_stands_after_the_bar(monkeypatch) -> None:
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(tqdm, "tqdm", partial(tqdm.tqdm, mininterval=0, miniters=1))  # draw at every step
    text = shown(monkeypatch, Terminal())
    assert "2/3" in text
    assert "at two" in text


def test_pipe_shows_nothing(monkeypatch) -> None:
    assert shown(monkeypatch, io.StringIO()) == ""


def test_quiet_shows_nothing(monkeypatch) -> None:
    assert shown(monkeypatch, Terminal(), quiet=True) == ""


def test_without_tqdm_there_is_no_bar(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert shown(monkeypatch, Terminal()) == ""


def test_bar_is_cleared_when_the_work_is_interrupted(monkeypatch) -> None:
    pytest.importorskip("tqdm")
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)

    def work() -> None:
        with progress(3, "counting") as advance:
            advance("at one")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert stream.getvalue().endswith("\r")
