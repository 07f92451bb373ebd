"""Command line: ``python -m playground build DIR`` and ``python -m playground build --single FILE``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from playground.build.pyodide import FILES, VERSION, PyodideError, cache_folder, pyodide_files
from playground.build.single import build_single
from playground.build.site import build_site

__all__ = ["main"]

DESCRIPTION = (
    "Write the page so that it needs no server of ours: DIR is a site for any web server, FILE is one HTML "
    "file that opens from disk without a network. The engine runs in the browser's tab, by Pyodide."
)
_LISTED = ", ".join(FILES)
EPILOG = (
    f"Pyodide {VERSION} ({_LISTED}; 12 MB) and its NumPy (3.1 MB) are taken from the folder of --pyodide, or "
    f"from {cache_folder()}, or else downloaded into it: Pyodide from the npm registry (5.6 MB; the variable "
    "npm_config_registry names another), NumPy out of the wheel gbdraw==0.14.2 by pip download (41 MB). All "
    "are checked by their sha256. Neither Node nor npm is needed, and nothing of this to install chainrule."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, or 2 after an error, which is written to stderr."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.folder is None and arguments.single is None:
        parser.error("give a folder for the site, or --single FILE, or both")
    try:
        pyodide = pyodide_files(arguments.pyodide, say=_say)
        if arguments.folder is not None:
            _say(f"writing the site into {arguments.folder}")
            build_site(arguments.folder, pyodide)
            print(f"{arguments.folder}: serve it: python -m http.server --directory {arguments.folder}")
        if arguments.single is not None:
            _say(f"writing {arguments.single}")
            size = build_single(arguments.single, pyodide).stat().st_size
            print(f"{arguments.single}: {size / 1e6:.1f} MB; open it in a browser, also without a network")
    except (PyodideError, OSError, ValueError) as error:
        print(f"python -m playground build: error: {error}", file=sys.stderr)
        return 2
    return 0


def _say(text: str) -> None:
    print(f"{text} …", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m playground build", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="where to write the static site")
    parser.add_argument("--single", type=Path, metavar="FILE", help="write one HTML file")
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER", help="where Pyodide's files are")
    return parser
