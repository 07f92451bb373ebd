"""Embedding: a table of learned vectors, one for each item of a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value, greater, take, where
from engine.autograd.trace_mode import is_tracing
from engine.floats.validate import integer
from nn.init import Init, initial_weights
from nn.modules.module import Module
from nn.rng import Rng

__all__ = ["Embedding"]


class Embedding(Module):
    """A table of learned rows; the input is the index of one: of a token, a letter, a position.

    The same as a linear layer without bias on the one-hot vector of the number, without the products with 0.
    Bengio, Ducharme, Vincent & Jauvin 2003, "A neural probabilistic language model". Names, order of
    arguments and the start from a standard normal distribution are PyTorch's.

    Args:
        num_embeddings: the number of rows, the size of the vocabulary.
        embedding_dim: the length of a row.
        padding_idx: the index of a row that is 0 and stays so, of what fills up short sequences; a negative
            one counts from the end.
        init: where the rows start, as in :class:`nn.Layer`; given as an array it has shape
            (num_embeddings, embedding_dim).
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        weight: the list of rows, each a list of Values.
        num_embeddings, embedding_dim: as given.
        padding_idx: counted from 0; None without.

    Raises:
        ValueError, TypeError: a size is not an integer above 0, or see :class:`nn.Layer`.

    >>> letters = Embedding(3, 2, init=[[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]])
    >>> [value.data for value in letters(1)]
    [1.0, 1.5]
    >>> letters
    Embedding(3, 2)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        init: Init = ("normal", 1.0),
        rng: Rng = None,
    ) -> None:
        self.num_embeddings = integer("num_embeddings", num_embeddings)
        self.embedding_dim = integer("embedding_dim", embedding_dim)
        rows = initial_weights(init, rng, self.embedding_dim, self.num_embeddings)
        self.weight = [[Value(number) for number in row] for row in rows.tolist()]
        self.padding_idx = None
        if padding_idx is not None:
            place = integer("padding_idx", padding_idx, least=-len(rows))
            if place >= len(rows):
                raise ValueError(f"padding_idx must be below the number of rows, {len(rows)}, got {place}")
            for value in self.weight[place]:
                value.data, value.requires_grad = 0.0, False
            self.padding_idx = place % len(rows)
        self.label_parameters()

    def __call__(self, index: Any) -> Any:
        """The row of an index, a list of Values; for a sequence of indices, the list of their rows.

        Args:
            index: an integer, or a Value that is one, as the arguments of what ``engine.jit`` lifts are; or a
                list, tuple or array of them. As in PyTorch negative numbers are out of range.

        Raises:
            IndexError: the index is out of range.
            TypeError: it is not an integer.
        """
        if isinstance(index, (list, tuple)) or (isinstance(index, np.ndarray) and index.ndim):
            return [self(each) for each in index]
        if isinstance(index, Value) and is_tracing():  # counted from the end it is out of range, too
            return take(self.weight, where(greater(0.0, index), index - self.num_embeddings, index))
        number = index.data if isinstance(index, Value) else index
        if isinstance(number, (int, float, np.integer)) and number < 0 and float(number).is_integer():
            rows = self.num_embeddings
            raise IndexError(f"index {number:.0f} is out of range for an Embedding of {rows} rows")
        return take(self.weight, index)

    def __repr__(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"Embedding({self.num_embeddings}, {self.embedding_dim}{padding})"
