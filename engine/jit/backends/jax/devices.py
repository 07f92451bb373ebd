"""Means over samples, and their gradients, by XLA: the samples are shared out among all devices.

These are the devices of all processes that ``jax.distributed.initialize`` joined. Each process must make the
same calls with the same arguments; each device computes the sums of its share, and one reduction of one
vector gives all of them the results.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from engine.jit.backends.jax.processes import in_double_precision, lost
from engine.jit.backends.jax.statements import outputs_of
from engine.jit.emit.forward import Program

__all__ = ["Devices", "compare"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

_ROWS_COMPARED = 4096
"""Of so many samples, at even distances, processes compare the sum."""

_AGREES = 1e-9
"""So much may a sum differ between processes: the same steps may round otherwise on another machine."""


class Devices:
    """An array program for samples, compiled by XLA in double precision.

    It is compiled for each number of samples, but for those that fill at least half of a program at hand.

    Args:
        program: the array program.
        by_samples: whether gradients by the samples are ever wanted.
    """

    def __init__(self, program: Program, by_samples: bool) -> None:
        self._program = program
        self._by_samples = by_samples
        self._jax = import_module("jax")
        self._compiled = cache(self._compile)
        self._sizes: set[tuple[int, bool]] = set()

    def __str__(self) -> str:
        devices = self._jax.devices()
        return f"jax on {len(devices)} {devices[0].platform} device{'s' if len(devices) > 1 else ''}"

    def __call__(
        self, parameters: Vector, samples: Sequence[Vector], differentiate: bool
    ) -> tuple[list[float], list[Vector], list[Vector]]:
        """The means of the outputs, and for each its gradients.

        Args:
            parameters: what was captured, in the order of its cells.
            samples: arrays of shape (samples, numbers of one argument).
            differentiate: whether gradients are wanted.

        Returns:
            The means; for each its gradient by what was captured; and that by the samples, a row for each,
            of no columns where it is never wanted.

        Raises:
            RuntimeError: another process was lost, or was called with other arguments.
        """
        jax, count = self._jax, len(samples[0])
        table = samples[0] if len(samples) == 1 else np.concatenate(samples, axis=1)
        size = self._size_for(count, differentiate)
        weights = np.full(size, 1.0 / count)
        weights[count:] = 0.0
        own = _own_sums(parameters, table)
        table = table.astype(float, copy=False)
        if size > count:  # the first sample stands in, and counts nothing
            table = np.concatenate([table, np.broadcast_to(table[:1], (size - count, table.shape[1]))])
        sums = np.broadcast_to(own, (len(jax.devices()), len(own)))
        with in_double_precision(jax):
            run, whole, shared = self._compiled(differentiate)
            given = [(parameters.copy(), whole), (table, shared), (weights, shared), (sums, shared)]
            try:
                found = run(*(jax.make_array_from_callback(x.shape, how, x.__getitem__) for x, how in given))
                total, by_samples = (np.asarray(each) for each in found)
            except jax.errors.JaxRuntimeError as error:
                if jax.process_count() == 1:
                    raise
                raise lost(error) from error
        self._sizes.add((size, differentiate))
        outputs = len(self._program.outputs)
        compared, total = np.split(total, [sums.size])
        if jax.process_count() > 1:
            compare(compared.reshape(sums.shape), own)
        means, gradients = np.split(total, [outputs])
        by_parameters = gradients.reshape(outputs if differentiate else 0, len(parameters))
        return means.tolist(), list(by_parameters), list(by_samples[:, :count])

    def _size_for(self, count: int, differentiate: bool) -> int:
        """For how many samples the program is to be that so many are put into."""
        known = [size for size, way in self._sizes if way == differentiate and count <= size <= 2 * count]
        devices = len(self._jax.devices())
        return min(known, default=count + -count % devices)

    def _compile(self, differentiate: bool) -> Any:
        """The function for XLA, and where its arguments go: on all devices, or shared out among them."""
        jax, jnp = self._jax, self._jax.numpy
        mesh = jax.sharding.Mesh(np.array(jax.devices()), ("samples",))
        on_all, on_each = jax.sharding.PartitionSpec(), jax.sharding.PartitionSpec("samples")
        devices, by_samples = mesh.size, self._by_samples

        def sums(parameters: Any, table: Any, weights: Any) -> Any:
            outputs = outputs_of(self._program, parameters, table.T, len(table))
            return jnp.stack([jnp.sum(each * weights) for each in outputs])

        def share(parameters: Any, table: Any, weights: Any, own: Any) -> Any:
            slots = jnp.zeros((devices, own.shape[1])).at[jax.lax.axis_index("samples")].set(own[0])
            if differentiate:
                of = (parameters, table) if by_samples else (parameters,)
                value, back = jax.vjp(lambda given, rows=table: sums(given, rows, weights), *of)
                gradients, *rest = jax.vmap(back)(jnp.eye(len(value)))
                parts = [value, gradients.ravel()]
            else:
                value, rest = sums(parameters, table, weights), []
                parts = [value]
            total = jax.lax.psum(jnp.concatenate([slots.ravel(), *parts]), "samples")
            if rest:
                return total, jax.lax.all_gather(rest[0], "samples", axis=1, tiled=True)
            return total, jnp.zeros((len(value) if differentiate else 0, devices * len(table), 0))

        run = jax.shard_map(
            share,
            mesh=mesh,
            in_specs=(on_all, on_each, on_each, on_each),
            out_specs=(on_all, on_all),
            check_vma=False,  # else gradients by what is on all devices are summed up unasked
        )
        whole, shared = (jax.sharding.NamedSharding(mesh, spec) for spec in (on_all, on_each))
        return jax.jit(run), whole, shared


def _own_sums(parameters: Vector, table: Vector) -> Vector:
    """Numbers that differ where processes have other parameters or samples."""
    rows = table[:: max(1, len(table) // _ROWS_COMPARED)]
    order = np.arange(1.0, 1.0 + len(parameters)) / max(1, len(parameters))
    with np.errstate(all="ignore"):
        return np.array(
            [len(table), parameters.dot(order), rows.sum(0).dot(np.arange(1.0, 1.0 + rows.shape[1]))]
        )


def compare(found: Vector, own: Vector) -> None:
    """Check that all processes were called with the same, by the sums of each, and those of this one.

    Raises:
        RuntimeError: they were not.
    """
    for name, column, mine in zip(("numbers of samples", "parameters", "samples"), found.T, own, strict=True):
        if np.isfinite(mine) and not np.allclose(column, mine, rtol=_AGREES, atol=_AGREES):
            raise RuntimeError(
                f"the processes have other {name}: each must make the same calls with the same arguments, as "
                "they compute one mean together; give models and rng= the same seed"
            )
