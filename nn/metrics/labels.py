"""Classes from outputs and from targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.quoting import brief
from nn.data.dataset import read_sequence
from nn.data.numbers import items_of, number_of

__all__ = ["as_predicted", "as_true", "number_of_classes", "predicted_classes", "target_classes"]

Classes = npt.NDArray[Any]
"""Classes as integers; as objects where one is too large for those of NumPy."""

_MANY = 1 << 53  # classes: beyond, integers and floats are told apart one by one


def predicted_classes(outputs: Any, threshold: float = 0.5) -> list[int]:
    """The predicted class of each sample, from its outputs.

    Of several outputs it is the index of the largest, of equal ones the first. Of a single output it is 1
    above the threshold, else 0. Integers are classes already; -1 is class 0.

    Args:
        outputs: for each sample a number or Value, or a sequence of them.
        threshold: for single outputs: 0.5 for probabilities, 0 for logits and for scores with a sign.

    Raises:
        ValueError: a sample has no outputs.
        TypeError: it is not a sequence, but a model, a Value or a number.

    >>> predicted_classes([[0.1, 0.7, 0.2], [2.0, -1.0, 0.0]])
    [1, 0]
    >>> predicted_classes([0.4, 0.6]), predicted_classes([-0.4, 0.6], threshold=0.0)
    ([0, 1], [0, 1])
    """
    classes: list[int] = as_predicted(outputs, threshold).tolist()
    return classes


def target_classes(targets: Any) -> list[int]:
    """The true class of each sample, from its target: an index, one-hot numbers, or -1 and +1.

    Args:
        targets: for each sample an integer, -1 being class 0, or a sequence whose largest number counts.

    Raises:
        ValueError: a target is not an integer, or is below -1.
        TypeError: it is not a sequence.

    >>> target_classes([2, 0.0, -1, [0, 1, 0]])
    [2, 0, 0, 1]
    """
    classes: list[int] = as_true(targets).tolist()
    return classes


def as_predicted(outputs: Any, threshold: float) -> Classes:
    """What :func:`predicted_classes` gives, as an array."""
    items = read_sequence("outputs", outputs)
    table = _table(items)
    if table is None:
        return _array([_predicted(output, threshold) for output in _listed(items)])
    if table.ndim == 2:
        return np.asarray(table.argmax(axis=1))
    return np.asarray(np.maximum(table, 0) if table.dtype.kind == "i" else (table > threshold).astype(int))


def as_true(targets: Any) -> Classes:
    """What :func:`target_classes` gives, as an array."""
    items = read_sequence("targets", targets)
    table = _table(items)
    if table is not None and table.ndim == 2:
        return np.asarray(table.argmax(axis=1))
    if table is None or not ((table == np.floor(table)) & (table >= -1) & (table < _MANY)).all():
        return _array([_target(target) for target in _listed(items)])
    return np.asarray(np.maximum(table, 0), dtype=np.int64)


def _array(classes: list[int]) -> Classes:
    try:
        return np.array(classes, dtype=np.int64)
    except OverflowError:
        return np.array(classes, dtype=object)


def number_of_classes(output: Any) -> int | None:
    """How many classes a sample's output chooses from: 2 if single, None for an integer, itself a class.

    >>> number_of_classes([0.1, 0.7, 0.2]), number_of_classes(0.3), number_of_classes(4)
    (3, 2, None)
    """
    several = items_of(output)
    if several is not None and len(several) != 1:
        return len(several)
    single = output if several is None else several[0]
    return None if isinstance(single, (int, np.integer, np.bool_)) else 2


def _table(items: Any) -> Any:
    """Numbers, or rows of several, as an array of floats or of integers; None for what is read one by one."""
    if not isinstance(items, np.ndarray):
        kinds = set(map(type, items))
        if kinds == {list} and len(set(map(len, items))) == 1:
            kinds = set().union(*(map(type, each) for each in items))
        if len(kinds) != 1 or not kinds <= {float, int}:
            return None
        items = np.array(items)
    if not items.size or items.dtype.kind not in "fi" or not 1 <= items.ndim <= 2:
        return None
    if items.dtype.kind == "f" and items.itemsize < 8:
        items = items.astype(np.float64)
    return items[:, 0] if items.ndim == 2 and items.shape[1] == 1 else items


def _listed(items: Any) -> list[Any]:
    return list(items.tolist()) if isinstance(items, np.ndarray) else list(items)


def _predicted(output: Any, threshold: float) -> int:
    several = items_of(output)
    if several is None:
        if isinstance(output, (int, np.integer, np.bool_)):
            return max(int(output), 0)
        return int(number_of(output) > threshold)
    if len(several) == 1:
        return _predicted(several[0], threshold)
    return _largest(several)


def _target(target: Any) -> int:
    several = items_of(target)
    if several is not None and len(several) != 1:
        return _largest(several)
    number = number_of(target if several is None else several[0])
    if number != number // 1 or number < -1.0:
        raise ValueError(f"a target must be the index of a class, or -1 or +1, got {brief(number)}")
    return max(int(number), 0)


def _largest(numbers: list[Any]) -> int:
    if not numbers:
        raise ValueError("a sample needs at least one output, got none")
    return int(np.argmax([number_of(each) for each in numbers]))
