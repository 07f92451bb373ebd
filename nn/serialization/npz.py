"""Read and write .npz files of arrays by name, without pickle; ``numpy.load`` reads them too."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value
from engine.files import write_atomically
from engine.quoting import abridged, brief

__all__ = ["read_arrays", "read_numbers", "write_arrays", "write_numbers"]

_LARGEST_NUMBER = 4096
"""Bytes; one number takes 136. A file of other arrays is refused before it fills the memory."""

_LARGEST_FILE = 2**30
"""Bytes of a file's arrays together, likewise."""


def write_numbers(path: str | os.PathLike[str], numbers: Mapping[str, float]) -> None:
    """Write numbers to an .npz file, each as a zero-dimensional array under its name.

    The file appears whole or not at all, see :func:`engine.files.write_atomically`. Equal numbers give equal
    bytes.

    Raises:
        OSError, ValueError: as in :func:`write_arrays`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_numbers(f"{folder}/numbers.npz", {"w.0": 0.5})
    ...     read_numbers(f"{folder}/numbers.npz")
    {'w.0': 0.5}
    """
    write_arrays(path, {name: np.array(number, dtype=np.float64) for name, number in numbers.items()})


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays of numbers or text to an .npz file, whole or not at all; equal arrays give equal bytes.

    Raises:
        OSError: the folder is missing or full, or the file or folder not writable; a file that was there
            stays as it was.
        ValueError: an array holds objects, or a name is not possible in such a file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(f"{folder}/arrays.npz", {"m": np.array([0.5, 1.0])})
    ...     read_arrays(f"{folder}/arrays.npz")
    {'m': array([0.5, 1. ])}
    """
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            try:
                _write_member(archive, f"{name}.npy", array)
            except (ValueError, struct.error) as error:
                raise ValueError(f"{os.fspath(path)!r}: cannot write {brief(name)}: {error}") from error
    write_atomically(path, content.getvalue(), folders=False)


def _write_member(archive: zipfile.ZipFile, name: str, array: npt.NDArray[Any]) -> None:
    if zipfile.ZipInfo(name).filename != name:  # which cuts a name at a zero byte
        raise ValueError("this name is not possible in an .npz file")
    with archive.open(name, "w") as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def read_numbers(path: str | os.PathLike[str]) -> dict[str, float]:
    """Read the numbers in an .npz file by name; nothing in the file is ever run.

    Raises:
        ValueError: the file is not an .npz file, is damaged, or holds something other than single numbers.
        OSError: the file is missing or not readable.

    >>> read_numbers(__file__)
    Traceback (most recent call last):
    ...
    ValueError: '...npz.py' is not an .npz file of single numbers: File is not a zip file
    """
    try:
        arrays = _read(path, _LARGEST_NUMBER)
        return {name: _number(name, array) for name, array in arrays.items()}
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!r} is not an .npz file of single numbers: {error}") from error


def read_arrays(path: str | os.PathLike[str]) -> dict[str, npt.NDArray[Any]]:
    """Read the arrays in an .npz file by name; nothing in the file is ever run.

    Raises:
        ValueError: the file is not an .npz file, is damaged, or holds something other than numbers and text.
        OSError: the file is missing or not readable.

    >>> read_arrays(__file__)
    Traceback (most recent call last):
    ...
    ValueError: '...npz.py' is not an .npz file of arrays: File is not a zip file
    """
    try:
        return _read(path, _LARGEST_FILE)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!r} is not an .npz file of arrays: {error}") from error


def _read(path: str | os.PathLike[str], largest: int) -> dict[str, npt.NDArray[Any]]:
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                if sum(each.file_size for each in members) > _LARGEST_FILE:
                    raise ValueError(f"its arrays take more than {_LARGEST_FILE} bytes")
                arrays: dict[str, npt.NDArray[Any]] = {}
                for each in members:
                    name = each.filename.removesuffix(".npy")
                    if name in arrays:
                        raise ValueError(f"it holds {brief(name)} twice")
                    arrays[name] = _read_member(archive, each, largest)
                return arrays
        except Exception as error:
            # a damaged file fails in a dozen ways: BadZipFile, EOFError, zlib.error, MemoryError, …
            raise ValueError(abridged(str(error) or type(error).__name__)) from error


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int) -> npt.NDArray[Any]:
    if info.file_size > largest:
        raise ValueError(f"{brief(info.filename)} holds {info.file_size} bytes, more than one number takes")
    with archive.open(info) as member:
        array: npt.NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
    return array


def _number(name: str, array: npt.NDArray[Any]) -> float:
    try:
        return Value(array).data
    except TypeError as error:
        raise ValueError(f"{brief(f'{name}.npy')}: {error}") from error
