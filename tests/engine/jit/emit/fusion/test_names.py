"""Names have numbers without gaps, in the order of the lines, and the same cells the same number."""

import re

import numpy as np
import pytest

import engine
from engine import Value
from engine.jit.emit.support import view
from tests.engine.jit.forms import forced
from tests.engine.jit.programs import PROGRAMS

NAME = re.compile(r"\b(d?)([a-zA-Z]|pad)(\d+)([b-z]*)((?:_all)?_?)\b")


def lines_of(source: str) -> list[str]:
    return source.partition("\n\n")[2].splitlines()


def numbers(source: str) -> dict[str, list[int]]:
    """Of each letter the numbers behind it, in the order in which they appear first; z and h share theirs."""
    found: dict[str, list[int]] = {}
    for line in lines_of(source):
        for _, letter, number, *_ in NAME.findall(line):
            own = found.setdefault("z" if letter == "h" else letter, [])
            if int(number) not in own:
                own.append(int(number))
    return found


@pytest.mark.parametrize("program", sorted(set(PROGRAMS) - {"formula"}))
def test_no_number_is_missing(program) -> None:
    with forced("arrays"):
        source = PROGRAMS[program]().source
    for letter, own in numbers(source).items():
        assert sorted(own) == list(range(1, len(own) + 1)), letter
    head, body = source.partition("\n\n")[0], "\n".join(lines_of(source))
    defined = re.findall(r"^    (\w+) = ", head, re.M)
    assert len(defined) == len(set(defined))
    for name in set(defined) - {"samples"}:
        assert re.search(rf"\b{name}\b", source.partition(f"{name} = ")[2]), name
    given = re.search(r"dwork(?:, (.*))?\):", head)
    for name in (given[1] or "").split(", ") if given else ():
        assert not name or re.search(rf"\b{name}\b", body), name


def test_the_same_cells_have_one_number() -> None:
    rows = [[Value(i + 0.1 * j) for j in range(3)] for i in range(4)]

    def loss():
        powers = [[engine.exp(-x) for x in row] for row in rows]
        shares = [[x / sum(row) for x in row] for row in powers]
        return sum(x * x for row in shares for x in row)

    with forced("arrays"):
        f = engine.jit(loss)
        f()
    places: dict[tuple[float, ...], set[str]] = {}
    cells = {"fixed": np.arange(1e3), "dfixed": np.arange(1e3), "view": view, "np": np}
    for name, letters, text in re.findall(r"^    d?([a-z]+\d+)([b-z]*) = (.*)$", f.source, re.M):
        found = eval(text, cells)  # noqa: S307  # written by jit
        places.setdefault(tuple(np.sort(found, axis=None)), set()).add(name)
        assert letters or len(places[tuple(np.sort(found, axis=None))]) == 1
    assert all(len(names) == 1 for names in places.values()), places
