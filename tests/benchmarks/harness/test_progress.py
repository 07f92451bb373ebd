import io

from benchmarks.harness.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_shows_one_line_written_over(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    progress = Progress(stream)
    progress.say("a line too long for the terminal")
    progress.clear()
    assert stream.getvalue() == "\r\x1b[Ka line too long for\r\x1b[K"


def test_pipe_shows_nothing() -> None:
    stream = io.StringIO()
    Progress(stream).say("round 1")
    assert stream.getvalue() == ""
