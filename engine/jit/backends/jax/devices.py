"""Means over samples, and their gradients, by XLA: the samples are shared out among all devices.

These are the devices of all processes that ``jax.distributed.initialize`` joined. Each process must make the
same calls with the same arguments; each device computes its share of the samples, and all get the results.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from engine.jit.backends.jax.statements import outputs_of
from engine.jit.emit.forward import Program

__all__ = ["Devices"]

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Devices:
    """An array program for samples, compiled by XLA in double precision for each number of samples."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._jax = import_module("jax")
        self._compiled = cache(self._compile)

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
            The means; for each its gradient by what was captured; and that by the samples, a row for each.
        """
        jax, count = self._jax, len(samples[0])
        table = np.concatenate(samples, axis=1).astype(float, copy=False)
        weights = np.full(count, 1.0 / count)
        missing = -count % len(jax.devices())
        if missing:  # the first sample stands in, and counts nothing
            table = np.concatenate([table, np.broadcast_to(table[:1], (missing, table.shape[1]))])
            weights = np.concatenate([weights, np.zeros(missing)])
        with _in_double_precision(jax):
            run, whole, shared = self._compiled(differentiate)
            given = [(parameters.copy(), whole), (table, shared), (weights, shared)]
            found = run(*(jax.make_array_from_callback(x.shape, how, x.__getitem__) for x, how in given))
            means, by_parameters, by_samples = (np.asarray(each) for each in found)
        return means.tolist(), list(by_parameters), [each[:count] for each in by_samples]

    def _compile(self, differentiate: bool) -> Any:
        """The function for XLA, and where its arguments go: on all devices, or shared out among them."""
        jax, jnp = self._jax, self._jax.numpy
        mesh = jax.sharding.Mesh(np.array(jax.devices()), ("samples",))
        whole = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        shared = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("samples"))

        def means(parameters: Any, table: Any, weights: Any) -> Any:
            outputs = outputs_of(self._program, parameters, table.T, len(table))
            return jnp.stack([jnp.sum(each * weights) if each.ndim else each for each in outputs])

        def run(parameters: Any, table: Any, weights: Any) -> Any:
            if not differentiate:
                return means(parameters, table, weights), jnp.zeros(0), jnp.zeros(0)
            values, back = jax.vjp(lambda given, rows: means(given, rows, weights), parameters, table)
            return values, *jax.vmap(back)(jnp.eye(len(values)))

        return jax.jit(run, out_shardings=whole), whole, shared


def _in_double_precision(jax: Any) -> Any:
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return import_module("jax.experimental").enable_x64()
