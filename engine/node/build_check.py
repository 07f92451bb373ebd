"""Whether the compiled node was built, and from the sources that lie beside it.

The build carries a digest of its sources. Where they lie beside it, as in a checkout, and have changed
since, it is not used. Where there is none, a person is told once, for pip hides what a build prints.
``setup.py`` runs this file by its path, so it imports nothing of the engine.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import source_hash

__all__ = ["REBUILD", "StaleBuildError", "digest", "refuse_if_stale", "say_none_is_built", "sources"]

REBUILD = "python -m pip install -e ."
"""The command that builds it anew, in the root of a checkout."""


class StaleBuildError(ImportError):
    """The compiled node was built from other sources than those beside it."""


def sources(folder: str | os.PathLike[str]) -> list[str]:
    """The files in a folder, and in those within it, that the compiled node is built from."""
    found = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if path.endswith((".pyx", ".pxi", ".h")))


def digest(folder: str | os.PathLike[str]) -> str:
    """What changes when a source does; empty where there are none in the folder.

    The hash is Python's own for its cached bytecode (PEP 552). It takes 0.1 ms and imports nothing,
    where ``hashlib`` would cost more than the rest of the check.

    >>> digest("nowhere")
    ''
    """
    texts = []
    for path in sources(folder):
        with open(path, "rb") as source:  # pathlib would take 5 ms to import
            texts.append(source.read().replace(b"\r\n", b"\n"))
    return source_hash(b"\0".join(texts)).hex() if texts else ""


def refuse_if_stale(path: str, built_from: str) -> None:
    """Stop the import of a build that is not of the sources beside it.

    Args:
        path: the file of the build.
        built_from: the digest it carries.

    Raises:
        StaleBuildError: there are sources beside it, with another digest.
    """
    now = digest(os.path.dirname(path))
    if now and now != built_from:
        raise StaleBuildError(
            f"{path} was built from other sources than those beside it; rebuild it: {REBUILD}"
        )


def say_none_is_built() -> None:
    """Tell a person, once for an installation, that the node in Python runs and how to build the other.

    On stderr, where that is a terminal or a notebook, so that no program, test or log is disturbed. Not in a
    browser, where nothing can be compiled. It never raises.
    """
    with suppress(Exception):  # a hint must not stop an import
        if sys.platform == "emscripten" or not _is_read():
            return
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        if _first_time(root):
            checkout = os.path.exists(os.path.join(root, "setup.py"))
            again = f"build it by `{REBUILD}`" if checkout else "install chainrule again"
            print(
                "chainrule: the compiled node is not built, so the one in Python runs: the same numbers, "
                f"some 15 times slower. With a C compiler at hand, {again}. CHAINRULE_BACKEND=python "
                "chooses the one in Python. This is said once.",
                file=sys.stderr,
            )


def _is_read() -> bool:
    """Whether a person sees stderr: a terminal, or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


def _first_time(root: str) -> bool:
    """Whether it was not said yet of this installation; where that cannot be kept, it is said again."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    said = os.path.join(base, "chainrule", "no_compiled_node")
    with suppress(OSError), open(said, encoding="utf-8") as places:
        if root in places.read().splitlines():
            return False
    with suppress(OSError):
        os.makedirs(os.path.dirname(said), exist_ok=True)
        with open(said, "a", encoding="utf-8") as places:
            places.write(f"{root}\n")
    return True
