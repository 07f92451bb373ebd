"""Instructions of the native executor as C: loops over what they read and write."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from engine.jit.backends.c.functions import Functions, operands_of
from engine.jit.backends.native.places import Place, collapsed, spread
from engine.jit.backends.native.translator import Translator
from engine.jit.emit.statements import Loop, Statement
from engine.jit.emit.trees import Call, Shape, as_expression, broadcast
from engine.jit.emit.views import View

__all__ = ["Writer", "number"]

_COUNTERS = "ijklmnpq"


def number(x: float) -> str:
    """A number as C text, to the last bit.

    >>> number(0.1), number(-2.0), number(math.inf)
    ('0.1', '(-2.0)', 'INFINITY')
    """
    x = float(x)
    if x != x:
        return "NAN"
    text = "INFINITY" if math.isinf(x) else repr(abs(x))
    return f"(-{text})" if math.copysign(1.0, x) < 0.0 else text


class Writer(Translator):
    """Turns statements into lines of C.

    Elementwise functions of rows are called by the row, so that their numbers are the engine's.

    Args:
        cells: memories by the name of their array.
        views: views that have a name.
        functions: gets what the lines call.

    Attributes:
        used: the names of memories and views in the lines.
        vectors: memories that the file must have, by name: constants with their numbers, and buffers.
    """

    adds_products = False

    def __init__(
        self, cells: dict[str, np.ndarray[Any, Any]], views: Iterable[View], functions: Functions
    ) -> None:
        super().__init__(cells, samples=1)
        self._functions = functions
        self._pointers: dict[tuple[str, int], list[tuple[Shape, str]]] = {}
        for view in views:
            start, shape, _ = view.place()
            self._pointers.setdefault((view.array.name, start), []).append((shape, view.text))
        self.used: set[str] = set()

    def take_seeds(self, name: str, count: int) -> None:
        """From now on seeds are called this."""
        self.use_seeds(np.ones(count))
        self._places[name] = self._seeds

    @property
    def scratch_size(self) -> int:
        """How many numbers the lines compute on the way."""
        return self._most_scratch

    @property
    def vectors(self) -> dict[str, np.ndarray[Any, Any]]:
        return {name: self.memories[at] for name, at in self._places.items()}

    def lines(self, statements: Iterable[Statement]) -> list[str]:
        """The lines of statements, each below its text as NumPy."""
        found: list[str] = []
        for statement in statements:
            if isinstance(statement, Loop):
                found += self._loop_lines(statement)
            else:
                found += self._below(statement, list(self.instructions([statement])))
        return found

    def _loop_lines(self, loop: Loop) -> Iterator[str]:
        """A loop; operands stand where they do in step 0, and move on with ``t``."""
        last = loop.steps - 1
        yield f"/* {'backwards, ' if loop.backwards else ''}step by step */"
        if loop.backwards:
            yield f"for (int t = {last}; t >= 0; t--) {{"
        else:
            yield f"for (int t = 0; t <= {last}; t++) {{"
        for statement in loop.body:
            ((_, _, instructions),) = self.instructions([Loop(loop.steps, (statement,))])
            yield from (f"    {line}" for line in self._below(statement, instructions))
        yield "}"

    def _below(self, statement: Statement, instructions: Iterable[Any]) -> list[str]:
        found = [f"/* {str(statement).partition('  #')[0]} */"]
        for kind, *given in instructions:
            found += _KINDS[kind](self, *given)
        return found

    def call(self, tree: Call, out: Any, whole: Shape, calls: list[Any]) -> None:
        given = operands_of(tree)
        if given is None:
            super().call(tree, out, whole, calls)
            return
        first = self._temporaries
        operands = [self.operand(as_expression(each), whole, calls) for each in given]
        self._temporaries = first
        calls.append((tree.origin, (*operands, out)))

    # -- numbers as text ------------------------------------------------------------------------------

    def at(self, place: Place, strides: Iterable[int], counters: str) -> str:
        """The number of a place at which counters point."""
        memory, start, shape = place[:3]
        if memory == 0:
            return number(np.frombuffer([*self._numbers][start])[0])
        name = "scratch" if memory == 1 else next(each for each, at in self._places.items() if at == memory)
        pointers = self._pointers.get((name, start), [])
        pointer = next((text for own, text in pointers if own == shape), pointers[0][1] if pointers else "")
        self.used.add(pointer or name)
        terms = [] if pointer or not start else [str(start)]
        advance = place[4:]  # in a loop
        strides, counters = (*advance, *strides), "t" * len(advance) + counters
        for counter, stride in zip(counters, strides, strict=False):
            if stride:
                terms.append(counter if stride == 1 else f"{stride} * {counter}")
        return f"{pointer or name}[{' + '.join(terms) or 0}]"


def _each(writer: Writer, calls: Any) -> Iterator[str]:
    """Elementwise calls: one loop; what is computed on the way stands in the expression that reads it."""
    places = [x for _, given in calls for x in given if not isinstance(x, int)]
    shape = broadcast(*(place[2] for place in places))
    axes, strides = collapsed(shape, [spread(place[2], place[3], shape) for place in places])
    step_of = {id(place): step for place, step in zip(places, strides, strict=True)}
    counters = _COUNTERS[: len(axes)]
    body: list[str] = []
    known: dict[int, str] = {}
    for function, given in calls:
        *operands, out = given
        texts = [known[x] if isinstance(x, int) else writer.at(x, step_of[id(x)], counters) for x in operands]
        value = writer._functions.call(function, [_inner(text) for text in texts])
        if isinstance(out, int):
            known[out] = value
        else:
            body.append(f"{writer.at(out, step_of[id(out)], counters)} = {value};")
    yield from _nest(axes, counters, body)


def _columns(writer: Writer, name: str, operands: Any, rowed: Any) -> Iterator[str]:
    """A function over rows that lie below each other."""
    rests = [place[2][1:] if flag else place[2] for place, flag in zip(operands, rowed, strict=True)]
    steps = [place[3][0] if flag else 0 for place, flag in zip(operands, rowed, strict=True)]
    rows = next(place[2][0] for place, flag in zip(operands, rowed, strict=True) if flag)
    shape = broadcast(*rests)
    axes, strides = collapsed(
        shape,
        [
            spread(rest, place[3][1:] if flag else place[3], shape)
            for rest, place, flag in zip(rests, operands, rowed, strict=True)
        ],
    )
    counters = _COUNTERS[: len(axes)]
    if name in _FOLDS:
        row = _COUNTERS[len(axes)]
        first, fold = _FOLDS[name]
        item = writer.at(operands[0], (*strides[0], steps[0]), counters + row)
        start = writer.at(operands[0], strides[0], counters) if first is None else first
        out = writer.at(operands[1], strides[1], counters)
        begin = 1 if first is None else 0
        body = [
            f"double found = {start};",
            f"for (int {row} = {begin}; {row} < {rows}; {row}++)",
            f"    found {fold} {item};"
            if fold.endswith("=")
            else f"    found = {_fold(writer, fold, item)};",
            f"{out} = found;",
        ]
        yield from _nest(axes, counters, body, braces=True)
        return
    called = writer._functions.over_columns(name)
    given = ", ".join(
        f"&{writer.at(place, each, counters)}" for place, each in zip(operands, strides, strict=True)
    )
    body = [
        f"double *const args[] = {{{given}}};",
        f"const int steps[] = {{{', '.join(map(str, steps))}}};",
        f"{called}(args, steps, {rows});",
    ]
    yield from _nest(axes, counters, body, braces=True)


_FOLDS: dict[str, tuple[str | None, str]] = {
    "sum": ("0.0", "+="),
    "product": (None, "*="),
    "largest": (None, "maximum"),
    "smallest": (None, "minimum"),
}


def _fold(writer: Writer, name: str, item: str) -> str:
    return writer._functions.call(name, ["found", item])


def _matmul(writer: Writer, a: Place, b: Place, out: Place) -> Iterator[str]:
    """A product of matrices, or of stacks of them."""
    outer = broadcast(a[2][:-2], b[2][:-2], out[2][:-2])
    ways = [spread(place[2][:-2], place[3][:-2], outer) for place in (a, b, out)]
    of_rows = (a[3][-2], 0, out[3][-2])
    of_columns = (0, b[3][-1], out[3][-1])
    sizes = (*outer, a[2][-2], b[2][-1])
    axes, strides = collapsed(
        sizes, [(*way, row, column) for way, row, column in zip(ways, of_rows, of_columns, strict=True)]
    )
    counters, terms = _COUNTERS[: len(axes)], _COUNTERS[len(axes)]
    count = a[2][-1]
    left = writer.at(a, (*strides[0], a[3][-1]), counters + terms)
    right = writer.at(b, (*strides[1], b[3][-2]), counters + terms)
    target = writer.at(out, strides[2], counters)
    if count == 1:
        left, right = writer.at(a, strides[0], counters), writer.at(b, strides[1], counters)
        yield from _nest(axes, counters, [f"{target} = {left} * {right};"])
        return
    body = [
        "double sum = 0.0;",
        f"for (int {terms} = 0; {terms} < {count}; {terms}++)",
        f"    sum += {left} * {right};",
        f"{target} = sum;",
    ]
    yield from _nest(axes, counters, body, braces=True)


def _position(writer: Writer, positions: Place) -> tuple[list[int], str, str]:
    """The loop over positions, and the text of one."""
    rows = positions[2][0]
    axes = [rows] if rows != 1 else []
    counters = _COUNTERS[: len(axes)]
    return axes, counters, f"(int){writer.at(positions, positions[3][: len(axes)], counters)}"


def _gather(writer: Writer, cells: Place, positions: Place, rows: Place) -> Iterator[str]:
    axes, counters, position = _position(writer, positions)
    source = _indexed(writer, cells, position)
    yield from _nest(axes, counters, [f"{writer.at(rows, rows[3][: len(axes)], counters)} = {source};"])


def _scatter(sign: str, writer: Writer, rows: Place, positions: Place, cells: Place) -> Iterator[str]:
    axes, counters, position = _position(writer, positions)
    target = _indexed(writer, cells, position)
    yield from _nest(axes, counters, [f"{target} {sign} {writer.at(rows, rows[3][: len(axes)], counters)};"])


def _indexed(writer: Writer, cells: Place, position: str) -> str:
    name, _, first = writer.at(cells, (), "").removesuffix("]").partition("[")
    return f"{name}[{position}]" if first == "0" else f"{name}[{first} + {position}]"


def _pick(writer: Writer, table: Place, indices: Place, out: Place) -> Iterator[str]:
    (members, length), (row, step) = table[2], table[3]
    axes = [members] if members != 1 else []
    counters = _COUNTERS[: len(axes)]
    index = writer.at(indices, indices[3][: len(axes)], counters)
    item = writer.at(table, (*((row,) if axes else ()), step), counters + "r")
    body = [
        f"const double index = {index}, at = index < 0.0 ? index + {length} : index;",
        f"const int r = at >= 0.0 && at < {length} ? (int)at : 0;",
        "if (at != (double)r)",
        "    return 2;",
        f"{writer.at(out, out[3][: len(axes)], counters)} = {item};",
    ]
    yield from _nest(axes, counters, body, braces=True)


_KINDS: dict[str, Callable[..., Iterator[str]]] = {
    "each": _each,
    "columns": _columns,
    "matmul": _matmul,
    "gather": _gather,
    "scatter": partial(_scatter, "="),
    "scatter_add": partial(_scatter, "+="),
    "pick": _pick,
}


def _inner(text: str) -> str:
    """A text as an operand of something larger."""
    depth = 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == " " and depth == 0:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text


def _nest(axes: list[int], counters: str, body: list[str], braces: bool = False) -> Iterator[str]:
    """Lines within loops."""
    indent = ""
    for size, counter in zip(axes, counters, strict=True):
        inner = counter == counters[-1] and (braces or len(body) > 1)
        yield f"{indent}for (int {counter} = 0; {counter} < {size}; {counter}++){' {' if inner else ''}"
        indent += "    "
    if not axes and (braces or len(body) > 1):
        yield "{"
        indent = "    "
    yield from (f"{indent}{line}" for line in body)
    if braces or len(body) > 1:
        yield f"{indent[4:]}}}"
