"""Pyodide's files: from a folder, out of a cache, or downloaded; in any case checked by their digests.

Pyodide is CPython in WebAssembly. Its npm package holds all but NumPy; NumPy's wheel for it stands in the
PyPI wheel of gbdraw, and Pyodide's own lock file says what its digest must be.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.error import URLError

from engine.files import write_atomically

__all__ = ["FILES", "VERSION", "PyodideError", "cache_folder", "pyodide_files"]

VERSION = "0.29.0"

FILES = {
    "pyodide.mjs": "31afa960fdf68333de6f3f0513bad154495c8fc635a66b7e58ab9cf356a76501",
    "pyodide.asm.js": "f1e70077bd701757b2798fc57f540fe39cf23d36ee5cd7c1a9b3a6f35cf500a7",
    "pyodide.asm.wasm": "615172c6b2f5efe53e41d0201a98eb37c1f3aa7675d11cb06b6079b3a6b2bef5",
    "python_stdlib.zip": "e389fbdc394a00d31ff0624386c9e3e52e04727130ac73597a99c477afe4f1ca",
    "pyodide-lock.json": "701557726114e9a968d2088153414b2f126b8631aa734ed98eaf1797d4e4d087",
}
"""The files of Pyodide that the page needs, and the sha256 of each."""

_PACKED = "52ea0e976b6e8373ef911f21cb3751ea50b03eb423b093fbfa21ffc27e842f01"
_HOLDER = "gbdraw==0.14.2"
_REGISTRY = "https://registry.npmjs.org"
_INSTEAD = (
    f"Or give --pyodide FOLDER with Pyodide {VERSION}'s files ({', '.join(FILES)}) and its wheel of NumPy; "
    f"the archive pyodide-{VERSION}.tar.bz2 of Pyodide's releases holds them all"
)

Say = Callable[[str], None]


class PyodideError(RuntimeError):
    """Pyodide's files could not be had, or are not those that they should be."""


def cache_folder() -> Path:
    """Where downloaded files are kept: ``chainrule/pyodide-0.29.0`` in ``$XDG_CACHE_HOME`` or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "chainrule" / f"pyodide-{VERSION}"


def pyodide_files(folder: Path | None = None, *, say: Say = print) -> dict[str, bytes]:
    """The files by name, NumPy's wheel among them, each checked.

    Args:
        folder: where they are; None: from :func:`cache_folder`, into which missing ones are downloaded.
        say: told of each download before it begins.

    Raises:
        PyodideError: a file is missing, cannot be downloaded, or has another digest; the message says which,
            and what to do.
    """
    if folder is not None:
        files = _read(folder, FILES)
        return files | _read(folder, _numpy(files["pyodide-lock.json"]))
    cache = cache_folder()
    try:
        files = _read(cache, FILES)
    except PyodideError:
        files = _download_pyodide(say)
        _keep(cache, files)
    numpy = _numpy(files["pyodide-lock.json"])
    try:
        return files | _read(cache, numpy)
    except PyodideError:
        wheel = _download_numpy(numpy, say)
        _keep(cache, wheel)
        return files | wheel


def _numpy(lock: bytes) -> dict[str, str]:
    """The name of NumPy's wheel and its digest, as Pyodide's lock file has them."""
    entry = json.loads(lock)["packages"]["numpy"]
    return {entry["file_name"]: entry["sha256"]}


def _read(folder: Path, digests: Mapping[str, str]) -> dict[str, bytes]:
    try:
        files = {name: (folder / name).read_bytes() for name in digests}
    except OSError as error:
        raise PyodideError(f"{error.filename} cannot be read: {error.strerror}. {_INSTEAD}") from None
    return _checked(files, digests, str(folder))


def _checked(files: dict[str, bytes], digests: Mapping[str, str], source: str) -> dict[str, bytes]:
    for name, expected in digests.items():
        if name not in files:
            raise PyodideError(f"{source} holds no {name}. {_INSTEAD}")
        found = hashlib.sha256(files[name]).hexdigest()
        if found != expected:
            raise PyodideError(
                f"{name} from {source} is not that of Pyodide {VERSION}: its sha256 is {found}, expected "
                f"{expected}. {_INSTEAD}"
            )
    return files


def _keep(cache: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        write_atomically(cache / name, content)


def _registry() -> str:
    """The npm registry that npm's own environment variable names, else the public one."""
    named = {name.lower(): value for name, value in os.environ.items()}.get("npm_config_registry")
    return (named or _REGISTRY).rstrip("/")


def _download_pyodide(say: Say) -> dict[str, bytes]:
    address = f"{_registry()}/pyodide/-/pyodide-{VERSION}.tgz"
    say(f"downloading Pyodide {VERSION} (5.6 MB) from {address}")
    try:
        with urllib.request.urlopen(address, timeout=120) as response:
            packed = response.read()
    except (URLError, OSError, ValueError) as error:
        raise PyodideError(f"{address} cannot be downloaded: {error}. {_INSTEAD}") from None
    _checked({"the package": packed}, {"the package": _PACKED}, address)
    with tarfile.open(fileobj=io.BytesIO(packed)) as members:
        files = {
            name: stream.read()
            for name in FILES
            if (stream := members.extractfile(f"package/{name}")) is not None
        }
    return _checked(files, FILES, address)


def _download_numpy(digests: Mapping[str, str], say: Say) -> dict[str, bytes]:
    """NumPy's wheel for Pyodide, out of the wheel that holds it."""
    say(f"downloading NumPy for Pyodide (3.1 MB, inside the 41 MB wheel {_HOLDER}) by pip download")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        done = subprocess.run([*command, "--dest", folder, _HOLDER], capture_output=True, text=True)
        wheels = sorted(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise PyodideError(f"pip download {_HOLDER} failed: {reason}. {_INSTEAD}")
        with zipfile.ZipFile(wheels[0]) as holder:
            inside = {Path(name).name: name for name in holder.namelist()}
            files = {name: holder.read(inside[name]) for name in digests if name in inside}
    return _checked(files, digests, _HOLDER)
