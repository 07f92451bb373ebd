"""Command line: opens the page in the browser.

``python -m playground`` serves it from this machine; ``python -m playground build DIR`` writes a site that
needs no server, and ``--single FILE`` one HTML file.
"""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from playground.core import Session
from playground.server import Server

__all__ = ["main"]

DESCRIPTION = (
    "Open the page on which you step through a backward pass and train a network. "
    "It is served to this machine only, until Ctrl-C."
)
EPILOG = "python -m playground build --help: the same page without a server, as a folder or as one file"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, or 2 after an error, which is written to stderr."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["build"]:
        try:
            build = import_module("playground.build.command")
        except ModuleNotFoundError as error:
            if error.name not in {"playground.build", "playground.build.command"}:
                raise
            print("python -m playground: error: this copy has no `build`", file=sys.stderr)
            return 2
        status: int = build.main(given[1:])
        return status
    arguments = _parser().parse_args(given)
    if arguments.program is not None and not arguments.program.is_file():
        print(f"python -m playground: error: there is no file {str(arguments.program)!r}", file=sys.stderr)
        return 2
    try:
        server = Server(Session(arguments.program), arguments.port)
    except (OSError, OverflowError) as error:
        print(
            f"python -m playground: error: cannot listen on port {arguments.port}: {str(error).rstrip('.')}. "
            "Leave --port out to take a free one",
            file=sys.stderr,
        )
        return 2
    with server:
        print(f"{server.address}\nCtrl-C ends it", flush=True)
        if not arguments.no_browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m playground", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("program", nargs="?", type=Path, help="a Python file to open in the first tab")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    return parser


if __name__ == "__main__":
    sys.exit(main())
