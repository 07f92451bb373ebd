"""What the command line's options are read as."""

import argparse
from pathlib import Path

import pytest

from demos.runner.options import Options, add_options, from_arguments, natural, positive


def read(*words: str, epochs: int = 70) -> Options:
    parser = argparse.ArgumentParser()
    add_options(parser, epochs)
    return from_arguments(parser.parse_args(words), epochs)


def test_defaults_are_seed_zero_the_demos_epochs_and_the_folder_out() -> None:
    assert read() == Options(seed=0, epochs=70, quiet=False, out=Path("out"))


def test_each_option_is_taken() -> None:
    given = read("--seed", "7", "--epochs", "5", "--quiet", "--out", "some/where")
    assert given == Options(seed=7, epochs=5, quiet=True, out=Path("some", "where"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "-1"], "must be an integer from 0 up, got '-1'"),
        (["--seed", "1.5"], "must be an integer from 0 up, got '1.5'"),
        (["--seed", "x"], "got 'x'"),
        (["--epochs", "0"], "must be an integer from 1 up, got '0'"),
        (["--epochs", "many"], "got 'many'"),
        (["--seed"], "expected one argument"),
    ],
)
def test_nonsense_is_refused_with_what_is_wanted(words, message, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        read(*words)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_whole_numbers_of_any_size_are_read() -> None:
    assert natural("0") == 0
    assert positive(str(2**70)) == 2**70


def test_help_names_the_default_number_of_epochs() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser, 70)
    assert "default 70" in parser.format_help()
    parser = argparse.ArgumentParser()
    add_options(parser, None)
    assert "its own default" in " ".join(parser.format_help().split())
