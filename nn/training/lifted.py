"""A model and its loss lifted by ``engine.jit``, for ``fit(jit=True)``.

A loss that is a mean (or a sum) over samples is traced for one sample and runs on all of them, however many;
any other one is traced for a whole batch, anew for each size of batch. The two compute the same.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from engine import Value, mean, no_grad
from engine.errors import TraceError
from engine.jit.trace.state import State
from nn.data.numbers import number_of, numbers_of
from nn.losses import Loss
from nn.modules.members.kept import programs_of
from nn.modules.module import Module
from nn.training.predict import in_evaluation_mode, in_mode

__all__ = ["Lifted", "as_arrays", "backend_of"]

_PROCESSES = "engine.jit.backends.jax.processes"  # loaded only where JAX computes
_CHECKED = "checked"  # a key: the program, as it was last compiled, whose loss was held against its reduction
_COMPARED = 3  # samples of which a loss is held against what its reduction makes of it


def backend_of(jit: bool | str) -> str | None:
    """What computes batches, for ``fit(jit=...)``.

    Raises:
        ValueError: it is a text, and not "jax".
    """
    if isinstance(jit, str) and jit != "jax":
        raise ValueError(f"jit must be True, False or 'jax', got {jit!r}")
    return "jax" if jit == "jax" else None


def as_arrays(data: tuple[Any, Any]) -> tuple[Any, Any]:
    """Convert samples and targets to arrays of float64 or int64 where they are rectangular.

    Integers stay integers: they may be indices, as of an embedding's row.

    >>> as_arrays(([[0, 1], [1, 0]], [0.5, 1.0]))
    (array([[0, 1],
           [1, 0]]), array([0.5, 1. ]))
    """
    X, y = (_as_array(items) for items in data)
    return X, y


def _as_array(items: Any) -> Any:
    try:
        array = np.asarray(items)
    except ValueError:  # rows of different lengths
        return items
    if array.dtype.kind in "iub":
        return array.astype(np.int64, copy=False)
    return array.astype(np.float64, copy=False) if array.dtype.kind == "f" else items


class Lifted:
    """A model and its loss as array programs, one for training and one for evaluation.

    These are kept with the model: another training of it with this loss begins with them.

    Args:
        model: a Module.
        loss: the row of the loss.
        data: samples and targets to train with, as they were given.
        backend: what computes batches: see :func:`engine.jit`.

    Raises:
        ValueError, TypeError: the loss refuses a target.
    """

    def __init__(self, model: Module, loss: Loss, data: tuple[Any, Any], backend: str | None = None) -> None:
        self._backend = backend
        self._model = model
        self._loss = loss
        self._programs: dict[tuple[Any, ...], Any] = programs_of(model, loss.function)
        for key in [
            key for key, lifted in self._programs.items() if key[0] != _CHECKED and lifted.has_given_up
        ]:
            del self._programs[key]  # another training tries again, and is told again
        self._descents: dict[bool, Any] = {}  # by the mode of the model
        self._listed = not isinstance(data[1], np.ndarray)
        alone = loss.reduction is not None and not in_mode(
            model, True, lambda: any(each.needs_batch for each in model.modules())
        )
        self._by_sample = alone and isinstance(as_arrays(data)[1], np.ndarray)
        self._reduces = not self._by_sample
        self.check(data)

    @property
    def is_of_several(self) -> bool:
        """Whether several processes compute each batch together."""
        return self._backend is not None and import_module(_PROCESSES).several()

    @property
    def is_first(self) -> bool:
        """Whether this is the only process, or the first of several."""
        return not self.is_of_several or import_module(_PROCESSES).is_first()

    def prepared(self, data: tuple[Any, Any]) -> tuple[Any, Any]:
        """Samples and targets in the form that trains fastest; a loss of your own sees what was given."""
        return as_arrays(data) if self._by_sample else data

    def as_given(self, y: Any) -> Any:
        """Targets as metrics see them: in a list if they were given in one."""
        return y.tolist() if self._listed and isinstance(y, np.ndarray) else y

    def check(self, data: tuple[Any, Any]) -> None:
        """Let the loss check all targets, which it cannot do while it is traced."""
        if self._loss.checks_targets:
            outputs = in_evaluation_mode(
                self._model, lambda: numbers_of(self._model.of_samples(data[0][:2])[0])
            )
            y = as_arrays(data)[1]
            checking = getattr(self._loss.function, "without_weights", self._loss)  # those of a batch
            for target in np.unique(y, axis=0) if isinstance(y, np.ndarray) else y:
                checking([outputs], [target])

    def __call__(self, X: Any, y: Any) -> Any:
        """The loss of a batch, a Value of one node whose operands are the parameters.

        Raises:
            TraceError: model or loss cannot be lifted, or the loss has another reduction than its row says.
        """
        try:
            result = self._of_batch(X, y)
            if not self._reduces:
                self._check_reduction(X, y)
                self._reduces = True
            return result
        except TraceError as failure:
            raise TraceError(f"{failure}; fit(..., jit=False) trains without lifting") from failure

    def descend(self, X: Any, y: Any, look: bool, same: bool) -> tuple[float, list[Value]] | None:
        """The loss of a batch, and the parameters whose gradients have been set to its gradient.

        Args:
            X, y: the batch.
            look: whether anybody else's code has run since the last call, so that more than the numbers of
                parameters may have changed.
            same: whether the batch is that of the last call.

        Returns:
            None where the loss is to be called and swept instead. Then nothing has changed.
        """
        descent = self._descent(X, self._model.training)
        if descent is None:
            return None
        scale = float(len(X)) if self._loss.reduction == "sum" else 1.0
        mean = descent(None if same else (X, y), scale, look)
        return None if mean is None else (mean * scale, descent.leaves)

    def measure(self, X: Any, y: Any, look: bool) -> float | None:
        """The loss of samples in evaluation mode; None where the loss is to be called.

        Args:
            X, y: the samples.
            look: whether anybody else's code has run since the last call; the model must be in that mode
                then.
        """
        descent = self._descent(X, False)
        mean = None if descent is None else descent.measure((X, y), look)
        return mean * len(X) if mean is not None and self._loss.reduction == "sum" else mean

    def looked_at(self, measures: bool) -> tuple[list[Value], list[Any]] | None:
        """The parameters that the loss depends on, and all places that its programs read.

        Args:
            measures: whether the program that measures is one of them.

        Returns:
            None where a look takes in more than places.
        """
        known = [self._descents.get(mode) for mode in ((True, False) if measures else (True,))]
        places = [None if each is None else each.places for each in known]
        return None if None in places else (known[0].leaves, places)  # type: ignore[union-attr]

    def _descent(self, X: Any, mode: bool) -> Any:
        """The program of the mean of samples in a mode of the model, to be run without a graph."""
        function = None if self._backend else self._programs.get(("mean", mode))
        if function is None or not self._reduces or not isinstance(X, np.ndarray):
            return None
        known = self._descents.get(mode)
        if known is None or known.function is not function:
            from engine.jit.descent import Descent  # loaded only where something is lifted

            known = self._descents[mode] = Descent(function)
        return known

    def outputs(self, X: Any) -> list[Any]:
        """The model's outputs for samples, as numbers."""
        X = _as_array(X)
        with no_grad():
            if not isinstance(X, np.ndarray):
                model = self._program("model", self._model.__call__)
                return [numbers_of(model(x)) for x in X]
            return _by_samples(self._program("outputs", self._model.__call__)(X))

    def _check_reduction(self, X: Any, y: Any) -> None:
        """Compare the loss of a few samples with the mean or sum of those of each, once for a program."""
        from engine.jit.descent import program_of  # loaded only where something is lifted

        loss, reduction = self._loss, self._loss.reduction
        mean, key = self._programs.get(("mean", self._model.training)), (_CHECKED, reduction)
        program = None if mean is None else program_of(mean)
        if program is not None and self._programs.get(key) is program:
            return
        X, y = list(X[:_COMPARED]), list(y[:_COMPARED])
        before = State(self._model.__call__, ())
        outputs = in_evaluation_mode(self._model, lambda: [numbers_of(self._model(x)) for x in X])
        before.put_back()  # what the model counts
        with np.errstate(all="ignore"):
            found = number_of(loss(outputs, y))
            each = [number_of(loss([output], [target])) for output, target in zip(outputs, y, strict=True)]
        expected = sum(each) / (len(each) if reduction == "mean" else 1)
        if not np.isclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True):
            raise TraceError(
                f"the loss of the first {len(X)} samples is {found!r}, but the {reduction} of their losses "
                f"is {expected!r}: give Loss another reduction, or None"
            )
        self._programs[key] = program

    # -- programs -------------------------------------------------------------------------------

    def _of_batch(self, X: Any, y: Any) -> Any:
        model, loss = self._model, self._loss.function
        if not self._by_sample:
            return self._program("batch", lambda X, y: loss(model.of_samples(X), y))(X, y)
        if isinstance(X, np.ndarray):
            result = self._program("mean", lambda x, t: loss([model(x)], [t]))(X, y)
        else:
            of_one = self._program("sample", lambda x, t: loss([model(x)], [t]))
            result = mean([of_one(x, t) for x, t in zip(X, y, strict=True)])
        return result * float(len(X)) if self._loss.reduction == "sum" else result

    def _program(self, kind: str, function: Callable[..., Any]) -> Any:
        """The lifted form of a function, one for each mode of the model."""
        backend = self._backend if kind == "mean" else None
        key = (kind, self._model.training, *([backend] if backend else []))
        if key not in self._programs:
            from engine import jit, vmap  # not needed, and not loaded, by those who do not lift

            if isinstance(function, FunctionType):
                function.__qualname__ = "the loss"  # for messages
            lift = (
                vmap(function) if kind == "outputs" else jit(function, batch=kind == "mean", backend=backend)
            )
            self._programs[key] = lift
        return self._programs[key]


def _by_samples(nested: Any) -> list[Any]:
    """Turn arrays over samples, nested in lists, into a list for each sample."""
    if isinstance(nested, np.ndarray):
        numbers: list[Any] = nested.tolist()
        return numbers
    return [list(parts) for parts in zip(*map(_by_samples, nested), strict=True)]
