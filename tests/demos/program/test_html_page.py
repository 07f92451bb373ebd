"""The page of all demos appears whole or not at all, and shows no picture that a browser cannot."""

import pytest

from demos.program.html_page import Section, html_page, write_index
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


def test_source_of_a_graph_that_nothing_could_lay_out_is_linked(tmp_path) -> None:
    page = Page(quiet=True)
    page.picture(tmp_path / "graph.dot", "a graph")
    text = html_page([Section("a", "b", page, True)], tmp_path)
    assert '<a href="graph.dot">graph.dot</a>' in text
    assert "<img" not in text
