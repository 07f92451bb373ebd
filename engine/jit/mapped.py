"""A mapped function: a function of one sample for all samples at once, as arrays of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.bulk import read_data
from engine.differentiating import differentiating
from engine.jit.function import Jitted
from engine.jit.tree import Tree, as_values
from engine.tracing import as_written, is_tracing

__all__ = ["Mapped"]


class Mapped(Jitted):
    """A function that maps over the leading axis of its arguments; see :func:`engine.vmap`."""

    def __init__(self, f: Callable[..., Any], static_argnums: Sequence[int] = ()) -> None:
        super().__init__(f, batch=True, static_argnums=static_argnums)
        self._differentiate = False

    def _like_this(self, f: Callable[..., Any], static_argnums: Sequence[int]) -> Mapped:
        return Mapped(f, static_argnums)

    def _on_batch(self, tree: Tree) -> Any:
        sample, samples, given = self._samples(tree)
        if self._is_eager():
            return self._each_plainly(sample, samples, given)
        lifted = self._program(sample, sample.spec)
        if lifted.kind == "eager":
            return self._each_plainly(sample, samples, given)
        read_data(lifted.values, lifted.array.parameters)
        with np.errstate(all="ignore"):
            columns = lifted.array.each(samples)
            total = sum(float(column.sum()) for column in columns)
        if total - total != 0.0:  # infinite or nan
            self._again_where_not_finite(lifted.trace.result, sample, samples, columns)
        return lifted.trace.result.arrays(columns)

    def _each_plainly(self, sample: Tree, samples: Any, given: list[Any]) -> Any:
        """What the function itself gives for each sample, as arrays; of Values while it is lifted."""
        results = []
        for row in given or np.concatenate(samples, axis=1).tolist():
            args, options = sample.rebuild(as_values(row))
            with as_written(), differentiating():
                results.append(Tree.of_output(self._f(*args, **options)))
        columns = []
        for column in zip(*(result.values for result in results), strict=True):
            columns.append(np.empty(len(column), dtype=object if is_tracing() else float))
            columns[-1][:] = column if is_tracing() else [value.data for value in column]
        return results[0].arrays(columns)

    def _again_where_not_finite(self, result: Tree, sample: Tree, samples: Any, columns: list[Any]) -> None:
        """Have the function itself compute samples whose results are not finite, for the rule of zero."""
        table = np.concatenate(samples, axis=1)
        finite = np.ones(len(table), bool)
        for column in columns:
            finite &= np.isfinite(column)
        for i in np.flatnonzero(~finite).tolist():
            args, options = sample.rebuild(as_values(table[i].tolist()))
            with as_written(), differentiating():
                output = self._f(*args, **options)
            for column, number in zip(columns, result.pick(output), strict=True):
                column[i] = getattr(number, "data", number)
