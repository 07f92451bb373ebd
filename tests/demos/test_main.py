"""``python -m demos`` as a program: signals, pipes, terminals, and the same output from the same seed."""

import os
import subprocess
import sys

import pytest

from tests.demos.running import as_program, command, environment, in_process

INTERRUPTING = """
import os, signal
from demos.neurons import xor
class Interrupting(xor.SGD):
    steps = 0
    def step(self, closure=None):
        Interrupting.steps += 1
        if Interrupting.steps == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return super().step(closure)
xor.SGD = Interrupting
"""
"""Ctrl-C in the fifth epoch."""

COARSE = """
from demos.neurons import xor
from viz import plot_decision_boundary, plot_loss_surface
xor.RESOLUTION = 12
for plot in plot_decision_boundary, plot_loss_surface:
    plot.__kwdefaults__["resolution"] = 12
"""
"""What tests/demos/conftest.py does in this process."""

UNSAVED = COARSE + "from demos.runner import page; page.save_figure = lambda ax, path: path"
"""For tests that look at no plots; saving them takes longest."""


def test_program_does_what_the_function_does_wherever_it_runs(tmp_path, capsys, monkeypatch) -> None:
    places = [tmp_path / "program", tmp_path / "function"]
    for place in places:
        place.mkdir()
    program = as_program("xor", "--seed", "3", cwd=places[0], code=COARSE, PYTHONHASHSEED="1")
    monkeypatch.chdir(places[1])
    function = in_process(capsys, "xor", "--seed", "3")
    assert program == function
    assert (program.status, program.err) == (0, "")  # no bar either: stderr is a pipe
    pictures = [{path.name: path.read_bytes() for path in (place / "out").iterdir()} for place in places]
    assert len(pictures[0]) >= 3
    assert pictures[0] == pictures[1]


def test_program_lists_and_refuses(tmp_path) -> None:
    assert as_program(cwd=tmp_path).out.startswith("Demos:")
    assert as_program("nand", cwd=tmp_path).status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a program cannot send itself Ctrl-C on Windows")
@pytest.mark.parametrize("name", ["xor"])
def test_ctrl_c_ends_the_program_with_a_summary(name, tmp_path) -> None:
    outcome = as_program(name, cwd=tmp_path, code=INTERRUPTING)
    assert (outcome.status, outcome.err) == (130, "")
    summary = outcome.out.splitlines()[-1]
    assert summary == f"{name} was interrupted in epoch 5 of a training. Written so far: nothing."


@pytest.mark.skipif(os.name == "nt", reason="a program cannot send itself Ctrl-C on Windows")
def test_ctrl_c_during_the_imports_is_quiet(tmp_path) -> None:
    code = "import builtins, os, signal, sys\n"
    code += "class Finder:\n"
    code += "    def find_spec(self, name, *rest):\n"
    code += "        if name == 'demos.program.cli': os.kill(os.getpid(), signal.SIGINT)\n"
    code += "sys.meta_path.insert(0, Finder())"
    assert as_program("xor", cwd=tmp_path, code=code) == (130, "", "")


@pytest.mark.skipif(os.name == "nt", reason="pipes differ")
def test_output_that_nobody_reads_ends_without_a_traceback(tmp_path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "demos", "xor"],
        cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE, timeout=600, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_letters_that_the_output_cannot_show_do_not_end_the_program(tmp_path) -> None:
    words = ("xor", "--epochs", "1", "--out", "Übung")
    outcome = as_program(*words, cwd=tmp_path, code=UNSAVED, PYTHONIOENCODING="ascii")
    assert outcome.status == 1
    assert "\\xdcbung" in outcome.out
    assert (tmp_path / "Übung" / "xor_graph.svg").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("words", "bar"), [([], True), (["--quiet"], False)])
def test_terminal_sees_a_bar_unless_quiet(words, bar, tmp_path) -> None:
    pytest.importorskip("tqdm")
    import pty

    terminal, end = pty.openpty()
    with subprocess.Popen(
        command("xor", *words, code=UNSAVED),
        cwd=tmp_path, env=environment(TERM="xterm"), stdout=subprocess.DEVNULL, stderr=end,
    ) as program:  # fmt: skip
        os.close(end)
        seen = b""
        while True:
            try:
                piece = os.read(terminal, 1024)
            except OSError:  # how Linux tells that the other end was closed
                break
            if not piece:
                break
            seen += piece
    os.close(terminal)
    assert program.returncode == 0
    assert (b"  0%" in seen) is bar
    assert bar or seen == b""
