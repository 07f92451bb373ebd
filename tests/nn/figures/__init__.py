"""Figures of other libraries, made once and committed: the tests need none of them installed.

Each ``from_….py`` is both the program that made the table beside it and what a test runs again on nn.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    """The table of a library."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["figures"]


def write(name: str, version: str, figures: Any) -> None:
    """Write the table of a library, with the version it is from and the command that made it."""
    table = {
        "library": f"{name} {version}",
        "made by": f"python -m tests.nn.figures.from_{name}",
        "figures": figures,
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
