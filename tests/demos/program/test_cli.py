"""The command line lists, explains, runs and refuses; what ends a run is told by its exit status."""

import pytest

from demos.program import cli
from demos.program import exit_status as status
from demos.program.catalog import DEMOS, title
from tests.demos.running import in_process


class Stub:
    """A demo that does what a test wants."""

    __doc__ = "A demo made up for a test.\n\nYou will see nothing."
    EPOCHS = 7
    TRY = "something else."

    def __init__(self, act) -> None:
        self.act = act
        self.page = None

    def run(self, page):
        self.page = page
        page.say("the account")
        return self.act(page)


@pytest.fixture
def stub(monkeypatch, out_dir):
    """Put a demo named ``stub`` in the catalog and return a function that runs it."""

    def run_stub(capsys, act, *words):
        demo = Stub(act)
        monkeypatch.setitem(DEMOS, "stub", demo)
        return demo, in_process(capsys, "stub", "--out", out_dir, *words)

    return run_stub


def test_no_words_list_every_demo_with_its_title_in_a_line(capsys) -> None:
    outcome = in_process(capsys)
    assert (outcome.status, outcome.err) == (0, "")
    for name, demo in DEMOS.items():
        assert [line.split() for line in outcome.out.splitlines()].count([name, *title(demo).split()]) == 1


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_options_and_demos(word, capsys) -> None:
    outcome = in_process(capsys, word)
    assert (outcome.status, outcome.err) == (0, "")
    for expected in ("--seed", "--epochs", "--quiet", "--out", *DEMOS):
        assert expected in outcome.out


@pytest.mark.parametrize("name", DEMOS)
def test_help_of_a_demo_is_its_own(name, capsys) -> None:
    demo = DEMOS[name]
    for words in ([name, "--help"], ["--help", name]):
        outcome = in_process(capsys, *words)
        assert outcome.status == 0
        assert outcome.out.startswith(f"usage: python -m demos {name} ")
        assert demo.__doc__.strip().splitlines()[0] in outcome.out
        epochs = f"default {demo.EPOCHS}" if demo.EPOCHS else "trains nothing"
        assert epochs in " ".join(outcome.out.split())


@pytest.mark.parametrize("name", ["nand", "XOR", "", "demos.xor.demo", "__init__"])
def test_unknown_demo_is_refused_and_the_known_are_named(name, capsys) -> None:
    outcome = in_process(capsys, name)
    assert (outcome.status, outcome.out) == (2, "")
    assert f"unknown demo {name!r}: there are {', '.join(DEMOS)}" in outcome.err


def test_near_miss_is_guessed(capsys) -> None:
    assert "did you mean gates?" in in_process(capsys, "gate").err
    assert "did you mean" not in in_process(capsys, "zzz").err


@pytest.mark.parametrize(
    "words",
    [["xor", "--seed", "-1"], ["xor", "--epochs", "0"], ["xor", "--epoch", "5"], ["xor", "gates"], ["--x"]],
)
def test_misuse_is_refused_before_anything_is_done(words, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = in_process(capsys, *words)
    assert (outcome.status, outcome.out) == (2, "")
    assert "error:" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_options_reach_the_demo_with_its_own_epochs_by_default(stub, capsys, out_dir) -> None:
    demo, _ = stub(capsys, lambda page: True, "--seed", "5")
    assert (demo.page.seed, demo.page.epochs, demo.page.out) == (5, 7, out_dir)
    demo, _ = stub(capsys, lambda page: True, "--epochs", "3")
    assert demo.page.epochs == 3


@pytest.mark.parametrize(("reached", "expected"), [(True, status.REACHED), (False, status.MISSED)])
def test_status_says_whether_the_goal_was_reached(reached, expected, stub, capsys) -> None:
    _, outcome = stub(capsys, lambda page: reached)
    assert (outcome.status, outcome.err) == (expected, "")
    head = "A demo made up for a test"
    lines = [head, "=" * len(head), "You will see nothing.", "", "the account", "", "Try: something else."]
    assert outcome.out.splitlines() == lines


def test_folder_is_made(stub, capsys, out_dir) -> None:
    stub(capsys, lambda page: True)
    assert out_dir.is_dir()


def test_folder_that_cannot_be_made_is_told_before_the_work(stub, capsys, out_dir) -> None:
    out_dir.write_text("a file where the folder should be")
    demo, outcome = stub(capsys, lambda page: True, "--quiet")
    assert demo.page is None
    assert (outcome.status, outcome.out) == (status.MISUSED, "")
    assert str(out_dir) in outcome.err
    assert "--out DIR" in outcome.err


def test_ctrl_c_leaves_a_summary_and_status_130(stub, capsys) -> None:
    def act(page):
        raise KeyboardInterrupt

    _, outcome = stub(capsys, act)
    assert (outcome.status, outcome.err) == (130, "")
    assert "\nthe account\n" in outcome.out
    assert "stub was interrupted. Written so far: nothing." in outcome.out
    _, outcome = stub(capsys, act, "--quiet")
    assert (outcome.status, outcome.out) == (130, "")
    assert "stub was interrupted." in outcome.err


def test_file_that_cannot_be_written_is_told_without_a_traceback(stub, capsys) -> None:
    def act(page):
        raise PermissionError(13, "Permission denied", "a.png")

    _, outcome = stub(capsys, act, "--quiet")
    assert (outcome.status, outcome.out) == (status.MISSED, "")
    assert outcome.err == "stub stopped: [Errno 13] Permission denied: 'a.png'\n"


def test_mistake_in_a_demo_is_not_swallowed(stub, capsys) -> None:
    with pytest.raises(ZeroDivisionError):
        stub(capsys, lambda page: 1 / 0)


def test_reader_that_went_away_is_left_to_the_caller(stub, capsys) -> None:
    def act(page):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stub(capsys, act)


def test_words_of_the_program_are_the_default(capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", ["demos", "nand"])
    assert cli.main() == 2
    assert "unknown demo 'nand'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "-1"], "must be an integer from 0 up, got '-1'"),
        (["--seed", "1.5"], "must be an integer from 0 up, got '1.5'"),
        (["--epochs", "0"], "must be an integer from 1 up, got '0'"),
        (["--epochs", "many"], "got 'many'"),
        (["--seed"], "expected one argument"),
    ],
)
def test_nonsense_is_refused_with_what_is_wanted(words, message, capsys) -> None:
    outcome = in_process(capsys, "xor", *words)
    assert outcome.status == 2
    assert message in outcome.err
    assert cli.from_up(1)(str(2**70)) == 2**70
