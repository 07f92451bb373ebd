"""``python -m demos all`` runs every demo, past those that fail, and shows them in one page."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from demos.program import perform
from demos.program.catalog import DEMOS
from tests.demos.running import in_process

LOADING = {"script", "link", "iframe", "object", "embed", "video", "audio", "source"}
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What is on a page: images, links, ids, the text, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.images, self.links, self.ids, self.tags, self.open, self.text = [], [], [], [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        attributes = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "img":
            self.images.append(attributes)
        if tag == "a":
            self.links.append(attributes["href"])
        if "id" in attributes:
            self.ids.append(attributes["id"])

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.text += data


def stub(act, title="A demo made up for a test"):
    return SimpleNamespace(__doc__=f"{title}.\n\nYou will see it.", EPOCHS=3, TRY="`it`.", run=act)


@pytest.fixture
def catalog(monkeypatch):
    """An empty catalog, to be filled."""
    for name in list(DEMOS):
        monkeypatch.delitem(DEMOS, name)
    return lambda name, act, **more: monkeypatch.setitem(DEMOS, name, stub(act, **more))


def good(page):
    page.say("# Heading")
    page.say("""
        ## Subheading

        Is <b>1</b> < 2 & `3 > 2`?

            if it is:
                code
    """)
    page.table(["x", "<y>"], [["a", 0.5]])
    path = page.out / "a picture #1.png"
    path.write_bytes(b"png")
    page.picture(path, 'what "there" is <to> see')
    page.warn("careful")
    return True


def test_all_run_in_order_into_one_folder_and_the_page_shows_them(catalog, capsys, out_dir) -> None:
    catalog("one", good, title="shows <one> & more")
    catalog("two", lambda page: page.say("the second") is None)
    outcome = in_process(capsys, "all", "--out", out_dir)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.index("Is <b>1") < outcome.out.index("the second")
    assert "2 demos ran and wrote 1 pictures." in outcome.out
    assert str(out_dir / "index.html") in outcome.out
    text = (out_dir / "index.html").read_text(encoding="utf-8")
    shown = Page(text)
    assert shown.open == []
    assert "shows <one> & more" in shown.text
    assert "Is <b>1</b> < 2 & 3 > 2?" in shown.text
    assert "<y>" in shown.text
    order = [
        "<h3>Subheading</h3>",
        "<code>3 &gt; 2</code>",
        "<pre><code>if it is:\n    code</code></pre>",
        "<table>",
    ]
    order += ["<figure>", '<p class="warning">careful</p>', '<p class="try">Try: <code>it</code>.</p>']
    places = [text.index(piece) for piece in order]
    assert places == sorted(places), "in the order in which it was printed"
    (image,) = shown.images
    assert image["alt"] == 'what "there" is <to> see'
    assert (out_dir / unquote(image["src"])).is_file()
    assert [f"#{name}" for name in shown.ids] == [link for link in shown.links if link.startswith("#")]
    assert image["src"] in shown.links


def test_page_loads_nothing_from_elsewhere_and_fits_a_phone(catalog, capsys, out_dir) -> None:
    catalog("one", good)
    in_process(capsys, "all", "--quiet", "--out", out_dir)
    text = (out_dir / "index.html").read_text(encoding="utf-8")
    assert not LOADING & set(Page(text).tags)
    assert not re.search(r"https?:|//|url\(|@import", text)
    assert 'name="viewport" content="width=device-width' in text
    assert "max-width: 100%" in text
    assert "prefers-color-scheme: dark" in text
    assert '<html lang="en">' in text
    assert str(out_dir) not in text


def test_equal_runs_give_equal_pages_wherever_they_are(catalog, capsys, tmp_path) -> None:
    catalog("one", good)
    pages = []
    for name in ("a", "b"):
        in_process(capsys, "all", "--quiet", "--out", tmp_path / name)
        pages.append((tmp_path / name / "index.html").read_bytes())
    assert pages[0] == pages[1]


def test_failing_demo_does_not_keep_the_others_from_running(catalog, capsys, out_dir) -> None:
    def broken(page):
        return 1 / 0

    catalog("broken", broken)
    catalog("missed", lambda page: False)
    catalog("good", good)
    outcome = in_process(capsys, "all", "--out", out_dir, "--quiet")
    assert (outcome.status, outcome.out) == (1, "")
    assert "broken stopped: ZeroDivisionError: division by zero" in outcome.err
    assert "2 of 3 demos missed their goal: broken, missed." in outcome.err
    shown = Page((out_dir / "index.html").read_text(encoding="utf-8"))
    assert len(shown.images) == 1
    assert "ZeroDivisionError" in shown.text
    assert shown.text.count("(missed its goal)") == 4


def test_each_has_its_own_epochs_unless_told(catalog, capsys, out_dir) -> None:
    seen = []
    catalog("one", lambda page: seen.append((page.seed, page.epochs)) is None)
    in_process(capsys, "all", "--out", out_dir, "--seed", 4)
    in_process(capsys, "all", "--out", out_dir, "--epochs", 9)
    assert seen == [(4, 3), (0, 9)]


def test_ctrl_c_ends_all_with_a_summary(catalog, capsys, out_dir) -> None:
    def interrupted(page):
        raise KeyboardInterrupt

    catalog("one", interrupted)
    catalog("two", good)
    outcome = in_process(capsys, "all", "--out", out_dir)
    assert outcome.status == 130
    assert "one was interrupted." in outcome.out
    assert list(out_dir.iterdir()) == []


def test_reader_that_went_away_is_left_to_the_caller(catalog, capsys, out_dir) -> None:
    def gone(page):
        raise BrokenPipeError

    catalog("one", gone)
    with pytest.raises(BrokenPipeError):
        in_process(capsys, "all", "--out", out_dir)


def test_folder_or_page_that_cannot_be_written_is_told(catalog, capsys, out_dir) -> None:
    catalog("one", lambda page: True)
    (out_dir / "index.html").mkdir(parents=True)
    outcome = in_process(capsys, "all", "--out", out_dir)
    assert outcome.status == 1
    assert "The page could not be written" in outcome.err
    (out_dir.parent / "file").write_text("in the way")
    outcome = in_process(capsys, "all", "--out", out_dir.parent / "file")
    assert outcome.status == 2
    assert "cannot make the folder" in outcome.err


def test_progress_is_told_on_a_terminal_only(catalog, capsys, out_dir, monkeypatch) -> None:
    catalog("one", lambda page: True)
    monkeypatch.setattr(perform.sys, "stderr", SimpleNamespace(isatty=lambda: True, write=print, flush=str))
    assert "[1/1] one" in in_process(capsys, "all", "--out", out_dir).out


def test_all_is_listed_and_guessed(capsys) -> None:
    assert re.search(r"^  all +all of them", in_process(capsys).out, re.MULTILINE)
    assert "did you mean all?" in in_process(capsys, "alll").err
