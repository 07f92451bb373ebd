"""A build of other sources than those beside it is refused; that there is none is said once."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.node.build_check import (
    StaleBuildError,
    digest,
    refuse_if_stale,
    say_none_is_built,
    sources,
)
from tests.source_tree import ROOT

COMPILED = Path("engine/node/compiled")


def copied(place: Path) -> list[Path]:
    """The sources in a folder of their own."""
    return [Path(path) for path in sources(shutil.copytree(ROOT / COMPILED, place / "compiled"))]


def test_line_ends_do_not_make_a_build_stale(tmp_path) -> None:
    for path in copied(tmp_path):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(tmp_path / "compiled") == digest(ROOT / COMPILED) != ""


def test_digest_changes_with_every_source(tmp_path) -> None:
    paths = copied(tmp_path)
    assert len(paths) > 20
    for path in paths:
        text = path.read_bytes()
        for other in (text + b" ", None):
            path.unlink() if other is None else path.write_bytes(other)
            assert digest(tmp_path / "compiled") != digest(ROOT / COMPILED)
        path.write_bytes(text)
    assert digest(tmp_path / "compiled") == digest(ROOT / COMPILED)


def test_refusal_names_the_command(tmp_path) -> None:
    (tmp_path / "_value.pyx").touch()
    refuse_if_stale(str(tmp_path / "_value.so"), digest(tmp_path))
    with pytest.raises(StaleBuildError, match="python -m pip install -e"):
        refuse_if_stale(str(tmp_path / "_value.so"), "0123456789abcdef")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(monkeypatch, stream: io.StringIO | None, *, platform: str = "linux") -> str:
    """What is said on a stream in place of stderr, by two imports."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "platform", platform)
    say_none_is_built()
    say_none_is_built()
    monkeypatch.undo()
    return stream.getvalue() if stream else ""


def test_a_missing_build_is_said_once_on_a_terminal_with_the_remedy(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = said(monkeypatch, Terminal())
    assert text.count("\n") == 1
    assert "python -m pip install -e ." in text
    assert "CHAINRULE_BACKEND=python" in text


@pytest.mark.parametrize(
    ("stream", "platform", "cache", "times"),
    [
        (Terminal(), "emscripten", "here", 0),  # nothing can be compiled in a browser
        (io.StringIO(), "linux", "here", 0),  # a pipe or a file
        (None, "linux", "here", 0),
        (Terminal(), "linux", os.devnull, 2),  # where it cannot be kept that it was said
    ],
)
def test_who_hears_of_a_missing_build(monkeypatch, tmp_path, stream, platform, cache, times) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path) if cache == "here" else cache)
    assert said(monkeypatch, stream, platform=platform).count("This is said once.") == times


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("chosen", [False, True], ids=["by default", "chosen"])
def test_importing_the_node_in_python_says_it_unless_that_was_chosen(tmp_path, chosen) -> None:
    hidden = (
        "import sys; sys.modules['engine.node.compiled._value'] = None; import engine as e; print(e.backend)"
    )
    environment = {key: value for key, value in os.environ.items() if key != "CHAINRULE_BACKEND"}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "PYTHONWARNINGS": "error", "PYTHONPATH": str(ROOT)}
    environment |= {"CHAINRULE_BACKEND": "python"} if chosen else {}
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", hidden]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.write(theirs, b"\n")
    assert done.stdout.strip() == b"python"
    assert (b"compiled node is not built" in os.read(ours, 4096)) is not chosen
