"""Texts that are printed, logged or raised are told from those that may decide."""

import sys

from engine.frames.shown import is_only_shown


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
    log.append(str(told))
    logger.info(
        f"{told} and"
        f" {told}"
    )  # fmt: skip
    try:
        raise ValueError(f"{told}")
    except ValueError:
        pass
    assert told.found == [True] * 5
    told.found.clear()
    kept = f"{told}"
    {}.get(str(told), 0)
    log.sort(key=lambda each: f"{told}")
    assert (kept, told.found) == ("", [False] * 3)


def test_where_there_is_no_source_a_text_may_decide() -> None:
    told = Told()
    exec('print(f"{told}", end="")', {"told": told})  # noqa: S102
    assert told.found == [False]
