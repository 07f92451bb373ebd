"""The command line, as a person starts it: a program file, a port, and what cannot be."""

import json
import socket
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from playground.__main__ import main
from playground.wire import unpack

PROGRAM = "from engine import Value\nw = Value(3.0, label='w')\nloss = w * w\n"


def asked(address, op, args):
    """What the server at an address answers."""
    place, token = address.split("#token=")
    question = Request(
        f"{place}call",
        json.dumps({"op": op, "args": args}).encode(),
        {"Content-Type": "application/json", "X-Token": token},
    )
    with urlopen(question, timeout=120) as answer:
        return unpack(answer.read())


def test_a_program_is_served_on_the_port_that_was_asked_for(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "playground", str(file), "--port", str(port), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().strip()
            assert address.startswith(f"http://127.0.0.1:{port}/#token=")
            head, _ = asked(address, "backward_start", {})
            assert head["given"] == {"name": "program.py", "text": PROGRAM}
            head, arrays = asked(address, "backward_open", {"text": PROGRAM, "language": "python"})
            assert arrays["grad"][head["names"].index("w")] == 6.0
            head, _ = asked(address, "backward_open", {"text": "loss = 1", "language": "python"})
            assert "only the file it was started with" in head["error"]["message"]
        finally:
            server.kill()


def test_what_cannot_be_is_said_in_one_line(tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, said in (
            ([str(tmp_path / "none.py")], "there is no file"),
            (["--port", port, "--no-browser"], f"cannot listen on port {port}"),
            (["--port", "70000", "--no-browser"], "cannot listen on port 70000"),
        ):
            assert main(arguments) == 2
            error = capsys.readouterr().err
            assert said in error
            assert error.count("\n") == 1
    with pytest.raises(SystemExit):
        main(["--port", "many"])
