"""Numbers by name in an .npz file, which NumPy reads too: ``numpy.load(path)["layers.0.neurons.0.b"]``."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine import Value

__all__ = ["read_numbers", "write_numbers"]

_LARGEST_MEMBER = 4096
"""Bytes; one number takes 136. A file of other arrays is refused before it fills the memory."""


def write_numbers(path: str | os.PathLike[str], numbers: Mapping[str, float]) -> None:
    """Write numbers to an .npz file, each as an array of no dimension under its name.

    The file appears whole or not at all: it is written beside its place under another name and then
    moved there. Equal numbers give equal bytes.

    Raises:
        OSError: the folder is missing, full or not writable; a file that was there stays as it was.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_numbers(f"{folder}/numbers.npz", {"w.0": 0.5})
    ...     read_numbers(f"{folder}/numbers.npz")
    {'w.0': 0.5}
    """
    place = Path(os.path.realpath(path))  # a link is followed, not replaced
    fresh = place.with_name(f".{place.name}.{os.urandom(8).hex()}.tmp")
    try:
        with open(fresh, "xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, number in numbers.items():
                    with archive.open(f"{name}.npy", "w") as member:
                        array = np.array(number, dtype=np.float64)
                        np.lib.format.write_array(member, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, place)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def read_numbers(path: str | os.PathLike[str]) -> dict[str, float]:
    """The numbers in an .npz file by name; nothing in the file is ever run.

    Raises:
        ValueError: the file is no .npz file, is damaged, or holds something other than single numbers.
        OSError: the file is missing or not readable.

    >>> read_numbers(__file__)
    Traceback (most recent call last):
    ...
    ValueError: '...archive.py' is not an .npz file of single numbers: File is not a zip file
    """
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                return {each.filename.removesuffix(".npy"): _read_number(archive, each) for each in members}
        except Exception as error:
            # a damaged file fails in a dozen ways: BadZipFile, EOFError, zlib.error, MemoryError, …
            raise ValueError(f"{os.fspath(path)!r} is not an .npz file of single numbers: {error}") from error


def _read_number(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> float:
    if info.file_size > _LARGEST_MEMBER:
        raise ValueError(f"{info.filename!r} holds {info.file_size} bytes, more than one number takes")
    with archive.open(info) as member:
        array = np.lib.format.read_array(member, allow_pickle=False)
    try:
        return Value(array).data
    except TypeError as error:
        raise ValueError(f"{info.filename!r}: {error}") from error
