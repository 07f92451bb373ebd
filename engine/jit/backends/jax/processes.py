"""Several processes that compute as one: whether all have the same, and what is said when one is lost."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from engine.quoting import abridged, brief

__all__ = ["check_same", "in_double_precision", "is_first", "lost", "several"]


def several() -> bool:
    """Whether JAX has joined more processes than this one."""
    return import_module("jax").process_count() > 1  # type: ignore[no-any-return]


def is_first() -> bool:
    """Whether this is the process that writes what is written once."""
    return import_module("jax").process_index() == 0  # type: ignore[no-any-return]


def in_double_precision(jax: Any) -> Any:
    """A context in which JAX has numbers of 64 bits."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return import_module("jax.experimental").enable_x64()


def check_same(parts: Mapping[str, Iterable[np.ndarray[Any, Any]]]) -> None:
    """Check that all processes have the same; each must call this.

    Args:
        parts: arrays to compare, by the name that is said where they differ.

    Raises:
        RuntimeError: they differ, so that what the processes would compute together means nothing; or one of
            them was lost.
    """
    jax = import_module("jax")
    gathered = import_module("jax.experimental.multihost_utils").process_allgather
    own = np.array([float(_checksum(arrays)) for arrays in parts.values()])
    try:
        with in_double_precision(jax):
            found = np.asarray(gathered(own))
    except jax.errors.JaxRuntimeError as error:
        raise lost(error) from error
    differing = [name for name, column in zip(parts, found.T, strict=True) if len({*column.tolist()}) > 1]
    if differing:
        raise RuntimeError(
            f"the {len(found)} processes differ in {', '.join(differing)}: each must begin with the same, as "
            "they compute one training together; give models and rng= the same seed, and read the same files"
        )


def _checksum(arrays: Iterable[np.ndarray[Any, Any]]) -> int:
    found = 0
    for array in arrays:
        found = zlib.crc32(np.ascontiguousarray(array).tobytes(), found)
    return found


def lost(error: Exception) -> RuntimeError:
    """The error to raise where processes that compute together no longer reach each other."""
    jax = import_module("jax")
    said = abridged(str(error).partition("\n")[0])
    return RuntimeError(
        f"process {jax.process_index()} of {jax.process_count()} lost another one: it has ended, or cannot "
        "be reached. This step has changed nothing. End all processes, and start all again; with "
        "nn.fit(..., checkpoint=PATH) they go on from the last whole epoch by resume=PATH, bit for bit. "
        f"JAX says: {brief(said)}"
    )
