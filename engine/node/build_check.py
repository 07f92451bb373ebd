"""Whether the compiled node was built from the sources that lie beside it.

The build carries a digest of its sources. Where they lie beside it, as in a checkout, and have changed
since, it is not used. ``setup.py`` runs this file by its path, so it imports nothing of the engine.
"""

from __future__ import annotations

import os
from importlib.util import source_hash

__all__ = ["REBUILD", "SOURCES", "StaleBuildError", "digest", "refuse_if_stale"]

SOURCES = (
    "_value.pyx",
    "bulk.pxi",
    "c/bulk.h",
    "c/calls.h",
    "c/class.h",
    "c/collector.h",
    "c/executor.h",
    "c/freeing.h",
    "c/loops.h",
    "c/node.h",
    "c/results.h",
    "c/rows.h",
    "c/sequences.h",
    "c/slabs.h",
    "c/sweep.h",
    "c/walks.h",
    "calls.pxi",
    "class.pxi",
    "declarations.pxi",
    "kernels.h",
    "programs/executor.pxi",
    "programs/nests.pxi",
    "programs/quick.pxi",
    "programs/tape.h",
    "programs/tape.pxi",
    "results.pxi",
    "rows.pxi",
)
"""What the compiled node is built from."""

REBUILD = "python -m pip install -e ."
"""The command that builds it anew, in the root of a checkout."""


class StaleBuildError(ImportError):
    """The compiled node was built from other sources than those beside it."""


def digest(folder: str | os.PathLike[str]) -> str:
    """What changes when a source does; empty where not all of them are in the folder.

    The hash is Python's own for its cached bytecode (PEP 552). It takes 0.1 ms and imports nothing,
    where ``hashlib`` would cost more than the rest of the check.

    >>> digest("nowhere")
    ''
    """
    texts = []
    for name in SOURCES:
        try:
            with open(os.path.join(folder, name), "rb") as source:  # pathlib would take 5 ms to import
                texts.append(source.read().replace(b"\r\n", b"\n"))
        except FileNotFoundError:
            return ""
    return source_hash(b"\0".join(texts)).hex()


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
