"""The page of all demos appears whole or not at all."""

import pytest

from demos.program.html_page import Section, write_index
from demos.runner.page import Page


def test_old_page_stays_where_the_new_one_cannot_be_made(tmp_path) -> None:
    write_index([], tmp_path)
    old = (tmp_path / "index.html").read_bytes()
    elsewhere = Page(quiet=True)
    elsewhere.picture(tmp_path.parent / "a.png", "not in the folder")
    with pytest.raises(ValueError, match="is not in the subpath"):
        write_index([Section("a", "b", elsewhere, True)], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_bytes() == old
