"""What is told is printed, or not, and kept."""

from pathlib import Path

import pytest

from demos.runner.account import WIDTH, Account, Part, Picture


def test_paragraph_is_wrapped_and_kept(capsys) -> None:
    account = Account()
    account.say("word " * 40)
    printed = capsys.readouterr().out
    assert printed.split() == ["word"] * 40
    assert all(len(line) <= WIDTH for line in printed.splitlines())
    assert len(account.lines) == 3
    assert "\n".join(account.lines) == printed.rstrip("\n")


def test_long_word_such_as_a_path_stays_whole(capsys) -> None:
    path = "/".join(["folder-name"] * 20)
    Account().say(f"see {path}")
    assert path in capsys.readouterr().out


def test_table_is_aligned_with_floats_to_four_places(capsys) -> None:
    Account().table(["name", "count", "value"], [["a", 10, 0.123456], ["bcdef", 7, -12.0]])
    assert capsys.readouterr().out.splitlines() == [
        "name   count     value",
        "a         10    0.1235",
        "bcdef      7  -12.0000",
    ]


def test_table_refuses_a_row_too_short() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Account().table(["a", "b"], [[1, 2], [3]])


def test_picture_tells_its_path_unwrapped(capsys) -> None:
    path = Path("out", *["long-folder"] * 12, "a.svg")
    account = Account()
    account.picture(path, "a graph")
    assert capsys.readouterr().out == f"{path}  a graph\n"
    assert account.pictures == [Picture(path, "a graph")]


def test_an_empty_line_parts_blocks_while_lines_and_pictures_stand_together(capsys) -> None:
    account = Account()
    account.heading("Title")
    account.say("first")
    account.say("second")
    account.line("one: the same")
    account.line("two: the same")
    account.quote("a = 1")
    account.picture(Path("a.svg"), "a")
    account.picture(Path("b.svg"), "b")
    account.warn("careful")
    printed = """\
Title
-----
first

second

one: the same
two: the same

a = 1

a.svg  a
b.svg  b

careful
"""
    assert capsys.readouterr() == (printed, "")


def test_quiet_prints_nothing_but_keeps_all(capsys) -> None:
    account = Account(quiet=True)
    account.heading("Title")
    account.say("text")
    account.table(["x"], [[1]])
    account.picture(Path("a.svg"), "a graph")
    assert capsys.readouterr() == ("", "")
    assert account.lines == ["Title", "-----", "text", "", "x", "1", "", f"{Path('a.svg')}  a graph"]


@pytest.mark.parametrize("quiet", [False, True])
def test_failure_goes_to_stderr_also_in_quiet(quiet, capsys) -> None:
    account = Account(quiet=quiet)
    account.fail("wrong")
    assert capsys.readouterr() == ("", "wrong\n")
    assert account.lines == ["wrong"]


@pytest.mark.parametrize(("quiet", "printed"), [(False, ("note\n", "")), (True, ("", "note\n"))])
def test_warning_moves_to_stderr_in_quiet(quiet, printed, capsys) -> None:
    Account(quiet=quiet).warn("note")
    assert capsys.readouterr() == printed


def test_interruption_tells_what_was_going_on_and_what_is_there(capsys) -> None:
    account = Account(doing="training a neuron, in epoch 3 of 9")
    account.picture(Path("a.svg"), "a graph")
    account.interrupted("gates")
    summary = capsys.readouterr().out.splitlines()[-1]
    assert summary == (
        "gates was interrupted while training a neuron, in epoch 3 of 9. Written so far: a.svg."
    )
    Account(doing="starting").interrupted("gates")
    assert "Written so far: nothing." in capsys.readouterr().out


def test_parts_are_kept_as_they_were_given_and_pictures_apart() -> None:
    account = Account(quiet=True)
    account.heading("Title")
    account.say("word " * 40)
    account.table(["x", "y"], [["a", 0.5]])
    account.picture(Path("a.png"), "a picture")
    account.warn("careful")
    assert account.parts == [
        Part("heading", "Title"),
        Part("text", "word " * 40),
        Part("table", rows=(("x", "y"), ("a", "0.5000"))),
        Part("warning", "careful"),
    ]
