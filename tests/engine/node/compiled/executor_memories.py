"""Memories for the native executor, and NumPy's views of them."""

from typing import Any

import numpy as np

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    np.nan,
    np.inf,
    -np.inf,
    5e-324,
    -1e-308,
    1e300,
    -1e300,
    800.0,
    -800.0,
    20.0,
    -20.0,
]
"""Numbers at which arithmetic has its corners."""


class Memories:
    """Vectors of numbers, and operands that lie in them.

    Attributes:
        vectors: as the executor is given them.
    """

    def __init__(self) -> None:
        self.vectors: list[np.ndarray[Any, Any]] = []

    def put(self, array: Any) -> Any:
        """An array with a memory of its own, in C order."""
        vector = np.array(array)
        if vector.dtype.kind in "iu":
            vector = vector.astype(np.intp)
        self.vectors.append(vector.reshape(-1))
        return self.vectors[-1].reshape(vector.shape)

    def at(self, view: Any) -> Any:
        """An operand: where a view lies. A temporary, which is an integer, stays one."""
        if isinstance(view, int):
            return view
        place = view.__array_interface__["data"][0]
        for number, vector in enumerate(self.vectors):
            offset = place - vector.__array_interface__["data"][0]
            if 0 <= offset < max(8, vector.nbytes):
                return number, offset // 8, view.shape, tuple(step // 8 for step in view.strides)
        raise LookupError("the view lies in no memory")

    def each(self, *calls: Any) -> Any:
        """An instruction of elementwise functions: each call is a function and its operands."""
        return "each", tuple((function, tuple(map(self.at, operands))) for function, *operands in calls)

    def columns(self, name: str, *operands: Any, rowed: tuple[bool, ...]) -> Any:
        return "columns", name, tuple(map(self.at, operands)), rowed

    def by(self, kind: str, *operands: Any) -> Any:
        """An instruction on three operands: of matrices, or by positions."""
        return kind, *map(self.at, operands)


def numbers(seed: int, shape: tuple[int, ...]) -> Any:
    """Ordinary numbers, and among them special ones."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=shape) * 3.0
    chosen = rng.random(shape) < 0.3
    return np.where(chosen, rng.choice(SPECIAL, size=shape), found)


def same(a: Any, b: Any) -> bool:
    """Whether two arrays are alike bit for bit; any nan is like any other."""
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    return a.shape == b.shape and bool(
        ((a.view(np.int64) == b.view(np.int64)) | (np.isnan(a) & np.isnan(b))).all()
    )


def layouts(shape: tuple[int, ...]) -> dict[str, Any]:
    """Ways in which an array of a shape may lie in memory, by name: each makes one of its numbers."""

    def broadcast(axis: int) -> Any:
        def made(memories: Memories, array: Any) -> Any:
            kept = np.ascontiguousarray(array.take([0], axis=axis))
            return np.broadcast_to(memories.put(kept), array.shape)

        return made

    def turned(memories: Memories, array: Any) -> Any:
        return memories.put(np.ascontiguousarray(array.T)).T

    def spread(memories: Memories, array: Any) -> Any:
        wide = memories.put(np.zeros((*array.shape[:-1], 3 * array.shape[-1] + 1)))
        view = wide[..., 1::3][..., : array.shape[-1]]
        view[...] = array
        return view

    def backward(memories: Memories, array: Any) -> Any:
        return memories.put(np.ascontiguousarray(array[..., ::-1]))[..., ::-1]

    def single(memories: Memories, array: Any) -> Any:
        return memories.put(array.ravel()[0])

    found = {
        "plain": Memories.put,
        "turned": turned,
        "spread": spread,
        "backward": backward,
        "single": single,
    }
    found.update({f"broadcast {axis}": broadcast(axis) for axis in range(len(shape))})
    return found
