"""The page of all demos: whole or not at all, with warnings and columns that stand out."""

import pytest

from demos.program.html_page import Section, page, write_index
from demos.runner.account import Account


def test_old_page_stays_where_the_new_one_cannot_be_made(tmp_path) -> None:
    write_index([], tmp_path)
    old = (tmp_path / "index.html").read_bytes()
    elsewhere = Account(quiet=True)
    elsewhere.picture(tmp_path.parent / "a.png", "not in the folder")
    with pytest.raises(ValueError, match="is not in the subpath"):
        write_index([Section("a", "b", elsewhere, True)], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_bytes() == old


def test_warnings_stand_out(tmp_path) -> None:
    account = Account(quiet=True)
    account.warn("careful")
    assert '<p class="warning">careful</p>' in page([Section("a", "b", account, True)], tmp_path)


def test_column_padded_to_be_read_from_the_left_stays_on_the_left(tmp_path) -> None:
    account = Account(quiet=True)
    account.table(["name", "text  ", "number"], [["a", "b     ", 1.0]])
    text = page([Section("a", "b", account, True)], tmp_path)
    assert '<tr><td>a</td><td class="text">b</td><td>1.0000</td></tr>' in text
