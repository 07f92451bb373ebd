"""Texts that are printed, logged or raised are told from those that may decide."""

import sys

import pytest

from engine.frames.shown import is_only_shown

LOG: list[str] = []


class Told:
    """Says by its text whether that is only shown."""

    def __init__(self) -> None:
        self.found: list[bool] = []

    def __str__(self) -> str:
        self.found.append(is_only_shown(sys._getframe(1)))
        return ""


def test_a_text_that_is_shown_is_told_from_one_that_is_kept(capsys) -> None:
    told, log, logger = Told(), [], type("Logger", (), {"info": lambda self, text: None})()
    print(f"{told}")
    LOG.append(str(told))
    logger.info(
        f"{told} and"
        f" {told}"
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"^$"):
        raise ValueError(f"{told}")
    assert told.found == [True] * 5
    told.found.clear()
    read = ""
    try:
        raise ValueError(f"{told}")
    except ValueError as error:
        read = str(error)
    log.append(f"{told}")
    print(f"{told}", file=sys.stdout)
    print(kept_too := f"{told}")
    kept = f"{told}"
    {}.get(str(told), 0)
    log.sort(key=lambda each: f"{told}")
    assert (kept, kept_too, read, told.found) == ("", "", "", [False] * 7)


def test_where_there_is_no_source_a_text_may_decide() -> None:
    told = Told()
    exec('print(f"{told}", end="")', {"told": told})  # noqa: S102
    assert told.found == [False]
