"""Classes from outputs and from targets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value
from engine.quoting import brief
from nn.data.dataset import read_sequence
from nn.data.numbers import items_of, number_of

__all__ = [
    "NO_CLASS",
    "as_predicted",
    "as_true",
    "number_of_classes",
    "predicted_classes",
    "refuse_no_class",
    "refuse_outputs",
    "target_classes",
]

Classes = npt.NDArray[Any]
"""Classes as integers; as objects where one is too large for those of NumPy."""

NO_CLASS = -1
"""What a sample is predicted as that has nan among its outputs."""

_MANY = 1 << 53  # classes: beyond, integers and floats are told apart one by one


def predicted_classes(outputs: Any, threshold: float = 0.5) -> list[int]:
    """The predicted class of each sample, from its outputs.

    Of several outputs it is the index of the largest, of equal ones the first. Of a single output it is 1
    above the threshold, else 0. Integers are classes already; -1 is class 0.

    Args:
        outputs: for each sample a number or Value, or a sequence of them.
        threshold: for single outputs: 0.5 for probabilities, 0 for logits and for scores with a sign.

    Raises:
        ValueError: a sample has no outputs, or nan among them.
        TypeError: it is not a sequence, but a model, a Value or a number.

    >>> predicted_classes([[0.1, 0.7, 0.2], [2.0, -1.0, 0.0]])
    [1, 0]
    >>> predicted_classes([0.4, 0.6]), predicted_classes([-0.4, 0.6], threshold=0.0)
    ([0, 1], [0, 1])
    """
    found = as_predicted(outputs, threshold)
    refuse_no_class("outputs", found)
    classes: list[int] = found.tolist()
    return classes


def refuse_no_class(name: str, classes: Classes) -> None:
    """ValueError where a sample has nan among its outputs, which would be taken for some class."""
    unknown = np.flatnonzero(classes == NO_CLASS)
    if len(unknown):
        raise ValueError(
            f"{name}[{unknown[0]}] is nan or holds nan, as {len(unknown)} of {len(classes)} do: nan predicts "
            "no class; engine.detect_anomaly() finds where it arose"
        )


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
    """What :func:`predicted_classes` gives, as an array; ``NO_CLASS`` where it refuses nan."""
    items = read_sequence("outputs", outputs)
    table = _table(items)
    if table is None:
        return _array([_predicted(output, threshold) for output in _listed(items)])
    if table.ndim == 2:
        return np.where(np.isnan(table).any(axis=1), NO_CLASS, table.argmax(axis=1))
    if table.dtype.kind == "i":
        return np.asarray(np.maximum(table, 0))
    return np.where(np.isnan(table), NO_CLASS, (table > threshold).astype(int))


def as_true(targets: Any) -> Classes:
    """What :func:`target_classes` gives, as an array."""
    items = read_sequence("targets", targets)
    table = _table(items)
    if table is not None and table.ndim == 2:
        if not np.isnan(table).any():
            return np.asarray(table.argmax(axis=1))
    elif table is not None and ((table == np.floor(table)) & (table >= -1) & (table < _MANY)).all():
        return np.asarray(np.maximum(table, 0), dtype=np.int64)
    return _array([_target(target) for target in _listed(items)])


def refuse_outputs(y_true: Any, y_pred: Any) -> None:
    """Refuse outputs of a model in the place of true classes, as where the two are swapped.

    True classes are integers, one-hot rows, or rows of probabilities that sum to 1, unless y_pred holds the
    classes then.

    Raises:
        ValueError: y_true has Values, numbers that are no classes, or other rows.
        TypeError: either has names of classes.

    >>> refuse_outputs([1, 0], [0.9, 0.2])
    >>> refuse_outputs([0.9, 0.2], [1, 0])
    Traceback (most recent call last):
    ValueError: y_true holds 0.9, an output of a model and not a class; the true classes come first...
    """
    for place, items in (("y_true", y_true), ("y_pred", y_pred)):
        named = _table(items) is None and next((x for x in _listed(items) if isinstance(x, str)), None)
        if named:
            raise TypeError(
                f"{place} holds the name {brief(named)}, and a class is an integer here, from 0 up: number "
                "the names, as np.unique(names, return_inverse=True) does, or take scikit-learn's metric"
            )
    table = _table(y_true)
    if table is None:
        strange = next((each for each in _listed(y_true) if _has_values(each)), None)
    elif table.ndim == 1:
        at = np.flatnonzero((table != np.floor(table)) | (table < -1))
        strange = table[at[0]] if len(at) else None
    else:
        one_hot, sums = _one_hot(table), table.sum(axis=1)
        fine = one_hot | ((table >= 0).all(axis=1) & (np.abs(sums - 1.0) < 1e-6))
        if not one_hot.all() and _are_classes(y_pred):
            fine = one_hot
        strange = None if fine.all() else table[np.flatnonzero(~fine)[0]]
    if strange is not None:
        shown = strange.tolist() if isinstance(strange, (np.ndarray, np.generic)) else strange
        raise ValueError(
            f"y_true holds {brief(shown)}, an output of a model and not a class; the true classes come "
            "first, as in scikit-learn: (y_true, y_pred)"
        )


def _are_classes(y_pred: Any) -> bool:
    """Whether these are classes, as integers or one-hot, and not outputs."""
    table = _table(y_pred)
    if table is None:
        return False
    return table.dtype.kind == "i" if table.ndim == 1 else bool(_one_hot(table).all())


def _one_hot(table: Any) -> Any:
    """Of each row whether it is one 1 among zeros."""
    return ((table == 0) | (table == 1)).all(axis=1) & (table.sum(axis=1) == 1)


def _has_values(target: Any) -> bool:
    several = items_of(target)
    return isinstance(target, Value) or (several is not None and any(isinstance(x, Value) for x in several))


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
        number = number_of(output)
        return NO_CLASS if math.isnan(number) else int(number > threshold)
    if len(several) == 1:
        return _predicted(several[0], threshold)
    return _largest(several)


def _target(target: Any) -> int:
    several = items_of(target)
    if several is not None and len(several) != 1:
        if (largest := _largest(several)) == NO_CLASS:
            raise ValueError(f"a target must be a class, got {brief([number_of(each) for each in several])}")
        return largest
    number = number_of(target if several is None else several[0])
    if number != number // 1 or number < -1.0:
        raise ValueError(f"a target must be the index of a class, or -1 or +1, got {brief(number)}")
    return max(int(number), 0)


def _largest(numbers: list[Any]) -> int:
    if not numbers:
        raise ValueError("a sample needs at least one output, got none")
    found = [number_of(each) for each in numbers]
    return NO_CLASS if any(map(math.isnan, found)) else int(np.argmax(found))
